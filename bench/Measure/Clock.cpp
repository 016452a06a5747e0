//===- Clock.cpp - Thread CPU time, one core, medians ---------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "bench/Measure/Clock.h"
#include <algorithm>
#include <ctime>
#include <sched.h>

namespace measure {

static double seconds(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) +
         1e-9 * static_cast<double>(now.tv_nsec);
}

double threadSeconds() { return seconds(CLOCK_THREAD_CPUTIME_ID); }
double wallSeconds() { return seconds(CLOCK_MONOTONIC); }

void stayOnOneCore() {
  cpu_set_t core;
  CPU_ZERO(&core);
  CPU_SET(sched_getcpu(), &core);
  sched_setaffinity(0, sizeof core, &core);
}

double median(std::vector<double> values) {
  if (values.empty())
    return 0;
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

} // namespace measure
