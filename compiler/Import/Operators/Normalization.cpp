//===- Normalization.cpp - Softmax and norms of rows ----------------------===//
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

static std::optional<int64_t> axisOf(Node &node, int64_t otherwise) {
  return node.builder().normalizeAxis(node.integer("axis", otherwise),
                                      Builder::rankOf(node.input(0)));
}

//===----------------------------------------------------------------------===//
// Softmax
//===----------------------------------------------------------------------===//

static Value softmax(Builder &builder, Value rows) {
  return builder.softmax(rows);
}

/// x - max - log(sum(e^(x - max))) over the last axis.
static Value logSoftmax(Builder &builder, Value rows) {
  int64_t last = Builder::rankOf(rows) - 1;
  Value shifted = builder.sub(
      rows, builder.reduce(Reduction::max, rows, {last}, /*keep=*/true));
  Value sum =
      builder.reduce(Reduction::sum, builder.unary<graph::ExpOp>(shifted),
                     {last}, /*keep=*/true);
  return builder.sub(shifted, builder.unary<graph::LogOp>(sum));
}

/// 1 at the first of the largest elements of each row, else 0.
static Value hardmax(Builder &builder, Value rows) {
  int64_t rank = Builder::rankOf(rows);
  Value place = builder.argMax(rows, rank - 1, /*last=*/false, /*keep=*/true);
  Value places =
      iotaAlong(builder, builder.sizesOf(rows).back(), rank - 1, rank);
  return builder.cast(builder.compare(Comparison::eq, places, place),
                      Builder::elementOf(rows));
}

/// Until opset 12 all axes from `axis` on form the row, since then it is a
/// single one.
template <Value (*formula)(Builder &, Value)>
static LogicalResult alongRows(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  Builder &builder = node.builder();
  Value input = node.input(0);
  bool isFlat = node.version() < 13;
  std::optional<int64_t> axis = axisOf(node, isFlat ? 1 : -1);
  if (!axis)
    return failure();
  if (isFlat) {
    Builder::Sizes sizes = builder.sizesOf(input);
    AffineExpr rows =
        builder.space().product(ArrayRef(sizes).take_front(*axis));
    AffineExpr columns =
        builder.space().product(ArrayRef(sizes).drop_front(*axis));
    Value flat = builder.reshape(input, {rows, columns});
    return node.finish(flat ? builder.reshape(formula(builder, flat), sizes)
                            : Value());
  }
  int64_t last = Builder::rankOf(input) - 1;
  Value moved = swapAxes(builder, input, *axis, last);
  return node.finish(swapAxes(builder, formula(builder, moved), *axis, last));
}

//===----------------------------------------------------------------------===//
// Norms over trailing axes
//===----------------------------------------------------------------------===//

namespace {
/// A norm over the axes from `axis` on, as one over the last axis of a tensor
/// in which these axes are one.
class RowNorm {
public:
  RowNorm(Builder &builder, Value input, int64_t axis)
      : builder(builder), original(input), axis(axis),
        sizes(builder.sizesOf(input)) {
    rows = axis + 1 == static_cast<int64_t>(sizes.size())
               ? input
               : builder.reshape(input, joined(sizes));
  }

  /// Gain and bias may be smaller than a row and broadcast; `rms` knows no
  /// bias and does not centre.
  Value layerNorm(Value gain, Value bias, double epsilon) {
    Value normal = builder.layerNorm(rows, row(gain), row(bias),
                                     static_cast<float>(epsilon));
    return builder.reshape(normal, sizes);
  }
  Value rmsNorm(Value gain, double epsilon) {
    Value normal =
        builder.rmsNorm(rows, row(gain), static_cast<float>(epsilon));
    return builder.reshape(normal, sizes);
  }
  /// Whether gain or bias is the same for all rows.
  bool isRow(Value parameter) const {
    return !parameter || Builder::rankOf(parameter) <=
                             static_cast<int64_t>(sizes.size()) - axis;
  }
  /// All ones.
  Value unitGain() {
    return builder.broadcast(like(builder, original, 1), trailing());
  }

  /// Of the input before normalisation, in f32 at least; trailing axes stay
  /// with size 1.
  Value meanOfRows() { return mean(builder, wide(), axes(), /*keep=*/true); }
  Value inverseDeviation(Value centre, double epsilon) {
    Value centred = centre ? builder.sub(wide(), centre) : wide();
    Value variance =
        mean(builder, square(builder, centred), axes(), /*keep=*/true);
    Value deviation = squareRoot(
        builder, builder.add(variance, like(builder, variance, epsilon)));
    return builder.div(like(builder, deviation, 1), deviation);
  }

private:
  ArrayRef<AffineExpr> trailing() const {
    return ArrayRef(sizes).drop_front(axis);
  }
  Builder::Sizes joined(ArrayRef<AffineExpr> all) const {
    Builder::Sizes result(all.take_front(axis));
    result.push_back(builder.space().product(all.drop_front(axis)));
    return result;
  }
  Value row(Value parameter) {
    if (!parameter)
      return {};
    Value cast = builder.cast(parameter, Builder::elementOf(original));
    return builder.reshape(builder.broadcast(cast, trailing()),
                           {builder.space().product(trailing())});
  }
  Value wide() {
    return builder.cast(original,
                        accumulatorType(Builder::elementOf(original)));
  }
  SmallVector<int64_t> axes() const {
    return llvm::to_vector(
        llvm::seq<int64_t>(axis, static_cast<int64_t>(sizes.size())));
  }

  Builder &builder;
  Value original;
  int64_t axis;
  Builder::Sizes sizes;
  Value rows;
};
} // namespace

/// `(normal of input) * gain + bias` where gain and bias may differ from row to
/// row.
static Value affine(Builder &builder, Value normal, Value gain, Value bias) {
  if (!normal)
    return {};
  Type element = Builder::elementOf(normal);
  normal = builder.mul(normal, builder.cast(gain, element));
  return bias ? builder.add(normal, builder.cast(bias, element)) : normal;
}

static Value layerNorm(Builder &builder, Value input, int64_t axis, Value gain,
                       Value bias, double epsilon) {
  if (!input)
    return {};
  RowNorm norm(builder, input, axis);
  if (norm.isRow(gain) && norm.isRow(bias))
    return norm.layerNorm(gain, bias, epsilon);
  return affine(builder, norm.layerNorm(norm.unitGain(), {}, epsilon), gain,
                bias);
}

static Value rmsNorm(Builder &builder, Value input, int64_t axis, Value gain,
                     double epsilon) {
  if (!input)
    return {};
  RowNorm norm(builder, input, axis);
  if (norm.isRow(gain))
    return norm.rmsNorm(gain, epsilon);
  return affine(builder, norm.rmsNorm(norm.unitGain(), epsilon), gain, {});
}

/// Output `position`, if it is wanted, from the statistics of the rows.
static LogicalResult finishStatistics(Node &node, Value input, int64_t axis,
                                      double epsilon, Value result, Value sum) {
  if (!result)
    return failure();
  RowNorm norm(node.builder(), input, axis);
  Value centre, inverse;
  if (node.wantsOutput(1) || node.wantsOutput(2))
    centre = norm.meanOfRows();
  if (node.wantsOutput(2))
    inverse = norm.inverseDeviation(centre, epsilon);
  return finishAll(node, {result, centre, inverse, sum});
}

static LogicalResult translateLayerNormalization(Node &node) {
  std::optional<int64_t> axis = axisOf(node, -1);
  if (!axis || failed(requireFloat(node)))
    return failure();
  double epsilon = node.number("epsilon", 1e-5);
  Value result = layerNorm(node.builder(), node.input(0), *axis, node.input(1),
                           node.input(2), epsilon);
  return finishStatistics(node, node.input(0), *axis, epsilon, result, {});
}

static LogicalResult translateRmsNormalization(Node &node) {
  std::optional<int64_t> axis = axisOf(node, -1);
  if (!axis || failed(requireFloat(node)))
    return failure();
  double epsilon = node.number("epsilon", 1e-5);
  Builder &builder = node.builder();
  Value result = rmsNorm(builder, node.input(0), *axis, node.input(1), epsilon);
  Value inverse;
  if (node.wantsOutput(1))
    inverse = RowNorm(builder, node.input(0), *axis)
                  .inverseDeviation(/*centre=*/{}, epsilon);
  // The result has the type of the gain.
  return finishAll(
      node, {builder.cast(result, Builder::elementOf(node.input(1))), inverse});
}

//===----------------------------------------------------------------------===//
// Norms of sums
//===----------------------------------------------------------------------===//

/// Input, skip and, if there is one, the bias at `position`.
static Value skipSum(Node &node, unsigned position) {
  Builder &builder = node.builder();
  Value sum = builder.add(node.input(0), node.input(1));
  if (Value bias = node.input(position))
    sum = builder.add(sum, bias);
  return sum;
}

/// Inputs are input, skip, gain, bias of the norm, bias of the sum.
static LogicalResult translateSkipLayerNormalization(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  Value sum = skipSum(node, 4);
  if (!sum)
    return failure();
  double epsilon = node.number("epsilon", 1e-12);
  int64_t axis = Builder::rankOf(sum) - 1;
  if (axis < 0)
    return node.unsupported("its input is a scalar",
                            "the model is not valid; export it again");
  Value result = layerNorm(node.builder(), sum, axis, node.input(2),
                           node.input(3), epsilon);
  return finishStatistics(node, sum, axis, epsilon, result, sum);
}

/// Inputs are input, skip, gain, bias of the sum.
static LogicalResult translateSkipRmsNormalization(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  Value sum = skipSum(node, 3);
  if (!sum)
    return failure();
  double epsilon = node.number("epsilon", 1e-12);
  int64_t axis = Builder::rankOf(sum) - 1;
  if (axis < 0)
    return node.unsupported("its input is a scalar",
                            "the model is not valid; export it again");
  Builder &builder = node.builder();
  Value result = rmsNorm(builder, sum, axis, node.input(2), epsilon);
  if (node.wantsOutput(1))
    return node.unsupported("the mean of the rows is an output",
                            "optimise the model at a lower level");
  Value inverse;
  if (node.wantsOutput(2))
    inverse = RowNorm(builder, sum, axis).inverseDeviation({}, epsilon);
  return finishAll(node, {result, {}, inverse, sum});
}

void addNormalizationOperators(OperatorTable &table) {
  table.add("Softmax", needs<1, alongRows<softmax>>);
  table.add("LogSoftmax", needs<1, alongRows<logSoftmax>>);
  table.add("Hardmax", needs<1, alongRows<hardmax>>);
  table.add("LayerNormalization", needs<2, translateLayerNormalization>);
  table.add("RMSNormalization", needs<2, translateRmsNormalization>, 23);
  // Not standard, but optimisers put it into the default domain.
  table.add("SimplifiedLayerNormalization",
            needs<2, translateRmsNormalization>);
  table.add("com.microsoft::SkipLayerNormalization",
            needs<3, translateSkipLayerNormalization>);
  table.add("com.microsoft::SkipSimplifiedLayerNormalization",
            needs<3, translateSkipRmsNormalization>);
  addStatisticsOperators(table);
}

} // namespace lmcc::import
