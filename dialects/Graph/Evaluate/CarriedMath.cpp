//===- CarriedMath.cpp - Elementary functions of generated code -----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Evaluate/CarriedMath.h"
#include <cmath>

// The parts of generic-c++, in their order; they do not include each other.
// clang-format off
#include "runtime-stub/Prologue.h"
#include "runtime-stub/Generic.h"
#include "runtime-stub/Scalar.h"
#include "runtime-stub/Math.h"
// clang-format on

namespace lmcc::graph::carried {

float exp(float x) { return lmcc_rt::exp(x); }
float log(float x) { return lmcc_rt::log(x); }
float sqrt(float x) { return lmcc_rt::sqrt(x); }
float sin(float x) { return lmcc_rt::sin(x); }
float cos(float x) { return lmcc_rt::cos(x); }
float tanh(float x) { return lmcc_rt::tanh(x); }
float erf(float x) { return lmcc_rt::erf(x); }
float sigmoid(float x) { return lmcc_rt::sigmoid(x); }
float pow(float x, float y) { return lmcc_rt::pow(x, y); }

double exp(double x) { return std::exp(x); }
double log(double x) { return std::log(x); }
double sqrt(double x) { return std::sqrt(x); }
double sin(double x) { return std::sin(x); }
double cos(double x) { return std::cos(x); }
double tanh(double x) { return std::tanh(x); }
double erf(double x) { return std::erf(x); }
double sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }
double pow(double x, double y) { return std::pow(x, y); }

} // namespace lmcc::graph::carried
