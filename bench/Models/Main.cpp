//===- Main.cpp - Generated models and their peers, alternating -----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs what a plan says (see Plan.h) and prints a line of JSON per generated
// model. In each round every model runs, and after each one the peer, on one
// core; times are thread CPU time. Ratios are formed within a round, where both
// met the same machine, and printed are medians over all rounds.
//
//===----------------------------------------------------------------------===//

#include "bench/Measure/Clock.h"
#include "bench/Measure/Peak.h"
#include "bench/Measure/Process.h"
#include "bench/Measure/Sampler.h"
#include "bench/Models/Case.h"
#include "bench/Models/Plan.h"
#include "bench/Peer/HideFeatures.h"
#include <cinttypes>
#include <cstdio>
#include <cstdlib>

using namespace measure;
using namespace models;

/// The median over all rounds of other / own.
static double medianQuotient(const Timed &own, const Timed &other) {
  std::vector<double> values;
  for (size_t i = 0; i < own.seconds.size() && i < other.seconds.size(); ++i)
    values.push_back(other.seconds[i] / own.seconds[i]);
  return median(values);
}

/// Prints `, "name": value`.
static void printField(const char *name, double value) {
  std::printf(", \"%s\": %.6g", name, value);
}

static void printPeers(const Case &of, const Runner &runner) {
  const std::vector<Tensor> &outputs = runner.instance->outputs();
  if (of.session) {
    printField("peer_ms", 1e3 * median(runner.peer.seconds));
    printField("ratio", medianQuotient(runner.own, runner.peer));
    printField("error", relativeError(outputs, of.peerOutputs));
    printField("peer_bytes", static_cast<double>(of.peerBytes));
    printField("peer_load_ms", 1e3 * of.peerLoadSeconds);
    printField("peer_first_ms", 1e3 * of.peerFirstSeconds);
  }
  if (runner.plain.work) {
    printField("plain_ms", 1e3 * median(runner.plain.seconds));
    printField("plain_ratio", medianQuotient(runner.own, runner.plain));
    printField("plain_error", relativeError(of.plainOutputs, outputs));
  }
  if (of.stream.work)
    printField("stream",
               static_cast<double>(runner.instance->model().blobBytes) /
                   median(of.stream.seconds));
}

/// A line of JSON about a model.
static void print(const Case &of, const Runner &runner, const Timed &peak,
                  double peakOperations) {
  const Generated &model = runner.instance->model();
  std::printf("{\"case\": \"%s\", \"model\": \"%s\", \"pages\": \"%s\"",
              of.planned.name.c_str(), model.name,
              describeMapping(model.blob).c_str());
  printField("ms", 1e3 * median(runner.own.seconds));
  printField("share", medianQuotient(runner.own, peak) * 2 *
                          runner.planned->macs / peakOperations);
  printField("arena", static_cast<double>(model.arenaBytes));
  printField("blob", static_cast<double>(model.blobBytes));
  printField("init_ms", 1e3 * runner.instance->initSeconds());
  printField("first_ms", 1e3 * runner.firstSeconds);
  printPeers(of, runner);
  std::printf("}\n");
}

static void profile(const Runner &runner, double seconds) {
  for (auto [address, count] : sample(runner.own.work, seconds))
    std::printf("{\"profile\": \"%s\", \"address\": %" PRIu64
                ", \"count\": %u}\n",
                runner.planned->name.c_str(), address, count);
}

int main(int argc, char **argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s PLAN\n", argv[0]);
    return 2;
  }
  Plan plan = readPlan(argv[1]);
  stayOnOneCore();
  if (plan.hideAvx512 && !peer::hideAvx512()) {
    std::fprintf(stderr, "this machine cannot hide AVX-512 from the peer\n");
    return 1;
  }
  std::unique_ptr<peer::OnnxRuntime> library;
  if (!plan.library.empty())
    library = std::make_unique<peer::OnnxRuntime>(plan.library);
  std::list<Case> cases;
  for (PlannedCase &planned : plan.cases)
    cases.emplace_back(planned, library.get());

  float sink = 0;
  double peakOperations = 0;
  Timed peak;
  peak.set([&] { peakOperations = runPeak(300000, &sink); });
  constexpr int warmUp = 3;
  for (int round = 0; round < warmUp + plan.rounds; ++round) {
    if (round == warmUp) {
      peak.seconds.clear();
      for (Case &one : cases)
        one.forgetRounds();
    }
    peak.measure();
    for (Case &one : cases)
      one.runRound();
  }
  std::printf("{\"peak\": %.6g, \"version\": \"%s\"}\n",
              peakOperations / median(peak.seconds),
              library ? library->version() : "");
  for (const Case &one : cases)
    for (const Runner &runner : one.runners) {
      print(one, runner, peak, peakOperations);
      if (plan.profileSeconds > 0)
        profile(runner, plan.profileSeconds);
    }
  return sink == 12345.0f; // Never; the sum must not be optimised away.
}
