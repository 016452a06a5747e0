//===- NibblePanels.cpp - Vectors of a panel of 4-bit numbers -------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Vectorize/NibblePanels.h"
#include "dialects/Kernel/Views.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace lmcc {

int64_t NibblePanels::columnOf(int64_t vector) const {
  return vector * lanes.count() % width;
}

Value NibblePanels::loadFrom(Index group, Index place, int64_t vector) {
  Index panel = builder.getIndexAttr(vector * lanes.count() / width);
  return lanes.load(product.getPanels(), {panel, group, place});
}

Value NibblePanels::constant(int32_t value) {
  return lanes.constant(builder.getI32Type(), builder.getI32IntegerAttr(value));
}

Value NibblePanels::words(Index group, Index wordRow, int64_t vector) {
  Index place = kernel::addSizes(
      builder, location, builder.getIndexAttr(columnOf(vector)),
      kernel::multiplySizes(builder, location, wordRow,
                            builder.getIndexAttr(width)));
  return loadFrom(group, place, vector);
}

Value NibblePanels::signedWords(Index group, Index wordRow, int64_t vector) {
  Value eights = constant(static_cast<int32_t>(0x88888888));
  return arith::XOrIOp::create(builder, location, words(group, wordRow, vector),
                               eights);
}

Value NibblePanels::number(Value signedWords, int64_t step) {
  constexpr int32_t half = stepsOfWord / 2, unused = 28;
  auto at = static_cast<int32_t>(step);
  int32_t above = unused - (at % half * 8 + at / half * 4);
  Value bits = signedWords;
  if (above != 0)
    bits = arith::ShLIOp::create(builder, location, bits, constant(above));
  bits = arith::ShRSIOp::create(builder, location, bits, constant(unused));
  return arith::SIToFPOp::create(builder, location,
                                 lanes.typeOf(builder.getF32Type()), bits);
}

Value NibblePanels::scale(Index group, int64_t vector) {
  int64_t column = columnOf(vector), half = width / 2;
  int64_t place = product.getWideScales() ? column : column % half;
  Index first = builder.getIndexAttr(groupSize() / stepsOfWord * width + place);
  Value bits = loadFrom(group, first, vector);
  // The lower or the upper half of a word is a bfloat16.
  if (!product.getWideScales() && column < half)
    bits = arith::ShLIOp::create(builder, location, bits, constant(16));
  else if (!product.getWideScales())
    bits = arith::AndIOp::create(builder, location, bits, constant(-0x10000));
  return arith::BitcastOp::create(builder, location,
                                  lanes.typeOf(builder.getF32Type()), bits);
}

} // namespace lmcc
