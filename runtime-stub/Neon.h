//===- Neon.h - Instructions of armv8-a and up ----------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception OR 0BSD
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_RUNTIME_STUB_NEON_H
#define LMCC_RUNTIME_STUB_NEON_H

#include <arm_neon.h>

namespace lmcc_rt {
namespace {

/// a * b + c, rounded once.
inline f32x4 fma(f32x4 a, f32x4 b, f32x4 c) { return vfmaq_f32(c, a, b); }
inline f32x2 fma(f32x2 a, f32x2 b, f32x2 c) { return vfma_f32(c, a, b); }

/// The square root, correctly rounded; NaN below zero, and -0 for -0.
inline f32x4 sqrt(f32x4 v) { return vsqrtq_f32(v); }
inline f32x2 sqrt(f32x2 v) { return vsqrt_f32(v); }
inline float sqrt(float x) {
  return vget_lane_f32(vsqrt_f32(vdup_n_f32(x)), 0);
}

/// `v` rounded to integral floats; keeps the sign of a zero.
template <Rounding rounding> inline f32x4 round_to(f32x4 v) {
  if constexpr (rounding == Rounding::ToEven)
    return vrndnq_f32(v);
  else if constexpr (rounding == Rounding::Down)
    return vrndmq_f32(v);
  else if constexpr (rounding == Rounding::Up)
    return vrndpq_f32(v);
  else
    return vrndq_f32(v);
}
template <Rounding rounding> inline f32x2 round_to(f32x2 v) {
  if constexpr (rounding == Rounding::ToEven)
    return vrndn_f32(v);
  else if constexpr (rounding == Rounding::Down)
    return vrndm_f32(v);
  else if constexpr (rounding == Rounding::Up)
    return vrndp_f32(v);
  else
    return vrnd_f32(v);
}
template <Rounding rounding> inline float round_to(float x) {
  f32x2 v = vdup_n_f32(x);
  return round_to<rounding>(v)[0];
}

// What Scalar.h defines for every width, as one instruction each: compilers make
// two or three of the comparisons and masks there.
inline f32x4 copysign(f32x4 v, f32x4 sign) {
  return vbslq_f32(vdupq_n_u32(0x80000000), sign, v);
}
inline f32x4 max_number(f32x4 a, f32x4 b) { return vmaxnmq_f32(a, b); }
inline f32x4 min_number(f32x4 a, f32x4 b) { return vminnmq_f32(a, b); }
inline f32x4 at_most(f32x4 v, float bound) {
  return vminq_f32(v, vdupq_n_f32(bound));
}

template <> inline i32x4 high_nibbles(i32x4 words) {
  return vreinterpretq_s32_u8(vshrq_n_u8(vreinterpretq_u8_s32(words), 4));
}
template <> inline i32x2 high_nibbles(i32x2 words) {
  return vreinterpret_s32_u8(vshr_n_u8(vreinterpret_u8_s32(words), 4));
}

/// Towards zero, saturating; NaN gives 0.
inline i32x4 to_i32(f32x4 v) { return vcvtq_s32_f32(v); }
inline i32x2 to_i32(f32x2 v) { return vcvt_s32_f32(v); }

template <> inline i32x4 load_bytes(const int8_t *p) {
  int8x8_t bytes = vreinterpret_s8_s32(vdup_n_s32(load_word(p)));
  return vmovl_s16(vget_low_s16(vmovl_s8(bytes)));
}
template <> inline i32x4 load_unsigned_bytes(const int8_t *p) {
  uint8x8_t bytes = vreinterpret_u8_s32(vdup_n_s32(load_word(p)));
  return vreinterpretq_s32_u32(vmovl_u16(vget_low_u16(vmovl_u8(bytes))));
}
template <> inline f32x4 load_halves(const int16_t *p) {
  return vcvt_f32_f16(vreinterpret_f16_s16(vld1_s16(p)));
}
template <> inline void store_bytes(int8_t *p, i32x4 v) {
  int16x4_t halves = vmovn_s32(v);
  int8x8_t bytes = vmovn_s16(vcombine_s16(halves, halves));
  store_word(p, vget_lane_s32(vreinterpret_s32_s8(bytes), 0));
}
template <>
inline void store_bytes(int8_t *p, i32x4 a, i32x4 b, i32x4 c, i32x4 d) {
  int16x8_t low =
      vuzp1q_s16(vreinterpretq_s16_s32(a), vreinterpretq_s16_s32(b));
  int16x8_t high =
      vuzp1q_s16(vreinterpretq_s16_s32(c), vreinterpretq_s16_s32(d));
  vst1q_s8(p, vuzp1q_s8(vreinterpretq_s8_s16(low), vreinterpretq_s8_s16(high)));
}

} // namespace
} // namespace lmcc_rt

#endif // LMCC_RUNTIME_STUB_NEON_H
