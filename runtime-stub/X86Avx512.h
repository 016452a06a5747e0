//===- X86Avx512.h - What x86-64-v4 adds: sixteen lanes -------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception OR 0BSD
//
//===----------------------------------------------------------------------===//
//
// Follows X86Avx2.h, whose narrower forms it completes. The zero-masked forms
// of the intrinsics with a full mask are the same instructions; the unmasked
// ones read an uninitialised vector in the headers of GCC 12, which warns.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_RUNTIME_STUB_X86AVX512_H
#define LMCC_RUNTIME_STUB_X86AVX512_H

namespace lmcc_rt {
namespace {

using f32x16 = Vector<float, 16>;
using i32x16 = Vector<int32_t, 16>;

constexpr __mmask16 allLanes = 0xffff;

inline f32x16 fma(f32x16 a, f32x16 b, f32x16 c) {
  return _mm512_fmadd_ps(a, b, c);
}

inline f32x16 sqrt(f32x16 v) { return _mm512_maskz_sqrt_ps(allLanes, v); }

template <Rounding rounding> inline f32x16 round_to(f32x16 v) {
  return _mm512_maskz_roundscale_ps(allLanes, v, roundingField<rounding>);
}

inline f32x16 at_most(f32x16 v, float bound) {
  return _mm512_maskz_min_ps(allLanes, _mm512_set1_ps(bound), v);
}
inline i32x16 larger(i32x16 a, i32x16 b) {
  return reinterpret_cast<i32x16>(_mm512_maskz_max_epi32(
      allLanes, reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
}
inline i32x16 smaller(i32x16 a, i32x16 b) {
  return reinterpret_cast<i32x16>(_mm512_maskz_min_epi32(
      allLanes, reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
}

inline i32x16 to_i32(f32x16 v) {
  return saturated(
      v, reinterpret_cast<i32x16>(_mm512_maskz_cvttps_epi32(allLanes, v)));
}

inline i32x16 to_u8(f32x16 v) {
  __m512 raised = _mm512_maskz_max_ps(allLanes, v, _mm512_setzero_ps());
  __m512 limited =
      _mm512_maskz_min_ps(allLanes, raised, _mm512_set1_ps(255.0f));
  return reinterpret_cast<i32x16>(_mm512_maskz_cvttps_epi32(allLanes, limited));
}

inline i32x16 to_i8(f32x16 v) {
  __mmask16 isNumber = _mm512_cmp_ps_mask(v, v, _CMP_ORD_Q);
  __m512 raised = _mm512_maskz_max_ps(isNumber, v, _mm512_set1_ps(-128.0f));
  __m512 limited =
      _mm512_maskz_min_ps(allLanes, raised, _mm512_set1_ps(127.0f));
  return reinterpret_cast<i32x16>(_mm512_maskz_cvttps_epi32(allLanes, limited));
}

template <> inline i32x16 load_bytes(const int8_t *p) {
  return reinterpret_cast<i32x16>(_mm512_maskz_cvtepi8_epi32(
      allLanes, _mm_loadu_si128(reinterpret_cast<const __m128i *>(p))));
}
template <> inline i32x16 load_unsigned_bytes(const int8_t *p) {
  return reinterpret_cast<i32x16>(_mm512_maskz_cvtepu8_epi32(
      allLanes, _mm_loadu_si128(reinterpret_cast<const __m128i *>(p))));
}
template <> inline f32x16 load_halves(const int16_t *p) {
  return _mm512_maskz_cvtph_ps(
      allLanes, _mm256_loadu_si256(reinterpret_cast<const __m256i *>(p)));
}
template <> inline void store_bytes(int8_t *p, i32x16 v) {
  _mm_storeu_si128(
      reinterpret_cast<__m128i *>(p),
      _mm512_maskz_cvtepi32_epi8(allLanes, reinterpret_cast<__m512i>(v)));
}

inline __m512i pair_sums(i32x16 columns, i32x16 rows) {
  return _mm512_maddubs_epi16(reinterpret_cast<__m512i>(rows),
                              reinterpret_cast<__m512i>(columns));
}
inline i32x16 add_pairs(i32x16 sum, __m512i pairs) {
  return wrap_add(sum, reinterpret_cast<i32x16>(
                           _mm512_madd_epi16(pairs, _mm512_set1_epi16(1))));
}
template <> inline i32x16 dot4_small(i32x16 sum, i32x16 columns, i32x16 rows) {
  return add_pairs(sum, pair_sums(columns, rows));
}
template <>
inline i32x16 dot8_small(i32x16 sum, i32x16 columns, i32x16 rows,
                         i32x16 more_columns, i32x16 more_rows) {
  return add_pairs(sum, _mm512_add_epi16(pair_sums(columns, rows),
                                         pair_sums(more_columns, more_rows)));
}

inline i32x16 magnitudes(i32x16 rows) {
  return reinterpret_cast<i32x16>(
      _mm512_abs_epi8(reinterpret_cast<__m512i>(rows)));
}
/// No instruction hands signs over as with eight lanes: where rows are
/// negative, columns are taken off 0.
inline i32x16 with_signs(i32x16 columns, i32x16 rows) {
  __m512i w = reinterpret_cast<__m512i>(columns);
  __mmask64 negative = _mm512_movepi8_mask(reinterpret_cast<__m512i>(rows));
  return reinterpret_cast<i32x16>(
      _mm512_mask_sub_epi8(w, negative, _mm512_setzero_si512(), w));
}
template <> inline i32x16 dot4(i32x16 sum, i32x16 columns, i32x16 rows) {
  return dot4_small(sum, with_signs(columns, rows), magnitudes(rows));
}
template <>
inline i32x16 dot8(i32x16 sum, i32x16 columns, i32x16 rows, i32x16 more_columns,
                   i32x16 more_rows) {
  return dot8_small(sum, with_signs(columns, rows), magnitudes(rows),
                    with_signs(more_columns, more_rows), magnitudes(more_rows));
}

template <> inline i32x16 dot4_full(i32x16 sum, i32x16 columns, i32x16 rows) {
  __m512i w = reinterpret_cast<__m512i>(columns);
  __m512i x = reinterpret_cast<__m512i>(rows);
  auto odd = [](__m512i v) { return _mm512_srai_epi16(v, 8); };
  auto even = [&](__m512i v) { return odd(_mm512_slli_epi16(v, 8)); };
  __m512i fours = _mm512_add_epi32(_mm512_madd_epi16(even(w), even(x)),
                                   _mm512_madd_epi16(odd(w), odd(x)));
  return wrap_add(sum, reinterpret_cast<i32x16>(fours));
}

} // namespace
} // namespace lmcc_rt

#endif // LMCC_RUNTIME_STUB_X86AVX512_H
