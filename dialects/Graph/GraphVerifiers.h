//===- GraphVerifiers.h - What verifiers share ------------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_DIALECTS_GRAPH_GRAPHVERIFIERS_H
#define LMCC_DIALECTS_GRAPH_GRAPHVERIFIERS_H

#include "dialects/Graph/Graph.h"
#include <string>

namespace lmcc::graph {

/// `[batch, 3]`, for messages.
std::string shapeText(mlir::RankedTensorType type);

/// Whether the ranks are equal, and the sizes of all axes but those in
/// `except`.
bool sameOutside(mlir::RankedTensorType a, mlir::RankedTensorType b,
                 llvm::ArrayRef<int64_t> except);

/// The size of the last axis for 1, of the one before it for 2, and so on.
DimsAttr sizeFromBack(mlir::RankedTensorType type, int64_t fromBack);

/// Whether the axes of `result` before its last two are the broadcast of those
/// of `operands`. All have at least two axes.
bool isBroadcastOfBatches(mlir::RankedTensorType result,
                          llvm::ArrayRef<mlir::RankedTensorType> operands);

/// Checks that `axis` lies in `0 .. rank - 1`.
llvm::LogicalResult verifyAxis(mlir::Operation *op, int64_t axis, int64_t rank);

/// Checks that `result` has the broadcast shape of `operands`.
llvm::LogicalResult verifyBroadcast(mlir::Operation *op,
                                    mlir::TypeRange operands,
                                    mlir::RankedTensorType result);

} // namespace lmcc::graph

#endif // LMCC_DIALECTS_GRAPH_GRAPHVERIFIERS_H
