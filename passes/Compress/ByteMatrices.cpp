//===- ByteMatrices.cpp - Weights that a model stores as integers ---------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Compress/ByteMatrices.h"
#include "dialects/Graph/Graph.h"
#include "mlir/IR/IRMapping.h"
#include "passes/Compress/ByteTensors.h"

using namespace mlir;

namespace lmcc {

/// What a byte of a weight is at most, and its negative at least.
static constexpr int64_t limit = 127;

static RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

/// The same shape with another element type.
static RankedTensorType retyped(Value value, Type element) {
  return RankedTensorType::get(typeOf(value).getShape(), element);
}

//===----------------------------------------------------------------------===//
// Recipes
//===----------------------------------------------------------------------===//

namespace {
/// A recipe that computes `integers`, multiplies them by `scale` (may be null)
/// and moves them.
struct IntegerRecipe {
  Value integers, scale;
  /// The last one first.
  SmallVector<Operation *> moves;
};
} // namespace

static bool isInteger(Value value) {
  auto type = dyn_cast<IntegerType>(typeOf(value).getElementType());
  return type && type.getWidth() != 1 && type.getWidth() <= 32 &&
         !(type.getWidth() == 32 && type.isUnsigned());
}

/// The integers that `value` is the conversion of, or null.
static Value converted(Value value) {
  auto cast = value.getDefiningOp<graph::CastOp>();
  return cast && isInteger(cast.getInput()) ? cast.getInput() : Value();
}

static std::optional<IntegerRecipe> integerRecipe(Value value) {
  IntegerRecipe recipe;
  while (isa_and_nonnull<graph::ReshapeOp, graph::TransposeOp>(
      value.getDefiningOp())) {
    recipe.moves.push_back(value.getDefiningOp());
    value = value.getDefiningOp()->getOperand(0);
  }
  auto product = value.getDefiningOp<graph::MulOp>();
  if (isInteger(value)) {
    recipe.integers = value;
  } else if (typeOf(value).getElementType().isF32() && product) {
    recipe.integers = converted(product.getLhs());
    recipe.scale = product.getRhs();
    if (!recipe.integers) {
      recipe.integers = converted(product.getRhs());
      recipe.scale = product.getLhs();
    }
  } else if (typeOf(value).getElementType().isF32()) {
    recipe.integers = converted(value);
  }
  // A product that is larger than its integers repeats them.
  if (!recipe.integers ||
      typeOf(recipe.integers).getShape() != typeOf(value).getShape())
    return std::nullopt;
  return recipe;
}

/// `value`, moved as the integers of the recipe are.
static Value moved(OpBuilder &builder, Value value,
                   const IntegerRecipe &recipe) {
  for (Operation *move : llvm::reverse(recipe.moves)) {
    Type type = retyped(move->getResult(0), typeOf(value).getElementType());
    IRMapping mapping;
    mapping.map(move->getOperand(0), value);
    value = builder.clone(*move, mapping)->getResult(0);
    value.setType(type);
  }
  return value;
}

static Value castTo(OpBuilder &builder, Value value, Type element) {
  if (typeOf(value).getElementType() == element)
    return value;
  return graph::CastOp::create(builder, value.getLoc(), retyped(value, element),
                               value);
}

/// The matrix without its scale, as i32.
static Value integers(OpBuilder &builder, Value source) {
  IntegerRecipe recipe = *integerRecipe(source);
  return moved(builder, castTo(builder, recipe.integers, builder.getI32Type()),
               recipe);
}

/// The scale of each element.
static Value allScales(OpBuilder &builder, Value source) {
  IntegerRecipe recipe = *integerRecipe(source);
  RankedTensorType type = retyped(recipe.integers, builder.getF32Type());
  Value all = recipe.scale;
  if (all.getType() != type)
    all = graph::BroadcastOp::create(builder, source.getLoc(), type, all);
  return moved(builder, all, recipe);
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

static bool rowsAreEqual(const graph::HostTensor &matrix) {
  ArrayRef<float> numbers = matrix.data<float>();
  size_t columns = matrix.getShape()[1];
  for (size_t at = columns; at < numbers.size(); at += columns)
    if (numbers.slice(at, columns) != numbers.take_front(columns))
      return false;
  return true;
}

ByteMatrices::Numbers ByteMatrices::read(weight::DataOp data) const {
  Numbers result;
  auto yield = cast<weight::YieldOp>(data.getBody().front().getTerminator());
  Value scale = integerRecipe(yield.getValue())->scale;
  result.isScaled = bool(scale);
  result.scale = scale ? onlyElement(scale) : Attribute();
  FailureOr<graph::HostTensor> numbers = evaluate(data, integers);
  if (failed(numbers)) {
    result.obstacle = "its weights cannot be read";
    return result;
  }
  if (result.isScaled && !result.scale) {
    FailureOr<graph::HostTensor> scales = evaluate(data, allScales);
    if (failed(scales) || !rowsAreEqual(*scales)) {
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
    Value all = integers(recipe, source);
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
                               return castTo(recipe, all, recipe.getI8Type());
                             });
  result.negativeSums = negativeSums(builder, result.bytes);
  if (numbers.hasExcess) {
    result.excess = weights.get(
        builder, matrix, "excess", [&](OpBuilder &recipe, Value source) {
          Value all = centred(recipe, source);
          Value beyond =
              graph::SubOp::create(recipe, source.getLoc(), all.getType(), all,
                                   limited(recipe, all));
          return castTo(recipe, beyond, recipe.getI8Type());
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
          return firstRow(recipe, allScales(recipe, source));
        });
  }
  return result;
}

} // namespace lmcc
