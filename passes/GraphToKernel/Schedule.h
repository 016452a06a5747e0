//===- Schedule.h - The flat list of kernel calls ---------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_GRAPHTOKERNEL_SCHEDULE_H
#define LMCC_PASSES_GRAPHTOKERNEL_SCHEDULE_H

#include "dialects/Kernel/Kernel.h"
#include "dialects/Weight/Weight.h"
#include "mlir/IR/BuiltinOps.h"
#include "passes/GraphToKernel/KernelBuilder.h"
#include "llvm/ADT/StringMap.h"

namespace lmcc {

/// The function `@run` while it is built: buffers, sizes, calls; and the
/// kernels it calls, each text once.
class Schedule {
public:
  using Value = mlir::Value;

  /// An empty schedule for the graph function `graph`: its sizes, inputs and
  /// outputs become arguments, its contract an attribute.
  Schedule(mlir::ModuleOp module, mlir::func::FuncOp graph,
           graph::DimSpace &space);

  Value input(unsigned number);
  Value output(unsigned number);
  /// A buffer for a tensor of type `type`, or for `count` elements of it.
  mlir::FailureOr<Value> allocate(mlir::Location location,
                                  mlir::RankedTensorType type);
  mlir::FailureOr<Value> allocate(mlir::Location location, mlir::Type element,
                                  mlir::AffineExpr count);
  /// A weight as a flat buffer.
  Value weight(mlir::Location location, mlir::StringRef name);
  /// A weight in column panels of `width`; made at the first request.
  Value packedWeight(mlir::Location location, mlir::StringRef name,
                     int64_t width);
  /// A constant tensor as a weight: its name, or as a flat buffer.
  mlir::StringRef constantWeight(mlir::Location location,
                                 mlir::ElementsAttr value);
  Value constant(mlir::Location location, mlir::ElementsAttr value);

  /// Calls the finished kernel of `k`; `name` and `summary` describe it if it
  /// is new. Returns the call.
  mlir::func::CallOp call(KernelBuilder &k, Value result, llvm::StringRef name,
                          llvm::StringRef summary);
  void require(mlir::Location location, Value condition, kernel::Status status);
  /// Adds the multiply-accumulates of a product, at the upper bounds of its
  /// sizes, to those of the model.
  void countProduct(llvm::ArrayRef<mlir::AffineExpr> sizes);
  void finish(mlir::Location location);

private:
  mlir::DictionaryAttr contract(mlir::func::FuncOp graph);
  mlir::DictionaryAttr tensorContract(mlir::Attribute name, mlir::Type type);
  Value size(mlir::Location location, mlir::AffineExpr expression);
  std::string freeName(llvm::StringRef wanted);

  mlir::ModuleOp module;
  graph::DimSpace &space;
  unsigned symbols;
  mlir::func::FuncOp function;
  mlir::OpBuilder body;
  unsigned inputs = 0;
  int64_t multiplyAccumulates = 0;
  llvm::StringMap<mlir::func::FuncOp> kernels;
  llvm::StringMap<unsigned> names;
  llvm::DenseMap<std::pair<mlir::Attribute, int64_t>, mlir::StringAttr> packed;
  llvm::DenseMap<mlir::Attribute, mlir::StringAttr> constants;
};

} // namespace lmcc

#endif // LMCC_PASSES_GRAPHTOKERNEL_SCHEDULE_H
