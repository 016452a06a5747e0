//===- GraphVerifiers.cpp - The constraints of graph operations -----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Labels C1, C2 ... are those of the op descriptions.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/GraphVerifiers.h"

using namespace mlir;

namespace lmcc::graph {

//===----------------------------------------------------------------------===//
// Shared checks
//===----------------------------------------------------------------------===//

std::string shapeText(RankedTensorType type) {
  std::string text = "[";
  for (int64_t axis = 0; axis < type.getRank(); ++axis)
    text += (axis ? ", " : "") + sizesText(axisSize(type, axis));
  return text + "]";
}

bool sameOutside(RankedTensorType a, RankedTensorType b,
                 ArrayRef<int64_t> except) {
  if (a.getRank() != b.getRank())
    return false;
  for (int64_t axis = 0; axis < a.getRank(); ++axis)
    if (!llvm::is_contained(except, axis) &&
        axisSize(a, axis) != axisSize(b, axis))
      return false;
  return true;
}

DimsAttr sizeFromBack(RankedTensorType type, int64_t fromBack) {
  return axisSize(type, type.getRank() - fromBack);
}

LogicalResult verifyAxis(Operation *op, int64_t axis, int64_t rank) {
  if (axis < 0 || axis >= rank)
    return op->emitOpError()
           << "axis " << axis << " is not an axis of a tensor of rank " << rank;
  return success();
}

LogicalResult verifyBroadcast(Operation *op, TypeRange operands,
                              RankedTensorType result) {
  SmallVector<RankedTensorType> types;
  for (Type type : operands)
    types.push_back(cast<RankedTensorType>(type));
  std::optional<SmallVector<DimsAttr>> sizes = broadcastSizes(types);
  bool agrees =
      sizes && static_cast<int64_t>(sizes->size()) == result.getRank();
  for (int64_t axis = 0; agrees && axis < result.getRank(); ++axis)
    agrees = (*sizes)[axis] == axisSize(result, axis);
  if (agrees)
    return success();
  InFlightDiagnostic diagnostic = op->emitOpError()
                                  << "shape " << shapeText(result)
                                  << " of the result is not the broadcast of ";
  llvm::interleave(
      types, [&](RankedTensorType type) { diagnostic << shapeText(type); },
      [&] { diagnostic << " and "; });
  return diagnostic;
}

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

LogicalResult verifyElementwise(Operation *op) {
  return verifyBroadcast(op, op->getOperandTypes(),
                         cast<RankedTensorType>(op->getResult(0).getType()));
}

LogicalResult CompareOp::verify() {
  // C2
  if (typeOf(getLhs()).getElementType().isInteger(1) &&
      getComparison() != Comparison::eq)
    return emitOpError("booleans are compared with eq only");
  return success();
}

//===----------------------------------------------------------------------===//
// Contraction
//===----------------------------------------------------------------------===//

bool isBroadcastOfBatches(RankedTensorType result,
                          ArrayRef<RankedTensorType> operands) {
  int64_t most = 0;
  for (RankedTensorType type : operands)
    most = std::max(most, type.getRank());
  if (result.getRank() != most)
    return false;
  for (int64_t fromBack = 3; fromBack <= most; ++fromBack) {
    DimsAttr size = axisSize(result, most - fromBack);
    bool isOfOperand = false;
    for (RankedTensorType type : operands)
      if (type.getRank() >= fromBack) {
        DimsAttr own = axisSize(type, type.getRank() - fromBack);
        if (own != size && own.getConstant(0) != 1)
          return false;
        isOfOperand |= own == size;
      }
    if (!isOfOperand)
      return false;
  }
  return true;
}

static LogicalResult verifyGroupScales(Operation *op, RankedTensorType matrix,
                                       RankedTensorType scales) {
  bool fits = matrix.getRank() == 2 && matrix.hasStaticShape() &&
              scales.getRank() == 2 && scales.hasStaticShape() &&
              scales.getDimSize(1) == matrix.getDimSize(1) &&
              scales.getDimSize(0) > 0 &&
              matrix.getDimSize(0) % scales.getDimSize(0) == 0;
  if (!fits)
    return op->emitOpError()
           << shapeText(scales) << " has no scales for the columns of "
           << shapeText(matrix) << " in groups of equal size";
  return success();
}

LogicalResult MatmulOp::verify() {
  RankedTensorType lhs = typeOf(getLhs()), rhs = typeOf(getRhs());
  // C1
  if (lhs.getRank() < 2 || rhs.getRank() < 2)
    return emitOpError() << "operands have ranks " << lhs.getRank() << " and "
                         << rhs.getRank() << ", but 2 is the least";
  // C2
  if (sizeFromBack(lhs, 1) != sizeFromBack(rhs, 2))
    return emitOpError() << "depth of " << shapeText(lhs)
                         << " is not the row count of " << shapeText(rhs);
  // C3
  RankedTensorType result = getType();
  if (!isBroadcastOfBatches(result, {lhs, rhs}) ||
      sizeFromBack(result, 2) != sizeFromBack(lhs, 2) ||
      sizeFromBack(result, 1) != sizeFromBack(rhs, 1))
    return emitOpError() << "product of " << shapeText(lhs) << " and "
                         << shapeText(rhs) << " does not have shape "
                         << shapeText(result);
  // C4
  Type left = lhs.getElementType(), right = rhs.getElementType();
  Type sum = result.getElementType();
  bool isOfGroups = isGrouped() && sum.isF32() &&
                    (left.isSignlessInteger(8) || left.isF32()) &&
                    right.isSignlessInteger(8);
  bool isWidened = !isGrouped() && sum.isF32() && left.isF32() &&
                   rhs.getRank() == 2 &&
                   (right.isSignlessInteger(8) || right.isF16());
  bool isOfOneType = !isGrouped() && left == sum && right == sum;
  if (!isOfOneType && !isByteProduct() && !isOfGroups && !isWidened)
    return emitOpError() << "of " << left << " and " << right
                         << " cannot be summed in " << sum;
  // C6
  if (!isGrouped() && (getZeros() || getBytes()))
    return emitOpError("has groups of numbers without scales");
  // C5
  if (!isGrouped())
    return success();
  if (failed(verifyGroupScales(*this, rhs, typeOf(getScales()))))
    return failure();
  // C6
  if (getZeros() &&
      typeOf(getZeros()).getShape() != typeOf(getScales()).getShape())
    return emitOpError() << "zeros " << shapeText(typeOf(getZeros()))
                         << " have not the shape of the scales "
                         << shapeText(typeOf(getScales()));
  return success();
}

int64_t MatmulOp::groupSize() {
  return typeOf(getRhs()).getDimSize(0) / typeOf(getScales()).getDimSize(0);
}

bool MatmulOp::isByteProduct() {
  if (isGrouped())
    return false;
  Type left = typeOf(getLhs()).getElementType();
  return left.isInteger(8) &&
         getType().getElementType().isSignlessInteger(32) &&
         typeOf(getRhs()).getElementType().isSignlessInteger(8);
}

bool MatmulOp::isProductOfWords() {
  RankedTensorType matrix = typeOf(getRhs());
  AffineExpr depth =
      axisSize(matrix, matrix.getRank() - 2).getMap().getResult(0);
  return isByteProduct() && depth.isMultipleOf(wordBytes);
}

bool MatmulOp::isFloatProduct() {
  return typeOf(getLhs()).getElementType().isF32();
}

int64_t MatmulOp::stepsTogether() { return isProductOfWords() ? wordBytes : 1; }

static LogicalResult verifyReduced(Operation *op, RankedTensorType input,
                                   RankedTensorType result,
                                   ArrayRef<int64_t> axes) {
  if (!sameOutside(input, result, axes))
    return op->emitOpError()
           << "result " << shapeText(result) << " differs from the input "
           << shapeText(input) << " outside the reduced axes";
  for (int64_t axis : axes)
    if (axisSize(result, axis).getConstant(0) != 1)
      return op->emitOpError()
             << "reduced axis " << axis << " must stay with size 1";
  return success();
}

LogicalResult ReduceOp::verify() {
  RankedTensorType input = typeOf(getInput());
  // C1
  int64_t last = -1;
  for (int64_t axis : getAxes()) {
    if (failed(verifyAxis(*this, axis, input.getRank())))
      return failure();
    if (axis <= last)
      return emitOpError("axes must be sorted and different");
    last = axis;
  }
  // C2
  return verifyReduced(*this, input, getType(), getAxes());
}

LogicalResult ArgMaxOp::verify() {
  RankedTensorType input = typeOf(getInput());
  // C1
  int64_t axis = getAxis();
  if (failed(verifyAxis(*this, axis, input.getRank())))
    return failure();
  // C2
  return verifyReduced(*this, input, getType(), {axis});
}

LogicalResult CumulativeSumOp::verify() {
  // C1
  return verifyAxis(*this, getAxis(), getType().getRank());
}

LogicalResult SoftmaxOp::verify() {
  // C1
  if (getType().getRank() < 1)
    return emitOpError("input must have at least one axis");
  return success();
}

static LogicalResult verifyNorm(Operation *op, RankedTensorType input,
                                ArrayRef<Value> rows, const APFloat &epsilon) {
  // C1
  if (input.getRank() < 1)
    return op->emitOpError("input must have at least one axis");
  // C2
  DimsAttr columns = axisSize(input, input.getRank() - 1);
  for (Value row : rows)
    if (typeOf(row).getRank() != 1 || axisSize(typeOf(row), 0) != columns)
      return op->emitOpError()
             << "operand " << shapeText(typeOf(row))
             << " does not match the last axis of input " << shapeText(input);
  // C3
  if (!(epsilon.convertToFloat() >= 0.0f)) // Also rejects NaN.
    return op->emitOpError("epsilon must not be negative");
  return success();
}

LogicalResult LayerNormOp::verify() {
  SmallVector<Value> rows = {getGain()};
  if (getBias())
    rows.push_back(getBias());
  return verifyNorm(*this, typeOf(getInput()), rows, getEpsilon());
}

LogicalResult RmsNormOp::verify() {
  return verifyNorm(*this, typeOf(getInput()), {getGain()}, getEpsilon());
}

//===----------------------------------------------------------------------===//
// Quantisation
//===----------------------------------------------------------------------===//

/// That `scales` has one number per row of `input`.
static LogicalResult verifyRowScales(Operation *op, RankedTensorType input,
                                     RankedTensorType scales) {
  // C1
  if (input.getRank() < 1)
    return op->emitOpError("input must have at least one axis");
  // C2
  int64_t last = input.getRank() - 1;
  if (!sameOutside(input, scales, {last}) ||
      axisSize(scales, last).getConstant(0) != 1)
    return op->emitOpError() << shapeText(scales) << " has not one scale for "
                             << "each row of " << shapeText(input);
  return success();
}

LogicalResult RowScalesOp::verify() {
  return verifyRowScales(*this, typeOf(getInput()), getType());
}

LogicalResult QuantizeRowsOp::verify() {
  RankedTensorType input = typeOf(getInput());
  if (failed(verifyRowScales(*this, input, typeOf(getScales()))))
    return failure();
  // C3
  if (!sameOutside(input, getType(), {}))
    return emitOpError() << "result " << shapeText(getType())
                         << " has not the shape of the input "
                         << shapeText(input);
  return success();
}

LogicalResult LookUpColumnsOp::verify() {
  RankedTensorType matrix = typeOf(getMatrix()), indices = typeOf(getIndices());
  // C1
  if (failed(verifyGroupScales(*this, matrix, typeOf(getScales()))))
    return failure();
  // C2
  bool fits = getType().getRank() == indices.getRank() + 1 &&
              sizeFromBack(getType(), 1) == sizeFromBack(matrix, 2);
  for (int64_t axis = 0; fits && axis < indices.getRank(); ++axis)
    fits = axisSize(getType(), axis) == axisSize(indices, axis);
  if (!fits)
    return emitOpError() << "result " << shapeText(getType()) << " is not "
                         << shapeText(indices) << " columns of "
                         << shapeText(matrix);
  return success();
}

int64_t LookUpColumnsOp::groupSize() {
  return typeOf(getMatrix()).getDimSize(0) / typeOf(getScales()).getDimSize(0);
}

//===----------------------------------------------------------------------===//
// Structure
//===----------------------------------------------------------------------===//

LogicalResult GroupOp::verify() {
  Block &block = getBody().front();
  // C1
  if (block.getArgumentTypes() != getInputs().getTypes())
    return emitOpError("region arguments do not match the operands");
  // C2
  auto yield = dyn_cast<YieldOp>(block.getTerminator());
  if (!yield || yield.getValue().getType() != getType())
    return emitOpError() << "must end with graph.yield of " << getType();
  return success();
}

} // namespace lmcc::graph
