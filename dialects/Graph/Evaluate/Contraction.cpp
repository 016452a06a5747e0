//===- Contraction.cpp - Products and normalisations ----------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Evaluate/Arithmetic.h"
#include "dialects/Graph/Evaluate/CarriedMath.h"
#include "dialects/Graph/Evaluate/Step.h"
#include "dialects/Graph/Evaluate/Strides.h"

using namespace mlir;

namespace lmcc::graph {

//===----------------------------------------------------------------------===//
// graph.matmul
//===----------------------------------------------------------------------===//

/// Eigen splits sums by the size of the caches; the same ones for every host
/// keep the bits of a folded product.
static void fixBlocking() {
  static const bool isDone = [] {
    Eigen::setCpuCacheSizes(32 << 10, 512 << 10, 2 << 20);
    return true;
  }();
  (void)isDone;
}

namespace {
struct ProductShape {
  int64_t rows, depth, columns;
};
} // namespace

template <typename Compute>
static void multiplyMatrices(const Compute *lhs, const Compute *rhs,
                             Compute *result, ProductShape shape) {
  if constexpr (std::is_floating_point_v<Compute>) {
    using Matrix =
        Eigen::Matrix<Compute, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    Eigen::Map<const Matrix> left(lhs, shape.rows, shape.depth);
    Eigen::Map<const Matrix> right(rhs, shape.depth, shape.columns);
    Eigen::Map<Matrix>(result, shape.rows, shape.columns).noalias() =
        left * right;
  } else {
    std::fill_n(result, shape.rows * shape.columns, 0);
    for (int64_t i = 0; i < shape.rows; ++i)
      for (int64_t k = 0; k < shape.depth; ++k)
        for (int64_t j = 0; j < shape.columns; ++j) {
          Compute &sum = result[i * shape.columns + j];
          sum = add(sum, multiply(lhs[i * shape.depth + k],
                                  rhs[k * shape.columns + j]));
        }
  }
}

LogicalResult compute(MatmulOp op, Step &step) {
  fixBlocking();
  ArrayRef<int64_t> lhsShape = step.operands[0].getShape();
  ArrayRef<int64_t> rhsShape = step.operands[1].getShape();
  ProductShape shape = {lhsShape[lhsShape.size() - 2], lhsShape.back(),
                        rhsShape.back()};
  if (step.result.getNumElements() == 0)
    return success();
  dispatchCompute(step.result.getElementType(), [&](auto zero) {
    using Compute = decltype(zero);
    Loaded<Compute> lhs(step.operands[0]), rhs(step.operands[1]);
    int64_t size = shape.rows * shape.columns;
    SmallVector<Compute, 0> product(size);
    walkBroadcast(
        step.result.getShape().drop_back(2),
        {lhsShape.drop_back(2), rhsShape.drop_back(2)},
        [&](int64_t first, int64_t count, ArrayRef<Run> runs) {
          for (int64_t i = 0; i < count; ++i) {
            int64_t left = runs[0].first + (runs[0].repeats ? 0 : i);
            int64_t right = runs[1].first + (runs[1].repeats ? 0 : i);
            multiplyMatrices(lhs.data() + left * shape.rows * shape.depth,
                             rhs.data() + right * shape.depth * shape.columns,
                             product.data(), shape);
            store(product.data(), size, step.result, (first + i) * size);
          }
        });
  });
  return success();
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

/// Computes the result row by row, in place: `function` gets a row of the input
/// and leaves one of the result.
template <typename Compute, typename Function>
static void mapRows(Step &step, Function function) {
  int64_t columns = step.result.getShape().back();
  int64_t total = step.result.getNumElements();
  if (total == 0)
    return;
  SmallVector<Compute, 0> row(columns);
  for (int64_t first = 0; first < total; first += columns) {
    load(step.operands[0], first, columns, row.data());
    function(MutableArrayRef<Compute>(row));
    store(row.data(), columns, step.result, first);
  }
}

template <typename Compute> static Compute mean(ArrayRef<Compute> row) {
  double sum = 0;
  for (Compute value : row)
    sum += value;
  return static_cast<Compute>(sum / static_cast<double>(row.size()));
}

template <typename Compute> static Compute meanSquare(ArrayRef<Compute> row) {
  double sum = 0;
  for (Compute value : row)
    sum += static_cast<double>(value) * static_cast<double>(value);
  return static_cast<Compute>(sum / static_cast<double>(row.size()));
}

template <typename Compute>
static void softmaxRow(MutableArrayRef<Compute> row) {
  constexpr Compute lowest = -std::numeric_limits<Compute>::infinity();
  Compute largest = lowest;
  for (Compute value : row)
    largest = maximum(largest, value);
  if (largest == lowest)
    largest = 0;
  double sum = 0;
  for (Compute &value : row) {
    value = carried::exp(value - largest);
    sum += value;
  }
  for (Compute &value : row)
    value = sum == 0 ? 0 : value / static_cast<Compute>(sum);
}

LogicalResult compute(SoftmaxOp op, Step &step) {
  dispatchFloat(step.result.getElementType(), [&](auto zero) {
    using Compute = decltype(zero);
    mapRows<Compute>(step, softmaxRow<Compute>);
  });
  return success();
}

LogicalResult compute(LayerNormOp op, Step &step) {
  dispatchFloat(step.result.getElementType(), [&](auto zero) {
    using Compute = decltype(zero);
    Loaded<Compute> gain(step.operands[1]);
    std::optional<Loaded<Compute>> bias;
    if (op.getBias())
      bias.emplace(step.operands[2]);
    Compute epsilon = op.getEpsilon().convertToFloat();
    mapRows<Compute>(step, [&](MutableArrayRef<Compute> row) {
      Compute center = mean<Compute>(row);
      for (Compute &value : row)
        value -= center;
      Compute deviation = carried::sqrt(meanSquare<Compute>(row) + epsilon);
      for (auto [column, value] : llvm::enumerate(row)) {
        value = value / deviation * gain[column];
        if (bias)
          value += (*bias)[column];
      }
    });
  });
  return success();
}

LogicalResult compute(RmsNormOp op, Step &step) {
  dispatchFloat(step.result.getElementType(), [&](auto zero) {
    using Compute = decltype(zero);
    Loaded<Compute> gain(step.operands[1]);
    Compute epsilon = op.getEpsilon().convertToFloat();
    mapRows<Compute>(step, [&](MutableArrayRef<Compute> row) {
      Compute root = carried::sqrt(meanSquare<Compute>(row) + epsilon);
      for (auto [column, value] : llvm::enumerate(row))
        value = value * gain[column] / root;
    });
  });
  return success();
}

} // namespace lmcc::graph
