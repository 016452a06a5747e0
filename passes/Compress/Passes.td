//===- Passes.td - Records of the compressing passes ----------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_COMPRESS_PASSES
#define LMCC_PASSES_COMPRESS_PASSES

include "mlir/Pass/PassBase.td"

def RecognizeByteProducts
    : Pass<"lmcc-recognize-byte-products", "::mlir::ModuleOp"> {
  let summary = "Multiply bytes where a model has quantised both sides";
  let description = [{
    A product whose rows are bytes less a zero point and whose matrix is a weight
    of integers becomes a product of bytes: of i32 (MatMulInteger and its
    kind), and of float32 where both sides were dequantised, with a scale for
    all or for each row, and for all or for each column. Bytes are found behind
    what moves them. The zero point of the rows is multiplied by the sums of the
    columns, which are known.

    The right side may be computed as well, bytes less a zero point for all or
    for each column, with batches. It becomes signed, the left one as the machine
    wants it, and zero points are multiplied by the sums of the rows, and of the
    columns: a product with a row of ones. Depths that are no multiple of 4 are
    completed with zeros.

    Weights are read: of each column the number nearest to 0 is taken that makes
    it fit [-127, 127], and what it contributes is added by the sum of the row.
    Where all 256 numbers of unsigned bytes occur in a column, what does not fit
    is multiplied as a second matrix.

    Bytes that were dequantised and are quantised again with the same scale and
    zero point, with moves between them, are the bytes themselves. Tables with
    one scale are looked up as bytes.

    Before:

    ```mlir
    %w = weight.get @w : tensor<64x96xf32> // (cast of bytes) * scale
    %0 = graph.cast %q : tensor<8x64xui8> -> tensor<8x64xi32>
    %1 = graph.sub %0, %zero : tensor<8x64xi32>, tensor<i32> -> ...
    %2 = graph.cast %1 : tensor<8x64xi32> -> tensor<8x64xf32>
    %3 = graph.mul %2, %scale : tensor<8x64xf32>, tensor<f32> -> ...
    %4 = graph.matmul %3, %w : tensor<8x64xf32>, tensor<64x96xf32> -> ...
    ```

    After:

    ```mlir
    %w = weight.get @w.bytes : tensor<64x96xi8>
    %0 = graph.matmul %q, %w : tensor<8x64xui8>, tensor<64x96xi8> -> ...
    %n = weight.get @w.bytes.negative_sums : tensor<96xi32>
    %1 = graph.mul %n, %zero : tensor<96xi32>, tensor<i32> -> tensor<96xi32>
    %2 = graph.add %0, %1 : tensor<8x96xi32>, tensor<96xi32> -> ...
    %3 = graph.cast %2 : tensor<8x96xi32> -> tensor<8x96xf32>
    %c = weight.get @w.column_scales : tensor<96xf32>
    %4 = graph.mul %c, %scale : tensor<96xf32>, tensor<f32> -> tensor<96xf32>
    %5 = graph.mul %3, %4 : tensor<8x96xf32>, tensor<96xf32> -> ...
    ```

    Windows of a convolution that reach outside of its input read the zero point
    there: bytes are padded with it first.

    Weights with batches, as of a convolution in groups, and those on the left
    are multiplied as what is computed is.

    Left alone, with a remark: products of which both sides are integers, but
    one takes more than 8 bits or has scales that change along the depth, and
    those of floats whose sums might exceed an i32. Products of integers are
    what they were; of float32 they lose the rounding of their sums.
  }];
  let dependentDialects = ["::lmcc::graph::GraphDialect",
                           "::lmcc::target::TargetDialect",
                           "::lmcc::weight::WeightDialect"];
}

def RecognizeGroupedProducts
    : Pass<"lmcc-recognize-grouped-products", "::mlir::ModuleOp"> {
  let summary = "Keep the 4-bit and 8-bit weights of a model in their bits";
  let description = [{
    A float32 product with a weight that is made of integers of up to 4 or 8 bits,
    less a zero point and times scales, becomes a product in groups
    (`graph.matmul ... scales`). Numbers and scales are found behind what moves
    them, whatever blocks and packing the model has; a block is what all columns
    have one scale and zero point for. Blocks that are no multiple of 16, and a
    last one that is short, are completed with zeros, in the weight and in the
    rows. A matrix of 8 bits with one scale for each column is multiplied as one.

    Where numbers less their zero points do not fit their bits, zero points that
    are integers stay, a byte for each group of a column. Others become offsets,
    which are multiplied by the sums of the groups of the rows.

    Rows stay floats. Where the model allows it (`graph.byte_rows`), or with
    `byte-rows`, they are quantised when they are computed, each with a scale of
    its own.

    Before:

    ```mlir
    weight.data @w : tensor<64x96xf32> {
      %0 = weight.file ... : tensor<96x2x32xui8> // after unpacking
      %1 = graph.cast %0 : ... -> tensor<96x2x32xf32>
      %2 = graph.sub %1, %eight : ...
      %3 = graph.mul %2, %scales : tensor<96x2x32xf32>, tensor<96x2x1xf32> -> ...
      ... // reshape and transpose
    }
    ...
    %w = weight.get @w : tensor<64x96xf32>
    %0 = graph.matmul %x, %w : tensor<8x64xf32>, tensor<64x96xf32> -> ...
    ```

    After:

    ```mlir
    %w = weight.get @w.nibbles : tensor<64x96xi8>
    %s = weight.get @w.group_scales : tensor<2x96xf32>
    %0 = graph.matmul %x, %w scales(%s : tensor<2x96xf32>) : ...
    ```

    or, of 8 bits with zero points,

    ```mlir
    %0 = graph.matmul %x, %w scales(%s : tensor<2x96xf32>)
           zeros(%z : tensor<2x96xi8>) bytes : ...
    ```

    Left alone, with a remark: weights that take more than 8 bits, and blocks of
    less than 8 steps or more than 65536. Sums are rounded in another order.
  }];
  let options = [
    Option<"byteRows", "byte-rows", "bool", "false",
           "Whether all rows have 8 bits">,
  ];
  let dependentDialects = ["::lmcc::graph::GraphDialect",
                           "::lmcc::weight::WeightDialect"];
}

def QuantizeProducts : Pass<"lmcc-quantize-products", "::mlir::ModuleOp"> {
  let summary = "Store the weights of products in fewer bits";
  let description = [{
    The matrix of a float32 product, a weight, becomes signed bytes with a scale
    for each column (`weight.quantize`); the rows that it meets are quantised
    when they are computed, each with a scale of its own. The sum of products of
    bytes is exact, and is scaled by both.

    With `bits=4` the numbers lie in [-7, 7], and each column has a scale for
    each `group` of its depth (`graph.matmul ... scales`); weights whose depth is
    no multiple of the group stay in 8 bits. Heads, that is what is the transpose
    of a table that is looked up or computes an output, have `head-bits`.

    With `float-rows` the rows are multiplied as they are; `bits=16` stores
    weights as float16 and implies it.

    Before:

    ```mlir
    %w = weight.get @w : tensor<64x96xf32>
    %0 = graph.matmul %x, %w : tensor<8x64xf32>, tensor<64x96xf32> -> ...
    ```

    After:

    ```mlir
    weight.data @w.quantized : tensor<64x96xi8> {
      %0 = weight.file ... : tensor<64x96xf32>
      %1 = weight.scales %0 bits 8 : ... -> tensor<1x96xf32>
      %2 = weight.quantize %0, %1 bits 8 : ... -> tensor<64x96xi8>
      weight.yield %2 : tensor<64x96xi8>
    }
    weight.data @w.scales : tensor<96xf32> {...}
    ...
    %s = graph.row_scales %x : tensor<8x64xf32> -> tensor<8x1xf32>
    %q = graph.quantize_rows %x, %s : ... -> tensor<8x64xi8>
    %w = weight.get @w.quantized : tensor<64x96xi8>
    %0 = graph.matmul %q, %w : ... -> tensor<8x96xi32>
    %1 = graph.cast %0 : tensor<8x96xi32> -> tensor<8x96xf32>
    %c = weight.get @w.scales : tensor<96xf32>
    %2 = graph.mul %1, %c : ...
    %3 = graph.mul %2, %s : ...
    ```

    Left alone, with a remark: products with what is no weight, or one that a model
    has quantised, whose depth is no multiple of 4, the bytes of a word of the
    machine (but for `float-rows`), and those of which `keep` matches the name
    of the weight or of the operation; `graph.kept` on them says why. Every
    product that is quantised has a remark as well, and what takes its place has
    its location. Changes numbers: this is its purpose.
  }];
  let options = [
    ListOption<"keep", "keep", "std::string",
               "Patterns, such as *head*, of products that stay as they are">,
    Option<"bits", "bits", "int64_t", "8", "Of a weight: 16, 8 or 4">,
    Option<"group", "group", "int64_t", "32",
           "Steps of the depth with one scale, where weights have 4 bits: a "
           "multiple of 32">,
    Option<"floatRows", "float-rows", "bool", "false",
           "Whether rows stay floats">,
    Option<"headBits", "head-bits", "int64_t", "8",
           "Of a weight of a head: 16, 8 or 4">,
  ];
  let dependentDialects = ["::lmcc::graph::GraphDialect",
                           "::lmcc::weight::WeightDialect"];
}

def QuantizeTables : Pass<"lmcc-quantize-tables", "::mlir::ModuleOp"> {
  let summary = "Store tables whose rows are looked up in fewer bits";
  let description = [{
    A table whose rows are looked up becomes signed bytes with a scale for each
    row. That is how `lmcc-quantize-products` quantises its transpose, so that a
    tied embedding is still stored once.

    Before:

    ```mlir
    %t = weight.get @table : tensor<100x64xf32>
    %0 = graph.gather %t, %tokens axis 0 : ... -> tensor<8x64xf32>
    ```

    After:

    ```mlir
    %t = weight.get @table.quantized : tensor<100x64xi8>
    %0 = graph.gather %t, %tokens axis 0 : ... -> tensor<8x64xi8>
    %s = weight.get @table.scales : tensor<100xf32>
    %1 = graph.gather %s, %tokens axis 0 : ... -> tensor<8xf32>
    %2 = graph.reshape %1 : tensor<8xf32> -> tensor<8x1xf32>
    %3 = graph.cast %0 : tensor<8x64xi8> -> tensor<8x64xf32>
    %4 = graph.mul %3, %2 : ... -> tensor<8x64xf32>
    ```

    With `bits=4` a row has a scale for each `group` of its elements, and the
    lookup is a `graph.look_up_columns` of the transpose; a row that is no whole
    number of groups has 8 bits. `bits=16` stores float16.

    Every table has a remark. Left alone: lookups along other axes, or in what
    is no weight of two axes. Changes numbers: this is its purpose.
  }];
  let options = [
    Option<"bits", "bits", "int64_t", "8", "Of an element: 16, 8 or 4">,
    Option<"group", "group", "int64_t", "32",
           "Elements with one scale, where they have 4 bits: a multiple of 32">,
  ];
  let dependentDialects = ["::lmcc::graph::GraphDialect",
                           "::lmcc::weight::WeightDialect"];
}

def ReplaceDivisions : Pass<"lmcc-replace-divisions", "::mlir::func::FuncOp"> {
  let summary = "Divide by constants without divisions";
  let description = [{
    A float32 quotient by a constant is computed as products with its inverse,
    which is a sum of two floats: `x * high + x * low`, of which the second
    product is rounded and the rest is a fused multiply-add. Only where that is
    proven to change nothing, by a look at all numbers that decide it:

    - what is divided was dequantised, so there are 256 numbers of it;
    - the quotient is rounded and becomes a byte, perhaps with a zero point. Its
      two forms are next to each other at most, so the quotients next to halves
      decide.

    Before:

    ```mlir
    %0 = graph.div %x, %scale : tensor<8x64xf32>, tensor<f32> -> ...
    %1 = graph.round %0 : tensor<8x64xf32>
    %2 = graph.cast %1 : tensor<8x64xf32> -> tensor<8x64xi8>
    ```

    After:

    ```mlir
    %l = graph.mul %x, %low : tensor<8x64xf32>, tensor<f32> -> ...
    %0 = graph.fma %x, %high, %l : tensor<8x64xf32>, tensor<f32>, ...
    ```

    and one product where the inverse is a float. Left alone: other divisions,
    divisors that are no single constant between 2^-60 and 2^60, and machines
    without vectors, where a fused multiply-add may be a function. Changes no
    number.
  }];
  let dependentDialects = ["::lmcc::graph::GraphDialect",
                           "::lmcc::target::TargetDialect"];
}

def KeepFloats : Pass<"lmcc-keep-floats", "::mlir::func::FuncOp"> {
  let summary = "Let floats that become bytes and floats again be floats";
  let description = [{
    A rounded float32 to which a zero point is added, that becomes an unsigned
    byte, from which the zero point is taken, and that is a float again, is that
    rounded float limited to what remains of a byte.

    Before:

    ```mlir
    %1 = graph.add %rounded, %zero : tensor<8x64xf32>, tensor<f32> -> ...
    %2 = graph.cast %1 : tensor<8x64xf32> -> tensor<8x64xui8>
    %3 = graph.cast %2 : tensor<8x64xui8> -> tensor<8x64xi32>
    %4 = graph.sub %3, %integer : tensor<8x64xi32>, tensor<i32> -> ...
    %5 = graph.cast %4 : tensor<8x64xi32> -> tensor<8x64xf32>
    ```

    After:

    ```mlir
    %5 = graph.limit %rounded, %low, %high : tensor<8x64xf32>, tensor<f32>, ...
    ```

    where `low` and `high` are 0 and 255, less the zero point. Left alone: bytes
    that somebody else reads, signed ones, whose 0 for NaN is no limit, and zero
    points that are no constant or differ. Changes no number.
  }];
  let dependentDialects = ["::lmcc::graph::GraphDialect"];
}

def QuantizeAttention : Pass<"lmcc-quantize-attention", "::mlir::ModuleOp"> {
  let summary = "Attention of queries, keys and values in 8 bits";
  let description = [{
    Queries, keys and values become bytes with a scale for each row, in front of
    transposes that keep rows; the attention gets the scales, and computes its
    scores and averages with products of bytes (rule N18 in
    `docs/Numerics.md`). Keys are unsigned, 128 more, for machines whose products
    want one side so.

    Before:

    ```mlir
    %r = graph.attention %q, %k, %v : tensor<2x5x8xf32>, ... {...}
    ```

    After:

    ```mlir
    %qs = graph.row_scales %q : tensor<2x5x8xf32> -> tensor<2x5x1xf32>
    %qb = graph.quantize_rows %q, %qs : ... -> tensor<2x5x8xi8>
    ... // the same for %k and %v
    %r = graph.attention %qb, %kb, %vb scales(%qs, %ks, %vs : ...)
       : tensor<2x5x8xi8>, tensor<2x7x8xi8>, tensor<2x7x8xi8>
         -> tensor<2x5x8xf32> {...}
    ```

    Every attention has a remark. Left alone: those not of float32, and queries
    whose length is no multiple of 4, the bytes of a word. Changes numbers: this
    is its purpose.
  }];
  let dependentDialects = ["::lmcc::graph::GraphDialect",
                           "::lmcc::target::TargetDialect"];
}

def QuantizeCache : Pass<"lmcc-quantize-cache", "::mlir::ModuleOp"> {
  let summary = "Keep the keys and values of a decoder in 8 bits";
  let description = [{
    Where rows that are appended to a state are read as bytes and scales alone,
    both are kept instead: the state becomes bytes, and a state of their scales
    follows it. Rows are then quantised once, when they come. Changes no number.

    Before, in a decoding function:

    ```mlir
    %0 = graph.concat %past, %new axis 1 : tensor<4x?x8xf32, ...>, ...
    %1 = graph.row_scales %0 : ...
    %2 = graph.quantize_rows %0, %1 : ... -> tensor<4x?x8xi8, ...>
    ```

    After:

    ```mlir
    %0 = graph.row_scales %new : ...
    %1 = graph.quantize_rows %new, %0 : ... -> tensor<4x?x8xi8, ...>
    %2 = graph.concat %past, %1 axis 1 : tensor<4x?x8xi8, ...>, ...
    %3 = graph.concat %past_scales, %0 axis 1 : tensor<4x?x1xf32, ...>, ...
    ```

    Reshapes and transposes that keep rows may stand in between. Every state has
    a remark. Left alone: states of which something else is read in some
    function.
  }];
  let dependentDialects = ["::lmcc::graph::GraphDialect"];
}

def OffsetRows : Pass<"lmcc-offset-rows", "::mlir::ModuleOp"> {
  let summary = "Give products rows of bytes with the sign of the machine";
  let description = [{
    The dot product of some machines takes rows of unsigned bytes only (the
    `unsigned_rows` of `#target.machine`), that of others signed ones. Rows that
    come with the other sign hold each number plus or minus 128, and the product,
    which is wrong by 128 times the sum of the column, is corrected by that.
    Exact: the results are the same.

    Rows are changed where they are computed, behind moves and what pads them if
    need be; who else
    reads what a float was rounded to computes it from the changed bytes.

    Before:

    ```mlir
    %q = graph.quantize_rows %x, %s : ... -> tensor<8x64xi8>
    %0 = graph.matmul %q, %w : tensor<8x64xi8>, tensor<64x96xi8> -> ...
    ```

    After:

    ```mlir
    weight.data @w.sums : tensor<96xi32> {
      ...
      %1 = weight.column_sums %0 times -128 : ... -> tensor<96xi32>
      weight.yield %1 : tensor<96xi32>
    }
    ...
    %q = graph.quantize_rows %x, %s : ... -> tensor<8x64xui8>
    %0 = graph.matmul %q, %w : tensor<8x64xui8>, tensor<64x96xi8> -> ...
    %1 = weight.get @w.sums : tensor<96xi32>
    %2 = graph.add %0, %1 : ...
    ```

    Left alone: products with what is no weight. Changes no number.
  }];
  let dependentDialects = ["::lmcc::graph::GraphDialect",
                           "::lmcc::target::TargetDialect",
                           "::lmcc::weight::WeightDialect"];
}

#endif // LMCC_PASSES_COMPRESS_PASSES
