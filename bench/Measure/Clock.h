//===- Clock.h - Thread CPU time, one core, medians ------------*- C++ -*--===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_BENCH_MEASURE_CLOCK_H
#define LMCC_BENCH_MEASURE_CLOCK_H

#include <vector>

namespace measure {

/// Seconds of processor time of this thread: time in which another program had
/// the core does not count.
double threadSeconds();

/// Seconds of a clock on the wall.
double wallSeconds();

/// Keeps this thread on the core where it runs now.
void stayOnOneCore();

/// The middle value; the upper one of two.
double median(std::vector<double> values);

} // namespace measure

#endif // LMCC_BENCH_MEASURE_CLOCK_H
