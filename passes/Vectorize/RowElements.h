//===- RowElements.h - Elements of a product's rows, in all lanes -*- C++ -*-=//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_VECTORIZE_ROWELEMENTS_H
#define LMCC_PASSES_VECTORIZE_ROWELEMENTS_H

#include "dialects/Kernel/Kernel.h"
#include "dialects/Target/Target.h"
#include "passes/Vectorize/Lanes.h"

namespace lmcc {

/// Reads the left side of a tile's product, a few steps of its rows at a time,
/// those that as many steps of the panels meet. On machines that multiply by
/// lane (see `takesVectors`) those are vectors, elsewhere each element is
/// loaded where it is used.
class RowElements {
public:
  using Value = mlir::Value;
  using Index = mlir::OpFoldResult;

  RowElements(kernel::PanelProductOp product, mlir::OpBuilder &builder,
              Lanes &lanes, target::MachineAttr machine);

  /// Whether that many steps of a row are read as whole vectors: if the machine
  /// takes whole vectors of steps and these are some.
  bool takesVectors(int64_t steps) const;
  /// How many steps of the panels, from the first on, are in pairs.
  Index pairedSteps();
  /// Turns to the elements that steps of the panels from `first` on meet,
  /// `steps` of each row.
  void load(Index first, int64_t steps);
  /// Whether these have been read as more than one vector of each row.
  bool fillSeveralVectors() const {
    return !vectors.empty() && vectors.front().size() > 1;
  }
  /// Element `step` of those of `row`, in all lanes.
  Value inAllLanes(int64_t row, int64_t step);
  /// The signs beside it, in all lanes, or null if rows have none.
  Value signsInAllLanes(int64_t row, int64_t step);

private:
  Index orderAt(Index place);
  Index placeOf(int64_t step);

  kernel::PanelProductOp product;
  mlir::OpBuilder &builder;
  mlir::Location location;
  Lanes &lanes;
  bool multipliesByLane;
  Index first;
  /// Of each step, if the panels have an order of their own.
  llvm::SmallVector<Index> places;
  /// Of each row; empty if elements are loaded one by one.
  llvm::SmallVector<llvm::SmallVector<Value>> vectors;
};

} // namespace lmcc

#endif // LMCC_PASSES_VECTORIZE_ROWELEMENTS_H
