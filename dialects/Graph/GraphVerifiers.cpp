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

#include "dialects/Graph/Graph.h"

using namespace mlir;

namespace lmcc::graph {

static RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

static std::string shapeText(RankedTensorType type) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << "[";
  for (int64_t axis = 0; axis < type.getRank(); ++axis) {
    std::string size;
    llvm::raw_string_ostream(size) << axisSize(type, axis);
    StringRef inner = size;
    inner.consume_front("#graph.dims<");
    inner.consume_back(">");
    stream << (axis ? ", " : "") << inner;
  }
  stream << "]";
  return text;
}

/// Sizes that agree outside `except`.
static bool sameOutside(RankedTensorType a, RankedTensorType b,
                        ArrayRef<int64_t> except) {
  if (a.getRank() != b.getRank())
    return false;
  for (int64_t axis = 0; axis < a.getRank(); ++axis)
    if (!llvm::is_contained(except, axis) &&
        axisSize(a, axis) != axisSize(b, axis))
      return false;
  return true;
}

static LogicalResult verifyAxis(Operation *op, int64_t axis, int64_t rank) {
  if (axis < 0 || axis >= rank)
    return op->emitOpError() << "axis " << axis
                             << " is not an axis of a tensor of rank " << rank;
  return success();
}

static LogicalResult verifyBroadcast(Operation *op, TypeRange operands,
                                     RankedTensorType result) {
  SmallVector<RankedTensorType> types;
  for (Type type : operands)
    types.push_back(cast<RankedTensorType>(type));
  std::optional<SmallVector<DimsAttr>> sizes = broadcastSizes(types);
  bool agrees = sizes && static_cast<int64_t>(sizes->size()) == result.getRank();
  for (int64_t axis = 0; agrees && axis < result.getRank(); ++axis)
    agrees = (*sizes)[axis] == axisSize(result, axis);
  if (agrees)
    return success();
  InFlightDiagnostic diagnostic =
      op->emitOpError() << "shape " << shapeText(result)
                        << " of the result is not the broadcast of ";
  llvm::interleave(
      types, [&](RankedTensorType type) { diagnostic << shapeText(type); },
      [&] { diagnostic << " and "; });
  return diagnostic;
}

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
// Movement
//===----------------------------------------------------------------------===//

LogicalResult ReshapeOp::verify() {
  // C1, where both counts are numbers
  RankedTensorType input = typeOf(getInput()), result = getType();
  if (input.hasStaticShape() && result.hasStaticShape() &&
      input.getNumElements() != result.getNumElements())
    return emitOpError() << "input has " << input.getNumElements()
                         << " elements, the result "
                         << result.getNumElements();
  return success();
}

LogicalResult TransposeOp::verify() {
  RankedTensorType input = typeOf(getInput()), result = getType();
  // C1
  SmallVector<int64_t> sorted(getPermutation());
  llvm::sort(sorted);
  if (!llvm::equal(sorted, llvm::seq<int64_t>(0, input.getRank())) ||
      result.getRank() != input.getRank())
    return emitOpError() << "permutes " << getPermutation().size()
                         << " axes of a tensor of rank " << input.getRank();
  // C2
  for (auto [place, axis] : llvm::enumerate(getPermutation()))
    if (axisSize(result, place) != axisSize(input, axis))
      return emitOpError() << "axis " << place << " of the result "
                           << shapeText(result) << " is not axis " << axis
                           << " of the input " << shapeText(input);
  return success();
}

LogicalResult BroadcastOp::verify() {
  // C1
  return verifyBroadcast(*this, {getInput().getType(), getType()}, getType());
}

LogicalResult ConcatOp::verify() {
  RankedTensorType result = getType();
  // C1
  if (getInputs().empty())
    return emitOpError("needs at least one operand");
  for (Value input : getInputs())
    if (typeOf(input).getRank() != result.getRank() ||
        typeOf(input).getElementType() != result.getElementType())
      return emitOpError() << "operand " << typeOf(input)
                           << " does not fit the result " << result;
  // C2
  int64_t axis = getAxis();
  if (failed(verifyAxis(*this, axis, result.getRank())))
    return failure();
  // C3
  int64_t total = 0;
  bool isStatic = !result.isDynamicDim(axis);
  for (Value input : getInputs()) {
    if (!sameOutside(typeOf(input), result, {axis}))
      return emitOpError() << "operand " << shapeText(typeOf(input))
                           << " differs from the result " << shapeText(result)
                           << " outside axis " << axis;
    isStatic &= !typeOf(input).isDynamicDim(axis);
    if (isStatic)
      total += typeOf(input).getDimSize(axis);
  }
  // C4, where all sizes are numbers
  if (isStatic && total != result.getDimSize(axis))
    return emitOpError() << "operands have " << total << " elements along axis "
                         << axis << ", the result "
                         << result.getDimSize(axis);
  return success();
}

LogicalResult SliceOp::verify() {
  RankedTensorType input = typeOf(getInput()), result = getType();
  // C1
  int64_t rank = input.getRank();
  if (result.getRank() != rank || getStarts().getRank() != rank ||
      static_cast<int64_t>(getSteps().size()) != rank)
    return emitOpError() << "needs one start and one step for each of the "
                         << rank << " axes of input and result";
  for (int64_t axis = 0; axis < rank; ++axis) {
    // C2
    int64_t step = getSteps()[axis];
    if (step == 0)
      return emitOpError() << "step of axis " << axis << " is 0";
    // C3
    std::optional<int64_t> start = getStarts().getConstant(axis);
    if (!start || input.isDynamicDim(axis) || result.isDynamicDim(axis) ||
        result.getDimSize(axis) == 0)
      continue;
    int64_t last = *start + (result.getDimSize(axis) - 1) * step;
    if (std::min(*start, last) < 0 ||
        std::max(*start, last) >= input.getDimSize(axis))
      return emitOpError() << "takes elements " << *start << " to " << last
                           << " of axis " << axis << ", which has "
                           << input.getDimSize(axis);
  }
  return success();
}

LogicalResult PadOp::verify() {
  int64_t rank = typeOf(getInput()).getRank();
  // C1
  if (static_cast<int64_t>(getLow().size()) != rank)
    return emitOpError() << "has " << getLow().size() << " counts for " << rank
                         << " axes";
  // C2
  if (typeOf(getValue()).getRank() != 0)
    return emitOpError("value must be a single element of rank 0");
  // C3
  if (getType().getRank() != rank)
    return emitOpError() << "changes the rank from " << rank << " to "
                         << getType().getRank();
  return success();
}

LogicalResult GatherOp::verify() {
  RankedTensorType input = typeOf(getInput()), indices = typeOf(getIndices());
  // C1
  int64_t axis = getAxis();
  if (failed(verifyAxis(*this, axis, input.getRank())))
    return failure();
  // C2
  SmallVector<DimsAttr> expected;
  for (int64_t i = 0; i < axis; ++i)
    expected.push_back(axisSize(input, i));
  for (int64_t i = 0; i < indices.getRank(); ++i)
    expected.push_back(axisSize(indices, i));
  for (int64_t i = axis + 1; i < input.getRank(); ++i)
    expected.push_back(axisSize(input, i));
  bool agrees = static_cast<int64_t>(expected.size()) == getType().getRank();
  for (int64_t i = 0; agrees && i < getType().getRank(); ++i)
    agrees = expected[i] == axisSize(getType(), i);
  if (!agrees)
    return emitOpError() << "result " << shapeText(getType()) << " is not "
                         << shapeText(input) << " with axis " << axis
                         << " replaced by " << shapeText(indices);
  return success();
}

LogicalResult GatherElementsOp::verify() {
  RankedTensorType input = typeOf(getInput()), indices = typeOf(getIndices());
  // C1
  if (failed(verifyAxis(*this, getAxis(), input.getRank())))
    return failure();
  // C2
  if (indices.getRank() != input.getRank())
    return emitOpError() << "indices have rank " << indices.getRank()
                         << ", the input " << input.getRank();
  // C3
  if (!sameOutside(getType(), indices, {}))
    return emitOpError() << "result " << shapeText(getType())
                         << " does not have the shape of indices "
                         << shapeText(indices);
  return success();
}

/// The length of the index tuples, if it lies in `1 .. most`.
static FailureOr<int64_t> verifyTuples(Operation *op, RankedTensorType indices,
                                       int64_t most) {
  int64_t length = indices.getRank() == 0 ? ShapedType::kDynamic
                                          : indices.getShape().back();
  if (ShapedType::isDynamic(length) || length < 1 || length > most)
    return op->emitOpError()
           << "the last axis of indices " << shapeText(indices)
           << " must be a number from 1 to " << most;
  return length;
}

LogicalResult GatherNdOp::verify() {
  RankedTensorType input = typeOf(getInput()), indices = typeOf(getIndices());
  // C1
  int64_t batch = getBatchAxes();
  FailureOr<int64_t> length =
      verifyTuples(*this, indices, input.getRank() - batch);
  if (failed(length))
    return failure();
  // C2
  int64_t rank =
      input.getRank() + indices.getRank() - *length - 1 - batch;
  if (getType().getRank() != rank)
    return emitOpError() << "result has rank " << getType().getRank()
                         << " instead of " << rank;
  return success();
}

LogicalResult ScatterElementsOp::verify() {
  RankedTensorType input = typeOf(getInput()), indices = typeOf(getIndices());
  // C1
  if (failed(verifyAxis(*this, getAxis(), input.getRank())))
    return failure();
  // C2
  if (indices.getRank() != input.getRank() ||
      !sameOutside(indices, typeOf(getUpdates()), {}))
    return emitOpError() << "indices " << shapeText(indices) << " and updates "
                         << shapeText(typeOf(getUpdates()))
                         << " must have one shape, of rank " << input.getRank();
  return success();
}

LogicalResult ScatterNdOp::verify() {
  RankedTensorType input = typeOf(getInput()), indices = typeOf(getIndices());
  // C1
  FailureOr<int64_t> length = verifyTuples(*this, indices, input.getRank());
  if (failed(length))
    return failure();
  // C2
  int64_t rank = indices.getRank() - 1 + input.getRank() - *length;
  if (typeOf(getUpdates()).getRank() != rank)
    return emitOpError() << "updates have rank "
                         << typeOf(getUpdates()).getRank() << " instead of "
                         << rank;
  return success();
}

LogicalResult PatchesOp::verify() {
  int64_t rank = typeOf(getInput()).getRank();
  // C1
  if (rank < 3 || getType().getRank() != 2 * rank - 2)
    return emitOpError() << "turns rank " << rank << " into rank "
                         << getType().getRank();
  // C2
  size_t spatial = rank - 2;
  auto positive = [](int64_t value) { return value > 0; };
  if (getStrides().size() != spatial || getDilations().size() != spatial ||
      getLow().size() != spatial || !llvm::all_of(getStrides(), positive) ||
      !llvm::all_of(getDilations(), positive))
    return emitOpError() << "needs " << spatial
                         << " positive strides and dilations and as many "
                            "paddings";
  return success();
}

LogicalResult IotaOp::verify() {
  // C1
  if (getType().getRank() != 1)
    return emitOpError() << "result has rank " << getType().getRank()
                         << " instead of 1";
  return success();
}

LogicalResult DimValuesOp::verify() {
  // C1
  RankedTensorType result = getType();
  int64_t count = result.getRank() == 0 ? 1 : result.getDimSize(0);
  if (result.getRank() > 1 || count != getValues().getRank())
    return emitOpError() << getValues().getRank() << " values do not fit "
                         << result;
  return success();
}

//===----------------------------------------------------------------------===//
// Contraction
//===----------------------------------------------------------------------===//

LogicalResult MatmulOp::verify() {
  RankedTensorType lhs = typeOf(getLhs()), rhs = typeOf(getRhs());
  // C1
  if (lhs.getRank() < 2 || rhs.getRank() < 2)
    return emitOpError() << "operands have ranks " << lhs.getRank() << " and "
                         << rhs.getRank() << ", but 2 is the least";
  // C2
  if (axisSize(lhs, lhs.getRank() - 1) != axisSize(rhs, rhs.getRank() - 2))
    return emitOpError() << "depth of " << shapeText(lhs)
                         << " is not the row count of " << shapeText(rhs);
  // C3
  int64_t rank = std::max(lhs.getRank(), rhs.getRank());
  RankedTensorType result = getType();
  bool agrees =
      result.getRank() == rank &&
      axisSize(result, rank - 2) == axisSize(lhs, lhs.getRank() - 2) &&
      axisSize(result, rank - 1) == axisSize(rhs, rhs.getRank() - 1);
  for (int64_t fromBack = 3; agrees && fromBack <= rank; ++fromBack) {
    DimsAttr size = axisSize(result, rank - fromBack);
    for (RankedTensorType type : {lhs, rhs})
      if (type.getRank() >= fromBack) {
        DimsAttr own = axisSize(type, type.getRank() - fromBack);
        agrees &= own == size || own.getConstant(0) == 1;
      }
  }
  if (!agrees)
    return emitOpError() << "product of " << shapeText(lhs) << " and "
                         << shapeText(rhs) << " does not have shape "
                         << shapeText(result);
  return success();
}

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
