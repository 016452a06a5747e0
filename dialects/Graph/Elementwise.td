//===- Elementwise.td - Operations on each element ------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_GRAPH_ELEMENTWISE_TD
#define LMCC_GRAPH_ELEMENTWISE_TD

include "dialects/Graph/GraphBase.td"

// Integers wrap around; float functions follow IEEE 754 at infinity and NaN.
def Graph_AbsOp : Graph_UnaryOp<"abs", Graph_NumberTensor, "`|x|`">;
def Graph_NegOp : Graph_UnaryOp<"neg", Graph_NumberTensor, "`-x`">;
def Graph_SignOp : Graph_UnaryOp<"sign", Graph_NumberTensor,
                                 "`(x > 0) - (x < 0)`, NaN stays">;
def Graph_ExpOp : Graph_UnaryOp<"exp", Graph_FloatTensor, "`e^x`">;
def Graph_LogOp : Graph_UnaryOp<"log", Graph_FloatTensor, "natural logarithm">;
def Graph_SqrtOp : Graph_UnaryOp<"sqrt", Graph_FloatTensor, "square root">;
def Graph_SinOp : Graph_UnaryOp<"sin", Graph_FloatTensor, "sine (radians)">;
def Graph_CosOp : Graph_UnaryOp<"cos", Graph_FloatTensor, "cosine (radians)">;
def Graph_TanhOp : Graph_UnaryOp<"tanh", Graph_FloatTensor,
                                 "hyperbolic tangent">;
def Graph_ErfOp : Graph_UnaryOp<"erf", Graph_FloatTensor, "error function">;
def Graph_SigmoidOp : Graph_UnaryOp<"sigmoid", Graph_FloatTensor,
                                    "`1 / (1 + e^-x)`">;
def Graph_SiluOp : Graph_UnaryOp<"silu", Graph_FloatTensor,
                                 "`x / (1 + e^-x)`">;
def Graph_FloorOp : Graph_UnaryOp<"floor", Graph_FloatTensor,
                                  "largest integer not above x">;
def Graph_CeilOp : Graph_UnaryOp<"ceil", Graph_FloatTensor,
                                 "smallest integer not below x">;
def Graph_RoundOp : Graph_UnaryOp<"round", Graph_FloatTensor,
                                  "nearest integer, halves to even">;
def Graph_NotOp : Graph_UnaryOp<"not", Graph_BoolTensor, "logical negation">;

def Graph_GeluOp : Graph_Elementwise_Op<"gelu",
    [AllTypesMatch<["input", "result"]>]> {
  let summary = "Gaussian error linear unit";
  let description = [{
    `x/2 * (1 + erf(x / sqrt(2)))`, or with `tanh` its approximation
    `x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715 x^3)))`.
    Source: Hendrycks and Gimpel, arXiv:1606.08415; ONNX Gelu-20.
  }];
  let arguments = (ins Graph_FloatTensor:$input, UnitAttr:$tanh);
  let results = (outs Graph_FloatTensor:$result);
  let assemblyFormat = "$input (`tanh` $tanh^)? attr-dict `:` type($input)";
}

def Graph_AddOp : Graph_BinaryOp<"add", Graph_NumberTensor, "`a + b`">;
def Graph_SubOp : Graph_BinaryOp<"sub", Graph_NumberTensor, "`a - b`">;
def Graph_MulOp : Graph_BinaryOp<"mul", Graph_NumberTensor, "`a * b`">;
def Graph_DivOp : Graph_BinaryOp<"div", Graph_NumberTensor,
    "`a / b`, integers towards zero and `a / 0 = 0`">;
def Graph_PowOp : Graph_BinaryOp<"pow", Graph_FloatTensor, "`a^b`">;
def Graph_MaxOp : Graph_BinaryOp<"max", Graph_NumberTensor,
    "maximum; NaN wins, `-0 < +0`">;
def Graph_MinOp : Graph_BinaryOp<"min", Graph_NumberTensor,
    "minimum; NaN wins, `-0 < +0`">;
def Graph_RemOp : Graph_BinaryOp<"rem", Graph_NumberTensor,
    "remainder of the truncated division, with the sign of a; `a rem 0 = 0` "
    "for integers, NaN for floats">;
def Graph_ModOp : Graph_BinaryOp<"mod", Graph_NumberTensor,
    "remainder of the floored division, with the sign of b">;
def Graph_AndOp : Graph_BinaryOp<"and", Graph_BoolTensor, "`a && b`">;
def Graph_OrOp : Graph_BinaryOp<"or", Graph_BoolTensor, "`a || b`">;
def Graph_XorOp : Graph_BinaryOp<"xor", Graph_BoolTensor, "`a != b`">;

def Graph_Comparison : I32EnumAttr<"Comparison", "how two numbers compare", [
    I32EnumAttrCase<"eq", 0>, I32EnumAttrCase<"lt", 1>,
    I32EnumAttrCase<"le", 2>, I32EnumAttrCase<"gt", 3>,
    I32EnumAttrCase<"ge", 4>]> {
  let cppNamespace = "::lmcc::graph";
  let genSpecializedAttr = 0;
}
def Graph_ComparisonAttr
    : EnumAttr<Graph_Dialect, Graph_Comparison, "comparison"> {
  let assemblyFormat = "$value";
}

def Graph_CompareOp : Graph_Elementwise_Op<"compare",
    [AllElementTypesMatch<["lhs", "rhs"]>]> {
  let summary = "Elementwise comparison, broadcasting like numpy";
  let description = [{
    False whenever an operand is NaN. Booleans compare with `eq` only.

    Constraints:

    - (C1) the shape of the result is the broadcast of the operands' shapes
    - (C2) operands of type `i1` are compared with `eq`
  }];
  let arguments = (ins Graph_ComparisonAttr:$comparison, Graph_Tensor:$lhs,
                       Graph_Tensor:$rhs);
  let results = (outs Graph_BoolTensor:$result);
  let assemblyFormat = [{
    $comparison $lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs) `->`
    type($result)
  }];
  let hasVerifier = 1;
}

def Graph_SelectOp : Graph_Elementwise_Op<"select",
    [AllElementTypesMatch<["lhs", "rhs", "result"]>]> {
  let summary = "Elementwise `condition ? a : b`, broadcasting like numpy";
  let description = [{
    Constraints:

    - (C1) the shape of the result is the broadcast of the operands' shapes
  }];
  let arguments = (ins Graph_BoolTensor:$condition, Graph_Tensor:$lhs,
                       Graph_Tensor:$rhs);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $condition `,` $lhs `,` $rhs attr-dict `:` type($condition) `,` type($lhs)
    `,` type($rhs) `->` type($result)
  }];
}

def Graph_FmaOp : Graph_Elementwise_Op<"fma"> {
  let summary = "Elementwise `a * b + c`, rounded once, broadcasting like numpy";
  let description = [{
    Source: IEEE 754-2019, fusedMultiplyAdd.

    Constraints:

    - (C1) the shape of the result is the broadcast of the operands' shapes
  }];
  let arguments = (ins Graph_F32Tensor:$a, Graph_F32Tensor:$b,
                       Graph_F32Tensor:$c);
  let results = (outs Graph_F32Tensor:$result);
  let assemblyFormat = [{
    $a `,` $b `,` $c attr-dict `:` type($a) `,` type($b) `,` type($c) `->`
    type($result)
  }];
}

def Graph_LimitOp : Graph_Elementwise_Op<"limit"> {
  let summary = "Elementwise `min(max(x, low), high)`, broadcasting like numpy";
  let description = [{
    NaN gives `low`, and a zero is +0: what a float is that was an unsigned byte.
    `low` is not above `high`, and neither is NaN.

    Constraints:

    - (C1) the shape of the result is the broadcast of the operands' shapes
  }];
  let arguments = (ins Graph_F32Tensor:$input, Graph_F32Tensor:$low,
                       Graph_F32Tensor:$high);
  let results = (outs Graph_F32Tensor:$result);
  let assemblyFormat = [{
    $input `,` $low `,` $high attr-dict `:` type($input) `,` type($low) `,`
    type($high) `->` type($result)
  }];
}

def Graph_CastOp : Graph_Elementwise_Op<"cast"> {
  let summary = "Elementwise conversion";
  let description = [{
    Float to integer truncates and saturates, NaN gives 0; integer to integer
    wraps; to `i1` means `x != 0` (NaN is true); to a narrower float rounds to
    nearest even. Source: ONNX Cast-13, where it leaves a case open the above
    holds.

    Constraints:

    - (C1) operand and result have the same shape
  }];
  let arguments = (ins Graph_Tensor:$input);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def Graph_IsNanOp : Graph_Elementwise_Op<"is_nan"> {
  let summary = "True where the operand is not a number";
  let description = [{
    Constraints:

    - (C1) operand and result have the same shape
  }];
  let arguments = (ins Graph_FloatTensor:$input);
  let results = (outs Graph_BoolTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

#endif // LMCC_GRAPH_ELEMENTWISE_TD
