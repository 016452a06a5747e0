//===- ByteProducts.cpp - Products of bytes -------------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sums of products of bytes are exact in any floating-point type that holds
// them, and Eigen computes those fast. Only a strip of the right matrix is
// widened at a time: it may be the table of a large vocabulary. Floats that
// bytes are multiplied with need no more than that.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Evaluate/Elements.h"
#include "dialects/Graph/Evaluate/Step.h"
#include <Eigen/Core>

using namespace mlir;

namespace lmcc::graph {

template <typename Number>
using Matrix =
    Eigen::Matrix<Number, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Columns of the right matrix at a time.
static constexpr int64_t stripColumns = 256;

/// Calls `function` with the first column and the number of columns of each
/// strip.
template <typename Function>
static void forEachStrip(int64_t columns, Function function) {
  for (int64_t first = 0; first < columns; first += stripColumns)
    function(first, std::min(stripColumns, columns - first));
}

/// The left side, bytes or floats, as a matrix of `rows` rows.
template <typename Number>
static Matrix<Number> leftOf(const Step &step, int64_t rows) {
  const HostTensor &left = step.operands[0];
  Matrix<Number> result(rows, left.getShape().back());
  dispatchCompute(left.getElementType(), [&](auto zero) {
    Loaded<decltype(zero)> values(left);
    std::copy_n(values.data(), values.size(), result.data());
  });
  return result;
}

/// The right side.
static Eigen::Map<const Matrix<int8_t>> bytesOf(const Step &step) {
  const HostTensor &right = step.operands[1];
  return {right.data<int8_t>().data(), right.getShape()[0],
          right.getShape()[1]};
}

//===----------------------------------------------------------------------===//
// One sum for a column
//===----------------------------------------------------------------------===//

/// The product with a matrix, without batches, computed in `Number`.
template <typename Number> static void multiplyByMatrix(Step &step) {
  int64_t columns = step.result.getShape().back();
  int64_t rows = step.result.getNumElements() / columns;
  auto left = leftOf<Number>(step, rows);
  auto right = bytesOf(step);
  Eigen::Map<Matrix<int32_t>> result(step.result.mutableData<int32_t>().data(),
                                     rows, columns);
  forEachStrip(columns, [&](int64_t first, int64_t count) {
    Matrix<Number> strip =
        right.middleCols(first, count).template cast<Number>();
    Matrix<Number> sums = left * strip;
    // Sums that do not fit keep their low bits.
    result.middleCols(first, count) =
        sums.template cast<int64_t>().template cast<int32_t>();
  });
}

/// `tensor` with elements of `type`; empty if there is no memory.
static std::optional<HostTensor> converted(const HostTensor &tensor,
                                           FloatType type) {
  auto result = HostTensor::allocate(type, tensor.getShape());
  if (result)
    dispatchCompute(tensor.getElementType(), [&](auto zero) {
      Loaded<decltype(zero)> values(tensor);
      for (auto [index, place] : llvm::enumerate(result->mutableData<double>()))
        place = static_cast<double>(values[index]);
    });
  return result;
}

static LogicalResult multiplyBatches(MatmulOp op, Step &step) {
  auto type = Float64Type::get(op.getContext());
  std::optional<HostTensor> left = converted(step.operands[0], type);
  std::optional<HostTensor> right = converted(step.operands[1], type);
  auto sums = HostTensor::allocate(type, step.result.getShape());
  if (!left || !right || !sums)
    return op.emitError("no memory for the product");
  multiply(*left, *right, *sums, /*rightIsTransposed=*/false);
  for (auto [sum, place] :
       llvm::zip(sums->data<double>(), step.result.mutableData<int32_t>()))
    place = static_cast<int32_t>(static_cast<int64_t>(sum));
  return success();
}

LogicalResult computeByteProduct(MatmulOp op, Step &step) {
  if (step.result.getNumElements() == 0)
    return success();
  if (step.operands[1].getRank() != 2)
    return multiplyBatches(op, step);
  fixBlocking();
  // The largest product is 255 * 128.
  constexpr int64_t depthOfFloat = (int64_t(1) << 24) / (255 * 128);
  if (step.operands[1].getShape()[0] <= depthOfFloat)
    multiplyByMatrix<float>(step);
  else
    multiplyByMatrix<double>(step);
  return success();
}

LogicalResult computeProductWithBytes(MatmulOp, Step &step) {
  int64_t columns = step.result.getShape().back();
  if (step.result.getNumElements() == 0)
    return success();
  fixBlocking();
  int64_t rows = step.result.getNumElements() / columns;
  auto left = leftOf<float>(step, rows);
  auto right = bytesOf(step);
  Eigen::Map<Matrix<float>> result(step.result.mutableData<float>().data(),
                                   rows, columns);
  forEachStrip(columns, [&](int64_t first, int64_t count) {
    Matrix<float> strip = right.middleCols(first, count).template cast<float>();
    result.middleCols(first, count) = left * strip;
  });
  return success();
}

//===----------------------------------------------------------------------===//
// One sum for each group of a column
//===----------------------------------------------------------------------===//

/// `Number` holds the sum of a group of bytes exactly.
template <typename Number>
static void multiplyByGroups(MatmulOp op, Step &step) {
  int64_t columns = step.result.getShape().back();
  int64_t rows = step.result.getNumElements() / columns;
  int64_t depth = step.operands[1].getShape()[0], group = op.groupSize();
  auto left = leftOf<Number>(step, rows);
  auto right = bytesOf(step);
  Eigen::Map<Matrix<float>> result(step.result.mutableData<float>().data(),
                                   rows, columns);
  Loaded<float> scales(step.operands[2]);
  result.setZero();
  forEachStrip(columns, [&](int64_t first, int64_t count) {
    for (int64_t start = 0; start < depth; start += group) {
      int64_t place = start / group * columns + first;
      Matrix<Number> strip =
          right.block(start, first, group, count).template cast<Number>();
      if (op.getZeros()) {
        const int8_t *zeros = step.operands[3].data<int8_t>().data() + place;
        for (int64_t j = 0; j < count; ++j)
          strip.col(j).array() -= static_cast<Number>(zeros[j]);
      }
      Matrix<Number> sums = left.middleCols(start, group) * strip;
      const float *scale = scales.data() + place;
      for (int64_t row = 0; row < rows; ++row)
        for (int64_t j = 0; j < count; ++j) {
          float &sum = result(row, first + j);
          sum = std::fma(static_cast<float>(sums(row, j)), scale[j], sum);
        }
    }
  });
}

LogicalResult computeGroupedProduct(MatmulOp op, Step &step) {
  if (step.result.getNumElements() == 0)
    return success();
  fixBlocking();
  // The largest product is that of 127 and of the difference of two bytes.
  constexpr int64_t groupOfFloat = (int64_t(1) << 24) / (127 * 255);
  if (op.isFloatProduct() || op.groupSize() <= groupOfFloat)
    multiplyByGroups<float>(op, step);
  else
    multiplyByGroups<double>(op, step);
  return success();
}

} // namespace lmcc::graph
