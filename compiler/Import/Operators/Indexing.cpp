//===- Indexing.cpp - Gathering, scattering, selecting by place -----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/Operators/Compose.h"
#include "compiler/Import/TensorType.h"

#include "llvm/ADT/StringSwitch.h"

#include <cmath>

using namespace mlir;
using lmcc::graph::Comparison;

namespace lmcc::import {

/// The attribute `axis` of an operator on input 0, from the front.
static std::optional<int64_t> axisOf(Node &node, int64_t otherwise) {
  return node.builder().normalizeAxis(node.integer("axis", otherwise),
                                      Builder::rankOf(node.input(0)));
}

/// Fails, with a report, unless input `position` holds i32 or i64.
static LogicalResult requireIndices(Node &node, unsigned position) {
  Type element = Builder::elementOf(node.input(position));
  if (element.isSignlessInteger(32) || element.isSignlessInteger(64))
    return success();
  return node.unsupported("its indices are neither int32 nor int64",
                          "cast the indices to int64");
}

//===----------------------------------------------------------------------===//
// Gather
//===----------------------------------------------------------------------===//

static LogicalResult translateGather(Node &node) {
  std::optional<int64_t> axis = axisOf(node, 0);
  if (!axis || failed(requireIndices(node, 1)))
    return failure();
  return node.finish(
      node.builder().gather(node.input(0), node.input(1), *axis));
}

static LogicalResult translateGatherElements(Node &node) {
  std::optional<int64_t> axis = axisOf(node, 0);
  if (!axis || failed(requireIndices(node, 1)))
    return failure();
  return node.finish(
      node.builder().gatherElements(node.input(0), node.input(1), *axis));
}

static LogicalResult translateGatherNd(Node &node) {
  if (failed(requireIndices(node, 1)))
    return failure();
  return node.finish(node.builder().gatherNd(node.input(0), node.input(1),
                                             node.integer("batch_dims", 0)));
}

//===----------------------------------------------------------------------===//
// Scatter
//===----------------------------------------------------------------------===//

static FailureOr<graph::ScatterMode> scatterMode(Node &node) {
  std::string name = node.text("reduction", "none");
  auto mode = llvm::StringSwitch<std::optional<graph::ScatterMode>>(name)
                  .Case("none", graph::ScatterMode::assign)
                  .Case("add", graph::ScatterMode::add)
                  .Case("mul", graph::ScatterMode::mul)
                  .Case("max", graph::ScatterMode::max)
                  .Case("min", graph::ScatterMode::min)
                  .Default(std::nullopt);
  if (!mode)
    return node.unsupported("an unknown reduction",
                            "use one of none, add, mul, max and min");
  if (*mode != graph::ScatterMode::assign && failed(requireNumber(node)))
    return failure();
  return *mode;
}

static LogicalResult translateScatterElements(Node &node) {
  std::optional<int64_t> axis = axisOf(node, 0);
  FailureOr<graph::ScatterMode> mode = scatterMode(node);
  if (!axis || failed(mode) || failed(requireIndices(node, 1)))
    return failure();
  return node.finish(node.builder().scatterElements(
      *mode, node.input(0), node.input(1), node.input(2), *axis));
}

static LogicalResult translateScatterNd(Node &node) {
  FailureOr<graph::ScatterMode> mode = scatterMode(node);
  if (failed(mode) || failed(requireIndices(node, 1)))
    return failure();
  return node.finish(node.builder().scatterNd(*mode, node.input(0),
                                              node.input(1), node.input(2)));
}

/// Rows of `update` go to consecutive places of the cache, from an index per
/// batch entry on.
static LogicalResult translateTensorScatter(Node &node) {
  Builder &builder = node.builder();
  Value cache = node.input(0), update = node.input(1);
  int64_t rank = Builder::rankOf(cache);
  std::optional<int64_t> axis = axisOf(node, -2);
  if (!axis)
    return failure();
  std::string mode = node.text("mode", "linear");
  if (*axis == 0 || Builder::rankOf(update) != rank ||
      (mode != "linear" && mode != "circular"))
    return node.unsupported("its axis, mode or update does not fit the cache",
                            "the model is not valid; export it again");
  Builder::Sizes sizes = builder.sizesOf(update);
  for (auto [i, size] : llvm::enumerate(builder.sizesOf(cache)))
    if (static_cast<int64_t>(i) != *axis && !node.space().unify(size, sizes[i]))
      return node.unsupported("axis " + Twine(i) +
                                  " of cache and update "
                                  "differ in size",
                              "the model is not valid; export it again");
  Value places = iotaAlong(builder, sizes[*axis], *axis, rank);
  if (Value start = node.input(2)) {
    Type wide = builder.operations().getI64Type();
    places = builder.add(
        places, alongAxis(builder, builder.cast(start, wide), 0, rank));
  }
  if (mode == "circular")
    places = builder.binary<graph::ModOp>(
        places, builder.dimValue(builder.sizesOf(cache)[*axis],
                                 builder.operations().getI64Type()));
  return node.finish(builder.scatterElements(graph::ScatterMode::assign, cache,
                                             builder.broadcast(places, sizes),
                                             update, *axis));
}

//===----------------------------------------------------------------------===//
// By place
//===----------------------------------------------------------------------===//

static LogicalResult translateTrilu(Node &node) {
  Builder &builder = node.builder();
  Value input = node.input(0);
  int64_t rank = Builder::rankOf(input);
  if (rank < 2)
    return node.unsupported("its input is not a matrix",
                            "the model is not valid; export it again");
  Builder::Sizes sizes = builder.sizesOf(input);
  Value rows = iotaAlong(builder, sizes[rank - 2], 0, 2);
  Value columns = iotaAlong(builder, sizes[rank - 1], 1, 2);
  if (Value shift = node.input(1))
    rows = builder.add(rows, toScalar(builder, shift));
  Comparison side = node.integer("upper", 1) ? Comparison::ge : Comparison::le;
  Value isKept = builder.compare(side, columns, rows);
  return node.finish(builder.select(isKept, input, like(builder, input, 0)));
}

/// The number of places; exporters also write it as a float.
static std::optional<AffineExpr> oneHotDepth(Node &node) {
  if (auto sizes = node.sizes(1); sizes && sizes->size() == 1)
    return sizes->front();
  std::optional<double> number = node.constantScalar(1);
  if (!number || !(std::abs(*number) <= static_cast<double>(maximumElements)))
    return std::nullopt;
  return node.space().number(static_cast<int64_t>(*number));
}

static LogicalResult translateOneHot(Node &node) {
  Builder &builder = node.builder();
  graph::DimSpace &space = node.space();
  std::optional<AffineExpr> size = oneHotDepth(node);
  if (!size || !space.demandAtLeast(*size, 0))
    return node.unsupported("its depth depends on data or is negative",
                            "export with a constant depth");
  int64_t rank = Builder::rankOf(node.input(0)) + 1;
  std::optional<int64_t> axis =
      builder.normalizeAxis(node.integer("axis", -1), rank);
  if (!axis)
    return failure();
  Type wide = builder.operations().getI64Type();
  Value indices = builder.unsqueeze(builder.cast(node.input(0), wide), {*axis});
  // Negative indices count from the back; others match no place.
  Value fromBack = builder.add(indices, builder.dimValue(*size, wide));
  Value isNegative =
      builder.compare(Comparison::lt, indices, builder.scalar(wide, 0));
  Value chosen = builder.select(isNegative, fromBack, indices);
  Value isHot = builder.compare(Comparison::eq, chosen,
                                iotaAlong(builder, *size, *axis, rank));
  // Values are [off, on].
  auto value = [&](int64_t place) {
    return toScalar(builder, sliceAxis(builder, node.input(2), 0,
                                       space.number(place), space.number(1)));
  };
  if (Builder::rankOf(node.input(2)) != 1 ||
      !space.unify(builder.sizesOf(node.input(2)).front(), space.number(2)))
    return node.unsupported("its values are not a pair",
                            "the model is not valid; export it again");
  return node.finish(builder.select(isHot, value(1), value(0)));
}

void addIndexingOperators(OperatorTable &table) {
  table.add("Gather", needs<2, translateGather>);
  table.add("GatherElements", needs<2, translateGatherElements>, 11);
  table.add("GatherND", needs<2, translateGatherNd>, 11);
  table.add("Scatter", needs<3, translateScatterElements>, 9);
  table.add("ScatterElements", needs<3, translateScatterElements>, 11);
  table.add("ScatterND", needs<3, translateScatterNd>, 11);
  table.add("TensorScatter", needs<2, translateTensorScatter>, 24);
  table.add("Trilu", needs<1, translateTrilu>, 14);
  table.add("com.microsoft::Trilu", needs<1, translateTrilu>);
  table.add("OneHot", needs<3, translateOneHot>, 9);
}

} // namespace lmcc::import
