//===- Reduction.cpp - Sums, extremes and running sums --------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/Operators/Compose.h"

#include <cmath>

using namespace mlir;
using lmcc::graph::Comparison;
using lmcc::graph::Reduction;

namespace lmcc::import {

using Axes = ArrayRef<int64_t>;

//===----------------------------------------------------------------------===//
// Formulas
//===----------------------------------------------------------------------===//

template <Reduction reduction>
static Value plain(Builder &builder, Value input, Axes axes, bool keep) {
  return builder.reduce(reduction, input, axes, keep);
}

/// Booleans become numbers for a moment, so that `max` is "any" and `min` is
/// "all", over no elements as well.
template <Reduction reduction>
static Value extreme(Builder &builder, Value input, Axes axes, bool keep) {
  if (!Builder::elementOf(input).isInteger(1))
    return builder.reduce(reduction, input, axes, keep);
  Type byte = builder.operations().getIntegerType(8, /*isSigned=*/false);
  Value result =
      builder.reduce(reduction, builder.cast(input, byte), axes, keep);
  return builder.cast(result, builder.operations().getI1Type());
}

static Value sumOfMagnitudes(Builder &builder, Value input, Axes axes,
                             bool keep) {
  return builder.reduce(Reduction::sum, builder.unary<graph::AbsOp>(input),
                        axes, keep);
}

static Value sumOfSquares(Builder &builder, Value input, Axes axes, bool keep) {
  return builder.reduce(Reduction::sum, square(builder, input), axes, keep);
}

static Value norm(Builder &builder, Value input, Axes axes, bool keep) {
  return squareRoot(builder, sumOfSquares(builder, input, axes, keep));
}

static Value logOfSum(Builder &builder, Value input, Axes axes, bool keep) {
  return builder.unary<graph::LogOp>(
      builder.reduce(Reduction::sum, input, axes, keep));
}

/// max + log(sum(e^(x - max))), which does not overflow. An infinite maximum
/// counts as 0, since inf - inf is not a number.
static Value logOfSumOfPowers(Builder &builder, Value input, Axes axes,
                              bool keep) {
  Value largest = builder.reduce(Reduction::max, input, axes, /*keep=*/true);
  Value magnitude = builder.unary<graph::AbsOp>(largest);
  Value isInfinite = builder.compare(Comparison::eq, magnitude,
                                     like(builder, input, HUGE_VAL));
  Value shift = builder.select(isInfinite, like(builder, input, 0), largest);
  Value powers = builder.unary<graph::ExpOp>(builder.sub(input, shift));
  Value result =
      builder.add(logOfSum(builder, powers, axes, /*keep=*/true), shift);
  return keep ? result : builder.squeeze(result, axes);
}

//===----------------------------------------------------------------------===//
// Reduce*
//===----------------------------------------------------------------------===//

/// Axes are an attribute of older versions and an input of newer ones; none at
/// all means every axis, or none if the model says so.
template <Value (*formula)(Builder &, Value, Axes, bool)>
static LogicalResult reduce(Node &node) {
  Builder &builder = node.builder();
  int64_t rank = Builder::rankOf(node.input(0));
  auto given = node.integersFrom("axes", 1);
  if (failed(given))
    return failure();
  auto axes =
      normalizeAxes(builder, given->value_or(SmallVector<int64_t>()), rank);
  if (!axes)
    return failure();
  if (axes->empty() && !node.integer("noop_with_empty_axes", 0))
    axes = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  return node.finish(
      formula(builder, node.input(0), *axes, node.integer("keepdims", 1)));
}

template <Value (*formula)(Builder &, Value, Axes, bool)>
static LogicalResult reduceNumbers(Node &node) {
  return failed(requireNumber(node)) ? failure() : reduce<formula>(node);
}

template <Value (*formula)(Builder &, Value, Axes, bool)>
static LogicalResult reduceFloats(Node &node) {
  return failed(requireFloat(node)) ? failure() : reduce<formula>(node);
}

//===----------------------------------------------------------------------===//
// Places and running sums
//===----------------------------------------------------------------------===//

/// The same numbers in the opposite order. Integers are mapped to -1 - x, which
/// neither overflows nor needs a sign.
static Value opposite(Builder &builder, Value input) {
  if (isa<FloatType>(Builder::elementOf(input)))
    return builder.unary<graph::NegOp>(input);
  return builder.sub(like(builder, input, -1), input);
}

template <bool wantsMaximum> static LogicalResult argExtreme(Node &node) {
  if (failed(requireNumber(node)))
    return failure();
  Builder &builder = node.builder();
  Value input = node.input(0);
  std::optional<int64_t> axis =
      builder.normalizeAxis(node.integer("axis", 0), Builder::rankOf(input));
  if (!axis)
    return failure();
  return node.finish(builder.argMax(
      wantsMaximum ? input : opposite(builder, input), *axis,
      node.integer("select_last_index", 0), node.integer("keepdims", 1)));
}

static LogicalResult translateCumSum(Node &node) {
  if (failed(requireNumber(node)))
    return failure();
  Builder &builder = node.builder();
  std::optional<SmallVector<int64_t>> given = node.numbers(1);
  if (!given || given->size() != 1)
    return node.unsupported("its axis depends on data",
                            "export with a constant axis");
  std::optional<int64_t> axis =
      builder.normalizeAxis(given->front(), Builder::rankOf(node.input(0)));
  if (!axis)
    return failure();
  return node.finish(builder.cumulativeSum(node.input(0), *axis,
                                           node.integer("exclusive", 0),
                                           node.integer("reverse", 0)));
}

//===----------------------------------------------------------------------===//
// TopK
//===----------------------------------------------------------------------===//

/// Whether an element of `a` comes before the one of `b`: NaN counts as larger
/// than any number, and equal elements keep their order.
static Value comesBefore(Builder &builder, Value a, Value b, Value placeOfA,
                         Value placeOfB, bool largest) {
  Value isFirst =
      builder.compare(largest ? Comparison::gt : Comparison::lt, a, b);
  Value isEqual = builder.compare(Comparison::eq, a, b);
  if (isa<FloatType>(Builder::elementOf(a))) {
    Value aIsNan = builder.isNan(a), bIsNan = builder.isNan(b);
    Value onlyNan = builder.binary<graph::AndOp>(
        largest ? aIsNan : bIsNan,
        builder.unary<graph::NotOp>(largest ? bIsNan : aIsNan));
    isFirst = builder.binary<graph::OrOp>(isFirst, onlyNan);
    isEqual = builder.binary<graph::OrOp>(
        isEqual, builder.binary<graph::AndOp>(aIsNan, bIsNan));
  }
  Value isEarlier = builder.compare(Comparison::lt, placeOfA, placeOfB);
  return builder.binary<graph::OrOp>(
      isFirst, builder.binary<graph::AndOp>(isEqual, isEarlier));
}

/// Compares every element with every other: the rank of an element is how many
/// come before it, and the result at place r is the element of rank r.
static LogicalResult translateTopK(Node &node) {
  if (failed(requireNumber(node)))
    return failure();
  Builder &builder = node.builder();
  Value input = node.input(0);
  int64_t axes = Builder::rankOf(input);
  std::optional<int64_t> axis =
      builder.normalizeAxis(node.integer("axis", -1), axes);
  if (!axis)
    return failure();
  auto count = node.hasInput(1) ? node.numbers(1)
                                : SmallVector<int64_t>{node.integer("k", 0)};
  std::optional<int64_t> size =
      node.space().constant(builder.sizesOf(input)[*axis]);
  constexpr int64_t most = 1024;
  if (!count || count->size() != 1 || !size || *size > most ||
      count->front() < 0 || count->front() > *size)
    return node.unsupported("only a constant number out of at most " +
                                Twine(most) + " elements",
                            "select on the host, outside the model");

  // Two copies of the axis: the one behind `axis` compares with all others.
  AffineExpr all = node.space().number(*size);
  Value own = builder.unsqueeze(input, {*axis + 1});
  Value other = builder.unsqueeze(input, {*axis});
  Value otherPlace = iotaAlong(builder, all, *axis + 1, axes + 1);
  Value ownPlace = iotaAlong(builder, all, *axis, axes + 1);
  Value isBefore = comesBefore(builder, other, own, otherPlace, ownPlace,
                               node.integer("largest", 1));
  Type wide = builder.operations().getI64Type();
  Value rank = builder.reduce(Reduction::sum, builder.cast(isBefore, wide),
                              {*axis + 1}, /*keep=*/false);

  Value ranks = builder.unsqueeze(rank, {*axis});
  Value wanted =
      iotaAlong(builder, node.space().number(count->front()), *axis, axes + 1);
  Value isChosen = builder.compare(Comparison::eq, ranks, wanted);
  Value place = builder.mul(builder.cast(isChosen, wide), otherPlace);
  Value indices =
      builder.reduce(Reduction::sum, place, {*axis + 1}, /*keep=*/false);
  return finishAll(node,
                   {builder.gatherElements(input, indices, *axis), indices});
}

void addReductionOperators(OperatorTable &table) {
  table.add("ReduceSum", needs<1, reduceNumbers<plain<Reduction::sum>>>);
  table.add("ReduceProd", needs<1, reduceNumbers<plain<Reduction::product>>>);
  table.add("ReduceMax", needs<1, reduce<extreme<Reduction::max>>>);
  table.add("ReduceMin", needs<1, reduce<extreme<Reduction::min>>>);
  table.add("ReduceMean", needs<1, reduceNumbers<mean>>);
  table.add("ReduceL1", needs<1, reduceNumbers<sumOfMagnitudes>>);
  table.add("ReduceL2", needs<1, reduceFloats<norm>>);
  table.add("ReduceSumSquare", needs<1, reduceNumbers<sumOfSquares>>);
  table.add("ReduceLogSum", needs<1, reduceFloats<logOfSum>>);
  table.add("ReduceLogSumExp", needs<1, reduceFloats<logOfSumOfPowers>>);
  table.add("ArgMax", needs<1, argExtreme<true>>);
  table.add("ArgMin", needs<1, argExtreme<false>>);
  table.add("CumSum", needs<2, translateCumSum>, 11);
  table.add("TopK", needs<1, translateTopK>);
}

} // namespace lmcc::import
