//===- KeyRanges.cpp - The keys that a tile of rows can see ---------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/GraphToKernel/KeyRanges.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace lmcc {

template <typename Op> Value KeyRanges::make(Value a, Value b) {
  return Op::create(k.body(), k.location(), a, b);
}

KeyRange KeyRanges::of(Index row, int64_t count) {
  Value zero = k.value(k.number(0)), all = k.value(k.size(keys));
  Value begin = zero, end = all;
  for (const KeyLimit &first : visible.first)
    begin = make<arith::MaxSIOp>(begin,
                                 furthest<arith::MinSIOp>(first, row, count));
  if (!visible.first.empty())
    begin = make<arith::MinSIOp>(begin, all);
  for (const KeyLimit &last : visible.last) {
    Index key = furthest<arith::MaxSIOp>(last, row, count);
    Index behind = kernel::addSizes(k.body(), k.location(), key, k.number(1));
    end = make<arith::MinSIOp>(end, k.value(behind));
  }
  if (!visible.last.empty())
    end = make<arith::MaxSIOp>(end, zero);
  return {begin, end};
}

/// The largest or smallest place of a limit over the rows of a tile.
template <typename Extreme>
Value KeyRanges::furthest(const KeyLimit &limit, Index row, int64_t count) {
  bool isLast = std::is_same_v<Extreme, arith::MaxSIOp>;
  auto line = [&](int64_t number) {
    return kernel::addSizes(k.body(), k.location(), row, k.number(number));
  };
  if (!limit.value || !variesAlong(limit.value, 2))
    return limitOf(limit,
                   line((limit.rowFactor > 0) == isLast ? count - 1 : 0));
  Value result = limitOf(limit, row);
  for (int64_t number = 1; number < count; ++number)
    result = make<Extreme>(result, limitOf(limit, line(number)));
  return result;
}

Value KeyRanges::limitOf(const KeyLimit &limit, Index row) {
  OpBuilder &builder = k.body();
  Location location = k.location();
  Index scaled =
      kernel::multiplySizes(builder, location, row, k.number(limit.rowFactor));
  Index place =
      kernel::addSizes(builder, location, scaled, k.size(limit.offset));
  if (!limit.value)
    return k.value(place);
  Value value =
      arith::IndexCastOp::create(builder, location, builder.getIndexType(),
                                 adjustment.elementOfRow(limit.value, at, row));
  Index steps = kernel::multiplySizes(builder, location, value,
                                      k.number(limit.valueFactor));
  return k.value(kernel::addSizes(builder, location, place, steps));
}

} // namespace lmcc
