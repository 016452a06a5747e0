//===- CarriedMath.h - Elementary functions of generated code ---*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// In float, the very text that generated code carries (runtime-stub/Math.h),
// so that folding a constant or packing a weight gives the same bits on every
// host. In double, those of the C library.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_DIALECTS_GRAPH_EVALUATE_CARRIEDMATH_H
#define LMCC_DIALECTS_GRAPH_EVALUATE_CARRIEDMATH_H

namespace lmcc::graph::carried {

float exp(float x);
float log(float x);
float sqrt(float x);
float sin(float x);
float cos(float x);
float tanh(float x);
float erf(float x);
float sigmoid(float x);
float pow(float x, float y);

double exp(double x);
double log(double x);
double sqrt(double x);
double sin(double x);
double cos(double x);
double tanh(double x);
double erf(double x);
double sigmoid(double x);
double pow(double x, double y);

} // namespace lmcc::graph::carried

#endif // LMCC_DIALECTS_GRAPH_EVALUATE_CARRIEDMATH_H
