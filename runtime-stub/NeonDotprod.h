//===- NeonDotprod.h - Products of bytes on armv8.2-dotprod ---------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception OR 0BSD
//
//===----------------------------------------------------------------------===//
//
// Follows Neon.h. The forms by lane are functions of their own because GCC does
// not see the instruction where a lane is copied to all lanes first.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_RUNTIME_STUB_NEONDOTPROD_H
#define LMCC_RUNTIME_STUB_NEONDOTPROD_H

namespace lmcc_rt {
namespace {

template <> inline i32x4 dot4(i32x4 sum, i32x4 columns, i32x4 rows) {
  return vdotq_s32(sum, vreinterpretq_s8_s32(columns),
                   vreinterpretq_s8_s32(rows));
}
template <> inline i32x2 dot4(i32x2 sum, i32x2 columns, i32x2 rows) {
  return vdot_s32(sum, vreinterpret_s8_s32(columns), vreinterpret_s8_s32(rows));
}

template <> inline i32x4 dot4_full(i32x4 sum, i32x4 columns, i32x4 rows) {
  return dot4(sum, columns, rows);
}
template <> inline i32x2 dot4_full(i32x2 sum, i32x2 columns, i32x2 rows) {
  return dot4(sum, columns, rows);
}

template <int index>
inline i32x4 dot4_lane(i32x4 sum, i32x4 columns, i32x4 rows) {
  return vdotq_laneq_s32(sum, vreinterpretq_s8_s32(columns),
                         vreinterpretq_s8_s32(rows), index);
}
template <int index>
inline i32x4 dot4_lane(i32x4 sum, i32x4 columns, i32x2 rows) {
  return vdotq_lane_s32(sum, vreinterpretq_s8_s32(columns),
                        vreinterpret_s8_s32(rows), index);
}
template <int index>
inline i32x2 dot4_lane(i32x2 sum, i32x2 columns, i32x4 rows) {
  return vdot_laneq_s32(sum, vreinterpret_s8_s32(columns),
                        vreinterpretq_s8_s32(rows), index);
}
template <int index>
inline i32x2 dot4_lane(i32x2 sum, i32x2 columns, i32x2 rows) {
  return vdot_lane_s32(sum, vreinterpret_s8_s32(columns),
                       vreinterpret_s8_s32(rows), index);
}

template <int index, typename Rows>
inline i32x4 dot4_full_lane(i32x4 sum, i32x4 columns, Rows rows) {
  return dot4_lane<index>(sum, columns, rows);
}
template <int index, typename Rows>
inline i32x2 dot4_full_lane(i32x2 sum, i32x2 columns, Rows rows) {
  return dot4_lane<index>(sum, columns, rows);
}

} // namespace
} // namespace lmcc_rt

#endif // LMCC_RUNTIME_STUB_NEONDOTPROD_H
