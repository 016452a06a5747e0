//===- FoldConstants.cpp - Compute what is known at compile time ----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Small results become constants, which patterns look at; what is computed from
// weights becomes a weight, which nobody looks at before the blob is written.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Evaluate/Evaluate.h"
#include "passes/Normalize/ImplicitBroadcast.h"
#include "passes/Normalize/LocalBuilder.h"
#include "passes/Normalize/Passes.h"
#include "passes/Normalize/WeightFolder.h"

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_FOLDCONSTANTS
#include "passes/Normalize/Passes.h.inc"

namespace {

/// A larger result would bloat the module's text and its unique attributes.
constexpr int64_t maximumResultElements = 1024;

/// What is computed from more elements is left to the writing of the blob,
/// which can do it in parallel.
constexpr int64_t maximumOperandElements = 65536;

/// The elements of `op`, if it is small and all its operands are constants. An
/// operation that fails on its operands (an index out of range) is left for
/// run time, where it gives a status.
std::optional<DenseElementsAttr> constantResult(Operation *op) {
  if (isa<graph::ConstantOp>(op) || !dependsOnOperandsOnly(op))
    return std::nullopt;
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (type.getNumElements() > maximumResultElements)
    return std::nullopt;
  SmallVector<graph::HostTensor> operands;
  for (Value operand : op->getOperands()) {
    auto constant = operand.getDefiningOp<graph::ConstantOp>();
    if (!constant ||
        constant.getType().getNumElements() > maximumOperandElements)
      return std::nullopt;
    auto tensor = graph::HostTensor::fromAttribute(constant.getValue());
    if (!tensor)
      return std::nullopt;
    operands.push_back(std::move(*tensor));
  }
  ScopedDiagnosticHandler silence(op->getContext(),
                                  [](Diagnostic &) { return success(); });
  FailureOr<graph::HostTensor> result =
      graph::evaluate(op, operands, graph::SymbolValues());
  if (failed(result))
    return std::nullopt;
  return result->toAttribute(type);
}

/// One walk suffices: operands are constants before their users are looked at.
void foldSmall(func::FuncOp function) {
  for (Operation &op : llvm::make_early_inc_range(function.front())) {
    std::optional<DenseElementsAttr> value = constantResult(&op);
    if (!value)
      continue;
    OpBuilder builder(&op);
    auto constant = graph::ConstantOp::create(
        builder, op.getLoc(), cast<RankedTensorType>(value->getType()), *value);
    op.getResult(0).replaceAllUsesWith(constant);
    op.erase();
  }
}

struct FoldConstants : impl::FoldConstantsBase<FoldConstants> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    WeightFolder weights(module);
    for (auto function : module.getOps<func::FuncOp>()) {
      if (!llvm::hasSingleElement(function.getBody()))
        continue;
      if (failed(shrinkOperands(function)))
        return signalPassFailure();
      foldSmall(function);
      weights.fold(function, maximumResultElements);
      // Constants that have become scalars by now.
      if (failed(shrinkOperands(function)))
        return signalPassFailure();
    }
    weights.mergeEqual();
    weights.eraseUnused();
  }

private:
  /// Also erases what nobody uses.
  LogicalResult shrinkOperands(func::FuncOp function) {
    RewritePatternSet patterns(&getContext());
    populateImplicitBroadcastPatterns(patterns);
    return rewriteGreedily(function, std::move(patterns));
  }
};

} // namespace
} // namespace lmcc
