//===- Quantization.td - Rows of 8-bit integers ---------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_GRAPH_QUANTIZATION_TD
#define LMCC_GRAPH_QUANTIZATION_TD

include "dialects/Graph/GraphBase.td"

def Graph_ByteTensor : RankedTensorOf<[I8, UI8]>;

def Graph_RowScalesOp : Graph_Op<"row_scales", [Pure]> {
  let summary = "What each row is a multiple of, in 8 bits";
  let description = [{
    `result[.., 0] = max_j |input[.., j]| / 127` over the last axis, and 0 where
    that maximum is below 2^-119, so that neither a scale nor its inverse is
    denormal or infinite. A NaN or an infinity of the row reaches its scale.

    Constraints:

    - (C1) `rank(input) >= 1`
    - (C2) the result has size 1 on the last axis and agrees with input
      elsewhere
  }];
  let arguments = (ins Graph_F32Tensor:$input);
  let results = (outs Graph_F32Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

def Graph_QuantizeRowsOp : Graph_Op<"quantize_rows", [Pure]> {
  let summary = "Rows as multiples of their scales, in 8 bits";
  let description = [{
    `result[.., j] = round(input[.., j] * (1 / scales[.., 0]))`, halves to even,
    and 0 where the scale is 0; for `ui8` plus 128. The scales are those that
    `graph.row_scales` finds for the same input, so that the numbers lie in
    [-127, 127]; what comes of others, of NaN and of infinity is not specified.

    Constraints:

    - (C1) `rank(input) >= 1`
    - (C2) scales has size 1 on the last axis and agrees with input elsewhere
    - (C3) input and result have the same shape
  }];
  let arguments = (ins Graph_F32Tensor:$input, Graph_F32Tensor:$scales);
  let results = (outs Graph_ByteTensor:$result);
  let assemblyFormat = [{
    $input `,` $scales attr-dict `:` type($input) `,` type($scales) `->`
    type($result)
  }];
  let hasVerifier = 1;
}

def Graph_LookUpColumnsOp : Graph_Op<"look_up_columns", [Pure]> {
  let summary = "Columns of a matrix in scaled groups, as rows";
  let description = [{
    `result[i.., k] = matrix[k, indices[i..]] * scales[g, indices[i..]]`, for k
    in group g as in a grouped `graph.matmul`, whose right side the matrix may be
    as well: a table that is tied to it, transposed. Indices are those of
    `graph.gather`.

    Constraints:

    - (C1) scales are `[groups, dim(matrix, 1)]` for a matrix of numbers in
      [-8, 7]; groups divides `dim(matrix, 0)`
    - (C2) the shape of the result is that of indices and `dim(matrix, 0)`

    Example:

    ```mlir
    %0 = graph.look_up_columns %w, %s at %tokens : tensor<64x100xi8>,
         tensor<2x100xf32>, tensor<8xi64> -> tensor<8x64xf32>
    ```
  }];
  let arguments = (ins RankedTensorOf<[I8]>:$matrix, Graph_F32Tensor:$scales,
                       Graph_IndexTensor:$indices);
  let results = (outs Graph_F32Tensor:$result);
  let assemblyFormat = [{
    $matrix `,` $scales `at` $indices attr-dict `:` type($matrix) `,`
    type($scales) `,` type($indices) `->` type($result)
  }];
  let extraClassDeclaration = [{
    /// Elements of a row in a group.
    int64_t groupSize();
  }];
  let hasVerifier = 1;
}

#endif // LMCC_GRAPH_QUANTIZATION_TD
