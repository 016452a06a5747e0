//===- FunctionSizes.h - The sizes in a whole function ----------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_DIALECTS_GRAPH_FUNCTIONSIZES_H
#define LMCC_DIALECTS_GRAPH_FUNCTIONSIZES_H

#include "dialects/Graph/Builder.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace lmcc::graph {

/// Puts everything that `builder.space()` has learned into the types and
/// attributes of `function`, its own type and all regions included.
void updateSizes(mlir::func::FuncOp function, Builder &builder);

/// The free sizes that `function` or a demand of `space` mentions; after
/// `updateSizes`.
llvm::SmallVector<DimSpace::FreeSymbol>
mentionedSymbols(mlir::func::FuncOp function, const DimSpace &space);

/// `graph.symbols` for `symbols`, all of which have an upper bound.
mlir::ArrayAttr symbolsAttribute(mlir::MLIRContext *context,
                                 llvm::ArrayRef<DimSpace::FreeSymbol> symbols);

} // namespace lmcc::graph

#endif // LMCC_DIALECTS_GRAPH_FUNCTIONSIZES_H
