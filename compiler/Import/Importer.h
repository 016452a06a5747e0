//===- Importer.h - From an ONNX model to the graph dialect -----*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_IMPORT_IMPORTER_H
#define LMCC_COMPILER_IMPORT_IMPORTER_H

#include "compiler/Import/ModelFile.h"
#include "compiler/Import/TensorFile.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringMap.h"

#include <functional>

namespace lmcc::import {

struct ImportOptions {
  /// Bounds of sizes by name, both included. Equal ones make it a number.
  llvm::StringMap<std::pair<int64_t, int64_t>> dims;
  /// Bounds for sizes without an upper one, asked for once the function is
  /// complete. May be empty.
  std::function<llvm::StringMap<std::pair<int64_t, int64_t>>(
      mlir::func::FuncOp)>
      proposeBounds;
  /// Inputs that are known at compile time.
  llvm::StringMap<DenseTensor> boundInputs;

  // A model is untrusted: these keep a small hostile file from taking all
  // stack, memory or time. The defaults are far above what exporters write.

  /// Subgraphs and functions inside one another.
  unsigned maximumNesting = 64;
  /// Nodes, with those of a function counted once per call.
  unsigned maximumNodes = 1u << 17;
  /// Different sizes that inputs declare.
  unsigned maximumSymbols = 256;
  /// Errors that are printed; the rest is only counted.
  unsigned maximumMessages = 100;
};

/// Translates `file` into weights and a function `main`, from the inputs of the
/// model that are neither initializers nor bound to its outputs.
///
/// Nodes that no output depends on are left out. All problems are reported, at
/// locations named after the model's nodes, inputs and initializers; the result
/// is then null.
mlir::OwningOpRef<mlir::ModuleOp> importModel(mlir::MLIRContext *context,
                                              ModelFile &file,
                                              const ImportOptions &options);

} // namespace lmcc::import

#endif // LMCC_COMPILER_IMPORT_IMPORTER_H
