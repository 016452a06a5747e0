//===- Main.cpp - Generated models and their rivals, alternating ----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs what a plan says (see Plan.h) and prints a line of JSON per generated
// model. In each round every model runs, and after each one its rivals, on
// one core; times are thread CPU time. Ratios are formed within a round, where
// both met the same machine, and printed are medians over all rounds.
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
#include <cmath>
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
  std::printf(std::isfinite(value) ? ", \"%s\": %.6g" : ", \"%s\": Infinity",
              name, value);
}

static void printRivals(const Case &of, const Runner &runner) {
  std::printf(", \"rivals\": {");
  for (size_t i = 0; i < of.rivals.size(); ++i) {
    const Rival &rival = *of.rivals[i];
    const char *name = rival.planned->name.c_str();
    std::printf("%s\"%s\": {\"name\": \"%s\"", i == 0 ? "" : ", ", name, name);
    printField("ms", 1e3 * median(runner.rivals[i].seconds));
    printField("ratio", medianQuotient(runner.own, runner.rivals[i]));
    printField("error", of.error(rival.outputs()));
    printField("bytes", static_cast<double>(rival.bytes));
    printField("load_ms", 1e3 * rival.loadSeconds);
    printField("first_ms", 1e3 * rival.firstSeconds);
    std::printf("}");
  }
  std::printf("}");
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
  if (!of.rivals.empty())
    printField("error", of.error(runner.instance->outputs()));
  if (of.stream.work)
    printField("stream",
               static_cast<double>(of.streamBytes) / median(of.stream.seconds));
  printRivals(of, runner);
  std::printf("}\n");
}

static void profile(const Runner &runner, double seconds) {
  for (auto [address, count] : sample(runner.own.work, seconds))
    std::printf("{\"profile\": \"%s\", \"address\": %" PRIu64
                ", \"count\": %u}\n",
                runner.planned->name.c_str(), address, count);
}

/// The loops that no product can outrun, timed in each round.
struct Limits {
  Timed floats, integers;
  double floatOperations = 0, integerOperations = 0;
  float sink = 0; ///< Keeps the work alive.

  Limits() {
    floats.set([this] { floatOperations = runPeak(300000, &sink); }, 0);
    integers.set([this] { integerOperations = runIntegerPeak(300000); }, 0);
  }
};

static void runRound(std::list<Case> &cases, Limits &limits) {
  limits.floats.measure();
  limits.integers.measure();
  for (Case &one : cases)
    one.runRound();
}

static void runRounds(std::list<Case> &cases, Limits &limits, int rounds) {
  constexpr int warmUp = 3;
  for (int round = 0; round < warmUp; ++round)
    runRound(cases, limits);
  limits.floats.seconds.clear();
  limits.integers.seconds.clear();
  for (Case &one : cases)
    one.forgetRounds();
  for (int round = 0; round < rounds; ++round)
    runRound(cases, limits);
}

static void printMachine(const Libraries &libraries, const Limits &limits) {
  std::printf("{\"onnx_runtime\": \"%s\", \"llama_cpp\": \"%s\"",
              libraries.onnxRuntime ? libraries.onnxRuntime->version() : "",
              libraries.llamaCpp ? libraries.llamaCpp->version().c_str() : "");
  printField("peak", limits.floatOperations / median(limits.floats.seconds));
  printField("integer_peak",
             limits.integerOperations / median(limits.integers.seconds));
  std::printf("}\n");
}

int main(int argc, char **argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s PLAN\n", argv[0]);
    return 2;
  }
  Plan plan = readPlan(argv[1]);
  stayOnOneCore();
  if (!plan.hidden.empty() && !peer::hideFeatures(plan.hidden)) {
    std::fprintf(stderr, "this machine cannot hide %s from rivals\n",
                 plan.hidden.c_str());
    return 1;
  }
  Libraries libraries = loadLibraries(plan);
  std::list<Case> cases;
  for (PlannedCase &planned : plan.cases)
    cases.emplace_back(planned, libraries);
  Limits limits;
  runRounds(cases, limits, plan.rounds);
  printMachine(libraries, limits);
  for (const Case &one : cases)
    for (const Runner &runner : one.runners) {
      print(one, runner, limits.floats, limits.floatOperations);
      if (plan.profileSeconds > 0)
        profile(runner, plan.profileSeconds);
    }
  return limits.sink == 12345.0f; // Never; the sum must not be optimised away.
}
