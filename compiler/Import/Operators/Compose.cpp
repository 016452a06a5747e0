//===- Compose.cpp - What translations of operators share -----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/Operators/Compose.h"

#include "compiler/Import/TensorType.h"

#include <cmath>
#include <limits>

using namespace mlir;

namespace lmcc::import {

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

LogicalResult requireInputs(Node &node, unsigned count) {
  for (unsigned position = 0; position < count; ++position)
    if (!node.hasInput(position))
      return node.unsupported("required input " + Twine(position) +
                                  " is missing",
                              "the model is not valid; export it again");
  return success();
}

LogicalResult requireFloat(Node &node) {
  if (isa<FloatType>(Builder::elementOf(node.input(0))))
    return success();
  return node.unsupported("it is defined for floating-point numbers only here",
                          "cast the input to float32 in front of it");
}

LogicalResult requireNumber(Node &node) {
  if (!Builder::elementOf(node.input(0)).isInteger(1))
    return success();
  return node.unsupported("it is not defined for booleans",
                          "cast the input to int32 in front of it");
}

LogicalResult requireBool(Node &node) {
  if (Builder::elementOf(node.input(0)).isInteger(1))
    return success();
  return node.unsupported("it is defined for booleans only",
                          "cast the input to bool in front of it");
}

FailureOr<Builder::Sizes> shapeFrom(Node &node, unsigned position,
                                    int64_t lowest) {
  std::optional<graph::ShapeValues::Elements> elements = node.sizes(position);
  if (!elements)
    return node.unsupported(
        "the values of input " + Twine(position) + " depend on data",
        "export with a shape that follows from the shapes of the inputs, or "
        "make the input a constant with --bind");
  if (elements->size() > static_cast<size_t>(maximumRank))
    return node.unsupported("a shape with " + Twine(elements->size()) + " axes",
                            "at most " + Twine(maximumRank) +
                                " axes are supported");
  Builder::Sizes sizes;
  for (AffineExpr size : *elements) {
    std::optional<int64_t> number = node.space().constant(size);
    if (number && (*number < lowest || *number > maximumElements))
      return node.unsupported("a shape with the size " + Twine(*number),
                              "the model is not valid; export it again");
    if (!number && !node.space().demandAtLeast(size, 0))
      return node.unsupported("a shape with the size " +
                                  node.space().text(size),
                              "the model is not valid; export it again");
    sizes.push_back(size);
  }
  return sizes;
}

FailureOr<Type> typeFrom(Node &node, StringRef name, Type otherwise) {
  int64_t code = node.integer(name, 0);
  Type element = otherwise;
  if (code != 0)
    element = llvm::isInt<32>(code) ? elementType(static_cast<int32_t>(code),
                                                  node.space().getContext())
                                    : Type();
  if (element)
    return element;
  return node.unsupported("its element type is unknown",
                          "use float32, int64, int8 or another common type");
}

std::optional<SmallVector<int64_t>>
normalizeAxes(Builder &builder, ArrayRef<int64_t> axes, int64_t rank) {
  SmallVector<int64_t> result;
  for (int64_t axis : axes) {
    std::optional<int64_t> normal = builder.normalizeAxis(axis, rank);
    if (!normal)
      return std::nullopt;
    if (llvm::is_contained(result, *normal)) {
      builder.error("axis " + Twine(axis) + " is named twice");
      return std::nullopt;
    }
    result.push_back(*normal);
  }
  llvm::sort(result);
  return result;
}

LogicalResult finishAll(Node &node, ArrayRef<Value> values) {
  for (auto [position, value] : llvm::enumerate(values)) {
    if (!node.wantsOutput(position))
      continue;
    if (!value)
      return failure();
    node.setOutput(position, value);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

Value like(Builder &builder, Value reference, double number) {
  if (!reference)
    return {};
  Type element = Builder::elementOf(reference);
  if (isa<IntegerType>(element)) // An attribute may hold any float.
    number = std::isnan(number) ? 0 : std::clamp(number, -0x1p63, 0x1p62);
  return builder.scalar(element, number);
}

Value lowestLike(Builder &builder, Value reference) {
  if (!reference)
    return {};
  Type element = Builder::elementOf(reference);
  if (isa<FloatType>(element))
    return builder.scalar(element, -std::numeric_limits<double>::infinity());
  bool isSigned = element.isSignlessInteger() && !element.isInteger(1);
  return builder.scalar(
      element,
      isSigned ? -std::ldexp(1.0, element.getIntOrFloatBitWidth() - 1) : 0.0);
}

Value maximum(Builder &builder, Value a, Value b) {
  return builder.binary<graph::MaxOp>(a, b);
}
Value minimum(Builder &builder, Value a, Value b) {
  return builder.binary<graph::MinOp>(a, b);
}
Value square(Builder &builder, Value input) {
  return builder.mul(input, input);
}
Value squareRoot(Builder &builder, Value input) {
  return builder.unary<graph::SqrtOp>(input);
}

//===----------------------------------------------------------------------===//
// Movement
//===----------------------------------------------------------------------===//

Value toScalar(Builder &builder, Value input) {
  return builder.reshape(input, {});
}

Value alongAxis(Builder &builder, Value vector, int64_t axis, int64_t rank) {
  if (!vector)
    return {};
  if (Builder::rankOf(vector) != 1 || axis >= rank)
    return builder.error("a tensor of rank " + Twine(Builder::rankOf(vector)) +
                         " cannot stand for axis " + Twine(axis) + " of " +
                         Twine(rank));
  Builder::Sizes sizes(rank, builder.space().number(1));
  sizes[axis] = builder.sizesOf(vector).front();
  return builder.reshape(vector, sizes);
}

Value perAxis(Builder &builder, Value parameters, int64_t axis, int64_t rank) {
  if (!parameters)
    return {};
  AffineExpr count = builder.space().product(builder.sizesOf(parameters));
  return builder.space().constant(count) == 1
             ? toScalar(builder, parameters)
             : alongAxis(builder, parameters, axis, rank);
}

Value iotaAlong(Builder &builder, AffineExpr size, int64_t axis, int64_t rank) {
  Value numbers = builder.iota(size, builder.operations().getI64Type());
  return alongAxis(builder, numbers, axis, rank);
}

Value sliceAxis(Builder &builder, Value input, int64_t axis, AffineExpr start,
                AffineExpr count, int64_t step) {
  if (!input)
    return {};
  Builder::Sizes sizes = builder.sizesOf(input);
  Builder::Sizes starts(sizes.size(), builder.space().number(0));
  SmallVector<int64_t> steps(sizes.size(), 1);
  starts[axis] = start;
  sizes[axis] = count;
  steps[axis] = step;
  return builder.slice(input, starts, sizes, steps);
}

Value swapAxes(Builder &builder, Value input, int64_t a, int64_t b) {
  if (!input)
    return {};
  auto permutation =
      llvm::to_vector(llvm::seq<int64_t>(0, Builder::rankOf(input)));
  std::swap(permutation[a], permutation[b]);
  return builder.transpose(input, permutation);
}

Value swapLastAxes(Builder &builder, Value input) {
  if (!input)
    return {};
  int64_t rank = Builder::rankOf(input);
  return rank < 2 ? builder.error("a matrix is expected, but the tensor has "
                                  "rank " +
                                  Twine(rank))
                  : swapAxes(builder, input, rank - 2, rank - 1);
}

Value padAxis(Builder &builder, Value input, Value value, int64_t axis,
              AffineExpr low, AffineExpr high) {
  if (!input || !value)
    return {};
  graph::DimSpace &space = builder.space();
  SmallVector<Value> parts;
  auto addFill = [&](AffineExpr count) {
    if (space.constant(count) == 0)
      return;
    Builder::Sizes sizes = builder.sizesOf(input);
    sizes[axis] = count;
    parts.push_back(
        space.demandAtLeast(count, 0)
            ? builder.broadcast(value, sizes)
            : builder.error("padding by " + space.text(count) + " elements"));
  };
  addFill(low);
  parts.push_back(input);
  addFill(high);
  return builder.concat(parts, axis);
}

//===----------------------------------------------------------------------===//
// Products and means
//===----------------------------------------------------------------------===//

Value matrixProduct(Builder &builder, Value lhs, Value rhs) {
  if (!lhs || !rhs)
    return {};
  bool isRow = Builder::rankOf(lhs) == 1, isColumn = Builder::rankOf(rhs) == 1;
  if (isRow)
    lhs = builder.unsqueeze(lhs, {0});
  if (isColumn)
    rhs = builder.unsqueeze(rhs, {1});
  Value product = builder.matmul(lhs, rhs);
  if (!product)
    return {};
  int64_t rank = Builder::rankOf(product);
  SmallVector<int64_t> added;
  if (isRow)
    added.push_back(rank - 2);
  if (isColumn)
    added.push_back(rank - 1);
  return builder.squeeze(product, added);
}

Type accumulatorType(Type element) {
  bool isNarrow =
      isa<FloatType>(element) && element.getIntOrFloatBitWidth() < 32;
  return isNarrow ? Float32Type::get(element.getContext()) : element;
}

Value mean(Builder &builder, Value input, ArrayRef<int64_t> axes, bool keep) {
  if (!input)
    return {};
  Type element = Builder::elementOf(input);
  Type wide = accumulatorType(element);
  Builder::Sizes reduced;
  Builder::Sizes sizes = builder.sizesOf(input);
  for (int64_t axis : axes)
    reduced.push_back(sizes[axis]);
  AffineExpr product = builder.space().product(reduced);
  std::optional<int64_t> number = builder.space().constant(product);
  Value count =
      number ? builder.scalar(wide, static_cast<double>(*number))
             : builder.cast(
                   builder.dimValue(product, builder.operations().getI64Type()),
                   wide);
  Value sum = builder.reduce(graph::Reduction::sum, builder.cast(input, wide),
                             axes, keep);
  return builder.cast(builder.div(sum, count), element);
}

Value requantize(Builder &builder, Value sum, Value scale, Value zeroPoint) {
  if (!sum || !scale || !zeroPoint)
    return {};
  Type single = builder.operations().getF32Type();
  Value sumInFloat = builder.cast(sum, single);
  Value scaled = builder.mul(sumInFloat, builder.cast(scale, single));
  Value rounded = builder.unary<graph::RoundOp>(scaled);
  Value shifted = builder.add(rounded, builder.cast(zeroPoint, single));
  // The cast saturates.
  return builder.cast(shifted, Builder::elementOf(zeroPoint));
}

QuantizedTensor quantizeDynamically(Builder &builder, Value input) {
  auto axes = llvm::to_vector(llvm::seq<int64_t>(0, Builder::rankOf(input)));
  Value zero = like(builder, input, 0), highest = like(builder, input, 255);
  Type byte = builder.operations().getIntegerType(8, /*isSigned=*/false);
  Value low = minimum(
      builder, builder.reduce(graph::Reduction::min, input, axes, false), zero);
  Value high = maximum(
      builder, builder.reduce(graph::Reduction::max, input, axes, false), zero);
  Value scale = builder.div(builder.sub(high, low), highest);
  Value exact = builder.sub(zero, builder.div(low, scale));
  Value place = builder.unary<graph::RoundOp>(
      minimum(builder, maximum(builder, exact, zero), highest));
  Value zeroPoint = builder.cast(place, byte);
  Value rounded = builder.unary<graph::RoundOp>(builder.div(input, scale));
  Value shifted =
      builder.add(rounded, builder.cast(zeroPoint, Builder::elementOf(input)));
  return {builder.cast(shifted, byte), scale, zeroPoint};
}

} // namespace lmcc::import
