//===- GroupedMatrices.cpp - Weights of a model in groups -----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The recipe is taken apart into integers, zero points and scales, each moved
// as the whole is, so that blocks may lie along any axis of what is stored.
//
//===----------------------------------------------------------------------===//

#include "passes/Compress/GroupedMatrices.h"
#include "dialects/Graph/Builder.h"
#include "mlir/IR/IRMapping.h"

#include <numeric>

using namespace mlir;

namespace lmcc {

/// Steps of a product that a machine takes at a time; groups are multiples.
static constexpr int64_t stepsTogether = 16;
/// Smaller blocks would become groups of more than twice their size, which cost
/// more time than the memory that they save is worth.
static constexpr int64_t leastBlock = stepsTogether / 2;
/// Sums of products with bytes of larger groups might exceed an i32.
static constexpr int64_t largestBlock = 65536;

//===----------------------------------------------------------------------===//
// Recipes
//===----------------------------------------------------------------------===//

namespace {
/// `(integers - zero) * scales`, with moves in between.
struct ScaledIntegers {
  /// As floats, of one shape; zero may be null, or smaller.
  Value integers, zero;
  /// A move, or what is multiplied by; the last one first.
  struct Step {
    Operation *move;
    Value scale;
  };
  SmallVector<Step> steps;
};
} // namespace

static bool isMove(Operation *op) {
  return isa_and_nonnull<graph::ReshapeOp, graph::TransposeOp, graph::SliceOp>(
      op);
}

static bool isFromIntegers(Value value) {
  auto cast = value.getDefiningOp<graph::CastOp>();
  return cast && isa<IntegerType>(graph::Builder::elementOf(cast.getInput())) &&
         !graph::Builder::elementOf(cast.getInput()).isInteger(1);
}

/// Whether `value` is read as floats, and only moved and repeated.
static bool isScale(Value value) {
  Operation *op = value.getDefiningOp();
  while (isMove(op) || isa_and_nonnull<graph::BroadcastOp, graph::CastOp>(op)) {
    value = op->getOperand(0);
    op = value.getDefiningOp();
  }
  return isa_and_nonnull<graph::ConstantOp, weight::FileOp>(op) &&
         isa<FloatType>(graph::Builder::elementOf(value));
}

static bool haveOneShape(Value a, Value b) {
  return graph::typeOf(a).getShape() == graph::typeOf(b).getShape();
}

/// The integers less their zero point, of which `value` is the difference.
static bool findIntegers(Value value, ScaledIntegers &found) {
  auto difference = value.getDefiningOp<graph::SubOp>();
  auto cast = value.getDefiningOp<graph::CastOp>();
  if (cast)
    difference = cast.getInput().getDefiningOp<graph::SubOp>();
  found.integers = difference ? difference.getLhs() : value;
  found.zero = difference ? difference.getRhs() : Value();
  return isFromIntegers(cast ? value : found.integers) &&
         haveOneShape(found.integers, value);
}

static std::optional<ScaledIntegers> scaledIntegers(Value value) {
  if (!graph::Builder::elementOf(value).isF32())
    return std::nullopt;
  ScaledIntegers found;
  for (;;) {
    Operation *op = value.getDefiningOp();
    if (isMove(op)) {
      found.steps.push_back({op, {}});
      value = op->getOperand(0);
      continue;
    }
    auto product = dyn_cast_or_null<graph::MulOp>(op);
    if (!product)
      break;
    bool isLeft = isScale(product.getRhs());
    Value inner = isLeft ? product.getLhs() : product.getRhs();
    Value scale = isLeft ? product.getRhs() : product.getLhs();
    // A product that is larger than its integers repeats them.
    if (!isScale(scale) || !haveOneShape(inner, value))
      return std::nullopt;
    found.steps.push_back({nullptr, scale});
    value = inner;
  }
  if (!findIntegers(value, found))
    return std::nullopt;
  return found;
}

namespace {
/// Writes parts of a recipe anew, each as a matrix of f32.
class PartWriter {
public:
  PartWriter(OpBuilder &recipe, Value source)
      : recipe(recipe), space(recipe.getContext()), build(recipe, space),
        found(*scaledIntegers(source)) {
    build.setLocation(source.getLoc());
  }

  Value integers() { return moved(asFloat(found.integers), false); }
  Value zeros() { return moved(all(zero()), false); }
  Value differences() {
    Value integers = asFloat(found.integers);
    if (found.zero)
      integers = build.sub(integers, asFloat(found.zero));
    return moved(integers, false);
  }
  Value scales() { return moved(all(number(1)), true); }

  /// The rows where groups begin.
  Value firstOfGroups(Value matrix, int64_t group) {
    RankedTensorType type = graph::typeOf(matrix);
    int64_t groups = llvm::divideCeil(type.getDimSize(0), group);
    return build.slice(matrix, {space.number(0), space.number(0)},
                       {space.number(groups), space.number(type.getDimSize(1))},
                       {group, 1});
  }

  /// With rows of 0 behind each block, up to whole groups.
  Value completed(Value matrix, int64_t block, int64_t group) {
    RankedTensorType type = graph::typeOf(matrix);
    int64_t columns = type.getDimSize(1);
    int64_t blocks = llvm::divideCeil(type.getDimSize(0), block);
    Value whole = padded(matrix, {blocks * block - type.getDimSize(0), 0});
    if (block == group)
      return whole;
    Value apart =
        build.reshape(whole, {space.number(blocks), space.number(block),
                              space.number(columns)});
    return build.reshape(padded(apart, {0, group - block, 0}),
                         {space.number(blocks * group), space.number(columns)});
  }

  Value number(int64_t value) {
    return build.scalar(recipe.getF32Type(), static_cast<double>(value));
  }
  graph::DimSpace::Sizes shape(ArrayRef<int64_t> sizes) {
    return llvm::map_to_vector(
        sizes, [&](int64_t size) { return space.number(size); });
  }
  graph::Builder &builder() { return build; }

private:
  /// `missing` places of 0 behind the end of each axis.
  Value padded(Value value, ArrayRef<int64_t> missing) {
    if (llvm::all_of(missing, [](int64_t places) { return places == 0; }))
      return value;
    SmallVector<int64_t> none(missing.size(), 0);
    Value zero = build.scalar(graph::Builder::elementOf(value), 0);
    return build.pad(graph::PadMode::constant, value, zero, none, missing);
  }
  Value zero() { return found.zero ? asFloat(found.zero) : number(0); }
  Value asFloat(Value value) { return build.cast(value, recipe.getF32Type()); }
  Value all(Value value) {
    return build.broadcast(value, build.sizesOf(found.integers));
  }

  /// `value`, of the shape of the integers, after all steps.
  Value moved(Value value, bool isScaled) {
    for (ScaledIntegers::Step &step : llvm::reverse(found.steps)) {
      if (step.move) {
        IRMapping mapping;
        mapping.map(step.move->getOperand(0), value);
        value = recipe.clone(*step.move, mapping)->getResult(0);
      } else if (isScaled) {
        value = build.mul(value, step.scale);
      }
    }
    return value;
  }

  OpBuilder &recipe;
  graph::DimSpace space;
  graph::Builder build;
  ScaledIntegers found;
};
} // namespace

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

static Value yielded(weight::DataOp data) {
  return cast<weight::YieldOp>(data.getBody().front().getTerminator())
      .getValue();
}

FailureOr<graph::HostTensor>
GroupedMatrices::evaluate(weight::DataOp data,
                          DerivedWeights::Recipe recipe) const {
  weight::DataOp derived = DerivedWeights::derive(data, recipe);
  ScopedDiagnosticHandler silence(data->getContext(),
                                  [](Diagnostic &) { return success(); });
  FailureOr<graph::HostTensor> result = graph::evaluateWeight(derived, files);
  derived->erase();
  return result;
}

namespace {
struct Range {
  float low = HUGE_VALF, high = -HUGE_VALF;
  bool areIntegers = true;

  explicit Range(const graph::HostTensor &tensor) {
    for (float number : tensor.data<float>()) {
      low = std::min(low, number);
      high = std::max(high, number);
      areIntegers &= number == std::nearbyint(number);
    }
  }
  bool isWithin(float least, float most) const {
    return areIntegers && low >= least && high <= most;
  }
};
} // namespace

/// Whether `integers`, signed or not, are numbers of `bits`; then their centre.
static std::optional<int64_t> centreOf(const graph::HostTensor &integers,
                                       int64_t bits) {
  Range range(integers);
  int64_t half = int64_t(1) << (bits - 1);
  for (int64_t centre : {int64_t(0), half})
    if (range.isWithin(static_cast<float>(centre - half),
                       static_cast<float>(centre + half - 1)))
      return centre;
  return std::nullopt;
}

void GroupedMatrices::readNumbers(weight::DataOp data, Numbers &result) const {
  auto differences = [](OpBuilder &recipe, Value source) {
    return PartWriter(recipe, source).differences();
  };
  auto integers = [](OpBuilder &recipe, Value source) {
    return PartWriter(recipe, source).integers();
  };
  FailureOr<graph::HostTensor> numbers = evaluate(data, differences);
  if (failed(numbers)) {
    result.obstacle = "its weights cannot be read";
    return;
  }
  Range range(*numbers);
  if (range.isWithin(-8, 7))
    return;
  numbers = evaluate(data, integers);
  if (succeeded(numbers))
    result.centre = centreOf(*numbers, result.bits);
  if (result.centre)
    return;
  result.bits = 8;
  if (range.isWithin(-128, 127))
    return;
  if (succeeded(numbers))
    result.centre = centreOf(*numbers, result.bits);
  if (!result.centre)
    result.obstacle = "its weights take more than 8 bits";
}

/// The greatest number that divides every row but the first one that differs
/// from the row before it, and `step`.
static int64_t commonStep(const graph::HostTensor &matrix, int64_t step) {
  ArrayRef<float> numbers = matrix.data<float>();
  int64_t depth = matrix.getShape()[0], columns = matrix.getShape()[1];
  for (int64_t row = 1; row < depth; ++row)
    if (numbers.slice(row * columns, columns) !=
        numbers.slice((row - 1) * columns, columns))
      step = std::gcd(step, row);
  return step;
}

void GroupedMatrices::readGroups(weight::DataOp data, Numbers &result) const {
  auto scales = [](OpBuilder &recipe, Value source) {
    return PartWriter(recipe, source).scales();
  };
  auto zeros = [](OpBuilder &recipe, Value source) {
    return PartWriter(recipe, source).zeros();
  };
  FailureOr<graph::HostTensor> all = evaluate(data, scales);
  if (succeeded(all))
    result.block = commonStep(*all, 0);
  if (succeeded(all) && result.centre) {
    all = evaluate(data, zeros);
    if (succeeded(all)) {
      result.block = commonStep(*all, result.block);
      auto centre = static_cast<float>(*result.centre);
      result.zerosAreBytes = Range(*all).isWithin(centre - 128, centre + 127);
    }
  }
  if (failed(all)) {
    result.obstacle = "the scales of its weights cannot be read";
    return;
  }
  int64_t block = result.block == 0 ? result.depth : result.block;
  if (result.block != 0 && block < leastBlock)
    result.obstacle = "the scales of its weights change after " +
                      std::to_string(block) + " steps; blocks of less than " +
                      std::to_string(leastBlock) + " are stored as float32";
  else if (block > largestBlock)
    result.obstacle = "blocks of " + std::to_string(block) +
                      " steps have one scale; more than " +
                      std::to_string(largestBlock) + " are stored as float32";
}

GroupedMatrices::Numbers GroupedMatrices::read(weight::DataOp data) const {
  Numbers result;
  result.depth = graph::typeOf(yielded(data)).getDimSize(0);
  readNumbers(data, result);
  if (result.obstacle.empty())
    readGroups(data, result);
  return result;
}

const GroupedMatrices::Numbers &
GroupedMatrices::numbersOf(weight::GetOp matrix) {
  auto [entry, isNew] = known.try_emplace(matrix.getWeightAttr().getAttr());
  if (isNew)
    entry->second = read(symbols.lookup<weight::DataOp>(matrix.getWeight()));
  return entry->second;
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

bool GroupedMatrices::isOfIntegers(weight::GetOp matrix) const {
  auto data = symbols.lookup<weight::DataOp>(matrix.getWeight());
  return scaledIntegers(yielded(data)).has_value();
}

GroupedMatrix GroupedMatrices::oneGroup(OpBuilder &builder,
                                        weight::GetOp matrix) {
  auto bytes = [&](OpBuilder &recipe, Value source) {
    PartWriter parts(recipe, source);
    return parts.builder().cast(parts.differences(), recipe.getI8Type());
  };
  auto scales = [&](OpBuilder &recipe, Value source) {
    PartWriter parts(recipe, source);
    int64_t columns = graph::typeOf(source).getDimSize(1);
    return parts.builder().reshape(
        parts.firstOfGroups(parts.scales(),
                            graph::typeOf(source).getDimSize(0)),
        parts.shape({columns}));
  };
  GroupedMatrix result;
  result.bits = 8;
  result.numbers = weights.get(builder, matrix, "columns", bytes);
  result.scales = weights.get(builder, matrix, "column_scales", scales);
  return result;
}

llvm::Expected<GroupedMatrix> GroupedMatrices::get(OpBuilder &builder,
                                                   weight::GetOp matrix,
                                                   bool rowsAreBytes) {
  const Numbers &numbers = numbersOf(matrix);
  if (!numbers.obstacle.empty())
    return llvm::createStringError(numbers.obstacle);
  if (numbers.block == 0 && numbers.bits == 8 && !numbers.centre &&
      !rowsAreBytes)
    return oneGroup(builder, matrix);
  GroupedMatrix result;
  result.bits = numbers.bits;
  result.block = numbers.block == 0 ? numbers.depth : numbers.block;
  result.group = llvm::alignTo(result.block, stepsTogether);
  auto centred = [&](OpBuilder &recipe, Value source) {
    PartWriter parts(recipe, source);
    Value all = numbers.centre
                    ? parts.builder().sub(parts.integers(),
                                          parts.number(*numbers.centre))
                    : parts.differences();
    return parts.completed(parts.builder().cast(all, recipe.getI8Type()),
                           result.block, result.group);
  };
  auto scales = [&](OpBuilder &recipe, Value source) {
    PartWriter parts(recipe, source);
    return parts.firstOfGroups(parts.scales(), result.block);
  };
  auto zeros = [&](OpBuilder &recipe, Value source) {
    PartWriter parts(recipe, source);
    Value all =
        parts.builder().sub(parts.zeros(), parts.number(*numbers.centre));
    return parts.firstOfGroups(parts.builder().cast(all, recipe.getI8Type()),
                               result.block);
  };
  auto offsets = [&](OpBuilder &recipe, Value source) {
    PartWriter parts(recipe, source);
    Value rest =
        parts.builder().sub(parts.number(*numbers.centre), parts.zeros());
    return parts.firstOfGroups(parts.builder().mul(rest, parts.scales()),
                               result.block);
  };
  result.numbers = weights.get(
      builder, matrix, result.bits == 4 ? "nibbles" : "group_bytes", centred);
  result.scales = weights.get(builder, matrix, "group_scales", scales);
  if (numbers.centre && numbers.zerosAreBytes)
    result.zeros = weights.get(builder, matrix, "group_zeros", zeros);
  else if (numbers.centre)
    result.offsets = weights.get(builder, matrix, groupOffsetsSuffix, offsets);
  return result;
}

} // namespace lmcc
