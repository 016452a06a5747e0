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
  if (cast) {
    difference = cast.getInput().getDefiningOp<graph::SubOp>();
    // Narrower differences may wrap around: they are the integers.
    if (difference && !graph::Builder::elementOf(difference).isInteger(32))
      difference = {};
  }
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
  PartWriter(graph::Builder &build, Value source)
      : build(build), space(build.space()), found(*scaledIntegers(source)) {}

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

  Value number(int64_t value) {
    return build.scalar(f32(), static_cast<double>(value));
  }

private:
  Type f32() { return build.operations().getF32Type(); }
  Value zero() { return found.zero ? asFloat(found.zero) : number(0); }
  Value asFloat(Value value) { return build.cast(value, f32()); }
  Value all(Value value) {
    return build.broadcast(value, build.sizesOf(found.integers));
  }

  /// `value`, of the shape of the integers, after all steps.
  Value moved(Value value, bool isScaled) {
    for (ScaledIntegers::Step &step : llvm::reverse(found.steps)) {
      if (step.move) {
        IRMapping mapping;
        mapping.map(step.move->getOperand(0), value);
        value = build.operations().clone(*step.move, mapping)->getResult(0);
      } else if (isScaled) {
        value = build.mul(value, step.scale);
      }
    }
    return value;
  }

  graph::Builder &build;
  graph::DimSpace &space;
  ScaledIntegers found;
};
} // namespace

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

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

static FailureOr<graph::HostTensor> readPart(const WeightReader &reader,
                                             weight::GetOp matrix,
                                             Value (PartWriter::*part)()) {
  return reader.read(matrix, [&](graph::Builder &inside, Value source) {
    return (PartWriter(inside, source).*part)();
  });
}

void GroupedMatrices::readNumbers(weight::GetOp matrix, Numbers &result) const {
  FailureOr<graph::HostTensor> numbers =
      readPart(reader, matrix, &PartWriter::differences);
  if (failed(numbers)) {
    result.obstacle = "its weights cannot be read";
    return;
  }
  Range range(*numbers);
  if (range.isWithin(-8, 7))
    return;
  numbers = readPart(reader, matrix, &PartWriter::integers);
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

void GroupedMatrices::readGroups(weight::GetOp matrix, Numbers &result) const {
  FailureOr<graph::HostTensor> all =
      readPart(reader, matrix, &PartWriter::scales);
  if (succeeded(all))
    result.block = commonStep(*all, 0);
  if (succeeded(all) && result.centre) {
    all = readPart(reader, matrix, &PartWriter::zeros);
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

GroupedMatrices::Numbers GroupedMatrices::read(weight::GetOp matrix) const {
  Numbers result;
  result.depth = graph::typeOf(matrix).getDimSize(0);
  if (result.depth == 0) {
    result.obstacle = "it has no depth";
    return result;
  }
  readNumbers(matrix, result);
  if (result.obstacle.empty())
    readGroups(matrix, result);
  return result;
}

const GroupedMatrices::Numbers &
GroupedMatrices::numbersOf(weight::GetOp matrix) {
  auto [entry, isNew] = known.try_emplace(matrix.getWeightAttr().getAttr());
  if (isNew)
    entry->second = read(matrix);
  return entry->second;
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

bool GroupedMatrices::isOfIntegers(weight::GetOp matrix) const {
  return scaledIntegers(reader.resultOf(matrix)).has_value();
}

/// `missing` zeros behind the end of an axis.
static Value padded(graph::Builder &build, Value value, int64_t axis,
                    int64_t missing) {
  if (missing == 0)
    return value;
  SmallVector<int64_t> low(graph::Builder::rankOf(value), 0), high = low;
  high[axis] = missing;
  Value zero = build.scalar(graph::Builder::elementOf(value), 0);
  return build.pad(graph::PadMode::constant, value, zero, low, high);
}

Value inWholeGroups(graph::Builder &build, Value value, int64_t axis,
                    int64_t block, int64_t group) {
  graph::DimSpace &space = build.space();
  graph::DimSpace::Sizes sizes = build.sizesOf(value);
  int64_t depth = *space.constant(sizes[axis]);
  int64_t blocks = llvm::divideCeil(depth, block);
  Value whole = padded(build, value, axis, blocks * block - depth);
  if (block == group)
    return whole;
  sizes[axis] = space.number(block);
  sizes.insert(sizes.begin() + axis, space.number(blocks));
  Value apart =
      padded(build, build.reshape(whole, sizes), axis + 1, group - block);
  sizes.erase(sizes.begin() + axis);
  sizes[axis] = space.number(blocks * group);
  return build.reshape(apart, sizes);
}

GroupedMatrix GroupedMatrices::oneGroup(OpBuilder &builder,
                                        weight::GetOp matrix) {
  auto bytes = [&](graph::Builder &inside, Value source) {
    PartWriter parts(inside, source);
    return inside.cast(parts.differences(), inside.operations().getI8Type());
  };
  auto scales = [&](graph::Builder &inside, Value source) {
    PartWriter parts(inside, source);
    int64_t depth = graph::typeOf(source).getDimSize(0);
    return inside.squeeze(parts.firstOfGroups(parts.scales(), depth), {0});
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
  auto centred = [&](graph::Builder &inside, Value source) {
    PartWriter parts(inside, source);
    Value all = numbers.centre ? inside.sub(parts.integers(),
                                            parts.number(*numbers.centre))
                               : parts.differences();
    return inWholeGroups(inside,
                         inside.cast(all, inside.operations().getI8Type()),
                         /*axis=*/0, result.block, result.group);
  };
  auto scales = [&](graph::Builder &inside, Value source) {
    PartWriter parts(inside, source);
    return parts.firstOfGroups(parts.scales(), result.block);
  };
  auto zeros = [&](graph::Builder &inside, Value source) {
    PartWriter parts(inside, source);
    Value all = inside.sub(parts.zeros(), parts.number(*numbers.centre));
    return parts.firstOfGroups(
        inside.cast(all, inside.operations().getI8Type()), result.block);
  };
  auto offsets = [&](graph::Builder &inside, Value source) {
    PartWriter parts(inside, source);
    Value rest = inside.sub(parts.number(*numbers.centre), parts.zeros());
    return parts.firstOfGroups(inside.mul(rest, parts.scales()), result.block);
  };
  result.numbers = weights.get(
      builder, matrix, result.bits == 4 ? "nibbles" : "group_bytes", centred);
  result.scales = weights.get(builder, matrix, "group_scales", scales);
  if (numbers.centre && numbers.zerosAreBytes)
    result.zeros = weights.get(builder, matrix, "group_zeros", zeros);
  else if (numbers.centre)
    result.offsets = weights.get(builder, matrix, "group_offsets", offsets);
  return result;
}

} // namespace lmcc
