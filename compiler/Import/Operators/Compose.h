//===- Compose.h - What translations of operators share ---------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Small compositions of graph operations that several operator families need,
// and the checks before them. As with graph::Builder, a null Value stands for a
// mistake that has been reported, and passes through.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_IMPORT_OPERATORS_COMPOSE_H
#define LMCC_COMPILER_IMPORT_OPERATORS_COMPOSE_H

#include "compiler/Import/Operators.h"

namespace lmcc::import {

// Not the builder of mlir, whose names the translations use as well.
using graph::Builder;

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

/// Fails, with a report, if one of the first `count` inputs is left out.
mlir::LogicalResult requireInputs(Node &node, unsigned count);

/// `translate` for an operator that requires its first `count` inputs.
template <unsigned count, mlir::LogicalResult (*translate)(Node &)>
mlir::LogicalResult needs(Node &node) {
  return mlir::failed(requireInputs(node, count)) ? mlir::failure()
                                                  : translate(node);
}

/// `translate` for an operator of any number of operands, but at least one.
template <mlir::LogicalResult (*translate)(Node &)>
mlir::LogicalResult needsAll(Node &node) {
  unsigned count = std::max(1u, node.inputCount());
  return mlir::failed(requireInputs(node, count)) ? mlir::failure()
                                                  : translate(node);
}

/// Fails, with a report, unless input 0 holds floats, numbers (not booleans)
/// or booleans.
mlir::LogicalResult requireFloat(Node &node);
mlir::LogicalResult requireNumber(Node &node);
mlir::LogicalResult requireBool(Node &node);

/// The elements of input `position` as the sizes of a shape, each at least
/// `lowest`. Fails, with a report, if they depend on data.
mlir::FailureOr<Builder::Sizes> shapeFrom(Node &node, unsigned position,
                                          int64_t lowest = 0);

/// The element type that attribute `name` asks for; `otherwise` if it does not.
/// Fails, with a report, if there is none.
mlir::FailureOr<mlir::Type> typeFrom(Node &node, llvm::StringRef name,
                                     mlir::Type otherwise);

/// `axes` counted from the front, without repetition and in order; nothing
/// (reported) if one is out of range or named twice.
std::optional<llvm::SmallVector<int64_t>>
normalizeAxes(Builder &builder, llvm::ArrayRef<int64_t> axes, int64_t rank);

/// Sets all outputs that the model uses; fails if one of these is null.
mlir::LogicalResult finishAll(Node &node, llvm::ArrayRef<mlir::Value> values);

//===----------------------------------------------------------------------===//
// Compositions
//===----------------------------------------------------------------------===//

/// A rank-0 constant of the element type of `reference`.
mlir::Value like(Builder &builder, mlir::Value reference, double number);
/// Minus infinity, or the lowest integer.
mlir::Value lowestLike(Builder &builder, mlir::Value reference);

mlir::Value maximum(Builder &builder, mlir::Value a, mlir::Value b);
mlir::Value minimum(Builder &builder, mlir::Value a, mlir::Value b);
mlir::Value square(Builder &builder, mlir::Value input);
mlir::Value squareRoot(Builder &builder, mlir::Value input);

/// A tensor with one element as rank 0.
mlir::Value toScalar(Builder &builder, mlir::Value input);
/// A vector as a tensor of `rank` that extends along `axis` only.
mlir::Value alongAxis(Builder &builder, mlir::Value vector, int64_t axis,
                      int64_t rank);
/// Quantisation parameters, one for all or one per place of `axis`, in a form
/// that broadcasts with a tensor of `rank`.
mlir::Value perAxis(Builder &builder, mlir::Value parameters, int64_t axis,
                    int64_t rank);
/// 0, 1, 2 ... as i64 along `axis` of a tensor of `rank`.
mlir::Value iotaAlong(Builder &builder, mlir::AffineExpr size, int64_t axis,
                      int64_t rank);
/// `count` elements of `axis` from `start` on.
mlir::Value sliceAxis(Builder &builder, mlir::Value input, int64_t axis,
                      mlir::AffineExpr start, mlir::AffineExpr count,
                      int64_t step = 1);

/// Exchanges two axes.
mlir::Value swapAxes(Builder &builder, mlir::Value input, int64_t a, int64_t b);
/// Exchanges the last two axes.
mlir::Value swapLastAxes(Builder &builder, mlir::Value input);
/// A product like numpy.matmul, vectors included.
mlir::Value matrixProduct(Builder &builder, mlir::Value lhs, mlir::Value rhs);

/// f32 for the narrower float types, in which sums would lose too much.
mlir::Type accumulatorType(mlir::Type element);
/// The mean along `axes`; integers round towards zero.
mlir::Value mean(Builder &builder, mlir::Value input,
                 llvm::ArrayRef<int64_t> axes, bool keep);

/// `input` with `low` and `high` elements of `value` around `axis`. The counts
/// may be symbolic; they are demanded not to be negative.
mlir::Value padAxis(Builder &builder, mlir::Value input, mlir::Value value,
                    int64_t axis, mlir::AffineExpr low, mlir::AffineExpr high);

/// An i32 sum in units of `scale` (a float tensor) as integers of the type of
/// `zeroPoint`, rounded to even and saturated.
mlir::Value requantize(Builder &builder, mlir::Value sum, mlir::Value scale,
                       mlir::Value zeroPoint);

/// `(bytes - zeroPoint) * scale` with one scale and zero point.
struct QuantizedTensor {
  mlir::Value bytes, scale, zeroPoint;
};
/// To unsigned bytes, with the range of the floats themselves, which always
/// contains 0. Source: ONNX DynamicQuantizeLinear-11.
QuantizedTensor quantizeDynamically(Builder &builder, mlir::Value input);

} // namespace lmcc::import

#endif // LMCC_COMPILER_IMPORT_OPERATORS_COMPOSE_H
