//===- VisibleKeys.h - Which keys a row can give weight to ------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A key is hidden from a row if its weight is exactly 0 there. The region of an
// attention says so by comparing places: where a comparison of a key and a row
// is false (or true) for all keys behind a limit, the region is followed with
// that in mind, and what the scores are then bounded by is looked at.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_GRAPHTOKERNEL_VISIBLEKEYS_H
#define LMCC_PASSES_GRAPHTOKERNEL_VISIBLEKEYS_H

#include "dialects/Graph/DimSpace.h"

namespace lmcc {

/// A key by its row: `rowFactor * row + offset`, plus or minus a value of the
/// region that is the same for all keys (an i32).
struct KeyLimit {
  int64_t rowFactor;
  mlir::AffineExpr offset;
  /// May be null.
  mlir::Value value;
  int64_t valueFactor;
};

struct VisibleKeys {
  /// No key in front of any of `first` or behind any of `last` has weight.
  llvm::SmallVector<KeyLimit> first, last;
  /// What the largest score of a row must reach for that, if hidden scores are
  /// finite. Empty if they are minus infinity.
  std::optional<float> leastMaximum;

  bool all() const { return first.empty() && last.empty(); }
};

/// The limits that the region of `attention` shows. They hold for scores that
/// stay below 2^125 wherever the region does not hide them (rule N7 in
/// docs/Numerics.md).
VisibleKeys visibleKeysOf(graph::AttentionOp attention,
                          const graph::DimSpace &space);

/// Whether a value of the region depends on an axis of the scores, counted from
/// the back: 1 are the keys, 2 the rows.
bool variesAlong(mlir::Value inside, int64_t axisFromBack);

} // namespace lmcc

#endif // LMCC_PASSES_GRAPHTOKERNEL_VISIBLEKEYS_H
