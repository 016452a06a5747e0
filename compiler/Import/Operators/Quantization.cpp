//===- Quantization.cpp - Numbers as integers with a scale ----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/Operators/Families.h"
#include "compiler/Import/TensorType.h"

using namespace mlir;

namespace lmcc::import {

//===----------------------------------------------------------------------===//
// Granularity
//===----------------------------------------------------------------------===//

/// Each element of `parameters` for `block` consecutive places of `axis`, cut
/// to `size` places.
static Value perBlock(Builder &builder, Value parameters, int64_t axis,
                      int64_t block, AffineExpr size) {
  graph::DimSpace &space = builder.space();
  Builder::Sizes blocks = builder.sizesOf(parameters);
  Builder::Sizes repeated = blocks;
  repeated.insert(repeated.begin() + axis + 1, space.number(block));
  Builder::Sizes joined = blocks;
  joined[axis] = space.multiply(blocks[axis], space.number(block));
  if (!space.demandAtLeast(space.subtract(joined[axis], size), 0))
    return builder.error(space.text(blocks[axis]) + " blocks of " +
                         Twine(block) + " do not cover " + space.text(size));
  Value all = builder.reshape(
      builder.broadcast(builder.unsqueeze(parameters, {axis + 1}), repeated),
      joined);
  return sliceAxis(builder, all, axis, space.number(0), size);
}

/// Scale or zero point in a form that broadcasts with `input`: one for the
/// tensor, one per place of an axis, or one per block. Null has been reported.
static Value parametersFor(Node &node, Value input, Value parameters) {
  Builder &builder = node.builder();
  int64_t rank = Builder::rankOf(input);
  int64_t block = node.integer("block_size", 0);
  int64_t parameterRank = Builder::rankOf(parameters);
  AffineExpr count = node.space().product(builder.sizesOf(parameters));
  if (block == 0 && node.space().constant(count) == 1)
    return toScalar(builder, parameters);
  // A vector has one axis only, whatever the attribute says.
  std::optional<int64_t> axis =
      rank == 1 ? 0 : builder.normalizeAxis(node.integer("axis", 1), rank);
  if (!axis)
    return {};
  if (block == 0)
    return alongAxis(builder, parameters, *axis, rank);
  if (block < 0 || block > maximumElements || parameterRank != rank)
    return builder.error("blocks of " + Twine(block) +
                         " with parameters of rank " + Twine(parameterRank) +
                         " for a tensor of rank " + Twine(rank));
  return perBlock(builder, parameters, *axis, block,
                  builder.sizesOf(input)[*axis]);
}

//===----------------------------------------------------------------------===//
// Between floats and integers
//===----------------------------------------------------------------------===//

namespace {
/// What is dequantised, and how parameters broadcast with it. Of whole blocks
/// the places lie along an axis of their own, so that no parameter is repeated:
/// the weights of a model stay as small as they are.
struct Dequantized {
  Value input;
  /// The axis behind that of the blocks, or none.
  std::optional<int64_t> placeAxis;

  Value parameters(Node &node, Value values) const {
    return placeAxis ? node.builder().unsqueeze(values, {*placeAxis})
                     : parametersFor(node, input, values);
  }
};
} // namespace

static Dequantized inBlocks(Node &node, Value input, Value scales) {
  Builder &builder = node.builder();
  graph::DimSpace &space = node.space();
  int64_t block = node.integer("block_size", 0), rank = Builder::rankOf(input);
  int64_t axis = node.integer("axis", 1);
  axis += axis < 0 ? rank : 0;
  if (block <= 0 || axis < 0 || axis >= rank || Builder::rankOf(scales) != rank)
    return {input, {}};
  Builder::Sizes sizes = builder.sizesOf(input);
  std::optional<int64_t> size = space.constant(sizes[axis]);
  std::optional<int64_t> blocks = space.constant(builder.sizesOf(scales)[axis]);
  if (!size || !blocks || *size % block != 0 || *size / block != *blocks)
    return {input, {}};
  sizes[axis] = space.number(block);
  sizes.insert(sizes.begin() + axis, space.number(*blocks));
  return {builder.reshape(input, sizes), axis + 1};
}

/// (x - zero point) * scale; the difference is exact.
static LogicalResult translateDequantizeLinear(Node &node) {
  Builder &builder = node.builder();
  Value input = node.input(0);
  Type scaleType = Builder::elementOf(node.input(1));
  FailureOr<Type> element = typeFrom(node, "output_dtype", scaleType);
  if (failed(element))
    return failure();
  Type stored = Builder::elementOf(input);
  bool fitsInt32 = stored.isSignlessInteger(32) ||
                   (isa<IntegerType>(stored) && !stored.isInteger(1) &&
                    stored.getIntOrFloatBitWidth() < 32);
  if (!fitsInt32 || !isa<FloatType>(scaleType) || !isa<FloatType>(*element))
    return node.unsupported("it does not turn integers into floats",
                            "quantise to 8-bit integers");
  Dequantized whole = inBlocks(node, input, node.input(1));
  Value difference = whole.input;
  if (Value zero = node.input(2)) {
    Type wide = builder.operations().getI32Type();
    Value expanded = whole.parameters(node, zero);
    Value wideInput = builder.cast(whole.input, wide);
    difference = builder.sub(wideInput, builder.cast(expanded, wide));
  }
  // Differences of 16-bit numbers do not fit the narrow floats.
  Type inside = accumulatorType(scaleType);
  Value scale = whole.parameters(node, node.input(1));
  Value exact = builder.cast(difference, inside);
  Value scaled = builder.mul(exact, builder.cast(scale, inside));
  if (whole.placeAxis)
    scaled = builder.reshape(scaled, builder.sizesOf(input));
  return node.finish(builder.cast(scaled, *element));
}

/// round(x / scale) + zero point, saturated by the cast.
static LogicalResult translateQuantizeLinear(Node &node) {
  Builder &builder = node.builder();
  Value input = node.input(0), zero = node.input(2);
  Type byte = builder.operations().getIntegerType(8, /*isSigned=*/false);
  FailureOr<Type> element =
      typeFrom(node, "output_dtype", zero ? Builder::elementOf(zero) : byte);
  Type scaleType = Builder::elementOf(node.input(1));
  FailureOr<Type> inside = typeFrom(node, "precision", scaleType);
  if (failed(element) || failed(inside))
    return failure();
  if (!isa<IntegerType>(*element) || !isa<FloatType>(*inside))
    return node.unsupported("it does not turn floats into integers",
                            "quantise to 8-bit integers");
  if (node.hasNibbles(2))
    return node.unsupported("it turns floats into integers of 4 bits",
                            "store weights in 4 bits, not the floats they "
                            "come from");
  Value scale = parametersFor(node, input, node.input(1));
  Value dividend = builder.cast(input, *inside);
  Value ratio = builder.div(dividend, builder.cast(scale, *inside));
  Value rounded = builder.unary<graph::RoundOp>(ratio);
  if (zero) {
    // A narrow float cannot hold every 16-bit number.
    Type sum = accumulatorType(*inside);
    Value wide = builder.cast(rounded, sum);
    rounded =
        builder.add(wide, builder.cast(parametersFor(node, input, zero), sum));
  }
  return node.finish(builder.cast(rounded, *element));
}

static LogicalResult translateDynamicQuantizeLinear(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  QuantizedTensor result = quantizeDynamically(node.builder(), node.input(0));
  return finishAll(node, {result.bytes, result.scale, result.zeroPoint});
}

void addQuantizationOperators(OperatorTable &table) {
  table.add("DequantizeLinear", needs<2, translateDequantizeLinear>, 10);
  table.add("QuantizeLinear", needs<2, translateQuantizeLinear>, 10);
  table.add("com.microsoft::DequantizeLinear",
            needs<2, translateDequantizeLinear>);
  table.add("com.microsoft::QuantizeLinear", needs<2, translateQuantizeLinear>);
  table.add("DynamicQuantizeLinear", needs<1, translateDynamicQuantizeLinear>,
            11);
  addIntegerProductOperators(table);
}

} // namespace lmcc::import
