//===- Case.h - The models of a case and their peers, timed ----*- C++ -*--===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_BENCH_MODELS_CASE_H
#define LMCC_BENCH_MODELS_CASE_H

#include "bench/Models/Instance.h"
#include "bench/Peer/OnnxRuntime.h"
#include <functional>
#include <list>
#include <memory>
#include <vector>

namespace models {

/// Something that is timed: `work` so often per round that it takes a while,
/// since reading the clock costs as much as a small model.
struct Timed {
  std::function<void()> work; ///< Empty if there is nothing to time.
  int repeats = 1;
  std::vector<double> seconds; ///< Thread CPU time of one call, per round.

  void set(std::function<void()> newWork);
  void measure();
};

/// A generated model, and what runs after it in each round.
struct Runner {
  const PlannedModel *planned = nullptr;
  std::unique_ptr<Instance> instance;
  double firstSeconds = 0; ///< On the wall, of the first run.
  Timed own, peer, plain;
};

/// A case of a plan with all that takes part in it.
class Case {
public:
  /// `planned` gets the values that the prompt leaves behind.
  Case(PlannedCase &planned, const peer::OnnxRuntime *library);

  void runRound();
  void forgetRounds();

  PlannedCase &planned;
  std::list<Runner> runners;
  Timed stream;
  std::unique_ptr<peer::OnnxSession> session;
  std::vector<measure::Tensor> peerOutputs;
  std::vector<measure::Tensor> plainOutputs;
  double peerLoadSeconds = 0, peerFirstSeconds = 0; ///< On the wall.
  size_t peerBytes = 0; ///< Growth of the resident set by the session.

private:
  void loadPeer(const peer::OnnxRuntime &library);
  void runPrompt();
  void prepareModels();
  void preparePlain();
  void prepareStream();

  uint64_t streamSum = 0;
};

} // namespace models

#endif // LMCC_BENCH_MODELS_CASE_H
