//===- Builder.h - Graph operations with inferred shapes --------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Makes graph operations and infers their result types, unifying sizes where
// they must agree. Shape inference lives here and nowhere else.
//
// A mistake of the caller's model (sizes that cannot agree, mixed element
// types, an axis out of range) is reported once at the current location; the
// result is then a null Value, and every later call that is given a null Value
// returns null without another message. So expressions can be nested and the
// outcome checked once.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_DIALECTS_GRAPH_BUILDER_H
#define LMCC_DIALECTS_GRAPH_BUILDER_H

#include "dialects/Graph/DimSpace.h"
#include "mlir/IR/Builders.h"

namespace lmcc::graph {

class Builder {
public:
  using Value = mlir::Value;
  using Sizes = DimSpace::Sizes;
  using Axes = llvm::ArrayRef<int64_t>;

  Builder(mlir::OpBuilder &ops, DimSpace &space) : ops(ops), dims(space) {}

  void setLocation(mlir::Location newLocation) { location = newLocation; }
  mlir::Location getLocation() const { return location; }
  DimSpace &space() { return dims; }
  mlir::OpBuilder &operations() { return ops; }

  // Questions about values.
  static mlir::Type elementOf(Value value);
  static int64_t rankOf(Value value);
  Sizes sizesOf(Value value) const { return dims.sizes(typeOf(value)); }
  /// `axis` with negative values counted from the back; reports an error and
  /// returns nothing if it is out of range.
  std::optional<int64_t> normalizeAxis(int64_t axis, int64_t rank);
  /// Reports `message` at the current location; returns null.
  Value error(const llvm::Twine &message);

  // Constants.
  Value constant(mlir::ElementsAttr value);
  /// A rank-0 constant of type `element`; `value` is rounded to it.
  Value scalar(mlir::Type element, double value);
  /// A rank-1 i64 constant.
  Value indices(llvm::ArrayRef<int64_t> values);
  /// Sizes as data: a constant where they are numbers. Rank 1, or rank 0 for
  /// `dimValue`.
  Value dimValues(llvm::ArrayRef<mlir::AffineExpr> values, mlir::Type element);
  Value dimValue(mlir::AffineExpr value, mlir::Type element);
  /// Counts along one of `rank` axes; the others have size 1.
  Value iota(mlir::AffineExpr size, mlir::Type element, int64_t axis = 0,
             int64_t rank = 1);

  // Elementwise.
  template <typename Op> Value unary(Value input) {
    return input ? Op::create(ops, location, input.getType(), input).getResult()
                 : Value();
  }
  template <typename Op> Value binary(Value lhs, Value rhs) {
    mlir::RankedTensorType type = broadcastType({lhs, rhs}, /*same=*/true);
    return type ? Op::create(ops, location, type, lhs, rhs).getResult()
                : Value();
  }
  Value add(Value a, Value b) { return binary<AddOp>(a, b); }
  Value sub(Value a, Value b) { return binary<SubOp>(a, b); }
  Value mul(Value a, Value b) { return binary<MulOp>(a, b); }
  Value div(Value a, Value b) { return binary<DivOp>(a, b); }
  Value gelu(Value input, bool tanh);
  Value compare(Comparison comparison, Value a, Value b);
  Value select(Value condition, Value a, Value b);
  /// Nothing if the element type is the same.
  Value cast(Value input, mlir::Type element);
  Value isNan(Value input);

  // Movement.
  Value reshape(Value input, llvm::ArrayRef<mlir::AffineExpr> sizes);
  /// Removes axes of size 1, or adds them so that they end up at `axes`.
  Value squeeze(Value input, Axes axes);
  Value unsqueeze(Value input, Axes axes);
  Value transpose(Value input, Axes permutation);
  /// numpy broadcast of the shape of `input` and `sizes`.
  Value broadcast(Value input, llvm::ArrayRef<mlir::AffineExpr> sizes);
  Value concat(mlir::ValueRange inputs, int64_t axis);
  /// `sizes[i]` elements from `starts[i]` in steps of `steps[i]`.
  Value slice(Value input, llvm::ArrayRef<mlir::AffineExpr> starts,
              llvm::ArrayRef<mlir::AffineExpr> sizes, Axes steps);
  /// `rows` and `columns` of a matrix of which `input` has the diagonals.
  Value diagonals(Value input, mlir::AffineExpr rows, mlir::AffineExpr columns);
  Value pad(PadMode mode, Value input, Value value, Axes low, Axes high);
  Value gather(Value input, Value indices, int64_t axis);
  Value gatherElements(Value input, Value indices, int64_t axis);
  Value gatherNd(Value input, Value indices, int64_t batchAxes);
  Value scatterElements(ScatterMode mode, Value input, Value indices,
                        Value updates, int64_t axis);
  Value scatterNd(ScatterMode mode, Value input, Value indices, Value updates);
  /// The windows of a convolution over `[batch, channels, spatial...]`.
  Value patches(Value input, Axes kernel, Axes strides, Axes dilations,
                Axes low, Axes high);

  // Contraction.
  Value matmul(Value lhs, Value rhs);
  /// Bytes or floats times a matrix of numbers, in groups with scales. Numbers
  /// lie in [-8, 7] unless they are bytes, and are less by the zeros, if any.
  Value groupedMatmul(Value lhs, Value rhs, Value scales, Value zeros = {},
                      bool areBytes = false);
  /// Columns of such a matrix, as rows of floats.
  Value lookUpColumns(Value matrix, Value scales, Value indices);
  Value reduce(Reduction reduction, Value input, Axes axes, bool keep);
  Value argMax(Value input, int64_t axis, bool last, bool keep);
  Value cumulativeSum(Value input, int64_t axis, bool exclusive, bool reverse);
  Value softmax(Value input);
  Value layerNorm(Value input, Value gain, Value bias, float epsilon);
  Value rmsNorm(Value input, Value gain, float epsilon);
  Value rowScales(Value input);
  /// As bytes of type `element`.
  Value quantizeRows(Value input, Value scales, mlir::Type element);
  /// `adjust` makes the operations of the region from the scores and what
  /// stands for `extras` there, and returns the adjusted scores.
  Value attention(Value query, Value key, Value value,
                  llvm::ArrayRef<Value> extras,
                  llvm::function_ref<Value(Value, mlir::ValueRange)> adjust);

private:
  /// Null if an operand is null or the shapes do not broadcast (reported).
  mlir::RankedTensorType broadcastType(llvm::ArrayRef<Value> operands,
                                       bool sameElement);
  bool unify(mlir::AffineExpr a, mlir::AffineExpr b, llvm::StringRef what);
  /// The broadcast of the batch axes of two lists of sizes, followed by `rows`
  /// and `columns`; empty if they do not broadcast (reported).
  std::optional<Sizes> productSizes(llvm::ArrayRef<mlir::AffineExpr> a,
                                    llvm::ArrayRef<mlir::AffineExpr> b,
                                    mlir::AffineExpr rows,
                                    mlir::AffineExpr columns);
  std::string text(llvm::ArrayRef<mlir::AffineExpr> sizes) const;

  mlir::OpBuilder &ops;
  DimSpace &dims;
  mlir::Location location = mlir::UnknownLoc::get(dims.getContext());
};

} // namespace lmcc::graph

#endif // LMCC_DIALECTS_GRAPH_BUILDER_H
