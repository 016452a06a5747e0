//===- operations.cpp - Exact operations against their definitions --------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Memory, masks, folds, integers, conversions, rounding, order, and the fused
// multiply-add. Where no instruction is assumed, the last is the software form,
// and the host's own fmaf is what it is compared with.
//
// RUN: %{gxx} -std=c++17 -I%{root} -O2 %s -o %t && %t
// RUN: %{clangxx} -std=c++17 -I%{root} -O3 %s -o %t && %t
// RUN: %{gxx} -std=c++17 -I%{root} -O1 -fsanitize=address,undefined -fno-sanitize-recover=all %s -o %t && %t
// RUN: %if host-avx2 %{ %{gxx} -std=c++17 -I%{root} -O3 -march=x86-64-v3 %s -o %t && %t %}
// RUN: %if host-avx2 %{ %{clangxx} -std=c++17 -I%{root} -O2 -march=x86-64-v3 %s -o %t && %t %}
// RUN: %if host-avx512f %{ %{gxx} -std=c++17 -I%{root} -O3 -march=x86-64-v4 %s -o %t && %t %}
// RUN: %if host-avx512f %{ %{clangxx} -std=c++17 -I%{root} -O2 -march=x86-64-v4 %s -o %t && %t %}
// RUN: %if host-avx512vnni %{ %{gxx} -std=c++17 -I%{root} -O2 -march=x86-64-v4 -mavx512vnni %s -o %t && %t %}
// RUN: %if host-avx512vnni %{ %{clangxx} -std=c++17 -I%{root} -O3 -march=x86-64-v4 -mavx512vnni %s -o %t && %t %}
// RUN: %if aarch64 %{ %{a64gxx} -std=c++17 -I%{root} -O2 -static %s -o %t && qemu-aarch64 -cpu cortex-a53 %t %}
// RUN: %if aarch64 %{ %{a64gxx} -std=c++17 -I%{root} -O2 -static -march=armv8.2-a+dotprod %s -o %t && qemu-aarch64 -cpu cortex-a76 %t %}
// RUN: %if aarch64 %{ %{clangxx} --target=aarch64-linux-gnu -std=c++17 -I%{root} -O3 -static -march=armv8.2-a+dotprod %s -o %t && qemu-aarch64 -cpu cortex-a76 %t %}
//
//===----------------------------------------------------------------------===//

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>

#include "test/runtime-stub/Checks.h"
#include "test/runtime-stub/Parts.h"
#include "test/runtime-stub/Random.h"

namespace {

bool sameFloat(float a, float b) {
  return (std::isnan(a) && std::isnan(b)) ||
         lmcc_rt::bits(a) == lmcc_rt::bits(b);
}

constexpr float special[] = {0.0f,
                             0.3f,
                             0.5f,
                             1.0f,
                             1.5f,
                             2.5f,
                             8388607.5f,
                             8388608.0f,
                             8388609.0f,
                             16777216.0f,
                             2147483520.0f,
                             2147483648.0f,
                             9.2233715e18f,
                             9.2233720e18f,
                             1e30f,
                             3.4028235e38f,
                             1e-45f,
                             0x1p-126f,
                             std::numeric_limits<float>::infinity(),
                             std::numeric_limits<float>::quiet_NaN()};

//===----------------------------------------------------------------------===//
// Fused multiply-add
//===----------------------------------------------------------------------===//

void expectFma(Test &test, float a, float b, float c) {
  test.expect(sameFloat(lmcc_rt::fma(a, b, c), std::fma(a, b, c)), "fma",
              static_cast<double>(a), static_cast<double>(b),
              static_cast<double>(c));
}

void testFma(Test &test) {
  Random random;
  for (int step = 0; step < 2000000; ++step) {
    expectFma(test, random.any(), random.any(), random.any());
    expectFma(test, random.between(-4, 4), random.between(-4, 4),
              random.between(-28, 28));
    expectFma(test, random.between(-70, -60), random.between(-70, -60),
              random.between(-149, -120));
    expectFma(test, random.between(60, 68), random.between(56, 64),
              random.between(100, 128));
    // A product next to half of the last place of a denormal sum.
    float above = static_cast<float>(random.next() % 64) * 0x1p-23f;
    float below = static_cast<float>(random.next() % 64) * 0x1p-24f;
    float a = 0x1p-75f * (1 + above);
    float b = 0x1p-75f * (1 - below);
    float c = lmcc_rt::from_bits(static_cast<int32_t>(random.next() >> 8));
    expectFma(test, a, b, random.next() & 1 ? c : -c);
    // The same for a normal one.
    float d = random.between(0, 1);
    expectFma(test, a * 0x1p51f, b * 0x1p75f, random.next() & 1 ? d : -d);
  }
  for (float a : special)
    for (float b : special)
      for (float c : special)
        for (int signs = 0; signs < 4; ++signs)
          expectFma(test, signs & 1 ? -a : a, b, signs & 2 ? -c : c);
}

//===----------------------------------------------------------------------===//
// One lane
//===----------------------------------------------------------------------===//

void testRoundingAndConversions(Test &test, float x) {
  double operand = static_cast<double>(x);
  test.expect(sameFloat(lmcc_rt::floor(x), std::floor(x)), "floor", operand);
  test.expect(sameFloat(lmcc_rt::ceil(x), std::ceil(x)), "ceil", operand);
  test.expect(sameFloat(lmcc_rt::trunc(x), std::trunc(x)), "trunc", operand);
  test.expect(sameFloat(lmcc_rt::round_even(x), std::nearbyint(x)),
              "round_even", operand);
  float root = static_cast<float>(std::sqrt(operand));
  test.expect(sameFloat(lmcc_rt::sqrt(x), root), "sqrt", operand);

  double limited = std::fmax(-0x1p31, std::fmin(operand, 2147483647.0));
  int32_t narrow = std::isnan(x) ? 0 : static_cast<int32_t>(limited);
  test.expect(lmcc_rt::to_i32(x) == narrow, "to_i32", operand);
  test.expect(lmcc_rt::to_u8(x) == std::clamp(narrow, 0, 255), "to_u8",
              operand);
  test.expect(lmcc_rt::to_i8(x) == std::clamp(narrow, -128, 127), "to_i8",
              operand);
  int64_t wide = std::isnan(x)        ? 0
                 : operand >= 0x1p63  ? INT64_MAX
                 : operand <= -0x1p63 ? INT64_MIN
                                      : static_cast<int64_t>(operand);
  test.expect(lmcc_rt::to_i64(x) == wide, "to_i64", operand);
}

void testOrder(Test &test, float a, float b) {
  float nan = std::numeric_limits<float>::quiet_NaN();
  float larger = a > b || (a == b && !std::signbit(a)) ? a : b;
  float smaller = a < b || (a == b && std::signbit(a)) ? a : b;
  bool unordered = std::isnan(a) || std::isnan(b);
  test.expect(sameFloat(lmcc_rt::maximum(a, b), unordered ? nan : larger),
              "maximum", static_cast<double>(a), static_cast<double>(b));
  test.expect(sameFloat(lmcc_rt::minimum(a, b), unordered ? nan : smaller),
              "minimum", static_cast<double>(a), static_cast<double>(b));
}

void testFloats(Test &test) {
  Random random;
  for (int step = 0; step < 2000000; ++step) {
    testRoundingAndConversions(test, random.any());
    testRoundingAndConversions(test, random.between(-2, 33));
    testOrder(test, random.any(), random.any());
  }
  for (float a : special)
    for (float b : special)
      for (int signs = 0; signs < 4; ++signs) {
        testRoundingAndConversions(test, signs & 1 ? -a : a);
        testOrder(test, signs & 1 ? -a : a, signs & 2 ? -b : b);
      }
}

void testIntegers(Test &test) {
  using namespace lmcc_rt;
  test.expect(wrap_add(INT32_MAX, 1) == INT32_MIN, "wrap_add");
  test.expect(wrap_sub(INT64_MIN, int64_t{1}) == INT64_MAX, "wrap_sub");
  test.expect(wrap_mul(INT32_MIN, -1) == INT32_MIN, "wrap_mul");
  test.expect(wrap_mul(int64_t{1} << 62, int64_t{6}) == INT64_MIN, "wrap_mul");
  test.expect(div_trunc(-7, 2) == -3 && rem_trunc(-7, 2) == -1, "div_trunc");
  test.expect(div_trunc(7, 0) == 0 && rem_trunc(7, 0) == 0, "div_trunc by 0");
  test.expect(div_trunc(INT32_MIN, -1) == INT32_MIN, "div_trunc by -1");
  test.expect(rem_trunc(INT64_MIN, int64_t{-1}) == 0, "rem_trunc by -1");
  test.expect(shift_left(-1, 31) == INT32_MIN && shift_left(1, 32) == 0,
              "shift_left");
  test.expect(shift_right(-8, 1) == -4 && shift_right(-8, 99) == -1,
              "shift_right");
  test.expect(shift_right_unsigned(-1, 31) == 1, "shift_right_unsigned");
  test.expect(shift_right_unsigned(int64_t{-1}, int64_t{64}) == 0,
              "shift_right_unsigned");
  // Ties go to even.
  test.expect(to_f32(16777217) == 16777216.0f, "to_f32");
  test.expect(to_f32(16777219) == 16777220.0f, "to_f32");
  int64_t tie = (int64_t{1} << 62) + (int64_t{1} << 38);
  test.expect(to_f32(tie) == 0x1p62f, "to_f32");
  test.expect(to_f32(tie + 1) == 0x1p62f + 0x1p39f, "to_f32");
}

void testOneLane(Test &test) {
  using namespace lmcc_rt;
  float x = load<float>(&special[3]);
  store(&x, x + splat<float>(1.0f));
  test.expect(x == 2.0f && iota<int32_t>(5) == 5, "scalar load, splat, iota");
  uint8_t byte = 7;
  test.expect(load_bool<bool>(&byte), "scalar load_bool");
  store_bool(&byte, true);
  test.expect(byte == 1 && select(true, 1, 2) == 1, "scalar store_bool");
}

//===----------------------------------------------------------------------===//
// Vectors
//===----------------------------------------------------------------------===//

/// Differences and sums of products in turns, in a loop that a compiler would
/// like to vectorise.
[[gnu::noinline]] void rotatePairs(float *__restrict y,
                                   const float *__restrict x,
                                   const float *__restrict c,
                                   const float *__restrict s) {
  for (int pair = 0; pair < 4; ++pair) {
    float a = x[2 * pair], b = x[2 * pair + 1];
    float ac = a * c[2 * pair], bs = b * s[2 * pair];
    float bc = b * c[2 * pair + 1], as = a * s[2 * pair + 1];
    y[2 * pair] = ac - bs;
    y[2 * pair + 1] = bc + as;
  }
}

/// The square of 1 + 2^-12 is rounded to 1 + 2^-11, which the other product is;
/// where one of them is fused, 2^-24 is left.
void testProductsInTurns(Test &test) {
  constexpr float root = 1.0f + 0x1p-12f, square = 1.0f + 0x1p-11f;
  float x[8], c[8], s[8], y[8];
  for (int i = 0; i < 8; ++i) {
    bool isFirst = i % 2 == 0;
    x[i] = isFirst ? root : 1.0f;
    c[i] = isFirst ? root : -square;
    s[i] = isFirst ? square : root;
  }
  rotatePairs(y, x, c, s);
  for (int i = 0; i < 8; ++i)
    test.expect(y[i] == 0.0f, "products in turns", i);
}

#if defined(LMCC_RUNTIME_STUB_VECTOR_H)

/// Bytes of every kind at an odd address, and nothing written past the end.
template <typename I> void testMasks(Test &test) {
  constexpr int count = lmcc_rt::lanes<I>;
  uint8_t source[count + 1];
  uint8_t target[count + 2];
  for (int lane = 0; lane <= count; ++lane)
    source[lane] = static_cast<uint8_t>(lane % 3 * 100);
  std::memset(target, 0xaa, sizeof target);
  I mask = lmcc_rt::load_bool<I>(source + 1);
  lmcc_rt::store_bool(target + 1, mask);
  for (int lane = 0; lane < count; ++lane) {
    test.expect(mask[lane] == (source[lane + 1] ? -1 : 0), "load_bool", lane);
    test.expect(target[lane + 1] == (source[lane + 1] ? 1 : 0), "store_bool",
                lane);
  }
  test.expect(target[0] == 0xaa && target[count + 1] == 0xaa,
              "store_bool bounds");
}

/// The lanes of `b` from the last one on, then lane 0 of `a`.
template <typename V, int... lane>
V turned(V a, V b, std::integer_sequence<int, lane...>) {
  constexpr int count = lmcc_rt::lanes<V>;
  return lmcc_rt::shuffle<(lane + 1 == count ? 0 : 2 * count - 1 - lane)...>(a,
                                                                             b);
}

/// Lane, halves, shuffle, iota and splat; a float vector at an address that is
/// only aligned for floats.
template <typename F, typename I> void testLanes(Test &test) {
  using namespace lmcc_rt;
  constexpr int count = lanes<F>;
  float memory[count + 2] = {};
  I steps = iota<I>(7);
  store(memory + 1, to_f32(steps));
  F v = load<F>(memory + 1);
  test.expect(memory[0] == 0 && memory[count + 1] == 0, "store bounds", count);
  for (int index = 0; index < count; ++index)
    test.expect(v[index] == static_cast<float>(7 + index), "load", index);
  test.expect(lane<count - 1>(v) == static_cast<float>(6 + count), "lane",
              count);
  test.expect(lane<0>(low_half(v + v) + low_half(v)) == 21.0f, "low_half",
              count);
  F shuffled = turned(v, v + v, std::make_integer_sequence<int, lanes<F>>());
  test.expect(lane<0>(shuffled) == 2.0f * (6 + count), "shuffle", 0);
  test.expect(lane<count - 1>(shuffled) == 7.0f, "shuffle", count - 1);
  test.expect(lane<1>(iota<I>(INT32_MAX)) == INT32_MIN, "iota wraps", count);
  F minusZero = splat<F>(-0.0f);
  for (int index = 0; index < count; ++index)
    test.expect(bits(minusZero)[index] == INT32_MIN, "splat of -0", index);

  I integers = load<I>(reinterpret_cast<const int32_t *>(memory + 1));
  test.expect(lane<0>(integers) == bits(7.0f), "load of integers", count);
}

/// The sum by halves down to a scalar.
float fold(float x) { return x; }
template <typename V> float fold(V v) {
  return fold(lmcc_rt::low_half(v) + lmcc_rt::high_half(v));
}

template <typename F, typename I> void testVectors(Test &test) {
  testMasks<I>(test);
  testLanes<F, I>(test);
  constexpr int count = lmcc_rt::lanes<F>;
  float sum = fold(lmcc_rt::to_f32(lmcc_rt::iota<I>(1)));
  test.expect(sum == static_cast<float>(count * (count + 1) / 2), "fold",
              count);
}

#endif

} // namespace

int main() {
  Test test;
  testFma(test);
  testFloats(test);
  testIntegers(test);
  testOneLane(test);
  testProductsInTurns(test);
#if defined(LMCC_RUNTIME_STUB_VECTOR_H)
  testVectors<lmcc_rt::f32x2, lmcc_rt::i32x2>(test);
  testVectors<lmcc_rt::f32x4, lmcc_rt::i32x4>(test);
#endif
#if defined(LMCC_RUNTIME_STUB_X86AVX2_H)
  testVectors<lmcc_rt::f32x8, lmcc_rt::i32x8>(test);
#endif
#if defined(LMCC_RUNTIME_STUB_X86AVX512_H)
  testVectors<lmcc_rt::f32x16, lmcc_rt::i32x16>(test);
#endif
  if (test.failures)
    std::printf("%d wrong\n", test.failures);
  return test.failures ? 1 : 0;
}
