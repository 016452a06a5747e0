//===- WordSteps.cpp - Steps of a product of words of bytes ---------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Vectorize/WordSteps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace lmcc {

using kernel::RowBytes;

Value WordSteps::dot4(Value sum, Value columns, Value rows, RowBytes bytes) {
  return kernel::Dot4Op::create(builder, product.getLoc(), sum, columns, rows,
                                bytes);
}

Value WordSteps::add(Value row, Value signs, Value columns, Value sum) {
  if (signs)
    return dot4(sum, withSigns(columns, signs), row, RowBytes::small_rows);
  // Unsigned panels take the place of rows.
  if (product.getStarts())
    return dot4(sum, row, columns, RowBytes::unsigned_rows);
  if (machine.getUnsignedRows())
    return dot4(sum, columns, row, RowBytes::unsigned_rows);
  return dot4(sum, columns, row,
              product.getFullRange() ? RowBytes::full_range
                                     : RowBytes::signed_rows);
}

/// `columns`, turned over where the row is negative.
Value WordSteps::withSigns(Value columns, Value signs) {
  if (!signs)
    return columns;
  return arith::XOrIOp::create(builder, product.getLoc(), columns, signs);
}

Value WordSteps::addPair(const Step &one, const Step &other, Value sum) {
  return kernel::Dot8Op::create(
      builder, product.getLoc(), sum.getType(), sum,
      withSigns(one.columns, one.signs), one.row,
      withSigns(other.columns, other.signs), other.row,
      one.signs ? RowBytes::small_rows : RowBytes::signed_rows);
}

/// Numbers from 0 to 15 are bytes of either signedness, so the machine's own
/// product takes them, on the side where it wants the unsigned ones.
Value WordSteps::addNumbers(Value row, Value numbers, Value sum) {
  // Bytes may be -128, so they are not the columns; those of rows are none.
  if (product.getBytes())
    return dot4(sum, row, numbers,
                machine.getUnsignedRows() ? RowBytes::unsigned_rows
                                          : RowBytes::signed_rows);
  if (machine.getSplitRows())
    return dot4(sum, row, numbers, RowBytes::small_rows);
  if (machine.getUnsignedRows())
    return dot4(sum, row, numbers, RowBytes::unsigned_rows);
  return dot4(sum, numbers, row, RowBytes::signed_rows);
}

/// Four products with numbers up to 15 are far from the ends of 16 bits.
bool WordSteps::pairsNumbers() {
  return machine.getSplitRows() && !product.getBytes();
}

Value WordSteps::addNumberPair(ArrayRef<Value> rows, ArrayRef<Value> numbers,
                               Value sum) {
  return kernel::Dot8Op::create(builder, product.getLoc(), sum.getType(), sum,
                                rows[0], numbers[0], rows[1], numbers[1],
                                RowBytes::small_rows);
}

} // namespace lmcc
