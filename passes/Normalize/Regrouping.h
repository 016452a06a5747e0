//===- Regrouping.h - Which axes a reshape splits and merges ----*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_NORMALIZE_REGROUPING_H
#define LMCC_PASSES_NORMALIZE_REGROUPING_H

#include "dialects/Graph/DimSpace.h"

namespace lmcc {

/// Adjacent axes that a reshape turns into adjacent axes with as many elements:
/// `[first, first + count)` on both sides.
struct AxisGroup {
  int64_t oldFirst, oldCount, newFirst, newCount;
};

/// The reshape of `oldSizes` to `newSizes` as the smallest groups, in order;
/// nothing if their sizes are not known to agree.
std::optional<llvm::SmallVector<AxisGroup>>
regroup(const graph::DimSpace &space, llvm::ArrayRef<mlir::AffineExpr> oldSizes,
        llvm::ArrayRef<mlir::AffineExpr> newSizes);

} // namespace lmcc

#endif // LMCC_PASSES_NORMALIZE_REGROUPING_H
