//===- Peak.h - The multiply-add peak of one core ---------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_BENCH_MEASURE_PEAK_H
#define LMCC_BENCH_MEASURE_PEAK_H

/// Runs 12 independent chains of `steps` vector multiply-adds each. Returns the
/// number of floating-point operations (two per lane and step); `sink` keeps
/// the work alive.
double runPeak(long steps, float *sink);

/// The same for sums of 32 bits over products of 8-bit integers, two operations
/// per product. With vectors of 512 bits that is vpdpbusd if the processor has
/// it; else the seven instructions that two steps of signed bytes take at least
/// (docs/rationale/words-of-bytes.md).
double runIntegerPeak(long steps);

#endif // LMCC_BENCH_MEASURE_PEAK_H
