//===- Passes.h - Passes of passes/Normalize ---*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_NORMALIZE_PASSES_H
#define LMCC_PASSES_NORMALIZE_PASSES_H

#include "dialects/Graph/Evaluate/Weights.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace lmcc {
#define GEN_PASS_DECL
#include "passes/Normalize/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "passes/Normalize/Passes.h.inc"

/// With the model's files, weights are looked at as constants are.
std::unique_ptr<mlir::Pass> createSinkMasks(const graph::FileTable &files);
} // namespace lmcc

#endif // LMCC_PASSES_NORMALIZE_PASSES_H
