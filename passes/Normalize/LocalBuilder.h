//===- LocalBuilder.h - Patterns on graph operations ------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_NORMALIZE_LOCALBUILDER_H
#define LMCC_PASSES_NORMALIZE_LOCALBUILDER_H

#include "dialects/Graph/Builder.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace lmcc {

namespace detail {
/// A base, so that the sizes exist before the builder that refers to them.
struct FunctionSizes {
  explicit FunctionSizes(mlir::Operation *op)
      : functionSpace(
            graph::DimSpace::of(op->getParentOfType<mlir::func::FuncOp>())) {}
  graph::DimSpace functionSpace;
};
} // namespace detail

/// Builds at the place and location of `op`, which lies in a function and
/// whose sizes are known to be right: nothing can be null.
class LocalBuilder : private detail::FunctionSizes, public graph::Builder {
public:
  LocalBuilder(mlir::OpBuilder &ops, mlir::Operation *op)
      : FunctionSizes(op), Builder(ops, functionSpace) {
    ops.setInsertionPoint(op);
    setLocation(op->getLoc());
  }
};

/// Applies patterns until nothing changes. Patterns that never come to rest
/// are a mistake of ours, reported at the function.
inline mlir::LogicalResult rewriteGreedily(mlir::func::FuncOp function,
                                           mlir::RewritePatternSet &&patterns) {
  constexpr int64_t maximumRounds = 32;
  mlir::GreedyRewriteConfig config;
  config.setMaxIterations(maximumRounds);
  if (succeeded(
          mlir::applyPatternsGreedily(function, std::move(patterns), config)))
    return mlir::success();
  return function.emitError()
         << "rewriting does not come to rest in " << maximumRounds
         << " rounds; please report this model";
}

} // namespace lmcc

#endif // LMCC_PASSES_NORMALIZE_LOCALBUILDER_H
