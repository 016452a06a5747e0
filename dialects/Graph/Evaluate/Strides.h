//===- Strides.h - Walks over dense tensors ---------------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_DIALECTS_GRAPH_EVALUATE_STRIDES_H
#define LMCC_DIALECTS_GRAPH_EVALUATE_STRIDES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"

namespace lmcc::graph {

/// Elements from one index to the next along each axis.
llvm::SmallVector<int64_t, 4> rowMajorStrides(llvm::ArrayRef<int64_t> shape);

/// The product of the sizes.
int64_t product(llvm::ArrayRef<int64_t> sizes);

/// The elements of one operand that meet a run of elements: consecutive ones,
/// or the same one all along.
struct Run {
  int64_t first;
  bool repeats;
};

/// At most as many elements are in one run.
inline constexpr int64_t runElements = 512;

/// Walks a tensor of `shape` in row-major order, in runs of `count` elements
/// from `first` on; `runs` are the elements of tensors of shapes `operands`,
/// broadcast to `shape`, at the same places.
void walkBroadcast(llvm::ArrayRef<int64_t> shape,
                   llvm::ArrayRef<llvm::ArrayRef<int64_t>> operands,
                   llvm::function_ref<void(int64_t first, int64_t count,
                                           llvm::ArrayRef<Run> runs)>
                       visit);

/// One side of a copy: where the first element is, and how many elements
/// further the next one is along each axis.
template <typename Byte> struct StridedBytes {
  Byte *first;
  llvm::ArrayRef<int64_t> strides;
};

/// Copies a box of `shape` elements with `elementBytes` bytes each. Neither
/// side needs to be aligned; they must not overlap.
void copyStrided(int64_t elementBytes, llvm::ArrayRef<int64_t> shape,
                 StridedBytes<const uint8_t> source,
                 StridedBytes<uint8_t> target);

/// Moves `index` to the next place of `shape` in row-major order; false after
/// the last one.
bool advance(llvm::MutableArrayRef<int64_t> index,
             llvm::ArrayRef<int64_t> shape);

} // namespace lmcc::graph

#endif // LMCC_DIALECTS_GRAPH_EVALUATE_STRIDES_H
