//===- Lives.cpp - When the buffers of a schedule are in use --------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/PlanMemory/Lives.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace lmcc {

Lives::Lives(func::FuncOp schedule) {
  schedule.getBody().walk<WalkOrder::PreOrder>(
      [&](Operation *operation) { numbers[operation] = numbers.size(); });
}

int64_t Lives::lastNumber(Operation *operation) const {
  if (auto loop = dyn_cast<scf::ForOp>(operation))
    return numbers.lookup(loop.getBody()->getTerminator());
  return numbers.lookup(operation);
}

Operation *Lives::lastUser(Value value) const {
  Operation *last = nullptr;
  for (Operation *user : value.getUsers()) {
    Operation *here = value.getParentBlock()->findAncestorOpInBlock(*user);
    if (!last || numbers.lookup(last) < numbers.lookup(here))
      last = here;
  }
  return last;
}

Value Lives::successor(Value value, Operation *last) {
  auto operands = last->getOpOperands();
  OpOperand *carried = llvm::find_if(
      operands, [&](OpOperand &use) { return use.get() == value; });
  if (carried == operands.end())
    return {};
  if (auto loop = dyn_cast<scf::ForOp>(last))
    return loop.getTiedLoopRegionIterArg(carried);
  auto loop = dyn_cast<scf::ForOp>(last->getParentOp());
  if (isa<scf::YieldOp>(last) && loop)
    return loop.getResult(carried->getOperandNumber());
  return {};
}

/// Whether `loop` uses `value` in its body, or carries it twice.
static bool isUsedInside(Value value, Operation *loop) {
  return 1 < llvm::count_if(value.getUsers(), [&](Operation *user) {
           return loop->isAncestor(user);
         });
}

FailureOr<Life> Lives::of(kernel::BufferOp buffer) const {
  Life life{buffer, nullptr, nullptr, buffer.getResult(), 0, 0};
  Block *block = buffer->getBlock();
  for (Operation *user : buffer->getUsers()) {
    Operation *here = block->findAncestorOpInBlock(*user);
    if (!life.begin || numbers.lookup(here) < numbers.lookup(life.begin))
      life.begin = here;
  }
  life.end = lastUser(life.released);
  while (Value next = successor(life.released, life.end)) {
    auto argument = dyn_cast<BlockArgument>(next);
    Operation *loop =
        argument ? argument.getOwner()->getParentOp() : next.getDefiningOp();
    if (argument && argument.use_empty())
      return loop->emitError("carries a buffer that it does not use");
    if (argument && isUsedInside(life.released, loop))
      return loop->emitError("carries a buffer that it uses elsewhere too");
    life.released = next;
    // What a loop leaves and nobody uses is released behind it.
    life.end = next.use_empty() ? loop : lastUser(next);
    if (next.use_empty())
      break;
  }
  life.first = numbers.lookup(life.begin);
  life.last = lastNumber(life.end);
  return life;
}

FailureOr<kernel::BufferOp> Lives::placeOf(kernel::BufferOp buffer) {
  Value value = buffer.getResult();
  for (OpOperand &use : buffer->getUses()) {
    auto loop = dyn_cast<scf::ForOp>(use.getOwner()->getParentOp());
    if (!isa<scf::YieldOp>(use.getOwner()) || !loop)
      continue;
    value = kernel::startOf(loop.getInits()[use.getOperandNumber()]);
    if (!value.getDefiningOp<kernel::BufferOp>())
      return loop.emitError("carries a buffer, but starts with none");
  }
  return value.getDefiningOp<kernel::BufferOp>();
}

} // namespace lmcc
