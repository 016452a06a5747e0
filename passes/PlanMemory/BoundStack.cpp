//===- BoundStack.cpp - The stack that a call of the model needs ----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a kernel has on the stack by its text are its local arrays. The rest is
// the compiler's: registers that it saves, values that wait there while others
// are worked on, what it puts in front of a loop and what it makes of a loop
// that it divides or spreads out. No text says how much that is, only that
// values have to be there to wait. Measured on the kernels of the corpus and on
// rows of 256 to 768 elements, for each target and both compilers, a small
// kernel has at most 1920 bytes, or 68 vectors when the loop over a row is
// spread out, which compilers do up to some number of instructions; a large
// kernel at most 22 % of the bytes of all its values. The bound has four tenths
// or more on top of each (test/integration/stack.py measures frames again).
//
// What a kernel calls of the carried header, if that is not inlined, is part of
// its frame here. Schedules call kernels alone, so the deepest chain of calls
// has one of each. Calls of memcpy, memmove and memset are the C library's to
// state.
//
//===----------------------------------------------------------------------===//

#include "dialects/Kernel/Kernel.h"
#include "dialects/Target/Target.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "passes/PlanMemory/Passes.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_BOUNDSTACK
#include "passes/PlanMemory/Passes.h.inc"

namespace {

int64_t bitsOf(Type element) {
  constexpr int64_t indexBits = 64;
  return element.isIndex() ? indexBits : element.getIntOrFloatBitWidth();
}

/// Bytes of a value in registers or on the stack. Conditions of a vector may be
/// as wide as what they choose from.
int64_t bytesOf(Type type) {
  constexpr int64_t wordBytes = 8;
  constexpr int64_t leastLaneBits = 32;
  auto vector = dyn_cast<VectorType>(type);
  if (!vector)
    return wordBytes;
  return vector.getNumElements() *
         std::max(bitsOf(vector.getElementType()), leastLaneBits) / 8;
}

/// Bytes of all values that the text of a kernel makes.
int64_t valueBytes(func::FuncOp kernel) {
  int64_t bytes = 0;
  auto add = [&](auto values) {
    for (Value value : values)
      bytes += bytesOf(value.getType());
  };
  kernel.walk([&](Operation *op) { add(op->getResults()); });
  kernel.walk([&](Block *block) { add(block->getArguments()); });
  return bytes;
}

/// Bytes of the local arrays of a kernel, each at the alignment of a vector.
int64_t localBytes(func::FuncOp kernel, int64_t vectorBytes) {
  int64_t bytes = 0;
  kernel.walk([&](memref::AllocaOp local) {
    MemRefType type = local.getType();
    int64_t bits = type.getNumElements() * bitsOf(type.getElementType());
    bytes += llvm::alignTo(llvm::divideCeil(bits, 8), vectorBytes);
  });
  return bytes;
}

/// Bytes of the frame of a kernel.
int64_t frameOf(func::FuncOp kernel, int64_t vectorBytes) {
  constexpr int64_t fixedBytes = 2048;
  constexpr int64_t spreadVectors = 64;
  constexpr int64_t valuesPerWaiting = 3;
  // A frame of vectors may be moved to their alignment.
  return vectorBytes + localBytes(kernel, vectorBytes) +
         std::max(fixedBytes + spreadVectors * vectorBytes,
                  valueBytes(kernel) / valuesPerWaiting);
}

/// Bytes of an entry point and of its schedule, which may be one function.
int64_t frameOf(func::FuncOp schedule) {
  constexpr int64_t anySchedule = 512;
  // Pointers are taken from a list of the caller and checked, then passed on,
  // and wait in the entry point and in the schedule.
  constexpr int64_t argumentBytes = 24;
  // A call may pass all its operands in memory.
  constexpr int64_t operandBytes = 8;
  constexpr int64_t pointerBytes = 8;
  int64_t operands = 0;
  schedule.walk([&](func::CallOp call) {
    operands = std::max<int64_t>(operands, call.getNumOperands());
  });
  // Of buffers that a loop picks from, the pointers are an array. Weights and
  // states are found in tables of constants.
  int64_t pointers = 0;
  schedule.walk([&](kernel::PickOp pick) {
    for (Value value : pick.getValues())
      if (isa<BlockArgument>(value) || value.getDefiningOp<kernel::SlotOp>())
        ++pointers;
  });
  return anySchedule + argumentBytes * schedule.getNumArguments() +
         operandBytes * operands + pointerBytes * pointers;
}

struct BoundStack : impl::BoundStackBase<BoundStack> {
  /// States the bound of a function; frames are multiples of 16 bytes.
  int64_t state(func::FuncOp function, int64_t bytes) {
    bytes = llvm::alignTo(bytes, 16);
    function->setAttr(kernel::stackBytesAttrName,
                      Builder(function.getContext()).getI64IntegerAttr(bytes));
    return bytes;
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    int64_t vectorBytes =
        llvm::divideCeil(target::machineFor(module).getVectorBits(), 8);
    llvm::StringMap<int64_t> frames;
    for (auto kernel : module.getOps<func::FuncOp>())
      if (kernel::isKernel(kernel))
        frames[kernel.getSymName()] =
            state(kernel, frameOf(kernel, vectorBytes));
    for (func::FuncOp schedule : kernel::schedulesOf(module)) {
      int64_t deepest = 0;
      schedule.walk([&](func::CallOp call) {
        deepest = std::max(deepest, frames.lookup(call.getCallee()));
      });
      state(schedule, frameOf(schedule) + deepest);
    }
  }
};

} // namespace
} // namespace lmcc
