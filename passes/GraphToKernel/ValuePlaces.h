//===- ValuePlaces.h - Where the values of a function lie -------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_GRAPHTOKERNEL_VALUEPLACES_H
#define LMCC_PASSES_GRAPHTOKERNEL_VALUEPLACES_H

#include "passes/GraphToKernel/Schedule.h"
#include "passes/GraphToKernel/StateBuffers.h"

namespace lmcc {

/// The buffer of every tensor of a graph function, in its schedule: dense and
/// row-major for most, a part of a larger buffer for what a decoder keeps.
class ValuePlaces {
public:
  using Value = mlir::Value;

  ValuePlaces(Schedule &schedule, KernelPool &pool, const StateBuffers &states,
              const graph::DimSpace &space)
      : schedule(schedule), pool(pool), states(states), space(space) {}

  /// An argument of the function: an input of the schedule or a state.
  void place(mlir::BlockArgument argument, bool isState);
  void place(Value value, Value buffer) { dense[value] = buffer; }

  /// The dense buffer of `value`; weights and constants are made available, and
  /// what lies in a state is copied. Fails after an error.
  mlir::FailureOr<Value> buffer(Value value);
  /// Where `value` lies in a state; null if it does not.
  const StridedTensor *inState(Value value) const;
  /// The panels in which keys lie in a buffer of a state, if they do.
  std::optional<KeyPanels> keyPanels(Value buffer) const {
    return panels.lookup(buffer);
  }
  /// Words of four keys for which a buffer of a state that holds values in them
  /// has room; 0 if it does not.
  int64_t roomInWords(Value buffer) const { return rooms.lookup(buffer); }

  /// The result lies where the input does.
  llvm::LogicalResult reshape(graph::ReshapeOp reshape);
  /// Stores what `group` appends to `argument`, a state, behind what is there.
  /// Returns the call that does.
  mlir::FailureOr<mlir::func::CallOp> append(graph::GroupOp group,
                                             mlir::BlockArgument argument);

private:
  graph::DimSpace::Sizes sizesOf(Value value) const;
  mlir::FailureOr<Value> copyFromState(Value value);
  std::optional<graph::DimSpace::Sizes>
  reshapedStrides(graph::ReshapeOp reshape) const;

  Schedule &schedule;
  KernelPool &pool;
  const StateBuffers &states;
  const graph::DimSpace &space;
  llvm::DenseMap<Value, Value> dense;
  llvm::DenseMap<Value, StridedTensor> stored;
  llvm::DenseMap<Value, std::optional<KeyPanels>> panels;
  llvm::DenseMap<Value, int64_t> rooms;
};

} // namespace lmcc

#endif // LMCC_PASSES_GRAPHTOKERNEL_VALUEPLACES_H
