//===- TileShape.cpp - How much of a product one tile holds ---------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Tile/TileShape.h"
#include "dialects/Kernel/Polynomials.h"

using namespace mlir;

namespace lmcc {

/// Sums of integers may be taken in any order, so that those of one panel are
/// enough.
static int64_t panelsFor(kernel::PanelProductOp product,
                         target::MachineAttr machine) {
  auto lhs = cast<MemRefType>(product.getLhs().getType());
  if (lhs.getElementType().isInteger(32))
    return 1;
  // Groups have a second sum, of what is scaled.
  int64_t sums = target::independentSums / (product.getGroup() ? 2 : 1);
  return llvm::divideCeil(
      sums, llvm::divideCeil(product.panelWidth(), machine.lanes()));
}

TileShape TileShape::of(kernel::PanelProductOp product,
                        target::MachineAttr machine) {
  int64_t rows = machine.getTileRows();
  // Groups have a sum of their own, and one of what is scaled.
  if (product.getGroup())
    rows = std::max<int64_t>(rows / 2, 1);
  constexpr int64_t mostConstants = 16;
  bool loopsEpilogue = machine.multipliesByLane() &&
                       kernel::polynomialConstants(
                           product.getEpilogue().front()) > mostConstants;
  return {rows, panelsFor(product, machine), loopsEpilogue};
}

} // namespace lmcc
