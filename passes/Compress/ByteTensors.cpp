//===- ByteTensors.cpp - Bytes as machines multiply them ------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Compress/ByteTensors.h"

using namespace mlir;

namespace lmcc {

int64_t offsetTo(Type wanted) {
  return wanted.isUnsignedInteger() ? byteOffset : -byteOffset;
}

static Type otherType(Type element) {
  return IntegerType::get(element.getContext(), 8,
                          element.isUnsignedInteger() ? IntegerType::Signless
                                                      : IntegerType::Unsigned);
}

Value offsetBytes(graph::Builder &build, Value bytes) {
  Type i32 = build.operations().getI32Type();
  Type wanted = otherType(graph::Builder::elementOf(bytes));
  Value numbers = build.cast(bytes, i32);
  return build.cast(build.add(numbers, build.scalar(i32, offsetTo(wanted))),
                    wanted);
}

std::optional<int32_t> zeroFor(ArrayRef<int32_t> numbers) {
  if (numbers.empty())
    return 0;
  auto [low, high] = std::minmax_element(numbers.begin(), numbers.end());
  if (*low >= INT8_MIN && *high <= INT8_MAX)
    return 0;
  int64_t zero = int64_t{INT8_MIN} - *low;
  if (*high + zero > INT8_MAX)
    return std::nullopt;
  return static_cast<int32_t>(zero);
}

Value inWholeWords(graph::Builder &build, Value bytes, int64_t axis) {
  graph::DimSpace &space = build.space();
  graph::DimSpace::Sizes sizes = build.sizesOf(bytes);
  if (sizes[axis].isMultipleOf(graph::wordBytes))
    return bytes;
  AffineExpr words = space.simplify(
      (sizes[axis] + (graph::wordBytes - 1)).floorDiv(graph::wordBytes));
  sizes[axis] = space.multiply(words, space.number(graph::wordBytes));
  Type element = graph::Builder::elementOf(bytes);
  SmallVector<int64_t> low(sizes.size(), 0);
  return graph::PadOp::create(
      build.operations(), build.getLocation(), space.type(sizes, element),
      bytes, build.scalar(element, 0), graph::PadMode::constant, low);
}

} // namespace lmcc
