//===- MovementVerifiers.cpp - The constraints of movement ----------------===//
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
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

using namespace mlir;

namespace lmcc::graph {

LogicalResult ReshapeOp::verify() {
  // C1, where both counts are numbers
  RankedTensorType input = typeOf(getInput()), result = getType();
  if (input.hasStaticShape() && result.hasStaticShape() &&
      input.getNumElements() != result.getNumElements())
    return emitOpError() << "input has " << input.getNumElements()
                         << " elements, the result " << result.getNumElements();
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
                         << axis << ", the result " << result.getDimSize(axis);
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
  int64_t length =
      indices.getRank() == 0 ? ShapedType::kDynamic : indices.getShape().back();
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
  int64_t rank = input.getRank() + indices.getRank() - *length - 1 - batch;
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
  RankedTensorType type = getType();
  int64_t rank = type.getRank(), along = getAxis();
  // C1
  if (along < 0 || along >= rank)
    return emitOpError() << "axis " << along << " is no axis of "
                         << shapeText(type);
  // C2
  for (int64_t axis = 0; axis < rank; ++axis)
    if (axis != along && type.getDimSize(axis) != 1)
      return emitOpError() << shapeText(type) << " has more than one element "
                           << "along axis " << axis;
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

} // namespace lmcc::graph
