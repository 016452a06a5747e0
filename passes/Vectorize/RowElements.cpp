//===- RowElements.cpp - Elements of a product's rows, in all lanes -------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Vectorize/RowElements.h"
#include "dialects/Kernel/Views.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace lmcc {

RowElements::RowElements(kernel::PanelProductOp product, OpBuilder &builder,
                         Lanes &lanes, target::MachineAttr machine)
    : product(product), builder(builder), location(product.getLoc()),
      lanes(lanes),
      multipliesByLane(lanes.count() > 1 && machine.multipliesByLane() &&
                       kernel::isUnitStride(product.getLhs(), 1)) {}

bool RowElements::takesVectors(int64_t steps) const {
  return multipliesByLane && steps > 0 && steps % lanes.count() == 0;
}

void RowElements::load(Index first, int64_t steps) {
  this->first = first;
  vectors.clear();
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
                           {builder.getIndexAttr(row),
                            kernel::addSizes(builder, location, first,
                                             builder.getIndexAttr(step))});
  Value vector = vectors[row][step / lanes.count()];
  return lanes.splat(vector::ExtractOp::create(builder, location, vector,
                                               step % lanes.count()));
}

} // namespace lmcc
