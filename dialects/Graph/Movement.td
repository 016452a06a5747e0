//===- Movement.td - Operations that move elements ------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_GRAPH_MOVEMENT_TD
#define LMCC_GRAPH_MOVEMENT_TD

include "dialects/Graph/GraphBase.td"

class Graph_MovementOp<string mnemonic, list<Trait> traits = []>
    : Graph_Op<mnemonic, !listconcat([Pure], traits)> {
  let hasVerifier = 1;
}

def Graph_ReshapeOp : Graph_MovementOp<"reshape",
    [AllElementTypesMatch<["input", "result"]>]> {
  let summary = "The same elements in the same row-major order, another shape";
  let description = [{
    Constraints:

    - (C1) both shapes have the same number of elements
  }];
  let arguments = (ins Graph_Tensor:$input);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
}

def Graph_TransposeOp : Graph_MovementOp<"transpose",
    [AllElementTypesMatch<["input", "result"]>]> {
  let summary = "Permute axes: axis i of the result is axis `permutation[i]`";
  let description = [{
    Constraints:

    - (C1) `permutation` is a permutation of `0 .. rank(input) - 1`
    - (C2) `dim(result, i) = dim(input, permutation[i])`
  }];
  let arguments = (ins Graph_Tensor:$input, DenseI64ArrayAttr:$permutation);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat =
      "$input $permutation attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
}

def Graph_BroadcastOp : Graph_MovementOp<"broadcast",
    [AllElementTypesMatch<["input", "result"]>]> {
  let summary = "Repeat along axes of size 1 and new leading axes";
  let description = [{
    Constraints:

    - (C1) the broadcast of both shapes is the shape of the result
  }];
  let arguments = (ins Graph_Tensor:$input);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
}

def Graph_ConcatOp : Graph_MovementOp<"concat"> {
  let summary = "Join tensors along an axis";
  let description = [{
    Constraints:

    - (C1) at least one operand; all have the element type and rank of the result
    - (C2) `axis` is an axis of the result
    - (C3) operands agree with the result on every other axis
    - (C4) sizes along `axis` add up to that of the result
  }];
  let arguments = (ins Variadic<Graph_Tensor>:$inputs, I64Attr:$axis);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat =
      "$inputs `axis` $axis attr-dict `:` type($inputs) `->` type($result)";
  let hasFolder = 1;
}

def Graph_SliceOp : Graph_MovementOp<"slice",
    [AllElementTypesMatch<["input", "result"]>]> {
  let summary = "Every `steps[i]`-th element from `starts[i]` on, per axis";
  let description = [{
    The number of elements per axis is the size of the result. Starts may be
    expressions over the model's symbols; a negative step walks backwards.

    Constraints:

    - (C1) `starts` and `steps` have one entry per axis of input and result
    - (C2) no step is 0
    - (C3) with number sizes, first and last element lie inside the input
  }];
  let arguments = (ins Graph_Tensor:$input, Graph_DimsAttr:$starts,
                       DenseI64ArrayAttr:$steps);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $input `from` $starts `step` $steps attr-dict `:` type($input) `->`
    type($result)
  }];
  let hasFolder = 1;
}

def Graph_PadMode : I32EnumAttr<"PadMode", "what lies outside the input", [
    I32EnumAttrCase<"constant", 0>, I32EnumAttrCase<"reflect", 1>,
    I32EnumAttrCase<"edge", 2>, I32EnumAttrCase<"wrap", 3>]> {
  let cppNamespace = "::lmcc::graph";
  let genSpecializedAttr = 0;
}
def Graph_PadModeAttr : EnumAttr<Graph_Dialect, Graph_PadMode, "pad_mode"> {
  let assemblyFormat = "$value";
}

def Graph_PadOp : Graph_MovementOp<"pad",
    [AllElementTypesMatch<["input", "value", "result"]>]> {
  let summary = "Add elements in front of and behind each axis";
  let description = [{
    With `constant` the new elements are `value`; `reflect` mirrors without
    repeating the border, `edge` repeats it, `wrap` continues periodically.
    A negative count removes elements. Source: ONNX Pad-19.

    Constraints:

    - (C1) `low` has one entry per axis
    - (C2) `value` has rank 0
    - (C3) input and result have the same rank
  }];
  let arguments = (ins Graph_Tensor:$input, Graph_Tensor:$value,
                       Graph_PadModeAttr:$mode, DenseI64ArrayAttr:$low);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $mode $input `,` $value `low` $low attr-dict `:` type($input) `,`
    type($value) `->` type($result)
  }];
}

def Graph_GatherOp : Graph_MovementOp<"gather",
    [AllElementTypesMatch<["input", "result"]>]> {
  let summary = "Slices of an axis chosen by indices";
  let description = [{
    `result[o.., i.., n..] = input[o.., indices[i..], n..]` with the axis
    replaced by the axes of `indices`. A negative index counts from the end;
    an index outside `[-size, size)` makes the model return a status.
    Source: ONNX Gather-13.

    Constraints:

    - (C1) `axis` is an axis of input
    - (C2) the shape of the result is that of input with `axis` replaced by
      the shape of `indices`
  }];
  let arguments = (ins Graph_Tensor:$input, Graph_IndexTensor:$indices,
                       I64Attr:$axis);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $indices `axis` $axis attr-dict `:` type($input) `,`
    type($indices) `->` type($result)
  }];
}

def Graph_GatherElementsOp : Graph_MovementOp<"gather_elements",
    [AllElementTypesMatch<["input", "result"]>]> {
  let summary = "One element per index, at the index along an axis";
  let description = [{
    `result[p] = input[p with p[axis] = indices[p]]`; indices as in
    `graph.gather`. Source: ONNX GatherElements-13.

    Constraints:

    - (C1) `axis` is an axis of input
    - (C2) input and indices have the same rank
    - (C3) the result has the shape of indices
  }];
  let arguments = (ins Graph_Tensor:$input, Graph_IndexTensor:$indices,
                       I64Attr:$axis);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $indices `axis` $axis attr-dict `:` type($input) `,`
    type($indices) `->` type($result)
  }];
}

def Graph_GatherNdOp : Graph_MovementOp<"gather_nd",
    [AllElementTypesMatch<["input", "result"]>]> {
  let summary = "Slices at index tuples";
  let description = [{
    The last axis of `indices` holds tuples that address the axes of input
    behind the first `batch_axes` ones. Source: ONNX GatherND-13.

    Constraints:

    - (C1) the last axis of indices is a number `k` with
      `1 <= k <= rank(input) - batch_axes`
    - (C2) `rank(result) = rank(input) + rank(indices) - k - 1 - batch_axes`
  }];
  let arguments = (ins Graph_Tensor:$input, Graph_IndexTensor:$indices,
                       I64Attr:$batch_axes);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $indices `batch_axes` $batch_axes attr-dict `:` type($input) `,`
    type($indices) `->` type($result)
  }];
}

def Graph_ScatterMode : I32EnumAttr<"ScatterMode",
    "how an update meets the element it lands on", [
    I32EnumAttrCase<"assign", 0>, I32EnumAttrCase<"add", 1>,
    I32EnumAttrCase<"mul", 2>, I32EnumAttrCase<"max", 3>,
    I32EnumAttrCase<"min", 4>]> {
  let cppNamespace = "::lmcc::graph";
  let genSpecializedAttr = 0;
}
def Graph_ScatterModeAttr
    : EnumAttr<Graph_Dialect, Graph_ScatterMode, "scatter_mode"> {
  let assemblyFormat = "$value";
}

def Graph_ScatterElementsOp : Graph_MovementOp<"scatter_elements",
    [AllTypesMatch<["input", "result"]>,
     AllElementTypesMatch<["input", "updates"]>]> {
  let summary = "A copy of the input with single elements updated";
  let description = [{
    `result[p with p[axis] = indices[p]]` meets `updates[p]`, in row-major
    order of p. Source: ONNX ScatterElements-18.

    Constraints:

    - (C1) `axis` is an axis of input
    - (C2) indices and updates have the same shape and the rank of input
  }];
  let arguments = (ins Graph_Tensor:$input, Graph_IndexTensor:$indices,
                       Graph_Tensor:$updates, I64Attr:$axis,
                       Graph_ScatterModeAttr:$mode);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $mode $input `,` $indices `,` $updates `axis` $axis attr-dict `:`
    type($input) `,` type($indices) `,` type($updates)
  }];
}

def Graph_ScatterNdOp : Graph_MovementOp<"scatter_nd",
    [AllTypesMatch<["input", "result"]>,
     AllElementTypesMatch<["input", "updates"]>]> {
  let summary = "A copy of the input with slices updated at index tuples";
  let description = [{
    Source: ONNX ScatterND-18.

    Constraints:

    - (C1) the last axis of indices is a number `k`, `1 <= k <= rank(input)`
    - (C2) `rank(updates) = rank(indices) - 1 + rank(input) - k`
  }];
  let arguments = (ins Graph_Tensor:$input, Graph_IndexTensor:$indices,
                       Graph_Tensor:$updates, Graph_ScatterModeAttr:$mode);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $mode $input `,` $indices `,` $updates attr-dict `:` type($input) `,`
    type($indices) `,` type($updates)
  }];
}

def Graph_PatchesOp : Graph_MovementOp<"patches",
    [AllElementTypesMatch<["input", "result"]>]> {
  let summary = "The window under every position of a convolution, as a row";
  let description = [{
    For input `[batch, channels, s1 .. sn]` the result is
    `[batch, o1 .. on, channels, k1 .. kn]` where
    `result[b, o.., c, k..] = input[b, c, o * strides + k * dilations - low]`,
    and 0 outside. A convolution is then a product of these rows with the
    kernel.

    Constraints:

    - (C1) `rank(input) >= 3`, `rank(result) = 2 * rank(input) - 2`
    - (C2) `strides`, `dilations` and `low` have `rank(input) - 2` entries,
      strides and dilations positive
  }];
  let arguments = (ins Graph_Tensor:$input, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$dilations, DenseI64ArrayAttr:$low);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $input `strides` $strides `dilations` $dilations `low` $low attr-dict `:`
    type($input) `->` type($result)
  }];
}

def Graph_IotaOp : Graph_Op<"iota", [Pure]> {
  let summary = "0, 1, 2 ... along an axis";
  let description = [{
    Constraints:

    - (C1) `axis` is an axis of the result
    - (C2) every other axis has size 1
  }];
  let arguments = (ins DefaultValuedAttr<I64Attr, "0">:$axis);
  let results = (outs Graph_IndexTensor:$result);
  let assemblyFormat = "(`axis` $axis^)? attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Graph_DimValuesOp : Graph_Op<"dim_values", [Pure]> {
  let summary = "Sizes of the model as numbers";
  let description = [{
    What is left of `Shape` chains that serve as data.

    Constraints:

    - (C1) the result has rank 0 and `values` one entry, or rank 1 and as many
      elements as `values` has entries
  }];
  let arguments = (ins Graph_DimsAttr:$values);
  let results = (outs Graph_IndexTensor:$result);
  let assemblyFormat = "$values attr-dict `:` type($result)";
  let hasVerifier = 1;
}

#endif // LMCC_GRAPH_MOVEMENT_TD
