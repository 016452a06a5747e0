//===- GroupPanels.h - Vectors of a panel of a grouped product --*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_VECTORIZE_GROUPPANELS_H
#define LMCC_PASSES_VECTORIZE_GROUPPANELS_H

#include "dialects/Kernel/Kernel.h"
#include "passes/Vectorize/Lanes.h"

namespace lmcc {

/// Reads the panels of a grouped product, see `weight.pack_groups`, a vector
/// of columns at a time. Vectors are numbered through all panels of the
/// product.
class GroupPanels {
public:
  using Value = mlir::Value;
  using Index = mlir::OpFoldResult;

  GroupPanels(kernel::PanelProductOp product, mlir::OpBuilder &builder,
              Lanes &lanes, bool hasUnsignedRows)
      : product(product), builder(builder), location(product.getLoc()),
        lanes(lanes), width(product.panelWidth()),
        hasUnsignedRows(hasUnsignedRows) {}

  int64_t groupSize() { return static_cast<int64_t>(*product.getGroup()); }
  /// Steps of the depth in a word of numbers.
  int64_t stepsOfWord() { return 32 / product.numberBits(); }

  /// Words of a row that one of numbers meets.
  int64_t factorsOfWord() { return stepsOfWord() / 4; }

  /// A row of words of a group, as it is stored.
  Value words(Index group, Index wordRow, int64_t vector);
  /// What word number `place` of those of a row is multiplied with.
  Value factor(Value words, int64_t place);

  /// A row of words of a group, numbers in two's complement.
  Value signedWords(Index group, Index wordRow, int64_t vector);
  /// The number of a step of signed words, as a float.
  Value number(Value signedWords, int64_t step);
  /// The scales of a group.
  Value scale(Index group, int64_t vector);
  /// The zero points of a group of a product that has them, as what sums are
  /// of, and for words as much more as the factors are.
  Value zero(Index group, int64_t vector, bool multipliesFloats);

private:
  Value loadFrom(Value panels, Index group, Index place, int64_t vector);
  Value constant(int32_t value);
  int64_t columnOf(int64_t vector) const;

  kernel::PanelProductOp product;
  mlir::OpBuilder &builder;
  mlir::Location location;
  Lanes &lanes;
  int64_t width;
  bool hasUnsignedRows;
};

} // namespace lmcc

#endif // LMCC_PASSES_VECTORIZE_GROUPPANELS_H
