//===- ByteAttention.cpp - Attention of rows of bytes ---------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rule N18 of docs/Numerics.md: the bytes of the weights are those of generated
// code, the floats around them are summed in double.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Evaluate/Arithmetic.h"
#include "dialects/Graph/Evaluate/CarriedMath.h"
#include "dialects/Graph/Evaluate/Elements.h"
#include "dialects/Graph/Evaluate/Step.h"
#include "dialects/Graph/Evaluate/Strides.h"
#include <cmath>
#include <limits>

using namespace mlir;

namespace lmcc::graph {

namespace {

/// Keys whose weights share a scale, from key 0 on.
constexpr int64_t blockKeys = 64;
constexpr float lowest = -std::numeric_limits<float>::infinity();

/// Matrices of bytes `[batch.., rows, length]` and the scales of their rows.
struct ByteRows {
  ByteRows(const HostTensor &tensor, const HostTensor &factors)
      : batch(tensor.getShape().drop_back(2)),
        rows(tensor.getShape()[batch.size()]), length(tensor.getShape().back()),
        bytes(tensor.getNumElements()), scales(factors) {
    bool isUnsigned = tensor.getElementType().isUnsignedInteger();
    ArrayRef<uint8_t> stored = tensor.bytes();
    for (auto [place, byte] : llvm::enumerate(bytes))
      byte = static_cast<int8_t>(isUnsigned ? stored[place] ^ 0x80U
                                            : stored[place]);
  }

  const int8_t *row(int64_t matrix, int64_t number) const {
    return bytes.data() + (matrix * rows + number) * length;
  }
  float scale(int64_t matrix, int64_t number) const {
    return scales[matrix * rows + number];
  }

  ArrayRef<int64_t> batch;
  int64_t rows, length;
  SmallVector<int8_t, 0> bytes;
  Loaded<float> scales;
};

int32_t dot(const int8_t *a, const int8_t *b, int64_t count) {
  int32_t sum = 0;
  for (int64_t place = 0; place < count; ++place)
    sum += a[place] * b[place];
  return sum;
}

/// e^x for x up to 0, within 2^-13 of it.
float exponential(float x) {
  if (!(x >= -87.0f))
    return std::isnan(x) ? x : 0.0f;
  float y = x * 1.44269504f;
  float n = std::nearbyint(y);
  float fraction = y - n;
  float result = std::fma(fraction, 0.0550089628f, 0.242211029f);
  result = std::fma(fraction, result, 0.693282962f);
  result = std::fma(fraction, result, 1.0f);
  return std::ldexp(result, static_cast<int>(n));
}

/// Which matrices of the operands meet in a place of the batch.
struct Places {
  int64_t query, key, value;
};

class ByteAttention {
public:
  ByteAttention(AttentionOp op, Step &step)
      : step(step), extras(op.getExtras().size()),
        query(step.operands[0], step.operands[3 + extras]),
        key(step.operands[1], step.operands[4 + extras]),
        value(step.operands[2], step.operands[5 + extras]) {}

  void score(HostTensor &scores) const {
    float *next = scores.mutableData<float>().data();
    overBatch([&](Places at) {
      for (int64_t i = 0; i < query.rows; ++i)
        for (int64_t j = 0; j < key.rows; ++j) {
          int32_t sum =
              dot(query.row(at.query, i), key.row(at.key, j), query.length);
          *next++ = static_cast<float>(sum) * key.scale(at.key, j) *
                    query.scale(at.query, i);
        }
    });
  }

  void average(const HostTensor &scores) const {
    const float *row = scores.data<float>().data();
    float *result = step.result.mutableData<float>().data();
    overBatch([&](Places at) {
      for (int64_t i = 0; i < query.rows; ++i) {
        averageRow(row, at.value, result);
        row += key.rows;
        result += value.length;
      }
    });
  }

private:
  void overBatch(function_ref<void(Places at)> visit) const {
    if (step.result.getNumElements() == 0)
      return;
    walkBroadcast(
        step.result.getShape().drop_back(2),
        {query.batch, key.batch, value.batch},
        [&](int64_t, int64_t count, ArrayRef<Run> runs) {
          auto place = [&](const Run &run, int64_t i) {
            return run.first + (run.repeats ? 0 : i);
          };
          for (int64_t i = 0; i < count; ++i)
            visit({place(runs[0], i), place(runs[1], i), place(runs[2], i)});
        });
  }

  /// The weights of a block relative to its largest score `largest`.
  static void weigh(ArrayRef<float> scores, float largest,
                    MutableArrayRef<float> weights) {
    float shift = largest == lowest ? 0.0f : largest;
    for (auto [score, weight] : llvm::zip(scores, weights))
      weight = exponential(score - shift);
  }

  void averageRow(const float *scores, int64_t matrix, float *result) const {
    SmallVector<double> sums(value.length, 0.0);
    SmallVector<float> weights;
    double total = 0;
    float largest = lowest;
    for (int64_t first = 0; first < key.rows; first += blockKeys) {
      ArrayRef<float> block(scores + first,
                            std::min(blockKeys, key.rows - first));
      float blockLargest = *llvm::max_element(block);
      weights.resize(block.size());
      weigh(block, blockLargest, weights);
      float old = largest;
      largest = std::max(largest, blockLargest);
      float shift = largest == lowest ? 0.0f : largest;
      double keeps = carried::exp(old - shift);
      double factor = carried::exp(blockLargest - shift);
      total *= keeps;
      for (float weight : weights)
        total += weight * factor;
      for (double &sum : sums)
        sum *= keeps;
      addBlock(weights, matrix, first, factor, sums);
    }
    for (auto [column, sum] : llvm::enumerate(sums))
      result[column] = total == 0 ? 0.0f : static_cast<float>(sum / total);
  }

  /// Adds the values of a block, with weights of 7 bits.
  void addBlock(MutableArrayRef<float> weights, int64_t matrix, int64_t first,
                double factor, MutableArrayRef<double> sums) const {
    float most = 0;
    for (auto [place, weight] : llvm::enumerate(weights)) {
      weight *= value.scale(matrix, first + static_cast<int64_t>(place));
      most = std::max(most, weight);
    }
    float scale = most < 0x1p-119f ? 0.0f : most / 127.0f;
    float inverse = scale == 0 ? 0.0f : 1.0f / scale;
    SmallVector<int32_t> integers(sums.size(), 0);
    for (auto [place, weight] : llvm::enumerate(weights)) {
      auto number = static_cast<int32_t>(nearestInteger(weight, inverse));
      const int8_t *row =
          value.row(matrix, first + static_cast<int64_t>(place));
      for (auto [column, sum] : llvm::enumerate(integers))
        sum += number * row[column];
    }
    for (auto [sum, integer] : llvm::zip(sums, integers))
      sum += integer * (scale * factor);
  }

  Step &step;
  size_t extras;
  ByteRows query, key, value;
};

} // namespace

LogicalResult computeByteAttention(
    AttentionOp op, Step &step, HostTensor &scores,
    function_ref<FailureOr<HostTensor>(const HostTensor &)> adjust) {
  ByteAttention attention(op, step);
  attention.score(scores);
  FailureOr<HostTensor> adjusted = adjust(scores);
  if (failed(adjusted))
    return failure();
  attention.average(*adjusted);
  return success();
}

} // namespace lmcc::graph
