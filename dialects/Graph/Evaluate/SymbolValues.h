//===- SymbolValues.h - Numbers for the sizes of a model --------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_DIALECTS_GRAPH_EVALUATE_SYMBOLVALUES_H
#define LMCC_DIALECTS_GRAPH_EVALUATE_SYMBOLVALUES_H

#include "dialects/Graph/Evaluate/HostTensor.h"
#include "dialects/Graph/Graph.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringMap.h"

namespace lmcc::graph {

/// Values of symbols by name.
using SymbolValues = llvm::StringMap<int64_t>;

/// The numbers that `sizes` are. A symbol without a value, a result that does
/// not fit and a division by zero are errors at `location`.
mlir::FailureOr<llvm::SmallVector<int64_t>>
concreteSizes(DimsAttr sizes, const SymbolValues &symbols,
              mlir::Location location);

/// The shape of a tensor of `type`. As above; a negative size, or `?` without
/// `#graph.dims`, is an error too.
mlir::FailureOr<llvm::SmallVector<int64_t>>
concreteShape(mlir::RankedTensorType type, const SymbolValues &symbols,
              mlir::Location location);

/// The values of the symbols for which `inputs` have the shapes of the
/// arguments of `function`. Symbols are found where they are the only unknown
/// of a size and appear in it linearly; all other sizes are checked, and so are
/// the bounds in `graph.symbols` and the demands in `graph.demands`. Says what
/// does not fit at the function's location.
mlir::FailureOr<SymbolValues> bindSymbols(mlir::func::FuncOp function,
                                          llvm::ArrayRef<HostTensor> inputs);

} // namespace lmcc::graph

#endif // LMCC_DIALECTS_GRAPH_EVALUATE_SYMBOLVALUES_H
