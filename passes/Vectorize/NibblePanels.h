//===- NibblePanels.h - Vectors of a panel of 4-bit numbers -----*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_VECTORIZE_NIBBLEPANELS_H
#define LMCC_PASSES_VECTORIZE_NIBBLEPANELS_H

#include "dialects/Kernel/Kernel.h"
#include "passes/Vectorize/Lanes.h"

namespace lmcc {

/// Reads the panels of a grouped product, see `weight.pack_nibbles`, a vector
/// of columns at a time. Vectors are numbered through all panels of the
/// product.
class NibblePanels {
public:
  using Value = mlir::Value;
  using Index = mlir::OpFoldResult;

  /// Steps of the depth in a word.
  static constexpr int64_t stepsOfWord = 8;

  NibblePanels(kernel::PanelProductOp product, mlir::OpBuilder &builder,
               Lanes &lanes)
      : product(product), builder(builder), location(product.getLoc()),
        lanes(lanes), width(product.panelWidth()) {}

  int64_t groupSize() { return static_cast<int64_t>(*product.getGroup()); }
  /// A row of words of a group: halves of bytes are numbers plus 8.
  Value words(Index group, Index wordRow, int64_t vector);
  /// The same with numbers in two's complement.
  Value signedWords(Index group, Index wordRow, int64_t vector);
  /// The number of a step of signed words, as a float.
  Value number(Value signedWords, int64_t step);
  /// The scales of a group.
  Value scale(Index group, int64_t vector);

private:
  Value loadFrom(Index group, Index place, int64_t vector);
  Value constant(int32_t value);
  int64_t columnOf(int64_t vector) const;

  kernel::PanelProductOp product;
  mlir::OpBuilder &builder;
  mlir::Location location;
  Lanes &lanes;
  int64_t width;
};

} // namespace lmcc

#endif // LMCC_PASSES_VECTORIZE_NIBBLEPANELS_H
