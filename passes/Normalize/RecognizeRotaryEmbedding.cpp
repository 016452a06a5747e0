//===- RecognizeRotaryEmbedding.cpp - Rotations out of their arithmetic ---===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Exporters write a rotation in two ways: the tensor times cosines plus its
// pairs, exchanged and with one sign changed, times sines; or first and second
// elements of the pairs apart, which are put together in the end. In either,
// pairs are two halves of a row or neighbours.
//
// A sign moves through a product and a sum without any rounding, so all forms
// have the bits of the operation.
//
//===----------------------------------------------------------------------===//

#include "passes/Normalize/LocalBuilder.h"
#include "passes/Normalize/Passes.h"

using namespace mlir;
using lmcc::graph::typeOf;

namespace lmcc {
#define GEN_PASS_DEF_RECOGNIZEROTARYEMBEDDING
#include "passes/Normalize/Passes.h.inc"

namespace {

int64_t lastAxis(Value value) { return typeOf(value).getRank() - 1; }

/// Whether two tensors of one rank agree on all axes but the last.
bool sameRows(Value a, Value b) {
  if (lastAxis(a) != lastAxis(b))
    return false;
  for (int64_t axis = 0; axis < lastAxis(a); ++axis)
    if (graph::axisSize(typeOf(a), axis) != graph::axisSize(typeOf(b), axis))
      return false;
  return true;
}

//===----------------------------------------------------------------------===//
// Columns and pairs
//===----------------------------------------------------------------------===//

/// `count` columns of `tensor`: the one numbered `start`, then every `step`-th.
struct Columns {
  Value tensor;
  int64_t start, step, count;
};

std::optional<Columns> columnsOf(Value value) {
  auto slice = value.getDefiningOp<graph::SliceOp>();
  int64_t last = lastAxis(value);
  if (!slice || last < 0 || !sameRows(slice.getInput(), value) ||
      typeOf(value).isDynamicDim(last))
    return std::nullopt;
  for (int64_t axis = 0; axis < last; ++axis)
    if (slice.getStarts().getConstant(axis) != 0 || slice.getSteps()[axis] != 1)
      return std::nullopt;
  std::optional<int64_t> start = slice.getStarts().getConstant(last);
  if (!start)
    return std::nullopt;
  return Columns{slice.getInput(), *start, slice.getSteps()[last],
                 typeOf(value).getDimSize(last)};
}

/// First and second elements of all pairs of a row, each a tensor with half as
/// many columns.
struct Pairs {
  Value first, second;
  bool interleaved;
};

/// The tensor that has been taken apart into `pairs`; null if there is none.
Value apartFrom(const Pairs &pairs) {
  std::optional<Columns> first = columnsOf(pairs.first),
                         second = columnsOf(pairs.second);
  if (!first || !second || first->tensor != second->tensor ||
      first->count != second->count)
    return {};
  int64_t step = pairs.interleaved ? 2 : 1;
  bool isPair = first->start == 0 && first->step == step &&
                second->step == step &&
                second->start == (pairs.interleaved ? 1 : first->count);
  RankedTensorType whole = typeOf(first->tensor);
  return isPair && whole.getShape().back() == 2 * first->count ? first->tensor
                                                               : Value();
}

/// The input of a reshape that adds an axis of size 1 behind the others.
Value withoutUnitAxis(Value value) {
  auto reshape = value.getDefiningOp<graph::ReshapeOp>();
  if (!reshape || lastAxis(value) != lastAxis(reshape.getInput()) + 1 ||
      typeOf(value).getShape().back() != 1)
    return {};
  for (int64_t axis = 0; axis < lastAxis(value); ++axis)
    if (graph::axisSize(typeOf(value), axis) !=
        graph::axisSize(typeOf(reshape.getInput()), axis))
      return {};
  return reshape.getInput();
}

/// The pairs that `value` puts together:
/// concat(first, second), or reshape(concat(first[.., 1], second[.., 1]))
std::optional<Pairs> putTogether(Value value) {
  auto reshape = value.getDefiningOp<graph::ReshapeOp>();
  Value joined = reshape ? reshape.getInput() : value;
  auto concat = joined.getDefiningOp<graph::ConcatOp>();
  if (!concat || concat.getInputs().size() != 2 ||
      static_cast<int64_t>(concat.getAxis()) != lastAxis(joined))
    return std::nullopt;
  Value first = concat.getInputs()[0], second = concat.getInputs()[1];
  if (!reshape)
    return first.getType() == second.getType()
               ? std::optional(Pairs{first, second, false})
               : std::nullopt;
  first = withoutUnitAxis(first);
  second = withoutUnitAxis(second);
  if (!first || !second || !sameRows(first, value) ||
      first.getType() != second.getType() ||
      typeOf(first).getShape().back() * 2 != typeOf(value).getShape().back())
    return std::nullopt;
  return Pairs{first, second, true};
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

/// The factor beside `wanted` in a product; null if it has none.
Value factorBeside(Value product, Value wanted) {
  auto mul = product.getDefiningOp<graph::MulOp>();
  if (!mul)
    return {};
  if (mul.getLhs() == wanted)
    return mul.getRhs();
  return mul.getRhs() == wanted ? Value(mul.getLhs()) : Value();
}

/// Whether angles of this type can rotate `input` as factors with one value for
/// each of `columns` columns.
bool areAngles(Value cosine, Value sine, Value input, int64_t columns) {
  return cosine.getType() == sine.getType() &&
         typeOf(input).getElementType().isF32() && lastAxis(cosine) >= 0 &&
         lastAxis(cosine) <= lastAxis(input) &&
         typeOf(cosine).getShape().back() == columns;
}

/// A rotation of all columns of `input`.
struct Rotation {
  Value input, cosine, sine;
  bool interleaved;
};

LogicalResult replaceBy(const std::optional<Rotation> &rotation, Operation *op,
                        PatternRewriter &rewriter) {
  if (!rotation || rotation->input.getType() != op->getResult(0).getType())
    return rewriter.notifyMatchFailure(op, "no rotation of one tensor");
  rewriter.replaceOpWithNewOp<graph::RotaryEmbeddingOp>(
      op, op->getResultTypes().front(), rotation->input, rotation->cosine,
      rotation->sine, typeOf(rotation->input).getShape().back(),
      rotation->interleaved);
  return success();
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

/// x * cosine + (-second, first) * sine -> rotary_embedding(x, cosine, sine)
struct RotationBySum : OpRewritePattern<graph::AddOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(graph::AddOp add,
                                PatternRewriter &rewriter) const override {
    std::optional<Rotation> rotation = match(add.getLhs(), add.getRhs());
    if (!rotation)
      rotation = match(add.getRhs(), add.getLhs());
    return replaceBy(rotation, add, rewriter);
  }

private:
  static std::optional<Rotation> match(Value straight, Value crossed) {
    auto product = crossed.getDefiningOp<graph::MulOp>();
    if (!product)
      return std::nullopt;
    for (Value exchanged : product->getOperands()) {
      std::optional<Pairs> pairs = putTogether(exchanged);
      auto sign =
          pairs ? pairs->first.getDefiningOp<graph::NegOp>() : graph::NegOp();
      if (!sign)
        continue;
      Value input =
          apartFrom({pairs->second, sign.getInput(), pairs->interleaved});
      Value cosine = input ? factorBeside(straight, input) : Value();
      Value sine = factorBeside(crossed, exchanged);
      if (cosine &&
          areAngles(cosine, sine, input, typeOf(input).getShape().back()))
        return Rotation{input, cosine, sine, pairs->interleaved};
    }
    return std::nullopt;
  }
};

/// (first * cosine - second * sine, second * cosine + first * sine) ->
/// rotary_embedding(x, cosine, sine)
template <typename Op> struct RotationByParts : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    return replaceBy(match(op), op, rewriter);
  }

private:
  static std::optional<Rotation> match(Value whole) {
    std::optional<Pairs> rotated = putTogether(whole);
    if (!rotated)
      return std::nullopt;
    auto real = rotated->first.getDefiningOp<graph::SubOp>();
    auto imaginary = rotated->second.getDefiningOp<graph::AddOp>();
    auto byCosine =
        real ? real.getLhs().getDefiningOp<graph::MulOp>() : graph::MulOp();
    auto bySine =
        real ? real.getRhs().getDefiningOp<graph::MulOp>() : graph::MulOp();
    if (!imaginary || !byCosine || !bySine)
      return std::nullopt;
    for (Value first : byCosine->getOperands())
      for (Value second : bySine->getOperands()) {
        Value input = apartFrom({first, second, rotated->interleaved});
        Value cosine = factorBeside(byCosine, first),
              sine = factorBeside(bySine, second);
        if (input && areAngles(cosine, sine, input, halfOf(input)) &&
            isSum(imaginary, {second, cosine}, {first, sine}))
          return Rotation{input, cosine, sine, rotated->interleaved};
      }
    return std::nullopt;
  }

  static int64_t halfOf(Value input) {
    return typeOf(input).getShape().back() / 2;
  }

  using Factors = std::pair<Value, Value>;
  static bool isProduct(Value value, Factors factors) {
    return factorBeside(value, factors.first) == factors.second;
  }
  static bool isSum(graph::AddOp add, Factors a, Factors b) {
    return (isProduct(add.getLhs(), a) && isProduct(add.getRhs(), b)) ||
           (isProduct(add.getLhs(), b) && isProduct(add.getRhs(), a));
  }
};

/// concat(rotary_embedding(front of x), rest of x) -> rotary_embedding(x)
struct RotationOfFront : OpRewritePattern<graph::ConcatOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(graph::ConcatOp concat,
                                PatternRewriter &rewriter) const override {
    if (concat.getInputs().size() != 2 ||
        static_cast<int64_t>(concat.getAxis()) != lastAxis(concat))
      return rewriter.notifyMatchFailure(concat, "not a front and a rest");
    auto rotary =
        concat.getInputs()[0].getDefiningOp<graph::RotaryEmbeddingOp>();
    if (!rotary || !rotary->hasOneUse())
      return rewriter.notifyMatchFailure(concat, "the front is not rotated");
    std::optional<Columns> front = columnsOf(rotary.getInput()),
                           rest = columnsOf(concat.getInputs()[1]);
    if (!front || !rest || front->tensor != rest->tensor ||
        front->tensor.getType() != concat.getType() || front->start != 0 ||
        front->step != 1 || rest->start != front->count || rest->step != 1)
      return rewriter.notifyMatchFailure(concat, "parts of other tensors");
    rewriter.replaceOpWithNewOp<graph::RotaryEmbeddingOp>(
        concat, concat.getType(), front->tensor, rotary.getCosine(),
        rotary.getSine(), rotary.getRotated(), rotary.getInterleaved());
    return success();
  }
};

struct RecognizeRotaryEmbedding
    : impl::RecognizeRotaryEmbeddingBase<RecognizeRotaryEmbedding> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<RotationBySum, RotationByParts<graph::ConcatOp>,
                 RotationByParts<graph::ReshapeOp>, RotationOfFront>(
        &getContext());
    if (failed(rewriteGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace lmcc
