//===- RecognizeNorms.cpp - Layer norms out of their arithmetic -----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The core of a norm, x times the inverse of its deviation, becomes a norm with
// a gain of ones. Gain, bias and casts around it then move in one at a time, in
// whatever order the exporter wrote them.
//
// Half precision is widened around sums and narrowed behind them; such casts
// are looked through, since the norms accumulate in f32 anyhow.
//
//===----------------------------------------------------------------------===//

#include "passes/Normalize/Constants.h"
#include "passes/Normalize/LocalBuilder.h"
#include "passes/Normalize/Passes.h"

using namespace mlir;
using lmcc::graph::typeOf;

namespace lmcc {
#define GEN_PASS_DEF_RECOGNIZENORMS
#include "passes/Normalize/Passes.h.inc"

namespace {

FloatType floatOf(Value value) {
  return dyn_cast<FloatType>(typeOf(value).getElementType());
}

//===----------------------------------------------------------------------===//
// Pieces
//===----------------------------------------------------------------------===//

/// The input of a cast between floats, or `value` itself.
Value skipCast(Value value) {
  auto cast = value.getDefiningOp<graph::CastOp>();
  return cast && floatOf(cast) && floatOf(cast.getInput()) ? cast.getInput()
                                                           : value;
}

/// As above, for casts that lose nothing.
Value skipWidening(Value value) {
  Value input = skipCast(value);
  return floatOf(input) && floatOf(value) &&
                 floatOf(input).getWidth() < floatOf(value).getWidth()
             ? input
             : value;
}

bool sameNumbers(Value a, Value b) {
  return skipWidening(a) == skipWidening(b);
}

/// The operand of a commutative operation beside the one that `isWanted`
/// accepts; null if it accepts none.
template <typename Op>
Value operandBeside(Op op, function_ref<bool(Value)> isWanted) {
  if (isWanted(op.getRhs()))
    return op.getLhs();
  return isWanted(op.getLhs()) ? Value(op.getRhs()) : Value();
}

/// The dividend of `value = x / number` or `x * (1 / number)`, up to the
/// rounding of the constant.
Value dividedBy(Value value, double number) {
  auto isRounded = [](Value constant, double expected) {
    std::optional<double> actual = splatNumber(constant);
    return actual &&
           isNear(*actual, expected, relativeSpacing(floatOf(constant)));
  };
  if (auto div = value.getDefiningOp<graph::DivOp>())
    return isRounded(div.getRhs(), number) ? div.getLhs() : Value();
  if (auto mul = value.getDefiningOp<graph::MulOp>())
    return operandBeside(
        mul, [&](Value operand) { return isRounded(operand, 1 / number); });
  return {};
}

Value skipReshape(Value value) {
  auto reshape = value.getDefiningOp<graph::ReshapeOp>();
  return reshape ? reshape.getInput() : value;
}

/// The tensor of whose rows `mean` holds the means, one per row; null if it is
/// something else.
Value meanInput(Value mean) {
  Value quotient = skipCast(skipReshape(skipCast(mean)));
  auto type = typeOf(mean);
  if (!floatOf(quotient) || type.getRank() == 0)
    return {};
  // The number of columns is only known at the sum.
  Operation *division = quotient.getDefiningOp();
  if (!isa_and_nonnull<graph::DivOp, graph::MulOp>(division))
    return {};
  for (Value operand : division->getOperands()) {
    auto sum = skipReshape(operand).getDefiningOp<graph::ReduceOp>();
    if (!sum || sum.getReduction() != graph::Reduction::sum)
      continue;
    Value input = sum.getInput();
    int64_t last = typeOf(input).getRank() - 1;
    if (sum.getAxes() != ArrayRef<int64_t>(last) ||
        typeOf(input).isDynamicDim(last) ||
        typeOf(sum).clone(type.getElementType()) != type)
      return {};
    auto columns = static_cast<double>(typeOf(input).getDimSize(last));
    return dividedBy(quotient, columns) == operand ? skipWidening(input)
                                                   : Value();
  }
  return {};
}

/// x of `x * x` or `pow(x, 2)`; null if it is something else.
Value squareInput(Value value) {
  if (auto mul = value.getDefiningOp<graph::MulOp>())
    return mul.getLhs() == mul.getRhs() ? mul.getLhs() : Value();
  auto pow = value.getDefiningOp<graph::PowOp>();
  return pow && isSplat(pow.getRhs(), 2) ? pow.getLhs() : Value();
}

/// What `sqrt(mean(x^2) + epsilon)` consists of.
struct Deviation {
  Value input;
  double epsilon;
};

std::optional<Deviation> matchDeviation(Value value) {
  auto root = skipCast(value).getDefiningOp<graph::SqrtOp>();
  if (!root)
    return std::nullopt;
  Value square = skipCast(root.getInput());
  double epsilon = 0;
  if (auto add = square.getDefiningOp<graph::AddOp>()) {
    Value other = operandBeside(add, [&](Value operand) {
      std::optional<double> number = splatNumber(operand);
      epsilon = number.value_or(0);
      return number.has_value();
    });
    if (!other || !(epsilon >= 0)) // Also rejects NaN.
      return std::nullopt;
    square = other;
  }
  Value squares = meanInput(square);
  Value input = squares ? squareInput(squares) : Value();
  if (!input)
    return std::nullopt;
  return Deviation{input, epsilon};
}

/// A value over a deviation, and what the quotient is multiplied with.
struct Quotient {
  Value dividend;
  Deviation deviation;
  /// Null if there is none.
  Value gain;
};

/// `1 / deviation`
std::optional<Deviation> matchInverse(Value value) {
  auto div = skipCast(value).getDefiningOp<graph::DivOp>();
  return div && isSplat(div.getLhs(), 1) ? matchDeviation(div.getRhs())
                                         : std::nullopt;
}

/// `dividend * inverse` or `dividend * (inverse * gain)`
std::optional<Quotient> matchProduct(Value dividend, Value factor) {
  if (std::optional<Deviation> deviation = matchInverse(factor))
    return Quotient{dividend, *deviation, {}};
  auto mul = factor.getDefiningOp<graph::MulOp>();
  if (!mul)
    return std::nullopt;
  if (std::optional<Deviation> deviation = matchInverse(mul.getLhs()))
    return Quotient{dividend, *deviation, mul.getRhs()};
  if (std::optional<Deviation> deviation = matchInverse(mul.getRhs()))
    return Quotient{dividend, *deviation, mul.getLhs()};
  return std::nullopt;
}

std::optional<Quotient> matchQuotient(graph::MulOp mul) {
  if (auto quotient = matchProduct(mul.getLhs(), mul.getRhs()))
    return quotient;
  return matchProduct(mul.getRhs(), mul.getLhs());
}

std::optional<Quotient> matchQuotient(graph::DivOp div) {
  std::optional<Deviation> deviation = matchDeviation(div.getRhs());
  if (!deviation)
    return std::nullopt;
  return Quotient{div.getLhs(), *deviation, {}};
}

/// x of `x - mean(x)`; null if it is something else.
Value centredInput(Value value) {
  auto sub = value.getDefiningOp<graph::SubOp>();
  if (!sub)
    return {};
  Value input = meanInput(sub.getRhs());
  return input && sameNumbers(input, sub.getLhs()) ? sub.getLhs() : Value();
}

/// A row of ones as long as those of `input`.
Value ones(LocalBuilder &build, Value input) {
  auto type =
      RankedTensorType::get(typeOf(input).getShape().back(), floatOf(input));
  return build.constant(
      DenseElementsAttr::get(type, FloatAttr::get(floatOf(input), 1.0)));
}

bool isRowOf(Value row, Value tensor) {
  return typeOf(row).getRank() == 1 &&
         typeOf(row).getElementType() == typeOf(tensor).getElementType() &&
         typeOf(row).getShape().back() == typeOf(tensor).getShape().back();
}

//===----------------------------------------------------------------------===//
// Cores
//===----------------------------------------------------------------------===//

/// x / sqrt(mean(x^2) + epsilon) -> rms_norm(x, ones)
/// d / sqrt(mean(d^2) + epsilon) with d = x - mean(x) -> layer_norm(x, ones)
template <typename Op> struct RecognizeCore : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    if (!floatOf(op) || floatOf(op).isF64())
      return rewriter.notifyMatchFailure(op, "norms compute in f32");
    std::optional<Quotient> quotient = matchQuotient(op);
    if (!quotient)
      return rewriter.notifyMatchFailure(op, "no quotient by a deviation");
    Value dividend = quotient->dividend, gain = quotient->gain;
    if (!sameNumbers(dividend, quotient->deviation.input))
      return rewriter.notifyMatchFailure(
          op, "the deviation is that of another tensor");
    if (dividend.getType() != op.getType())
      return rewriter.notifyMatchFailure(op, "the result has another shape");
    if (gain && !isRowOf(gain, dividend))
      return rewriter.notifyMatchFailure(op, "the gain is not a single row");

    LocalBuilder build(rewriter, op);
    auto epsilon = static_cast<float>(quotient->deviation.epsilon);
    if (!gain)
      gain = ones(build, dividend);
    Value input = centredInput(dividend);
    rewriter.replaceOp(op, input ? build.layerNorm(input, gain, {}, epsilon)
                                 : build.rmsNorm(dividend, gain, epsilon));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Around the core
//===----------------------------------------------------------------------===//

/// norm(x, ones) * row -> norm(x, row)
template <typename Norm> struct FoldGain : OpRewritePattern<graph::MulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(graph::MulOp mul,
                                PatternRewriter &rewriter) const override {
    Value row = operandBeside(mul, [](Value operand) {
      auto norm = operand.getDefiningOp<Norm>();
      return norm && operand.hasOneUse() && isSplat(norm.getGain(), 1) &&
             !hasBias(norm);
    });
    if (!row)
      return rewriter.notifyMatchFailure(mul, "no norm without a gain");
    bool isLeft = row == mul.getLhs();
    auto norm =
        (isLeft ? mul.getRhs() : mul.getLhs()).template getDefiningOp<Norm>();
    if (!isRowOf(row, norm))
      return rewriter.notifyMatchFailure(mul, "the gain is not a single row");
    rewriter.setInsertionPoint(mul);
    Operation *scaled = rewriter.clone(*norm);
    scaled->setLoc(rewriter.getFusedLoc({norm.getLoc(), mul.getLoc()}));
    rewriter.modifyOpInPlace(
        scaled, [&] { cast<Norm>(scaled).getGainMutable().assign(row); });
    rewriter.replaceOp(mul, scaled);
    return success();
  }

private:
  static bool hasBias(graph::LayerNormOp norm) { return bool(norm.getBias()); }
  static bool hasBias(graph::RmsNormOp) { return false; }
};

/// layer_norm(x, gain) + row -> layer_norm(x, gain, row)
struct FoldBias : OpRewritePattern<graph::AddOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(graph::AddOp add,
                                PatternRewriter &rewriter) const override {
    Value row = operandBeside(add, [](Value operand) {
      auto norm = operand.getDefiningOp<graph::LayerNormOp>();
      return norm && operand.hasOneUse() && !norm.getBias();
    });
    if (!row)
      return rewriter.notifyMatchFailure(add, "no layer norm without a bias");
    bool isLeft = row == add.getLhs();
    auto norm = (isLeft ? add.getRhs() : add.getLhs())
                    .getDefiningOp<graph::LayerNormOp>();
    if (!isRowOf(row, norm))
      return rewriter.notifyMatchFailure(add, "the bias is not a single row");
    rewriter.setInsertionPoint(add);
    auto shifted = graph::LayerNormOp::create(
        rewriter, rewriter.getFusedLoc({norm.getLoc(), add.getLoc()}),
        add.getType(), norm.getInput(), norm.getGain(), row,
        norm.getEpsilonAttr());
    rewriter.replaceOp(add, shifted);
    return success();
  }
};

/// cast(norm(cast(x), ones)) -> norm(x, ones), which widens by itself.
template <typename Norm> struct FoldCasts : OpRewritePattern<graph::CastOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(graph::CastOp cast,
                                PatternRewriter &rewriter) const override {
    auto norm = cast.getInput().getDefiningOp<Norm>();
    if (!norm || norm->getNumOperands() != 2 || !isSplat(norm.getGain(), 1))
      return rewriter.notifyMatchFailure(cast, "input is no norm of ones");
    Value input = skipWidening(norm.getInput());
    if (input.getType() != cast.getType() || input == norm.getInput())
      return rewriter.notifyMatchFailure(cast, "types do not return");
    LocalBuilder build(rewriter, cast);
    rewriter.replaceOpWithNewOp<Norm>(cast, TypeRange(cast.getType()),
                                      ValueRange{input, ones(build, input)},
                                      norm->getAttrs());
    return success();
  }
};

struct RecognizeNorms : impl::RecognizeNormsBase<RecognizeNorms> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns
        .add<RecognizeCore<graph::DivOp>, RecognizeCore<graph::MulOp>,
             FoldGain<graph::LayerNormOp>, FoldGain<graph::RmsNormOp>, FoldBias,
             FoldCasts<graph::LayerNormOp>, FoldCasts<graph::RmsNormOp>>(
            &getContext());
    if (failed(rewriteGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace lmcc
