//===- Arithmetic.h - What a + b means in each type -------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Total functions on the types of arithmetic (float, double, int64_t,
// uint64_t): integers wrap and division by zero gives 0, floats follow
// IEEE 754. Exact functions of the C library only, so no bit depends on it.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_DIALECTS_GRAPH_EVALUATE_ARITHMETIC_H
#define LMCC_DIALECTS_GRAPH_EVALUATE_ARITHMETIC_H

#include "dialects/Graph/Evaluate/Elements.h"
#include "llvm/ADT/APFloat.h"
#include <cmath>
#include <limits>

namespace lmcc::graph {

/// The integer next to a product of magnitude below 2^22, rounded once, halves to
/// even.
inline float nearestInteger(float a, float b) {
  constexpr float shift = 12582912.0f; // 1.5 * 2^23: no bits for a fraction.
  return std::fma(a, b, shift) - shift;
}

template <typename T> T add(T a, T b) {
  if constexpr (std::is_floating_point_v<T>)
    return a + b;
  else
    return static_cast<T>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

template <typename T> T subtract(T a, T b) {
  if constexpr (std::is_floating_point_v<T>)
    return a - b;
  else
    return static_cast<T>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}

template <typename T> T multiply(T a, T b) {
  if constexpr (std::is_floating_point_v<T>)
    return a * b;
  else
    return static_cast<T>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
}

/// Whether `b` is the divisor whose quotient may not fit.
template <typename T> bool isMinusOne(T b) {
  return std::is_signed_v<T> && b == static_cast<T>(-1);
}

template <typename T> T divide(T a, T b) {
  if constexpr (std::is_floating_point_v<T>)
    return a / b;
  else if (b == 0)
    return 0;
  else
    return isMinusOne(b) ? subtract(T(0), a) : a / b;
}

/// With the sign of `a`.
template <typename T> T remainder(T a, T b) {
  if constexpr (std::is_floating_point_v<T>)
    return std::fmod(a, b);
  else
    return b == 0 || isMinusOne(b) ? 0 : a % b;
}

/// With the sign of `b`, also if it is a zero.
template <typename T> T modulo(T a, T b) {
  T rest = remainder(a, b);
  if (rest != 0)
    return (rest < 0) != (b < 0) ? rest + b : rest;
  if constexpr (std::is_floating_point_v<T>)
    return std::copysign(rest, b);
  else
    return rest;
}

/// NaN if any operand is, and -0 < +0.
template <typename T> T maximum(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(a) || (a == b && !std::signbit(a)))
      return a;
    return a > b ? a : b; // Also if b is NaN.
  } else {
    return std::max(a, b);
  }
}

/// NaN if any operand is, and -0 < +0.
template <typename T> T minimum(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(a) || (a == b && std::signbit(a)))
      return a;
    return a < b ? a : b; // Also if b is NaN.
  } else {
    return std::min(a, b);
  }
}

//===----------------------------------------------------------------------===//
// Conversion
//===----------------------------------------------------------------------===//

/// Towards zero, saturating; NaN gives 0.
template <typename Integer, typename Float> Integer saturate(Float x) {
  using Limits = std::numeric_limits<Integer>;
  // The first float above the largest integer.
  constexpr Float end =
      Float(2) * static_cast<Float>(Integer(1) << (Limits::digits - 1));
  if (x >= end)
    return Limits::max();
  if (x > static_cast<Float>(Limits::min()))
    return static_cast<Integer>(x);
  return std::isnan(x) ? 0 : Limits::min();
}

/// `x` as f16 or bf16, rounded once: by way of float it could be twice.
template <typename Narrow, typename Wide> Narrow roundOnce(Wide x) {
  using llvm::APFloat;
  const llvm::fltSemantics &semantics = std::is_same_v<Narrow, Eigen::half>
                                            ? APFloat::IEEEhalf()
                                            : APFloat::BFloat();
  APFloat value(semantics);
  if constexpr (std::is_floating_point_v<Wide>) {
    bool isInexact = false;
    value = APFloat(x);
    value.convert(semantics, APFloat::rmNearestTiesToEven, &isInexact);
  } else {
    constexpr bool isSigned = std::is_signed_v<Wide>;
    value.convertFromAPInt(llvm::APInt(64, static_cast<uint64_t>(x), isSigned),
                           isSigned, APFloat::rmNearestTiesToEven);
  }
  return Eigen::numext::bit_cast<Narrow>(
      static_cast<uint16_t>(value.bitcastToAPInt().getZExtValue()));
}

/// The element of `graph.cast`.
template <typename Stored, typename Compute> Stored convert(Compute x) {
  if constexpr (std::is_integral_v<Stored> && std::is_floating_point_v<Compute>)
    return saturate<Stored>(x);
  else if constexpr (sizeof(Stored) == 2 && !std::is_integral_v<Stored> &&
                     !std::is_same_v<Compute, float>)
    return roundOnce<Stored>(x);
  else
    return static_cast<Stored>(x);
}

} // namespace lmcc::graph

#endif // LMCC_DIALECTS_GRAPH_EVALUATE_ARITHMETIC_H
