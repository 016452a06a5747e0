//===- RowElements.cpp - Elements of a product's rows, in all lanes -------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Vectorize/RowElements.h"
#include "dialects/Kernel/Views.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace lmcc {

RowElements::RowElements(kernel::PanelProductOp product, OpBuilder &builder,
                         Lanes &lanes, target::MachineAttr machine)
    : product(product), builder(builder), location(product.getLoc()),
      lanes(lanes),
      multipliesByLane(lanes.count() > 1 && machine.multipliesByLane() &&
                       !product.getOrder() &&
                       kernel::isUnitStride(product.getLhs(), 1)) {}

bool RowElements::takesVectors(int64_t steps) const {
  return multipliesByLane && steps > 0 && steps % lanes.count() == 0;
}

RowElements::Index RowElements::orderAt(Index place) {
  auto value = [&](Index index) {
    return getValueOrCreateConstantIndexOp(builder, location, index);
  };
  Value found =
      memref::LoadOp::create(builder, location, product.getOrder(),
                             {value(builder.getIndexAttr(0)), value(place)});
  return arith::IndexCastUIOp::create(builder, location, builder.getIndexType(),
                                      found)
      .getResult();
}

RowElements::Index RowElements::pairedSteps() {
  return kernel::multiplySizes(builder, location,
                               orderAt(builder.getIndexAttr(0)),
                               builder.getIndexAttr(2));
}

RowElements::Index RowElements::placeOf(int64_t step) {
  return places.empty() ? kernel::addSizes(builder, location, first,
                                           builder.getIndexAttr(step))
                        : places[step];
}

void RowElements::load(Index first, int64_t steps) {
  this->first = first;
  vectors.clear();
  places.clear();
  // In front of the order stands the number of pairs.
  for (int64_t step = 0; product.getOrder() && step < steps; ++step)
    places.push_back(orderAt(kernel::addSizes(builder, location, first,
                                              builder.getIndexAttr(step + 1))));
  if (!takesVectors(steps))
    return;
  int64_t rows = cast<MemRefType>(product.getLhs().getType()).getDimSize(0);
  for (int64_t row = 0; row < rows; ++row) {
    vectors.emplace_back();
    for (int64_t step = 0; step < steps; step += lanes.count())
      vectors.back().push_back(lanes.load(
          product.getLhs(), {builder.getIndexAttr(row),
                             kernel::addSizes(builder, location, first,
                                              builder.getIndexAttr(step))}));
  }
}

Value RowElements::inAllLanes(int64_t row, int64_t step) {
  if (vectors.empty())
    return lanes.loadSplat(product.getLhs(),
                           {builder.getIndexAttr(row), placeOf(step)});
  Value vector = vectors[row][step / lanes.count()];
  return lanes.splat(vector::ExtractOp::create(builder, location, vector,
                                               step % lanes.count()));
}

Value RowElements::signsInAllLanes(int64_t row, int64_t step) {
  if (!product.getSigns())
    return {};
  return lanes.loadSplat(product.getSigns(),
                         {builder.getIndexAttr(row), placeOf(step)});
}

} // namespace lmcc
