//===- Peak.cpp - The multiply-add peak of one core -----------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "bench/Measure/Peak.h"
#include <immintrin.h>

#if LANES == 16
using Vector = __m512;
static Vector splat(float x) { return _mm512_set1_ps(x); }
static Vector fma(Vector a, Vector b, Vector c) {
  return _mm512_fmadd_ps(a, b, c);
}
#else
using Vector = __m256;
static Vector splat(float x) { return _mm256_set1_ps(x); }
static Vector fma(Vector a, Vector b, Vector c) {
  return _mm256_fmadd_ps(a, b, c);
}
#endif

// More chains than two units with a latency of four or five need; sixteen would
// leave no register for the factors where there are sixteen in all.
static constexpr int chains = 12;

double runPeak(long steps, float *sink) {
  Vector scale = splat(0.999f), shift = splat(0.001f);
  Vector c0 = splat(0), c1 = splat(1), c2 = splat(2), c3 = splat(3);
  Vector c4 = splat(4), c5 = splat(5), c6 = splat(6), c7 = splat(7);
  Vector c8 = splat(8), c9 = splat(9), c10 = splat(10), c11 = splat(11);
  for (long step = 0; step < steps; ++step) {
    c0 = fma(c0, scale, shift);
    c1 = fma(c1, scale, shift);
    c2 = fma(c2, scale, shift);
    c3 = fma(c3, scale, shift);
    c4 = fma(c4, scale, shift);
    c5 = fma(c5, scale, shift);
    c6 = fma(c6, scale, shift);
    c7 = fma(c7, scale, shift);
    c8 = fma(c8, scale, shift);
    c9 = fma(c9, scale, shift);
    c10 = fma(c10, scale, shift);
    c11 = fma(c11, scale, shift);
  }
  Vector all = c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11;
  *sink += all[0];
  return 2.0 * LANES * chains * static_cast<double>(steps);
}
