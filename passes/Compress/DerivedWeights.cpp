//===- DerivedWeights.cpp - Weights computed from weights -----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Compress/DerivedWeights.h"

using namespace mlir;

namespace lmcc {

weight::DataOp DerivedWeights::make(weight::DataOp source, const Twine &name,
                                    Recipe recipe) {
  auto data = cast<weight::DataOp>(source->clone());
  data.setSymName(name.str());
  auto yield = cast<weight::YieldOp>(data.getBody().front().getTerminator());
  OpBuilder builder(yield);
  yield.getValueMutable().assign(recipe(builder, yield.getValue()));
  data.setTypeAttr(TypeAttr::get(yield.getValue().getType()));
  symbols.insert(data, Block::iterator(source->getNextNode()));
  return data;
}

Value DerivedWeights::get(OpBuilder &builder, weight::GetOp source,
                          StringRef suffix, Recipe recipe) {
  weight::DataOp &data = made[{source.getWeightAttr().getAttr(), suffix}];
  if (!data)
    data = make(symbols.lookup<weight::DataOp>(source.getWeight()),
                source.getWeight() + "." + suffix, recipe);
  return weight::GetOp::create(builder, source.getLoc(), data.getType(),
                               data.getSymName());
}

} // namespace lmcc
