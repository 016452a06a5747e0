//===- AttentionLike.h - An attention on other operands ---------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_STATE_ATTENTIONLIKE_H
#define LMCC_PASSES_STATE_ATTENTIONLIKE_H

#include "dialects/Graph/Builder.h"
#include "dialects/Graph/Graph.h"

namespace lmcc {

/// An attention that adjusts its scores as `old` does, on operands of other
/// sizes: the types in its region follow from theirs.
mlir::Value attentionLike(graph::AttentionOp old, mlir::Value query,
                          mlir::Value key, mlir::Value value,
                          llvm::ArrayRef<mlir::Value> extras,
                          graph::Builder &build);

} // namespace lmcc

#endif // LMCC_PASSES_STATE_ATTENTIONLIKE_H
