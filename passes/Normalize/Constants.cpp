//===- Constants.cpp - What patterns ask about constants ------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Normalize/Constants.h"
#include <cmath>

using namespace mlir;

namespace lmcc {

/// Where the elements of `value` come from, if they are only moved around.
static Value elementsOf(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<graph::BroadcastOp, graph::ReshapeOp, graph::TransposeOp>(op))
      break;
    value = op->getOperand(0);
  }
  return value;
}

std::optional<double> splatNumber(Value value) {
  auto constant = elementsOf(value).getDefiningOp<graph::ConstantOp>();
  if (!constant)
    return std::nullopt;
  auto dense = dyn_cast<DenseElementsAttr>(constant.getValue());
  if (!dense || dense.empty() || !dense.isSplat())
    return std::nullopt;
  Type element = dense.getElementType();
  if (isa<FloatType>(element)) {
    APFloat number = dense.getSplatValue<APFloat>();
    bool isInexact = false;
    number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                   &isInexact);
    return number.convertToDouble();
  }
  bool isSigned = element.isSignlessInteger() && !element.isInteger(1);
  return dense.getSplatValue<APInt>().roundToDouble(isSigned);
}

bool isSplat(Value value, double number) {
  std::optional<double> splat = splatNumber(value);
  return splat && *splat == number &&
         std::signbit(*splat) == std::signbit(number);
}

double relativeSpacing(FloatType element) {
  return std::ldexp(1.0, 1 - static_cast<int>(element.getFPMantissaWidth()));
}

bool isNear(double actual, double expected, double tolerance) {
  return std::abs(actual - expected) <= tolerance * std::abs(expected);
}

} // namespace lmcc
