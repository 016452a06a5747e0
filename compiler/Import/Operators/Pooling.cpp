//===- Pooling.cpp - Windows, and what pools make of them -----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/Operators/Windows.h"

using namespace mlir;
using lmcc::graph::Reduction;

namespace lmcc::import {

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

static bool allWithin(ArrayRef<int64_t> values, int64_t low) {
  return llvm::all_of(values, [low](int64_t value) {
    return value >= low && value <= largestWindow;
  });
}

static int64_t reachOf(const Windows &windows, size_t axis) {
  return windows.dilations[axis] * (windows.kernel[axis] - 1) + 1;
}

/// Pads so that there is one window per stride of the input; the odd element
/// goes behind (SAME_UPPER) or in front.
static LogicalResult padToSame(Node &node, Windows &windows, bool isUpper) {
  Builder::Sizes sizes = node.builder().sizesOf(node.input(0));
  for (size_t axis = 0; axis < windows.kernel.size(); ++axis) {
    int64_t stride = windows.strides[axis];
    int64_t total = reachOf(windows, axis) - 1; // With a stride of 1.
    if (stride != 1) {
      auto size = node.space().constant(sizes[axis + 2]);
      if (!size)
        return node.unsupported("automatic padding of the size " +
                                    node.space().text(sizes[axis + 2]),
                                "export with explicit paddings");
      int64_t places = llvm::divideCeil(*size, stride);
      total = std::max<int64_t>(
          (places - 1) * stride + reachOf(windows, axis) - *size, 0);
    }
    int64_t less = total / 2, more = total - less;
    windows.low[axis] = isUpper ? less : more;
    windows.high[axis] = isUpper ? more : less;
  }
  return success();
}

/// Makes room for a last window that is not complete, unless it would start in
/// the padding behind the input.
static LogicalResult roundUp(Node &node, Windows &windows) {
  Builder::Sizes sizes = node.builder().sizesOf(node.input(0));
  for (size_t axis = 0; axis < windows.kernel.size(); ++axis) {
    auto size = node.space().constant(sizes[axis + 2]);
    if (!size)
      return node.unsupported("ceil_mode over the size " +
                                  node.space().text(sizes[axis + 2]),
                              "export without ceil_mode");
    int64_t stride = windows.strides[axis];
    int64_t span =
        *size + windows.low[axis] + windows.high[axis] - reachOf(windows, axis);
    if (span < 0)
      continue; // Reported where the patches are made.
    int64_t last = llvm::divideCeil(span, stride);
    if (last * stride >= *size + windows.low[axis])
      --last;
    windows.excess[axis] = std::max<int64_t>(last * stride - span, 0);
  }
  return success();
}

/// Where sizes are not numbers, at least one window must fit.
static void demandPlaces(Node &node, const Windows &windows) {
  graph::DimSpace &space = node.space();
  Builder::Sizes sizes = node.builder().sizesOf(node.input(0));
  for (size_t axis = 0; axis < windows.kernel.size(); ++axis) {
    int64_t missing =
        windows.low[axis] + windows.high[axis] - reachOf(windows, axis);
    // A number that is too small is reported where the patches are made.
    space.demandAtLeast(space.add(sizes[axis + 2], space.number(missing)), 0);
  }
}

FailureOr<Windows> readWindows(Node &node, ArrayRef<int64_t> kernel) {
  Windows windows;
  windows.kernel =
      node.integers("kernel_shape").value_or(llvm::to_vector(kernel));
  size_t axes = windows.kernel.size();
  windows.strides =
      node.integers("strides").value_or(SmallVector<int64_t>(axes, 1));
  windows.dilations =
      node.integers("dilations").value_or(SmallVector<int64_t>(axes, 1));
  SmallVector<int64_t> pads =
      node.integers("pads").value_or(SmallVector<int64_t>(2 * axes, 0));
  bool fits =
      axes >= 1 &&
      Builder::rankOf(node.input(0)) == static_cast<int64_t>(axes) + 2 &&
      windows.strides.size() == axes && windows.dilations.size() == axes &&
      pads.size() == 2 * axes && (kernel.empty() || kernel.size() == axes) &&
      allWithin(windows.kernel, 1) && allWithin(windows.strides, 1) &&
      allWithin(windows.dilations, 1) && allWithin(pads, 0);
  for (size_t axis = 0; fits && axis < kernel.size(); ++axis)
    fits = kernel[axis] == windows.kernel[axis];
  if (!fits)
    return node.unsupported(
        "its kernel, strides, dilations or pads do not fit the input",
        "the kernel must have a constant shape");
  windows.low.assign(pads.begin(), pads.begin() + axes);
  windows.high.assign(pads.begin() + axes, pads.end());
  windows.excess.assign(axes, 0);

  std::string automatic = node.text("auto_pad", "NOTSET");
  bool isSame = automatic == "SAME_UPPER" || automatic == "SAME_LOWER";
  if (isSame && failed(padToSame(node, windows, automatic == "SAME_UPPER")))
    return failure();
  if (automatic == "VALID") {
    windows.low.assign(axes, 0);
    windows.high.assign(axes, 0);
  }
  // With automatic padding both ways of rounding give the same places.
  if (automatic == "NOTSET" && node.integer("ceil_mode", 0) &&
      failed(roundUp(node, windows)))
    return failure();
  demandPlaces(node, windows);
  return windows;
}

//===----------------------------------------------------------------------===//
// Pools
//===----------------------------------------------------------------------===//

/// Combines the elements under each window: `[batch, channels, places..]`.
static Value pool(Builder &builder, Reduction reduction, Value input,
                  const Windows &windows, ArrayRef<int64_t> low,
                  ArrayRef<int64_t> high) {
  Value patches = builder.patches(input, windows.kernel, windows.strides,
                                  windows.dilations, low, high);
  auto spatial = static_cast<int64_t>(windows.kernel.size());
  // [batch, places.., channels, window..]
  auto inWindow =
      llvm::to_vector(llvm::seq<int64_t>(spatial + 2, 2 * spatial + 2));
  Value reduced = builder.reduce(reduction, patches, inWindow, /*keep=*/false);
  SmallVector<int64_t> channelsFirst = {0, spatial + 1};
  llvm::append_range(channelsFirst, llvm::seq<int64_t>(1, spatial + 1));
  return builder.transpose(reduced, channelsFirst);
}

static SmallVector<int64_t> sums(ArrayRef<int64_t> a, ArrayRef<int64_t> b) {
  SmallVector<int64_t> result;
  for (auto [x, y] : llvm::zip(a, b))
    result.push_back(x + y);
  return result;
}

/// Paddings for all axes of an image: none for batch and channels.
static SmallVector<int64_t> withOuterAxes(ArrayRef<int64_t> spatial) {
  SmallVector<int64_t> all = {0, 0};
  llvm::append_range(all, spatial);
  return all;
}

/// Padding must never win, so it is the lowest value.
static LogicalResult translateMaxPool(Node &node) {
  if (failed(requireNumber(node)))
    return failure();
  Builder &builder = node.builder();
  FailureOr<Windows> windows = readWindows(node, {});
  if (failed(windows))
    return failure();
  if (node.wantsOutput(1))
    return node.unsupported("the places of the maxima are an output",
                            "export without unpooling");
  SmallVector<int64_t> none(windows->kernel.size(), 0);
  Value padded = builder.pad(
      graph::PadMode::constant, node.input(0),
      lowestLike(builder, node.input(0)), withOuterAxes(windows->low),
      withOuterAxes(sums(windows->high, windows->excess)));
  return node.finish(
      pool(builder, Reduction::max, padded, *windows, none, none));
}

/// How many elements lie under each window: `[1, 1, places..]`, or rank 0 if
/// that is the same everywhere.
static Value windowCounts(Node &node, const Windows &windows,
                          bool paddingCounts) {
  Builder &builder = node.builder();
  Value one = like(builder, node.input(0), 1);
  auto isZero = [](int64_t value) { return value == 0; };
  bool isUniform = llvm::all_of(windows.excess, isZero) &&
                   (paddingCounts || (llvm::all_of(windows.low, isZero) &&
                                      llvm::all_of(windows.high, isZero)));
  if (isUniform) {
    double elements = 1;
    for (int64_t size : windows.kernel)
      elements *= static_cast<double>(size);
    return like(builder, node.input(0), elements);
  }
  Builder::Sizes sizes = builder.sizesOf(node.input(0));
  sizes[0] = sizes[1] = builder.space().number(1);
  Value ones = builder.broadcast(one, sizes);
  if (!paddingCounts)
    return pool(builder, Reduction::sum, ones, windows, windows.low,
                sums(windows.high, windows.excess));
  SmallVector<int64_t> none(windows.kernel.size(), 0);
  Value padded =
      builder.pad(graph::PadMode::constant, ones, one,
                  withOuterAxes(windows.low), withOuterAxes(windows.high));
  return pool(builder, Reduction::sum, padded, windows, none, windows.excess);
}

static LogicalResult translateAveragePool(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  Builder &builder = node.builder();
  FailureOr<Windows> windows = readWindows(node, {});
  if (failed(windows))
    return failure();
  Value sum = pool(builder, Reduction::sum, node.input(0), *windows,
                   windows->low, sums(windows->high, windows->excess));
  return node.finish(builder.div(
      sum, windowCounts(node, *windows, node.integer("count_include_pad", 0))));
}

/// All axes behind batch and channels.
static SmallVector<int64_t> spatialAxes(Node &node) {
  return llvm::to_vector(llvm::seq<int64_t>(
      2, std::max<int64_t>(2, Builder::rankOf(node.input(0)))));
}

static LogicalResult translateGlobalAveragePool(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  return node.finish(mean(node.builder(), node.input(0), spatialAxes(node),
                          /*keep=*/true));
}

static LogicalResult translateGlobalMaxPool(Node &node) {
  if (failed(requireNumber(node)))
    return failure();
  return node.finish(node.builder().reduce(Reduction::max, node.input(0),
                                           spatialAxes(node), /*keep=*/true));
}

void addPoolingOperators(OperatorTable &table) {
  table.add("MaxPool", needs<1, translateMaxPool>);
  table.add("AveragePool", needs<1, translateAveragePool>);
  table.add("GlobalAveragePool", needs<1, translateGlobalAveragePool>);
  table.add("GlobalMaxPool", needs<1, translateGlobalMaxPool>);
}

} // namespace lmcc::import
