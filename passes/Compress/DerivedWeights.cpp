//===- DerivedWeights.cpp - Weights computed from weights -----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Compress/DerivedWeights.h"

using namespace mlir;

namespace lmcc {

weight::DataOp DerivedWeights::derive(weight::DataOp source, Recipe recipe) {
  auto data = cast<weight::DataOp>(source->clone());
  Block &block = data.getBody().front();
  auto yield = cast<weight::YieldOp>(block.getTerminator());
  OpBuilder ops(yield);
  graph::DimSpace space(source->getContext());
  graph::Builder build(ops, space);
  build.setLocation(yield.getValue().getLoc());
  yield.getValueMutable().assign(recipe(build, yield.getValue()));
  data.setTypeAttr(TypeAttr::get(yield.getValue().getType()));
  // A recipe may go on where the last steps of the other one begin.
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (isOpTriviallyDead(&op))
      op.erase();
  return data;
}

Value DerivedWeights::get(OpBuilder &builder, weight::GetOp source,
                          StringRef suffix, Recipe recipe) {
  weight::DataOp &data = made[{source.getWeightAttr().getAttr(), suffix}];
  if (!data) {
    auto from = symbols.lookup<weight::DataOp>(source.getWeight());
    data = derive(from, recipe);
    data.setSymName((source.getWeight() + "." + suffix).str());
    symbols.insert(data, Block::iterator(from->getNextNode()));
  }
  return weight::GetOp::create(builder, source.getLoc(), data.getType(),
                               data.getSymName());
}

} // namespace lmcc
