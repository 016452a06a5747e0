//===- LowerReductions.cpp - Reduce along the last axis only --------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Kernels reduce rows. Everything else is a row after moving the axes behind
// the others and taking them for one; the moves meet other moves there and
// often cancel.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "passes/Normalize/LocalBuilder.h"
#include "passes/Normalize/Passes.h"

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_LOWERREDUCTIONS
#include "passes/Normalize/Passes.h.inc"

namespace {

bool isLastAxis(ArrayRef<int64_t> axes, Value input) {
  return axes.size() == 1 && axes.front() == graph::Builder::rankOf(input) - 1;
}

/// All axes, `axes` behind the others, each group in its order.
SmallVector<int64_t> movedToBack(ArrayRef<int64_t> axes, int64_t rank) {
  SmallVector<int64_t> order;
  for (int64_t axis = 0; axis < rank; ++axis)
    if (!llvm::is_contained(axes, axis))
      order.push_back(axis);
  order.append(axes.begin(), axes.end());
  return order;
}

/// The elements along `axes` as the rows of a tensor.
Value asRows(LocalBuilder &build, Value input, ArrayRef<int64_t> axes) {
  Value moved =
      build.transpose(input, movedToBack(axes, graph::Builder::rankOf(input)));
  graph::Builder::Sizes sizes = build.sizesOf(moved);
  size_t kept = sizes.size() - axes.size();
  AffineExpr columns = build.space().product(ArrayRef(sizes).drop_front(kept));
  sizes.truncate(kept);
  sizes.push_back(columns);
  return build.reshape(moved, sizes);
}

/// reduce(x, axes) -> reduce(x, axes without those of size 1)
struct DropUnitAxes : OpRewritePattern<graph::ReduceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(graph::ReduceOp reduce,
                                PatternRewriter &rewriter) const override {
    auto type = cast<RankedTensorType>(reduce.getInput().getType());
    SmallVector<int64_t> axes(
        llvm::make_filter_range(reduce.getAxes(), [&](int64_t axis) {
          return type.getDimSize(axis) != 1;
        }));
    if (!axes.empty() && axes.size() == reduce.getAxes().size())
      return rewriter.notifyMatchFailure(reduce, "no axis has size 1");
    LocalBuilder build(rewriter, reduce);
    rewriter.replaceOp(reduce,
                       build.reduce(reduce.getReduction(), reduce.getInput(),
                                    axes, /*keep=*/true));
    return success();
  }
};

/// reduce(x, axes) -> reshape(reduce(reshape(transpose(x)), last axis))
struct ReduceRows : OpRewritePattern<graph::ReduceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(graph::ReduceOp reduce,
                                PatternRewriter &rewriter) const override {
    if (isLastAxis(reduce.getAxes(), reduce.getInput()))
      return rewriter.notifyMatchFailure(reduce, "reduces rows already");
    LocalBuilder build(rewriter, reduce);
    Value rows = asRows(build, reduce.getInput(), reduce.getAxes());
    Value reduced =
        build.reduce(reduce.getReduction(), rows,
                     {graph::Builder::rankOf(rows) - 1}, /*keep=*/true);
    rewriter.replaceOp(
        reduce, build.reshape(reduced, build.sizesOf(reduce.getResult())));
    return success();
  }
};

/// arg_max(x, axis) -> reshape(arg_max(transpose(x), last axis))
struct ArgMaxRows : OpRewritePattern<graph::ArgMaxOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(graph::ArgMaxOp argMax,
                                PatternRewriter &rewriter) const override {
    auto axis = static_cast<int64_t>(argMax.getAxis());
    if (isLastAxis(axis, argMax.getInput()))
      return rewriter.notifyMatchFailure(argMax, "searches rows already");
    LocalBuilder build(rewriter, argMax);
    Value rows = asRows(build, argMax.getInput(), axis);
    graph::Builder::Sizes sizes = build.sizesOf(rows);
    sizes.back() = build.space().number(1);
    auto found = graph::ArgMaxOp::create(
        rewriter, argMax.getLoc(),
        build.space().type(sizes, argMax.getType().getElementType()), rows,
        graph::Builder::rankOf(rows) - 1, argMax.getLast());
    rewriter.replaceOp(argMax,
                       build.reshape(found, build.sizesOf(argMax.getResult())));
    return success();
  }
};

/// cumulative_sum(x, axis) -> transpose(cumulative_sum(transpose(x), last
/// axis))
struct SumRows : OpRewritePattern<graph::CumulativeSumOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(graph::CumulativeSumOp sum,
                                PatternRewriter &rewriter) const override {
    auto axis = static_cast<int64_t>(sum.getAxis());
    if (isLastAxis(axis, sum.getInput()))
      return rewriter.notifyMatchFailure(sum, "runs along rows already");
    LocalBuilder build(rewriter, sum);
    int64_t rank = graph::Builder::rankOf(sum.getInput());
    SmallVector<int64_t> order = movedToBack(axis, rank);
    Value rows = build.transpose(sum.getInput(), order);
    Value sums = build.cumulativeSum(rows, rank - 1, sum.getExclusive(),
                                     sum.getReverse());
    rewriter.replaceOp(sum,
                       build.transpose(sums, invertPermutationVector(order)));
    return success();
  }
};

struct LowerReductions : impl::LowerReductionsBase<LowerReductions> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<DropUnitAxes>(&getContext(), /*benefit=*/2);
    patterns.add<ReduceRows, ArgMaxRows, SumRows>(&getContext());
    if (failed(rewriteGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace lmcc
