//===- Convolution.cpp - Convolutions as products of patches --------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/Operators/Windows.h"

using namespace mlir;

namespace lmcc::import {

//===----------------------------------------------------------------------===//
// The product
//===----------------------------------------------------------------------===//

/// The convolution of `[batch, channels, spatial..]` with a kernel
/// `[outputs, channels / groups, window..]`.
///
/// Each group is a product of its patches, one row per place, with its part of
/// the kernel, one column per output.
static Value convolve(Builder &builder, Value input, Value kernel,
                      const Windows &windows, int64_t groups) {
  graph::DimSpace &space = builder.space();
  Value patches = builder.patches(input, windows.kernel, windows.strides,
                                  windows.dilations, windows.low, windows.high);
  if (!patches)
    return {};
  size_t spatial = windows.kernel.size();
  Builder::Sizes sizes = builder.sizesOf(patches);
  Builder::Sizes kernelSizes = builder.sizesOf(kernel);
  ArrayRef<AffineExpr> places = ArrayRef(sizes).slice(1, spatial);
  AffineExpr batch = sizes.front(), outputs = kernelSizes.front();
  AffineExpr depth = space.product(ArrayRef(kernelSizes).drop_front(1));
  std::optional<AffineExpr> outputsOfGroup =
      space.divide(outputs, space.number(groups));
  if (!outputsOfGroup ||
      !space.unify(space.multiply(kernelSizes[1], space.number(groups)),
                   builder.sizesOf(input)[1]))
    return builder.error("the kernel has " + space.text(outputs) +
                         " outputs of " + space.text(kernelSizes[1]) +
                         " channels in " + Twine(groups) +
                         " groups, but the input has " +
                         space.text(builder.sizesOf(input)[1]) + " channels");

  AffineExpr rows = space.product(places), group = space.number(groups);
  Value product;
  if (groups == 1) {
    Value columns =
        swapLastAxes(builder, builder.reshape(kernel, {outputs, depth}));
    Value flat =
        builder.matmul(builder.reshape(patches, {batch, rows, depth}), columns);
    product = swapLastAxes(builder, flat);
  } else {
    Value columns = swapLastAxes(
        builder, builder.reshape(kernel, {group, *outputsOfGroup, depth}));
    Value apart = builder.transpose(
        builder.reshape(patches, {batch, rows, group, depth}), {0, 2, 1, 3});
    product = swapLastAxes(builder, builder.matmul(apart, columns));
  }
  Builder::Sizes result = {batch, outputs};
  llvm::append_range(result, places);
  return builder.reshape(product, result);
}

/// The convolution that a node asks for, of `input` and `kernel`; null has been
/// reported.
static Value convolution(Node &node, Value input, Value kernel) {
  if (!input || !kernel)
    return {};
  Builder &builder = node.builder();
  int64_t rank = Builder::rankOf(input);
  SmallVector<int64_t> shape;
  for (AffineExpr size : builder.sizesOf(kernel))
    shape.push_back(builder.space().constant(size).value_or(-1));
  if (rank < 3 || static_cast<int64_t>(shape.size()) != rank)
    return builder.error("a convolution of rank " + Twine(rank) +
                         " with a kernel of rank " + Twine(shape.size()));
  FailureOr<Windows> windows = readWindows(node, ArrayRef(shape).drop_front(2));
  int64_t groups = node.integer("group", 1);
  if (failed(windows))
    return {};
  if (groups < 1 || groups > largestWindow)
    return builder.error("a convolution in " + Twine(groups) + " groups");
  return convolve(builder, input, kernel, *windows, groups);
}

/// Adds one number per channel.
static Value addBias(Builder &builder, Value result, Value bias) {
  if (!result || !bias)
    return result;
  return builder.add(result,
                     alongAxis(builder, bias, 1, Builder::rankOf(result)));
}

static LogicalResult translateConv(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  return node.finish(addBias(node.builder(),
                             convolution(node, node.input(0), node.input(1)),
                             node.input(2)));
}

//===----------------------------------------------------------------------===//
// Integers
//===----------------------------------------------------------------------===//

/// `input - zero point` as i32. The zero point is taken away before padding,
/// so that what lies outside counts as zero.
static Value centred(Node &node, unsigned position, unsigned zeroPoint,
                     int64_t axis) {
  Builder &builder = node.builder();
  Type wide = builder.operations().getI32Type();
  Value input = builder.cast(node.input(position), wide);
  Value zero = node.input(zeroPoint);
  if (!zero)
    return input;
  return builder.sub(input, perAxis(builder, builder.cast(zero, wide), axis,
                                    Builder::rankOf(input)));
}

static LogicalResult translateConvInteger(Node &node) {
  return node.finish(
      convolution(node, centred(node, 0, 2, 1), centred(node, 1, 3, 0)));
}

/// Operands are x, scale, zero point, kernel, scale, zero point, then scale and
/// zero point of the result, and an i32 bias in units of both scales.
static LogicalResult translateQLinearConv(Node &node) {
  Builder &builder = node.builder();
  Value image = centred(node, 0, 2, 1);
  Value filter = centred(node, 3, 5, 0);
  Value sum = addBias(builder, convolution(node, image, filter), node.input(8));
  if (!sum)
    return failure();
  Value imageScale = toScalar(builder, node.input(1));
  Value sumScale = builder.mul(
      imageScale, perAxis(builder, node.input(4), 1, Builder::rankOf(sum)));
  Value scale = builder.div(sumScale, toScalar(builder, node.input(6)));
  return node.finish(
      requantize(builder, sum, scale, toScalar(builder, node.input(7))));
}

void addConvolutionOperators(OperatorTable &table) {
  table.add("Conv", needs<2, translateConv>);
  table.add("ConvInteger", needs<2, translateConvInteger>, 10);
  table.add("QLinearConv", needs<8, translateQLinearConv>, 10);
}

} // namespace lmcc::import
