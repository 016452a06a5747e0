//===- Main.cpp - Generated models and their peer, alternating ------------===//
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
#include "bench/Measure/Stream.h"
#include "bench/Models/Instance.h"
#include "bench/Models/Plan.h"
#include "bench/Peer/HideFeatures.h"
#include "bench/Peer/OnnxRuntime.h"
#include "bench/Peer/PlainDecoder.h"
#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <list>
#include <memory>

using namespace measure;
using namespace models;

/// Something that is timed: `work` so often per round that it takes a while,
/// since reading the clock costs as much as a small model.
struct Timed {
  std::function<void()> work;
  int repeats = 1;
  std::vector<double> seconds; ///< Of one call, a value per round.

  void calibrate() {
    constexpr double least = 1e-3;
    double start = threadSeconds();
    work();
    double once = threadSeconds() - start;
    repeats = once >= least ? 1 : static_cast<int>(std::ceil(least / once));
  }

  void measure() {
    double start = threadSeconds();
    for (int i = 0; i < repeats; ++i)
      work();
    seconds.push_back((threadSeconds() - start) / repeats);
  }
};

/// One generated model in a case.
struct Runner {
  const PlannedModel *planned = nullptr;
  std::unique_ptr<Instance> instance;
  double firstSeconds = 0;
  Timed own;
  Timed peer; ///< The runs of the peer that follow those of the model.
  Timed plain;
};

struct Case {
  const PlannedCase *planned = nullptr;
  std::list<Runner> runners;
  std::unique_ptr<peer::OnnxSession> session;
  std::vector<Tensor> peerOutputs;
  double peerLoadSeconds = 0, peerFirstSeconds = 0;
  size_t peerBytes = 0;
  Timed stream;
};

static double timeOnce(const std::function<void()> &work) {
  double start = wallSeconds();
  work();
  return wallSeconds() - start;
}

static void prepareModels(Case &into) {
  for (const PlannedModel &model : into.planned->models) {
    Runner &runner = into.runners.emplace_back();
    runner.planned = &model;
    runner.instance = std::make_unique<Instance>(model, *into.planned);
    Instance &instance = *runner.instance;
    runner.own.work = [&instance] { instance.run(); };
    runner.firstSeconds = timeOnce(runner.own.work);
    runner.own.calibrate();
  }
}

static void preparePeer(Case &into, const peer::OnnxRuntime &library) {
  size_t before = residentBytes();
  into.peerLoadSeconds = timeOnce([&] {
    into.session =
        std::make_unique<peer::OnnxSession>(library, into.planned->onnx);
  });
  into.peerOutputs = into.planned->outputs;
  for (Tensor &tensor : into.peerOutputs)
    tensor.allocate();
  into.session->bind(into.planned->inputs, into.peerOutputs);
  auto run = [&session = *into.session] { session.run(); };
  into.peerFirstSeconds = timeOnce(run);
  run();
  into.peerBytes = residentBytes() - before;
  for (Runner &runner : into.runners) {
    runner.peer.work = run;
    runner.peer.calibrate();
  }
}

/// Decodes up to the position; the step there is what is timed.
static void preparePlain(Case &into) {
  const PlannedCase &planned = *into.planned;
  plain_decoder_open(planned.plain.c_str(), planned.position + 1);
  for (int position = 0; position < planned.position; ++position)
    plain_decoder_step(1, position);
  for (Runner &runner : into.runners) {
    runner.plain.work = [&planned] { plain_decoder_step(1, planned.position); };
    runner.plain.calibrate();
  }
}

/// Reads the weights of the first model, when the peer has pushed them out of
/// the caches.
static void prepareStream(Case &into, uint64_t &sink) {
  const Generated &model = into.runners.front().instance->model();
  into.stream.work = [&model, &sink] {
    sink += readStream(model.blob, model.blobBytes / 256 * 256);
  };
  into.stream.calibrate();
}

static void runRound(Case &of) {
  for (Runner &runner : of.runners) {
    runner.own.measure();
    if (of.session)
      runner.peer.measure();
    if (runner.plain.work)
      runner.plain.measure();
  }
  if (!of.planned->stream)
    return;
  of.stream.measure();
  if (of.session)
    of.session->run();
}

/// The median over all rounds of `of(own time, other time)`.
static double medianOf(const std::vector<double> &own,
                       const std::vector<double> &other,
                       double (*of)(double, double)) {
  std::vector<double> values;
  for (size_t i = 0; i < own.size() && i < other.size(); ++i)
    values.push_back(of(own[i], other[i]));
  return median(values);
}

static void printRunner(const Case &of, const Runner &runner, const Timed &peak,
                        double peakOperations) {
  const Generated &model = runner.instance->model();
  auto quotient = [](double own, double other) { return other / own; };
  double share = medianOf(runner.own.seconds, peak.seconds, quotient) * 2 *
                 runner.planned->macs / peakOperations;
  std::printf("{\"case\": \"%s\", \"model\": \"%s\", \"ms\": %.6g, "
              "\"share\": %.6g, \"arena\": %zu, \"blob\": %zu, "
              "\"init_ms\": %.6g, \"first_ms\": %.6g, \"pages\": \"%s\"",
              of.planned->name.c_str(), model.name,
              1e3 * median(runner.own.seconds), share, model.arenaBytes,
              model.blobBytes, 1e3 * runner.instance->initSeconds(),
              1e3 * runner.firstSeconds, describeMapping(model.blob).c_str());
  if (of.session)
    std::printf(", \"peer_ms\": %.6g, \"ratio\": %.6g, \"error\": %.3g, "
                "\"peer_bytes\": %zu, \"peer_load_ms\": %.6g, "
                "\"peer_first_ms\": %.6g",
                1e3 * median(runner.peer.seconds),
                medianOf(runner.own.seconds, runner.peer.seconds, quotient),
                relativeError(runner.instance->outputs(), of.peerOutputs),
                of.peerBytes, 1e3 * of.peerLoadSeconds,
                1e3 * of.peerFirstSeconds);
  if (runner.plain.work)
    std::printf(", \"plain_ms\": %.6g, \"plain_ratio\": %.6g",
                1e3 * median(runner.plain.seconds),
                medianOf(runner.own.seconds, runner.plain.seconds, quotient));
  if (of.planned->stream)
    std::printf(", \"stream\": %.6g", static_cast<double>(model.blobBytes) /
                                          median(of.stream.seconds));
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

  uint64_t sink = 0;
  std::list<Case> cases;
  for (const PlannedCase &planned : plan.cases) {
    Case &added = cases.emplace_back();
    added.planned = &planned;
    prepareModels(added);
    if (library && !planned.onnx.empty())
      preparePeer(added, *library);
    if (!planned.plain.empty())
      preparePlain(added);
    if (planned.stream)
      prepareStream(added, sink);
  }
  float peakSink = 0;
  double peakOperations = 0;
  Timed peak;
  peak.work = [&] { peakOperations = runPeak(300000, &peakSink); };

  constexpr int warmUp = 3;
  for (int round = 0; round < warmUp + plan.rounds; ++round) {
    peak.measure();
    for (Case &one : cases)
      runRound(one);
    if (round + 1 == warmUp) {
      peak.seconds.clear();
      for (Case &one : cases) {
        one.stream.seconds.clear();
        for (Runner &runner : one.runners)
          for (Timed *timed : {&runner.own, &runner.peer, &runner.plain})
            timed->seconds.clear();
      }
    }
  }
  std::printf("{\"peak\": %.6g, \"version\": \"%s\"}\n",
              peakOperations / median(peak.seconds),
              library ? library->version() : "");
  for (const Case &one : cases)
    for (const Runner &runner : one.runners) {
      printRunner(one, runner, peak, peakOperations);
      if (plan.profileSeconds > 0)
        profile(runner, plan.profileSeconds);
    }
  // Never; the sums must not be optimised away.
  return peakSink == 12345.0f && sink == 12345;
}
