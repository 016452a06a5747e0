//===- Instance.h - A generated model with its memory ----------*- C++ -*--===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_BENCH_MODELS_INSTANCE_H
#define LMCC_BENCH_MODELS_INSTANCE_H

#include "bench/Measure/Tensor.h"
#include "bench/Models/Generated.h"
#include "bench/Models/Plan.h"
#include <memory>
#include <vector>

namespace models {

/// A generated model with its arena, on the inputs of a case. A status other
/// than success ends the program.
class Instance {
public:
  virtual ~Instance() = default;

  /// What is timed: all of a model; or of one that keeps state, a token behind
  /// the prompt, or without a prompt all tokens from the start.
  virtual void run() = 0;

  /// What a run computed: all outputs, or the logits of the last token.
  const std::vector<measure::Tensor> &outputs() const { return results; }
  const Generated &model() const { return *generated; }
  double initSeconds() const { return initTime; }

protected:
  explicit Instance(const PlannedModel &planned);
  void check(int32_t status) const;

  const Generated *generated;
  std::vector<uint64_t> instance;
  std::vector<measure::Tensor> results;

private:
  measure::Tensor arena;
  double initTime = 0;
};

/// An instance of the planned kind; `inputs` must outlive it.
std::unique_ptr<Instance> makeInstance(const PlannedModel &planned,
                                       const PlannedCase &inputs);

/// The integers of a tensor as the tokens of a decoder.
std::vector<int32_t> tokensOf(const measure::Tensor &tensor);

} // namespace models

#endif // LMCC_BENCH_MODELS_INSTANCE_H
