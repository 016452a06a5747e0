//===- RegroupBatches.cpp - One spelling of the batch of a product --------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Exporters merge batch and heads into one axis in front of a product and split
// them behind it, or repeat the heads of keys for several heads of queries.
// Here reshapes that only touch batch axes move behind what goes matrix by
// matrix, until those around one attention meet and cancel.
//
//===----------------------------------------------------------------------===//

#include "passes/Normalize/ImplicitBroadcast.h"
#include "passes/Normalize/LocalBuilder.h"
#include "passes/Normalize/Passes.h"
#include "passes/Normalize/Regrouping.h"

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_REGROUPBATCHES
#include "passes/Normalize/Passes.h.inc"

namespace {

using Sizes = graph::Builder::Sizes;
using lmcc::graph::typeOf;

/// The reshape that makes `value`, merges batch axes and leaves the last two
/// axes alone. Those that split stay where they are, or two operands of one
/// operation would take turns.
graph::ReshapeOp batchMerge(Value value) {
  auto reshape = value.getDefiningOp<graph::ReshapeOp>();
  if (!reshape)
    return {};
  RankedTensorType from = typeOf(reshape.getInput()), to = reshape.getType();
  if (to.getRank() < 2 || from.getRank() <= to.getRank())
    return {};
  for (int64_t fromBack : {1, 2})
    if (graph::axisSize(from, from.getRank() - fromBack) !=
        graph::axisSize(to, to.getRank() - fromBack))
      return {};
  return reshape;
}

/// `batch` followed by the last two sizes of `value`.
Sizes withBatch(ArrayRef<AffineExpr> batch, graph::Builder &build,
                Value value) {
  Sizes sizes(batch);
  Sizes own = build.sizesOf(value);
  sizes.append(own.end() - 2, own.end());
  return sizes;
}

ArrayRef<AffineExpr> batchOf(const Sizes &sizes) {
  return ArrayRef(sizes).drop_back(2);
}

/// `value` broadcasts to sizes whose batch is regrouped from `from` to `to`:
/// its own sizes after that, or nothing if it has only a part of a group.
std::optional<Sizes> regroupOperand(graph::Builder &build, Value value,
                                    ArrayRef<AffineExpr> from,
                                    ArrayRef<AffineExpr> to) {
  graph::DimSpace &space = build.space();
  Sizes own = build.sizesOf(value);
  if (own.size() <= 2)
    return own;
  auto groups = regroup(space, from, to);
  if (!groups)
    return std::nullopt;
  Sizes padded(from.size() + 2 - own.size(), space.number(1));
  padded.append(own);
  Sizes batch;
  for (const AxisGroup &group : *groups) {
    auto axes = llvm::seq(group.oldFirst, group.oldFirst + group.oldCount);
    auto isWhole = [&](int64_t axis) { return padded[axis] == from[axis]; };
    auto isUnit = [&](int64_t axis) {
      return space.constant(padded[axis]) == 1;
    };
    if (llvm::all_of(axes, isWhole))
      llvm::append_range(batch, to.slice(group.newFirst, group.newCount));
    else if (llvm::all_of(axes, isUnit))
      batch.append(group.newCount, space.number(1));
    else
      return std::nullopt;
  }
  return withBatch(batch, build, value);
}

//===----------------------------------------------------------------------===//
// Behind operations
//===----------------------------------------------------------------------===//

/// f(reshape(x), y) -> reshape(f(x, reshape(y)))
struct SinkBelowElementwise : OpTraitRewritePattern<graph::Elementwise> {
  using OpTraitRewritePattern::OpTraitRewritePattern;

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    RankedTensorType type = typeOf(op->getResult(0));
    for (OpOperand &operand : op->getOpOperands()) {
      graph::ReshapeOp reshape = batchMerge(operand.get());
      RankedTensorType shape = typeOf(operand.get());
      if (!reshape || shape.getShape() != type.getShape() ||
          shape.getEncoding() != type.getEncoding())
        continue;
      LocalBuilder build(rewriter, op);
      Sizes from = build.sizesOf(op->getResult(0));
      Sizes to = build.sizesOf(reshape.getInput());
      SmallVector<Sizes> shapes;
      for (OpOperand &other : op->getOpOperands()) {
        // The reshaped operand alone is sure to have every axis of the result.
        std::optional<Sizes> sizes = to;
        if (other.get() != operand.get())
          sizes =
              regroupOperand(build, other.get(), batchOf(from), batchOf(to));
        if (!sizes)
          break;
        shapes.push_back(*sizes);
      }
      if (shapes.size() != op->getNumOperands())
        continue;
      rewrite(op, build, shapes, to, rewriter);
      return success();
    }
    return rewriter.notifyMatchFailure(op, "no operand's batch is reshaped");
  }

private:
  static void rewrite(Operation *op, graph::Builder &build,
                      ArrayRef<Sizes> shapes, const Sizes &to,
                      PatternRewriter &rewriter) {
    SmallVector<Value> operands;
    for (auto [operand, sizes] : llvm::zip(op->getOperands(), shapes))
      operands.push_back(build.reshape(operand, sizes));
    Operation *computed = rewriter.clone(*op);
    rewriter.modifyOpInPlace(computed, [&] {
      computed->setOperands(operands);
      computed->getResult(0).setType(
          build.space().type(to, typeOf(op->getResult(0)).getElementType()));
    });
    rewriter.replaceOp(op, build.reshape(computed->getResult(0),
                                         build.sizesOf(op->getResult(0))));
  }
};

/// softmax(reshape(x)) -> reshape(softmax(x))
struct SinkBelowSoftmax : OpRewritePattern<graph::SoftmaxOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(graph::SoftmaxOp op,
                                PatternRewriter &rewriter) const override {
    graph::ReshapeOp reshape = batchMerge(op.getInput());
    if (!reshape)
      return rewriter.notifyMatchFailure(op, "the batch is not reshaped");
    LocalBuilder build(rewriter, op);
    Value rows = build.softmax(reshape.getInput());
    rewriter.replaceOp(op, build.reshape(rows, build.sizesOf(op.getResult())));
    return success();
  }
};

/// matmul(reshape(x), reshape(y)) -> reshape(matmul(x, y)) for one batch
struct SinkBelowProduct : OpRewritePattern<graph::MatmulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(graph::MatmulOp op,
                                PatternRewriter &rewriter) const override {
    graph::ReshapeOp left = batchMerge(op.getLhs()),
                     right = batchMerge(op.getRhs());
    if (!left || !right)
      return rewriter.notifyMatchFailure(op, "an operand is no reshape");
    LocalBuilder build(rewriter, op);
    Sizes a = build.sizesOf(left.getInput()),
          b = build.sizesOf(right.getInput());
    Sizes result = build.sizesOf(op.getResult());
    if (batchOf(a) != batchOf(b) ||
        batchOf(build.sizesOf(left)) != batchOf(result) ||
        batchOf(build.sizesOf(right)) != batchOf(result))
      return rewriter.notifyMatchFailure(op, "the batches differ");
    Value product = build.matmul(left.getInput(), right.getInput());
    rewriter.replaceOp(op, build.reshape(product, result));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Repeated heads
//===----------------------------------------------------------------------===//

/// matmul(x, reshape(broadcast(y))) -> reshape(matmul(reshape(x),
/// broadcast(y)))
struct ShareRepeatedMatrices : OpRewritePattern<graph::MatmulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(graph::MatmulOp op,
                                PatternRewriter &rewriter) const override {
    graph::ReshapeOp reshape = batchMerge(op.getRhs());
    if (!reshape || !reshape.getInput().getDefiningOp<graph::BroadcastOp>())
      return rewriter.notifyMatchFailure(op, "right side is not repeated");
    LocalBuilder build(rewriter, op);
    Sizes old = build.sizesOf(reshape), now = build.sizesOf(reshape.getInput());
    Sizes result = build.sizesOf(op.getResult());
    if (batchOf(result) != batchOf(old))
      return rewriter.notifyMatchFailure(op, "left side has a larger batch");
    auto sizes = regroupOperand(build, op.getLhs(), batchOf(old), batchOf(now));
    if (!sizes)
      return rewriter.notifyMatchFailure(op, "left side cannot be regrouped");
    Value left = build.reshape(op.getLhs(), *sizes);
    Value product = build.matmul(left, reshape.getInput());
    rewriter.replaceOp(op, build.reshape(product, result));
    return success();
  }
};

/// matmul(x, broadcast(y)) -> matmul(x, y) where x alone has the whole batch
struct ProductRepeatsByItself : OpRewritePattern<graph::MatmulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(graph::MatmulOp op,
                                PatternRewriter &rewriter) const override {
    auto broadcast = op.getRhs().getDefiningOp<graph::BroadcastOp>();
    if (!broadcast)
      return rewriter.notifyMatchFailure(op, "right side is no broadcast");
    LocalBuilder build(rewriter, op);
    Sizes from = build.sizesOf(broadcast.getInput()),
          to = build.sizesOf(broadcast), result = build.sizesOf(op.getResult());
    bool keepsMatrix = from.size() >= 2 &&
                       ArrayRef(from).take_back(2) == ArrayRef(to).take_back(2);
    if (!keepsMatrix || batchOf(build.sizesOf(op.getLhs())) != batchOf(result))
      return rewriter.notifyMatchFailure(op, "the batch would shrink");
    rewriter.modifyOpInPlace(
        op, [&] { op.getRhsMutable().assign(broadcast.getInput()); });
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Around transposes
//===----------------------------------------------------------------------===//

/// The permutation of the axes of groups, where group `order[i]` comes i-th.
SmallVector<int64_t>
permuteGroups(ArrayRef<int64_t> order,
              function_ref<std::pair<int64_t, int64_t>(int64_t group)> axesOf) {
  SmallVector<int64_t> permutation;
  for (int64_t group : order) {
    auto [first, count] = axesOf(group);
    llvm::append_range(permutation, llvm::seq(first, first + count));
  }
  return permutation;
}

/// transpose(reshape(x)) -> reshape(transpose(x)) for a reshape that merges
struct SinkMergeBelowTranspose : OpRewritePattern<graph::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(graph::TransposeOp op,
                                PatternRewriter &rewriter) const override {
    auto reshape = op.getInput().getDefiningOp<graph::ReshapeOp>();
    if (!reshape)
      return rewriter.notifyMatchFailure(op, "input is no reshape");
    LocalBuilder build(rewriter, op);
    auto groups = regroup(build.space(), build.sizesOf(reshape.getInput()),
                          build.sizesOf(reshape));
    if (!groups || llvm::any_of(*groups, [](const AxisGroup &group) {
          return group.newCount != 1;
        }))
      return rewriter.notifyMatchFailure(op, "the reshape splits an axis");
    Value moved =
        build.transpose(reshape.getInput(),
                        permuteGroups(op.getPermutation(), [&](int64_t group) {
                          return std::pair((*groups)[group].oldFirst,
                                           (*groups)[group].oldCount);
                        }));
    rewriter.replaceOp(op, build.reshape(moved, build.sizesOf(op.getResult())));
    return success();
  }
};

/// reshape(transpose(x)) -> transpose(reshape(x)) for a reshape that splits
struct HoistSplitAboveTranspose : OpRewritePattern<graph::ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(graph::ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    auto transpose = op.getInput().getDefiningOp<graph::TransposeOp>();
    if (!transpose || !transpose->hasOneUse())
      return rewriter.notifyMatchFailure(op, "input is no transpose");
    LocalBuilder build(rewriter, op);
    Sizes sizes = build.sizesOf(op.getResult());
    auto groups = regroup(build.space(), build.sizesOf(transpose), sizes);
    if (!groups || llvm::any_of(*groups, [](const AxisGroup &group) {
          return group.oldCount != 1;
        }))
      return rewriter.notifyMatchFailure(op, "the reshape merges axes");
    // Group i is axis i of the transpose, so axis permutation[i] of its input.
    ArrayRef<int64_t> permutation = transpose.getPermutation();
    SmallVector<int64_t> groupOfAxis(permutation.size());
    for (auto [group, axis] : llvm::enumerate(permutation))
      groupOfAxis[axis] = static_cast<int64_t>(group);
    Sizes before;
    SmallVector<int64_t> firstOf(permutation.size());
    for (auto [axis, group] : llvm::enumerate(groupOfAxis)) {
      firstOf[group] = static_cast<int64_t>(before.size());
      llvm::append_range(before,
                         ArrayRef(sizes).slice((*groups)[group].newFirst,
                                               (*groups)[group].newCount));
    }
    Value split = build.reshape(transpose.getInput(), before);
    auto inOrder = llvm::to_vector(
        llvm::seq<int64_t>(0, static_cast<int64_t>(permutation.size())));
    rewriter.replaceOp(
        op, build.transpose(split, permuteGroups(inOrder, [&](int64_t group) {
                              return std::pair(firstOf[group],
                                               (*groups)[group].newCount);
                            })));
    return success();
  }
};

/// transpose(broadcast(x)) -> broadcast(transpose(x)) for equal ranks
struct SinkBroadcastBelowTranspose : OpRewritePattern<graph::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(graph::TransposeOp op,
                                PatternRewriter &rewriter) const override {
    auto broadcast = op.getInput().getDefiningOp<graph::BroadcastOp>();
    if (!broadcast ||
        typeOf(broadcast.getInput()).getRank() != op.getType().getRank())
      return rewriter.notifyMatchFailure(op, "input is no broadcast in place");
    LocalBuilder build(rewriter, op);
    Value moved = build.transpose(broadcast.getInput(), op.getPermutation());
    rewriter.replaceOp(op,
                       build.broadcast(moved, build.sizesOf(op.getResult())));
    return success();
  }
};

struct RegroupBatches : impl::RegroupBatchesBase<RegroupBatches> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    // Scales between a repetition and its product move in front of it.
    populateImplicitBroadcastPatterns(patterns);
    patterns.add<SinkBelowElementwise, SinkBelowSoftmax, SinkBelowProduct,
                 ShareRepeatedMatrices, ProductRepeatsByItself,
                 SinkMergeBelowTranspose, HoistSplitAboveTranspose,
                 SinkBroadcastBelowTranspose>(&getContext());
    if (failed(rewriteGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace lmcc
