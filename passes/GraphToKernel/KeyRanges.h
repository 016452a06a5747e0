//===- KeyRanges.h - The keys that a tile of rows can see -------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_GRAPHTOKERNEL_KEYRANGES_H
#define LMCC_PASSES_GRAPHTOKERNEL_KEYRANGES_H

#include "passes/GraphToKernel/ScoreAdjustment.h"
#include "passes/GraphToKernel/VisibleKeys.h"

namespace lmcc {

/// Keys from `begin` to `end`, which is not one of them.
struct KeyRange {
  mlir::OpFoldResult begin, end;
};

/// Computes, where the kernel is built, which keys rows can see.
class KeyRanges {
public:
  using Index = mlir::OpFoldResult;

  /// `at` is the place in the batch, `keys` how many there are.
  KeyRanges(KernelBuilder &k, const VisibleKeys &visible,
            ScoreAdjustment &adjustment, mlir::AffineExpr keys,
            llvm::ArrayRef<Index> at)
      : k(k), visible(visible), adjustment(adjustment), keys(keys), at(at) {}

  /// The keys that some of `count` rows from `row` on can see. Limits may lie
  /// anywhere; the range lies within the keys, and may be empty.
  KeyRange of(Index row, int64_t count);

private:
  template <typename Op> mlir::Value make(mlir::Value a, mlir::Value b);
  template <typename Extreme>
  mlir::Value furthest(const KeyLimit &limit, Index row, int64_t count);
  mlir::Value limitOf(const KeyLimit &limit, Index row);

  KernelBuilder &k;
  const VisibleKeys &visible;
  ScoreAdjustment &adjustment;
  mlir::AffineExpr keys;
  llvm::ArrayRef<Index> at;
};

} // namespace lmcc

#endif // LMCC_PASSES_GRAPHTOKERNEL_KEYRANGES_H
