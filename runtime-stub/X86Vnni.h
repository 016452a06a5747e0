//===- X86Vnni.h - What x86-64-v4-vnni adds: products of bytes ------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception OR 0BSD
//
//===----------------------------------------------------------------------===//
//
// Follows X86Avx512.h. The instruction multiplies unsigned rows with signed
// columns; with signed rows there is nothing better than what that part has.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_RUNTIME_STUB_X86VNNI_H
#define LMCC_RUNTIME_STUB_X86VNNI_H

namespace lmcc_rt {
namespace {

template <>
inline i32x16 dot4_unsigned(i32x16 sum, i32x16 columns, i32x16 rows) {
  return reinterpret_cast<i32x16>(_mm512_dpbusd_epi32(
      reinterpret_cast<__m512i>(sum), reinterpret_cast<__m512i>(rows),
      reinterpret_cast<__m512i>(columns)));
}
template <> inline i32x8 dot4_unsigned(i32x8 sum, i32x8 columns, i32x8 rows) {
  return reinterpret_cast<i32x8>(_mm256_dpbusd_epi32(
      reinterpret_cast<__m256i>(sum), reinterpret_cast<__m256i>(rows),
      reinterpret_cast<__m256i>(columns)));
}
template <> inline i32x4 dot4_unsigned(i32x4 sum, i32x4 columns, i32x4 rows) {
  return reinterpret_cast<i32x4>(_mm_dpbusd_epi32(
      reinterpret_cast<__m128i>(sum), reinterpret_cast<__m128i>(rows),
      reinterpret_cast<__m128i>(columns)));
}
template <> inline i32x2 dot4_unsigned(i32x2 sum, i32x2 columns, i32x2 rows) {
  return low_half(dot4_unsigned(doubled(sum), doubled(columns), doubled(rows)));
}

} // namespace
} // namespace lmcc_rt

#endif // LMCC_RUNTIME_STUB_X86VNNI_H
