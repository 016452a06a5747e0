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

void fixBlocking() {
  static const bool isDone = [] {
    Eigen::setCpuCacheSizes(32 << 10, 512 << 10, 2 << 20);
    return true;
  }();
  (void)isDone;
}

namespace {
struct ProductShape {
  int64_t rows, depth, columns;
  /// The right matrix lies as `[columns, depth]`.
  bool rightIsTransposed;
};
} // namespace

template <typename Compute>
static void multiplyMatrices(const Compute *lhs, const Compute *rhs,
                             Compute *result, ProductShape shape) {
  if constexpr (std::is_floating_point_v<Compute>) {
    using Matrix =
        Eigen::Matrix<Compute, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    Eigen::Map<const Matrix> left(lhs, shape.rows, shape.depth);
    Eigen::Map<Matrix> product(result, shape.rows, shape.columns);
    if (shape.rightIsTransposed) {
      Eigen::Map<const Matrix> right(rhs, shape.columns, shape.depth);
      product.noalias() = left * right.transpose();
    } else {
      Eigen::Map<const Matrix> right(rhs, shape.depth, shape.columns);
      product.noalias() = left * right;
    }
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

void multiply(const HostTensor &left, const HostTensor &right,
              HostTensor &result, bool rightIsTransposed) {
  fixBlocking();
  ArrayRef<int64_t> lhsShape = left.getShape(), rhsShape = right.getShape();
  ProductShape shape = {lhsShape[lhsShape.size() - 2], lhsShape.back(),
                        result.getShape().back(), rightIsTransposed};
  if (result.getNumElements() == 0)
    return;
  dispatchCompute(result.getElementType(), [&](auto zero) {
    using Compute = decltype(zero);
    Loaded<Compute> lhs(left), rhs(right);
    int64_t size = shape.rows * shape.columns;
    SmallVector<Compute, 0> product(size);
    walkBroadcast(
        result.getShape().drop_back(2),
        {lhsShape.drop_back(2), rhsShape.drop_back(2)},
        [&](int64_t first, int64_t count, ArrayRef<Run> runs) {
          for (int64_t i = 0; i < count; ++i) {
            int64_t leftPlace = runs[0].first + (runs[0].repeats ? 0 : i);
            int64_t rightPlace = runs[1].first + (runs[1].repeats ? 0 : i);
            multiplyMatrices(lhs.data() + leftPlace * shape.rows * shape.depth,
                             rhs.data() +
                                 rightPlace * shape.depth * shape.columns,
                             product.data(), shape);
            store(product.data(), size, result, (first + i) * size);
          }
        });
  });
}

LogicalResult compute(MatmulOp op, Step &step) {
  if (op.isGrouped())
    return computeGroupedProduct(op, step);
  if (op.isByteProduct())
    return computeByteProduct(op, step);
  if (op.isFloatProduct() && step.operands[1].getElementType().isInteger(8))
    return computeProductWithBytes(op, step);
  multiply(step.operands[0], step.operands[1], step.result,
           /*rightIsTransposed=*/false);
  return success();
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

/// Computes `result` row by row, in place: `function` gets a row of `input` and
/// leaves one of the result.
template <typename Compute, typename Function>
static void mapRows(const HostTensor &input, HostTensor &result,
                    Function function) {
  int64_t columns = result.getShape().back();
  int64_t total = result.getNumElements();
  if (total == 0)
    return;
  SmallVector<Compute, 0> row(columns);
  for (int64_t first = 0; first < total; first += columns) {
    load(input, first, columns, row.data());
    function(MutableArrayRef<Compute>(row));
    store(row.data(), columns, result, first);
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

static void softmax(const HostTensor &input, HostTensor &result) {
  dispatchFloat(result.getElementType(), [&](auto zero) {
    using Compute = decltype(zero);
    mapRows<Compute>(input, result, softmaxRow<Compute>);
  });
}

LogicalResult compute(SoftmaxOp op, Step &step) {
  softmax(step.operands[0], step.result);
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
    mapRows<Compute>(
        step.operands[0], step.result, [&](MutableArrayRef<Compute> row) {
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
    mapRows<Compute>(
        step.operands[0], step.result, [&](MutableArrayRef<Compute> row) {
          Compute root = carried::sqrt(meanSquare<Compute>(row) + epsilon);
          for (auto [column, value] : llvm::enumerate(row))
            value = value * gain[column] / root;
        });
  });
  return success();
}

//===----------------------------------------------------------------------===//
// graph.attention
//===----------------------------------------------------------------------===//

LogicalResult compute(AttentionOp op, Step &step) {
  FailureOr<SmallVector<int64_t>> shape = concreteShape(
      cast<RankedTensorType>(op.scores().getType()), step.symbols, op.getLoc());
  if (failed(shape))
    return failure();
  std::optional<HostTensor> scores =
      HostTensor::allocate(step.result.getElementType(), *shape);
  std::optional<HostTensor> weights =
      HostTensor::allocate(step.result.getElementType(), *shape);
  if (!scores || !weights)
    return op.emitError("no memory for the scores");
  auto adjust = [&](const HostTensor &scores) -> FailureOr<HostTensor> {
    SmallVector<HostTensor> arguments = {scores};
    llvm::append_range(arguments,
                       step.operands.slice(3, op.getExtras().size()));
    FailureOr<SmallVector<HostTensor>> adjusted =
        evaluateBlock(op.getAdjust().front(), arguments,
                      [&](Operation *inner, ArrayRef<HostTensor> operands) {
                        return evaluate(inner, operands, step.symbols);
                      });
    if (failed(adjusted))
      return failure();
    return adjusted->front();
  };
  if (op.isQuantized())
    return computeByteAttention(op, step, *scores, adjust);
  multiply(step.operands[0], step.operands[1], *scores,
           /*rightIsTransposed=*/true);
  FailureOr<HostTensor> adjusted = adjust(*scores);
  if (failed(adjusted))
    return failure();
  softmax(*adjusted, *weights);
  multiply(*weights, step.operands[2], step.result,
           /*rightIsTransposed=*/false);
  return success();
}

} // namespace lmcc::graph
