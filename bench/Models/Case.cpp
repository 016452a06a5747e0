//===- Case.cpp - The models of a case and their rivals, timed -----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "bench/Models/Case.h"
#include "bench/Measure/Clock.h"
#include "bench/Measure/Stream.h"
#include <cmath>

using namespace measure;

namespace models {

void Timed::set(std::function<void()> newWork, double turnSeconds) {
  work = std::move(newWork);
  double start = threadSeconds();
  work();
  double once = threadSeconds() - start;
  repeats =
      once >= turnSeconds ? 1 : static_cast<int>(std::ceil(turnSeconds / once));
}

void Timed::measure() {
  if (!work)
    return;
  double start = threadSeconds();
  for (int i = 0; i < repeats; ++i)
    work();
  seconds.push_back((threadSeconds() - start) / repeats);
}

static double timeOnce(const std::function<void()> &work) {
  double start = wallSeconds();
  work();
  return wallSeconds() - start;
}

Case::Case(PlannedCase &planned, const Libraries &libraries)
    : planned(planned) {
  if (planned.reference)
    reference = makeRival(*planned.reference, planned, libraries);
  for (const PlannedRival &one : planned.rivals)
    rivals.push_back(makeRival(one, planned, libraries));
  prepareModels();
  if (planned.stream)
    prepareStream();
}

double Case::error(const std::vector<Tensor> &outputs) const {
  const Rival &exact = reference ? *reference : *rivals.front();
  return relativeError(outputs, exact.outputs());
}

void Case::prepareModels() {
  for (const PlannedModel &model : planned.models) {
    Runner &runner = runners.emplace_back();
    runner.planned = &model;
    runner.instance = makeInstance(model, planned);
    auto work = [&instance = *runner.instance] { instance.run(); };
    runner.firstSeconds = timeOnce(work);
    runner.own.set(work, planned.turnSeconds);
    for (const std::unique_ptr<Rival> &rival : rivals)
      runner.rivals.emplace_back().set([&rival = *rival] { rival.run(); },
                                       planned.turnSeconds);
  }
}

void Case::prepareStream() {
  const Generated &model = runners.front().instance->model();
  streamBytes = model.blobBytes / 256 * 256;
  stream.set(
      [this, &model] { streamSum += readStream(model.blob, streamBytes); },
      planned.turnSeconds);
}

void Case::runRound() {
  for (Runner &runner : runners) {
    runner.own.measure();
    for (Timed &rival : runner.rivals)
      rival.measure();
  }
  // The rival has pushed the weights out of the caches; it does so once more
  // for who comes next.
  stream.measure();
  if (stream.work && !rivals.empty())
    rivals.front()->run();
}

void Case::forgetRounds() {
  stream.seconds.clear();
  for (Runner &runner : runners) {
    runner.own.seconds.clear();
    for (Timed &rival : runner.rivals)
      rival.seconds.clear();
  }
}

} // namespace models
