//===- Operations.h - What became of the nodes of a model -------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_DRIVER_OPERATIONS_H
#define LMCC_COMPILER_DRIVER_OPERATIONS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringSet.h"

namespace lmcc::driver {

/// Tells nodes that run in generated code from those that were computed at
/// compile time: shapes, constants, and what no output needs.
class OperationCounter {
public:
  OperationCounter() = default;
  /// `main` is the imported function of a model with `nodes` nodes.
  OperationCounter(mlir::func::FuncOp main, uint64_t nodes);

  /// The nodes that no kernel call of the schedule stems from.
  uint64_t folded(mlir::ModuleOp placed) const;
  /// The kernel calls of the schedule, those in loops as often as they are
  /// made.
  static uint64_t generated(mlir::ModuleOp placed);

private:
  /// The nodes that left operations in the imported function.
  llvm::StringSet<> imported;
  uint64_t nodes = 0;
};

} // namespace lmcc::driver

#endif // LMCC_COMPILER_DRIVER_OPERATIONS_H
