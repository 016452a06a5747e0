//===- Statistics.cpp - Norms of channels, groups and vectors -------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/Operators/Families.h"

using namespace mlir;
using lmcc::graph::Comparison;
using lmcc::graph::Reduction;

namespace lmcc::import {

/// Fails, with a report, unless input 0 is `[batch, channels, ...]` of floats.
static LogicalResult requireChannels(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  if (Builder::rankOf(node.input(0)) >= 2)
    return success();
  return node.unsupported("its input has no channels",
                          "the model is not valid; export it again");
}

/// One parameter per channel, of the element type of the input.
static Value perChannel(Node &node, unsigned position) {
  Builder &builder = node.builder();
  Value input = node.input(0);
  return alongAxis(
      builder, builder.cast(node.input(position), Builder::elementOf(input)), 1,
      Builder::rankOf(input));
}

/// (x - mean) * (scale / sqrt(variance + epsilon)) + bias with statistics from
/// training; the factor is a constant.
static LogicalResult translateBatchNormalization(Node &node) {
  if (failed(requireChannels(node)))
    return failure();
  bool isTraining = node.integer("training_mode", 0);
  for (unsigned position = 1; position < node.outputCount(); ++position)
    isTraining |= node.wantsOutput(position);
  if (isTraining)
    return node.unsupported("it is in training mode",
                            "export the model for inference");
  if (node.version() < 9 && node.integer("spatial", 1) == 0)
    return node.unsupported("its statistics are not per channel (spatial is 0)",
                            "export the model with opset_version 9 or newer");
  Builder &builder = node.builder();
  Value variance = perChannel(node, 4);
  Value deviation = squareRoot(
      builder, builder.add(variance, like(builder, variance,
                                          node.number("epsilon", 1e-5))));
  Value factor = builder.div(perChannel(node, 1), deviation);
  Value centred = builder.sub(node.input(0), perChannel(node, 3));
  Value normal = builder.mul(centred, factor);
  return node.finish(builder.add(normal, perChannel(node, 2)));
}

/// Rows `[batch, groups, elements]` with mean 0 and variance 1, in the shape of
/// the input.
static Value normalizeGroups(Builder &builder, Value input, AffineExpr groups,
                             double epsilon) {
  graph::DimSpace &space = builder.space();
  Builder::Sizes sizes = builder.sizesOf(input);
  std::optional<AffineExpr> channels = space.divide(sizes[1], groups);
  if (!channels)
    return builder.error(space.text(sizes[1]) + " channels in " +
                         space.text(groups) + " groups");
  AffineExpr elements =
      space.multiply(*channels, space.product(ArrayRef(sizes).drop_front(2)));
  Value rows = builder.reshape(input, {sizes[0], groups, elements});
  Value ones = builder.broadcast(like(builder, input, 1), {elements});
  Value normal =
      builder.layerNorm(rows, ones, /*bias=*/{}, static_cast<float>(epsilon));
  return builder.reshape(normal, sizes);
}

static LogicalResult translateInstanceNormalization(Node &node) {
  if (failed(requireChannels(node)))
    return failure();
  Builder &builder = node.builder();
  Value input = node.input(0);
  Value normal = normalizeGroups(builder, input, builder.sizesOf(input)[1],
                                 node.number("epsilon", 1e-5));
  Value scaled = builder.mul(normal, perChannel(node, 1));
  return node.finish(builder.add(scaled, perChannel(node, 2)));
}

/// One parameter per group, repeated for its channels.
static Value perGroup(Node &node, unsigned position, int64_t groups) {
  Builder &builder = node.builder();
  graph::DimSpace &space = node.space();
  Builder::Sizes sizes = builder.sizesOf(node.input(0));
  std::optional<AffineExpr> each = space.divide(sizes[1], space.number(groups));
  if (!each)
    return {};
  Value column = builder.reshape(node.input(position),
                                 {space.number(groups), space.number(1)});
  Value repeated = builder.reshape(
      builder.broadcast(column, {space.number(groups), *each}), {sizes[1]});
  return alongAxis(builder, repeated, 1, sizes.size());
}

static LogicalResult translateGroupNormalization(Node &node) {
  if (failed(requireChannels(node)))
    return failure();
  Builder &builder = node.builder();
  int64_t groups = node.integer("num_groups", 0);
  if (groups < 1)
    return node.unsupported("its number of groups is " + Twine(groups),
                            "the model is not valid; export it again");
  Value normal =
      normalizeGroups(builder, node.input(0), node.space().number(groups),
                      node.number("epsilon", 1e-5));
  if (!normal)
    return failure();
  // Scale and bias belong to groups until opset 20, to channels since.
  auto parameter = [&](unsigned position) {
    return node.version() < 21 ? perGroup(node, position, groups)
                               : perChannel(node, position);
  };
  Value scaled = builder.mul(normal, parameter(1));
  return node.finish(builder.add(scaled, parameter(2)));
}

/// (x - mean) / (deviation + 1e-9), by default per channel.
static LogicalResult translateMeanVarianceNormalization(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  Builder &builder = node.builder();
  Value input = node.input(0);
  SmallVector<int64_t> given =
      node.integers("axes").value_or(SmallVector<int64_t>{0, 2, 3});
  auto axes = normalizeAxes(builder, given, Builder::rankOf(input));
  if (!axes)
    return failure();
  Value centred =
      builder.sub(input, mean(builder, input, *axes, /*keep=*/true));
  Value deviation = squareRoot(
      builder, mean(builder, square(builder, centred), *axes, /*keep=*/true));
  return node.finish(
      builder.div(centred, builder.add(deviation, like(builder, input, 1e-9))));
}

/// The input divided by its norm; a norm of 0 gives 0.
static LogicalResult translateLpNormalization(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  Builder &builder = node.builder();
  Value input = node.input(0);
  int64_t power = node.integer("p", 2);
  std::optional<int64_t> axis =
      builder.normalizeAxis(node.integer("axis", -1), Builder::rankOf(input));
  if (!axis)
    return failure();
  if (power != 1 && power != 2)
    return node.unsupported("a norm of power " + Twine(power),
                            "only powers 1 and 2 are defined");
  Value terms =
      power == 1 ? builder.unary<graph::AbsOp>(input) : square(builder, input);
  Value norm = builder.reduce(Reduction::sum, terms, {*axis}, /*keep=*/true);
  if (power == 2)
    norm = squareRoot(builder, norm);
  Value isZero = builder.compare(Comparison::eq, norm, like(builder, input, 0));
  Value ratio = builder.div(input, norm);
  return node.finish(builder.select(isZero, like(builder, input, 0), ratio));
}

void addStatisticsOperators(OperatorTable &table) {
  table.add("BatchNormalization", needs<5, translateBatchNormalization>, 7);
  table.add("InstanceNormalization", needs<3, translateInstanceNormalization>,
            6);
  table.add("GroupNormalization", needs<3, translateGroupNormalization>, 18);
  table.add("MeanVarianceNormalization",
            needs<1, translateMeanVarianceNormalization>, 9);
  table.add("LpNormalization", needs<1, translateLpNormalization>);
}

} // namespace lmcc::import
