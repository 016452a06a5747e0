//===- Scalar.h - One lane, and what is the same text at every width ------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception OR 0BSD
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_RUNTIME_STUB_SCALAR_H
#define LMCC_RUNTIME_STUB_SCALAR_H

namespace lmcc_rt {
namespace {

//===----------------------------------------------------------------------===//
// The vocabulary with one lane
//===----------------------------------------------------------------------===//

template <> inline float load<float, float>(const float *p) {
  float x = 0;
  __builtin_memcpy(&x, __builtin_assume_aligned(p, alignof(float)), sizeof x);
  return x;
}

template <> inline int32_t load<int32_t, int32_t>(const int32_t *p) {
  int32_t x = 0;
  __builtin_memcpy(&x, __builtin_assume_aligned(p, alignof(int32_t)), sizeof x);
  return x;
}

inline void store(float *p, float x) {
  __builtin_memcpy(__builtin_assume_aligned(p, alignof(float)), &x, sizeof x);
}

inline void store(int32_t *p, int32_t x) {
  __builtin_memcpy(__builtin_assume_aligned(p, alignof(int32_t)), &x, sizeof x);
}

template <> inline bool load_bool<bool>(const uint8_t *p) { return *p != 0; }

inline void store_bool(uint8_t *p, bool mask) { *p = mask ? 1 : 0; }

template <> inline int32_t load_bytes(const int8_t *p) { return *p; }

template <> inline int32_t load_unsigned_bytes(const int8_t *p) {
  return static_cast<uint8_t>(*p);
}

template <> inline float load_halves(const int16_t *p) { return from_half(*p); }

inline void store_bytes(int8_t *p, int32_t x) { *p = static_cast<int8_t>(x); }

template <> inline float splat<float, float>(float x) { return x; }

template <> inline int32_t splat<int32_t, int32_t>(int32_t x) { return x; }

template <> inline int32_t iota<int32_t>(int32_t first) { return first; }

template <typename T> inline T select(bool mask, T a, T b) {
  return mask ? a : b;
}

inline bool both(bool a, bool b) { return a && b; }
inline bool either(bool a, bool b) { return a || b; }

//===----------------------------------------------------------------------===//
// Integers: they wrap, and whatever C++ leaves undefined has a value. Narrower
// integers are computed as int32_t and cut off by whoever stores them.
//===----------------------------------------------------------------------===//

inline int32_t wrap_add(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) +
                              static_cast<uint32_t>(b));
}

inline int64_t wrap_add(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) +
                              static_cast<uint64_t>(b));
}

inline int32_t wrap_sub(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) -
                              static_cast<uint32_t>(b));
}

inline int64_t wrap_sub(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) -
                              static_cast<uint64_t>(b));
}

inline int32_t wrap_mul(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) *
                              static_cast<uint32_t>(b));
}

inline int64_t wrap_mul(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) *
                              static_cast<uint64_t>(b));
}

template <> inline int32_t dot4(int32_t sum, int32_t columns, int32_t rows) {
  for (int shift = 0; shift < 32; shift += 8)
    sum = wrap_add(sum, static_cast<int8_t>(columns >> shift) *
                            static_cast<int8_t>(rows >> shift));
  return sum;
}

template <>
inline int32_t dot4_full(int32_t sum, int32_t columns, int32_t rows) {
  return dot4(sum, columns, rows);
}

template <>
inline int32_t dot4_unsigned(int32_t sum, int32_t columns, int32_t rows) {
  for (int shift = 0; shift < 32; shift += 8)
    sum = wrap_add(sum, static_cast<int8_t>(columns >> shift) *
                            static_cast<uint8_t>(rows >> shift));
  return sum;
}

template <>
inline int32_t dot4_small(int32_t sum, int32_t columns, int32_t rows) {
  return dot4_unsigned(sum, columns, rows);
}
template <>
inline int32_t dot8(int32_t sum, int32_t columns, int32_t rows,
                    int32_t more_columns, int32_t more_rows) {
  return dot4(dot4(sum, columns, rows), more_columns, more_rows);
}
template <>
inline int32_t dot8_small(int32_t sum, int32_t columns, int32_t rows,
                          int32_t more_columns, int32_t more_rows) {
  return dot4_small(dot4_small(sum, columns, rows), more_columns, more_rows);
}

template <> inline int32_t low_nibbles(int32_t words) {
  return words & 0x0f0f0f0f;
}
template <> inline int32_t high_nibbles(int32_t words) {
  return (words >> 4) & 0x0f0f0f0f;
}

/// The quotient cut off towards zero. Division by zero gives 0; the smallest
/// integer divided by -1 gives itself.
template <typename T> inline T div_trunc(T a, T b) {
  if (b == 0)
    return 0;
  return b == -1 ? wrap_sub(T{0}, a) : a / b;
}

/// The remainder with the sign of `a`, so that div_trunc(a, b) * b plus it is
/// `a` wherever b is not zero; for b zero it is 0 as well.
template <typename T> inline T rem_trunc(T a, T b) {
  return b == 0 || b == -1 ? T{0} : a % b;
}

/// `a` shifted towards its sign, which it may leave. For this and the next two,
/// a count outside the width shifts everything out.
inline int32_t shift_left(int32_t a, int32_t count) {
  return count < 0 || count > 31
             ? 0
             : static_cast<int32_t>(static_cast<uint32_t>(a) << count);
}

inline int64_t shift_left(int64_t a, int64_t count) {
  return count < 0 || count > 63
             ? 0
             : static_cast<int64_t>(static_cast<uint64_t>(a) << count);
}

/// `a` shifted away from its sign, which fills the gap.
template <typename T> inline T shift_right(T a, T count) {
  constexpr T last = sizeof(T) * 8 - 1;
  return a >> (count < 0 || count > last ? last : count);
}

/// `a` shifted away from its sign; zeros fill the gap.
inline int32_t shift_right_unsigned(int32_t a, int32_t count) {
  return count < 0 || count > 31
             ? 0
             : static_cast<int32_t>(static_cast<uint32_t>(a) >> count);
}

inline int64_t shift_right_unsigned(int64_t a, int64_t count) {
  return count < 0 || count > 63
             ? 0
             : static_cast<int64_t>(static_cast<uint64_t>(a) >> count);
}

//===----------------------------------------------------------------------===//
// Conversions
//===----------------------------------------------------------------------===//

/// Towards zero, saturating; NaN gives 0.
inline int32_t to_i32(float x) {
  if (x >= 2147483648.0f)
    return INT32_MAX;
  if (x >= -2147483648.0f)
    return static_cast<int32_t>(x);
  return x < 0 ? INT32_MIN : 0;
}

/// Towards zero, saturating; NaN gives 0.
inline int64_t to_i64(float x) {
  if (x >= 9223372036854775808.0f)
    return INT64_MAX;
  if (x >= -9223372036854775808.0f)
    return static_cast<int64_t>(x);
  return x < 0 ? INT64_MIN : 0;
}

/// Nearest float, half to even.
inline float to_f32(int32_t x) { return static_cast<float>(x); }
inline float to_f32(int64_t x) { return static_cast<float>(x); }

//===----------------------------------------------------------------------===//
// Fused multiply-add
//===----------------------------------------------------------------------===//

#if defined(__FP_FAST_FMAF) || defined(__FMA__) ||                             \
    defined(__ARM_FEATURE_FMA) || defined(__hexagon__) ||                      \
    defined(__riscv_flen)

/// a * b + c, rounded once.
inline float fma(float a, float b, float c) {
#if defined(__clang__)
  return __builtin_elementwise_fma(a, b, c); // Never a call, errno or not.
#else
  return __builtin_fmaf(a, b, c);
#endif
}

#else

/// product + addend as a float, rounded once: the sum in double is rounded to
/// odd, which leaves 29 bits of room for the second rounding to be the only
/// one that counts, also where the float is denormal.
inline float add_rounding_to_odd(double product, double addend) {
  double sum = product + addend;
  double addendSeen = sum - product;
  double error = (product - (sum - addendSeen)) + (addend - addendSeen);

  int64_t pattern = 0;
  __builtin_memcpy(&pattern, &sum, sizeof pattern);
  bool inexact = error > 0 || error < 0; // A NaN is neither.
  if (inexact && (pattern & 1) == 0)
    pattern += (error > 0) == (sum > 0) ? 1 : -1;
  __builtin_memcpy(&sum, &pattern, sizeof sum);
  return static_cast<float>(sum);
}

/// a * b + c, rounded once, on a machine that cannot.
///
/// The product of two floats is exact in double. Rounding the sum twice is
/// wrong only if the double lies exactly between two floats. Where floats are
/// denormal those places are elsewhere, so that range is not asked.
inline float fma(float a, float b, float c) {
  double product = static_cast<double>(a) * static_cast<double>(b);
  double addend = static_cast<double>(c);
  double sum = product + addend;

  int64_t pattern = 0;
  __builtin_memcpy(&pattern, &sum, sizeof pattern);
  bool between = (pattern & 0x1fffffff) == 0x10000000;
  bool normal = (pattern & INT64_MAX) >= 0x3810000000000000; // 2^-126
  if ((normal && !between) || sum == 0)
    return static_cast<float>(sum);
  return add_rounding_to_odd(product, addend);
}

#endif

//===----------------------------------------------------------------------===//
// Every width: signs, order, rounding
//===----------------------------------------------------------------------===//

/// Whether `v` is NaN. Asked of the bits, for compilers take liberties with
/// comparisons of a value with itself.
template <typename V> inline auto is_nan(V v) {
  return (bits(v) & 0x7fffffff) > 0x7f800000;
}

template <typename V> inline V abs(V v) {
  return from_bits(bits(v) & 0x7fffffff);
}

/// The magnitude of `v` with the sign of `sign`.
template <typename V> inline V copysign(V v, V sign) {
  return from_bits((bits(v) & 0x7fffffff) | (bits(sign) & INT32_MIN));
}

/// The larger and the smaller of two integers.
template <typename I> inline I larger(I a, I b) { return select(a > b, a, b); }
template <typename I> inline I smaller(I a, I b) { return select(a < b, a, b); }

/// Maps the bits of floats to integers of the same order, -0 before +0, and
/// such integers back to the bits.
template <typename I> inline I ordered(I pattern) {
  return pattern ^ ((pattern >> 31) & 0x7fffffff);
}

/// The larger of two, as IEEE 754-2019 has it: -0 is less than +0, and the
/// result is NaN if any operand is.
template <typename V> inline V maximum(V a, V b) {
  auto keyA = ordered(bits(a));
  auto keyB = ordered(bits(b));
  V result = from_bits(ordered(larger(keyA, keyB)));
  V nan = splat<V>(from_bits(0x7fc00000));
  return select(either(is_nan(a), is_nan(b)), nan, result);
}

/// The smaller of two: -0 is less than +0, and NaN if any operand is.
template <typename V> inline V minimum(V a, V b) {
  auto keyA = ordered(bits(a));
  auto keyB = ordered(bits(b));
  V result = from_bits(ordered(smaller(keyA, keyB)));
  V nan = splat<V>(from_bits(0x7fc00000));
  return select(either(is_nan(a), is_nan(b)), nan, result);
}

/// The larger of two where neither the sign of a zero nor a NaN can be seen in
/// what is made of it: compilers choose among instructions that differ there.
template <typename V> inline V max_number(V a, V b) {
  return select(a > b, a, b);
}

/// The smaller of two, under the same condition.
template <typename V> inline V min_number(V a, V b) {
  return select(a < b, a, b);
}

/// `v`, or `bound`, which is not 0, where it is larger; NaN stays.
template <typename V> inline V at_most(V v, float bound) {
  return select(v > bound, splat<V>(bound), v);
}

/// Towards zero, limited to the range of a byte; NaN gives 0.
template <typename V> inline auto to_u8(V v) {
  auto whole = to_i32(v);
  auto low = splat<decltype(whole)>(int32_t{0});
  auto high = splat<decltype(whole)>(int32_t{255});
  return smaller(larger(whole, low), high);
}
template <typename V> inline auto to_i8(V v) {
  auto whole = to_i32(v);
  auto low = splat<decltype(whole)>(int32_t{-128});
  auto high = splat<decltype(whole)>(int32_t{127});
  return smaller(larger(whole, low), high);
}

/// The integral float next to `v` in a direction. All keep the sign of a zero,
/// infinity and NaN.
template <typename V> inline V floor(V v) {
  return round_to<Rounding::Down>(v);
}
template <typename V> inline V ceil(V v) { return round_to<Rounding::Up>(v); }
template <typename V> inline V trunc(V v) {
  return round_to<Rounding::ToZero>(v);
}
template <typename V> inline V round_even(V v) {
  return round_to<Rounding::ToEven>(v);
}

} // namespace
} // namespace lmcc_rt

#endif // LMCC_RUNTIME_STUB_SCALAR_H
