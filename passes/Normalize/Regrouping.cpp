//===- Regrouping.cpp - Which axes a reshape splits and merges ------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Normalize/Regrouping.h"

using namespace mlir;

namespace lmcc {

/// Whether `larger` is `smaller` times whole sizes: another axis may close the
/// gap.
static bool isMultiple(const graph::DimSpace &space, AffineExpr larger,
                       AffineExpr smaller) {
  std::optional<AffineExpr> ratio = space.divide(larger, smaller);
  return ratio && space.equal(space.multiply(*ratio, smaller), larger);
}

std::optional<SmallVector<AxisGroup>> regroup(const graph::DimSpace &space,
                                              ArrayRef<AffineExpr> oldSizes,
                                              ArrayRef<AffineExpr> newSizes) {
  auto oldEnd = static_cast<int64_t>(oldSizes.size());
  auto newEnd = static_cast<int64_t>(newSizes.size());
  SmallVector<AxisGroup> groups;
  int64_t oldAt = 0, newAt = 0;
  while (oldAt < oldEnd && newAt < newEnd) {
    AxisGroup group = {oldAt, 1, newAt, 1};
    AffineExpr before = oldSizes[oldAt++], after = newSizes[newAt++];
    while (!space.equal(before, after)) {
      if (oldAt < oldEnd && isMultiple(space, after, before)) {
        before = space.multiply(before, oldSizes[oldAt++]);
        ++group.oldCount;
      } else if (newAt < newEnd && isMultiple(space, before, after)) {
        after = space.multiply(after, newSizes[newAt++]);
        ++group.newCount;
      } else {
        return std::nullopt;
      }
    }
    groups.push_back(group);
  }
  // Axes of size 1 are left over at the end.
  auto areUnits = [&](ArrayRef<AffineExpr> sizes) {
    return llvm::all_of(
        sizes, [&](AffineExpr size) { return space.constant(size) == 1; });
  };
  if (groups.empty() || !areUnits(oldSizes.drop_front(oldAt)) ||
      !areUnits(newSizes.drop_front(newAt)))
    return std::nullopt;
  groups.back().oldCount += oldEnd - oldAt;
  groups.back().newCount += newEnd - newAt;
  return groups;
}

} // namespace lmcc
