//===- Steps.cpp - What a schedule does, one after the other --------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/RollLayers/Steps.h"

#include "dialects/Kernel/Kernel.h"
#include "mlir/IR/Matchers.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace lmcc {

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

static kernel::BufferOp bufferOf(Value value) {
  return kernel::startOf(value).getDefiningOp<kernel::BufferOp>();
}

Source sourceOf(Value value) {
  if (bufferOf(value))
    return Source::Buffer;
  Operation *operation = value.getDefiningOp();
  if (!operation)
    return Source::Argument;
  if (Steps::isStep(*operation))
    return Source::Result;
  bool isGiven =
      operation->getNumOperands() == 0 && !matchPattern(value, m_Constant());
  return isGiven ? Source::Given : Source::Number;
}

/// Whether `a` and `b` may be the operand of one step in two layers.
static bool areAlike(Value a, Value b) {
  if (a == b)
    return true;
  Source source = sourceOf(a);
  if (a.getType() != b.getType() || source != sourceOf(b))
    return false;
  switch (source) {
  case Source::Buffer:
    return bufferOf(a)->getAttrDictionary() == bufferOf(b)->getAttrDictionary();
  case Source::Argument: return isa<MemRefType>(a.getType());
  case Source::Given:
    return a.getDefiningOp()->getName() == b.getDefiningOp()->getName();
  case Source::Result:
    return cast<OpResult>(a).getResultNumber() ==
           cast<OpResult>(b).getResultNumber();
  case Source::Number: return false;
  }
  llvm_unreachable("all sources are handled");
}

static std::string describe(Value value) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  Attribute constant;
  switch (sourceOf(value)) {
  case Source::Buffer:
    stream << "a buffer of " << bufferOf(value).getElements() << " elements";
    break;
  case Source::Argument: stream << "an argument of the model"; break;
  case Source::Given: stream << "a " << value.getDefiningOp()->getName(); break;
  case Source::Result: stream << "the result of a check"; break;
  case Source::Number:
    if (matchPattern(value, m_Constant(&constant)))
      stream << "the constant " << constant;
    else
      stream << "another size";
    break;
  }
  return text;
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

bool Steps::isStep(Operation &operation) {
  return !isa<kernel::BufferOp>(operation) && !isMemoryEffectFree(&operation) &&
         !operation.hasTrait<OpTrait::IsTerminator>();
}

Steps::Steps(Block &schedule) : schedule(schedule) {
  for (Operation &operation : schedule)
    if (isStep(operation)) {
      numbers[&operation] = steps.size();
      steps.push_back(&operation);
    }
}

size_t Steps::numberOf(Operation *user) const {
  return numbers.lookup(schedule.findAncestorOpInBlock(*user));
}

/// Whether `a` and `b` are the same but for their operands.
static bool haveOneForm(Operation *a, Operation *b) {
  return a->getName() == b->getName() && a->getNumRegions() == 0 &&
         a->getAttrDictionary() == b->getAttrDictionary() &&
         a->getNumOperands() == b->getNumOperands() &&
         a->getResultTypes() == b->getResultTypes();
}

bool Steps::areAlike(size_t a, size_t b) const {
  return haveOneForm(steps[a], steps[b]) &&
         llvm::all_of_zip(
             steps[a]->getOperands(), steps[b]->getOperands(),
             [](Value x, Value y) { return lmcc::areAlike(x, y); });
}

std::string Steps::difference(size_t a, size_t b) const {
  auto callA = dyn_cast<func::CallOp>(steps[a]);
  auto callB = dyn_cast<func::CallOp>(steps[b]);
  if (!callA || !callB)
    return ("is '" + steps[b]->getName().getStringRef() + "', not '" +
            steps[a]->getName().getStringRef() + "'")
        .str();
  if (callA.getCallee() != callB.getCallee())
    return ("calls '" + callB.getCallee() + "', not '" + callA.getCallee() +
            "'")
        .str();
  for (auto [x, y] : llvm::zip(callA.getOperands(), callB.getOperands()))
    if (!lmcc::areAlike(x, y))
      return "passes " + describe(y) + ", not " + describe(x);
  return "passes other arguments";
}

size_t Steps::layersInTurn(const Run &run) const {
  for (size_t layers = 3; layers > 1; --layers) {
    size_t period = run.period / layers;
    bool isEqual = run.period % layers == 0;
    for (size_t step = run.first; isEqual && step + period < run.end(); ++step)
      isEqual = areAlike(step, step + period);
    if (isEqual)
      return layers;
  }
  return 1;
}

std::vector<Run> Steps::runs() const {
  std::vector<Run> found;
  for (size_t period = 1; 2 * period <= steps.size(); ++period) {
    size_t first = 0;
    for (size_t step = 0; step + period <= steps.size(); ++step) {
      if (step + period < steps.size() && areAlike(step, step + period))
        continue;
      Run run{first, period, step + period - first};
      if (run.turns() >= 2)
        found.push_back(run);
      first = step + 1;
    }
  }
  return found;
}

} // namespace lmcc
