//===- Check.cpp - Whether a module can be printed ------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/Check.h"

#include "compiler/Emit/Bytes.h"
#include "compiler/Emit/Forms.h"
#include "compiler/Emit/Program.h"
#include "dialects/Kernel/Kernel.h"
#include "dialects/Target/Target.h"
#include "dialects/Weight/Weight.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace lmcc;
using namespace lmcc::emit;

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

static LogicalResult checkTypes(Operation *operation, TypeRange types,
                                unsigned allowed, unsigned machineLanes) {
  for (Type type : types) {
    if (!(kindOf(type) & allowed))
      return operation->emitOpError() << "has no form in C++ for " << type;
    auto vector = dyn_cast<VectorType>(type);
    // Bytes of up to four vectors are stored together.
    unsigned most = kindOf(type) == Bytes ? 4 * machineLanes : machineLanes;
    if (vector && vector.getNumElements() > most)
      return operation->emitOpError()
             << "works on " << type << ", but the machine has " << machineLanes
             << " lanes";
  }
  return success();
}

/// What the kinds of a form do not say.
static LogicalResult checkSpecial(Operation *operation) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(operation)
      .Case([](arith::CmpIOp op) -> LogicalResult {
        bool isEquality = op.getPredicate() == arith::CmpIPredicate::eq ||
                          op.getPredicate() == arith::CmpIPredicate::ne;
        if (kindOf(op.getLhs().getType()) == Bool && !isEquality)
          return op.emitOpError("has no form in C++: i1 has no order");
        return success();
      })
      .Case<arith::ShLIOp, arith::ShRSIOp>([](Operation *op) -> LogicalResult {
        llvm::APInt count;
        if (kindOf(op->getOperand(0).getType()) == Ints &&
            !(matchPattern(op->getOperand(1), m_ConstantInt(&count)) &&
              count.ult(32)))
          return op->emitOpError("has no form in C++: lanes are shifted by one "
                                 "constant below 32");
        return success();
      })
      .Case<arith::TruncIOp, kernel::NarrowOp>([](auto op) -> LogicalResult {
        if (kindOf(op.getType()) == Bytes && !isOnlyStored(op))
          return op.emitOpError("has no form in C++: vectors of bytes are only "
                                "stored");
        return success();
      })
      .Case([](vector::LoadOp op) -> LogicalResult {
        if ((kindOf(op.getType()) & (Bytes | Halves)) && !conversionOf(op))
          return op.emitOpError("has no form in C++: vectors of bytes or f16 "
                                "are converted once, and that is all");
        return success();
      })
      .Case([](kernel::WordsOp op) -> LogicalResult {
        bool isOnlyRead = llvm::all_of(op->getUsers(), [](Operation *user) {
          return isa<memref::LoadOp, vector::LoadOp, memref::PrefetchOp>(user);
        });
        if (!isOnlyRead)
          return op.emitOpError("has no form in C++: words are only loaded");
        return success();
      })
      .Case([](vector::BroadcastOp op) -> LogicalResult {
        if (isa<VectorType>(op.getSource().getType()) &&
            op.getSource().getType() != op.getType())
          return op.emitOpError("has no form in C++: its source is a vector");
        return success();
      })
      .Case([](vector::ExtractOp op) -> LogicalResult {
        if (op.hasDynamicPosition() || op.getStaticPosition().size() != 1)
          return op.emitOpError(
              "has no form in C++: its position is no number");
        return success();
      })
      .Case([](vector::ExtractStridedSliceOp op) -> LogicalResult {
        int64_t whole = op.getSourceVectorType().getNumElements();
        int64_t part = op.getType().getNumElements();
        int64_t offset = cast<IntegerAttr>(op.getOffsets()[0]).getInt();
        if (part == whole || (2 * part == whole && offset % part == 0))
          return success();
        return op.emitOpError("has no form in C++: it takes no half");
      })
      .Case([](vector::ShuffleOp op) -> LogicalResult {
        if (op.getType() == op.getV1VectorType() &&
            op.getType() == op.getV2VectorType() &&
            !llvm::is_contained(op.getMask(), -1))
          return success();
        return op.emitOpError("has no form in C++: it changes the number of "
                              "lanes");
      })
      .Case([](memref::AllocaOp op) -> LogicalResult {
        if (!op.getType().hasStaticShape() ||
            op.getType().getNumElements() == 0)
          return op.emitOpError("has no form in C++: its size is no number");
        return success();
      })
      .Default([](Operation *) { return success(); });
}

static bool isOfSchedule(Operation *operation) {
  return isa<func::CallOp, kernel::SlotOp, kernel::ReleaseOp, kernel::RequireOp,
             kernel::FinishWithoutOp, kernel::GetStateOp, kernel::PickOp,
             weight::GetOp>(operation);
}

/// A schedule counts layers and hands buffers from one to the next.
static LogicalResult checkLayers(scf::ForOp loop) {
  if (!isConstantIntValue(loop.getLowerBound(), 0) ||
      !isConstantIntValue(loop.getStep(), 1) ||
      !getConstantIntValue(loop.getUpperBound()))
    return loop.emitOpError("has no form in C++: in a schedule, it counts from "
                            "0 to a number in steps of 1");
  auto isSlot = [](Value value) {
    return kernel::startOf(value).getDefiningOp<kernel::SlotOp>() != nullptr;
  };
  auto isOwnSlot = [](Value value) {
    return value.getDefiningOp<kernel::SlotOp>() != nullptr;
  };
  if (!llvm::all_of(loop.getInits(), isSlot) ||
      !llvm::all_of(loop.getYieldedValues(), isOwnSlot))
    return loop.emitOpError("has no form in C++: in a schedule, it starts with "
                            "slots and yields slots of its body");
  return success();
}

/// All of the values are found in one way.
static LogicalResult checkPick(kernel::PickOp pick) {
  auto isSymbol = [](Value value) {
    return isa_and_present<weight::GetOp, kernel::GetStateOp>(
        value.getDefiningOp());
  };
  Operation *first = pick.getValues().front().getDefiningOp();
  bool areAlike = llvm::all_of(pick.getValues(), [&](Value value) {
    Operation *other = value.getDefiningOp();
    return isSymbol(value) ? first && first->getName() == other->getName()
                           : !isSymbol(pick.getValues().front());
  });
  if (areAlike)
    return success();
  return pick.emitOpError("has no form in C++: it picks from weights or state "
                          "and other buffers");
}

static LogicalResult checkOperation(Operation *operation, bool inSchedule,
                                    unsigned machineLanes) {
  const Form *form = findForm(operation);
  if (!form)
    return operation->emitOpError("has no form in C++");
  if (isOfSchedule(operation) && !inSchedule)
    return operation->emitOpError("belongs to the schedule, not to a kernel");
  bool isOfLoop = isa<scf::ForOp, scf::YieldOp>(operation);
  unsigned carried = inSchedule && isOfLoop ? Buffer : NoKind;
  if (failed(checkTypes(operation, operation->getOperandTypes(),
                        form->operands | carried, machineLanes)) ||
      failed(checkTypes(operation, operation->getResultTypes(),
                        form->results | carried, machineLanes)))
    return failure();
  if (inSchedule) {
    if (auto loop = dyn_cast<scf::ForOp>(operation))
      return checkLayers(loop);
    if (auto pick = dyn_cast<kernel::PickOp>(operation))
      return checkPick(pick);
  }
  return checkSpecial(operation);
}

/// Reports every operation without a form, not only the first.
static LogicalResult checkBody(func::FuncOp function, bool inSchedule,
                               unsigned machineLanes) {
  if (!function.getBody().hasOneBlock())
    return function.emitOpError("must have one block");
  bool isFine = true;
  function.getBody().walk([&](Operation *operation) {
    isFine &= succeeded(checkOperation(operation, inSchedule, machineLanes));
  });
  return success(isFine);
}

static LogicalResult checkKernel(func::FuncOp kernel, unsigned machineLanes) {
  for (Type type : kernel.getArgumentTypes())
    if (!(kindOf(type) & (scalars | Buffer)))
      return kernel.emitOpError() << "has an argument of type " << type
                                  << ", which has no form in C++";
  ArrayRef<Type> results = kernel.getResultTypes();
  if (results.size() > 1 || (results.size() == 1 && !results[0].isInteger(1)))
    return kernel.emitOpError("may return one i1 and nothing else");
  return checkBody(kernel, /*inSchedule=*/false, machineLanes);
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

static LogicalResult checkSlot(kernel::SlotOp slot, const Contract &contract,
                               unsigned alignment) {
  uint64_t offset = slot.getOffset(), bytes = slot.getBytes();
  if (offset > contract.arenaBytes || bytes > contract.arenaBytes - offset)
    return slot.emitOpError() << "ends at byte " << offset + bytes
                              << " of an arena of " << contract.arenaBytes;
  if (offset % alignment != 0)
    return slot.emitOpError()
           << "lies at byte " << offset << ", no multiple of " << alignment;
  return success();
}

/// What `value` is in layer `layer` of the loop around it.
static Value inLayer(Value value, int64_t layer) {
  if (auto pick = value.getDefiningOp<kernel::PickOp>())
    return pick.getValues()[layer];
  auto argument = dyn_cast<BlockArgument>(value);
  auto loop = argument
                  ? dyn_cast<scf::ForOp>(argument.getOwner()->getParentOp())
                  : scf::ForOp();
  if (!loop || argument == loop.getInductionVar())
    return kernel::startOf(value);
  return layer == 0 ? kernel::startOf(value)
                    : loop.getTiedLoopYieldedValue(argument)->get();
}

/// Whether two arguments of a call share a byte.
static bool overlap(Value a, Value b) {
  auto stateA = a.getDefiningOp<kernel::GetStateOp>();
  auto stateB = b.getDefiningOp<kernel::GetStateOp>();
  if (stateA && stateB)
    return stateA.getState() == stateB.getState();
  auto slotA = a.getDefiningOp<kernel::SlotOp>();
  auto slotB = b.getDefiningOp<kernel::SlotOp>();
  if (!slotA || !slotB)
    return a == b;
  return slotA.getOffset() < slotB.getOffset() + slotB.getBytes() &&
         slotB.getOffset() < slotA.getOffset() + slotA.getBytes();
}

/// The call in layer `layer` of the loop around it, if there is one.
static LogicalResult checkCall(func::CallOp call, func::FuncOp kernel,
                               unsigned firstOutput, int64_t layer) {
  SmallVector<Value> operands;
  for (Value operand : call.getOperands())
    operands.push_back(inLayer(operand, layer));
  for (auto [index, written] : llvm::enumerate(operands)) {
    if (kindOf(written.getType()) != Buffer ||
        !kernel::isWritten(kernel, index))
      continue;
    auto argument = dyn_cast<BlockArgument>(written);
    if (written.getDefiningOp<weight::GetOp>() ||
        (argument && argument.getArgNumber() < firstOutput))
      return call.emitOpError() << "writes to argument " << index
                                << ", which is a weight or an input";
    for (auto [other, value] : llvm::enumerate(operands))
      if (other != index && overlap(written, value))
        return call.emitOpError()
               << "writes to argument " << index
               << ", which shares memory with argument " << other;
  }
  return success();
}

static LogicalResult checkCall(func::CallOp call, ModuleOp module,
                               const Contract &contract) {
  auto kernel = module.lookupSymbol<func::FuncOp>(call.getCallee());
  if (!kernel || !kernel::isKernel(kernel))
    return call.emitOpError()
           << "calls @" << call.getCallee() << ", which is no kernel";
  unsigned firstOutput = contract.dims.size() + contract.inputs.size();
  int64_t layers = 1;
  if (auto loop = dyn_cast<scf::ForOp>(call->getParentOp()))
    layers = *getConstantIntValue(loop.getUpperBound());
  for (int64_t layer = 0; layer < layers; ++layer)
    if (failed(checkCall(call, kernel, firstOutput, layer)))
      return failure();
  return success();
}

static LogicalResult checkMemory(ModuleOp module, const Contract &contract,
                                 unsigned alignment) {
  func::FuncOp schedule = contract.schedule;
  WalkResult result = schedule.walk([&](Operation *operation) {
    LogicalResult fine = llvm::TypeSwitch<Operation *, LogicalResult>(operation)
                             .Case([&](kernel::SlotOp slot) {
                               return checkSlot(slot, contract, alignment);
                             })
                             .Case([&](func::CallOp call) {
                               return checkCall(call, module, contract);
                             })
                             .Default([](Operation *) { return success(); });
    return failed(fine) ? WalkResult::interrupt() : WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

LogicalResult emit::checkEmittable(ModuleOp module) {
  target::MachineAttr machine = target::machineFor(module);
  const target::Record *record =
      target::findRecord(machine.getName().getValue());
  if (!record)
    return module.emitOpError() << "is for the machine " << machine.getName()
                                << ", which is no target";
  if (!hasCarriedParts(*record))
    return module.emitOpError() << "is for " << machine.getName()
                                << ", whose carried header is incomplete";
  FailureOr<std::vector<Contract>> schedules = readContracts(module);
  if (failed(schedules) || failed(layoutBlob(module)))
    return failure();

  bool isFine = true;
  for (auto function : module.getOps<func::FuncOp>())
    if (kernel::isKernel(function))
      isFine &= succeeded(checkKernel(function, machine.lanes()));
  for (const Contract &contract : *schedules)
    isFine &= succeeded(checkBody(contract.schedule, true, machine.lanes()));
  for (const Contract &contract : *schedules)
    isFine = isFine &&
             succeeded(checkMemory(module, contract, machine.getAlignment()));
  return success(isFine);
}
