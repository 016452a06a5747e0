//===- PlacedValue.h - Tensors beside the scores ----------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_NORMALIZE_PLACEDVALUE_H
#define LMCC_PASSES_NORMALIZE_PLACEDVALUE_H

#include "dialects/Graph/Builder.h"

namespace lmcc {

/// Where an axis of a tensor lies in the scores: at index i along `axis` of the
/// scores stands its element `offset + i`; without an axis always `offset`.
struct Place {
  std::optional<int64_t> axis;
  mlir::AffineExpr offset;

  bool operator==(const Place &other) const {
    return axis == other.axis && offset == other.offset;
  }
};
/// One per axis of a tensor.
using Places = llvm::SmallVector<Place, 6>;

/// A tensor that broadcasts to the scores, seen from there.
struct PlacedValue {
  mlir::Value value;
  Places places;

  bool operator==(const PlacedValue &other) const {
    return value == other.value && places == other.places;
  }
  bool variesAlong(int64_t axis) const {
    return llvm::any_of(places,
                        [&](const Place &place) { return place.axis == axis; });
  }
};

/// `value` at the end of scores with `sizes`, as numpy broadcasts it.
PlacedValue placeInScores(const graph::DimSpace &space, mlir::Value value,
                          llvm::ArrayRef<mlir::AffineExpr> sizes);

/// The operands from which an operation takes the elements at `places` of its
/// result, if they stand at fixed distances: those of elementwise operations
/// and movements without strides. Empty for all other operations.
std::optional<llvm::SmallVector<PlacedValue>>
operandsAt(const graph::DimSpace &space, mlir::Operation *op,
           const Places &places);

/// The first of consecutive integers that a vector holds, one per element.
std::optional<mlir::AffineExpr> startOfCounting(const graph::DimSpace &space,
                                                mlir::Value vector);

/// Whether one axis has another size than 1.
bool hasOneAxis(mlir::RankedTensorType type);

/// Whether the elements depend on nothing but their places and the sizes of
/// the model.
bool isPositional(mlir::Value value);

} // namespace lmcc

#endif // LMCC_PASSES_NORMALIZE_PLACEDVALUE_H
