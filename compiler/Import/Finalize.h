//===- Finalize.h - The last look at an imported function -------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// When all nodes are translated, everything is known about the sizes.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_IMPORT_FINALIZE_H
#define LMCC_COMPILER_IMPORT_FINALIZE_H

#include "dialects/Graph/FunctionSizes.h"

namespace lmcc::import {

/// Erases operations whose results nothing uses, and then the weights of the
/// module that nothing reads.
void eraseUnused(mlir::func::FuncOp function);

/// Writes `graph.symbols` and `graph.demands`. Fails, with an error, if a free
/// size in use has no upper bound, a demand cannot be met, or a tensor has an
/// absurd number of elements.
mlir::LogicalResult recordSizes(mlir::func::FuncOp function,
                                const graph::DimSpace &space);

} // namespace lmcc::import

#endif // LMCC_COMPILER_IMPORT_FINALIZE_H
