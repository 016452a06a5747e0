//===- ByteMatrices.cpp - Weights that a model stores as integers ---------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Compress/ByteMatrices.h"
#include "passes/Compress/ByteTensors.h"
#include "passes/Compress/IntegerRecipe.h"
#include <numeric>

using namespace mlir;
using lmcc::graph::typeOf;

namespace lmcc {

/// What a byte of a weight is at most, and its negative at least.
static constexpr int64_t limit = 127;

/// What lies along a column of a matrix, counted from the back.
static constexpr int64_t columnAxis = 2;

static Value asBytes(OpBuilder &builder, Value numbers) {
  RankedTensorType type = typeOf(numbers).clone(builder.getI8Type());
  return graph::CastOp::create(builder, numbers.getLoc(), type, numbers);
}

/// The first row of a matrix.
static Value firstRow(OpBuilder &builder, Value matrix) {
  auto indexType = RankedTensorType::get({}, builder.getI64Type());
  Value first = graph::ConstantOp::create(
      builder, matrix.getLoc(), indexType,
      DenseElementsAttr::get(indexType, builder.getI64IntegerAttr(0)));
  auto type = RankedTensorType::get(typeOf(matrix).getDimSize(1),
                                    typeOf(matrix).getElementType());
  return graph::GatherOp::create(builder, matrix.getLoc(), type, matrix, first,
                                 /*axis=*/0);
}

static Value constant(OpBuilder &builder, Location location,
                      ArrayRef<int32_t> numbers) {
  auto type = RankedTensorType::get(static_cast<int64_t>(numbers.size()),
                                    builder.getI32Type());
  return graph::ConstantOp::create(builder, location, type,
                                   DenseElementsAttr::get(type, numbers));
}

/// The numbers of a matrix as far as they fit a byte.
static Value limited(OpBuilder &builder, Value matrix) {
  auto type = RankedTensorType::get({}, builder.getI32Type());
  Value most = graph::ConstantOp::create(
      builder, matrix.getLoc(), type,
      DenseElementsAttr::get(type, static_cast<int32_t>(limit)));
  return graph::MinOp::create(builder, matrix.getLoc(), matrix.getType(),
                              matrix, most);
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

FailureOr<graph::HostTensor>
ByteMatrices::evaluate(weight::DataOp data,
                       DerivedWeights::Recipe recipe) const {
  weight::DataOp derived = DerivedWeights::derive(data, recipe);
  ScopedDiagnosticHandler silence(data->getContext(),
                                  [](Diagnostic &) { return success(); });
  FailureOr<graph::HostTensor> result = graph::evaluateWeight(derived, files);
  derived->erase();
  return result;
}

namespace {
struct ColumnRange {
  int64_t low = INT32_MAX, high = INT32_MIN;

  /// What to take from the numbers so that they fit a byte: the least possible.
  /// Where they lie too far apart, the lowest becomes the lowest byte.
  int64_t rest() const {
    int64_t most = low + limit;
    return std::clamp<int64_t>(0, std::min(high - limit, most), most);
  }
  int64_t highestByte() const { return high - rest(); }
};
} // namespace

static SmallVector<ColumnRange> columnRanges(const graph::HostTensor &matrix) {
  size_t columns = matrix.getShape()[1];
  SmallVector<ColumnRange> ranges(columns);
  ArrayRef<int32_t> numbers = matrix.data<int32_t>();
  for (size_t at = 0; at < numbers.size(); at += columns)
    for (size_t column = 0; column < columns; ++column) {
      ColumnRange &range = ranges[column];
      int64_t number = numbers[at + column];
      range.low = std::min(range.low, number);
      range.high = std::max(range.high, number);
    }
  return ranges;
}

/// What every element of a constant is, or null.
static Attribute onlyElement(Value value) {
  auto constant = value.getDefiningOp<graph::ConstantOp>();
  auto elements = constant ? dyn_cast<DenseElementsAttr>(constant.getValue())
                           : DenseElementsAttr();
  return elements && elements.isSplat() ? elements.getSplatValue<Attribute>()
                                        : Attribute();
}

/// Whether the numbers are the same all along `axis`, counted from the back.
static bool isUniform(const graph::HostTensor &tensor, int64_t axisFromBack) {
  ArrayRef<float> numbers = tensor.data<float>();
  ArrayRef<int64_t> inner = tensor.getShape().take_back(axisFromBack);
  size_t length = inner.front();
  size_t step = std::accumulate(inner.begin() + 1, inner.end(), size_t{1},
                                std::multiplies<>());
  for (size_t at = 0; at < numbers.size(); ++at)
    if (numbers[at] != numbers[at - at / step % length * step])
      return false;
  return true;
}

ByteMatrices::Numbers ByteMatrices::read(weight::DataOp data) const {
  Numbers result;
  auto yield = cast<weight::YieldOp>(data.getBody().front().getTerminator());
  Value scale = integerRecipe(yield.getValue())->scale;
  result.isScaled = bool(scale);
  result.scale = scale ? onlyElement(scale) : Attribute();
  FailureOr<graph::HostTensor> numbers = evaluate(data, integersOf);
  if (failed(numbers)) {
    result.obstacle = "its weights cannot be read";
    return result;
  }
  if (result.isScaled && !result.scale) {
    FailureOr<graph::HostTensor> scales = evaluate(data, scalesOf);
    if (failed(scales) || !isUniform(*scales, columnAxis)) {
      result.obstacle = "the scales of its weights change along the depth";
      return result;
    }
  }
  for (const ColumnRange &range : columnRanges(*numbers)) {
    if (range.highestByte() > 2 * limit) {
      result.obstacle = "its weights take more than 8 bits";
      return result;
    }
    result.hasExcess |= range.highestByte() > limit;
    result.rest.push_back(static_cast<int32_t>(range.rest()));
  }
  if (llvm::all_of(result.rest, [](int32_t number) { return number == 0; }))
    result.rest.clear();
  return result;
}

const ByteMatrices::Numbers &ByteMatrices::numbersOf(weight::GetOp matrix) {
  auto [entry, isNew] = known.try_emplace(matrix.getWeightAttr().getAttr());
  if (isNew)
    entry->second = read(symbols.lookup<weight::DataOp>(matrix.getWeight()));
  return entry->second;
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

bool ByteMatrices::isOfIntegers(weight::GetOp matrix) const {
  auto data = symbols.lookup<weight::DataOp>(matrix.getWeight());
  auto yield = cast<weight::YieldOp>(data.getBody().front().getTerminator());
  return integerRecipe(yield.getValue()).has_value();
}

Value ByteMatrices::negativeSums(OpBuilder &builder, Value bytes) {
  return weights.get(builder, bytes.getDefiningOp<weight::GetOp>(),
                     "negative_sums",
                     [](OpBuilder &recipe, Value source) -> Value {
                       return weight::ColumnSumsOp::create(
                           recipe, source.getLoc(),
                           RankedTensorType::get(typeOf(source).getDimSize(1),
                                                 recipe.getI32Type()),
                           source, -1);
                     });
}

void ByteMatrices::completeWords(OpBuilder &builder, ByteMatrix &matrix) {
  for (Value *bytes : {&matrix.bytes, &matrix.excess})
    if (*bytes && typeOf(*bytes).getDimSize(0) % graph::wordBytes != 0)
      *bytes = weights.get(builder, bytes->getDefiningOp<weight::GetOp>(),
                           "words", [](OpBuilder &recipe, Value source) {
                             graph::DimSpace space(recipe.getContext());
                             graph::Builder build(recipe, space);
                             build.setLocation(source.getLoc());
                             return inWholeWords(build, source, /*axis=*/0);
                           });
}

llvm::Expected<ByteMatrix> ByteMatrices::get(OpBuilder &builder,
                                             weight::GetOp matrix) {
  const Numbers &numbers = numbersOf(matrix);
  if (!numbers.obstacle.empty())
    return llvm::createStringError(numbers.obstacle);
  ByteMatrix result;
  auto centred = [&](OpBuilder &recipe, Value source) -> Value {
    Value all = integersOf(recipe, source);
    if (numbers.rest.empty())
      return all;
    Value rest = constant(recipe, source.getLoc(), numbers.rest);
    return graph::SubOp::create(recipe, source.getLoc(), all.getType(), all,
                                rest);
  };
  result.bytes = weights.get(builder, matrix, "bytes",
                             [&](OpBuilder &recipe, Value source) {
                               Value all = centred(recipe, source);
                               if (numbers.hasExcess)
                                 all = limited(recipe, all);
                               return asBytes(recipe, all);
                             });
  result.negativeSums = negativeSums(builder, result.bytes);
  if (numbers.hasExcess) {
    result.excess = weights.get(
        builder, matrix, "excess", [&](OpBuilder &recipe, Value source) {
          Value all = centred(recipe, source);
          Value beyond =
              graph::SubOp::create(recipe, source.getLoc(), all.getType(), all,
                                   limited(recipe, all));
          return asBytes(recipe, beyond);
        });
    result.negativeSums = graph::AddOp::create(
        builder, matrix.getLoc(), result.negativeSums.getType(),
        result.negativeSums, negativeSums(builder, result.excess));
  }
  if (!numbers.rest.empty())
    result.rest = constant(builder, matrix.getLoc(), numbers.rest);
  if (numbers.scale) {
    auto type = RankedTensorType::get({}, builder.getF32Type());
    result.scales =
        graph::ConstantOp::create(builder, matrix.getLoc(), type,
                                  DenseElementsAttr::get(type, numbers.scale));
  } else if (numbers.isScaled) {
    result.scales = weights.get(
        builder, matrix, "column_scales", [](OpBuilder &recipe, Value source) {
          return firstRow(recipe, scalesOf(recipe, source));
        });
  }
  return result;
}

//===----------------------------------------------------------------------===//
// As a side of a product
//===----------------------------------------------------------------------===//

/// The first numbers along `axis`, counted from the back.
static Value firstAlong(graph::Builder &build, Value tensor,
                        int64_t axisFromBack) {
  graph::DimSpace::Sizes sizes = build.sizesOf(tensor);
  sizes[sizes.size() - axisFromBack] = build.space().number(1);
  graph::DimSpace::Sizes starts(sizes.size(), build.space().number(0));
  return build.slice(tensor, starts, sizes,
                     SmallVector<int64_t>(sizes.size(), 1));
}

/// What to add to integers so that they are bytes from -128 to 127; none if
/// they lie too far apart.
static std::optional<int32_t> zeroFor(ArrayRef<int32_t> numbers) {
  if (numbers.empty())
    return 0;
  auto [low, high] = std::minmax_element(numbers.begin(), numbers.end());
  if (*low >= INT8_MIN && *high <= INT8_MAX)
    return 0;
  int64_t zero = int64_t{INT8_MIN} - *low;
  if (*high + zero > INT8_MAX)
    return std::nullopt;
  return static_cast<int32_t>(zero);
}

/// Goes on where the recipe `source` ends, with a builder of the graph.
static Value goOn(OpBuilder &recipe, Value source,
                  function_ref<Value(graph::Builder &build)> content) {
  graph::DimSpace space(recipe.getContext());
  graph::Builder build(recipe, space);
  build.setLocation(source.getLoc());
  return content(build);
}

llvm::Expected<QuantizedRows> ByteMatrices::side(graph::Builder &build,
                                                 weight::GetOp matrices,
                                                 int64_t axisFromBack) {
  auto data = symbols.lookup<weight::DataOp>(matrices.getWeight());
  auto yield = cast<weight::YieldOp>(data.getBody().front().getTerminator());
  std::optional<IntegerRecipe> known = integerRecipe(yield.getValue());
  if (!known)
    return llvm::createStringError("its weight is not made of integers");
  bool isScaled = bool(known->scale);
  FailureOr<graph::HostTensor> numbers = evaluate(data, integersOf);
  if (failed(numbers))
    return llvm::createStringError("its weights cannot be read");
  if (isScaled) {
    FailureOr<graph::HostTensor> scales = evaluate(data, scalesOf);
    if (failed(scales) || !isUniform(*scales, axisFromBack))
      return llvm::createStringError(
          "the scales of its weights change along the depth");
  }
  std::optional<int32_t> zero = zeroFor(numbers->data<int32_t>());
  if (!zero)
    return llvm::createStringError("its weights take more than 8 bits");
  OpBuilder &ops = build.operations();
  QuantizedRows result;
  result.bytes = weights.get(
      ops, matrices, "all_bytes", [&](OpBuilder &recipe, Value source) {
        return goOn(recipe, source, [&](graph::Builder &inside) {
          Value number = inside.scalar(recipe.getI32Type(), *zero);
          return asBytes(recipe,
                         inside.add(integersOf(recipe, source), number));
        });
      });
  if (*zero != 0)
    result.zero = build.scalar(ops.getI32Type(), *zero);
  if (isScaled)
    result.scale = weights.get(
        ops, matrices,
        axisFromBack == columnAxis ? "scales_of_columns" : "scales_of_rows",
        [&](OpBuilder &recipe, Value source) {
          return goOn(recipe, source, [&](graph::Builder &inside) {
            return firstAlong(inside, scalesOf(recipe, source), axisFromBack);
          });
        });
  return result;
}

} // namespace lmcc
