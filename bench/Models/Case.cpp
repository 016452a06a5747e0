//===- Case.cpp - The models of a case and their peers, timed -------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "bench/Models/Case.h"
#include "bench/Measure/Clock.h"
#include "bench/Measure/Process.h"
#include "bench/Measure/Stream.h"
#include "bench/Peer/PlainDecoder.h"
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace measure;

namespace models {

void Timed::set(std::function<void()> newWork) {
  work = std::move(newWork);
  constexpr double least = 1e-3;
  double start = threadSeconds();
  work();
  double once = threadSeconds() - start;
  repeats = once >= least ? 1 : static_cast<int>(std::ceil(least / once));
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

Case::Case(PlannedCase &planned, const peer::OnnxRuntime *library)
    : planned(planned) {
  if (library && !planned.onnx.empty())
    loadPeer(*library);
  prepareModels();
  if (!planned.plain.empty())
    preparePlain();
  if (planned.stream)
    prepareStream();
}

void Case::loadPeer(const peer::OnnxRuntime &library) {
  size_t before = residentBytes();
  peerLoadSeconds = timeOnce([&] {
    session = std::make_unique<peer::OnnxSession>(library, planned.onnx);
  });
  runPrompt();
  peerOutputs = planned.outputs;
  for (Tensor &tensor : peerOutputs)
    tensor.allocate();
  session->bind(planned.inputs, peerOutputs);
  peerFirstSeconds = timeOnce([&] { session->run(); });
  session->run();
  peerBytes = residentBytes() - before;
}

/// Runs the prompt in the peer and takes over what it leaves behind.
void Case::runPrompt() {
  if (planned.promptInputs.empty())
    return;
  for (Tensor &tensor : planned.promptOutputs)
    tensor.allocate();
  session->bind(planned.promptInputs, planned.promptOutputs);
  session->run();
  for (const Carried &carried : planned.carried)
    for (const Tensor &from : planned.promptOutputs) {
      Tensor &to = planned.inputs[carried.input];
      if (from.name == carried.promptOutput && from.bytes() == to.bytes())
        std::memcpy(to.data(), from.data(), to.bytes());
    }
}

void Case::prepareModels() {
  for (const PlannedModel &model : planned.models) {
    Runner &runner = runners.emplace_back();
    runner.planned = &model;
    runner.instance = makeInstance(model, planned);
    auto work = [&instance = *runner.instance] { instance.run(); };
    runner.firstSeconds = timeOnce(work);
    runner.own.set(work);
    if (session)
      runner.peer.set([this] { session->run(); });
  }
}

/// Decodes the prompt; the token behind it is what is timed.
void Case::preparePlain() {
  std::vector<int32_t> prompt = tokensOf(planned.promptInputs.front());
  int token = tokensOf(planned.inputs.front()).front();
  auto position = static_cast<int>(prompt.size());
  plain_decoder_open(planned.plain.c_str(), position + 1);
  for (int i = 0; i < position; ++i)
    plain_decoder_step(prompt[static_cast<size_t>(i)], i);
  Tensor logits = planned.outputs.front();
  logits.allocate();
  std::memcpy(logits.data(), plain_decoder_step(token, position),
              logits.bytes());
  plainOutputs.push_back(std::move(logits));
  for (Runner &runner : runners)
    runner.plain.set([=] { plain_decoder_step(token, position); });
}

void Case::prepareStream() {
  const Generated &model = runners.front().instance->model();
  stream.set([this, &model] {
    streamSum += readStream(model.blob, model.blobBytes / 256 * 256);
  });
}

void Case::runRound() {
  for (Runner &runner : runners) {
    runner.own.measure();
    runner.peer.measure();
    runner.plain.measure();
  }
  // The peer has pushed the weights out of the caches; it does so once more for
  // who comes next.
  stream.measure();
  if (stream.work && session)
    session->run();
}

void Case::forgetRounds() {
  stream.seconds.clear();
  for (Runner &runner : runners)
    for (Timed *timed : {&runner.own, &runner.peer, &runner.plain})
      timed->seconds.clear();
}

} // namespace models
