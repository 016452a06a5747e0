//===- Lanes.h - The same code on one element or on a vector ----*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_VECTORIZE_LANES_H
#define LMCC_PASSES_VECTORIZE_LANES_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"

namespace lmcc {

/// Builds loads, stores and copies of scalar code for `count` elements at a
/// time: plain scalars if `count` is 1, else 1-D vectors.
class Lanes {
public:
  using Value = mlir::Value;
  using Index = mlir::OpFoldResult;

  Lanes(mlir::OpBuilder &builder, mlir::Location location, int64_t count)
      : builder(builder), location(location), lanes(count) {}

  int64_t count() const { return lanes; }
  mlir::Type typeOf(mlir::Type element) const;

  /// `count` elements from `indices` on, along the last axis.
  Value load(Value buffer, llvm::ArrayRef<Index> indices);
  void store(Value value, Value buffer, llvm::ArrayRef<Index> indices);
  /// One element, in every lane.
  Value loadSplat(Value buffer, llvm::ArrayRef<Index> indices);
  Value splat(Value scalar);
  Value constant(mlir::Type element, mlir::Attribute scalar);

  /// Copies the operations of `block` but its terminator, with `arguments` for
  /// the block's arguments. Scalars from outside are splat. Returns the copied
  /// operands of the terminator.
  llvm::SmallVector<Value> clone(mlir::Block &block,
                                 llvm::ArrayRef<Value> arguments);

  /// The same several times, each operation for all `arguments` in turn.
  llvm::SmallVector<llvm::SmallVector<Value>>
  cloneTogether(mlir::Block &block,
                llvm::ArrayRef<llvm::SmallVector<Value>> arguments);

private:
  void cloneOperation(mlir::Operation &op, mlir::IRMapping &mapping);
  Value widen(mlir::IRMapping &mapping, Value original);

  mlir::OpBuilder &builder;
  mlir::Location location;
  int64_t lanes;
};

/// Whether every operation of `block` can run on vectors: results of 32-bit
/// elements or booleans, and no use of a loop's position.
bool canWiden(mlir::Block &block);

} // namespace lmcc

#endif // LMCC_PASSES_VECTORIZE_LANES_H
