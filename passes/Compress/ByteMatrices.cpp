//===- ByteMatrices.cpp - Weights that a model stores as integers ---------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Compress/ByteMatrices.h"
#include "passes/Compress/ByteTensors.h"
#include "passes/Compress/ConstantNumber.h"
#include "passes/Compress/IntegerRecipe.h"
#include <numeric>

using namespace mlir;
using lmcc::graph::typeOf;

namespace lmcc {

/// What a byte of a weight is at most, and its negative at least.
static constexpr int64_t limit = 127;

/// What lies along a column of a matrix, counted from the back.
static constexpr int64_t columnAxis = 2;

static Value asBytes(graph::Builder &build, Value numbers) {
  return build.cast(numbers, build.operations().getI8Type());
}

static Value constant(graph::Builder &build, ArrayRef<int32_t> numbers) {
  auto type = RankedTensorType::get(static_cast<int64_t>(numbers.size()),
                                    build.operations().getI32Type());
  return build.constant(DenseElementsAttr::get(type, numbers));
}

/// The numbers of a matrix as far as they fit a byte.
static Value limited(graph::Builder &build, Value matrix) {
  Type i32 = build.operations().getI32Type();
  return build.binary<graph::MinOp>(matrix, build.scalar(i32, limit));
}

/// The first numbers along `axis`, counted from the back.
static Value firstAlong(graph::Builder &build, Value tensor,
                        int64_t axisFromBack) {
  graph::DimSpace::Sizes sizes = build.sizesOf(tensor);
  sizes[sizes.size() - axisFromBack] = build.space().number(1);
  graph::DimSpace::Sizes starts(sizes.size(), build.space().number(0));
  return build.slice(tensor, starts, sizes,
                     SmallVector<int64_t>(sizes.size(), 1));
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

namespace {
struct ColumnRange {
  int64_t low = INT32_MAX, high = INT32_MIN;

  /// What to take from the numbers so that they fit a byte: the least possible.
  /// Where they lie too far apart, the lowest becomes the lowest byte.
  int64_t rest() const {
    int64_t most = low + limit;
    return std::clamp<int64_t>(0, std::min(high - limit, most), most);
  }
  int64_t highest() const { return high - rest(); }
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

/// Whether sums of products with differences of bytes may exceed an i32.
static bool mayOverflow(const graph::HostTensor &numbers,
                        int64_t axisFromBack) {
  int64_t most = 0;
  for (int64_t number : numbers.data<int32_t>())
    most = std::max(most, std::abs(number));
  int64_t depth = numbers.getShape().take_back(axisFromBack).front();
  return most * UINT8_MAX > INT32_MAX / std::max<int64_t>(depth, 1);
}

llvm::Expected<graph::HostTensor>
ByteMatrices::integersIn(weight::GetOp weight, int64_t axisFromBack) const {
  std::optional<IntegerRecipe> recipe = integerRecipe(reader.resultOf(weight));
  if (!recipe)
    return llvm::createStringError("its weight is not made of integers");
  FailureOr<graph::HostTensor> numbers = reader.read(weight, integersOf);
  if (failed(numbers))
    return llvm::createStringError("its weights cannot be read");
  if (recipe->scale && !numberOf(recipe->scale)) {
    FailureOr<graph::HostTensor> scales = reader.read(weight, scalesOf);
    if (failed(scales) || !isUniform(*scales, axisFromBack))
      return llvm::createStringError(
          "the scales of its weights change along the depth");
  }
  // Products of integers wrap around as they should.
  if (typeOf(weight).getElementType().isF32() &&
      mayOverflow(*numbers, axisFromBack))
    return llvm::createStringError("its sums may exceed 32 bits");
  return std::move(*numbers);
}

ByteMatrices::Numbers ByteMatrices::read(weight::GetOp matrix) const {
  Numbers result;
  llvm::Expected<graph::HostTensor> numbers = integersIn(matrix, columnAxis);
  if (!numbers) {
    result.obstacle = llvm::toString(numbers.takeError());
    return result;
  }
  for (const ColumnRange &range : columnRanges(*numbers)) {
    if (range.highest() > 2 * limit) {
      result.obstacle = "its weights take more than 8 bits";
      return result;
    }
    result.hasExcess |= range.highest() > limit;
    result.rest.push_back(static_cast<int32_t>(range.rest()));
  }
  if (llvm::all_of(result.rest, [](int32_t number) { return number == 0; }))
    result.rest.clear();
  return result;
}

ByteMatrices::SideNumbers ByteMatrices::readSide(weight::GetOp weight,
                                                 int64_t axisFromBack) const {
  SideNumbers result;
  llvm::Expected<graph::HostTensor> numbers = integersIn(weight, axisFromBack);
  if (!numbers)
    result.obstacle = llvm::toString(numbers.takeError());
  else if (std::optional<int32_t> zero = zeroFor(numbers->data<int32_t>()))
    result.zero = *zero;
  else
    result.obstacle = "its weights take more than 8 bits";
  return result;
}

const ByteMatrices::Numbers &ByteMatrices::numbersOf(weight::GetOp matrix) {
  auto [entry, isNew] = known.try_emplace(matrix.getWeightAttr().getAttr());
  if (isNew)
    entry->second = read(matrix);
  return entry->second;
}

const ByteMatrices::SideNumbers &
ByteMatrices::sideNumbersOf(weight::GetOp weight, int64_t axisFromBack) {
  auto [entry, isNew] = knownSides.try_emplace(
      std::pair(weight.getWeightAttr().getAttr(), axisFromBack));
  if (isNew)
    entry->second = readSide(weight, axisFromBack);
  return entry->second;
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

bool ByteMatrices::isOfIntegers(weight::GetOp matrix) const {
  return integerRecipe(reader.resultOf(matrix)).has_value();
}

Value ByteMatrices::scaleOf(graph::Builder &build, weight::GetOp weight,
                            int64_t axisFromBack) {
  Value scale = integerRecipe(reader.resultOf(weight))->scale;
  if (!scale)
    return {};
  if (std::optional<double> number = numberOf(scale))
    return build.scalar(build.operations().getF32Type(), *number);
  return weights.get(
      build.operations(), weight,
      axisFromBack == columnAxis ? "column_scales" : "row_scales",
      [&](graph::Builder &inside, Value source) {
        Value first =
            firstAlong(inside, scalesOf(inside, source), axisFromBack);
        // One row broadcasts without its first axis.
        return graph::Builder::rankOf(first) == axisFromBack
                   ? inside.squeeze(first, {0})
                   : first;
      });
}

Value ByteMatrices::negativeSums(OpBuilder &ops, Value bytes) {
  return weights.get(ops, bytes.getDefiningOp<weight::GetOp>(), "negative_sums",
                     [](graph::Builder &inside, Value source) -> Value {
                       OpBuilder &recipe = inside.operations();
                       return weight::ColumnSumsOp::create(
                           recipe, inside.getLocation(),
                           RankedTensorType::get(typeOf(source).getDimSize(1),
                                                 recipe.getI32Type()),
                           source, -1);
                     });
}

void ByteMatrices::completeWords(OpBuilder &ops, ByteMatrix &matrix) {
  for (Value *bytes : {&matrix.bytes, &matrix.excess})
    if (*bytes && typeOf(*bytes).getDimSize(0) % graph::wordBytes != 0)
      *bytes = weights.get(ops, bytes->getDefiningOp<weight::GetOp>(), "words",
                           [](graph::Builder &inside, Value source) {
                             return inWholeWords(inside, source, /*axis=*/0);
                           });
}

llvm::Expected<ByteMatrix> ByteMatrices::get(graph::Builder &build,
                                             weight::GetOp matrix) {
  const Numbers &numbers = numbersOf(matrix);
  if (!numbers.obstacle.empty())
    return llvm::createStringError(numbers.obstacle);
  auto centred = [&](graph::Builder &inside, Value source) {
    Value all = integersOf(inside, source);
    return numbers.rest.empty()
               ? all
               : inside.sub(all, constant(inside, numbers.rest));
  };
  auto bytes = [&](graph::Builder &inside, Value source) {
    Value all = centred(inside, source);
    return asBytes(inside, numbers.hasExcess ? limited(inside, all) : all);
  };
  auto excess = [&](graph::Builder &inside, Value source) {
    Value all = centred(inside, source);
    return asBytes(inside, inside.sub(all, limited(inside, all)));
  };
  OpBuilder &ops = build.operations();
  ByteMatrix result;
  result.bytes = weights.get(ops, matrix, "bytes", bytes);
  result.negativeSums = negativeSums(ops, result.bytes);
  if (numbers.hasExcess) {
    result.excess = weights.get(ops, matrix, "excess", excess);
    result.negativeSums =
        build.add(result.negativeSums, negativeSums(ops, result.excess));
  }
  if (!numbers.rest.empty())
    result.rest = constant(build, numbers.rest);
  result.scales = scaleOf(build, matrix, columnAxis);
  return result;
}

llvm::Expected<ScaledBytes> ByteMatrices::side(graph::Builder &build,
                                               weight::GetOp matrices,
                                               int64_t axisFromBack) {
  const SideNumbers &numbers = sideNumbersOf(matrices, axisFromBack);
  if (!numbers.obstacle.empty())
    return llvm::createStringError(numbers.obstacle);
  Type i32 = build.operations().getI32Type();
  ScaledBytes result;
  result.bytes =
      weights.get(build.operations(), matrices, "all_bytes",
                  [&](graph::Builder &inside, Value source) {
                    Value all = integersOf(inside, source);
                    if (numbers.zero != 0)
                      all = inside.add(all, inside.scalar(i32, numbers.zero));
                    return asBytes(inside, all);
                  });
  if (numbers.zero != 0)
    result.zero = build.scalar(i32, numbers.zero);
  result.scale = scaleOf(build, matrices, axisFromBack);
  return result;
}

} // namespace lmcc
