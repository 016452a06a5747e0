//===- LastRow.h - What the last token alone needs --------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_STATE_LASTROW_H
#define LMCC_PASSES_STATE_LASTROW_H

#include "dialects/Graph/Builder.h"

namespace lmcc {

/// The last place of `value` along its only axis of size `count`. Operations
/// that compute each such place by itself, and whose results nothing else
/// reads, are computed for that place alone; the slice is taken where that
/// ends. The builder stands behind `value`.
mlir::Value takeLastRow(mlir::Value value, mlir::AffineExpr count,
                        graph::Builder &build);

} // namespace lmcc

#endif // LMCC_PASSES_STATE_LASTROW_H
