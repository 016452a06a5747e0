//===- UniformExtras.cpp - Attention without masks that hide nothing ------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Normalize/UniformExtras.h"
#include "passes/Normalize/Constants.h"
#include "passes/Normalize/LocalBuilder.h"

using namespace mlir;
using lmcc::graph::typeOf;

namespace lmcc {
namespace {

struct UniformExtraIsConstant : OpRewritePattern<graph::AttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(graph::AttentionOp attention,
                                PatternRewriter &rewriter) const override {
    for (auto [number, extra] : llvm::enumerate(attention.getExtras())) {
      std::optional<double> value = splatNumber(extra);
      if (!value)
        continue;
      LocalBuilder build(rewriter, attention);
      Block &body = attention.getAdjust().front();
      rewriter.modifyOpInPlace(attention, [&, number = number] {
        rewriter.setInsertionPointToStart(&body);
        BlockArgument argument = body.getArgument(number + 1);
        argument.replaceAllUsesWith(uniform(build, typeOf(argument), *value));
        body.eraseArgument(number + 1);
        attention.getExtrasMutable().erase(number);
      });
      return success();
    }
    return rewriter.notifyMatchFailure(attention, "all extras differ");
  }

private:
  /// A constant of one element, repeated where the type has more.
  static Value uniform(LocalBuilder &build, RankedTensorType type,
                       double value) {
    Type element = type.getElementType();
    if (!type.hasStaticShape() || type.getNumElements() != 1)
      return build.broadcast(build.scalar(element, value),
                             build.space().sizes(type));
    OpBuilder &ops = build.operations();
    Attribute number = isa<FloatType>(element)
                           ? Attribute(ops.getFloatAttr(element, value))
                           : Attribute(ops.getIntegerAttr(
                                 element, static_cast<int64_t>(value)));
    return build.constant(DenseElementsAttr::get(type, number));
  }
};

/// scores + 0 -> scores: a softmax does not see the sign of zero.
struct AddNothingToScores : OpRewritePattern<graph::AddOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(graph::AddOp add,
                                PatternRewriter &rewriter) const override {
    auto attention = dyn_cast<graph::AttentionOp>(add->getParentOp());
    if (!attention)
      return rewriter.notifyMatchFailure(add, "adds no scores");
    for (Operation *user : add->getUsers())
      if (!isa<graph::AddOp, graph::SubOp, graph::SelectOp, graph::YieldOp>(
              user))
        return rewriter.notifyMatchFailure(add, "more than a sum follows");
    for (auto [zero, other] : {std::pair(add.getLhs(), add.getRhs()),
                               std::pair(add.getRhs(), add.getLhs())}) {
      if (splatNumber(zero) != 0.0 || other.getType() != add.getType())
        continue;
      rewriter.replaceOp(add, other);
      return success();
    }
    return rewriter.notifyMatchFailure(add, "adds something");
  }
};

} // namespace

void populateUniformExtrasPatterns(RewritePatternSet &patterns) {
  patterns.add<UniformExtraIsConstant, AddNothingToScores>(
      patterns.getContext());
}

} // namespace lmcc
