//===- Attention.cpp - Scaled dot product attention -----------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Attention becomes the operations of its definition, in their order: Q and K
// scaled by the root of the scale, product, soft cap, bias, softmax, product
// with V. Everything that hides keys is one condition on (batch, head, query,
// key), which becomes a bias of minus infinity; softmax gives rows without any
// key zeros.
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/Operators/Families.h"

#include <cmath>

using namespace mlir;
using lmcc::graph::Comparison;

namespace lmcc::import {

namespace {
/// `[batch, heads, sequence, head size]`
struct Heads {
  Value query, key, value;
  /// The keys in front of the first query, one number or one per batch entry,
  /// as i64 in a form that broadcasts with the scores.
  Value offset;
  /// The number of valid keys per batch entry, likewise; may be null.
  Value validKeys;
  Value presentKey, presentValue;
};

enum class ScoreOutput { product, capped, biased, probabilities };
} // namespace

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

/// `[batch, sequence, heads * size]` as `[batch, heads, sequence, size]`.
static Value splitHeads(Node &node, Value input, StringRef attribute) {
  Builder &builder = node.builder();
  graph::DimSpace &space = node.space();
  if (Builder::rankOf(input) == 4)
    return input;
  int64_t heads = node.integer(attribute, 0);
  if (Builder::rankOf(input) != 3 || heads < 1)
    return builder.error("attention over a tensor of rank " +
                         Twine(Builder::rankOf(input)) + " with " + attribute +
                         " = " + Twine(heads));
  Builder::Sizes sizes = builder.sizesOf(input);
  AffineExpr count = space.number(heads);
  std::optional<AffineExpr> size = space.divide(sizes[2], count);
  if (!size || !space.equal(space.multiply(*size, count), sizes[2]))
    return builder.error(space.text(sizes[2]) + " columns in " + Twine(heads) +
                         " heads");
  return builder.transpose(
      builder.reshape(input, {sizes[0], sizes[1], count, *size}), {0, 2, 1, 3});
}

static std::optional<Heads> readHeads(Node &node) {
  Builder &builder = node.builder();
  Heads heads;
  heads.query = splitHeads(node, node.input(0), "q_num_heads");
  heads.presentKey = splitHeads(node, node.input(1), "kv_num_heads");
  heads.presentValue = splitHeads(node, node.input(2), "kv_num_heads");
  Value pastKey = node.input(4), pastValue = node.input(5);
  Value lengths = node.version() >= 24 ? node.input(6) : Value();
  if (!heads.query || !heads.presentKey || !heads.presentValue)
    return std::nullopt;
  if (bool(pastKey) != bool(pastValue) || (lengths && pastKey)) {
    (void)node.unsupported("past keys, past values and the number of valid "
                           "keys do not go together",
                           "the model is not valid; export it again");
    return std::nullopt;
  }
  Type wide = builder.operations().getI64Type();
  AffineExpr queries = builder.sizesOf(heads.query)[2];
  if (pastKey) {
    if (Builder::rankOf(pastKey) != 4 || Builder::rankOf(pastValue) != 4) {
      builder.error("past keys and values must have four axes");
      return std::nullopt;
    }
    heads.offset = builder.dimValue(builder.sizesOf(pastKey)[2], wide);
    heads.presentKey = builder.concat({pastKey, heads.presentKey}, 2);
    heads.presentValue = builder.concat({pastValue, heads.presentValue}, 2);
  } else if (lengths) {
    heads.validKeys = alongAxis(builder, builder.cast(lengths, wide), 0, 4);
    heads.offset =
        builder.sub(heads.validKeys, builder.dimValue(queries, wide));
  } else {
    heads.offset = builder.scalar(wide, 0);
  }
  if (!heads.presentKey || !heads.presentValue || !heads.offset)
    return std::nullopt;
  return heads;
}

/// Repeats key or value heads, so that there is one per query head.
static Value repeatHeads(Builder &builder, Value input, AffineExpr heads) {
  graph::DimSpace &space = builder.space();
  if (!input)
    return {};
  Builder::Sizes sizes = builder.sizesOf(input);
  if (space.equal(sizes[1], heads))
    return input;
  std::optional<AffineExpr> times = space.divide(heads, sizes[1]);
  if (!times)
    return builder.error(space.text(heads) + " query heads share " +
                         space.text(sizes[1]) + " key heads");
  Value apart = builder.unsqueeze(input, {2});
  Value repeated = builder.broadcast(
      apart, {sizes[0], sizes[1], *times, sizes[2], sizes[3]});
  return builder.reshape(repeated, {sizes[0], heads, sizes[2], sizes[3]});
}

//===----------------------------------------------------------------------===//
// Bias
//===----------------------------------------------------------------------===//

static Value both(Builder &builder, Value a, Value b) {
  return a ? builder.binary<graph::AndOp>(a, b) : b;
}

/// A mask with fewer keys than there are is continued with `value`.
static Value continueMask(Node &node, Value mask, AffineExpr keys,
                          Value value) {
  Builder &builder = node.builder();
  graph::DimSpace &space = node.space();
  int64_t last = Builder::rankOf(mask) - 1;
  AffineExpr missing = space.subtract(keys, builder.sizesOf(mask)[last]);
  // Without a cache that is filled in part, only a mask of known length can be
  // meant to be short; other sizes are equal under two names.
  bool canBeShort = space.constant(missing) || node.hasInput(6);
  if (node.version() < 24 || !canBeShort)
    return mask;
  return padAxis(builder, mask, value, last, space.number(0), missing);
}

/// Which keys a query may see by its place: `[batch or 1, 1, queries, keys]`.
/// Null if all of them.
static Value visibleByPlace(Node &node, const Heads &heads, AffineExpr queries,
                            AffineExpr keys) {
  Builder &builder = node.builder();
  Value columns = iotaAlong(builder, keys, 3, 4);
  Value place = builder.add(iotaAlong(builder, queries, 2, 4), heads.offset);
  Value visible;
  auto demand = [&](Comparison comparison, Value bound) {
    visible =
        both(builder, visible, builder.compare(comparison, columns, bound));
  };
  auto shifted = [&](int64_t distance) {
    return builder.add(place,
                       like(builder, place, static_cast<double>(distance)));
  };
  if (node.integer("is_causal", 0))
    demand(Comparison::le, place);
  if (int64_t left = node.integer("left_window_size", -1); left >= 0)
    demand(Comparison::ge, shifted(-left));
  if (int64_t right = node.integer("right_window_size", -1); right >= 0)
    demand(Comparison::le, shifted(right));
  if (heads.validKeys)
    demand(Comparison::lt, heads.validKeys);
  return visible;
}

/// Adds the mask and what hides keys to the scores.
static Value addBias(Node &node, const Heads &heads, Value scores) {
  if (!scores)
    return {};
  Builder &builder = node.builder();
  Builder::Sizes sizes = builder.sizesOf(scores);
  Value visible = visibleByPlace(node, heads, sizes[2], sizes[3]);
  Value lowest = lowestLike(builder, scores);
  if (Value mask = node.input(3)) {
    if (Builder::rankOf(mask) < 1 || Builder::rankOf(mask) > 4)
      return builder.error("a mask of rank " + Twine(Builder::rankOf(mask)));
    if (Builder::elementOf(mask).isInteger(1)) {
      visible =
          both(builder, visible,
               continueMask(node, mask, sizes[3], like(builder, mask, 0)));
    } else {
      Value bias = builder.cast(mask, Builder::elementOf(scores));
      scores = builder.add(scores, continueMask(node, bias, sizes[3], lowest));
    }
  }
  if (!visible)
    return scores;
  return builder.add(scores,
                     builder.select(visible, like(builder, lowest, 0), lowest));
}

//===----------------------------------------------------------------------===//
// Attention
//===----------------------------------------------------------------------===//

/// Softmax in f32 where the node asks for more than its operands have.
static Value softmax(Node &node, Value scores) {
  if (!scores)
    return {};
  Builder &builder = node.builder();
  constexpr int64_t single = 1, twice = 11; // Of TensorProto.DataType.
  int64_t precision = node.integer("softmax_precision", 0);
  Type element = Builder::elementOf(scores);
  bool isWide = precision == single || precision == twice;
  Type inside = isWide ? accumulatorType(element) : element;
  return builder.cast(builder.softmax(builder.cast(scores, inside)), element);
}

/// The root of the factor for scores. Nothing after a report.
static std::optional<double> rootOfScale(Node &node, Value query) {
  auto size = node.space().constant(node.builder().sizesOf(query)[3]);
  if (!node.hasAttribute("scale") && (!size || *size < 1)) {
    (void)node.unsupported("the size of a head is not a number",
                           "give the attribute scale");
    return std::nullopt;
  }
  double scale = node.hasAttribute("scale")
                     ? node.number("scale", 1)
                     : 1 / std::sqrt(static_cast<double>(*size));
  if (scale >= 0)
    return std::sqrt(scale);
  (void)node.unsupported("a negative scale", "scale the queries instead");
  return std::nullopt;
}

static LogicalResult translateAttention(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  Builder &builder = node.builder();
  std::optional<Heads> heads = readHeads(node);
  if (!heads)
    return failure();
  std::optional<double> root = rootOfScale(node, heads->query);
  if (!root)
    return failure();

  AffineExpr count = builder.sizesOf(heads->query)[1];
  Value key = repeatHeads(builder, heads->presentKey, count);
  Value value = repeatHeads(builder, heads->presentValue, count);
  Value scaledQuery =
      builder.mul(heads->query, like(builder, heads->query, *root));
  Value turnedKey = swapLastAxes(builder, key);
  Value scaledKey = builder.mul(turnedKey, like(builder, key, *root));
  Value scores = builder.matmul(scaledQuery, scaledKey);
  Value capped = scores;
  if (double cap = node.number("softcap", 0); cap != 0) {
    Value limit = like(builder, scores, cap);
    capped = builder.mul(
        builder.unary<graph::TanhOp>(builder.div(scores, limit)), limit);
  }
  Value biased = addBias(node, *heads, capped);
  Value probabilities = softmax(node, biased);
  Value result = builder.matmul(
      probabilities,
      probabilities ? builder.cast(value, Builder::elementOf(probabilities))
                    : value);
  if (!result)
    return failure();
  if (Builder::rankOf(node.input(0)) == 3) {
    Builder::Sizes sizes = builder.sizesOf(result);
    result = builder.reshape(
        builder.transpose(result, {0, 2, 1, 3}),
        {sizes[0], sizes[2], node.space().multiply(sizes[1], sizes[3])});
  }

  Value shown;
  switch (static_cast<ScoreOutput>(node.integer("qk_matmul_output_mode", 0))) {
  case ScoreOutput::product: shown = scores; break;
  case ScoreOutput::capped: shown = capped; break;
  case ScoreOutput::biased: shown = biased; break;
  case ScoreOutput::probabilities: shown = probabilities; break;
  }
  if (node.wantsOutput(3) && !shown)
    return node.unsupported("an unknown qk_matmul_output_mode",
                            "use a mode from 0 to 3");
  return finishAll(node,
                   {result, heads->presentKey, heads->presentValue, shown});
}

void addAttentionOperators(OperatorTable &table) {
  table.add("Attention", needs<3, translateAttention>, 23);
  addRotaryOperators(table);
}

} // namespace lmcc::import
