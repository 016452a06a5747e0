//===- DelayMoves.cpp - Compute elements before they are moved ------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Graph.h"
#include "mlir/IR/IRMapping.h"
#include "passes/Fuse/Passes.h"

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_DELAYMOVES
#include "passes/Fuse/Passes.h.inc"

namespace {

bool isMove(Operation *op) {
  return isa_and_nonnull<graph::ReshapeOp, graph::TransposeOp>(op);
}

/// Whether a kernel that computes elements makes `value`, with moves behind it
/// that nobody else wants.
bool isComputed(Value value) {
  while (isMove(value.getDefiningOp()) && value.hasOneUse())
    value = value.getDefiningOp()->getOperand(0);
  Operation *op = value.getDefiningOp();
  return op && value.hasOneUse() &&
         (op->hasTrait<graph::Elementwise>() || isa<graph::MatmulOp>(op));
}

/// The one operand of an elementwise operation that is no single number, or
/// null.
OpOperand *onlyTensor(Operation *op) {
  OpOperand *found = nullptr;
  for (OpOperand &operand : op->getOpOperands()) {
    if (cast<RankedTensorType>(operand.get().getType()).getRank() == 0)
      continue;
    if (found)
      return nullptr;
    found = &operand;
  }
  return found;
}

/// `operation(move(x))` becomes `move(operation(x))`, as often as it goes.
void computeFirst(Operation *op) {
  while (OpOperand *tensor = onlyTensor(op)) {
    Operation *move = tensor->get().getDefiningOp();
    if (!isMove(move) || !isComputed(tensor->get()))
      return;
    OpBuilder builder(op);
    Value input = move->getOperand(0), result = op->getResult(0);
    Type element = cast<RankedTensorType>(result.getType()).getElementType();
    IRMapping mapping;
    mapping.map(tensor->get(), input);
    Operation *earlier = builder.clone(*op, mapping);
    earlier->getResult(0).setType(
        cast<RankedTensorType>(input.getType()).clone(element));
    mapping.map(input, earlier->getResult(0));
    Operation *later = builder.clone(*move, mapping);
    later->getResult(0).setType(result.getType());
    result.replaceAllUsesWith(later->getResult(0));
    op->erase();
    move->erase();
    op = earlier;
  }
}

struct DelayMoves : impl::DelayMovesBase<DelayMoves> {
  void runOnOperation() override {
    for (Operation &op :
         llvm::make_early_inc_range(getOperation().getBody().front()))
      if (op.hasTrait<graph::Elementwise>())
        computeFirst(&op);
  }
};

} // namespace
} // namespace lmcc
