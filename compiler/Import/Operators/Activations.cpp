//===- Activations.cpp - Nonlinear functions of networks ------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/Operators/Families.h"

using namespace mlir;
using lmcc::graph::Comparison;

namespace lmcc::import {

//===----------------------------------------------------------------------===//
// Pieces
//===----------------------------------------------------------------------===//

/// `input * factor`; nothing to do for 1.
static Value scaled(Builder &builder, Value input, double factor) {
  return factor == 1 ? input : builder.mul(input, like(builder, input, factor));
}

/// `input < 0 ? below : above`
static Value splitAtZero(Builder &builder, Value input, Value below,
                         Value above) {
  Value isBelow =
      builder.compare(Comparison::lt, input, like(builder, input, 0));
  return builder.select(isBelow, below, above);
}

/// `factor * (e^x - 1)`
static Value exponentialBranch(Builder &builder, Value input, double factor) {
  Value exponential = builder.unary<graph::ExpOp>(input);
  return scaled(
      builder, builder.sub(exponential, like(builder, exponential, 1)), factor);
}

/// log(1 + e^x), written so that nothing overflows.
static Value softplus(Builder &builder, Value input) {
  Value magnitude = builder.unary<graph::AbsOp>(input);
  Value decay =
      builder.unary<graph::ExpOp>(builder.unary<graph::NegOp>(magnitude));
  Value rest =
      builder.unary<graph::LogOp>(builder.add(decay, like(builder, input, 1)));
  return builder.add(maximum(builder, input, like(builder, input, 0)), rest);
}

/// max(0, min(1, slope * x + shift))
static Value hardSigmoid(Builder &builder, Value input, double slope,
                         double shift) {
  Value product = scaled(builder, input, slope);
  Value line = builder.add(product, like(builder, input, shift));
  Value capped = minimum(builder, line, like(builder, input, 1));
  return maximum(builder, capped, like(builder, input, 0));
}

/// x * sigmoid(slope * x)
static Value swish(Builder &builder, Value input, double slope) {
  if (slope == 1)
    return builder.unary<graph::SiluOp>(input);
  Value gate = builder.unary<graph::SigmoidOp>(scaled(builder, input, slope));
  return builder.mul(input, gate);
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

static LogicalResult translateRelu(Node &node) {
  if (failed(requireNumber(node)))
    return failure();
  Builder &builder = node.builder();
  Value input = node.input(0);
  return node.finish(maximum(builder, input, like(builder, input, 0)));
}

static LogicalResult translateLeakyRelu(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  Builder &builder = node.builder();
  Value input = node.input(0);
  Value below = scaled(builder, input, node.number("alpha", 0.01));
  return node.finish(splitAtZero(builder, input, below, input));
}

static LogicalResult translatePRelu(Node &node) {
  if (failed(requireNumber(node)))
    return failure();
  Builder &builder = node.builder();
  Value input = node.input(0);
  Value below = builder.mul(input, node.input(1));
  return node.finish(splitAtZero(builder, input, below, input));
}

static LogicalResult translateThresholdedRelu(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  Builder &builder = node.builder();
  Value input = node.input(0);
  Value isAbove = builder.compare(
      Comparison::gt, input, like(builder, input, node.number("alpha", 1)));
  return node.finish(builder.select(isAbove, input, like(builder, input, 0)));
}

static LogicalResult translateElu(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  Builder &builder = node.builder();
  Value input = node.input(0);
  Value below = exponentialBranch(builder, input, node.number("alpha", 1));
  return node.finish(splitAtZero(builder, input, below, input));
}

static LogicalResult translateSelu(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  Builder &builder = node.builder();
  Value input = node.input(0);
  // The defaults of the standard, as the floats nearest to them.
  double alpha = node.number("alpha", 1.67326319217681884765625);
  double gamma = node.number("gamma", 1.05070102214813232421875);
  Value below = exponentialBranch(builder, input, alpha);
  return node.finish(
      scaled(builder, splitAtZero(builder, input, below, input), gamma));
}

static LogicalResult translateCelu(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  Builder &builder = node.builder();
  Value input = node.input(0);
  double alpha = node.number("alpha", 1);
  Value ratio = builder.div(input, like(builder, input, alpha));
  Value below = exponentialBranch(builder, ratio, alpha);
  Value zero = like(builder, input, 0);
  Value positive = maximum(builder, input, zero);
  return node.finish(builder.add(positive, minimum(builder, below, zero)));
}

static LogicalResult translateHardSigmoid(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  return node.finish(hardSigmoid(node.builder(), node.input(0),
                                 node.number("alpha", 0.2),
                                 node.number("beta", 0.5)));
}

static LogicalResult translateHardSwish(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  Builder &builder = node.builder();
  Value input = node.input(0);
  return node.finish(
      builder.mul(input, hardSigmoid(builder, input, 1.0 / 6, 0.5)));
}

static LogicalResult translateSoftplus(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  return node.finish(softplus(node.builder(), node.input(0)));
}

static LogicalResult translateSoftsign(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  Builder &builder = node.builder();
  Value input = node.input(0);
  Value magnitude = builder.unary<graph::AbsOp>(input);
  return node.finish(
      builder.div(input, builder.add(magnitude, like(builder, input, 1))));
}

static LogicalResult translateMish(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  Builder &builder = node.builder();
  Value input = node.input(0);
  return node.finish(builder.mul(
      input, builder.unary<graph::TanhOp>(softplus(builder, input))));
}

static LogicalResult translateShrink(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  Builder &builder = node.builder();
  Value input = node.input(0);
  double bias = node.number("bias", 0), edge = node.number("lambd", 0.5);
  Value isLow =
      builder.compare(Comparison::lt, input, like(builder, input, -edge));
  Value isHigh =
      builder.compare(Comparison::gt, input, like(builder, input, edge));
  Value shift = like(builder, input, bias);
  Value fallen = builder.sub(input, shift);
  Value high = builder.select(isHigh, fallen, like(builder, input, 0));
  Value risen = builder.add(input, shift);
  return node.finish(builder.select(isLow, risen, high));
}

static LogicalResult translateSwish(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  return node.finish(
      swish(node.builder(), node.input(0), node.number("alpha", 1)));
}

static LogicalResult translateQuickGelu(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  return node.finish(
      swish(node.builder(), node.input(0), node.number("alpha", 1.702)));
}

static LogicalResult translateGelu(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  std::string form = node.text("approximate", "none");
  if (form != "none" && form != "tanh")
    return node.unsupported("an unknown approximation",
                            "use approximate=none or approximate=tanh");
  return node.finish(node.builder().gelu(node.input(0), form == "tanh"));
}

/// GELU of the input plus an optional bias.
template <bool tanh> static LogicalResult biasedGelu(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  Builder &builder = node.builder();
  Value input = node.input(0);
  if (Value bias = node.input(1))
    input = builder.add(input, bias);
  return node.finish(builder.gelu(input, tanh));
}

void addActivationOperators(OperatorTable &table) {
  table.add("Relu", needs<1, translateRelu>);
  table.add("LeakyRelu", needs<1, translateLeakyRelu>);
  table.add("PRelu", needs<2, translatePRelu>, 7);
  table.add("ThresholdedRelu", needs<1, translateThresholdedRelu>);
  table.add("Elu", needs<1, translateElu>);
  table.add("Selu", needs<1, translateSelu>, 6);
  table.add("Celu", needs<1, translateCelu>, 12);
  table.add("HardSigmoid", needs<1, translateHardSigmoid>);
  table.add("HardSwish", needs<1, translateHardSwish>, 14);
  table.add("Softplus", needs<1, translateSoftplus>);
  table.add("Softsign", needs<1, translateSoftsign>);
  table.add("Mish", needs<1, translateMish>, 18);
  table.add("Shrink", needs<1, translateShrink>, 9);
  table.add("Swish", needs<1, translateSwish>, 24);
  table.add("Gelu", needs<1, translateGelu>, 20);
  table.add("com.microsoft::Gelu", needs<1, translateGelu>);
  table.add("com.microsoft::QuickGelu", needs<1, translateQuickGelu>);
  table.add("com.microsoft::FastGelu", needs<1, biasedGelu<true>>);
  table.add("com.microsoft::BiasGelu", needs<2, biasedGelu<false>>);
}

} // namespace lmcc::import
