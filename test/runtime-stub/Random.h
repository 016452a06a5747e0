//===- Random.h - The same random operands on every machine ---------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_TEST_RUNTIME_STUB_RANDOM_H
#define LMCC_TEST_RUNTIME_STUB_RANDOM_H

#include <cmath>
#include <cstdint>

#include "runtime-stub/Prologue.h"

/// Marsaglia's xorshift with 64 bits of state.
struct Random {
  uint64_t state = 0x9e3779b97f4a7c15;

  uint32_t next() {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return static_cast<uint32_t>(state >> 32);
  }

  /// Any bit pattern, NaN and infinity included.
  float any() { return lmcc_rt::from_bits(static_cast<int32_t>(next())); }

  /// Both signs, with an exponent from `low` to below `high`.
  float between(int low, int high) {
    uint32_t span = static_cast<uint32_t>(high - low);
    int exponent = low + static_cast<int>(next() % span);
    double mantissa = 1 + static_cast<double>(next() >> 9) * 0x1p-23;
    double sign = next() & 1 ? -1 : 1;
    return static_cast<float>(sign * std::ldexp(mantissa, exponent));
  }
};

#endif // LMCC_TEST_RUNTIME_STUB_RANDOM_H
