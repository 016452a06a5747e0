//===- Evaluate.h - Graph operations computed on the host -------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One plain meaning per operation: it folds constants, computes weights, and
// is what generated code is compared with. Everything is deterministic, single
// threaded and independent of the C library's elementary functions, f64
// excepted. f16 and bf16 are computed in float and rounded once per operation;
// float sums run in double.
//
// Operations must have been verified. What only the values can show (an index
// out of range, sizes that do not fit) is an error at the operation's location.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_DIALECTS_GRAPH_EVALUATE_EVALUATE_H
#define LMCC_DIALECTS_GRAPH_EVALUATE_EVALUATE_H

#include "dialects/Graph/Evaluate/SymbolValues.h"

namespace lmcc::graph {

/// Computes the result of an operation of the graph dialect. Operands have the
/// shapes of their types under `symbols`; another shape is an error.
mlir::FailureOr<HostTensor> evaluate(mlir::Operation *op,
                                     llvm::ArrayRef<HostTensor> operands,
                                     const SymbolValues &symbols);

/// Computes the only result of an operation from its operands; reports its own
/// errors.
using EvaluateOp = llvm::function_ref<mlir::FailureOr<HostTensor>(
    mlir::Operation *op, llvm::ArrayRef<HostTensor> operands)>;

/// Computes a block from its arguments, one operation after the other, and
/// returns the operands of its terminator. A tensor is freed after its last
/// use, unless the caller holds it.
mlir::FailureOr<llvm::SmallVector<HostTensor>>
evaluateBlock(mlir::Block &block, llvm::ArrayRef<HostTensor> arguments,
              EvaluateOp evaluateOp);

/// Computes a function of graph operations, one tensor per argument and
/// result. `evaluateOther` gives the values of operations of other dialects,
/// such as `weight.get`.
mlir::FailureOr<llvm::SmallVector<HostTensor>>
evaluateFunction(mlir::func::FuncOp function,
                 llvm::ArrayRef<HostTensor> arguments,
                 const SymbolValues &symbols, EvaluateOp evaluateOther);

} // namespace lmcc::graph

#endif // LMCC_DIALECTS_GRAPH_EVALUATE_EVALUATE_H
