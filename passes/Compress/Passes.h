//===- Passes.h - Passes of passes/Compress ---*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_COMPRESS_PASSES_H
#define LMCC_PASSES_COMPRESS_PASSES_H

#include "dialects/Graph/Evaluate/Weights.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace lmcc {
#define GEN_PASS_DECL
#include "passes/Compress/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "passes/Compress/Passes.h.inc"

/// Reads weights that lie in the model's files.
std::unique_ptr<mlir::Pass>
createRecognizeByteProducts(const graph::FileTable &files);
/// The same; with `allRowsAreBytes` rows are quantised whatever the model says.
std::unique_ptr<mlir::Pass>
createRecognizeGroupedProducts(const graph::FileTable &files,
                               bool allRowsAreBytes);
} // namespace lmcc

#endif // LMCC_PASSES_COMPRESS_PASSES_H
