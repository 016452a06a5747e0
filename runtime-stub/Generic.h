//===- Generic.h - Square root and rounding without an instruction --------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception OR 0BSD
//
//===----------------------------------------------------------------------===//
//
// For generic-c++, and for the host: plain C++, one lane, no instruction
// assumed. The other families have one instruction for each of these.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_RUNTIME_STUB_GENERIC_H
#define LMCC_RUNTIME_STUB_GENERIC_H

namespace lmcc_rt {
namespace {

/// The square root of `x`, correctly rounded; NaN below zero, and -0 for -0.
///
/// In double every float is normal. A root of a 24-bit number that is not
/// representable differs from every tie by more than 2^-50 of itself, so a
/// double root that is right to two units is rounded to the right float.
inline float sqrt(float x) {
  if (!(x > 0))
    return x < 0 ? from_bits(0x7fc00000) : x; // -0, +0, NaN.
  if (bits(x) == 0x7f800000)
    return x;

  // Halving and negating the exponent is 1/sqrt(x) to 3.5 %. Each step squares
  // the error: 1.8e-3, 4.7e-6, 3.4e-11, and then that of double.
  double value = static_cast<double>(x);
  int64_t pattern = 0;
  __builtin_memcpy(&pattern, &value, sizeof pattern);
  pattern = 0x5fe6eb50c7b537a9 - (pattern >> 1);
  double inverse = 0;
  __builtin_memcpy(&inverse, &pattern, sizeof inverse);
  double half = 0.5 * value;
  inverse = inverse * (1.5 - half * inverse * inverse);
  inverse = inverse * (1.5 - half * inverse * inverse);
  inverse = inverse * (1.5 - half * inverse * inverse);
  inverse = inverse * (1.5 - half * inverse * inverse);

  // One step on the root itself takes away what the products above lost.
  double root = value * inverse;
  root = root + 0.5 * inverse * (value - root * root);
  return static_cast<float>(root);
}

/// `x` rounded to an integral float; keeps the sign of a zero.
template <Rounding rounding> inline float round_to(float x) {
  int32_t pattern = bits(x);
  int32_t magnitudeBits = pattern & 0x7fffffff;
  if (magnitudeBits >= 0x4b000000) // 2^23 and above, infinity, NaN.
    return x;

  // Adding 2^23 leaves no bit for a fraction; what is added is rounded to even.
  float magnitude = from_bits(magnitudeBits);
  float result = (magnitude + 8388608.0f) - 8388608.0f;
  bool negative = pattern < 0;
  bool towardsZero = rounding == Rounding::ToZero ||
                     rounding == (negative ? Rounding::Up : Rounding::Down);
  bool awayFromZero = rounding == (negative ? Rounding::Down : Rounding::Up);
  if (towardsZero && result > magnitude)
    result -= 1.0f;
  if (awayFromZero && result < magnitude)
    result += 1.0f;
  return from_bits(bits(result) | (pattern ^ magnitudeBits));
}

} // namespace
} // namespace lmcc_rt

#endif // LMCC_RUNTIME_STUB_GENERIC_H
