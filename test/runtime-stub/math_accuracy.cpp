//===- math_accuracy.cpp - Errors of the carried functions ----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compares the carried functions with the double functions of the host, over
// every `stride`-th float and over the neighbourhoods of special ones, and
// fails where an error is above the one stated in runtime-stub/Math.h.
//
//   math_accuracy STRIDE [FUNCTION]
//
// With stride 1 these are all floats, in minutes per function.
//
// RUN: %{gxx} -std=c++17 -I%{root} -O2 %s -o %t.generic
// RUN: %t.generic 10007
// RUN: %if host-avx2 %{ %{gxx} -std=c++17 -I%{root} -O2 -march=x86-64-v3 %s -o %t.v3 %}
// RUN: %if host-avx2 %{ %t.v3 1009 %}
// RUN: %if host-avx512f %{ %{clangxx} -std=c++17 -I%{root} -O2 -march=x86-64-v4 %s -o %t.v4 %}
// RUN: %if host-avx512f %{ %t.v4 1009 %}
//
//===----------------------------------------------------------------------===//

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

#include "test/runtime-stub/Parts.h"
#include "test/runtime-stub/Random.h"

namespace {

using lmcc_rt::WidestFloat;

constexpr int width = static_cast<int>(sizeof(WidestFloat) / sizeof(float));

/// What a function promises besides its error.
enum class Promise {
  Plain,
  NoDenormals, ///< 0 where the exact result is below 2^-126
  Periodic,    ///< accurate up to 2^16, from -1 to 1 above
  PeriodicFar, ///< accurate up to 2^22, from -1 to 1 above
};

struct Function {
  const char *name;
  WidestFloat (*carried)(WidestFloat);
  double (*exact)(double);
  double limit; ///< in ulp
  Promise promise;
};

struct Worst {
  double error = 0;
  float operand = 0;

  void take(double newError, float newOperand) {
    if (newError > error) {
      error = newError;
      operand = newOperand;
    }
  }
};

/// The error of `got` in units of the last place of a float of the size of
/// `exact`; huge where one is NaN and the other is not. Overflow counts as
/// 2^128, so that infinity is right next to the largest float.
double ulpError(float got, double exact) {
  if (std::isnan(exact) || std::isnan(got))
    return std::isnan(exact) && std::isnan(got) ? 0 : HUGE_VAL;
  auto clamped = [](double x) {
    return std::fmin(std::fmax(x, -0x1p128), 0x1p128);
  };
  double reference = clamped(exact);
  double difference = std::fabs(clamped(static_cast<double>(got)) - reference);
  if (difference == 0)
    return 0;
  int exponent = reference == 0 ? -126 : std::ilogb(reference);
  exponent = exponent < -126 ? -126 : exponent > 127 ? 127 : exponent;
  return std::ldexp(difference, 23 - exponent);
}

/// Up to where the error of a function is limited; above, only its range is.
double accurateUpTo(Promise promise) {
  switch (promise) {
  case Promise::Periodic: return 0x1p16;
  case Promise::PeriodicFar: return 0x1p22;
  case Promise::Plain:
  case Promise::NoDenormals: break;
  }
  return HUGE_VAL;
}

double errorOf(const Function &function, float x, float got) {
  double operand = static_cast<double>(x);
  if (std::fabs(operand) > accurateUpTo(function.promise) && std::isfinite(x))
    return got >= -1 && got <= 1 ? 0 : HUGE_VAL;
  double exact = function.exact(operand);
  if (function.promise == Promise::NoDenormals && std::fabs(exact) < 0x1p-126)
    return got == 0 || got == 0x1p-126f ? 0 : HUGE_VAL;
  return ulpError(got, exact);
}

void measure(const Function &function, const uint32_t (&patterns)[width],
             Worst &worst) {
  float operands[width];
  float results[width];
  std::memcpy(operands, patterns, sizeof operands);
  lmcc_rt::store(results,
                 function.carried(lmcc_rt::load<WidestFloat>(operands)));
  for (int lane = 0; lane < width; ++lane)
    worst.take(errorOf(function, operands[lane], results[lane]),
               operands[lane]);
}

/// Every `stride`-th pattern.
void sweep(const Function &function, uint64_t stride, Worst &worst) {
  constexpr uint64_t end = uint64_t(1) << 32;
  for (uint64_t first = 0; first < end; first += stride * width) {
    uint32_t patterns[width];
    for (int lane = 0; lane < width; ++lane)
      patterns[lane] =
          static_cast<uint32_t>(first + stride * static_cast<uint64_t>(lane));
    measure(function, patterns, worst);
  }
}

/// `radius` patterns on both sides of `x` and of -x.
void sweepAround(const Function &function, float x, uint32_t radius,
                 Worst &worst) {
  uint32_t center = static_cast<uint32_t>(lmcc_rt::bits(x));
  for (uint32_t offset = 0; offset <= radius; offset += width) {
    uint32_t above[width], below[width], opposite[width], oppositeBelow[width];
    for (int lane = 0; lane < width; ++lane) {
      uint32_t distance = offset + static_cast<uint32_t>(lane);
      above[lane] = center + distance;
      below[lane] = center - distance;
      opposite[lane] = above[lane] ^ 0x80000000u;
      oppositeBelow[lane] = below[lane] ^ 0x80000000u;
    }
    for (auto *patterns : {&above, &below, &opposite, &oppositeBelow})
      measure(function, *patterns, worst);
  }
}

void sweepSpecial(const Function &function, Worst &worst) {
  for (int32_t exponent = 0; exponent <= 255; ++exponent)
    sweepAround(function, lmcc_rt::from_bits(exponent << 23), 64, worst);
  // Where the functions saturate, change form or lose their relative error.
  for (float x : {87.33654f, 88.72284f, 103.97208f, 126.0f, 128.0f, 10.0f, 4.0f,
                  0.70710678f, 1.0f, 1.41421356f, 65536.0f, 4194304.0f})
    sweepAround(function, x, 4096, worst);
  for (int quadrant = 1; quadrant < 4096; ++quadrant)
    sweepAround(function, static_cast<float>(quadrant * 0.78539816339744831),
                16, worst);
}

double exactSigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double exactRsqrt(double x) { return 1 / std::sqrt(x); }

constexpr Function functions[] = {
    {"exp", lmcc_rt::exp, std::exp, 2.0, Promise::NoDenormals},
    {"exp2", lmcc_rt::exp2, std::exp2, 2.0, Promise::NoDenormals},
    {"log", lmcc_rt::log, std::log, 1.0, Promise::Plain},
    {"tanh", lmcc_rt::tanh, std::tanh, 3.0, Promise::Plain},
    {"erf", lmcc_rt::erf, std::erf, 2.0, Promise::Plain},
    {"sigmoid", lmcc_rt::sigmoid, exactSigmoid, 3.0, Promise::NoDenormals},
    {"sin", lmcc_rt::sin, std::sin, 2.0, Promise::Periodic},
    {"cos", lmcc_rt::cos, std::cos, 2.0, Promise::Periodic},
    {"sin-far", lmcc_rt::sin, std::sin, 6.0, Promise::PeriodicFar},
    {"cos-far", lmcc_rt::cos, std::cos, 6.0, Promise::PeriodicFar},
    {"sqrt", lmcc_rt::sqrt, std::sqrt, 0.5, Promise::Plain},
    {"rsqrt", lmcc_rt::rsqrt, exactRsqrt, 1.5, Promise::Plain},
};

bool report(const char *name, const Worst &worst, double limit) {
  bool good = worst.error <= limit;
  std::printf("%-8s %.3f ulp at %.9g (0x%08x), limit %.1f%s\n", name,
              worst.error, static_cast<double>(worst.operand),
              static_cast<uint32_t>(lmcc_rt::bits(worst.operand)), limit,
              good ? "" : " EXCEEDED");
  return good;
}

//===----------------------------------------------------------------------===//
// pow has too many operands: random ones, and all pairs of special ones.
//===----------------------------------------------------------------------===//

double powError(float x, float y, float got) {
  double exact = std::pow(static_cast<double>(x), static_cast<double>(y));
  if (std::fabs(exact) < 0x1p-126)
    return std::fabs(got) <= 0x1p-126f &&
                   std::signbit(got) == std::signbit(exact)
               ? 0
               : HUGE_VAL;
  return ulpError(got, exact);
}

void measurePow(const float (&x)[width], const float (&y)[width],
                Worst &worst) {
  float results[width];
  lmcc_rt::store(results, lmcc_rt::pow(lmcc_rt::load<WidestFloat>(x),
                                       lmcc_rt::load<WidestFloat>(y)));
  for (int lane = 0; lane < width; ++lane)
    worst.take(powError(x[lane], y[lane], results[lane]), x[lane]);
}

/// Bases of every size or, half of the time, near 1; exponents that use the
/// whole range of the result, and integral ones for negative bases.
void sweepPow(uint64_t stride, Worst &worst) {
  Random random;
  uint64_t count = (uint64_t(1) << 30) / (stride * width);
  for (uint64_t step = 0; step < count; ++step) {
    float x[width], y[width];
    for (int lane = 0; lane < width; ++lane) {
      uint32_t pattern = random.next();
      if (pattern & 1)
        pattern = 0x3f000000u + ((pattern >> 1) & 0x00ffffff);
      x[lane] = lmcc_rt::from_bits(static_cast<int32_t>(pattern));
      double range = 130 / std::log2(std::fabs(static_cast<double>(x[lane])));
      double fraction = static_cast<double>(random.next()) * 0x1p-31 - 1;
      y[lane] = static_cast<float>(range * fraction);
      if (x[lane] < 0)
        y[lane] = std::nearbyint(y[lane]);
    }
    measurePow(x, y, worst);
  }
}

void sweepPowSpecial(Worst &worst) {
  constexpr float nan = __builtin_nanf("");
  constexpr float values[] = {
      0.0f,       1.0f,       0.5f,        2.0f,        3.0f,   1e-45f,
      1e-40f,     0x1p-126f,  0.99999994f, 1.0000001f,  1.5f,   7.0f,
      8388607.0f, 8388608.0f, 16777215.0f, 16777216.0f, 1e10f,  3.4028235e38f,
      INFINITY,   nan,        0.33333334f, 127.0f,      128.0f, 149.0f};
  for (float base : values)
    for (float exponent : values)
      for (int signs = 0; signs < 4; ++signs) {
        float x[width], y[width];
        for (int lane = 0; lane < width; ++lane) {
          x[lane] = signs & 1 ? -base : base;
          y[lane] = signs & 2 ? -exponent : exponent;
        }
        measurePow(x, y, worst);
      }
}

} // namespace

int main(int argc, char **argv) {
  if (argc < 2 || std::strtoull(argv[1], nullptr, 10) == 0) {
    std::fprintf(stderr, "usage: %s STRIDE [FUNCTION]\n", argv[0]);
    return 2;
  }
  uint64_t stride = std::strtoull(argv[1], nullptr, 10);
  auto wanted = [&](const char *name) {
    return argc < 3 || std::strcmp(argv[2], name) == 0;
  };

  bool good = true;
  for (const Function &function : functions) {
    if (!wanted(function.name))
      continue;
    Worst worst;
    sweep(function, stride, worst);
    sweepSpecial(function, worst);
    good &= report(function.name, worst, function.limit);
  }
  if (wanted("pow")) {
    Worst worst;
    sweepPow(stride, worst);
    sweepPowSpecial(worst);
    good &= report("pow", worst, 4.0);
  }
  return good ? 0 : 1;
}
