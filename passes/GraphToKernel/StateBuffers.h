//===- StateBuffers.h - Where a decoder keeps its state ---------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// On the graph level a state is an argument, and a concat makes a longer tensor
// of it. Below, it is a buffer with room for all tokens there will ever be, in
// which the new ones are stored behind the old ones; nothing else moves. The
// result of the concat is a view of that buffer.
//
// Keys lie as an attention wants them, as columns of panels; everything else
// lies row-major.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_GRAPHTOKERNEL_STATEBUFFERS_H
#define LMCC_PASSES_GRAPHTOKERNEL_STATEBUFFERS_H

#include "passes/GraphToKernel/GroupKernels.h"

namespace lmcc {

/// The argument of a function that `group` appends to; null if it does not.
mlir::BlockArgument stateAppendedBy(graph::GroupOp group);

/// The state of a decoder as all functions of the module see it.
class StateBuffers {
public:
  /// Declares one `kernel.state` per state argument of the functions of
  /// `module`; all that have any have the same.
  explicit StateBuffers(mlir::ModuleOp module);

  /// A state in one function.
  struct View {
    kernel::StateOp state;
    /// The axis along which the state grows.
    int64_t axis = 0;
    int64_t capacity = 0;
    /// Strides of the buffer by the axes of the state, in words for bytes in
    /// panels or words; 0 for the last two axes of these.
    graph::DimSpace::Sizes strides;
    /// Of a state that holds keys in panels.
    std::optional<KeyPanels> keyPanels;
    /// Columns of the panels that hold values in words of four keys; 0 if the
    /// state lies otherwise.
    int64_t wordColumns = 0;
    /// The axis along a key or a value, if it lies in panels.
    int64_t depthAxis = 0;
  };
  View view(mlir::BlockArgument argument, const graph::DimSpace &space) const;

private:
  struct Layout {
    kernel::StateOp state;
    int64_t capacity = 0;
    bool isPanels = true, isWords = true;
    int64_t axis = 0, depthAxis = 0;
  };
  void plan(mlir::func::FuncOp function);
  void declare(mlir::ModuleOp module, mlir::func::FuncOp function);

  target::MachineAttr machine;
  llvm::SmallVector<Layout> layouts; ///< By the place among state arguments.
};

/// Stores `added` behind the `past` elements along the axis of `state` that the
/// buffer holds.
void buildAppendKernel(KernelBuilder &k, const StateBuffers::View &state,
                       mlir::Value buffer, const StridedTensor &added,
                       mlir::AffineExpr past);

/// Copies a tensor to a dense row-major buffer.
void buildGatherKernel(KernelBuilder &k, const StridedTensor &from,
                       mlir::Value to);

} // namespace lmcc

#endif // LMCC_PASSES_GRAPHTOKERNEL_STATEBUFFERS_H
