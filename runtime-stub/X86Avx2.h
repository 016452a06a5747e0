//===- X86Avx2.h - Instructions of x86-64-v3: AVX2 and FMA ----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception OR 0BSD
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_RUNTIME_STUB_X86AVX2_H
#define LMCC_RUNTIME_STUB_X86AVX2_H

#include <immintrin.h>

namespace lmcc_rt {
namespace {

using f32x8 = Vector<float, 8>;
using i32x8 = Vector<int32_t, 8>;

/// All lanes twice: nothing in the upper half that could trap or be slow.
inline f32x4 doubled(f32x2 v) {
  return __builtin_shufflevector(v, v, 0, 1, 0, 1);
}
inline i32x4 doubled(i32x2 v) {
  return __builtin_shufflevector(v, v, 0, 1, 0, 1);
}
inline i32x8 doubled(i32x4 v) {
  return __builtin_shufflevector(v, v, 0, 1, 2, 3, 0, 1, 2, 3);
}

/// a * b + c, rounded once.
inline f32x8 fma(f32x8 a, f32x8 b, f32x8 c) { return _mm256_fmadd_ps(a, b, c); }
inline f32x4 fma(f32x4 a, f32x4 b, f32x4 c) { return _mm_fmadd_ps(a, b, c); }
inline f32x2 fma(f32x2 a, f32x2 b, f32x2 c) {
  return low_half(fma(doubled(a), doubled(b), doubled(c)));
}

/// The square root, correctly rounded; NaN below zero, and -0 for -0.
inline f32x8 sqrt(f32x8 v) { return _mm256_sqrt_ps(v); }
inline f32x4 sqrt(f32x4 v) { return _mm_sqrt_ps(v); }
inline f32x2 sqrt(f32x2 v) { return low_half(sqrt(doubled(v))); }
inline float sqrt(float x) { return _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(x))); }

/// The rounding field of an instruction that raises no inexact flag.
template <Rounding rounding>
constexpr int roundingField = static_cast<int>(rounding) | _MM_FROUND_NO_EXC;

/// `v` rounded to integral floats; keeps the sign of a zero.
template <Rounding rounding> inline f32x8 round_to(f32x8 v) {
  return _mm256_round_ps(v, roundingField<rounding>);
}
template <Rounding rounding> inline f32x4 round_to(f32x4 v) {
  return _mm_round_ps(v, roundingField<rounding>);
}
template <Rounding rounding> inline f32x2 round_to(f32x2 v) {
  return low_half(round_to<rounding>(doubled(v)));
}
template <Rounding rounding> inline float round_to(float x) {
  return _mm_cvtss_f32(
      _mm_round_ss(_mm_set_ss(x), _mm_set_ss(x), roundingField<rounding>));
}

// What Scalar.h defines for every width, as one instruction each: GCC compares
// and selects, which takes up to four. Of a NaN and another operand, those for
// extremes of floats choose the second one.
inline f32x8 at_most(f32x8 v, float bound) {
  return _mm256_min_ps(_mm256_set1_ps(bound), v);
}
inline f32x4 at_most(f32x4 v, float bound) {
  return _mm_min_ps(_mm_set1_ps(bound), v);
}
inline i32x8 larger(i32x8 a, i32x8 b) {
  return reinterpret_cast<i32x8>(_mm256_max_epi32(
      reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
}
inline i32x4 larger(i32x4 a, i32x4 b) {
  return reinterpret_cast<i32x4>(_mm_max_epi32(reinterpret_cast<__m128i>(a),
                                               reinterpret_cast<__m128i>(b)));
}
inline i32x8 smaller(i32x8 a, i32x8 b) {
  return reinterpret_cast<i32x8>(_mm256_min_epi32(
      reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
}
inline i32x4 smaller(i32x4 a, i32x4 b) {
  return reinterpret_cast<i32x4>(_mm_min_epi32(reinterpret_cast<__m128i>(a),
                                               reinterpret_cast<__m128i>(b)));
}

/// The instruction gives INT32_MIN for all it cannot represent. That is right
/// below the range; above it all bits have to flip, and NaN has to become 0.
template <typename V, typename I> inline I saturated(V v, I converted) {
  I above = v >= splat<V>(2147483648.0f);
  I nan = (bits(v) & 0x7fffffff) > 0x7f800000;
  return (converted ^ above) & ~nan;
}

/// Towards zero, saturating; NaN gives 0.
inline i32x8 to_i32(f32x8 v) {
  return saturated(v, reinterpret_cast<i32x8>(_mm256_cvttps_epi32(v)));
}
inline i32x4 to_i32(f32x4 v) {
  return saturated(v, reinterpret_cast<i32x4>(_mm_cvttps_epi32(v)));
}
inline i32x2 to_i32(f32x2 v) { return low_half(to_i32(doubled(v))); }

/// Towards zero, limited to the range of a byte; NaN gives 0.
inline i32x8 to_u8(f32x8 v) {
  __m256 limited = _mm256_min_ps(_mm256_max_ps(v, _mm256_setzero_ps()),
                                 _mm256_set1_ps(255.0f));
  return reinterpret_cast<i32x8>(_mm256_cvttps_epi32(limited));
}
inline i32x4 to_u8(f32x4 v) {
  __m128 limited =
      _mm_min_ps(_mm_max_ps(v, _mm_setzero_ps()), _mm_set1_ps(255.0f));
  return reinterpret_cast<i32x4>(_mm_cvttps_epi32(limited));
}
inline i32x2 to_u8(f32x2 v) { return low_half(to_u8(doubled(v))); }

inline i32x8 to_i8(f32x8 v) {
  __m256 number = _mm256_and_ps(v, _mm256_cmp_ps(v, v, _CMP_ORD_Q));
  __m256 limited = _mm256_min_ps(_mm256_max_ps(number, _mm256_set1_ps(-128.0f)),
                                 _mm256_set1_ps(127.0f));
  return reinterpret_cast<i32x8>(_mm256_cvttps_epi32(limited));
}
inline i32x4 to_i8(f32x4 v) {
  __m128 number = _mm_and_ps(v, _mm_cmpord_ps(v, v));
  __m128 limited =
      _mm_min_ps(_mm_max_ps(number, _mm_set1_ps(-128.0f)), _mm_set1_ps(127.0f));
  return reinterpret_cast<i32x4>(_mm_cvttps_epi32(limited));
}
inline i32x2 to_i8(f32x2 v) { return low_half(to_i8(doubled(v))); }

template <> inline i32x8 load_bytes(const int8_t *p) {
  return reinterpret_cast<i32x8>(_mm256_cvtepi8_epi32(
      _mm_loadl_epi64(reinterpret_cast<const __m128i *>(p))));
}
template <> inline i32x4 load_bytes(const int8_t *p) {
  return reinterpret_cast<i32x4>(
      _mm_cvtepi8_epi32(_mm_cvtsi32_si128(load_word(p))));
}
template <> inline i32x8 load_unsigned_bytes(const int8_t *p) {
  return reinterpret_cast<i32x8>(_mm256_cvtepu8_epi32(
      _mm_loadl_epi64(reinterpret_cast<const __m128i *>(p))));
}
template <> inline i32x4 load_unsigned_bytes(const int8_t *p) {
  return reinterpret_cast<i32x4>(
      _mm_cvtepu8_epi32(_mm_cvtsi32_si128(load_word(p))));
}

template <> inline f32x8 load_halves(const int16_t *p) {
  return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i *>(p)));
}
template <> inline f32x4 load_halves(const int16_t *p) {
  return _mm_cvtph_ps(_mm_loadl_epi64(reinterpret_cast<const __m128i *>(p)));
}

/// The low bytes of four words, side by side in the first one.
inline __m128i low_bytes(__m128i v) {
  return _mm_shuffle_epi8(v, _mm_set1_epi32(0x0c080400));
}
template <> inline void store_bytes(int8_t *p, i32x8 v) {
  __m256i words = reinterpret_cast<__m256i>(v);
  __m128i low = low_bytes(_mm256_castsi256_si128(words));
  __m128i high = low_bytes(_mm256_extracti128_si256(words, 1));
  _mm_storel_epi64(reinterpret_cast<__m128i *>(p),
                   _mm_unpacklo_epi32(low, high));
}
template <> inline void store_bytes(int8_t *p, i32x4 v) {
  store_word(p, _mm_cvtsi128_si32(low_bytes(reinterpret_cast<__m128i>(v))));
}
/// Halves of vectors are packed apart, so words have to change places.
template <>
inline void store_bytes(int8_t *p, i32x8 a, i32x8 b, i32x8 c, i32x8 d) {
  auto low = [](i32x8 v) { return reinterpret_cast<__m256i>(v & 0xff); };
  __m256i bytes = _mm256_packus_epi16(_mm256_packus_epi32(low(a), low(b)),
                                      _mm256_packus_epi32(low(c), low(d)));
  __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  _mm256_storeu_si256(reinterpret_cast<__m256i *>(p),
                      _mm256_permutevar8x32_epi32(bytes, order));
}

/// Sums of two neighbouring products, in 16 bits. `rows` are at most 128: two
/// products are -2 * 128 * 128 at least and 2 * 128 * 127 at most, so nothing
/// saturates.
inline __m256i pair_sums(i32x8 columns, i32x8 rows) {
  return _mm256_maddubs_epi16(reinterpret_cast<__m256i>(rows),
                              reinterpret_cast<__m256i>(columns));
}
inline i32x8 add_pairs(i32x8 sum, __m256i pairs) {
  return wrap_add(sum, reinterpret_cast<i32x8>(
                           _mm256_madd_epi16(pairs, _mm256_set1_epi16(1))));
}
template <> inline i32x8 dot4_small(i32x8 sum, i32x8 columns, i32x8 rows) {
  return add_pairs(sum, pair_sums(columns, rows));
}
template <>
inline i32x8 dot8_small(i32x8 sum, i32x8 columns, i32x8 rows,
                        i32x8 more_columns, i32x8 more_rows) {
  return add_pairs(sum, _mm256_add_epi16(pair_sums(columns, rows),
                                         pair_sums(more_columns, more_rows)));
}

/// One factor has to be unsigned: the magnitudes of the rows, whose signs go to
/// the columns.
inline i32x8 magnitudes(i32x8 rows) {
  return reinterpret_cast<i32x8>(
      _mm256_abs_epi8(reinterpret_cast<__m256i>(rows)));
}
inline i32x8 with_signs(i32x8 columns, i32x8 rows) {
  return reinterpret_cast<i32x8>(_mm256_sign_epi8(
      reinterpret_cast<__m256i>(columns), reinterpret_cast<__m256i>(rows)));
}
template <> inline i32x8 dot4(i32x8 sum, i32x8 columns, i32x8 rows) {
  return dot4_small(sum, with_signs(columns, rows), magnitudes(rows));
}
template <>
inline i32x8 dot8(i32x8 sum, i32x8 columns, i32x8 rows, i32x8 more_columns,
                  i32x8 more_rows) {
  return dot8_small(sum, with_signs(columns, rows), magnitudes(rows),
                    with_signs(more_columns, more_rows), magnitudes(more_rows));
}

/// Bytes that may all be -128 are multiplied as 16 bits.
template <> inline i32x8 dot4_full(i32x8 sum, i32x8 columns, i32x8 rows) {
  __m256i w = reinterpret_cast<__m256i>(columns);
  __m256i x = reinterpret_cast<__m256i>(rows);
  auto odd = [](__m256i v) { return _mm256_srai_epi16(v, 8); };
  auto even = [&](__m256i v) { return odd(_mm256_slli_epi16(v, 8)); };
  __m256i fours = _mm256_add_epi32(_mm256_madd_epi16(even(w), even(x)),
                                   _mm256_madd_epi16(odd(w), odd(x)));
  return wrap_add(sum, reinterpret_cast<i32x8>(fours));
}

/// Narrow panels take half of the lanes, or a quarter.
template <> inline i32x4 dot4_small(i32x4 sum, i32x4 columns, i32x4 rows) {
  return low_half(dot4_small(doubled(sum), doubled(columns), doubled(rows)));
}
template <> inline i32x4 dot4(i32x4 sum, i32x4 columns, i32x4 rows) {
  return low_half(dot4(doubled(sum), doubled(columns), doubled(rows)));
}
template <> inline i32x4 dot4_full(i32x4 sum, i32x4 columns, i32x4 rows) {
  return low_half(dot4_full(doubled(sum), doubled(columns), doubled(rows)));
}
template <> inline i32x2 dot4_small(i32x2 sum, i32x2 columns, i32x2 rows) {
  return low_half(dot4_small(doubled(sum), doubled(columns), doubled(rows)));
}
template <> inline i32x2 dot4(i32x2 sum, i32x2 columns, i32x2 rows) {
  return low_half(dot4(doubled(sum), doubled(columns), doubled(rows)));
}
template <> inline i32x2 dot4_full(i32x2 sum, i32x2 columns, i32x2 rows) {
  return low_half(dot4_full(doubled(sum), doubled(columns), doubled(rows)));
}

} // namespace
} // namespace lmcc_rt

#endif // LMCC_RUNTIME_STUB_X86AVX2_H
