//===- Passes.h - Passes of passes/State ------------------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_STATE_PASSES_H
#define LMCC_PASSES_STATE_PASSES_H

#include "dialects/Graph/Evaluate/Weights.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace lmcc {
#define GEN_PASS_DECL
#include "passes/State/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "passes/State/Passes.h.inc"

/// With the model's files, masks that are weights are looked at, too.
std::unique_ptr<mlir::Pass>
createAddStatefulEntries(AddStatefulEntriesOptions options,
                         const graph::FileTable &files);
} // namespace lmcc

#endif // LMCC_PASSES_STATE_PASSES_H
