//===- bytes.cpp - Operations on bytes and float16 of the carried header --===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Products of words of bytes, bytes and float16 on their way from and to
// memory: what is narrower than a lane.
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

#include <cmath>
#include <cstdint>
#include <cstring>

#include "test/runtime-stub/Checks.h"
#include "test/runtime-stub/Parts.h"
#include "test/runtime-stub/Random.h"

namespace {

/// What dot4 and, with `isUnsigned`, dot4_unsigned are defined to give.
int32_t dot4Of(int32_t sum, int32_t column, int32_t row, bool isUnsigned) {
  int8_t c[4], r[4];
  std::memcpy(c, &column, sizeof c);
  std::memcpy(r, &row, sizeof r);
  int64_t exact = sum;
  for (int t = 0; t < 4; ++t)
    exact += c[t] * (isUnsigned ? static_cast<uint8_t>(r[t]) : r[t]);
  return static_cast<int32_t>(static_cast<uint32_t>(exact));
}

/// What low_nibbles and, with `isHigh`, high_nibbles are defined to give.
int32_t nibblesOf(int32_t word, bool isHigh) {
  uint8_t bytes[4];
  std::memcpy(bytes, &word, sizeof bytes);
  for (uint8_t &byte : bytes)
    byte = isHigh ? byte >> 4 : byte & 0x0f;
  std::memcpy(&word, bytes, sizeof bytes);
  return word;
}

/// A word of bytes of the extremes and of any others, never -128 where a byte
/// of columns is wanted.
int32_t someWord(Random &random, bool isColumn) {
  uint32_t word = 0;
  for (int t = 0; t < 4; ++t) {
    uint32_t choice = random.next() % 8;
    uint32_t byte = choice < 2   ? 0x7f
                    : choice < 4 ? 0x80
                                 : random.next() & 0xff;
    if (isColumn && byte == 0x80)
      byte = 0x81;
    word |= byte << (8 * t);
  }
  return static_cast<int32_t>(word);
}

/// A word of bytes up to 128, those of the extremes among them.
int32_t someSmallWord(Random &random) {
  uint32_t word = 0;
  for (int t = 0; t < 4; ++t) {
    uint32_t choice = random.next() % 4;
    word |= (choice < 2 ? 127 + choice : random.next() % 129) << (8 * t);
  }
  return static_cast<int32_t>(word);
}

/// Words of columns for dot8: of the four bytes w of each half of both, the sum
/// of max(-w, w + 1) is 255 at most, and often that.
struct PairOfWords {
  int32_t first, second;
};
PairOfWords somePair(Random &random) {
  int8_t bytes[8] = {};
  for (int half = 0; half < 2; ++half) {
    int32_t left = 255;
    for (int others = 3; others >= 0; --others) {
      int32_t most = left - others < 128 ? left - others : 128;
      int32_t size = random.next() % 2 ? most : 1 + random.next() % most;
      left -= size;
      // Of columns no byte is -128.
      bool isNegative = random.next() % 2 && size < 128;
      int byte = others / 2 * 4 + half * 2 + others % 2;
      bytes[byte] = static_cast<int8_t>(isNegative ? -size : size - 1);
    }
  }
  PairOfWords words;
  std::memcpy(&words, bytes, sizeof words);
  return words;
}

/// A word of bytes that are 0 or -1.
int32_t someSigns(Random &random) {
  uint32_t word = 0;
  for (int t = 0; t < 4; ++t)
    word |= (random.next() % 2 * 0xff) << (8 * t);
  return static_cast<int32_t>(word);
}

/// Sums that wrap on either side, and any others.
int32_t someSum(Random &random) {
  uint32_t choice = random.next() % 4;
  uint32_t sum = random.next();
  if (choice == 0)
    sum = 0x7fffffff - sum % 70000;
  if (choice == 1)
    sum = 0x80000000 + sum % 70000;
  return static_cast<int32_t>(sum);
}

/// What the bits of a float16 stand for; a NaN where they stand for none.
float halfOf(int32_t pattern) {
  int32_t exponent = pattern >> 10 & 31, fraction = pattern & 1023;
  double magnitude = exponent == 0 ? std::ldexp(fraction, -24)
                                   : std::ldexp(1024 + fraction, exponent - 25);
  if (exponent == 31)
    magnitude = fraction == 0 ? HUGE_VAL : NAN;
  return static_cast<float>(pattern >> 15 ? -magnitude : magnitude);
}

/// Whether `a` is `b`, bit by bit but for NaN.
bool isSame(float a, float b) {
  return (a != a && b != b) || lmcc_rt::bits(a) == lmcc_rt::bits(b);
}

void testHalves(Test &test) {
  for (int32_t pattern = 0; pattern < 1 << 16; ++pattern) {
    int16_t half = static_cast<int16_t>(pattern);
    test.expect(isSame(lmcc_rt::from_half(half), halfOf(pattern)), "from_half",
                pattern);
    test.expect(isSame(lmcc_rt::load_halves<float>(&half), halfOf(pattern)),
                "load_halves", pattern);
  }
}

void testBytes(Test &test) {
  Random random;
  for (int step = 0; step < 200000; ++step) {
    int32_t sum = someSum(random);
    int32_t column = someWord(random, true), row = someWord(random, false);
    test.expect(lmcc_rt::dot4(sum, column, row) ==
                    dot4Of(sum, column, row, false),
                "dot4", sum, column, row);
    test.expect(lmcc_rt::dot4_unsigned(sum, column, row) ==
                    dot4Of(sum, column, row, true),
                "dot4_unsigned", sum, column, row);
    int32_t any = someWord(random, false);
    test.expect(lmcc_rt::dot4_full(sum, any, row) ==
                    dot4Of(sum, any, row, false),
                "dot4_full", sum, any, row);
    test.expect(lmcc_rt::dot4_unsigned(sum, any, row) ==
                    dot4Of(sum, any, row, true),
                "dot4_unsigned", sum, any, row);
    test.expect(lmcc_rt::low_nibbles(row) == nibblesOf(row, false),
                "low_nibbles", row);
    test.expect(lmcc_rt::high_nibbles(row) == nibblesOf(row, true),
                "high_nibbles", row);
  }
  alignas(4) int8_t bytes[8] = {1, -2, 3, -4, 0, 0, 0, -128};
  test.expect(lmcc_rt::words(bytes)[0] == static_cast<int32_t>(0xfc03fe01) &&
                  lmcc_rt::words(bytes)[1] == INT32_MIN,
              "words");
  test.expect(lmcc_rt::load_bytes<int32_t>(bytes + 1) == -2, "load_bytes");
  test.expect(lmcc_rt::load_unsigned_bytes<int32_t>(bytes + 1) == 254,
              "load_unsigned_bytes");
  lmcc_rt::store_bytes(bytes, 0x1ff);
  test.expect(bytes[0] == -1 && bytes[1] == -2, "store_bytes");
}

/// Products of two words against those of one word each. Signs of rows turn
/// columns over, those that are small have none.
template <typename V> void testDot8(Test &test) {
  constexpr int count = sizeof(V) / sizeof(int32_t);
  Random random;
  for (int step = 0; step < 100000; ++step) {
    int32_t sum[count], c[2][count], turned[2][count], r[2][count],
        small[2][count], plain[count], ofSmall[count];
    for (int lane = 0; lane < count; ++lane) {
      sum[lane] = someSum(random);
      PairOfWords columns = somePair(random);
      c[0][lane] = columns.first;
      c[1][lane] = columns.second;
      for (int word = 0; word < 2; ++word) {
        r[word][lane] = someWord(random, false);
        small[word][lane] = someSmallWord(random);
        turned[word][lane] = c[word][lane] ^ someSigns(random);
      }
    }
    auto vector = [](const int32_t *words) {
      V v;
      std::memcpy(&v, words, sizeof v);
      return v;
    };
    V found = lmcc_rt::dot8(vector(sum), vector(c[0]), vector(r[0]),
                            vector(c[1]), vector(r[1]));
    V foundOfSmall =
        lmcc_rt::dot8_small(vector(sum), vector(turned[0]), vector(small[0]),
                            vector(turned[1]), vector(small[1]));
    std::memcpy(plain, &found, sizeof found);
    std::memcpy(ofSmall, &foundOfSmall, sizeof foundOfSmall);
    for (int lane = 0; lane < count; ++lane) {
      int32_t first = dot4Of(sum[lane], c[0][lane], r[0][lane], false);
      test.expect(plain[lane] == dot4Of(first, c[1][lane], r[1][lane], false),
                  "dot8", c[0][lane], c[1][lane], r[0][lane]);
      first = dot4Of(sum[lane], turned[0][lane], small[0][lane], true);
      test.expect(
          ofSmall[lane] == dot4Of(first, turned[1][lane], small[1][lane], true),
          "dot8_small", turned[0][lane], turned[1][lane], small[0][lane]);
    }
  }
}

#if defined(LMCC_RUNTIME_STUB_VECTOR_H)

/// Products of bytes against those of one lane, and by lane of the rows.
template <typename V> void testDot4(Test &test) {
  using namespace lmcc_rt;
  constexpr int count = lanes<V>;
  Random random;
  for (int step = 0; step < 100000; ++step) {
    V sum{}, columns{}, rows{}, any{}, small{};
    for (int lane = 0; lane < count; ++lane) {
      sum[lane] = someSum(random);
      columns[lane] = someWord(random, true);
      rows[lane] = someWord(random, false);
      any[lane] = someWord(random, false);
      small[lane] = someSmallWord(random);
    }
    i32x4 few = {rows[0], rows[1], step, step + 1};
    V smallRows = dot4_small(sum, any, small);
    V ofSmallLane = dot4_small_lane<1>(sum, any, small);
    V plain = dot4(sum, columns, rows);
    V unsignedRows = dot4_unsigned(sum, columns, rows);
    V ofLane = dot4_lane<1>(sum, columns, rows);
    V ofFew = dot4_lane<3>(sum, columns, few);
    V ofUnsignedLane = dot4_unsigned_lane<0>(sum, columns, rows);
    V full = dot4_full(sum, any, rows);
    V fullOfLane = dot4_full_lane<1>(sum, any, rows);
    V fullOfFew = dot4_full_lane<0>(sum, any, few);
    V unsignedOfAny = dot4_unsigned(sum, any, rows);
    V low = low_nibbles(rows), high = high_nibbles(rows);
    for (int lane = 0; lane < count; ++lane) {
      int32_t s = sum[lane], c = columns[lane], r = rows[lane];
      test.expect(plain[lane] == dot4Of(s, c, r, false), "dot4", s, c, r);
      test.expect(unsignedRows[lane] == dot4Of(s, c, r, true), "dot4_unsigned",
                  s, c, r);
      test.expect(smallRows[lane] == dot4Of(s, any[lane], small[lane], true),
                  "dot4_small", s, any[lane], small[lane]);
      test.expect(ofSmallLane[lane] == dot4Of(s, any[lane], small[1], true),
                  "dot4_small_lane", s, any[lane], small[1]);
      test.expect(ofLane[lane] == dot4Of(s, c, rows[1], false), "dot4_lane", s,
                  c, rows[1]);
      test.expect(ofFew[lane] == dot4Of(s, c, step + 1, false), "dot4_lane", s,
                  c, step + 1);
      test.expect(ofUnsignedLane[lane] == dot4Of(s, c, rows[0], true),
                  "dot4_unsigned_lane", s, c, rows[0]);
      int32_t a = any[lane];
      test.expect(full[lane] == dot4Of(s, a, r, false), "dot4_full", s, a, r);
      test.expect(fullOfLane[lane] == dot4Of(s, a, rows[1], false),
                  "dot4_full_lane", s, a, rows[1]);
      test.expect(fullOfFew[lane] == dot4Of(s, a, rows[0], false),
                  "dot4_full_lane", s, a, rows[0]);
      test.expect(unsignedOfAny[lane] == dot4Of(s, a, r, true), "dot4_unsigned",
                  s, a, r);
      test.expect(low[lane] == nibblesOf(r, false), "low_nibbles", r);
      test.expect(high[lane] == nibblesOf(r, true), "high_nibbles", r);
    }
  }
}

/// The products of all lanes, of which only their sum is defined.
template <typename V> void testDotLanes(Test &test) {
  constexpr int count = lmcc_rt::lanes<V>;
  Random random;
  for (int step = 0; step < 100000; ++step) {
    V sum{}, columns{}, rows{};
    uint32_t expected = 0, found = 0;
    for (int lane = 0; lane < count; ++lane) {
      sum[lane] = someSum(random);
      columns[lane] = someWord(random, true);
      rows[lane] = someWord(random, false);
      expected += static_cast<uint32_t>(
          dot4Of(sum[lane], columns[lane], rows[lane], false));
    }
    V result = lmcc_rt::dot_lanes(sum, columns, rows);
    for (int lane = 0; lane < count; ++lane)
      found += static_cast<uint32_t>(result[lane]);
    test.expect(found == expected, "dot_lanes", sum[0], columns[0], rows[0]);
  }
}

/// Bytes at an odd address, and nothing written past the end.
template <typename V> void testByteMemory(Test &test) {
  constexpr int count = lmcc_rt::lanes<V>;
  int8_t source[count + 1], target[count + 2];
  for (int lane = 0; lane <= count; ++lane)
    source[lane] = static_cast<int8_t>(lane * 77 - 128);
  std::memset(target, 0x55, sizeof target);
  V values = lmcc_rt::load_bytes<V>(source + 1);
  V positive = lmcc_rt::load_unsigned_bytes<V>(source + 1);
  lmcc_rt::store_bytes(target + 1, values + 0x12300);
  for (int lane = 0; lane < count; ++lane) {
    int8_t byte = source[lane + 1];
    test.expect(values[lane] == byte, "load_bytes", lane);
    test.expect(positive[lane] == static_cast<uint8_t>(byte),
                "load_unsigned_bytes", lane);
    test.expect(target[lane + 1] == byte, "store_bytes", lane);
  }
  test.expect(target[0] == 0x55 && target[count + 1] == 0x55,
              "store_bytes bounds");
}

/// All float16, from an odd multiple of their size on.
template <typename V> void testHalfMemory(Test &test) {
  constexpr int count = lmcc_rt::lanes<V>;
  int16_t source[count + 1];
  for (int32_t first = 0; first < 1 << 16; first += count) {
    for (int lane = 0; lane < count; ++lane)
      source[lane + 1] = static_cast<int16_t>(first + lane);
    V values = lmcc_rt::load_halves<V>(source + 1);
    for (int lane = 0; lane < count; ++lane)
      test.expect(isSame(values[lane], halfOf(first + lane)), "load_halves",
                  first + lane);
  }
}

/// Low bytes of four vectors.
template <typename V> void testNarrow(Test &test) {
  constexpr int count = lmcc_rt::lanes<V>;
  int8_t target[4 * count + 2];
  std::memset(target, 0x55, sizeof target);
  V steps = lmcc_rt::iota<V>(-0x12300);
  lmcc_rt::store_bytes(target + 1, steps, steps + count, steps + 2 * count,
                       steps + 3 * count);
  for (int place = 0; place < 4 * count; ++place)
    test.expect(target[place + 1] == static_cast<int8_t>(place),
                "store_bytes of four", place);
  test.expect(target[0] == 0x55 && target[4 * count + 1] == 0x55,
              "store_bytes of four, bounds");
}

template <typename F, typename I> void testVectors(Test &test) {
  testDot4<I>(test);
  testDot8<I>(test);
  testDotLanes<I>(test);
  testByteMemory<I>(test);
  testHalfMemory<F>(test);
  testNarrow<I>(test);
}

#endif

} // namespace

int main() {
  Test test;
  testHalves(test);
  testBytes(test);
  testDot8<int32_t>(test);
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
