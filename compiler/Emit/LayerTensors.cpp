//===- LayerTensors.cpp - Inputs and outputs that belong to layers --------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/LayerTensors.h"

using namespace mlir;
using namespace lmcc;
using namespace lmcc::emit;

std::optional<LayerTensors> emit::layerTensors(const Contract &contract,
                                               kernel::PickOp pick) {
  // The other schedules have no lists.
  if (func::FuncOp(contract.schedule).getSymName() != kernel::runName)
    return std::nullopt;
  int64_t firstInput = contract.dims.size();
  int64_t firstOutput = firstInput + contract.inputs.size();
  SmallVector<int64_t> numbers;
  for (Value value : pick.getValues()) {
    auto argument = dyn_cast<BlockArgument>(value);
    if (!argument ||
        argument.getOwner() != &func::FuncOp(contract.schedule).front())
      return std::nullopt;
    numbers.push_back(argument.getArgNumber());
  }
  bool areOutputs = numbers.front() >= firstOutput;
  int64_t step = numbers.size() > 1 ? numbers[1] - numbers[0] : 1;
  if (step <= 0 || areOutputs != (numbers.back() >= firstOutput))
    return std::nullopt;
  for (size_t layer = 1; layer < numbers.size(); ++layer)
    if (numbers[layer] - numbers[layer - 1] != step)
      return std::nullopt;
  int64_t begin = areOutputs ? firstOutput : firstInput;
  return LayerTensors{areOutputs, numbers.front() - begin, step};
}

bool emit::isNamed(const Contract &contract, BlockArgument argument) {
  return llvm::any_of(argument.getUsers(), [&](Operation *user) {
    auto pick = dyn_cast<kernel::PickOp>(user);
    return !pick || !layerTensors(contract, pick);
  });
}

bool emit::needsList(const Contract &contract, bool ofOutputs) {
  func::FuncOp schedule = contract.schedule;
  WalkResult result = schedule.walk([&](kernel::PickOp pick) {
    auto tensors = layerTensors(contract, pick);
    return tensors && tensors->areOutputs == ofOutputs ? WalkResult::interrupt()
                                                       : WalkResult::advance();
  });
  return result.wasInterrupted();
}
