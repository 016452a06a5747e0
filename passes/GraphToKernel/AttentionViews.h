//===- AttentionViews.h - The operands of an attention ----------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_GRAPHTOKERNEL_ATTENTIONVIEWS_H
#define LMCC_PASSES_GRAPHTOKERNEL_ATTENTIONVIEWS_H

#include "dialects/Target/Target.h"
#include "passes/GraphToKernel/GroupKernels.h"

namespace lmcc {

/// Views of what an attention reads and writes, all with the batch axes in
/// front; a tensor that repeats along one has stride 0 there.
///
/// Of an attention of bytes, a depth is one in words, and so are the keys of
/// values.
///
/// The batch axes are those of the scores. Where there is one row of queries
/// and several heads share their keys and values, the heads of a group are the
/// rows: then one tile of them reads each key and each value once.
struct AttentionViews {
  graph::DimSpace::Sizes batch;
  mlir::AffineExpr rows;
  /// `[batch.., rows, depth]` and `[batch.., rows, value length]`
  mlir::Value queries, output;
  /// `[batch.., panels, depth, width]`
  mlir::Value keys;
  /// `[batch.., panels of a value, keys, valueWidth]`
  mlir::Value values;
  int64_t valueWidth;
  /// Of bytes only: `[batch.., rows, 1]`, the latter null where keys are
  /// signed, and `[batch.., keys of all blocks]`.
  mlir::Value queryScales, starts, keyScales, valueScales;

  /// What adjusts the scores: a view `[batch.., rows?, keys?]`, or a scalar,
  /// for an argument of the region or its diagonals.
  struct Extra {
    mlir::Value argument, view, scalar;
    bool hasRows = false, hasKeys = false;
  };
  llvm::SmallVector<Extra> extras;
};

AttentionViews makeAttentionViews(GroupSite &site, KernelBuilder &k,
                                  const AttentionPanels &panels);

} // namespace lmcc

#endif // LMCC_PASSES_GRAPHTOKERNEL_ATTENTIONVIEWS_H
