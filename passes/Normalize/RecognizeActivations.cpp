//===- RecognizeActivations.cpp - Activations out of their arithmetic -----===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// GELU is found from the function in its middle, since the arithmetic around it
// comes in any order. Both forms are a polynomial in x and that function of
// another polynomial in x, and compared as such.
//
//===----------------------------------------------------------------------===//

#include "passes/Normalize/Constants.h"
#include "passes/Normalize/LocalBuilder.h"
#include "passes/Normalize/Passes.h"
#include "passes/Normalize/Polynomial.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using lmcc::graph::typeOf;

namespace lmcc {
#define GEN_PASS_DEF_RECOGNIZEACTIVATIONS
#include "passes/Normalize/Passes.h.inc"

namespace {

//===----------------------------------------------------------------------===//
// GELU
//===----------------------------------------------------------------------===//

/// How far the constants of an exporter may be off: products of a few that were
/// rounded to the element type or written with few digits.
double toleranceFor(Value value) {
  constexpr double writtenDigits = 1e-4;
  auto element = cast<FloatType>(typeOf(value).getElementType());
  return std::max(writtenDigits, 2 * relativeSpacing(element));
}

/// The argument of the function inside GELU.
Polynomial argumentOf(graph::ErfOp) {
  return Polynomial::term(1 / llvm::numbers::sqrt2, 1);
}
Polynomial argumentOf(graph::TanhOp) {
  double scale = llvm::numbers::sqrt2 * llvm::numbers::inv_sqrtpi;
  return Polynomial::term(scale, 1) + Polynomial::term(0.044715 * scale, 3);
}

/// x/2 * (1 + f(argument of x)) -> gelu(x), in any spelling
template <typename Function> struct RecognizeGelu : OpRewritePattern<Function> {
  using OpRewritePattern<Function>::OpRewritePattern;

  LogicalResult matchAndRewrite(Function function,
                                PatternRewriter &rewriter) const override {
    double tolerance = toleranceFor(function);
    Value x = variableOf(function, tolerance);
    if (!x)
      return rewriter.notifyMatchFailure(function, "not the argument of GELU");
    Operation *last = lastStep(function, x, tolerance);
    if (!last)
      return rewriter.notifyMatchFailure(function, "not x/2 * (1 + f)");
    LocalBuilder build(rewriter, last);
    rewriter.replaceOp(last,
                       build.gelu(x, std::is_same_v<Function, graph::TanhOp>));
    return success();
  }

private:
  static Value variableOf(Function function, double tolerance) {
    constexpr unsigned longestArgument = 6;
    Value argument = function.getInput();
    for (Value x : possibleVariables(argument, longestArgument)) {
      if (x.getType() != argument.getType())
        continue;
      std::optional<Polynomial> form = Polynomial::of(argument, x, {});
      if (form && form->isNear(argumentOf(function), tolerance))
        return x;
    }
    return {};
  }

  /// The operation behind `function` whose result is x/2 + x/2 * function.
  static Operation *lastStep(Function function, Value x, double tolerance) {
    constexpr unsigned mostSteps = 4;
    Polynomial gelu = Polynomial::term(0.5, 1) + Polynomial::term(0.5, 1, 1);
    Operation *op = function;
    for (unsigned step = 0; step < mostSteps && op->hasOneUse(); ++step) {
      op = *op->user_begin();
      if (op->getNumResults() != 1 || op->getResult(0).getType() != x.getType())
        return nullptr;
      auto form = Polynomial::of(op->getResult(0), x, function.getResult());
      if (!form)
        return nullptr;
      if (form->isNear(gelu, tolerance))
        return op;
    }
    return nullptr;
  }
};

//===----------------------------------------------------------------------===//
// Sigmoid and SiLU
//===----------------------------------------------------------------------===//

/// x of a value that is `-x`; null if it is something else.
Value negated(Value value) {
  if (auto neg = value.getDefiningOp<graph::NegOp>())
    return neg.getInput();
  auto minusX = Polynomial::term(-1, 1);
  for (Value x : possibleVariables(value, /*depth=*/1)) {
    std::optional<Polynomial> form = Polynomial::of(value, x, {});
    if (x.getType() == value.getType() && form && form->isNear(minusX, 0))
      return x;
  }
  return {};
}

/// x of a value that is `1 + exp(-x)`; null if it is something else.
Value onePlusDecay(Value value) {
  auto add = value.getDefiningOp<graph::AddOp>();
  if (!add)
    return {};
  bool isRight = isSplat(add.getRhs(), 1);
  if (!isRight && !isSplat(add.getLhs(), 1))
    return {};
  auto exp =
      (isRight ? add.getLhs() : add.getRhs()).getDefiningOp<graph::ExpOp>();
  return exp ? negated(exp.getInput()) : Value();
}

/// 1 / (1 + exp(-x)) -> sigmoid(x), and with x for 1 -> silu(x)
struct RecognizeSigmoid : OpRewritePattern<graph::DivOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(graph::DivOp div,
                                PatternRewriter &rewriter) const override {
    Value x = onePlusDecay(div.getRhs());
    if (!x || x.getType() != div.getType())
      return rewriter.notifyMatchFailure(div, "divisor is not 1 + exp(-x)");
    LocalBuilder build(rewriter, div);
    if (div.getLhs() == x)
      rewriter.replaceOp(div, build.unary<graph::SiluOp>(x));
    else if (isSplat(div.getLhs(), 1))
      rewriter.replaceOp(div, build.unary<graph::SigmoidOp>(x));
    else
      return rewriter.notifyMatchFailure(div, "dividend is neither 1 nor x");
    return success();
  }
};

/// x * sigmoid(x) -> silu(x)
struct RecognizeSilu : OpRewritePattern<graph::MulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(graph::MulOp mul,
                                PatternRewriter &rewriter) const override {
    for (auto [x, gate] : {std::pair(mul.getLhs(), mul.getRhs()),
                           std::pair(mul.getRhs(), mul.getLhs())}) {
      auto sigmoid = gate.getDefiningOp<graph::SigmoidOp>();
      if (!sigmoid || sigmoid.getInput() != x)
        continue;
      LocalBuilder build(rewriter, mul);
      rewriter.replaceOp(mul, build.unary<graph::SiluOp>(x));
      return success();
    }
    return rewriter.notifyMatchFailure(mul, "not x * sigmoid(x)");
  }
};

//===----------------------------------------------------------------------===//
// Softmax
//===----------------------------------------------------------------------===//

/// Whether `value` is the reduction of the rows of `input`.
bool isOfRows(Value value, graph::Reduction reduction, Value input) {
  auto reduce = value.getDefiningOp<graph::ReduceOp>();
  return reduce && reduce.getReduction() == reduction &&
         reduce.getInput() == input &&
         reduce.getAxes() == ArrayRef<int64_t>(typeOf(input).getRank() - 1);
}

/// x of `exp(x - max(x))` over the last axis; null if it is something else.
Value shiftedPowerInput(Value value) {
  auto exp = value.getDefiningOp<graph::ExpOp>();
  auto sub = exp ? exp.getInput().getDefiningOp<graph::SubOp>() : nullptr;
  return sub && isOfRows(sub.getRhs(), graph::Reduction::max, sub.getLhs())
             ? sub.getLhs()
             : Value();
}

struct Fraction {
  Value dividend, divisor;
};

std::optional<Fraction> fractionOf(graph::DivOp div) {
  return Fraction{div.getLhs(), div.getRhs()};
}

/// `a * (1 / b)`
std::optional<Fraction> fractionOf(graph::MulOp mul) {
  for (auto [dividend, inverse] : {std::pair(mul.getLhs(), mul.getRhs()),
                                   std::pair(mul.getRhs(), mul.getLhs())}) {
    auto div = inverse.getDefiningOp<graph::DivOp>();
    if (div && isSplat(div.getLhs(), 1))
      return Fraction{dividend, div.getRhs()};
  }
  return std::nullopt;
}

/// exp(x - max(x)) / sum(exp(x - max(x))) -> softmax(x)
template <typename Op> struct RecognizeSoftmax : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    std::optional<Fraction> fraction = fractionOf(op);
    if (!fraction)
      return rewriter.notifyMatchFailure(op, "not a fraction");
    Value x = shiftedPowerInput(fraction->dividend);
    if (!x)
      return rewriter.notifyMatchFailure(op, "dividend is not e^(x - max)");
    if (!isOfRows(fraction->divisor, graph::Reduction::sum, fraction->dividend))
      return rewriter.notifyMatchFailure(op, "divisor is not the sum of rows");
    LocalBuilder build(rewriter, op);
    rewriter.replaceOp(op, build.softmax(x));
    return success();
  }
};

struct RecognizeActivations
    : impl::RecognizeActivationsBase<RecognizeActivations> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns
        .add<RecognizeGelu<graph::ErfOp>, RecognizeGelu<graph::TanhOp>,
             RecognizeSigmoid, RecognizeSilu, RecognizeSoftmax<graph::DivOp>,
             RecognizeSoftmax<graph::MulOp>>(&getContext());
    if (failed(rewriteGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace lmcc
