//===- Case.h - The models of a case and their rivals, timed --*- C++ -*--===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_BENCH_MODELS_CASE_H
#define LMCC_BENCH_MODELS_CASE_H

#include "bench/Models/Instance.h"
#include "bench/Models/Rival.h"
#include <functional>
#include <list>
#include <memory>
#include <vector>

namespace models {

/// Something that is timed: `work` so often per round that it takes its turn of
/// some time, since reading the clock costs as much as a small model.
struct Timed {
  std::function<void()> work; ///< Empty if there is nothing to time.
  int repeats = 1;
  std::vector<double> seconds; ///< Thread CPU time of one call, per round.

  void set(std::function<void()> newWork, double turnSeconds);
  void measure();
};

/// A generated model, and the rivals that run after it in each round.
struct Runner {
  const PlannedModel *planned = nullptr;
  std::unique_ptr<Instance> instance;
  double firstSeconds = 0; ///< On the wall, of the first run.
  Timed own;
  std::vector<Timed> rivals; ///< In the order of the case's.
};

/// A case of a plan with all that takes part in it.
class Case {
public:
  /// `planned` gets the values that the prompt leaves behind.
  Case(PlannedCase &planned, const Libraries &libraries);

  void runRound();
  void forgetRounds();

  /// The relative error of outputs against the reference; there must be rivals.
  double error(const std::vector<measure::Tensor> &outputs) const;

  PlannedCase &planned;
  std::list<Runner> runners;
  std::vector<std::unique_ptr<Rival>> rivals;
  Timed stream;
  size_t streamBytes = 0; ///< That `stream` reads.

private:
  void prepareModels();
  void prepareStream();

  std::unique_ptr<Rival> reference; ///< Null if it is the first rival.

  uint64_t streamSum = 0;
};

} // namespace models

#endif // LMCC_BENCH_MODELS_CASE_H
