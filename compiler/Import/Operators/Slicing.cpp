//===- Slicing.cpp - Slices and padding -----------------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/Operators/Families.h"
#include "compiler/Import/TensorType.h"

#include "llvm/ADT/StringSwitch.h"

#include <limits>

using namespace mlir;

namespace lmcc::import {

//===----------------------------------------------------------------------===//
// Slice
//===----------------------------------------------------------------------===//

namespace {
/// What is taken of one axis.
struct Span {
  AffineExpr start, count;
  int64_t step;
};

/// Resolves bounds the way ONNX means them: negative ones count from the back,
/// and whatever lies outside the axis is cut off. Where that depends on sizes
/// that are not known yet, the bound is demanded to lie inside.
class SpanResolver {
public:
  SpanResolver(graph::DimSpace &space, AffineExpr size)
      : space(space), size(size) {}

  Span resolve(AffineExpr start, AffineExpr end, int64_t step) {
    // Backwards, the places run from size - 1 down to -1, which is the end.
    AffineExpr low = space.number(step > 0 ? 0 : -1);
    AffineExpr high = step > 0 ? size : space.subtract(size, space.number(1));
    AffineExpr first = cut(fromFront(start, low, high), low, high);
    AffineExpr last = cut(fromFront(end, low, high), low, high);
    AffineExpr span =
        step > 0 ? space.subtract(last, first) : space.subtract(first, last);
    if (!space.demandAtLeast(span, 0))
      span = space.number(0);
    int64_t stride = std::abs(step);
    AffineExpr count = space.simplify(
        space.add(span, space.number(stride - 1)).floorDiv(stride));
    // An empty slice may begin behind the end; nobody needs to know.
    return {space.constant(count) == 0 ? space.number(0) : first, count, step};
  }

private:
  /// Exporters write the ends of the integer types for "all the rest".
  static constexpr int64_t endless = std::numeric_limits<int32_t>::max();

  AffineExpr fromFront(AffineExpr bound, AffineExpr low, AffineExpr high) {
    if (std::optional<int64_t> number = space.constant(bound)) {
      if (*number >= endless)
        return high;
      if (*number <= -endless)
        return low;
    }
    graph::SizeRange range = space.range(bound);
    if (range.low < 0 && range.high && *range.high <= 0) {
      space.demandAtLeast(space.subtract(space.number(-1), bound), 0);
      return space.add(bound, size);
    }
    space.demandAtLeast(bound, 0);
    return bound;
  }

  AffineExpr cut(AffineExpr bound, AffineExpr low, AffineExpr high) {
    graph::SizeRange above = space.range(space.subtract(bound, high));
    if (above.low >= 0)
      return high;
    graph::SizeRange below = space.range(space.subtract(bound, low));
    if (below.high && *below.high <= 0)
      return low;
    // Neither demand can contradict what was just found.
    space.demandAtLeast(space.subtract(high, bound), 0);
    space.demandAtLeast(space.subtract(bound, low), 0);
    return bound;
  }

  graph::DimSpace &space;
  AffineExpr size;
};
} // namespace

/// Starts or ends: an attribute until opset 9, an input since.
static FailureOr<graph::ShapeValues::Elements>
sliceBounds(Node &node, StringRef name, unsigned position) {
  graph::ShapeValues::Elements bounds;
  if (auto numbers = node.integers(name)) {
    for (int64_t number : *numbers)
      bounds.push_back(node.space().number(number));
    return bounds;
  }
  if (auto sizes = node.sizes(position))
    return *sizes;
  return node.unsupported(
      "its " + name + " depend on data",
      "export with bounds that follow from the shapes of the inputs");
}

static LogicalResult translateSlice(Node &node) {
  Builder &builder = node.builder();
  graph::DimSpace &space = node.space();
  Value input = node.input(0);
  int64_t rank = Builder::rankOf(input);
  auto starts = sliceBounds(node, "starts", 1);
  auto ends = sliceBounds(node, "ends", 2);
  auto axes = node.integersFrom("axes", 3);
  auto steps = node.integersFrom("steps", 4);
  if (failed(starts) || failed(ends) || failed(axes) || failed(steps))
    return failure();
  size_t count = starts->size();
  SmallVector<int64_t> onAxes = axes->value_or(
      llvm::to_vector(llvm::seq<int64_t>(0, static_cast<int64_t>(count))));
  SmallVector<int64_t> bySteps =
      steps->value_or(SmallVector<int64_t>(count, 1));
  if (ends->size() != count || onAxes.size() != count ||
      bySteps.size() != count)
    return node.unsupported("starts, ends, axes and steps differ in number",
                            "the model is not valid; export it again");

  Builder::Sizes sizes = builder.sizesOf(input);
  Builder::Sizes first(rank, space.number(0));
  SmallVector<int64_t> stride(rank, 1);
  for (auto [start, end, given, step] :
       llvm::zip(*starts, *ends, onAxes, bySteps)) {
    std::optional<int64_t> axis = builder.normalizeAxis(given, rank);
    if (!axis)
      return failure();
    // A step beyond any size takes one element, like the largest sensible one.
    step = std::clamp(step, -maximumElements, maximumElements);
    if (step == 0)
      return node.unsupported("the step along axis " + Twine(*axis) + " is 0",
                              "the model is not valid; export it again");
    Span span = SpanResolver(space, sizes[*axis]).resolve(start, end, step);
    first[*axis] = span.start;
    sizes[*axis] = span.count;
    stride[*axis] = span.step;
  }
  return node.finish(builder.slice(input, first, sizes, stride));
}

//===----------------------------------------------------------------------===//
// Pad
//===----------------------------------------------------------------------===//

static std::optional<graph::PadMode> padMode(StringRef name) {
  return llvm::StringSwitch<std::optional<graph::PadMode>>(name)
      .Case("constant", graph::PadMode::constant)
      .Case("reflect", graph::PadMode::reflect)
      .Case("edge", graph::PadMode::edge)
      .Case("wrap", graph::PadMode::wrap)
      .Default(std::nullopt);
}

/// What to pad with: an attribute until opset 10, an input since.
static Value padValue(Node &node) {
  Builder &builder = node.builder();
  if (Value value = node.input(2))
    return builder.cast(toScalar(builder, value),
                        Builder::elementOf(node.input(0)));
  return like(builder, node.input(0), node.number("value", 0));
}

/// Padding by sizes that are not numbers: only constants, axis by axis.
static LogicalResult padBySizes(Node &node, ArrayRef<AffineExpr> counts,
                                ArrayRef<int64_t> axes) {
  Builder &builder = node.builder();
  if (node.text("mode", "constant") != "constant")
    return node.unsupported("the padding is not a number",
                            "give the sizes of the inputs numbers");
  Value result = node.input(0);
  Value value = padValue(node);
  for (auto [position, axis] : llvm::enumerate(axes))
    result = padAxis(builder, result, value, axis, counts[position],
                     counts[position + axes.size()]);
  return node.finish(result);
}

static LogicalResult translatePad(Node &node) {
  Builder &builder = node.builder();
  graph::DimSpace &space = node.space();
  int64_t rank = Builder::rankOf(node.input(0));
  auto mode = padMode(node.text("mode", "constant"));
  auto counts = sliceBounds(node, "pads", 1);
  auto given = node.integersFrom("axes", 3);
  if (failed(counts) || failed(given))
    return failure();
  SmallVector<int64_t> axes;
  for (int64_t axis :
       given->value_or(llvm::to_vector(llvm::seq<int64_t>(0, rank)))) {
    std::optional<int64_t> normal = builder.normalizeAxis(axis, rank);
    if (!normal)
      return failure();
    axes.push_back(*normal);
  }
  if (!mode || counts->size() != 2 * axes.size())
    return node.unsupported("its mode or the number of its paddings is unknown",
                            "the model is not valid; export it again");

  SmallVector<int64_t> low(rank, 0), high(rank, 0);
  for (auto [position, count] : llvm::enumerate(*counts)) {
    std::optional<int64_t> number = space.constant(count);
    if (!number)
      return padBySizes(node, *counts, axes);
    if (*number > maximumElements || *number < -maximumElements)
      return node.unsupported("padding by " + Twine(*number) + " elements",
                              "the model is not valid; export it again");
    SmallVector<int64_t> &side = position < axes.size() ? low : high;
    side[axes[position % axes.size()]] = *number;
  }
  for (auto [axis, size] : llvm::enumerate(builder.sizesOf(node.input(0))))
    if (low[axis] + high[axis] < 0)
      space.demandAtLeast(space.add(size, space.number(low[axis] + high[axis])),
                          0);
  return node.finish(
      builder.pad(*mode, node.input(0), padValue(node), low, high));
}

void addSlicingOperators(OperatorTable &table) {
  table.add("Slice", needs<1, translateSlice>);
  table.add("Pad", needs<1, translatePad>, 2);
}

} // namespace lmcc::import
