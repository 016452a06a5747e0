//===- NeonWiden.h - Products of bytes on armv8-a -------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception OR 0BSD
//
//===----------------------------------------------------------------------===//
//
// Follows Neon.h where no instruction adds products of bytes up: they are
// widened first. Two of them are 2 * 128 * 127 at most, which 16 bits hold.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_RUNTIME_STUB_NEONWIDEN_H
#define LMCC_RUNTIME_STUB_NEONWIDEN_H

namespace lmcc_rt {
namespace {

template <> inline i32x4 dot4(i32x4 sum, i32x4 columns, i32x4 rows) {
  int8x16_t w = vreinterpretq_s8_s32(columns);
  int8x16_t x = vreinterpretq_s8_s32(rows);
  int16x8_t low = vmull_s8(vget_low_s8(w), vget_low_s8(x));
  int16x8_t high = vmull_high_s8(w, x);
  return vpadalq_s16(sum, vpaddq_s16(low, high));
}
template <> inline i32x2 dot4(i32x2 sum, i32x2 columns, i32x2 rows) {
  int16x8_t products =
      vmull_s8(vreinterpret_s8_s32(columns), vreinterpret_s8_s32(rows));
  return vpadal_s16(sum,
                    vpadd_s16(vget_low_s16(products), vget_high_s16(products)));
}

/// Products of bytes that lie 8 apart meet in 16 bits.
template <> inline i32x4 dot_lanes(i32x4 sum, i32x4 columns, i32x4 rows) {
  int8x16_t w = vreinterpretq_s8_s32(columns);
  int8x16_t x = vreinterpretq_s8_s32(rows);
  int16x8_t low = vmull_s8(vget_low_s8(w), vget_low_s8(x));
  return vpadalq_s16(sum, vmlal_high_s8(low, w, x));
}

/// Two products of -128 with itself take more than 16 bits.
template <> inline i32x4 dot4_full(i32x4 sum, i32x4 columns, i32x4 rows) {
  int8x16_t w = vreinterpretq_s8_s32(columns);
  int8x16_t x = vreinterpretq_s8_s32(rows);
  int32x4_t low = vpaddlq_s16(vmull_s8(vget_low_s8(w), vget_low_s8(x)));
  int32x4_t high = vpaddlq_s16(vmull_high_s8(w, x));
  return vaddq_s32(sum, vpaddq_s32(low, high));
}
template <> inline i32x2 dot4_full(i32x2 sum, i32x2 columns, i32x2 rows) {
  int32x4_t pairs = vpaddlq_s16(
      vmull_s8(vreinterpret_s8_s32(columns), vreinterpret_s8_s32(rows)));
  return vadd_s32(sum, vpadd_s32(vget_low_s32(pairs), vget_high_s32(pairs)));
}

} // namespace
} // namespace lmcc_rt

#endif // LMCC_RUNTIME_STUB_NEONWIDEN_H
