//===- Constants.cpp - Constants, and shapes as values --------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/Operators/Compose.h"
#include "compiler/Import/TensorType.h"

#include <cmath>

using namespace mlir;

namespace lmcc::import {

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

template <typename T>
static Value denseConstant(Builder &builder, ArrayRef<T> values, Type element,
                           ArrayRef<int64_t> shape) {
  auto type = RankedTensorType::get(shape, element);
  return builder.constant(DenseElementsAttr::get(type, values));
}

static LogicalResult translateConstant(Node &node) {
  Builder &builder = node.builder();
  Type wide = builder.operations().getI64Type();
  Type single = builder.operations().getF32Type();
  if (node.hasAttribute("value"))
    return node.finish(node.tensor("value"));
  if (node.hasAttribute("value_float"))
    return node.finish(builder.scalar(single, node.number("value_float", 0)));
  if (node.hasAttribute("value_int"))
    return node.finish(denseConstant<int64_t>(
        builder, node.integer("value_int", 0), wide, {}));
  if (auto integers = node.integers("value_ints"))
    return node.finish(builder.indices(*integers));
  if (auto numbers = node.numbers("value_floats")) {
    SmallVector<float> values(numbers->begin(), numbers->end());
    return node.finish(denseConstant<float>(
        builder, values, single, {static_cast<int64_t>(values.size())}));
  }
  return node.unsupported("its value is a text, sparse or missing",
                          "store it as a dense tensor of numbers");
}

static LogicalResult translateConstantOfShape(Node &node) {
  Builder &builder = node.builder();
  FailureOr<Builder::Sizes> sizes = shapeFrom(node, 0);
  if (failed(sizes))
    return failure();
  Value fill = node.hasAttribute("value")
                   ? toScalar(builder, node.tensor("value"))
                   : builder.scalar(builder.operations().getF32Type(), 0);
  return node.finish(builder.broadcast(fill, *sizes));
}

static LogicalResult translateEyeLike(Node &node) {
  Builder &builder = node.builder();
  Value input = node.input(0);
  if (Builder::rankOf(input) != 2)
    return node.unsupported("its input is not a matrix",
                            "the model is not valid; export it again");
  FailureOr<Type> element = typeFrom(node, "dtype", Builder::elementOf(input));
  if (failed(element))
    return failure();
  Builder::Sizes sizes = builder.sizesOf(input);
  Value rows = iotaAlong(builder, sizes[0], 0, 2);
  Value columns = iotaAlong(builder, sizes[1], 1, 2);
  Value shift = denseConstant<int64_t>(builder, node.integer("k", 0),
                                       builder.operations().getI64Type(), {});
  Value isOne =
      builder.compare(graph::Comparison::eq, builder.add(rows, shift), columns);
  return node.finish(builder.cast(isOne, *element));
}

//===----------------------------------------------------------------------===//
// Shapes as values
//===----------------------------------------------------------------------===//

static LogicalResult translateShape(Node &node) {
  Builder &builder = node.builder();
  Builder::Sizes sizes = builder.sizesOf(node.input(0));
  auto rank = static_cast<int64_t>(sizes.size());
  auto place = [&](int64_t axis) {
    return std::clamp<int64_t>(axis < 0 ? axis + rank : axis, 0, rank);
  };
  int64_t start = place(node.integer("start", 0));
  int64_t end = std::max(start, place(node.integer("end", rank)));
  return node.finish(
      builder.dimValues(ArrayRef(sizes).slice(start, end - start),
                        builder.operations().getI64Type()));
}

static LogicalResult translateSize(Node &node) {
  Builder &builder = node.builder();
  AffineExpr count = builder.space().product(builder.sizesOf(node.input(0)));
  return node.finish(
      builder.dimValue(count, builder.operations().getI64Type()));
}

//===----------------------------------------------------------------------===//
// Range
//===----------------------------------------------------------------------===//

static LogicalResult rangeOfFloats(Node &node) {
  Builder &builder = node.builder();
  std::optional<double> start = node.constantScalar(0);
  std::optional<double> limit = node.constantScalar(1);
  std::optional<double> delta = node.constantScalar(2);
  if (!start || !limit || !delta)
    return node.unsupported(
        "the length of a floating-point range depends on data",
        "count in int64 and cast the result");
  double count = std::max(std::ceil((*limit - *start) / *delta), 0.0);
  if (!(count <= static_cast<double>(maximumElements))) // Also rejects NaN.
    return node.unsupported("the range has no sensible length",
                            "the model is not valid; export it again");
  Type element = Builder::elementOf(node.input(0));
  Type wide = accumulatorType(element);
  Value places =
      builder.iota(builder.space().number(static_cast<int64_t>(count)),
                   builder.operations().getI64Type());
  Value widePlaces = builder.cast(places, wide);
  Value offsets = builder.mul(widePlaces, builder.scalar(wide, *delta));
  return node.finish(builder.cast(
      builder.add(offsets, builder.scalar(wide, *start)), element));
}

static LogicalResult rangeOfIntegers(Node &node) {
  Builder &builder = node.builder();
  graph::DimSpace &space = node.space();
  SmallVector<AffineExpr> bounds;
  for (unsigned position = 0; position < 3; ++position) {
    auto size = node.sizes(position);
    if (!size || size->size() != 1)
      return node.unsupported(
          "the length of the range depends on data",
          "export with a range that follows from the shapes of the inputs");
    bounds.push_back(size->front());
  }
  std::optional<int64_t> delta = space.constant(bounds[2]);
  if (!delta || *delta == 0 || *delta > maximumElements ||
      *delta < -maximumElements)
    return node.unsupported("the step of the range is not a sensible number",
                            "export with a constant step");

  int64_t stride = std::abs(*delta);
  AffineExpr span = *delta > 0 ? space.subtract(bounds[1], bounds[0])
                               : space.subtract(bounds[0], bounds[1]);
  // A range that surely runs the other way is empty.
  if (!space.demandAtLeast(span, 0))
    span = space.number(0);
  AffineExpr count = space.simplify(
      space.add(span, space.number(stride - 1)).floorDiv(stride));

  Type element = Builder::elementOf(node.input(0));
  Type counter = element.isSignlessInteger(32) || element.isSignlessInteger(64)
                     ? element
                     : builder.operations().getI64Type();
  Value values = builder.cast(builder.iota(count, counter), element);
  if (*delta != 1)
    values = builder.mul(values, toScalar(builder, node.input(2)));
  if (space.constant(bounds[0]) != 0)
    values = builder.add(values, toScalar(builder, node.input(0)));
  return node.finish(values);
}

static LogicalResult translateRange(Node &node) {
  return isa<FloatType>(Builder::elementOf(node.input(0)))
             ? rangeOfFloats(node)
             : rangeOfIntegers(node);
}

void addConstantOperators(OperatorTable &table) {
  table.add("Constant", translateConstant);
  table.add("ConstantOfShape", needs<1, translateConstantOfShape>, 9);
  table.add("EyeLike", needs<1, translateEyeLike>, 9);
  table.add("Shape", needs<1, translateShape>);
  table.add("Size", needs<1, translateSize>);
  table.add("Range", needs<3, translateRange>, 11);
}

} // namespace lmcc::import
