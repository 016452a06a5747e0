//===- sampler.cpp - Choosing tokens --------------------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The cuts against a sort, odd logits, and one sequence that must be the same
// on all targets.
//
// RUN: %{gxx} -std=c++17 -I%{root} -O2 %s -o %t && %t
// RUN: %{clangxx} -std=c++17 -I%{root} -O3 %s -o %t && %t
// RUN: %{gxx} -std=c++17 -I%{root} -O1 -fsanitize=address,undefined -fno-sanitize-recover=all %s -o %t && %t
// RUN: %if host-avx2 %{ %{gxx} -std=c++17 -I%{root} -O3 -march=x86-64-v3 %s -o %t && %t %}
// RUN: %if host-avx512f %{ %{clangxx} -std=c++17 -I%{root} -O2 -march=x86-64-v4 %s -o %t && %t %}
// RUN: %if aarch64 %{ %{a64gxx} -std=c++17 -I%{root} -O2 -static %s -o %t && qemu-aarch64 -cpu cortex-a53 %t %}
//
//===----------------------------------------------------------------------===//

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <vector>

#include "test/runtime-stub/Parts.h"

#include "runtime-stub/Sampler.h"

#include "test/runtime-stub/Random.h"

namespace {

int failures = 0;

void expect(bool holds, const char *what) {
  if (holds)
    return;
  ++failures;
  std::printf("%s\n", what);
}

/// Logits with some equal ones.
std::vector<float> makeLogits(size_t count) {
  std::vector<float> logits(count);
  for (size_t i = 0; i < count; ++i)
    logits[i] = static_cast<float>((i * 7919) % 101) / 16 - 3;
  return logits;
}

size_t choose(std::vector<float> logits, float temperature, uint32_t topK,
              float topP, uint64_t &random) {
  return lmcc_rt::choose_token(logits.data(), logits.size(), temperature, topK,
                               topP, random);
}

/// Tokens by logits, the first one of equals first.
std::vector<size_t> sorted(const std::vector<float> &logits) {
  std::vector<size_t> order(logits.size());
  for (size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return logits[a] > logits[b] || (logits[a] == logits[b] && a < b);
  });
  return order;
}

void testGreedy() {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  uint64_t random = 1;
  expect(choose({1, 3, 3, 2}, 0, 0, 1, random) == 1, "first of equals");
  expect(choose({nan, 1, nan, 2}, 0, 0, 1, random) == 3, "NaN is not largest");
  expect(choose({nan, nan}, 1, 0, 1, random) == 0, "only NaN");
  expect(random == 1, "greedy choices draw no numbers");
  const float infinity = std::numeric_limits<float>::infinity();
  expect(choose({0, infinity, 1}, 1, 0, 1, random) == 1, "infinity");
  expect(choose({-infinity, -infinity}, 1, 0, 1, random) == 0, "only minus "
                                                               "infinity");
}

/// All that is ever chosen is among the first `k`, and all of those are.
void testTopK() {
  std::vector<float> logits = makeLogits(300);
  std::vector<size_t> order = sorted(logits);
  for (uint32_t k : {2u, 5u, 13u}) {
    std::vector<bool> seen(logits.size());
    uint64_t random = k;
    for (int draw = 0; draw < 4000; ++draw)
      seen[choose(logits, 2, k, 1, random)] = true;
    for (size_t place = 0; place < order.size(); ++place)
      expect(seen[order[place]] == (place < k), "top_k");
  }
}

/// The likeliest tokens that together reach the part, and no others.
void testTopP() {
  std::vector<float> logits = makeLogits(60);
  std::vector<size_t> order = sorted(logits);
  double total = 0;
  for (float logit : logits)
    total += std::exp(static_cast<double>(logit));
  for (float part : {0.0f, 0.25f, 0.5f, 0.9f}) {
    size_t kept = 0;
    for (double sum = 0; kept == 0 || sum < part * total; ++kept)
      sum += std::exp(static_cast<double>(logits[order[kept]]));
    std::vector<bool> seen(logits.size());
    uint64_t random = 7;
    for (int draw = 0; draw < 20000; ++draw)
      seen[choose(logits, 1, 0, part, random)] = true;
    for (size_t place = 0; place < order.size(); ++place)
      expect(seen[order[place]] == (place < kept), "top_p");
  }
}

/// As often as the probabilities say, within four standard deviations.
void testFrequencies() {
  std::vector<float> logits = {0, 1, 2, 3};
  const double draws = 40000;
  std::vector<double> counts(4);
  uint64_t random = 99;
  for (int draw = 0; draw < draws; ++draw)
    ++counts[choose(logits, 0.5f, 0, 1, random)];
  double total = 0;
  for (float logit : logits)
    total += std::exp(2.0 * logit);
  for (size_t i = 0; i < 4; ++i) {
    double p = std::exp(2.0 * logits[i]) / total;
    double deviation = std::sqrt(draws * p * (1 - p));
    expect(std::abs(counts[i] - draws * p) < 4 * deviation + 1, "frequency");
  }
}

void testSameSequence() {
  std::vector<float> logits = makeLogits(97);
  uint64_t random = 2024, hash = 0;
  for (int draw = 0; draw < 1000; ++draw)
    hash = hash * 31 + choose(logits, 0.8f, 40, 0.95f, random);
  expect(hash == 0xfdd476fda590c476u, "another sequence");
}

} // namespace

int main() {
  testGreedy();
  testTopK();
  testTopP();
  testFrequencies();
  testSameSequence();
  return failures != 0;
}
