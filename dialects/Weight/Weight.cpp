//===- Weight.cpp - Constraints of the weight dialect ---------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Weight/Weight.h"
#include "mlir/IR/Builders.h"

#include "dialects/Weight/WeightDialect.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/Weight/WeightOps.cpp.inc"

using namespace mlir;

namespace lmcc::weight {

void WeightDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/Weight/WeightOps.cpp.inc"
      >();
}

Value DataOp::getValue() {
  return cast<YieldOp>(getBody().front().getTerminator()).getValue();
}

LogicalResult DataOp::verify() {
  // C1
  auto yield = dyn_cast<YieldOp>(getBody().front().getTerminator());
  if (!yield || yield.getValue().getType() != getType())
    return emitOpError() << "must end with weight.yield of " << getType();
  return success();
}

LogicalResult FileOp::verify() {
  // C1
  if (int64_t offset = getOffsetAttr().getInt(); offset < 0)
    return emitOpError() << "offset " << offset << " is negative";
  // C2
  if (!getType().hasStaticShape())
    return emitOpError("needs a static shape");
  return success();
}

LogicalResult PackOp::verify() {
  auto input = cast<RankedTensorType>(getInput().getType());
  // C1
  if (input.getRank() != 2 || !input.hasStaticShape())
    return emitOpError("packs matrices with a static shape");
  // C2
  RankedTensorType result = getType();
  bool fits = (result.getRank() == 3 || result.getRank() == 4) &&
              result.hasStaticShape() &&
              result.getElementType() == input.getElementType() &&
              result.getDimSize(2) > 0;
  if (fits) {
    int64_t width = result.getDimSize(2);
    int64_t steps = result.getRank() == 4 ? result.getDimSize(3) : 1;
    fits = result.getDimSize(0) ==
               llvm::divideCeilSigned(input.getDimSize(1), width) &&
           result.getDimSize(1) * steps == input.getDimSize(0);
  }
  if (!fits)
    return emitOpError() << "panels of " << input << " cannot be " << result;
  return success();
}

static LogicalResult verifyOrder(Operation *op, Value panels, Value order) {
  auto input = cast<RankedTensorType>(panels.getType());
  auto places = cast<RankedTensorType>(order.getType());
  // C1
  constexpr int64_t bytesOfWord = 4;
  if (input.getRank() != 4 || !input.hasStaticShape() ||
      input.getDimSize(2) == 0 || input.getDimSize(3) != bytesOfWord)
    return op->emitOpError() << input << " are no panels of words of bytes";
  // C2
  int64_t steps = input.getDimSize(1);
  if (places.getShape() != ArrayRef({input.getDimSize(0), 1 + steps}))
    return op->emitOpError()
           << places << " has no order for the steps of " << input;
  // C3
  if (steps > mostOrderedSteps)
    return op->emitOpError()
           << "orders " << steps << " steps, not at most " << mostOrderedSteps;
  return success();
}

LogicalResult PairStepsOp::verify() {
  return verifyOrder(*this, getInput(), getResult());
}

LogicalResult OrderStepsOp::verify() {
  return verifyOrder(*this, getInput(), getOrder());
}

static LogicalResult verifyGroups(Operation *op, Value matrix, Value scales,
                                  int64_t bits) {
  auto input = cast<RankedTensorType>(matrix.getType());
  auto groups = cast<RankedTensorType>(scales.getType());
  // C1
  for (RankedTensorType type : {input, groups})
    if (type.getRank() != 2 || !type.hasStaticShape())
      return op->emitOpError() << type << " is no matrix of static shape";
  // C2
  int64_t count = groups.getDimSize(0);
  if (input.getDimSize(1) != groups.getDimSize(1) || count == 0 ||
      input.getDimSize(0) % count != 0)
    return op->emitOpError() << groups << " has no scales for the columns of "
                             << input << " in groups of equal size";
  // C3
  if (bits != 4 && bits != 8)
    return op->emitOpError() << "numbers have 4 or 8 bits, not " << bits;
  return success();
}

LogicalResult ScalesOp::verify() {
  return verifyGroups(*this, getInput(), getResult(), getBits());
}

LogicalResult QuantizeOp::verify() {
  // C1
  auto input = cast<RankedTensorType>(getInput().getType());
  if (input.getShape() != cast<RankedTensorType>(getType()).getShape())
    return emitOpError() << getType() << " has not the shape of " << input;
  return verifyGroups(*this, getInput(), getScales(), getBits());
}

int64_t PackGroupsOp::width() {
  auto input = cast<RankedTensorType>(getInput().getType());
  auto scales = cast<RankedTensorType>(getScales().getType());
  auto result = cast<RankedTensorType>(getType());
  int64_t group = input.getDimSize(0) / scales.getDimSize(0);
  auto bits = static_cast<int64_t>(getBits());
  return result.getDimSize(2) * 32 /
         (group * bits + (getWideScales() ? 32 : 16));
}

LogicalResult PackGroupsOp::verify() {
  auto input = cast<RankedTensorType>(getInput().getType());
  auto scales = cast<RankedTensorType>(getScales().getType());
  // C1
  auto bits = static_cast<int64_t>(getBits());
  if (failed(verifyGroups(*this, getInput(), getScales(), bits)))
    return failure();
  // C2
  int64_t group = input.getDimSize(0) / scales.getDimSize(0);
  if (group * bits % 32 != 0)
    return emitOpError() << "groups of " << group
                         << " numbers are no whole words";
  // C3
  auto result = cast<RankedTensorType>(getType());
  bool fits = result.getRank() == 3 && result.hasStaticShape() &&
              result.getDimSize(1) == scales.getDimSize(0);
  if (fits) {
    int64_t columns = width();
    fits =
        columns > 0 && columns % 2 == 0 &&
        result.getDimSize(2) == columns * group * bits / 32 +
                                    (getWideScales() ? columns : columns / 2) &&
        result.getDimSize(0) ==
            llvm::divideCeilSigned(input.getDimSize(1), columns);
  }
  if (!fits)
    return emitOpError() << "panels of " << input << " with scales " << scales
                         << " cannot be " << result;
  return success();
}

LogicalResult ColumnSumsOp::verify() {
  auto input = cast<RankedTensorType>(getInput().getType());
  // C1
  if (input.getRank() != 2 || !input.hasStaticShape())
    return emitOpError() << input << " is no matrix of static shape";
  // C2
  if (cast<RankedTensorType>(getType()).getShape() !=
      ArrayRef(input.getDimSize(1)))
    return emitOpError() << getType() << " has not one sum per column of "
                         << input;
  return success();
}

LogicalResult GetOp::verifySymbolUses(SymbolTableCollection &symbols) {
  // C1
  auto data = symbols.lookupNearestSymbolFrom<DataOp>(*this, getWeightAttr());
  if (!data)
    return emitOpError() << "there is no weight " << getWeightAttr();
  // C2
  auto stored = cast<RankedTensorType>(data.getType());
  if (getType() == stored)
    return success();
  auto signless = [](Type type) -> Type {
    auto integer = dyn_cast<IntegerType>(type);
    return integer ? IntegerType::get(type.getContext(), integer.getWidth())
                   : type;
  };
  auto buffer = dyn_cast<MemRefType>(getType());
  if (!buffer || buffer.getRank() != 1 ||
      buffer.getElementType() != signless(stored.getElementType()))
    return emitOpError() << "reads " << stored << " as " << getType();
  return success();
}

} // namespace lmcc::weight
