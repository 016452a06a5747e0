//===- freestanding.cpp - The concatenated header by itself ---------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Puts the parts together as generated code carries them and uses every name at
// the widths LMCC_TEST_FLOATS. It has to compile without a warning and without
// a library, to refer to nothing outside, and to define nothing but the one
// function below. Without widths it uses nothing, which is no warning either.
//
// DEFINE: %{flags} = -std=c++17 -ffreestanding -fno-exceptions -fno-rtti -Wall -Wextra -Wconversion -pedantic -Werror
// DEFINE: %{stub} = %{root}/runtime-stub
// DEFINE: %{one-symbol} = nm -g %t.o | not grep -v ' T lmcc_test_use_all'
//
// RUN: mkdir -p %t.generic %t.v3 %t.v4 %t.vnni %t.neon %t.dotprod
// RUN: cat %{stub}/Prologue.h %{stub}/Generic.h %{stub}/Scalar.h %{stub}/Math.h > %t.generic/lmcc_rt.h
// RUN: cat %{stub}/Prologue.h %{stub}/Vector.h %{stub}/X86Avx2.h %{stub}/Scalar.h %{stub}/Math.h > %t.v3/lmcc_rt.h
// RUN: cat %{stub}/Prologue.h %{stub}/Vector.h %{stub}/X86Avx2.h %{stub}/X86Avx512.h %{stub}/Scalar.h %{stub}/Math.h > %t.v4/lmcc_rt.h
// RUN: cat %{stub}/Prologue.h %{stub}/Vector.h %{stub}/X86Avx2.h %{stub}/X86Avx512.h %{stub}/X86Vnni.h %{stub}/Scalar.h %{stub}/Math.h > %t.vnni/lmcc_rt.h
// RUN: cat %{stub}/Prologue.h %{stub}/Vector.h %{stub}/Neon.h %{stub}/NeonWiden.h %{stub}/Scalar.h %{stub}/Math.h > %t.neon/lmcc_rt.h
// RUN: cat %{stub}/Prologue.h %{stub}/Vector.h %{stub}/Neon.h %{stub}/NeonDotprod.h %{stub}/Scalar.h %{stub}/Math.h > %t.dotprod/lmcc_rt.h
//
// DEFINE: %{generic} = %{flags} -I%t.generic -DLMCC_TEST_FLOATS=float -c %s -o %t.o
// RUN: %{gxx} -O0 %{generic} && %{one-symbol}
// RUN: %{gxx} -O3 %{generic} && %{one-symbol}
// RUN: %{clangxx} -O0 %{generic} && %{one-symbol}
// RUN: %{clangxx} -O3 %{generic} && %{one-symbol}
// RUN: %{clangxx} -O2 --target=armv7m-none-eabi %{flags} -I%t.generic -DLMCC_TEST_FLOATS=float -fsyntax-only %s
//
// DEFINE: %{v3} = %{flags} -march=x86-64-v3 -I%t.v3 -DLMCC_TEST_FLOATS=float,f32x2,f32x4,f32x8 -c %s -o %t.o
// RUN: %{gxx} -O0 %{v3} && %{one-symbol}
// RUN: %{gxx} -O3 %{v3} && %{one-symbol}
// RUN: %{clangxx} -O0 %{v3} && %{one-symbol}
// RUN: %{clangxx} -O3 %{v3} && %{one-symbol}
//
// DEFINE: %{v4} = %{flags} -march=x86-64-v4 -mprefer-vector-width=512 -I%t.v4 -DLMCC_TEST_FLOATS=float,f32x2,f32x4,f32x8,f32x16 -c %s -o %t.o
// RUN: %{gxx} -O0 %{v4} && %{one-symbol}
// RUN: %{gxx} -O3 %{v4} && %{one-symbol}
// RUN: %{clangxx} -O0 %{v4} && %{one-symbol}
// RUN: %{clangxx} -O3 %{v4} && %{one-symbol}
//
// DEFINE: %{vnni} = %{flags} -march=x86-64-v4 -mavx512vnni -mprefer-vector-width=512 -I%t.vnni -DLMCC_TEST_FLOATS=float,f32x2,f32x4,f32x8,f32x16 -c %s -o %t.o
// RUN: %{gxx} -O0 %{vnni} && %{one-symbol}
// RUN: %{gxx} -O3 %{vnni} && %{one-symbol}
// RUN: %{clangxx} -O0 %{vnni} && %{one-symbol}
// RUN: %{clangxx} -O3 %{vnni} && %{one-symbol}
//
// DEFINE: %{neon} = %{flags} -march=armv8-a -I%t.neon -DLMCC_TEST_FLOATS=float,f32x2,f32x4 -c %s -o %t.o
// RUN: %if aarch64 %{ %{a64gxx} -O0 %{neon} && %{one-symbol} %}
// RUN: %if aarch64 %{ %{a64gxx} -O3 %{neon} && %{one-symbol} %}
// RUN: %if aarch64 %{ %{clangxx} --target=aarch64-linux-gnu -O0 %{neon} && %{one-symbol} %}
// RUN: %if aarch64 %{ %{clangxx} --target=aarch64-linux-gnu -O3 %{neon} && %{one-symbol} %}
//
// DEFINE: %{dotprod} = %{flags} -march=armv8.2-a+dotprod -I%t.dotprod -DLMCC_TEST_FLOATS=float,f32x2,f32x4 -c %s -o %t.o
// RUN: %if aarch64 %{ %{a64gxx} -O0 %{dotprod} && %{one-symbol} %}
// RUN: %if aarch64 %{ %{a64gxx} -O3 %{dotprod} && %{one-symbol} %}
// RUN: %if aarch64 %{ %{clangxx} --target=aarch64-linux-gnu -O0 %{dotprod} && %{one-symbol} %}
// RUN: %if aarch64 %{ %{clangxx} --target=aarch64-linux-gnu -O3 %{dotprod} && %{one-symbol} %}
//
// DEFINE: %{unused} = %{flags} -c %s -o %t.o
// RUN: %{gxx} -O2 -I%t.generic %{unused} && nm %t.o | count 0
// RUN: %{clangxx} -O2 -I%t.generic %{unused} && nm %t.o | count 0
// RUN: %{gxx} -O2 -march=x86-64-v4 -I%t.v4 %{unused} && nm %t.o | count 0
// RUN: %{clangxx} -O2 -march=x86-64-v4 -I%t.v4 %{unused} && nm %t.o | count 0
//
// No estimate of a root or reciprocal, whose bits differ between families.
// RUN: %{gxx} -O2 %{v3} && objdump -d %t.o | not grep -E 'rsqrt|rcp'
// RUN: %{clangxx} -O2 %{v4} && objdump -d %t.o | not grep -E 'rsqrt|rcp'
// And no instruction of AVX-512 in a header for less.
// RUN: %{clangxx} -O2 %{v3} && objdump -d %t.o | not grep -E '%%zmm|%%k[1-7]'
//
//===----------------------------------------------------------------------===//

#include "lmcc_rt.h"

#if defined(LMCC_TEST_FLOATS)

namespace lmcc_rt {
namespace {

template <typename V> V useMath(V x, V y) {
  V sum = exp(x) + exp2(x) + log(x) + pow(x, y) + sqrt(x) + rsqrt(x);
  return sum + tanh(x) + erf(x) + sigmoid(x) + sin(x) + cos(x) + fma(x, y, x);
}

template <typename V> V useEveryWidth(V x, V y) {
  V rounded = floor(x) + ceil(x) + trunc(x) + round_even(x);
  V ordered = maximum(x, y) - minimum(x, y) + max_number(x, min_number(x, y));
  V converted = to_f32(to_i32(x)) + from_bits(bits(y));
  auto mask = either(both(x > -y, x < y), is_nan(x));
  return select(mask, rounded + ordered, copysign(converted, abs(y)));
}

template <typename V>
void useMemory(float *floats, int32_t *integers, uint8_t *bytes) {
  prefetch(floats + 64);
  V x = load<V>(floats);
  V y = load<V>(floats + 16);
  store(floats, useMath(x, y) + useEveryWidth(x, splat<V>(floats[1])));

  using I = decltype(bits(x));
  I i = wrap_add(load<I>(integers), iota<I>(integers[1]));
  i = wrap_mul(wrap_sub(i, splat<I>(integers[2])), shift_left(i, 3));
  auto mask = x < y;
  mask = both(mask, load_bool<decltype(mask)>(bytes));
  store(integers, select(mask, i, bits(y)));
  store_bool(bytes, mask);

  int8_t *signedBytes = reinterpret_cast<int8_t *>(bytes);
  I rows = load<I>(words(signedBytes));
  i = dot4(i, load_bytes<I>(signedBytes + 8), rows);
  i = dot4_unsigned(i, load_unsigned_bytes<I>(signedBytes + 9), rows);
  i = dot4(i, low_nibbles(rows), high_nibbles(rows));
  i = dot4_full(i, rows, rows);
  i = dot8_small(dot8(i, i, rows, i, rows), i, rows, i, rows);
  store(floats + 48, load_halves<V>(reinterpret_cast<int16_t *>(integers)));

#if defined(LMCC_RUNTIME_STUB_VECTOR_H)
  if constexpr (lanes<V> > 1) {
    store(floats, low_half(x) + high_half(y));
    store(floats + 32, lane<1>(x) + lane<0>(y));
    i = dot4_unsigned_lane<0>(dot4_lane<1>(i, i, rows), i, rows);
    i = dot4_full_lane<1>(i, i, rows);
    i = dot_lanes(i, i, rows);
  }
#endif
  store_bytes(signedBytes, i);
}

template <typename T> T useIntegers(T a, T b) {
  T sum = wrap_add(div_trunc(a, b), rem_trunc(a, b));
  T shifted = wrap_mul(shift_left(a, b), shift_right(a, b));
  return wrap_sub(sum, wrap_add(shifted, shift_right_unsigned(a, b)));
}

template <typename... Floats>
void useWidths(float *floats, int32_t *integers, uint8_t *bytes) {
  (useMemory<Floats>(floats, integers, bytes), ...);
}

} // namespace
} // namespace lmcc_rt

extern "C" void lmcc_test_use_all(float *floats, int32_t *integers,
                                  uint8_t *bytes);

extern "C" void lmcc_test_use_all(float *floats, int32_t *integers,
                                  uint8_t *bytes) {
  using namespace lmcc_rt;
  useWidths<LMCC_TEST_FLOATS>(floats, integers, bytes);
  integers[0] = useIntegers(integers[1], environment_probe());
  int64_t wide = useIntegers(to_i64(floats[0]), int64_t{integers[2]});
  floats[1] = to_f32(wide);
}

#endif
