//===- Sampler.h - Where a thread spends its time --------------*- C++ -*--===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_BENCH_MEASURE_SAMPLER_H
#define LMCC_BENCH_MEASURE_SAMPLER_H

#include <cstdint>
#include <functional>
#include <map>

namespace measure {

/// Calls `work` again and again for `seconds` of processor time and counts at
/// which instructions a periodic signal (SIGPROF) meets it. The counts are of
/// addresses; the symbol table of the program says to whom they belong.
std::map<uint64_t, unsigned> sample(const std::function<void()> &work,
                                    double seconds);

} // namespace measure

#endif // LMCC_BENCH_MEASURE_SAMPLER_H
