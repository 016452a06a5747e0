//===- Pipeline.h - The phases of a compilation -----------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// From the imported graph to the placed kernels, in phases that a user can ask
// for by name. Which passes run, in which order and why, is one table in
// Pipeline.cpp.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_PIPELINE_PIPELINE_H
#define LMCC_COMPILER_PIPELINE_PIPELINE_H

#include "dialects/Graph/Evaluate/Weights.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

namespace lmcc::pipeline {

/// One step of the way, with what is true after it.
struct Phase {
  llvm::StringLiteral name;
  llvm::StringLiteral summary;
  /// Adds the passes to those of a module, whose weights are in `files`.
  void (*addPasses)(mlir::OpPassManager &module, const graph::FileTable &files);
};

/// All phases in order. The first has no passes: it is the import.
llvm::ArrayRef<Phase> phases();
/// Null if there is no phase of that name.
const Phase *findPhase(llvm::StringRef name);

/// The dialects and interfaces that the phases need.
void registerDialects(mlir::DialectRegistry &registry);

/// Takes `module` through all phases up to `last`, which is one of `phases()`.
/// The module carries its machine (see Target.h), `files` are those of the
/// model. `starting` is called with each phase that has passes before they run.
/// Failures have been reported.
mlir::LogicalResult runPhases(mlir::ModuleOp module, const Phase &last,
                              const graph::FileTable &files,
                              llvm::function_ref<void(const Phase &)> starting);

} // namespace lmcc::pipeline

#endif // LMCC_COMPILER_PIPELINE_PIPELINE_H
