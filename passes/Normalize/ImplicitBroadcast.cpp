//===- ImplicitBroadcast.cpp - Broadcasts that operations imply -----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Exporters spell `Expand` and `ConstantOfShape` where an elementwise operation
// would broadcast by itself. Without them constants stay small, and nothing is
// computed more often than there are different operands.
//
//===----------------------------------------------------------------------===//

#include "passes/Normalize/ImplicitBroadcast.h"
#include "passes/Normalize/LocalBuilder.h"

using namespace mlir;
using lmcc::graph::typeOf;

namespace lmcc {
namespace {

/// The shape of an elementwise operation of these operands.
SmallVector<graph::DimsAttr> sharedSizes(ArrayRef<Value> operands) {
  SmallVector<RankedTensorType> types(llvm::map_range(operands, typeOf));
  std::optional<SmallVector<graph::DimsAttr>> sizes =
      graph::broadcastSizes(types);
  assert(sizes && "sources of broadcasts to one shape broadcast");
  return *sizes;
}

SmallVector<graph::DimsAttr> sizesOf(RankedTensorType type) {
  SmallVector<graph::DimsAttr> sizes;
  for (int64_t axis = 0; axis < type.getRank(); ++axis)
    sizes.push_back(graph::axisSize(type, axis));
  return sizes;
}

/// f(broadcast(x), y) -> f(x, y), or broadcast(f(x, y)) if y does not have the
/// whole shape.
struct ComputeBeforeBroadcast : OpTraitRewritePattern<graph::Elementwise> {
  using OpTraitRewritePattern::OpTraitRewritePattern;

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    SmallVector<Value> sources;
    for (Value operand : op->getOperands()) {
      auto broadcast = operand.getDefiningOp<graph::BroadcastOp>();
      sources.push_back(broadcast ? broadcast.getInput() : operand);
    }
    if (llvm::equal(sources, op->getOperands()))
      return rewriter.notifyMatchFailure(op, "no operand is a broadcast");

    RankedTensorType type = typeOf(op->getResult(0));
    SmallVector<graph::DimsAttr> sizes = sharedSizes(sources);
    if (sizes == sizesOf(type)) {
      rewriter.modifyOpInPlace(op, [&] { op->setOperands(sources); });
      return success();
    }

    LocalBuilder build(rewriter, op);
    graph::Builder::Sizes narrow;
    for (graph::DimsAttr size : sizes)
      narrow.append(build.space().expressions(size));
    Operation *computed = rewriter.clone(*op);
    rewriter.modifyOpInPlace(computed, [&] {
      computed->setOperands(sources);
      computed->getResult(0).setType(
          build.space().type(narrow, type.getElementType()));
    });
    rewriter.replaceOp(op, build.broadcast(computed->getResult(0),
                                           build.sizesOf(op->getResult(0))));
    return success();
  }
};

/// f(x, dense<c> : tensor<4x8xf32>) -> f(x, dense<c> : tensor<f32>)
struct ShrinkUniformOperand : OpTraitRewritePattern<graph::Elementwise> {
  using OpTraitRewritePattern::OpTraitRewritePattern;

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    for (OpOperand &operand : op->getOpOperands()) {
      std::optional<DenseElementsAttr> scalar = asScalar(operand.get());
      if (!scalar || !isImplied(operand))
        continue;
      rewriter.setInsertionPoint(op);
      auto constant = graph::ConstantOp::create(
          rewriter, operand.get().getLoc(),
          cast<RankedTensorType>(scalar->getType()), *scalar);
      rewriter.modifyOpInPlace(op, [&] { operand.set(constant); });
      return success();
    }
    return rewriter.notifyMatchFailure(op, "no operand can be a scalar");
  }

private:
  static std::optional<DenseElementsAttr> asScalar(Value value) {
    auto constant = value.getDefiningOp<graph::ConstantOp>();
    if (!constant || typeOf(value).getRank() == 0)
      return std::nullopt;
    auto dense = dyn_cast<DenseElementsAttr>(constant.getValue());
    if (!dense || dense.empty() || !dense.isSplat())
      return std::nullopt;
    return DenseElementsAttr::get(
        RankedTensorType::get({}, dense.getElementType()),
        dense.getSplatValue<Attribute>());
  }

  /// Whether the other operands alone have the shape of the result.
  static bool isImplied(OpOperand &operand) {
    Operation *op = operand.getOwner();
    SmallVector<Value> others;
    for (OpOperand &other : op->getOpOperands())
      if (&other != &operand)
        others.push_back(other.get());
    return sharedSizes(others) == sizesOf(typeOf(op->getResult(0)));
  }
};

} // namespace

void populateImplicitBroadcastPatterns(RewritePatternSet &patterns) {
  patterns.add<ComputeBeforeBroadcast, ShrinkUniformOperand>(
      patterns.getContext());
}

} // namespace lmcc
