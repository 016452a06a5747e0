//===- Bytes.td - Words of bytes, and what becomes a byte -----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_KERNEL_BYTES_TD
#define LMCC_KERNEL_BYTES_TD

include "dialects/Kernel/KernelBase.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/ViewLikeInterface.td"

def Kernel_Words : AnyTypeOf<[I32, FixedVectorOfRankAndType<[1], [I32]>],
    "i32 or a vector of words">;

def Kernel_Floats : AnyTypeOf<[F32, FixedVectorOfRankAndType<[1], [F32]>],
    "f32 or a vector of floats">;

def Kernel_RowBytes : I32EnumAttr<"RowBytes", "what the bytes of rows are", [
    I32EnumAttrCase<"signed_rows", 0>, I32EnumAttrCase<"unsigned_rows", 1>,
    I32EnumAttrCase<"small_rows", 2>, I32EnumAttrCase<"full_range", 3>]> {
  let cppNamespace = "::lmcc::kernel";
}

def Kernel_Dot4Op : Kernel_Op<"dot4",
    !listconcat([Pure, SameOperandsAndResultType],
                ElementwiseMappable.traits)> {
  let summary = "Add to each lane the sum of four products of bytes";
  let description = [{
    An i32 is a word of four bytes, the first one in its lowest bits. For every
    lane l

    `result[l] = sum[l] + sum_{t < 4} column(l, t) * row(l, t)`

    modulo 2^32, where `column` and `row` are byte t of lane l of `columns` and
    `rows` as signed integers; with `unsigned_rows` those of `rows` are unsigned,
    with `small_rows` they are, and none is above 128.

    With signed rows no byte of `columns` is -128, or else the result is
    unspecified, but with `full_range`, where rows are signed as well: weights
    lie in [-127, 127], so that two products fit 16 bits. All machines then
    compute the same integers; `#target.machine` says which rows are one
    instruction there.

    Constraints:

    - (C1) all operands and the result have one type, i32 or a fixed vector of
      i32 of rank 1

    Example:

    ```mlir
    %1 = kernel.dot4 %sum, %weights, %row : vector<16xi32>
    %2 = kernel.dot4 %sum, %weights, %row unsigned_rows : vector<16xi32>
    %3 = kernel.dot4 %sum, %row, %nibbles small_rows : vector<16xi32>
    %4 = kernel.dot4 %sum, %keys, %row full_range : vector<16xi32>
    ```
  }];
  let arguments = (ins Kernel_Words:$sum, Kernel_Words:$columns,
                       Kernel_Words:$rows,
                       DefaultValuedAttr<Kernel_RowBytes,
                           "::lmcc::kernel::RowBytes::signed_rows">:$row_bytes);
  let results = (outs Kernel_Words:$result);
  let assemblyFormat = [{
    $sum `,` $columns `,` $rows ($row_bytes^)? attr-dict
    `:` type($result)
  }];
}

def Kernel_Dot8Op : Kernel_Op<"dot8", [Pure, SameOperandsAndResultType]> {
  let summary = "Add to each lane the sum of eight products of bytes";
  let description = [{
    `kernel.dot4` of `columns` and `rows`, and that of `more_columns` and
    `more_rows`, both added to `sum`, with `small_rows` or signed rows.

    Machines that multiply into 16 bits add there. So the result is unspecified
    unless for t = 0 and t = 2 these four products add up to a number of 16 bits:
    those of bytes t and t + 1 of both words.

    Constraints:

    - (C1) all operands and the result have one type, i32 or a fixed vector of
      i32 of rank 1
    - (C2) rows are signed or small

    Example:

    ```mlir
    %1 = kernel.dot8 %sum, %w0, %x0, %w1, %x1 small_rows : vector<8xi32>
    ```
  }];
  let arguments = (ins Kernel_Words:$sum, Kernel_Words:$columns,
                       Kernel_Words:$rows, Kernel_Words:$more_columns,
                       Kernel_Words:$more_rows,
                       DefaultValuedAttr<Kernel_RowBytes,
                           "::lmcc::kernel::RowBytes::signed_rows">:$row_bytes);
  let results = (outs Kernel_Words:$result);
  let assemblyFormat = [{
    $sum `,` $columns `,` $rows `,` $more_columns `,` $more_rows ($row_bytes^)?
    attr-dict `:` type($result)
  }];
  let hasVerifier = 1;
}

def Kernel_DotLanesOp : Kernel_Op<"dot_lanes",
    [Pure, SameOperandsAndResultType]> {
  let summary = "Add products of bytes to any of the lanes";
  let description = [{
    The lanes of the result, added up, are those of `sum` and the products of
    each byte of `columns`, which is not -128, with that byte of `rows`, signed,
    modulo 2^32. Which lane a product is added to is up to the machine.

    A sum over many steps, all of one row and one column, takes one of these a
    step and the sum of the lanes in the end.

    Constraints:

    - (C1) all operands and the result have one type, a fixed vector of i32 of
      rank 1

    Example: `%1 = kernel.dot_lanes %sum, %weights, %row : vector<4xi32>`
  }];
  let arguments = (ins FixedVectorOfRankAndType<[1], [I32]>:$sum,
                       FixedVectorOfRankAndType<[1], [I32]>:$columns,
                       FixedVectorOfRankAndType<[1], [I32]>:$rows);
  let results = (outs FixedVectorOfRankAndType<[1], [I32]>:$result);
  let assemblyFormat = [{
    $sum `,` $columns `,` $rows attr-dict `:` type($result)
  }];
}

def Kernel_Half : I32EnumAttr<"Half", "which half of a byte", [
    I32EnumAttrCase<"low", 0>, I32EnumAttrCase<"high", 1>]> {
  let cppNamespace = "::lmcc::kernel";
  let genSpecializedAttr = 0;
}
def Kernel_HalfAttr : EnumAttr<Kernel_Dialect, Kernel_Half, "half"> {
  let assemblyFormat = "$value";
}

def Kernel_NibblesOp : Kernel_Op<"nibbles", [Pure, SameOperandsAndResultType]> {
  let summary = "Half of each byte as a byte";
  let description = [{
    Byte t of every word of the result is the lower or the upper half of byte t
    of that word of the operand, a number from 0 to 15.

    Constraints:

    - (C1) operand and result have one type, i32 or a fixed vector of i32 of
      rank 1

    Example: `%1 = kernel.nibbles high %w : vector<16xi32>`
  }];
  let arguments = (ins Kernel_HalfAttr:$half, Kernel_Words:$words);
  let results = (outs Kernel_Words:$result);
  let assemblyFormat = "$half $words attr-dict `:` type($result)";
}

def Kernel_ToByteOp : Kernel_Op<"to_byte",
    !listconcat([Pure, SameOperandsAndResultShape],
                ElementwiseMappable.traits)> {
  let summary = "A float as a byte, in an i32";
  let description = [{
    The float towards zero, limited to [-128, 127], or with `unsigned` to
    [0, 255]; NaN gives 0.

    Constraints:

    - (C1) operand and result have one shape, that of a scalar or of a fixed
      vector of rank 1

    Example: `%1 = kernel.to_byte unsigned %x : vector<16xf32> to vector<16xi32>`
  }];
  let arguments = (ins Kernel_Floats:$input, UnitAttr:$isUnsigned);
  let results = (outs Kernel_Words:$result);
  let assemblyFormat = [{
    (`unsigned` $isUnsigned^)? $input attr-dict `:` type($input) `to`
    type($result)
  }];
}

def Kernel_NarrowOp : Kernel_Op<"narrow",
    [Pure, AllTypesMatch<["a", "b", "c", "d"]>]> {
  let summary = "The low bytes of the lanes of four vectors";
  let description = [{
    Lane l of vector t is byte `t * lanes + l` of the result. Four vectors of
    words make one of bytes; machines narrow them together.

    Constraints:

    - (C1) the operands have one type, a vector of i32 of rank 1, and the result
      has four times as many i8

    Example:

    ```mlir
    %1 = kernel.narrow %a, %b, %c, %d : vector<4xi32> to vector<16xi8>
    ```
  }];
  let arguments = (ins FixedVectorOfRankAndType<[1], [I32]>:$a,
                       FixedVectorOfRankAndType<[1], [I32]>:$b,
                       FixedVectorOfRankAndType<[1], [I32]>:$c,
                       FixedVectorOfRankAndType<[1], [I32]>:$d);
  let results = (outs FixedVectorOfRankAndType<[1], [I8]>:$result);
  let assemblyFormat = [{
    $a `,` $b `,` $c `,` $d attr-dict `:` type($a) `to` type($result)
  }];
  let hasVerifier = 1;
}

def Kernel_WordsOp : Kernel_Op<"words",
    [Pure, DeclareOpInterfaceMethods<ViewLikeOpInterface, ["getViewSource"]>]> {
  let summary = "The words of a buffer of bytes";
  let description = [{
    Element i of the result is made of the bytes 4i to 4i + 3 of `buffer`, the
    first one in its lowest bits; bytes behind the last whole word belong to
    none. The buffer is aligned to 4 bytes. Words are only read.

    Constraints:

    - (C1) `buffer` is a flat buffer of i8, without offset
    - (C2) the result is a flat buffer of i32 with a dynamic size

    Example:

    ```mlir
    %0 = kernel.words %x : memref<?xi8> to memref<?xi32>
    %1 = vector.load %0[%i] : memref<?xi32>, vector<16xi32>
    ```
  }];
  let arguments = (ins MemRefRankOf<[I8], [1]>:$buffer);
  let results = (outs MemRefRankOf<[I32], [1]>:$result);
  let assemblyFormat = [{
    $buffer attr-dict `:` type($buffer) `to` type($result)
  }];
  let hasVerifier = 1;
}

#endif // LMCC_KERNEL_BYTES_TD
