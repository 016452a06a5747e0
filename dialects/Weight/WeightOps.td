//===- WeightOps.td - Constants that outlive all levels -------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_WEIGHT_OPS_TD
#define LMCC_WEIGHT_OPS_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Weight_Dialect : Dialect {
  let name = "weight";
  let cppNamespace = "::lmcc::weight";
  let summary = "Large constants as recipes over the model's file";
  let description = [{
    A weight is a region that says how its bytes come about: leaves name byte
    ranges of the model's files, operations rearrange or convert them. Passes
    rewrite regions and never see bytes; each region is evaluated once, when
    the blob is written.
  }];
}

class Weight_Op<string mnemonic, list<Trait> traits = []>
    : Op<Weight_Dialect, mnemonic, traits>;

def Weight_DataOp : Weight_Op<"data",
    [IsolatedFromAbove, NoRegionArguments, Symbol, SingleBlock,
     HasParent<"::mlir::ModuleOp">]> {
  let summary = "A named weight and how it is computed";
  let description = [{
    Constraints:

    - (C1) the region ends with `weight.yield` of `type`
    - (C2) the region takes no arguments

    Example:

    ```mlir
    weight.data @query : tensor<128x128xf32> {
      %0 = weight.file "model.onnx" offset 4096 : tensor<128x128xf32>
      %1 = graph.transpose %0 [1, 0]
         : tensor<128x128xf32> -> tensor<128x128xf32>
      weight.yield %1 : tensor<128x128xf32>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttrOf<AnyRankedTensor>:$type);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name `:` $type attr-dict-with-keyword $body";
  let extraClassDeclaration = [{
    /// What the region computes.
    ::mlir::Value getValue();
  }];
  let hasVerifier = 1;
}

def Weight_YieldOp : Weight_Op<"yield",
    [Pure, Terminator, HasParent<"DataOp">]> {
  let summary = "The value of a weight";
  let arguments = (ins AnyRankedTensor:$value);
  let assemblyFormat = "$value attr-dict `:` type($value)";
}

def Weight_FileOp : Weight_Op<"file", [Pure]> {
  let summary = "Little-endian row-major bytes of a file of the model";
  let description = [{
    `file` is a name relative to the model's folder; `offset` counts bytes. The
    length follows from the type (one byte per `i1`).

    Constraints:

    - (C1) `offset` is not negative
    - (C2) the shape is static
  }];
  let arguments = (ins StrAttr:$file, I64Attr:$offset);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$file `offset` $offset attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Weight_PackOp : Weight_Op<"pack", [Pure]> {
  let summary = "A matrix as column panels";
  let description = [{
    `result[p, k, j] = input[k, p * width + j]`, and 0 where that column does
    not exist: panels of `width` columns, contiguous along the depth, so that a
    product reads its right side as one stream. With a fourth axis
    `result[p, k, j, t] = input[k * steps + t, p * width + j]`: what a dot
    product of `steps` numbers takes lies together.

    Constraints:

    - (C1) input has rank 2 and a static shape
    - (C2) the result is `[ceil(dim(input, 1) / width), dim(input, 0), width]`,
      or `[.., dim(input, 0) / steps, width, steps]`, where the division leaves
      no rest
  }];
  let arguments = (ins AnyRankedTensor:$input);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

def Weight_BytePanels : RankedTensorOf<[I8]>;

def Weight_PairStepsOp : Weight_Op<"pair_steps", [Pure]> {
  let summary = "An order of the steps of each panel, pairs first";
  let description = [{
    `result[p, 1 + k]` is the step of panel p that comes at place k; each comes
    once. With `pairs = result[p, 0]` the steps at places 2q and 2q + 1 are a pair
    for q < pairs: for each column, and for each half of its words, the four
    bytes w of both steps have

    `sum max(-w, w + 1) <= 255`.

    Products of these, or of -w - 1 in the place of w, with numbers in [-128, 128]
    add up to a number of 16 bits then. Steps that fit no other, of a few that are
    tried, follow behind the pairs.

    Constraints:

    - (C1) input is `[count, steps, width, 4]`, as `weight.pack` makes them, with
      a static shape and columns
    - (C2) the result is `[count, 1 + steps]`
    - (C3) there are at most 32767 steps, which fit the result's numbers

    Example: `%1 = weight.pair_steps %0 : tensor<2x8x4x4xi8> -> tensor<2x9xi16>`
  }];
  let arguments = (ins Weight_BytePanels:$input);
  let results = (outs RankedTensorOf<[I16]>:$result);
  let assemblyFormat =
      "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

def Weight_OrderStepsOp : Weight_Op<"order_steps",
    [Pure, AllTypesMatch<["input", "result"]>]> {
  let summary = "Panels whose steps have another order";
  let description = [{
    `result[p, k, j, t] = input[p, order[p, 1 + k], j, t]`.

    Constraints:

    - (C1) input and order are as those of `weight.pair_steps`

    Example:

    ```mlir
    %2 = weight.order_steps %0, %1 : tensor<2x8x4x4xi8>, tensor<2x9xi16>
    ```
  }];
  let arguments = (ins Weight_BytePanels:$input, RankedTensorOf<[I16]>:$order);
  let results = (outs Weight_BytePanels:$result);
  let assemblyFormat =
      "$input `,` $order attr-dict `:` type($input) `,` type($order)";
  let hasVerifier = 1;
}

def Weight_F32Matrix : RankedTensorOf<[F32]>;
def Weight_ByteMatrix : RankedTensorOf<[I8]>;

def Weight_ScalesOp : Weight_Op<"scales", [Pure]> {
  let summary = "What the columns of a matrix are multiples of";
  let description = [{
    `result[g, j]` is the scale of column j in group g, of
    `dim(input, 0) / dim(result, 0)` steps of the depth: `clip * max / limit`,
    where max is the largest magnitude of those numbers, limit is
    `2^(bits - 1) - 1`, and clip, out of a few numbers up to 1, leaves the least
    square error after `weight.quantize`; the largest of equal ones. 0 where max
    is below 2^-119. Scales of 4-bit numbers are rounded to bfloat16, as which
    they are stored.

    Constraints:

    - (C1) input and result have rank 2 and static shapes
    - (C2) `dim(input, 1) = dim(result, 1)`, and `dim(result, 0)` divides
      `dim(input, 0)`
    - (C3) bits is 4 or 8
  }];
  let arguments = (ins Weight_F32Matrix:$input, I64Attr:$bits);
  let results = (outs Weight_F32Matrix:$result);
  let assemblyFormat =
      "$input `bits` $bits attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

def Weight_QuantizeOp : Weight_Op<"quantize", [Pure]> {
  let summary = "A matrix as multiples of the scales of its columns";
  let description = [{
    `result[k, j] = round(input[k, j] / scales[g, j])`, halves to even, limited
    to `[-limit, limit]` with `limit = 2^(bits - 1) - 1`, for k in group g (see
    `weight.scales`); 0 where the scale is 0.

    Constraints:

    - (C1) input, scales and result have rank 2 and static shapes, input and
      result the same
    - (C2) `dim(input, 1) = dim(scales, 1)`, and `dim(scales, 0)` divides
      `dim(input, 0)`
    - (C3) bits is 4 or 8
  }];
  let arguments = (ins Weight_F32Matrix:$input, Weight_F32Matrix:$scales,
                       I64Attr:$bits);
  let results = (outs Weight_ByteMatrix:$result);
  let assemblyFormat = [{
    $input `,` $scales `bits` $bits attr-dict `:` type($input) `,`
    type($scales) `->` type($result)
  }];
  let hasVerifier = 1;
}

def Weight_PackGroupsOp : Weight_Op<"pack_groups", [Pure]> {
  let summary = "A matrix of 4-bit or 8-bit numbers and its scales as one stream";
  let description = [{
    `result[p, g]` holds group g of the columns of panel p: for every `32 / bits`
    steps of the depth `width` words, word j of column `p * width + j`, and then
    `width / 2` words of scales. Of 4 bits, byte t of a word of numbers holds
    step t plus 8 in its lower half and step 4 + t plus 8 in its upper half; of
    8 bits, byte t is step t. Word j of the scales has the bfloat16 of column j
    in its lower half and that of column `j + width / 2` in its upper half. With
    `wide_scales`, whose values are no bfloat16, these are `width` words, each an
    f32. Columns that do not exist are 0.

    Constraints:

    - (C1) input, scales and bits are as those of `weight.quantize`
    - (C2) the group size G, `dim(input, 0) / dim(scales, 0)`, is a multiple
      of `32 / bits`
    - (C3) the result is `[ceil(dim(input, 1) / width), dim(scales, 0), span]`
      with `span = width * G * bits / 32 + width / 2` for an even width, or
      `width * G * bits / 32 + width` with `wide_scales`
  }];
  let arguments = (ins Weight_ByteMatrix:$input, Weight_F32Matrix:$scales,
                       I64Attr:$bits, UnitAttr:$wide_scales);
  let results = (outs RankedTensorOf<[I32]>:$result);
  let assemblyFormat = [{
    $input `,` $scales `bits` $bits (`wide_scales` $wide_scales^)? attr-dict `:`
    type($input) `,` type($scales) `->` type($result)
  }];
  let extraClassDeclaration = [{
    /// Columns of a panel.
    int64_t width();
  }];
  let hasVerifier = 1;
}

def Weight_ColumnSumsOp : Weight_Op<"column_sums", [Pure]> {
  let summary = "The sum of each column, times a factor";
  let description = [{
    `result[j] = factor * sum_k input[k, j]`, wrapping around. What a product
    has too much if its left side holds each number plus `-factor`.

    Constraints:

    - (C1) input has rank 2 and a static shape
    - (C2) the result is `[dim(input, 1)]`
  }];
  let arguments = (ins Weight_ByteMatrix:$input, I64Attr:$factor);
  let results = (outs RankedTensorOf<[I32]>:$result);
  let assemblyFormat =
      "$input `times` $factor attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

def Weight_GetOp : Weight_Op<"get",
    [Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "A weight as a value";
  let description = [{
    A tensor on the graph level; a flat buffer, as it lies in the blob, on the
    kernel level.

    Constraints:

    - (C1) `weight` names a `weight.data` of the module
    - (C2) the result is that weight's type, or a memref of rank 1 with its
      element type (without signedness)
  }];
  let arguments = (ins FlatSymbolRefAttr:$weight);
  let results = (outs AnyTypeOf<[AnyRankedTensor, AnyMemRef]>:$result);
  let assemblyFormat = "$weight attr-dict `:` type($result)";
}

#endif // LMCC_WEIGHT_OPS_TD
