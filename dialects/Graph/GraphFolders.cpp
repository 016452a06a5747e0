//===- GraphFolders.cpp - Operations that do nothing ----------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Only identities fold here. Arithmetic on constants is the business of
// passes/Normalize, which knows a budget and the weights.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Graph.h"

using namespace mlir;

namespace lmcc::graph {

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

OpFoldResult ReshapeOp::fold(FoldAdaptor) {
  if (getInput().getType() == getType())
    return getInput();
  if (auto producer = getInput().getDefiningOp<ReshapeOp>()) {
    getInputMutable().assign(producer.getInput());
    return getResult();
  }
  return {};
}

OpFoldResult TransposeOp::fold(FoldAdaptor) {
  for (auto [place, axis] : llvm::enumerate(getPermutation()))
    if (static_cast<int64_t>(place) != axis)
      return {};
  return getInput();
}

OpFoldResult BroadcastOp::fold(FoldAdaptor) {
  return getInput().getType() == getType() ? getInput() : Value();
}

OpFoldResult ConcatOp::fold(FoldAdaptor) {
  return getInputs().size() == 1 ? getInputs().front() : Value();
}

OpFoldResult SliceOp::fold(FoldAdaptor) {
  bool whole = getInput().getType() == getType() &&
               llvm::all_of(getSteps(), [](int64_t step) { return step == 1; });
  return whole ? getInput() : Value();
}

} // namespace lmcc::graph
