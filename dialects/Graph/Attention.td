//===- Attention.td - Attention and rotary position embedding -------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_GRAPH_ATTENTION_TD
#define LMCC_GRAPH_ATTENTION_TD

include "dialects/Graph/GraphBase.td"

def Graph_AttentionOperand : AnyTypeOf<[Graph_FloatTensor,
    RankedTensorOf<[I8, UI8]>], "floats or bytes">;

def Graph_AttentionOp : Graph_Op<"attention",
    [Pure, IsolatedFromAbove, SingleBlock, AttrSizedOperandSegments]> {
  let summary = "Averages of values, weighted by how queries match keys";
  let description = [{
    Scaled dot-product attention (Vaswani et al., "Attention is all you need",
    2017, section 3.2.1) for every place of the batch axes:

    `scores[i, j] = sum_k query[i, k] * key[j, k]`
    `result = softmax_j(adjust(scores)) * value`

    The region is `adjust`: it takes the scores and the extra operands and
    yields scores of the same shape, element by element. Scaling, masks, biases
    of positions and soft caps are operations of the region, in the order in
    which the model has them; positions are iotas along an axis of the scores.
    The softmax is that of
    `graph.softmax`. Batch axes broadcast like those of `graph.matmul`, so that
    several heads of queries share one head of keys and values.

    With `scales`, rows of query, key and value are bytes, multiples of their
    scales (`graph.quantize_rows`; unsigned bytes of keys hold 128 more). The
    products of bytes are exact; the scores are

    `scores[i, j] = sum_k(query[i, k] * key[j, k]) * scale(key j) *
    scale(query i)`

    and the weights are rounded to 7 bits in each block of 64 keys, with the
    scales of the values in them (rule N18 in `docs/Numerics.md`). Keys in other
    blocks, and those that a mask hides, do not change what a block adds.

    Constraints:

    - (C1) query, key and value have at least two axes and, without scales, like
      the result one element type
    - (C2) `dim(query, -1) = dim(key, -1)`, `dim(key, -2) = dim(value, -2)`
    - (C3) the result is `[batch.., dim(query, -2), dim(value, -1)]`, where
      `batch` is the broadcast of the operands' batch axes
    - (C4) the region takes scores `[batch.., dim(query, -2), dim(key, -2)]` and
      one argument per extra operand, of its type
    - (C5) the region consists of elementwise operations, broadcasts, constants
      of one element, iotas and single sizes, and yields a tensor of the type of
      the scores; `graph.diagonals` may be applied to extra operands that are
      used by nothing else
    - (C6) there are no scales, or those of query, key and value, each of the
      shape of its operand with size 1 on the last axis; query and value are then
      `i8`, key `i8` or `ui8`, and the result is `f32`

    Example:

    ```mlir
    %r = graph.attention %q, %k, %v extras(%mask)
       : tensor<8x16x64xf32>, tensor<8x32x64xf32>, tensor<8x32x64xf32>,
         tensor<1x16x32xf32> -> tensor<8x16x64xf32> {
    ^bb0(%scores: tensor<8x16x32xf32>, %m: tensor<1x16x32xf32>):
      %0 = graph.add %scores, %m
         : tensor<8x16x32xf32>, tensor<1x16x32xf32> -> tensor<8x16x32xf32>
      graph.yield %0 : tensor<8x16x32xf32>
    }
    ```
  }];
  let arguments = (ins Graph_AttentionOperand:$query,
                       Graph_AttentionOperand:$key,
                       Graph_AttentionOperand:$value,
                       Variadic<Graph_Tensor>:$extras,
                       Variadic<RankedTensorOf<[F32]>>:$scales);
  let results = (outs Graph_FloatTensor:$result);
  let regions = (region SizedRegion<1>:$adjust);
  let assemblyFormat = [{
    $query `,` $key `,` $value (`extras` `(` $extras^ `)`)?
    (`scales` `(` $scales^ `:` type($scales) `)`)? attr-dict `:`
    type($query) `,` type($key) `,` type($value) (`,` type($extras)^)? `->`
    type($result) $adjust
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The scores as the region takes them.
    ::mlir::BlockArgument scores() { return getAdjust().getArgument(0); }
    /// What the region yields.
    ::mlir::Value adjustedScores() {
      return getAdjust().front().getTerminator()->getOperand(0);
    }
    /// Whether query, key and value are bytes with scales.
    bool isQuantized() { return !getScales().empty(); }
    ::mlir::Value getQueryScales() { return getScales()[0]; }
    ::mlir::Value getKeyScales() { return getScales()[1]; }
    ::mlir::Value getValueScales() { return getScales()[2]; }
    /// Whether operand `number` has rows that may lie anywhere: query, key,
    /// value or one of their scales.
    bool isRowsOperand(unsigned number) {
      return number < 3 || number >= 3 + getExtras().size();
    }
  }];
}

def Graph_RotaryEmbeddingOp : Graph_Op<"rotary_embedding",
    [Pure, AllTypesMatch<["input", "result"]>,
     AllTypesMatch<["cosine", "sine"]>]> {
  let summary = "Rotate pairs of elements of each row by given angles";
  let description = [{
    Rotary position embedding (Su et al., "RoFormer", 2021, section 3.4.2) of
    the first `rotated` elements of the last axis. For every pair (a, b) of
    them, with each product and sum rounded:

    `result[.., a] = input[.., a] * cosine[.., a] - input[.., b] * sine[.., a]`
    `result[.., b] = input[.., b] * cosine[.., b] + input[.., a] * sine[.., b]`

    Pair p is `(p, p + rotated / 2)`, or with `interleaved` `(2 p, 2 p + 1)`.
    Where cosine and sine have half as many columns, both elements of pair p
    read column p. Elements from `rotated` on stay as they are.

    Constraints:

    - (C1) `rotated` is even and lies in `2 .. dim(input, -1)`, a number
    - (C2) `dim(cosine, -1)` is `rotated` or `rotated / 2`
    - (C3) the other axes of cosine broadcast to those of input

    Example:

    ```mlir
    %r = graph.rotary_embedding %x, %cos, %sin rotated 64
       : tensor<12x128x64xf32>, tensor<128x64xf32>
    ```
  }];
  let arguments = (ins RankedTensorOf<[F32]>:$input,
                       RankedTensorOf<[F32]>:$cosine,
                       RankedTensorOf<[F32]>:$sine, I64Attr:$rotated,
                       UnitAttr:$interleaved);
  let results = (outs RankedTensorOf<[F32]>:$result);
  let assemblyFormat = [{
    $input `,` $cosine `,` $sine `rotated` $rotated
    (`interleaved` $interleaved^)? attr-dict `:` type($input) `,` type($cosine)
  }];
  let hasVerifier = 1;
}

def Graph_DiagonalsOp : Graph_Op<"diagonals",
    [Pure, AllElementTypesMatch<["input", "result"]>]> {
  let summary = "A matrix with one value along each of its diagonals";
  let description = [{
    `result[.., i, j] = input[.., j - i + rows - 1]` for a result of
    `[.., rows, columns]`: a bias by the distance of two places, as a vector.

    Constraints:

    - (C1) `rank(result) = rank(input) + 1`, at least 2
    - (C2) input and result agree on all axes but the last of input
    - (C3) `dim(input, -1) = dim(result, -2) + dim(result, -1) - 1`

    Example:

    ```mlir
    %m = graph.diagonals %bias : tensor<8x31xf32> -> tensor<8x16x16xf32>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

#endif // LMCC_GRAPH_ATTENTION_TD
