//===- ShapeValues.h - What integers of the graph are sizes -----*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Exporters compute shapes with tensor operations (Shape, Gather, Concat ...).
// This analysis follows such chains and says, element by element, which size
// of the model an integer or boolean tensor holds.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_DIALECTS_GRAPH_SHAPEVALUES_H
#define LMCC_DIALECTS_GRAPH_SHAPEVALUES_H

#include "dialects/Graph/DimSpace.h"

namespace lmcc::graph {

/// More elements than this are data, not a shape.
inline constexpr int64_t maximumShapeElements = 256;

class ShapeValues {
public:
  explicit ShapeValues(const DimSpace &space) : space(space) {}

  /// One expression per element, in row-major order; a null expression is an
  /// element that is not known. Empty if nothing is known of the tensor.
  /// Booleans are 0 or 1.
  using Elements = llvm::SmallVector<mlir::AffineExpr>;
  std::optional<Elements> elements(mlir::Value value);
  /// As above, if every element is known.
  std::optional<Elements> known(mlir::Value value);

private:
  std::optional<Elements> compute(mlir::Value value);

  const DimSpace &space;
  llvm::DenseMap<mlir::Value, std::optional<Elements>> cache;
};

} // namespace lmcc::graph

#endif // LMCC_DIALECTS_GRAPH_SHAPEVALUES_H
