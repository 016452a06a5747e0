//===- Rival.h - Who else runs on the inputs of a case ---------*- C++ -*--===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_BENCH_MODELS_RIVAL_H
#define LMCC_BENCH_MODELS_RIVAL_H

#include "bench/Models/Plan.h"
#include "bench/Peer/LlamaCpp.h"
#include "bench/Peer/OnnxRuntime.h"
#include <memory>
#include <vector>

namespace models {

/// The libraries of peers; null where the plan names none.
struct Libraries {
  std::unique_ptr<peer::OnnxRuntime> onnxRuntime;
  std::unique_ptr<peer::LlamaCpp> llamaCpp;
};

Libraries loadLibraries(const Plan &plan);

/// A peer that has loaded its model. What a run computes is the same as in an
/// Instance: all outputs, or the logits of the last token.
class Rival {
public:
  virtual ~Rival() = default;

  virtual void run() = 0;
  const std::vector<measure::Tensor> &outputs() const { return results; }

  const PlannedRival *planned = nullptr;
  double loadSeconds = 0, firstSeconds = 0; ///< On the wall.
  size_t bytes = 0; ///< Growth of the resident set by loading and two runs.

protected:
  std::vector<measure::Tensor> results;
};

/// Loads a rival, feeds it the prompt and runs it twice. The first that runs an
/// ONNX file also fills the inputs of the case that the prompt leaves behind.
std::unique_ptr<Rival> makeRival(const PlannedRival &planned, PlannedCase &of,
                                 const Libraries &libraries);

} // namespace models

#endif // LMCC_BENCH_MODELS_RIVAL_H
