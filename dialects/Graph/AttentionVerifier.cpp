//===- AttentionVerifier.cpp - The constraints of graph.attention ---------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/DimSpace.h"
#include "dialects/Graph/GraphVerifiers.h"

using namespace mlir;

namespace lmcc::graph {

static LogicalResult verifyShapes(AttentionOp op) {
  RankedTensorType query = typeOf(op.getQuery()), key = typeOf(op.getKey()),
                   value = typeOf(op.getValue()), result = op.getType();
  // C1
  for (RankedTensorType type : {query, key, value}) {
    if (type.getRank() < 2)
      return op.emitOpError()
             << "operand " << shapeText(type) << " has less than two axes";
    if (!op.isQuantized() && type.getElementType() != result.getElementType())
      return op.emitOpError() << "operands and result have different elements";
  }
  // C2
  if (sizeFromBack(query, 1) != sizeFromBack(key, 1))
    return op.emitOpError() << "queries " << shapeText(query) << " and keys "
                            << shapeText(key) << " differ in length";
  if (sizeFromBack(key, 2) != sizeFromBack(value, 2))
    return op.emitOpError() << "there is not one value of " << shapeText(value)
                            << " for each key of " << shapeText(key);
  // C3
  if (!isBroadcastOfBatches(result, {query, key, value}) ||
      sizeFromBack(result, 2) != sizeFromBack(query, 2) ||
      sizeFromBack(result, 1) != sizeFromBack(value, 1))
    return op.emitOpError()
           << "the result cannot have shape " << shapeText(result);
  return success();
}

/// C6
static LogicalResult verifyScales(AttentionOp op) {
  if (!op.isQuantized())
    return success();
  if (op.getScales().size() != 3)
    return op.emitOpError() << "has " << op.getScales().size()
                            << " scales, not those of query, key and value";
  for (unsigned number = 0; number < 3; ++number) {
    RankedTensorType rows = typeOf(op->getOperand(number)),
                     scales = typeOf(op.getScales()[number]);
    Type element = rows.getElementType();
    bool mayBeUnsigned = number == 1;
    if (!element.isSignlessInteger(8) &&
        !(mayBeUnsigned && element.isUnsignedInteger(8)))
      return op.emitOpError() << "has scales for " << rows << ", no bytes";
    if (!sameOutside(scales, rows, {rows.getRank() - 1}) ||
        sizeFromBack(scales, 1).getConstant(0) != 1)
      return op.emitOpError() << "has scales " << shapeText(scales)
                              << " for rows " << shapeText(rows);
  }
  if (!op.getType().getElementType().isF32())
    return op.emitOpError() << "of bytes computes f32, not " << op.getType();
  return success();
}

static LogicalResult verifyRegion(AttentionOp op) {
  Block &block = op.getAdjust().front();
  // C4
  if (block.getNumArguments() != op.getExtras().size() + 1 ||
      TypeRange(block.getArgumentTypes()).drop_front() !=
          op.getExtras().getTypes())
    return op.emitOpError("region takes the scores and the extra operands");
  auto scores = dyn_cast<RankedTensorType>(op.scores().getType());
  RankedTensorType result = op.getType();
  if (!scores || scores.getElementType() != result.getElementType() ||
      !sameOutside(scores, result, {result.getRank() - 1}) ||
      sizeFromBack(scores, 1) != sizeFromBack(typeOf(op.getKey()), 2))
    return op.emitOpError() << "region takes " << op.scores().getType()
                            << ", which are no scores of this attention";
  // C5
  for (Operation &inner : block.without_terminator()) {
    if (auto diagonals = dyn_cast<DiagonalsOp>(inner)) {
      Value input = diagonals.getInput();
      if (!isa<BlockArgument>(input) || input == op.scores() ||
          !input.hasOneUse())
        return op.emitOpError() << "region applies " << inner.getName()
                                << " to more than an extra operand";
      continue;
    }
    if (!inner.hasTrait<Elementwise>() &&
        !isa<BroadcastOp, ConstantOp, IotaOp, DimValuesOp>(inner))
      return op.emitOpError() << "region contains " << inner.getName()
                              << ", which does not go element by element";
    if (isa<ConstantOp, DimValuesOp>(inner) &&
        typeOf(inner.getResult(0)).getNumElements() != 1)
      return op.emitOpError() << "region contains " << inner.getName()
                              << " of more than one element";
  }
  auto yield = dyn_cast<YieldOp>(block.getTerminator());
  if (!yield || yield.getValue().getType() != scores)
    return op.emitOpError() << "region must end with graph.yield of " << scores;
  return success();
}

LogicalResult DiagonalsOp::verify() {
  RankedTensorType input = typeOf(getInput()), result = getType();
  // C1
  if (result.getRank() != input.getRank() + 1 || result.getRank() < 2)
    return emitOpError() << shapeText(input) << " has no diagonals for "
                         << shapeText(result);
  // C2
  int64_t last = input.getRank() - 1;
  for (int64_t axis = 0; axis < last; ++axis)
    if (axisSize(input, axis) != axisSize(result, axis))
      return emitOpError() << "axis " << axis << " of " << shapeText(input)
                           << " and " << shapeText(result) << " differs";
  // C3
  DimSpace space(getContext());
  DimSpace::Sizes shape = space.sizes(result);
  AffineExpr count =
      space.subtract(space.add(shape[last], shape[last + 1]), space.number(1));
  if (!space.equal(space.sizes(input)[last], count))
    return emitOpError() << shapeText(result)
                         << " has other diagonals than the "
                         << "last axis of " << shapeText(input);
  return success();
}

LogicalResult AttentionOp::verify() {
  return success(succeeded(verifyShapes(*this)) &&
                 succeeded(verifyScales(*this)) &&
                 succeeded(verifyRegion(*this)));
}

LogicalResult RotaryEmbeddingOp::verify() {
  RankedTensorType input = typeOf(getInput()), angles = typeOf(getCosine());
  auto rotated = static_cast<int64_t>(getRotated());
  int64_t rank = input.getRank(), leading = angles.getRank() - 1;
  // C1
  bool hasRows = rank > 0 && !input.isDynamicDim(rank - 1);
  if (!hasRows || rotated < 2 || rotated % 2 != 0 ||
      rotated > input.getDimSize(rank - 1))
    return emitOpError() << "rotates " << rotated << " elements of the rows of "
                         << shapeText(input);
  // C2
  int64_t columns = leading < 0 ? 0 : angles.getDimSize(leading);
  if (columns != rotated && columns != rotated / 2)
    return emitOpError() << "angles " << shapeText(angles) << " do not fit "
                         << rotated << " rotated elements";
  // C3
  bool fits = leading < rank;
  for (int64_t axis = 0; fits && axis < leading; ++axis) {
    DimsAttr size = axisSize(angles, axis);
    fits = size.getConstant(0) == 1 ||
           size == axisSize(input, axis + rank - 1 - leading);
  }
  if (!fits)
    return emitOpError() << "angles " << shapeText(angles)
                         << " do not broadcast to " << shapeText(input);
  return success();
}

} // namespace lmcc::graph
