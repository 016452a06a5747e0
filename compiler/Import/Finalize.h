//===- Finalize.h - The last look at an imported function -------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// While nodes are translated, more and more is learned about the sizes. When
// all are, everything made on the way is brought up to date.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_IMPORT_FINALIZE_H
#define LMCC_COMPILER_IMPORT_FINALIZE_H

#include "dialects/Graph/Builder.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace lmcc::import {

/// Erases operations whose results nothing uses, and then the weights of the
/// module that nothing reads.
void eraseUnused(mlir::func::FuncOp function);

/// Puts everything that `builder.space()` has learned into the types and
/// attributes of `function`, its own type included.
void updateSizes(mlir::func::FuncOp function, graph::Builder &builder);

/// Writes `graph.symbols` and `graph.demands`. Fails, with an error, if a free
/// size in use has no upper bound, a demand cannot be met, or a tensor has an
/// absurd number of elements.
mlir::LogicalResult recordSizes(mlir::func::FuncOp function,
                                const graph::DimSpace &space);

/// The names of all free sizes that `function` mentions; after `updateSizes`.
llvm::SmallVector<graph::DimSpace::FreeSymbol>
mentionedSymbols(mlir::func::FuncOp function, const graph::DimSpace &space);

} // namespace lmcc::import

#endif // LMCC_COMPILER_IMPORT_FINALIZE_H
