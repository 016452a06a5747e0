//===- Main.cpp - One generated product against the peak ------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Prints the median GFLOP/s of the product and of the peak loop, which run
// alternately. ROWS, DEPTH and COLUMNS are the shape of the model `gemm`.
//
//===----------------------------------------------------------------------===//

#include "Peak.h"
#include "gemm.h"
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <sched.h>
#include <vector>

static double cpuSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) +
         1e-9 * static_cast<double>(now.tv_nsec);
}

static double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? std::atoi(argv[1]) : 60;
  cpu_set_t core;
  CPU_ZERO(&core);
  CPU_SET(sched_getcpu(), &core);
  sched_setaffinity(0, sizeof core, &core);

  void *arena = std::aligned_alloc(64, (GEMM_ARENA_BYTES + 127) / 64 * 64);
  gemm_model model;
  int32_t status =
      gemm_init(&model, gemm_weights, GEMM_BLOB_BYTES, arena, GEMM_ARENA_BYTES);
  std::vector<float> x(ROWS * DEPTH), y(ROWS * COLUMNS);
  for (size_t i = 0; i < x.size(); ++i)
    x[i] = static_cast<float>(i % 17) * 0.1f - 0.8f;
  const void *inputs[] = {x.data()};
  void *outputs[] = {y.data()};

  std::vector<double> ours, peak;
  float sink = 0;
  for (int round = 0; round < rounds + 5; ++round) {
    double start = cpuSeconds();
    double peakWork = runPeak(300000, &sink);
    double middle = cpuSeconds();
    status |= gemm_run(&model, nullptr, inputs, outputs);
    double end = cpuSeconds();
    if (round < 5)
      continue; // Warm up.
    peak.push_back(peakWork / (middle - start) * 1e-9);
    ours.push_back(2.0 * ROWS * DEPTH * COLUMNS / (end - middle) * 1e-9);
  }
  if (status != 0) {
    std::fprintf(stderr, "gemm: %s\n", gemm_status_text(status));
    return 1;
  }
  std::printf("%.2f %.2f\n", median(ours), median(peak));
  return sink == 12345.0f; // Never; the sum must not be optimised away.
}
