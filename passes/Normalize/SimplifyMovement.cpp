//===- SimplifyMovement.cpp - Fewer moves, casts and neutral operands -----===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What exporters leave behind that computes nothing. Every rewrite keeps every
// bit, payloads of NaN excepted.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "passes/Normalize/Constants.h"
#include "passes/Normalize/ImplicitBroadcast.h"
#include "passes/Normalize/LocalBuilder.h"
#include "passes/Normalize/Passes.h"
#include "passes/Normalize/UniformExtras.h"

using namespace mlir;
using lmcc::graph::typeOf;

namespace lmcc {
#define GEN_PASS_DEF_SIMPLIFYMOVEMENT
#include "passes/Normalize/Passes.h.inc"

namespace {

/// Replaces `op` by `value`, repeated if the shape of `op` is larger.
void replaceByOperand(PatternRewriter &rewriter, Operation *op, Value value) {
  LocalBuilder build(rewriter, op);
  rewriter.replaceOp(op,
                     build.broadcast(value, build.sizesOf(op->getResult(0))));
}

//===----------------------------------------------------------------------===//
// Movement
//===----------------------------------------------------------------------===//

/// transpose(transpose(x)) -> transpose(x)
struct ComposeTransposes : OpRewritePattern<graph::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(graph::TransposeOp transpose,
                                PatternRewriter &rewriter) const override {
    auto inner = transpose.getInput().getDefiningOp<graph::TransposeOp>();
    if (!inner)
      return rewriter.notifyMatchFailure(transpose, "input is no transpose");
    LocalBuilder build(rewriter, transpose);
    rewriter.replaceOp(
        transpose,
        build.transpose(inner.getInput(),
                        applyPermutation(inner.getPermutation(),
                                         transpose.getPermutation())));
    return success();
  }
};

/// A transpose that leaves the axes with more than one element in their order
/// moves nothing: transpose(x) -> reshape(x)
struct TransposeOfUnitAxes : OpRewritePattern<graph::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(graph::TransposeOp transpose,
                                PatternRewriter &rewriter) const override {
    RankedTensorType type = typeOf(transpose.getInput());
    SmallVector<int64_t> longAxes(
        llvm::make_filter_range(transpose.getPermutation(), [&](int64_t axis) {
          return type.getDimSize(axis) != 1;
        }));
    if (!llvm::is_sorted(longAxes))
      return rewriter.notifyMatchFailure(transpose, "elements change places");
    LocalBuilder build(rewriter, transpose);
    rewriter.replaceOp(transpose,
                       build.reshape(transpose.getInput(),
                                     build.sizesOf(transpose.getResult())));
    return success();
  }
};

/// transpose(reshape(transpose(x))) -> reshape(x) if the reshape only adds or
/// removes axes of size 1 and the others end up in the order they had.
struct TransposesAroundUnitAxes : OpRewritePattern<graph::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(graph::TransposeOp outer,
                                PatternRewriter &rewriter) const override {
    auto reshape = outer.getInput().getDefiningOp<graph::ReshapeOp>();
    auto inner = reshape
                     ? reshape.getInput().getDefiningOp<graph::TransposeOp>()
                     : graph::TransposeOp();
    if (!inner)
      return rewriter.notifyMatchFailure(outer, "no transposes to cancel");
    SmallVector<int64_t> before = longAxes(inner.getType());
    SmallVector<int64_t> after = longAxes(reshape.getType());
    bool onlyUnits =
        before.size() == after.size() &&
        llvm::all_of(llvm::zip(before, after), [&](const auto &axes) {
          return graph::axisSize(inner.getType(), std::get<0>(axes)) ==
                 graph::axisSize(reshape.getType(), std::get<1>(axes));
        });
    if (!onlyUnits)
      return rewriter.notifyMatchFailure(outer, "the reshape does more");
    SmallVector<int64_t> order;
    for (int64_t axis : outer.getPermutation())
      if (auto *place = llvm::find(after, axis); place != after.end())
        order.push_back(inner.getPermutation()[before[place - after.begin()]]);
    if (!llvm::is_sorted(order))
      return rewriter.notifyMatchFailure(outer, "elements change places");
    LocalBuilder build(rewriter, outer);
    rewriter.replaceOp(outer, build.reshape(inner.getInput(),
                                            build.sizesOf(outer.getResult())));
    return success();
  }

private:
  static SmallVector<int64_t> longAxes(RankedTensorType type) {
    SmallVector<int64_t> axes;
    for (int64_t axis = 0; axis < type.getRank(); ++axis)
      if (type.getDimSize(axis) != 1)
        axes.push_back(axis);
    return axes;
  }
};

/// broadcast(broadcast(x)) -> broadcast(x)
struct ComposeBroadcasts : OpRewritePattern<graph::BroadcastOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(graph::BroadcastOp broadcast,
                                PatternRewriter &rewriter) const override {
    auto inner = broadcast.getInput().getDefiningOp<graph::BroadcastOp>();
    if (!inner)
      return rewriter.notifyMatchFailure(broadcast, "input is no broadcast");
    replaceByOperand(rewriter, broadcast, inner.getInput());
    return success();
  }
};

/// A broadcast that only adds axes of size 1: broadcast(x) -> reshape(x)
struct BroadcastToUnitAxes : OpRewritePattern<graph::BroadcastOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(graph::BroadcastOp broadcast,
                                PatternRewriter &rewriter) const override {
    RankedTensorType input = typeOf(broadcast.getInput());
    RankedTensorType result = broadcast.getType();
    int64_t added = result.getRank() - input.getRank();
    for (int64_t axis = 0; axis < result.getRank(); ++axis) {
      bool repeats = axis < added ? result.getDimSize(axis) != 1
                                  : graph::axisSize(input, axis - added) !=
                                        graph::axisSize(result, axis);
      if (repeats)
        return rewriter.notifyMatchFailure(broadcast, "repeats elements");
    }
    LocalBuilder build(rewriter, broadcast);
    rewriter.replaceOp(broadcast,
                       build.reshape(broadcast.getInput(),
                                     build.sizesOf(broadcast.getResult())));
    return success();
  }
};

/// The one element that `value` repeats; null if it is no such broadcast.
Value repeatedElement(Value value) {
  auto broadcast = value.getDefiningOp<graph::BroadcastOp>();
  if (!broadcast)
    return {};
  RankedTensorType input = typeOf(broadcast.getInput());
  bool isOne = input.hasStaticShape() && input.getNumElements() == 1;
  return isOne ? broadcast.getInput() : Value();
}

/// Moves of a tensor whose elements are all the same: broadcast(element)
template <typename Op> struct MoveOfUniform : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op move,
                                PatternRewriter &rewriter) const override {
    Value element = repeatedElement(move.getInput());
    if (!element)
      return rewriter.notifyMatchFailure(move, "elements differ");
    LocalBuilder build(rewriter, move);
    rewriter.replaceOp(move, build.broadcast(build.reshape(element, {}),
                                             build.sizesOf(move.getResult())));
    return success();
  }
};

/// concat(broadcast(c), broadcast(c)) -> broadcast(c), for a constant c
struct ConcatOfUniform : OpRewritePattern<graph::ConcatOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(graph::ConcatOp concat,
                                PatternRewriter &rewriter) const override {
    std::optional<double> number = splatNumber(concat.getInputs().front());
    if (!number || !llvm::all_of(concat.getInputs(), [&](Value input) {
          return isSplat(input, *number);
        }))
      return rewriter.notifyMatchFailure(concat, "operands differ");
    if (concat.getType().hasStaticShape())
      return rewriter.notifyMatchFailure(concat, "is a constant");
    LocalBuilder build(rewriter, concat);
    Value element = build.scalar(concat.getType().getElementType(), *number);
    rewriter.replaceOp(
        concat, build.broadcast(element, build.sizesOf(concat.getResult())));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Casts
//===----------------------------------------------------------------------===//

bool isBoolean(Type type) { return type.isInteger(1); }
bool isInteger(Type type) { return isa<IntegerType>(type) && !isBoolean(type); }

/// The bits that the magnitude of an integer takes.
unsigned magnitudeBits(Type integer) {
  return integer.getIntOrFloatBitWidth() - !integer.isUnsignedInteger();
}

/// Whether a cast keeps the value of every element.
bool keepsValues(Type from, Type to) {
  if (from == to || isBoolean(from))
    return true;
  if (isBoolean(to))
    return false;
  if (isInteger(from) && isInteger(to))
    return magnitudeBits(from) <= magnitudeBits(to) &&
           (from.isUnsignedInteger() || !to.isUnsignedInteger());
  if (isInteger(from)) // The most negative one is a power of two, too.
    return magnitudeBits(from) <= cast<FloatType>(to).getFPMantissaWidth();
  if (isInteger(to))
    return false;
  // f16 and bf16 do not contain each other; otherwise more bits hold more.
  return from.getIntOrFloatBitWidth() < to.getIntOrFloatBitWidth();
}

/// Whether casting `from` by way of `middle` gives what a single cast gives.
bool isDirect(Type from, Type middle, Type to) {
  // Integers keep their low bits, however often they are cut.
  if (isInteger(from) && isInteger(middle) && isInteger(to) &&
      middle.getIntOrFloatBitWidth() >= to.getIntOrFloatBitWidth())
    return true;
  if (!keepsValues(from, middle))
    return false;
  // Integers wrap where floats saturate.
  return !(isInteger(from) && isa<FloatType>(middle) && isInteger(to)) ||
         keepsValues(from, to);
}

/// cast(cast(x)) -> cast(x), or x if the types are the same.
struct ComposeCasts : OpRewritePattern<graph::CastOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(graph::CastOp outer,
                                PatternRewriter &rewriter) const override {
    Value source = outer.getInput();
    Type to = typeOf(outer).getElementType();
    if (auto inner = source.getDefiningOp<graph::CastOp>();
        inner && isDirect(typeOf(inner.getInput()).getElementType(),
                          typeOf(inner).getElementType(), to))
      source = inner.getInput();
    if (source == outer.getInput() && source.getType() != outer.getType())
      return rewriter.notifyMatchFailure(outer, "no cast could be left out");
    LocalBuilder build(rewriter, outer);
    rewriter.replaceOp(outer, build.cast(source, to));
    return success();
  }
};

/// gather(x, cast(indices)) -> gather(x, indices), if the cast widens them.
struct IndicesOfAnyWidth : OpRewritePattern<graph::GatherOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(graph::GatherOp gather,
                                PatternRewriter &rewriter) const override {
    auto cast = gather.getIndices().getDefiningOp<graph::CastOp>();
    if (!cast ||
        !typeOf(cast.getInput()).getElementType().isSignlessInteger(32))
      return rewriter.notifyMatchFailure(gather, "indices are no i32");
    rewriter.modifyOpInPlace(
        gather, [&] { gather.getIndicesMutable().set(cast.getInput()); });
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

/// select(constant, a, b) -> a or b
struct SelectByConstant : OpRewritePattern<graph::SelectOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(graph::SelectOp select,
                                PatternRewriter &rewriter) const override {
    std::optional<double> condition = splatNumber(select.getCondition());
    if (!condition)
      return rewriter.notifyMatchFailure(select, "condition is not uniform");
    replaceByOperand(rewriter, select,
                     *condition != 0 ? select.getLhs() : select.getRhs());
    return success();
  }
};

/// f(f(x)) -> x for a function that undoes itself.
template <typename Op> struct CancelInverse : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op outer,
                                PatternRewriter &rewriter) const override {
    auto inner = outer.getInput().template getDefiningOp<Op>();
    if (!inner)
      return rewriter.notifyMatchFailure(outer, "input is another function");
    rewriter.replaceOp(outer, inner.getInput());
    return success();
  }
};

/// f(x, c) -> x for a number c that changes nothing; with `commutes` also
/// f(c, x).
template <typename Op, bool commutes>
struct DropNeutral : OpRewritePattern<Op> {
  DropNeutral(MLIRContext *context, double forFloats, double forIntegers)
      : OpRewritePattern<Op>(context), forFloats(forFloats),
        forIntegers(forIntegers) {}

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    Type element = typeOf(op.getLhs()).getElementType();
    double neutral = isa<FloatType>(element) ? forFloats : forIntegers;
    if (isSplat(op.getRhs(), neutral)) {
      replaceByOperand(rewriter, op, op.getLhs());
      return success();
    }
    if (commutes && isSplat(op.getLhs(), neutral)) {
      replaceByOperand(rewriter, op, op.getRhs());
      return success();
    }
    return rewriter.notifyMatchFailure(op, "no operand is neutral");
  }

private:
  double forFloats, forIntegers;
};

void addNeutralNumbers(RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  // x + 0 turns -0 into 0, x + -0 and x - 0 do not.
  patterns.add<DropNeutral<graph::AddOp, true>>(context, -0.0, 0.0);
  patterns.add<DropNeutral<graph::SubOp, false>>(context, 0.0, 0.0);
  patterns.add<DropNeutral<graph::MulOp, true>>(context, 1.0, 1.0);
  patterns.add<DropNeutral<graph::DivOp, false>>(context, 1.0, 1.0);
  patterns.add<DropNeutral<graph::AndOp, true>>(context, 1.0, 1.0);
  patterns.add<DropNeutral<graph::OrOp, true>>(context, 0.0, 0.0);
}

struct SimplifyMovement : impl::SimplifyMovementBase<SimplifyMovement> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateImplicitBroadcastPatterns(patterns);
    patterns
        .add<ComposeTransposes, TransposeOfUnitAxes, TransposesAroundUnitAxes,
             ComposeBroadcasts, BroadcastToUnitAxes,
             MoveOfUniform<graph::ReshapeOp>, MoveOfUniform<graph::TransposeOp>,
             MoveOfUniform<graph::SliceOp>, ConcatOfUniform, ComposeCasts,
             IndicesOfAnyWidth, SelectByConstant, CancelInverse<graph::NegOp>,
             CancelInverse<graph::NotOp>>(&getContext());
    addNeutralNumbers(patterns);
    populateUniformExtrasPatterns(patterns);
    if (failed(rewriteGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace lmcc
