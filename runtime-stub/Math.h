//===- Math.h - Carried elementary functions ------------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception OR 0BSD
//
//===----------------------------------------------------------------------===//
//
// One text for every width: straight lines of fused multiply-adds and selects,
// without loop, table or pointer. Errors are in units in the last place (ulp)
// of the result; every float was tried, and 10^9 pairs for pow. Denormal
// operands are taken at their value, but no exponential makes a denormal: exp,
// exp2, pow and sigmoid give 0 where the result would be below 2^-126.
//
// The coefficients are minimax fits of our own, each rounded to float before
// the following ones were fitted.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_RUNTIME_STUB_MATH_H
#define LMCC_RUNTIME_STUB_MATH_H

namespace lmcc_rt {
namespace {

constexpr float infinity = __builtin_inff();
constexpr float smallestNormal = 0x1p-126f;
constexpr float log2E = 1.44269504f;
constexpr float log2ELow = 1.92596303e-8f;
constexpr float ln2 = 0.693147182f;
constexpr float ln2Low = -1.90465421e-9f;

/// Added to a float below 2^22, leaves the nearest integer in the low bits.
constexpr float roundingShift = 12582912.0f;
/// The same with the bias of an exponent: then the low bits are one.
constexpr float exponentShift = 12582912.0f + 127.0f;

template <typename V> inline V not_a_number() {
  return splat<V>(from_bits(0x7fc00000));
}

/// constant + x * (first + x * (...)).
template <typename V> inline V polynomial(V, float constant) {
  return splat<V>(constant);
}
template <typename V, typename... Rest>
inline V polynomial(V x, float constant, Rest... rest) {
  return fma(x, polynomial(x, rest...), splat<V>(constant));
}

/// 2^n for a float shifted = n + exponentShift, n from -126 to 127.
template <typename V> inline V power_of_two(V shifted) {
  return from_bits(shift_left(bits(shifted), 23));
}

//===----------------------------------------------------------------------===//
// Exponentials
//===----------------------------------------------------------------------===//

/// e^x for x from 0 to ln 2, and with infinity and NaN kept. Exact for 0.
template <typename V> inline V exp_fraction(V x) {
  return polynomial(x, 1.0f, 1.0f, 0.500002265f, 0.166632101f, 0.0418543778f,
                    0.00786924642f, 0.00191208883f);
}

/// e^x within 2 ulp; 0 below -87.33654, infinity above 88.72283.
///
/// x = n ln 2 + r with n rounded down, so that n never is 128 for a finite
/// result. Above, n stays 127 and r grows until the product overflows, which
/// also lets NaN pass.
template <typename V> inline V exp(V x) {
  V n = fma(x, splat<V>(log2E), splat<V>(-0.4999f));
  n = at_most(n, 127.4f);
  V shifted = n + exponentShift;
  n = shifted - exponentShift;
  V r = fma(n, splat<V>(-ln2), x);
  r = fma(n, splat<V>(-ln2Low), r);
  V result = exp_fraction(r) * power_of_two(shifted);
  return select(x < -87.33654f, splat<V>(0.0f), result);
}

/// 2^(high + low) with |low| below 2^-16 or high infinite; 0 below 2^-126.
template <typename V> inline V exp2_sum(V high, V low) {
  V n = high - 0.4999f;
  n = at_most(n, 127.4f);
  V shifted = n + exponentShift;
  n = shifted - exponentShift;
  V fraction = (high - n) + low;
  V result = exp_fraction(fraction * ln2) * power_of_two(shifted);
  return select(high + low < -126.0f, splat<V>(0.0f), result);
}

/// 2^x within 2 ulp, exact where x is integral; 0 below -126, infinity from
/// 128 on.
template <typename V> inline V exp2(V x) { return exp2_sum(x, splat<V>(0.0f)); }

/// e^x - 1 for x from -80 to 0, with a small relative error also near 0.
template <typename V> inline V exp_minus_one(V x) {
  V shifted = fma(x, splat<V>(log2E), splat<V>(exponentShift));
  V n = shifted - exponentShift;
  V r = fma(n, splat<V>(-ln2), x);
  r = fma(n, splat<V>(-ln2Low), r);
  V q = polynomial(r, 0.5f, 0.166666359f, 0.0416665114f, 0.00834161509f,
                   0.00139305659f, 0.000149330604f);
  V scale = power_of_two(shifted);
  return fma(scale, fma(r * r, q, r), scale - 1.0f);
}

/// 1 / (1 + e^-x) within 3 ulp; 0 below -87.33654.
///
/// The exponential is only taken of negative numbers and cannot overflow.
template <typename V> inline V sigmoid(V x) {
  V e = exp(-abs(x));
  return select(x < 0.0f, e, splat<V>(1.0f)) / (e + 1.0f);
}

/// The hyperbolic tangent within 3 ulp; +-1 from 10 on.
template <typename V> inline V tanh(V x) {
  V a = abs(x);
  a = at_most(a, 10.0f);
  V e = exp_minus_one(a * -2.0f);
  return copysign(e / (e + 2.0f), x);
}

/// The error function within 2 ulp; +-1 from 4 on.
///
/// erf(a) = 1 - e^(-a P(a)): the logarithm of 1 - erf is as smooth as a
/// parabola. The coefficients are those of -P.
template <typename V> inline V erf(V x) {
  V a = abs(x);
  a = at_most(a, 4.0f);
  V p = polynomial(a, 5.86353828e-08f, -0.636619508f, -0.10277652f,
                   0.0191469863f, 0.000174016561f, -0.00168270315f,
                   0.000642101688f, -0.000120265177f, 9.53217386e-06f);
  // -2/sqrt(pi), the value of -P at 0, is a sum of two floats.
  V exponent = fma(a, splat<V>(-1.12837923f), a * p);
  return copysign(exp_minus_one(exponent), x);
}

//===----------------------------------------------------------------------===//
// Logarithm, roots, power
//===----------------------------------------------------------------------===//

/// x = mantissa * 2^exponent, mantissa from sqrt(1/2) to sqrt(2).
template <typename V> struct Split {
  V mantissa;
  V exponent;
};

/// Splits a positive finite `x`; of others, makes finite numbers.
template <typename V> inline Split<V> split(V x) {
  auto denormal = x < smallestNormal;
  auto pattern = bits(select(denormal, x * 8388608.0f, x));
  constexpr int32_t rootOfHalf = 0x3f3504f3;
  pattern = wrap_sub(pattern, splat<decltype(pattern)>(rootOfHalf));
  V exponent = to_f32(pattern >> 23);
  exponent = exponent - select(denormal, splat<V>(23.0f), splat<V>(0.0f));
  return {from_bits((pattern & 0x7fffff) + rootOfHalf), exponent};
}

/// The natural logarithm within 1 ulp; NaN below zero, -infinity for zero.
template <typename V> inline V log(V x) {
  Split<V> parts = split(x);
  V f = parts.mantissa - 1.0f;
  V p = polynomial(f, 0.333333313f, -0.250008225f, 0.200012624f, -0.166233212f,
                   0.142010361f, -0.131597802f, 0.127657026f, -0.0764027461f);
  V tail = f * f * fma(f, p, splat<V>(-0.5f));
  tail = fma(parts.exponent, splat<V>(ln2Low), tail);
  V result = fma(parts.exponent, splat<V>(ln2), f + tail);

  result = select(x < infinity, result, x);
  V pole = select(x == 0.0f, splat<V>(-infinity), not_a_number<V>());
  return select(x > 0.0f, result, pole);
}

/// 1 / sqrt(x), each of the two operations correctly rounded.
template <typename V> inline V rsqrt(V x) { return 1.0f / sqrt(x); }

/// An unevaluated sum.
template <typename V> struct Sum {
  V high;
  V low;
};

/// The binary logarithm of a positive finite `x`, to about 2^-30 of itself.
///
/// With s = (m - 1) / (m + 1), ln m = 2 s + s^3 P(s^2), and the second term is
/// below a hundredth of the first: only the first needs more than a float.
template <typename V> inline Sum<V> log2_sum(V x) {
  Split<V> parts = split(x);
  V f = parts.mantissa - 1.0f;
  V divisor = parts.mantissa + 1.0f;
  V divisorLow = parts.mantissa - (divisor - 1.0f);
  V s = f / divisor;
  V rest = fma(-s, divisor, f);
  V sLow = fma(-s, divisorLow, rest) / divisor;
  V square = s * s;
  V p = polynomial(square, 0.666666627f, 0.400009722f, 0.284988135f,
                   0.242778257f);

  // ln m = high + low; the slope of the logarithm in s is 2 + 2 s^2 + ...
  V slope = fma(square, splat<V>(2.0f), splat<V>(2.0f));
  V low = fma(s * square, p, sLow * slope);
  V high = s * 2.0f + low;
  low = low - (high - s * 2.0f);

  // Times 1 / ln 2, and added to the exponent, which is larger or 0.
  V scaled = high * log2E;
  V scaledLow = fma(high, splat<V>(log2E), -scaled);
  scaledLow = fma(low, splat<V>(log2E), scaledLow);
  scaledLow = fma(high, splat<V>(log2ELow), scaledLow);
  V sum = parts.exponent + scaled;
  V sumLow = (scaled - (sum - parts.exponent)) + scaledLow;
  V result = sum + sumLow;
  return {result, sumLow - (result - sum)};
}

/// |x|^y for all x and y, y = 0 excepted.
template <typename V> inline V pow_magnitude(V x, V y) {
  V a = abs(x);
  Sum<V> power = log2_sum(a);
  power.high = select(a == 0.0f, splat<V>(-infinity), power.high);
  power.high = select(a < infinity, power.high, a);
  V high = y * power.high;
  V low = fma(y, power.low, fma(y, power.high, -high));
  // Far outside, `low` may be the difference of two infinities.
  low = select(abs(high) < 512.0f, low, splat<V>(0.0f));
  V result = exp2_sum(high, low);
  // 1^infinity is 0 * infinity here.
  auto still = both(a == 1.0f, abs(y) == infinity);
  return select(still, splat<V>(1.0f), result);
}

/// x^y within 4 ulp, with the special cases of IEEE 754: x^0 and 1^y are 1 even
/// for NaN; a negative x has a power only if y is integral.
template <typename V> inline V pow(V x, V y) {
  V magnitude = pow_magnitude(x, y);
  V half = y * 0.5f;
  auto fractional = trunc(y) != y;
  auto halfFractional = trunc(half) != half;
  auto signedBase = bits(x) < 0;

  // An odd y keeps the sign: integral, and its half is not.
  V result = select(both(signedBase, halfFractional), -magnitude, magnitude);
  result = select(both(signedBase, fractional), magnitude, result);
  auto undefined = both(both(x > -infinity, x < 0.0f), fractional);
  result = select(undefined, not_a_number<V>(), result);
  auto one = either(x == 1.0f, y == 0.0f);
  return select(one, splat<V>(1.0f), result);
}

//===----------------------------------------------------------------------===//
// Sine and cosine
//===----------------------------------------------------------------------===//

/// x = quadrant * pi/2 + angle, |angle| up to pi/4; of the quadrant, only the
/// low two bits count.
template <typename V> struct Reduced {
  V angle;
  decltype(bits(V())) quadrant;
};

/// Reduces |x| up to 2^22. Every x above counts as 0, and infinity as NaN.
///
/// The first product leaves a multiple of 2^-23 below 1, which is exact; the
/// other two parts of pi/2 bring 72 bits of it.
template <typename V> inline Reduced<V> reduce(V x) {
  x = select(abs(x) <= 4194304.0f, x, x * 0.0f);
  V shifted = fma(x, splat<V>(0.636619747f), splat<V>(roundingShift));
  V n = shifted - roundingShift;
  V angle = fma(n, splat<V>(-1.57079625f), x);
  angle = fma(n, splat<V>(-7.54978942e-8f), angle);
  angle = fma(n, splat<V>(-5.39030253e-15f), angle);
  return {angle, bits(shifted)};
}

/// The sine of quadrant * pi/2 + angle.
template <typename V, typename I> inline V sine(V angle, I quadrant) {
  V square = angle * angle;
  V s = polynomial(square, -0.166666552f, 0.00833218824f, -0.000195181012f);
  s = fma(square * angle, s, angle);
  V c = polynomial(square, 0.0416666456f, -0.00138873095f, 2.44323492e-05f);
  c = fma(square * square, c, fma(square, splat<V>(-0.5f), splat<V>(1.0f)));

  V result = select((quadrant & 1) == 0, s, c);
  auto sign = shift_left(quadrant & 2, 30);
  return from_bits(bits(result) ^ sign);
}

/// The sine within 2 ulp for |x| up to 2^16 and within 6 ulp up to 2^22. Above,
/// floats are too far apart to mean an angle, and the sine is 0.
template <typename V> inline V sin(V x) {
  Reduced<V> reduced = reduce(x);
  return sine(reduced.angle, reduced.quadrant);
}

/// The cosine, with the errors of the sine; 1 above 2^22.
template <typename V> inline V cos(V x) {
  Reduced<V> reduced = reduce(x);
  auto next = splat<decltype(reduced.quadrant)>(int32_t{1});
  return sine(reduced.angle, wrap_add(reduced.quadrant, next));
}

} // namespace
} // namespace lmcc_rt

#endif // LMCC_RUNTIME_STUB_MATH_H
