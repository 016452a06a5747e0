//===- Constants.h - What patterns ask about constants ----------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_NORMALIZE_CONSTANTS_H
#define LMCC_PASSES_NORMALIZE_CONSTANTS_H

#include "dialects/Graph/Graph.h"

namespace lmcc {

/// The number that every element of `value` is, if it is a constant, however
/// reshaped or broadcast. Empty for a tensor without elements.
std::optional<double> splatNumber(mlir::Value value);

/// Whether every element of `value` is `number`; -0 is not 0.
bool isSplat(mlir::Value value, double number);

/// The relative distance between a number and its nearest neighbour of type
/// `element`, of which a rounded constant is wrong by half at most.
double relativeSpacing(mlir::FloatType element);

/// Whether `actual` is `expected` up to a relative error.
bool isNear(double actual, double expected, double tolerance);

} // namespace lmcc

#endif // LMCC_PASSES_NORMALIZE_CONSTANTS_H
