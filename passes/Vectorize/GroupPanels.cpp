//===- GroupPanels.cpp - Vectors of a panel of a grouped product ----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Vectorize/GroupPanels.h"
#include "dialects/Kernel/Views.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace lmcc {

int64_t GroupPanels::columnOf(int64_t vector) const {
  return vector * lanes.count() % width;
}

Value GroupPanels::loadFrom(Value panels, Index group, Index place,
                            int64_t vector) {
  Index panel = builder.getIndexAttr(vector * lanes.count() / width);
  return lanes.load(panels, {panel, group, place});
}

Value GroupPanels::constant(int32_t value) {
  return lanes.constant(builder.getI32Type(), builder.getI32IntegerAttr(value));
}

Value GroupPanels::words(Index group, Index wordRow, int64_t vector) {
  Index place = kernel::addSizes(
      builder, location, builder.getIndexAttr(columnOf(vector)),
      kernel::multiplySizes(builder, location, wordRow,
                            builder.getIndexAttr(width)));
  return loadFrom(product.getPanels(), group, place, vector);
}

//===----------------------------------------------------------------------===//
// Words of rows
//===----------------------------------------------------------------------===//

Value GroupPanels::factor(Value words, int64_t place) {
  if (product.numberBits() == 4)
    return kernel::NibblesOp::create(
        builder, location, place == 0 ? kernel::Half::low : kernel::Half::high,
        words);
  if (kernel::numberOffset(product.numberBits(), hasUnsignedRows) == 0)
    return words;
  return arith::XOrIOp::create(builder, location, words,
                               constant(static_cast<int32_t>(0x80808080)));
}

Value GroupPanels::zero(Index group, int64_t vector, bool multipliesFloats) {
  Value bytes = loadFrom(product.getZeros(), group,
                         builder.getIndexAttr(columnOf(vector)), vector);
  if (multipliesFloats)
    return arith::SIToFPOp::create(builder, location,
                                   lanes.typeOf(builder.getF32Type()), bytes);
  Value zeros = arith::ExtSIOp::create(
      builder, location, lanes.typeOf(builder.getI32Type()), bytes);
  int64_t offset = kernel::numberOffset(product.numberBits(), hasUnsignedRows);
  if (offset == 0)
    return zeros;
  return arith::AddIOp::create(builder, location, zeros,
                               constant(static_cast<int32_t>(offset)));
}

//===----------------------------------------------------------------------===//
// Floats
//===----------------------------------------------------------------------===//

Value GroupPanels::signedWords(Index group, Index wordRow, int64_t vector) {
  Value stored = words(group, wordRow, vector);
  if (product.numberBits() == 8)
    return stored;
  Value eights = constant(static_cast<int32_t>(0x88888888));
  return arith::XOrIOp::create(builder, location, stored, eights);
}

Value GroupPanels::number(Value signedWords, int64_t step) {
  constexpr int64_t bytesOfWord = 4;
  auto bits = static_cast<int32_t>(product.numberBits()), unused = 32 - bits;
  auto first =
      static_cast<int32_t>(step % bytesOfWord * 8 + step / bytesOfWord * bits);
  Value number = signedWords;
  if (int32_t above = unused - first; above != 0)
    number = arith::ShLIOp::create(builder, location, number, constant(above));
  number = arith::ShRSIOp::create(builder, location, number, constant(unused));
  return arith::SIToFPOp::create(builder, location,
                                 lanes.typeOf(builder.getF32Type()), number);
}

//===----------------------------------------------------------------------===//
// Scales
//===----------------------------------------------------------------------===//

Value GroupPanels::scale(Index group, int64_t vector) {
  int64_t column = columnOf(vector), half = width / 2;
  int64_t place = product.getWideScales() ? column : column % half;
  Index first =
      builder.getIndexAttr(groupSize() / stepsOfWord() * width + place);
  Value bits = loadFrom(product.getPanels(), group, first, vector);
  // The lower or the upper half of a word is a bfloat16.
  if (!product.getWideScales() && column < half)
    bits = arith::ShLIOp::create(builder, location, bits, constant(16));
  else if (!product.getWideScales())
    bits = arith::AndIOp::create(builder, location, bits, constant(-0x10000));
  return arith::BitcastOp::create(builder, location,
                                  lanes.typeOf(builder.getF32Type()), bits);
}

} // namespace lmcc
