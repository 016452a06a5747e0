//===- ConstantNumber.cpp - The number of a constant ----------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Compress/ConstantNumber.h"

#include "dialects/Graph/Graph.h"

using namespace mlir;

namespace lmcc {

std::optional<double> numberOf(Value value) {
  auto constant = value.getDefiningOp<graph::ConstantOp>();
  auto elements = constant ? dyn_cast<DenseElementsAttr>(constant.getValue())
                           : DenseElementsAttr();
  if (!elements || !elements.isSplat())
    return std::nullopt;
  auto element = elements.getSplatValue<Attribute>();
  if (auto number = dyn_cast<FloatAttr>(element))
    return number.getValueAsDouble();
  return static_cast<double>(
      cast<IntegerAttr>(element).getValue().getSExtValue());
}

} // namespace lmcc
