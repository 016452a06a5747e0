//===- Rotary.cpp - Rotary position embedding -----------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/Operators/Families.h"

using namespace mlir;

namespace lmcc::import {

/// Every second element of the last axis from `start` on, or one half of it.
static Value halfOf(Builder &builder, Value input, bool interleaved,
                    bool isSecond, AffineExpr half) {
  int64_t last = Builder::rankOf(input) - 1;
  graph::DimSpace &space = builder.space();
  if (interleaved)
    return sliceAxis(builder, input, last, space.number(isSecond), half, 2);
  return sliceAxis(builder, input, last, isSecond ? half : space.number(0),
                   half);
}

/// Turns pairs of the last axis of `input` by the angles of `cosine` and
/// `sine`, which broadcast with half of it.
static Value rotate(Builder &builder, Value input, Value cosine, Value sine,
                    bool interleaved, AffineExpr half) {
  if (!input || !cosine || !sine)
    return {};
  Value first = halfOf(builder, input, interleaved, false, half);
  Value second = halfOf(builder, input, interleaved, true, half);
  Value realByCosine = builder.mul(cosine, first);
  Value real = builder.sub(realByCosine, builder.mul(sine, second));
  Value imaginaryBySine = builder.mul(sine, first);
  Value imaginary = builder.add(imaginaryBySine, builder.mul(cosine, second));
  int64_t rank = Builder::rankOf(input);
  if (!interleaved)
    return builder.concat({real, imaginary}, rank - 1);
  Value pairs = builder.concat(
      {builder.unsqueeze(real, {rank}), builder.unsqueeze(imaginary, {rank})},
      rank);
  return builder.reshape(pairs, builder.sizesOf(input));
}

namespace {
/// Where the heads of the input are.
struct RotaryLayout {
  /// `[batch, heads, sequence, size]` or `[batch, sequence, heads, size]`.
  Value heads;
  int64_t headAxis;
  AffineExpr sequence;
  int64_t size;
};
} // namespace

static FailureOr<RotaryLayout> rotaryLayout(Node &node, int64_t headCount) {
  Builder &builder = node.builder();
  graph::DimSpace &space = node.space();
  Value input = node.input(0);
  Builder::Sizes sizes = builder.sizesOf(input);
  if (sizes.size() == 4) {
    if (std::optional<int64_t> size = space.constant(sizes[3]))
      return RotaryLayout{input, 1, sizes[2], *size};
  } else if (sizes.size() == 3 && headCount >= 1) {
    std::optional<AffineExpr> size =
        space.divide(sizes[2], space.number(headCount));
    std::optional<int64_t> number = size ? space.constant(*size) : std::nullopt;
    Value heads = number
                      ? builder.reshape(input, {sizes[0], sizes[1],
                                                space.number(headCount), *size})
                      : Value();
    if (heads)
      return RotaryLayout{heads, 2, sizes[1], *number};
  }
  return node.unsupported("the heads of its input are not known",
                          "give the attribute num_heads and a constant size");
}

/// The rotation of input 0; `cosine` and `sine` are `[batch or 1, sequence,
/// half of what is rotated]`.
static LogicalResult finishRotation(Node &node, const RotaryLayout &layout,
                                    Value cosine, Value sine, int64_t rotated) {
  Builder &builder = node.builder();
  graph::DimSpace &space = node.space();
  if (rotated == 0)
    rotated = layout.size;
  if (rotated < 2 || rotated % 2 != 0 || rotated > layout.size)
    return node.unsupported(Twine(rotated) + " of " + Twine(layout.size) +
                                " columns are rotated",
                            "the model is not valid; export it again");
  AffineExpr count = space.number(rotated), half = space.number(rotated / 2);
  if (!cosine || !sine)
    return failure();
  for (Value cache : {cosine, sine})
    if (Builder::rankOf(cache) != 3 ||
        !space.unify(builder.sizesOf(cache)[2], half))
      return node.unsupported("its caches do not have " + Twine(rotated / 2) +
                                  " columns",
                              "the model is not valid; export it again");
  Value front = sliceAxis(builder, layout.heads, 3, space.number(0), count);
  Value cosineOfHeads = builder.unsqueeze(cosine, {layout.headAxis});
  Value sineOfHeads = builder.unsqueeze(sine, {layout.headAxis});
  Value turned = rotate(builder, front, cosineOfHeads, sineOfHeads,
                        node.integer("interleaved", 0), half);
  if (rotated < layout.size)
    turned =
        builder.concat({turned, sliceAxis(builder, layout.heads, 3, count,
                                          space.number(layout.size - rotated))},
                       3);
  return node.finish(builder.reshape(turned, builder.sizesOf(node.input(0))));
}

/// Inputs are input, cosines, sines and, optionally, the places in these.
static LogicalResult translateRotary(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  Builder &builder = node.builder();
  FailureOr<RotaryLayout> layout =
      rotaryLayout(node, node.integer("num_heads", 0));
  if (failed(layout))
    return failure();
  Value cosine = node.input(1), sine = node.input(2);
  if (Value places = node.input(3)) {
    if (Builder::rankOf(cosine) != 2 || Builder::rankOf(sine) != 2)
      return node.unsupported("its caches are not matrices",
                              "the model is not valid; export it again");
    cosine = builder.gather(cosine, places, 0);
    sine = builder.gather(sine, places, 0);
  }
  return finishRotation(node, *layout, cosine, sine,
                        node.integer("rotary_embedding_dim", 0));
}

/// Inputs are input, places, cosines, sines. A single place is that of the
/// first element of the sequence.
static LogicalResult translateMicrosoftRotary(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  Builder &builder = node.builder();
  int64_t rotated = node.integer("rotary_embedding_dim", 0);
  if (node.integer("is_packed_batching", 0) || node.number("scale", 1) != 1)
    return node.unsupported("it is packed or scaled",
                            "export without these attributes");
  if (Builder::rankOf(node.input(2)) != 2 ||
      Builder::rankOf(node.input(3)) != 2)
    return node.unsupported("its caches are not matrices",
                            "the model is not valid; export it again");
  int64_t heads = node.integer("num_heads", 0);
  // Without a number of heads, the caches tell the size of one.
  graph::DimSpace &space = node.space();
  Builder::Sizes cache = builder.sizesOf(node.input(2));
  if (heads == 0 && rotated == 0 && Builder::rankOf(node.input(0)) == 3) {
    auto columns = space.constant(builder.sizesOf(node.input(0))[2]);
    auto half = space.constant(cache[1]);
    heads = columns && half && *half > 0 ? *columns / (2 * *half) : 0;
  }
  FailureOr<RotaryLayout> layout = rotaryLayout(node, heads);
  if (failed(layout))
    return failure();
  Value places = node.input(1);
  if (Builder::rankOf(places) < 2) {
    Value numbers = builder.iota(layout->sequence, Builder::elementOf(places));
    places =
        builder.unsqueeze(builder.add(numbers, toScalar(builder, places)), {0});
  }
  Value cosine = builder.gather(node.input(2), places, 0);
  Value sine = builder.gather(node.input(3), places, 0);
  return finishRotation(node, *layout, cosine, sine, rotated);
}

void addRotaryOperators(OperatorTable &table) {
  table.add("RotaryEmbedding", needs<3, translateRotary>, 23);
  table.add("com.microsoft::RotaryEmbedding",
            needs<4, translateMicrosoftRotary>);
}

} // namespace lmcc::import
