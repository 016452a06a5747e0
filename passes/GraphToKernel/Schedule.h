//===- Schedule.h - The flat list of kernel calls ---------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_GRAPHTOKERNEL_SCHEDULE_H
#define LMCC_PASSES_GRAPHTOKERNEL_SCHEDULE_H

#include "dialects/Kernel/Kernel.h"
#include "passes/GraphToKernel/KernelPool.h"

namespace lmcc {

/// One schedule while it is built: buffers, sizes, calls.
class Schedule {
public:
  using Value = mlir::Value;

  /// An empty schedule for the graph function `graph`, called `name`: its
  /// sizes, inputs and outputs become arguments, its contract an attribute.
  Schedule(KernelPool &pool, mlir::func::FuncOp graph, llvm::StringRef name,
           graph::DimSpace &space);

  /// The buffer of an argument of the graph function that is no state.
  Value input(mlir::BlockArgument argument);
  Value output(unsigned number);
  /// The buffer of a state, as it was left by the last call.
  Value state(mlir::Location location, kernel::StateOp state);
  /// A buffer for a tensor of type `type`, or for `count` elements of it.
  mlir::FailureOr<Value> allocate(mlir::Location location,
                                  mlir::RankedTensorType type);
  mlir::FailureOr<Value> allocate(mlir::Location location, mlir::Type element,
                                  mlir::AffineExpr count);
  /// A weight as a flat buffer.
  Value weight(mlir::Location location, mlir::StringRef name);

  /// Calls the finished kernel of `k`; `name` and `summary` describe it if it
  /// is new. Returns the call.
  mlir::func::CallOp call(KernelBuilder &k, Value result, llvm::StringRef name,
                          llvm::StringRef summary);
  /// Ends the call behind `last` if the caller does not want the output.
  void finishWithout(Value output, mlir::Operation *last);
  void require(mlir::Location location, Value condition, kernel::Status status);
  /// Adds the multiply-accumulates of a product, at the upper bounds of its
  /// sizes, to those of the model.
  void countProduct(llvm::ArrayRef<mlir::AffineExpr> sizes);
  void finish(mlir::Location location);

private:
  mlir::DictionaryAttr contract(mlir::func::FuncOp graph);
  mlir::DictionaryAttr dimContract(graph::SymbolAttr symbol,
                                   mlir::DictionaryAttr decoding);
  mlir::DictionaryAttr tensorContract(mlir::Attribute name, mlir::Type type);
  Value size(mlir::Location location, mlir::AffineExpr expression);

  KernelPool &pool;
  graph::DimSpace &space;
  unsigned symbols;
  mlir::func::FuncOp function;
  mlir::OpBuilder body;
  /// Numbers of the arguments of the graph function that are no state.
  llvm::SmallVector<unsigned> inputs;
  int64_t multiplyAccumulates = 0;
};

} // namespace lmcc

#endif // LMCC_PASSES_GRAPHTOKERNEL_SCHEDULE_H
