//===- QuantizedWeights.cpp - Weights in few bits -------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Matrices are walked in strips of columns, so that what is looked at several
// times stays in the cache and the inner loops run over neighbours.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Evaluate/QuantizedWeights.h"
#include "dialects/Graph/Evaluate/Elements.h"
#include <array>
#include <cmath>

using namespace mlir;

namespace lmcc::graph {

namespace {
constexpr int64_t stripColumns = 32;
/// One number for each column of a strip.
using Strip = std::array<float, stripColumns>;

/// The numbers of one group in one strip of columns.
struct Part {
  const float *first;
  int64_t steps, stride, columns;
};
} // namespace

static float limitOf(int64_t bits) {
  return static_cast<float>((1 << (bits - 1)) - 1);
}

/// The shares of the largest magnitude that are tried as the end of the range,
/// the largest first.
static ArrayRef<float> clips(int64_t bits) {
  static constexpr float ofBytes[] = {1.0f, 0.96f, 0.92f, 0.88f, 0.84f};
  static constexpr float ofNibbles[] = {1.0f,  0.95f, 0.9f,  0.85f, 0.8f,
                                        0.75f, 0.7f,  0.65f, 0.6f};
  if (bits == 8)
    return ofBytes;
  return ofNibbles;
}

static float inverseOf(float scale) { return scale == 0 ? 0 : 1 / scale; }

/// To the nearest integer, halves to even, of what is below 2^22.
static float rounded(float x) {
  constexpr float oneAndAHalf = 12582912.0f; // Times 2^23: no bits are left.
  return (x + oneAndAHalf) - oneAndAHalf;
}

/// To the nearest bfloat16, halves to even.
static float roundedToHalf(float x) {
  return static_cast<float>(Eigen::bfloat16(x));
}

/// Between -limit and limit; a NaN becomes the lowest.
static float limited(float x, float limit) {
  float least = x > -limit ? x : -limit;
  return least < limit ? least : limit;
}

static Strip largestOf(const Part &part) {
  Strip largest = {};
  for (int64_t step = 0; step < part.steps; ++step)
    for (int64_t j = 0; j < part.columns; ++j)
      largest[j] =
          std::max(largest[j], std::abs(part.first[step * part.stride + j]));
  return largest;
}

/// The squared differences that quantising with `scales` makes.
static Strip errorsOf(const Part &part, const Strip &scales, float limit) {
  Strip errors = {}, inverses;
  for (int64_t j = 0; j < part.columns; ++j)
    inverses[j] = inverseOf(scales[j]);
  for (int64_t step = 0; step < part.steps; ++step)
    for (int64_t j = 0; j < part.columns; ++j) {
      float value = part.first[step * part.stride + j];
      float number = limited(rounded(value * inverses[j]), limit);
      float difference = number * scales[j] - value;
      errors[j] += difference * difference;
    }
  return errors;
}

static Strip bestScales(const Part &part, int64_t bits) {
  float limit = limitOf(bits);
  Strip largest = largestOf(part), best = {}, leastErrors = {};
  for (float clip : clips(bits)) {
    Strip scales = {};
    for (int64_t j = 0; j < part.columns; ++j) {
      float scale = largest[j] < 0x1p-119f ? 0 : clip * largest[j] / limit;
      scales[j] = bits == 4 ? roundedToHalf(scale) : scale;
    }
    Strip errors = errorsOf(part, scales, limit);
    for (int64_t j = 0; j < part.columns; ++j)
      if (clip == 1.0f || errors[j] < leastErrors[j]) {
        best[j] = scales[j];
        leastErrors[j] = errors[j];
      }
  }
  return best;
}

/// Calls `function` with each part of a matrix and the place of its scales.
template <typename Function>
static void walkParts(const float *matrix, ArrayRef<int64_t> shape,
                      int64_t groups, Function function) {
  int64_t columns = shape[1], steps = shape[0] / groups;
  for (int64_t first = 0; first < columns; first += stripColumns)
    for (int64_t group = 0; group < groups; ++group)
      function(Part{matrix + group * steps * columns + first, steps, columns,
                    std::min(stripColumns, columns - first)},
               group * columns + first);
}

static FailureOr<HostTensor> allocateFor(Operation *op) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (auto result =
          HostTensor::allocate(type.getElementType(), type.getShape()))
    return std::move(*result);
  return op->emitError() << "no memory for a tensor of type " << type;
}

FailureOr<HostTensor> compute(weight::ScalesOp op, const HostTensor &matrix) {
  FailureOr<HostTensor> result = allocateFor(op);
  if (failed(result))
    return failure();
  Loaded<float> values(matrix);
  float *scales = result->mutableData<float>().data();
  walkParts(values.data(), matrix.getShape(), result->getShape()[0],
            [&](const Part &part, int64_t place) {
              Strip best = bestScales(part, op.getBits());
              std::copy_n(best.begin(), part.columns, scales + place);
            });
  return result;
}

FailureOr<HostTensor> compute(weight::QuantizeOp op, const HostTensor &matrix,
                              const HostTensor &scales) {
  FailureOr<HostTensor> result = allocateFor(op);
  if (failed(result))
    return failure();
  Loaded<float> values(matrix), scaleValues(scales);
  int8_t *bytes = result->mutableData<int8_t>().data();
  float limit = limitOf(op.getBits());
  walkParts(values.data(), matrix.getShape(), scales.getShape()[0],
            [&](const Part &part, int64_t place) {
              int8_t *to = bytes + (part.first - values.data());
              for (int64_t step = 0; step < part.steps; ++step)
                for (int64_t j = 0; j < part.columns; ++j) {
                  int64_t at = step * part.stride + j;
                  float inverse = inverseOf(scaleValues[place + j]);
                  float number = rounded(part.first[at] * inverse);
                  to[at] = static_cast<int8_t>(limited(number, limit));
                }
            });
  return result;
}

namespace {
/// Where the numbers and scales of a stream come from.
class GroupStream {
public:
  GroupStream(weight::PackGroupsOp op, const HostTensor &matrix,
              const HostTensor &scales)
      : numbers(matrix.data<int8_t>().data()), scales(scales),
        columns(matrix.getShape()[1]), width(op.width()), bits(op.getBits()),
        group(matrix.getShape()[0] / scales.getShape()[0]),
        hasWideScales(op.getWideScales()) {}

  /// The words of group `place` of the panel.
  void write(int64_t panel, int64_t place, uint32_t *words) const {
    for (int64_t step = 0; step < group; step += 32 / bits)
      for (int64_t j = 0; j < width; ++j)
        *words++ = numbersOf(panel * width + j, place * group + step);
    if (hasWideScales) {
      for (int64_t j = 0; j < width; ++j)
        *words++ = scaleOf(panel * width + j, place);
      return;
    }
    for (int64_t j = 0; j < width / 2; ++j) {
      uint32_t low = halfScaleOf(panel * width + j, place);
      uint32_t high = halfScaleOf(panel * width + j + width / 2, place);
      *words++ = low | high << 16;
    }
  }

private:
  uint32_t numbersOf(int64_t column, int64_t step) const {
    uint32_t word = 0;
    for (int64_t t = 0; t < 32 / bits && column < columns; ++t) {
      auto number =
          static_cast<uint32_t>(numbers[(step + t) * columns + column]);
      word |= bits == 4 ? (number + 8) << (t % 4 * 8 + t / 4 * 4)
                        : (number & 0xff) << t * 8;
    }
    return word;
  }

  uint32_t scaleOf(int64_t column, int64_t place) const {
    if (column >= columns)
      return 0;
    return Eigen::numext::bit_cast<uint32_t>(scales[place * columns + column]);
  }

  uint32_t halfScaleOf(int64_t column, int64_t place) const {
    if (column >= columns)
      return 0;
    float scale = scales[place * columns + column];
    return Eigen::numext::bit_cast<uint16_t>(Eigen::bfloat16(scale));
  }

  const int8_t *numbers;
  Loaded<float> scales;
  int64_t columns, width, bits, group;
  bool hasWideScales;
};
} // namespace

FailureOr<HostTensor> compute(weight::PackGroupsOp op, const HostTensor &matrix,
                              const HostTensor &scales) {
  FailureOr<HostTensor> result = allocateFor(op);
  if (failed(result))
    return failure();
  GroupStream stream(op, matrix, scales);
  ArrayRef<int64_t> shape = result->getShape();
  uint32_t *words = result->mutableData<uint32_t>().data();
  for (int64_t panel = 0; panel < shape[0]; ++panel)
    for (int64_t place = 0; place < shape[1]; ++place) {
      stream.write(panel, place, words);
      words += shape[2];
    }
  return result;
}

FailureOr<HostTensor> compute(weight::ColumnSumsOp op,
                              const HostTensor &matrix) {
  FailureOr<HostTensor> result = allocateFor(op);
  if (failed(result))
    return failure();
  const int8_t *values = matrix.data<int8_t>().data();
  int64_t depth = matrix.getShape()[0], columns = matrix.getShape()[1];
  MutableArrayRef<uint32_t> sums = result->mutableData<uint32_t>();
  std::fill(sums.begin(), sums.end(), 0);
  for (int64_t step = 0; step < depth; ++step)
    for (int64_t j = 0; j < columns; ++j)
      sums[j] += static_cast<uint32_t>(values[step * columns + j]);
  for (uint32_t &sum : sums)
    sum *= static_cast<uint32_t>(op.getFactor());
  return result;
}

} // namespace lmcc::graph
