//===- KernelOps.td - What kernels need and upstream cannot say -----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_KERNEL_OPS_TD
#define LMCC_KERNEL_OPS_TD

include "dialects/Kernel/Bytes.td"
include "dialects/Kernel/KernelBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/ViewLikeInterface.td"

def Kernel_PanelProductOp : Kernel_Op<"panel_product",
    [SingleBlock, SingleBlockImplicitTerminator<"YieldOp">,
     AttrSizedOperandSegments]> {
  let summary = "Matrix product over packed column panels, with an epilogue";
  let description = [{
    For every row i and column j

    `output[i, j] = epilogue(sum, extras at (i, j))` where
    `sum = sum_k lhs[i, k] * panels[j / width, k, j mod width]`

    starts at +0 and runs in order of k with one fused multiply-add per step
    (rule N1 in `docs/Numerics.md`), where panels that are narrower than `f32`
    are converted, which is exact; with `continues` it starts at what
    `output[i, j]` holds, so that a depth can be cut into blocks. The region
    computes the element to store from the sum and one element of each extra
    operand; it may use scalars of the function around it. `extra_maps[e]` maps
    (i, j) to the place in extra e.

    Where lhs and panels are `i32`, these are words of four bytes, and a step is
    a `kernel.dot4`, whose rows are those of lhs, signed or as the machine wants
    them; with `full_range` that of any bytes of panels, -128 among them.

    With `column_words` W, a step of the panels is W words of a column side by
    side, and so W steps of lhs: word k of column j lies at
    `panels[j / width, k / W, j mod width * W + k mod W]`, where width is a W-th
    of the panels' last axis.

    With a `group` G, the panels are those of `weight.pack_groups`, with
    `wide_scales` or without, of 4 bits or, with `bytes`, of 8: one step of theirs
    is a group of G steps of the depth, numbers and scales, and `sum` is that of a
    grouped `graph.matmul`, with lhs of `f32` or words. `starts[i, g]`, with which
    the integer sum of a group of words starts, is what numbers that are
    multiplied as more than they are add too much, negated: those of 4 bits as 8
    more, bytes as 128 more where the machine wants one side unsigned. Where
    nothing is too much there are no starts.

    With `zeros[p, g, j]`, bytes that are taken off the numbers of a group of
    column `p * width + j`, `starts[i, g]` is the negated sum of the group of the
    row, in the type of lhs, and the sum of a group starts at its product with the
    zero, and what the numbers are more.

    Without groups, `starts[i, 0]` is where the integer sums of row i start, and
    the bytes of panels are unsigned, numbers plus 128, those of lhs signed; or
    there are `signs`, and panels are signed. Then lhs holds the magnitudes of
    rows, and each byte of `signs[i, k]` is -1 where the number is negative, else
    0. A step multiplies with the word of the panel exclusive-or `signs[i, k]`,
    which makes a weight w there -w - 1: the sum of row i starts at the sum of the
    magnitudes of its negative numbers.

    With `order`, the steps of a panel lie in an order of its own, which has each
    once: step k of panel p meets step `order[p, 1 + k]` of lhs. Steps 2q and
    2q + 1 of it are a pair for each q below `order[p, 0]`, which is half of the
    depth at most: their weights fit `kernel.dot8` with any numbers of rows in
    [-128, 127], see `weight.pair_steps`.

    `streams` says that the panels are weights, which come from far memory and
    are read in the order in which they lie. A tile of such a product may name
    what lies `ahead`: while step k runs, row k of it is brought into the second
    cache. It is never read, so it may lie behind the end of its buffer.

    Constraints:

    - (C1) lhs is `[rows, depth]`, panels `[count, depth, width]`, output
      `[rows, columns]`; equal static sizes agree, where G steps of lhs, or
      G / 4 words, are one of panels and starts if there are groups, and W words
      one of panels with `column_words`
    - (C2) `count = ceil(columns / width)` where both are static
    - (C3) panels and output are contiguous along their last axis
    - (C4) one map per extra, a projection of (i, j)
    - (C5) the region takes the sum, of the type of lhs or, with groups, `f32`,
      and one scalar per extra, and yields one element of the output
    - (C6) ahead has a row for each step of the panels, contiguous along its last
      axis, whose size is static
    - (C7) lhs is `f32` and panels are `f32`, `f16` or `i8`, or both are `i32`;
      with a group panels are `i32` and lhs is `f32` or `i32`. Only a sum of the
      output's type continues, never one of groups
    - (C8) a group is a multiple of 16, and the width of a panel is even; starts
      have the type of lhs and are `[rows, groups]` with a group, `[rows, 1]`
      without. They must be there for words in groups of 4 bits, and are there
      for `f32` only with zeros
    - (C9) signs, of `i32`, are `[rows, depth]` as lhs, without a group, and
      with starts
    - (C10) zeros are `[count, groups, width]` of `i8`, contiguous along the last
      axis, and have starts; they and `bytes` belong to groups
    - (C11) W is positive and divides the last axis of panels, which are words
      of weights: there are no groups, no full range, no starts, and nothing
      continues
    - (C12) order is `[count, 1 + depth]` of `i16`, contiguous along its last
      axis; panels are words of weights, one by one: there are no groups, no
      column words, no full range, and no starts without signs

    Example:

    ```mlir
    kernel.panel_product %x, %w into %y extras(%bias)
        maps [affine_map<(i, j) -> (j)>]
        : memref<?x768xf32>, memref<96x768x32xf32>, memref<?x3072xf32>,
          memref<3072xf32> {
    ^bb0(%sum: f32, %b: f32):
      %0 = arith.addf %sum, %b : f32
      kernel.yield %0 : f32
    }
    ```
  }];
  let arguments = (ins AnyStridedMemRef:$lhs, AnyStridedMemRef:$panels,
                       AnyStridedMemRef:$output,
                       Variadic<AnyStridedMemRef>:$extras,
                       Optional<AnyStridedMemRef>:$ahead,
                       Optional<AnyStridedMemRef>:$starts,
                       Optional<AnyStridedMemRef>:$signs,
                       Optional<AnyStridedMemRef>:$zeros,
                       Optional<AnyStridedMemRef>:$order,
                       AffineMapArrayAttr:$extra_maps, UnitAttr:$continues,
                       UnitAttr:$streams, OptionalAttr<I64Attr>:$column_words,
                       OptionalAttr<I64Attr>:$group, UnitAttr:$bytes,
                       UnitAttr:$wide_scales, UnitAttr:$full_range);
  let regions = (region SizedRegion<1>:$epilogue);
  let assemblyFormat = [{
    $lhs `,` $panels `into` $output (`extras` `(` $extras^ `)`)? `maps`
    $extra_maps (`continues` $continues^)? (`streams` $streams^)?
    (`full_range` $full_range^)? (`column_words` $column_words^)?
    (`ahead` `(` $ahead^ `:` type($ahead) `)`)?
    (`group` $group^)? (`bytes` $bytes^)? (`wide_scales` $wide_scales^)?
    (`starts` `(` $starts^ `:` type($starts) `)`)?
    (`signs` `(` $signs^ `:` type($signs) `)`)?
    (`zeros` `(` $zeros^ `:` type($zeros) `)`)?
    (`order` `(` $order^ `:` type($order) `)`)? attr-dict
    `:` type($lhs) `,` type($panels) `,` type($output)
    (`,` type($extras)^)? $epilogue
  }];
  let builders = [
    /// Neither `streams` nor `ahead`, nor groups.
    OpBuilder<(ins "::mlir::Value":$lhs, "::mlir::Value":$panels,
                   "::mlir::Value":$output, "::mlir::ValueRange":$extras,
                   "::mlir::ArrayAttr":$extra_maps, "bool":$continues), [{
      build($_builder, $_state, lhs, panels, output, extras, ::mlir::Value(),
            ::mlir::Value(), ::mlir::Value(), ::mlir::Value(), ::mlir::Value(),
            extra_maps, continues, /*streams=*/false, ::mlir::IntegerAttr(),
            ::mlir::IntegerAttr(), /*bytes=*/false, /*wide_scales=*/false);
    }]>];
  let extraClassDeclaration = [{
    /// The type of a sum.
    ::mlir::Type sumType();
    /// Columns of a panel, a number.
    int64_t panelWidth();
    /// Words of a column in a step of the panels, 1 without `column_words`.
    int64_t wordsOfColumn();
    /// Of the numbers of groups.
    int64_t numberBits() { return getBytes() ? 8 : 4; }
  }];
  let hasVerifier = 1;
}

def Kernel_RowReduction : I32EnumAttr<"RowReduction",
    "how the elements of a row are combined", [
    I32EnumAttrCase<"sum", 0>, I32EnumAttrCase<"product", 1>,
    I32EnumAttrCase<"max", 2>, I32EnumAttrCase<"min", 3>,
    I32EnumAttrCase<"max_number", 4>]> {
  let cppNamespace = "::lmcc::kernel";
  let genSpecializedAttr = 0;
}
def Kernel_RowReductionAttr
    : EnumAttr<Kernel_Dialect, Kernel_RowReduction, "row_reduction"> {
  let assemblyFormat = "$value";
}

def Kernel_RowReduceOp : Kernel_Op<"row_reduce",
    [SingleBlock, SingleBlockImplicitTerminator<"YieldOp">]> {
  let summary = "Combine the elements of a row in 32 canonical lanes";
  let description = [{
    Element j of the row (the region applied to element j of every operand)
    goes to lane `j mod 32` in rising j; lanes start at the neutral value and
    are folded by halves: 32, 16 ... 1 (rule N2 in `docs/Numerics.md`).
    `max_number` may drop NaN and the sign of zero; it is for values that only
    feed a subtraction.

    Constraints:

    - (C1) at least one operand, all of rank 1
    - (C2) the region takes one scalar per operand and yields the result's type
    - (C3) of `i32` there are a sum, which wraps around, and a maximum
  }];
  let arguments = (ins Kernel_RowReductionAttr:$reduction,
                       Variadic<AnyStridedMemRef>:$rows);
  let results = (outs AnyTypeOf<[F32, I32]>:$result);
  let regions = (region SizedRegion<1>:$element);
  let assemblyFormat = [{
    $reduction $rows attr-dict `:` type($rows) `->` type($result) $element
  }];
  let hasVerifier = 1;
}

def Kernel_YieldOp : Kernel_Op<"yield",
    [Pure, Terminator,
     ParentOneOf<["PanelProductOp", "RowReduceOp"]>]> {
  let summary = "The element a region computes";
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
  let builders = [OpBuilder<(ins), [{ /* For regions without a result. */ }]>];
}

def Kernel_BufferOp : Kernel_Op<"buffer"> {
  let summary = "A buffer of the schedule that has no place yet";
  let description = [{
    `memref.alloc` would be canonicalised to a static shape and a cast at each
    use; the schedule only needs the count. `elements` is the most there can be,
    `count` says how many follow from the schedule's sizes, its leading index
    arguments, where they are no number.

    Constraints:

    - (C1) `elements` is not negative
    - (C2) the result has rank 1
    - (C3) `count` is one expression over symbols

    Example:

    ```mlir
    %0 = kernel.buffer 4096 of affine_map<()[s0] -> (s0 * 32)> : memref<?xf32>
    ```
  }];
  let arguments = (ins I64Attr:$elements, OptionalAttr<AffineMapAttr>:$count);
  let results = (outs Res<AnyMemRef, "", [MemAlloc]>:$result);
  let assemblyFormat = "$elements (`of` $count^)? attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Kernel_SlotOp : Kernel_Op<"slot"> {
  let summary = "A buffer at a fixed place in the arena";
  let description = [{
    Its life begins here and ends at `kernel.release`; before and after that its
    bytes may belong to others. Under an address sanitizer the generated code
    says so to the sanitizer.

    Constraints:

    - (C1) `offset` and `bytes` are not negative
    - (C2) the result has rank 1
  }];
  let arguments = (ins I64Attr:$offset, I64Attr:$bytes);
  let results = (outs Res<AnyMemRef, "", [MemAlloc]>:$result);
  let assemblyFormat = "$offset `bytes` $bytes attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Kernel_ReleaseOp : Kernel_Op<"release"> {
  let summary = "The end of a slot's life";
  let description = [{
    Constraints:

    - (C1) the operand is the result of a `kernel.slot`, or what an `scf.for`
      carries of slots or leaves of them
  }];
  let arguments = (ins Arg<AnyMemRef, "", [MemFree]>:$slot);
  let assemblyFormat = "$slot attr-dict `:` type($slot)";
  let hasVerifier = 1;
}

def Kernel_PickOp : Kernel_Op<"pick", [Pure]> {
  let summary = "One of several buffers, by the number of the layer";
  let description = [{
    `result = values[layer]`, in a loop over equal layers: the weights of one
    place in the layer, or the inputs and outputs that belong to it.

    Constraints:

    - (C1) all values have the type of the result
    - (C2) `layer` counts an `scf.for` from 0 in steps of 1 up to the number of
      values
    - (C3) the values are from outside that loop

    Example:

    ```mlir
    scf.for %layer = %c0 to %c3 step %c1 {
      %w = kernel.pick %layer of %w0, %w1, %w2 : memref<?xf32>
      func.call @matmul(%x, %w, %y) : ...
    }
    ```
  }];
  let arguments = (ins Index:$layer, Variadic<AnyMemRef>:$values);
  let results = (outs AnyMemRef:$result);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
}

def Kernel_StateOp : Kernel_Op<"state", [Symbol]> {
  let summary = "A buffer that an instance of the model keeps between calls";
  let description = [{
    What a decoder remembers of the tokens it has seen. All schedules of the
    module see the same bytes; an instance has its own. Nothing can be said of
    bytes that no schedule has written yet. `summary` tells readers what lies
    there.

    Constraints:

    - (C1) the type is a flat buffer of a number of elements

    Example:

    ```mlir
    kernel.state @layer.0.value : memref<16384xf32> "rows of 8, [4, 512, 8]"
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name,
                       TypeAttrOf<AnyMemRef>:$type, StrAttr:$summary);
  let assemblyFormat = "$sym_name `:` $type $summary attr-dict";
  let hasVerifier = 1;
}

def Kernel_GetStateOp : Kernel_Op<"get_state",
    [Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "A buffer that was there before the call and stays after it";
  let description = [{
    Constraints:

    - (C1) there is a `kernel.state` of that name
    - (C2) the result is a flat buffer of the same elements
  }];
  let arguments = (ins FlatSymbolRefAttr:$state);
  let results = (outs AnyMemRef:$result);
  let assemblyFormat = "$state attr-dict `:` type($result)";
}

def Kernel_Status : I32EnumAttr<"Status", "why a call of the model failed", [
    I32EnumAttrCase<"ok", 0>, I32EnumAttrCase<"null_argument", 1>,
    I32EnumAttrCase<"size_out_of_bounds", 2>,
    I32EnumAttrCase<"index_out_of_range", 3>,
    I32EnumAttrCase<"wrong_weights", 4>, I32EnumAttrCase<"arena_too_small", 5>,
    I32EnumAttrCase<"misaligned", 6>, I32EnumAttrCase<"environment", 7>,
    I32EnumAttrCase<"damaged_weights", 8>, I32EnumAttrCase<"cache_full", 9>]> {
  let cppNamespace = "::lmcc::kernel";
  let genSpecializedAttr = 0;
}
def Kernel_StatusAttr : EnumAttr<Kernel_Dialect, Kernel_Status, "status"> {
  let assemblyFormat = "$value";
}

def Kernel_RequireOp : Kernel_Op<"require"> {
  let summary = "End the call with a status unless a condition holds";
  let description = [{
    Constraints:

    - (C1) the status is not `ok`
  }];
  let arguments = (ins I1:$condition, Kernel_StatusAttr:$status);
  let assemblyFormat = "$condition `else` $status attr-dict";
  let hasVerifier = 1;
}

def Kernel_FinishWithoutOp : Kernel_Op<"finish_without"> {
  let summary = "End the call, successfully, if an output is not wanted";
  let description = [{
    The caller then passed null for it. What follows only computes this output.

    Constraints:

    - (C1) the operand is an argument of the schedule
  }];
  let arguments = (ins AnyMemRef:$output);
  let assemblyFormat = "$output attr-dict `:` type($output)";
  let hasVerifier = 1;
}

#endif // LMCC_KERNEL_OPS_TD
