//===- IntegerPeak.cpp - The peak of 8-bit multiply-adds of one core ------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The instructions are written out: a compiler would find that the products are
// the same in each step.
//
//===----------------------------------------------------------------------===//

#include "bench/Measure/Peak.h"
#include <cstdint>

namespace {

typedef int32_t Vector __attribute__((vector_size(4 * LANES)));

// Vectors of 512 bits name the width of their elements.
#if LANES == 16
#define WIDE "d"
#else
#define WIDE ""
#endif

// As many as in runPeak, for the same reasons.
constexpr int chains = 12;

/// Four 8-bit products per lane.
struct Dot {
  static constexpr int products = 4;
  static void step(Vector &sum, Vector a, Vector b) {
    asm volatile("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
  }
};

/// Eight 8-bit products per lane: two of magnitudes with columns that take
/// signs over, added before they are widened.
struct PairOfSteps {
  static constexpr int products = 8;
  static void step(Vector &sum, Vector a, Vector b) {
    Vector one, other;
    asm volatile("vpxor" WIDE " %2, %1, %0" : "=v"(one) : "v"(a), "v"(b));
    asm volatile("vpxor" WIDE " %2, %1, %0" : "=v"(other) : "v"(a), "v"(b));
    asm volatile("vpmaddubsw %0, %1, %0" : "+v"(one) : "v"(a));
    asm volatile("vpmaddubsw %0, %1, %0" : "+v"(other) : "v"(a));
    asm volatile("vpaddw %1, %0, %0" : "+v"(one) : "v"(other));
    asm volatile("vpmaddwd %1, %0, %0" : "+v"(one) : "v"(b));
    asm volatile("vpaddd %1, %0, %0" : "+v"(sum) : "v"(one));
  }
};

template <typename Kind> double run(long steps) {
  Vector a = {}, b = {};
  // In two registers: what is exclusive-ored with itself takes no time.
  asm volatile("" : "+v"(a), "+v"(b));
  Vector c0 = {}, c1 = {}, c2 = {}, c3 = {}, c4 = {}, c5 = {};
  Vector c6 = {}, c7 = {}, c8 = {}, c9 = {}, c10 = {}, c11 = {};
  for (long step = 0; step < steps; ++step) {
    Kind::step(c0, a, b);
    Kind::step(c1, a, b);
    Kind::step(c2, a, b);
    Kind::step(c3, a, b);
    Kind::step(c4, a, b);
    Kind::step(c5, a, b);
    Kind::step(c6, a, b);
    Kind::step(c7, a, b);
    Kind::step(c8, a, b);
    Kind::step(c9, a, b);
    Kind::step(c10, a, b);
    Kind::step(c11, a, b);
  }
  return 2.0 * LANES * Kind::products * chains * static_cast<double>(steps);
}

} // namespace

double runIntegerPeak(long steps) {
  constexpr bool wide = LANES == 16;
  return wide && __builtin_cpu_supports("avx512vnni") ? run<Dot>(steps)
                                                      : run<PairOfSteps>(steps);
}
