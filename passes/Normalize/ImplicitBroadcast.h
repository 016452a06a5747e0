//===- ImplicitBroadcast.h - Broadcasts that operations imply ---*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_NORMALIZE_IMPLICITBROADCAST_H
#define LMCC_PASSES_NORMALIZE_IMPLICITBROADCAST_H

#include "mlir/IR/PatternMatch.h"

namespace lmcc {

/// Patterns that compute elementwise operations on the shape before a
/// broadcast, and write uniform operands as scalars.
void populateImplicitBroadcastPatterns(mlir::RewritePatternSet &patterns);

} // namespace lmcc

#endif // LMCC_PASSES_NORMALIZE_IMPLICITBROADCAST_H
