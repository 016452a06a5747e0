//===- Quantization.cpp - Rows of 8-bit integers --------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Step by step what generated code does: the bytes are the same.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Evaluate/Arithmetic.h"
#include "dialects/Graph/Evaluate/Elements.h"
#include "dialects/Graph/Evaluate/Step.h"
#include <cmath>

using namespace mlir;

namespace lmcc::graph {

/// The largest magnitude; a NaN counts as larger than infinity.
static float largestMagnitude(ArrayRef<float> row) {
  int32_t largest = 0;
  for (float value : row)
    largest = std::max(largest, Eigen::numext::bit_cast<int32_t>(value) &
                                    std::numeric_limits<int32_t>::max());
  return Eigen::numext::bit_cast<float>(largest);
}

LogicalResult compute(RowScalesOp, Step &step) {
  Loaded<float> input(step.operands[0]);
  size_t columns = step.operands[0].getShape().back();
  for (auto [row, scale] : llvm::enumerate(step.result.mutableData<float>())) {
    float largest = largestMagnitude({input.data() + row * columns, columns});
    scale = largest < 0x1p-119f ? 0.0f : largest / 127.0f;
  }
  return success();
}

LogicalResult compute(QuantizeRowsOp op, Step &step) {
  Loaded<float> input(step.operands[0]), scales(step.operands[1]);
  int64_t columns = step.result.getShape().back();
  float offset = op.getType().getElementType().isUnsignedInteger() ? 128 : 0;
  MutableArrayRef<uint8_t> result(step.result.mutableBytes(), input.size());
  for (int64_t row = 0; row < scales.size(); ++row) {
    float inverse = scales[row] == 0 ? 0 : 1 / scales[row];
    for (int64_t place = row * columns; place < (row + 1) * columns; ++place) {
      float number = nearestInteger(input[place], inverse) + offset;
      result[place] = static_cast<uint8_t>(saturate<int32_t>(number));
    }
  }
  return success();
}

} // namespace lmcc::graph
