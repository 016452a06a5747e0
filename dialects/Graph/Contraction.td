//===- Contraction.td - Products, reductions and normalisations -----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_GRAPH_CONTRACTION_TD
#define LMCC_GRAPH_CONTRACTION_TD

include "dialects/Graph/GraphBase.td"

def Graph_MatmulOp : Graph_Op<"matmul", [Pure, AttrSizedOperandSegments]> {
  let summary = "Matrix product over the last two axes";
  let description = [{
    `result[b.., i, j] = sum_k lhs[b.., i, k] * rhs[b.., k, j]`, leading axes
    broadcast. Each sum starts at 0 and runs in order of k with one fused
    multiply-add per step (rule N1 in `docs/Numerics.md`). Products of bytes are
    summed in `i32` and wrap around. A narrower rhs of a product of `f32` is
    converted, which is exact.

    With `scales`, the depth falls into equal groups, and
    `result[b.., i, j] = sum_g scales[g, j] * sum_k lhs[b.., i, k] * rhs[k, j]`,
    k in group g. The inner sums are exact for bytes and those of N1 for `f32`,
    the outer one starts at 0 and runs in order of g with one fused multiply-add
    per step. With `zeros`, each number of rhs is less by `zeros[g, j]`: the inner
    sum starts at that times the negated sum of the group of the row (N19).

    Constraints:

    - (C1) both operands have rank 2 or more
    - (C2) `dim(lhs, -1) = dim(rhs, -2)`
    - (C3) the result is the broadcast of the leading axes, then
      `dim(lhs, -2)`, `dim(rhs, -1)`
    - (C4) operands and result have one element type; or lhs has bytes, signed
      or not, rhs signed ones and the result `i32`, with scales `f32`; or lhs and
      result are `f32`, and rhs is a matrix of `i8` or `f16`, with scales of `i8`
    - (C5) scales are `[groups, dim(rhs, -1)]` for a matrix rhs of numbers in
      [-8, 7], or with `bytes` of any; groups divides `dim(rhs, -2)`
    - (C6) there are zeros, of the shape of the scales, and `bytes` with scales
      only
  }];
  let arguments = (ins Graph_NumberTensor:$lhs, Graph_NumberTensor:$rhs,
                       Optional<RankedTensorOf<[F32]>>:$scales,
                       Optional<RankedTensorOf<[I8]>>:$zeros, UnitAttr:$bytes);
  let results = (outs Graph_NumberTensor:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs (`scales` `(` $scales^ `:` type($scales) `)`)?
    (`zeros` `(` $zeros^ `:` type($zeros) `)`)? (`bytes` $bytes^)? attr-dict `:`
    type($lhs) `,` type($rhs) `->` type($result)
  }];
  let builders = [
    /// Without scales.
    OpBuilder<(ins "::mlir::Type":$result, "::mlir::Value":$lhs,
                   "::mlir::Value":$rhs), [{
      build($_builder, $_state, result, lhs, rhs, ::mlir::Value(),
            ::mlir::Value(), /*bytes=*/false);
    }]>];
  let extraClassDeclaration = [{
    /// Whether it is a sum of groups that are scaled. It is then no product of
    /// bytes.
    bool isGrouped() { return getScales() != nullptr; }
    /// Steps of the depth in a group.
    int64_t groupSize();
    /// Of the numbers of groups.
    int64_t numberBits() { return getBytes() ? 8 : 4; }
    /// Whether bytes are multiplied and summed in `i32`.
    bool isByteProduct();
    /// Whether they are those of a matrix with whole words of 4 in each column.
    bool isProductOfWords();
    /// Whether floats are multiplied, with numbers that may be narrower.
    bool isFloatProduct();
    /// Of the depth of a column, so many numbers are multiplied at once: the
    /// bytes of a word, or one.
    int64_t stepsTogether();
  }];
  let hasVerifier = 1;
}

def Graph_Reduction : I32EnumAttr<"Reduction", "how elements are combined", [
    I32EnumAttrCase<"sum", 0>, I32EnumAttrCase<"product", 1>,
    I32EnumAttrCase<"max", 2>, I32EnumAttrCase<"min", 3>]> {
  let cppNamespace = "::lmcc::graph";
  let genSpecializedAttr = 0;
}
def Graph_ReductionAttr
    : EnumAttr<Graph_Dialect, Graph_Reduction, "reduction"> {
  let assemblyFormat = "$value";
}

def Graph_ReduceOp : Graph_Op<"reduce",
    [Pure, AllElementTypesMatch<["input", "result"]>]> {
  let summary = "Combine all elements along axes";
  let description = [{
    Reduced axes stay with size 1. No element gives the neutral value (0, 1,
    the lowest, the highest value). The order is rule N2 in `docs/Numerics.md`.

    Constraints:

    - (C1) `axes` are sorted, different axes of input
    - (C2) the result has size 1 on `axes` and agrees with input elsewhere
  }];
  let arguments = (ins Graph_ReductionAttr:$reduction,
                       Graph_NumberTensor:$input, DenseI64ArrayAttr:$axes);
  let results = (outs Graph_NumberTensor:$result);
  let assemblyFormat = [{
    $reduction $input `axes` $axes attr-dict `:` type($input) `->`
    type($result)
  }];
  let hasVerifier = 1;
}

def Graph_ArgMaxOp : Graph_Op<"arg_max", [Pure]> {
  let summary = "Where the largest element along an axis is";
  let description = [{
    The first one among equals, or with `last` the last one. A NaN counts as
    larger than any number. The axis stays with size 1.

    Constraints:

    - (C1) `axis` is an axis of input
    - (C2) the result has size 1 on `axis` and agrees with input elsewhere
  }];
  let arguments = (ins Graph_NumberTensor:$input, I64Attr:$axis,
                       UnitAttr:$last);
  let results = (outs Graph_IndexTensor:$result);
  let assemblyFormat = [{
    $input `axis` $axis (`last` $last^)? attr-dict `:` type($input) `->`
    type($result)
  }];
  let hasVerifier = 1;
}

def Graph_CumulativeSumOp : Graph_Op<"cumulative_sum",
    [Pure, AllTypesMatch<["input", "result"]>]> {
  let summary = "Running sums along an axis";
  let description = [{
    `result[i] = sum of input[j], j <= i`; with `exclusive` `j < i`; with
    `reverse` from the end. Source: ONNX CumSum-14.

    Constraints:

    - (C1) `axis` is an axis of input
  }];
  let arguments = (ins Graph_NumberTensor:$input, I64Attr:$axis,
                       UnitAttr:$exclusive, UnitAttr:$reverse);
  let results = (outs Graph_NumberTensor:$result);
  let assemblyFormat = [{
    $input `axis` $axis (`exclusive` $exclusive^)? (`reverse` $reverse^)?
    attr-dict `:` type($input)
  }];
  let hasVerifier = 1;
}

def Graph_SoftmaxOp : Graph_Op<"softmax",
    [Pure, AllTypesMatch<["input", "result"]>]> {
  let summary = "`e^(x - max) / sum(e^(x - max))` over the last axis";
  let description = [{
    The maximum of a row of minus infinities counts as 0 and a sum of 0 gives
    a row of zeros, so that a fully masked row stays finite.

    Constraints:

    - (C1) `rank(input) >= 1`
  }];
  let arguments = (ins Graph_FloatTensor:$input);
  let results = (outs Graph_FloatTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
  let hasVerifier = 1;
}

def Graph_LayerNormOp : Graph_Op<"layer_norm",
    [Pure, AllTypesMatch<["input", "result"]>,
     AllElementTypesMatch<["input", "gain"]>]> {
  let summary = "Centre and scale each row by its standard deviation";
  let description = [{
    `(x - mean) / sqrt(variance + epsilon) * gain + bias` over the last axis,
    with the variance of the whole row (two passes). Mean and variance are f32.

    Constraints:

    - (C1) `rank(input) >= 1`
    - (C2) `shape(gain) = shape(bias) = [dim(input, -1)]`
    - (C3) `epsilon >= 0`
  }];
  let arguments = (ins Graph_FloatTensor:$input, Graph_FloatTensor:$gain,
                       Optional<Graph_FloatTensor>:$bias, F32Attr:$epsilon);
  let results = (outs Graph_FloatTensor:$result);
  let assemblyFormat = [{
    $input `,` $gain (`bias` $bias^ `:` type($bias))? `epsilon` $epsilon
    attr-dict `:` type($input) `,` type($gain)
  }];
  let hasVerifier = 1;
}

def Graph_RmsNormOp : Graph_Op<"rms_norm",
    [Pure, AllTypesMatch<["input", "result"]>,
     AllElementTypesMatch<["input", "gain"]>]> {
  let summary = "Scale each row by the inverse of its root mean square";
  let description = [{
    `input[.., j] * gain[j] / sqrt(mean_j(input[.., j]^2) + epsilon)` over the
    last axis. The mean is accumulated in f32 whatever the element type.

    Constraints:

    - (C1) `rank(input) >= 1`
    - (C2) `shape(gain) = [dim(input, -1)]`
    - (C3) `epsilon >= 0`
  }];
  let arguments = (ins Graph_FloatTensor:$input, Graph_FloatTensor:$gain,
                       F32Attr:$epsilon);
  let results = (outs Graph_FloatTensor:$result);
  let assemblyFormat = [{
    $input `,` $gain `epsilon` $epsilon attr-dict `:` type($input) `,`
    type($gain)
  }];
  let hasVerifier = 1;
}

#endif // LMCC_GRAPH_CONTRACTION_TD
