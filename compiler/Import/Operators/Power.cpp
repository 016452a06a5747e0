//===- Power.cpp - Powers and remainders ----------------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/Operators/Families.h"

#include <cmath>

using namespace mlir;
using lmcc::graph::Comparison;

namespace lmcc::import {

//===----------------------------------------------------------------------===//
// Pow
//===----------------------------------------------------------------------===//

/// `input^exponent` by multiplication; exact for integers, too.
static Value repeatedProduct(Builder &builder, Value input, int64_t exponent) {
  Value result;
  Value power = input; // input^(2^step)
  for (; exponent > 0; exponent /= 2) {
    if (exponent % 2)
      result = result ? builder.mul(result, power) : power;
    if (exponent > 1)
      power = square(builder, power);
  }
  return result;
}

/// The power as a product or root where that is what the model means.
static Value simplePower(Builder &builder, Value input, double exponent) {
  bool isFloat = isa<FloatType>(Builder::elementOf(input));
  if (isFloat && exponent == 0.5)
    return squareRoot(builder, input);
  if (isFloat && exponent == -0.5) {
    Value one = like(builder, input, 1);
    return builder.div(one, squareRoot(builder, input));
  }
  if (isFloat && exponent == -1)
    return builder.div(like(builder, input, 1), input);
  // From here on a float is better served by `pow` than by rounding often.
  double most = isFloat ? 4 : 63;
  if (exponent >= 1 && exponent <= most && exponent == std::floor(exponent))
    return repeatedProduct(builder, input, static_cast<int64_t>(exponent));
  if (!isFloat && exponent == 0)
    return builder.broadcast(like(builder, input, 1), builder.sizesOf(input));
  return {};
}

static LogicalResult translatePow(Node &node) {
  Builder &builder = node.builder();
  Value base = node.input(0), exponent = node.input(1);
  if (failed(requireNumber(node)))
    return failure();
  Type element = Builder::elementOf(base);
  std::optional<double> number = node.constantScalar(1);
  if (number && Builder::rankOf(exponent) <= Builder::rankOf(base))
    if (Value result = simplePower(builder, base, *number))
      return node.finish(result);
  if (isa<FloatType>(element))
    return node.finish(
        builder.binary<graph::PowOp>(base, builder.cast(exponent, element)));
  return node.unsupported(
      "integers are raised to an exponent that is not a small constant",
      "cast the base to float32, or make the exponent a constant");
}

//===----------------------------------------------------------------------===//
// Mod
//===----------------------------------------------------------------------===//

static LogicalResult translateMod(Node &node) {
  if (failed(requireNumber(node)))
    return failure();
  Builder &builder = node.builder();
  Value a = node.input(0), b = node.input(1);
  // fmod: the sign of the dividend, like C; else that of the divisor.
  return node.finish(node.integer("fmod", 0)
                         ? builder.binary<graph::RemOp>(a, b)
                         : builder.binary<graph::ModOp>(a, b));
}

void addPowerOperators(OperatorTable &table) {
  table.add("Pow", needs<2, translatePow>, 7);
  table.add("Mod", needs<2, translateMod>, 10);
}

} // namespace lmcc::import
