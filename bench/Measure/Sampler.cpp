//===- Sampler.cpp - Where a thread spends its time -----------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "bench/Measure/Sampler.h"
#include "bench/Measure/Clock.h"
#include <atomic>
#include <csignal>
#include <cstring>
#include <sys/time.h>
#include <ucontext.h>
#include <vector>

namespace measure {

// A signal handler reaches nothing but what lies outside all functions.
static std::vector<uint64_t> places;
static std::atomic<size_t> used;

static void onTick(int, siginfo_t *, void *data) {
  size_t place = used.load(std::memory_order_relaxed);
  if (place == places.size())
    return;
  const mcontext_t &machine = static_cast<ucontext_t *>(data)->uc_mcontext;
  places[place] = static_cast<uint64_t>(machine.gregs[REG_RIP]);
  used.store(place + 1, std::memory_order_relaxed);
}

static void tickEvery(suseconds_t microseconds) {
  itimerval timer;
  timer.it_interval = {0, microseconds};
  timer.it_value = {0, microseconds};
  setitimer(ITIMER_PROF, &timer, nullptr);
}

std::map<uint64_t, unsigned> sample(const std::function<void()> &work,
                                    double seconds) {
  places.assign(1 << 20, 0);
  used = 0;
  struct sigaction action;
  std::memset(&action, 0, sizeof action);
  action.sa_sigaction = onTick;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigaction(SIGPROF, &action, nullptr);
  double end = threadSeconds() + seconds;
  tickEvery(997);
  while (threadSeconds() < end)
    work();
  tickEvery(0);
  std::map<uint64_t, unsigned> counts;
  for (size_t i = 0; i < used; ++i)
    ++counts[places[i]];
  return counts;
}

} // namespace measure
