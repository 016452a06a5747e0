//===- same_bits.cpp - One hash per function, equal everywhere ------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Applies every function to all exponents with both signs and to special
// values, at every width the target has. Fails where a width differs from the
// scalar form, and prints a hash of the scalar results, NaNs being one value.
// The hashes are the same for all targets, compilers and levels: those of
// same_bits.expected.
//
// RUN: %{gxx} -std=c++17 -I%{root} -O2 %s -o %t && %t | diff %S/same_bits.expected -
// RUN: %{gxx} -std=c++17 -I%{root} -O3 %s -o %t && %t | diff %S/same_bits.expected -
// RUN: %{gxx} -std=c++17 -I%{root} -O1 -fsanitize=address,undefined -fno-sanitize-recover=all %s -o %t && %t | diff %S/same_bits.expected -
// RUN: %{clangxx} -std=c++17 -I%{root} -O2 %s -o %t && %t | diff %S/same_bits.expected -
// RUN: %{clangxx} -std=c++17 -I%{root} -O3 %s -o %t && %t | diff %S/same_bits.expected -
//
// RUN: %if host-avx2 %{ %{gxx} -std=c++17 -I%{root} -O2 -march=x86-64-v3 %s -o %t && %t | diff %S/same_bits.expected - %}
// RUN: %if host-avx2 %{ %{gxx} -std=c++17 -I%{root} -O3 -march=x86-64-v3 %s -o %t && %t | diff %S/same_bits.expected - %}
// RUN: %if host-avx2 %{ %{gxx} -std=c++17 -I%{root} -O2 -march=x86-64-v3 -DLMCC_TEST_GENERIC %s -o %t && %t | diff %S/same_bits.expected - %}
// RUN: %if host-avx2 %{ %{clangxx} -std=c++17 -I%{root} -O2 -march=x86-64-v3 %s -o %t && %t | diff %S/same_bits.expected - %}
// RUN: %if host-avx2 %{ %{clangxx} -std=c++17 -I%{root} -O3 -march=x86-64-v3 %s -o %t && %t | diff %S/same_bits.expected - %}
// RUN: %if host-avx2 %{ %{clangxx} -std=c++17 -I%{root} -O2 -march=x86-64-v3 -DLMCC_TEST_GENERIC %s -o %t && %t | diff %S/same_bits.expected - %}
//
// RUN: %if host-avx512f %{ %{gxx} -std=c++17 -I%{root} -O2 -march=x86-64-v4 %s -o %t && %t | diff %S/same_bits.expected - %}
// RUN: %if host-avx512f %{ %{gxx} -std=c++17 -I%{root} -O3 -march=x86-64-v4 %s -o %t && %t | diff %S/same_bits.expected - %}
// RUN: %if host-avx512f %{ %{clangxx} -std=c++17 -I%{root} -O2 -march=x86-64-v4 %s -o %t && %t | diff %S/same_bits.expected - %}
// RUN: %if host-avx512f %{ %{clangxx} -std=c++17 -I%{root} -O3 -march=x86-64-v4 %s -o %t && %t | diff %S/same_bits.expected - %}
//
// RUN: %if host-avx512vnni %{ %{gxx} -std=c++17 -I%{root} -O2 -march=x86-64-v4 -mavx512vnni %s -o %t && %t | diff %S/same_bits.expected - %}
// RUN: %if host-avx512vnni %{ %{gxx} -std=c++17 -I%{root} -O3 -march=x86-64-v4 -mavx512vnni %s -o %t && %t | diff %S/same_bits.expected - %}
// RUN: %if host-avx512vnni %{ %{clangxx} -std=c++17 -I%{root} -O2 -march=x86-64-v4 -mavx512vnni %s -o %t && %t | diff %S/same_bits.expected - %}
// RUN: %if host-avx512vnni %{ %{clangxx} -std=c++17 -I%{root} -O3 -march=x86-64-v4 -mavx512vnni %s -o %t && %t | diff %S/same_bits.expected - %}
//
// RUN: %if aarch64 %{ %{a64gxx} -std=c++17 -I%{root} -O2 -static %s -o %t && qemu-aarch64 -cpu cortex-a53 %t | diff %S/same_bits.expected - %}
// RUN: %if aarch64 %{ %{a64gxx} -std=c++17 -I%{root} -O3 -static %s -o %t && qemu-aarch64 -cpu cortex-a53 %t | diff %S/same_bits.expected - %}
// RUN: %if aarch64 %{ %{clangxx} --target=aarch64-linux-gnu -std=c++17 -I%{root} -O2 -static %s -o %t && qemu-aarch64 -cpu cortex-a53 %t | diff %S/same_bits.expected - %}
// RUN: %if aarch64 %{ %{clangxx} --target=aarch64-linux-gnu -std=c++17 -I%{root} -O3 -static %s -o %t && qemu-aarch64 -cpu cortex-a53 %t | diff %S/same_bits.expected - %}
//
// RUN: %if aarch64 %{ %{a64gxx} -std=c++17 -I%{root} -O2 -static -march=armv8.2-a+dotprod %s -o %t && qemu-aarch64 -cpu cortex-a76 %t | diff %S/same_bits.expected - %}
// RUN: %if aarch64 %{ %{a64gxx} -std=c++17 -I%{root} -O3 -static -march=armv8.2-a+dotprod %s -o %t && qemu-aarch64 -cpu cortex-a76 %t | diff %S/same_bits.expected - %}
// RUN: %if aarch64 %{ %{clangxx} --target=aarch64-linux-gnu -std=c++17 -I%{root} -O2 -static -march=armv8.2-a+dotprod %s -o %t && qemu-aarch64 -cpu cortex-a76 %t | diff %S/same_bits.expected - %}
// RUN: %if aarch64 %{ %{clangxx} --target=aarch64-linux-gnu -std=c++17 -I%{root} -O3 -static -march=armv8.2-a+dotprod %s -o %t && qemu-aarch64 -cpu cortex-a76 %t | diff %S/same_bits.expected - %}
//
//===----------------------------------------------------------------------===//

#include <cstdint>
#include <cstdio>
#include <vector>

#include "test/runtime-stub/Parts.h"

namespace lmcc_rt {
namespace {

/// The same operands for every run, a multiple of 16 of them.
struct Operands {
  std::vector<float> a, b, c;
};

/// Patterns without a libm or a library generator: those could differ.
uint32_t scrambled(uint32_t index) {
  index ^= index >> 16;
  index *= 0x7feb352du;
  index ^= index >> 15;
  index *= 0x846ca68bu;
  return index ^ (index >> 16);
}

/// Where functions change form, saturate or have a value of their own.
constexpr float special[] = {
    0.0f,          0.5f,           1.0f,          2.0f,
    3.0f,          4.0f,           10.0f,         87.33654f,
    88.72283f,     88.72284f,      126.0f,        127.5f,
    128.0f,        1.5f,           2.5f,          3.5f,
    8388607.5f,    8388608.0f,     16777216.0f,   65536.0f,
    4194304.0f,    4194304.5f,     1e-45f,        0x1p-126f,
    2147483520.0f, 2147483648.0f,  4294967296.0f, 0.70710678f,
    1.57079637f,   3.40282347e38f, infinity,      __builtin_nanf("")};

Operands makeOperands() {
  Operands operands;
  for (float x : special) {
    operands.a.push_back(x);
    operands.a.push_back(-x);
  }
  constexpr uint32_t perExponent = 192;
  for (uint32_t index = 0; index < 512 * perExponent; ++index) {
    uint32_t mantissa = scrambled(index) & 0x7fffff;
    uint32_t choice = index % perExponent;
    if (choice < 4)
      mantissa = choice < 2 ? choice : 0x800000u - (choice - 1);
    uint32_t signAndExponent = (index / perExponent) << 23;
    operands.a.push_back(
        from_bits(static_cast<int32_t>(signAndExponent | mantissa)));
  }
  // Pairs of special values first; then neighbours in size and strangers.
  size_t count = operands.a.size();
  for (size_t index = 0; index < count; ++index) {
    size_t stranger = scrambled(static_cast<uint32_t>(index)) % count;
    size_t other = index % 3 == 0   ? index ^ 1
                   : index % 3 == 1 ? stranger
                                    : (index * 17 + 5) % count;
    operands.b.push_back(operands.a[other]);
    operands.c.push_back(operands.a[(stranger + index) % count]);
  }
  // All pairs of special values.
  for (size_t first = 0; first < 64; ++first)
    for (size_t second = 0; second < 64; ++second) {
      operands.a.push_back(operands.a[first]);
      operands.b.push_back(operands.a[second]);
      operands.c.push_back(operands.a[first ^ second]);
    }
  return operands;
}

/// The bits of a result, of which a NaN has only one pattern.
template <typename V> auto seen(V v) {
  auto pattern = bits(v);
  return select(is_nan(v), splat<decltype(pattern)>(int32_t{0x7fc00000}),
                pattern);
}

template <typename V, typename Apply>
std::vector<int32_t> resultsAt(const Operands &operands, Apply apply) {
  std::vector<int32_t> results(operands.a.size());
  constexpr size_t step = sizeof(V) / sizeof(float);
  for (size_t index = 0; index + step <= results.size(); index += step)
    store(&results[index],
          apply(load<V>(&operands.a[index]), load<V>(&operands.b[index]),
                load<V>(&operands.c[index])));
  return results;
}

/// FNV-1a over the little-endian bytes.
uint64_t hash(const std::vector<int32_t> &values) {
  uint64_t state = 0xcbf29ce484222325;
  for (int32_t value : values)
    for (int shift = 0; shift < 32; shift += 8) {
      state ^= (static_cast<uint32_t>(value) >> shift) & 0xff;
      state *= 0x100000001b3;
    }
  return state;
}

struct Checker {
  Operands operands = makeOperands();
  bool good = true;

  template <typename V, typename Apply>
  void compare(const char *name, Apply apply,
               const std::vector<int32_t> &expected) {
    std::vector<int32_t> results = resultsAt<V>(operands, apply);
    for (size_t index = 0; index < results.size(); ++index) {
      if (results[index] == expected[index])
        continue;
      std::printf("%s: %d lanes give %08x, one gives %08x, for %a, %a, %a\n",
                  name, static_cast<int>(sizeof(V) / sizeof(float)),
                  static_cast<unsigned>(results[index]),
                  static_cast<unsigned>(expected[index]),
                  static_cast<double>(operands.a[index]),
                  static_cast<double>(operands.b[index]),
                  static_cast<double>(operands.c[index]));
      good = false;
      return;
    }
  }

  /// `apply` takes three vectors, or floats, and returns the bits of a result.
  template <typename Apply> void check(const char *name, Apply apply) {
    std::vector<int32_t> expected = resultsAt<float>(operands, apply);
    std::printf("%-10s %016llx\n", name,
                static_cast<unsigned long long>(hash(expected)));
#if defined(LMCC_RUNTIME_STUB_VECTOR_H)
    compare<f32x2>(name, apply, expected);
    compare<f32x4>(name, apply, expected);
#endif
#if defined(LMCC_RUNTIME_STUB_X86AVX2_H)
    compare<f32x8>(name, apply, expected);
#endif
#if defined(LMCC_RUNTIME_STUB_X86AVX512_H)
    compare<f32x16>(name, apply, expected);
#endif
  }
};

void checkMath(Checker &checker) {
  checker.check("exp", [](auto a, auto, auto) { return seen(exp(a)); });
  checker.check("exp2", [](auto a, auto, auto) { return seen(exp2(a)); });
  checker.check("log", [](auto a, auto, auto) { return seen(log(a)); });
  checker.check("tanh", [](auto a, auto, auto) { return seen(tanh(a)); });
  checker.check("erf", [](auto a, auto, auto) { return seen(erf(a)); });
  checker.check("sigmoid", [](auto a, auto, auto) { return seen(sigmoid(a)); });
  checker.check("sin", [](auto a, auto, auto) { return seen(sin(a)); });
  checker.check("cos", [](auto a, auto, auto) { return seen(cos(a)); });
  checker.check("sqrt", [](auto a, auto, auto) { return seen(sqrt(a)); });
  checker.check("rsqrt", [](auto a, auto, auto) { return seen(rsqrt(a)); });
  checker.check("pow", [](auto a, auto b, auto) { return seen(pow(a, b)); });
}

void checkArithmetic(Checker &checker) {
  checker.check("fma",
                [](auto a, auto b, auto c) { return seen(fma(a, b, c)); });
  // Each could be contracted, and must not be.
  checker.check("a*b+c",
                [](auto a, auto b, auto c) { return seen(a * b + c); });
  checker.check("a*b-c",
                [](auto a, auto b, auto c) { return seen(a * b - c); });
  checker.check("a/b", [](auto a, auto b, auto) { return seen(a / b); });
  checker.check("abs", [](auto a, auto, auto) { return seen(abs(a)); });
  checker.check("copysign",
                [](auto a, auto b, auto) { return seen(copysign(a, b)); });
  checker.check("maximum",
                [](auto a, auto b, auto) { return seen(maximum(a, b)); });
  checker.check("minimum",
                [](auto a, auto b, auto) { return seen(minimum(a, b)); });
  // With zeros and NaNs out of sight, as their users promise.
  checker.check("number", [](auto a, auto b, auto) {
    auto ordinary = both(abs(a) > 0.0f, abs(b) > 0.0f);
    auto spread = seen(max_number(a, b) - min_number(a, b));
    return select(ordinary, spread, splat<decltype(spread)>(int32_t{0}));
  });
}

void checkRounding(Checker &checker) {
  checker.check("floor", [](auto a, auto, auto) { return seen(floor(a)); });
  checker.check("ceil", [](auto a, auto, auto) { return seen(ceil(a)); });
  checker.check("trunc", [](auto a, auto, auto) { return seen(trunc(a)); });
  checker.check("round",
                [](auto a, auto, auto) { return seen(round_even(a)); });
  checker.check("to_i32", [](auto a, auto, auto) { return to_i32(a); });
  checker.check("to_u8", [](auto a, auto, auto) { return to_u8(a); });
  checker.check("to_i8", [](auto a, auto, auto) { return to_i8(a); });
  // As kernels limit what has been a byte. What was rounded never signals;
  // of a NaN that does, instructions for extremes differ.
  checker.check("limit", [](auto a, auto, auto) {
    auto low = splat<decltype(a)>(-120.0f), high = splat<decltype(a)>(135.0f);
    auto rounded = round_even(a);
    auto raised = select(rounded > low, rounded, low);
    return seen(select(raised < high, raised, high) + splat<decltype(a)>(0.0f));
  });
  checker.check("to_f32",
                [](auto a, auto, auto) { return seen(to_f32(bits(a))); });
}

void checkIntegers(Checker &checker) {
  checker.check("wrap_add", [](auto a, auto b, auto) {
    return wrap_add(bits(a), bits(b));
  });
  checker.check("wrap_sub", [](auto a, auto b, auto) {
    return wrap_sub(bits(a), bits(b));
  });
  checker.check("wrap_mul", [](auto a, auto b, auto) {
    return wrap_mul(bits(a), bits(b));
  });
  checker.check("shift",
                [](auto a, auto, auto) { return shift_left(bits(a), 5); });
  // Bytes of columns are never -128: these are odd.
  checker.check("dot4", [](auto a, auto b, auto c) {
    return dot4(bits(a), bits(b) | 0x01010101, bits(c));
  });
  checker.check("dot4_u", [](auto a, auto b, auto c) {
    return dot4_unsigned(bits(a), bits(b) | 0x01010101, bits(c));
  });
}

} // namespace
} // namespace lmcc_rt

int main() {
  lmcc_rt::Checker checker;
  lmcc_rt::checkMath(checker);
  lmcc_rt::checkArithmetic(checker);
  lmcc_rt::checkRounding(checker);
  lmcc_rt::checkIntegers(checker);
  return checker.good ? 0 : 1;
}
