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
#include <vector>

namespace models {

/// A generated model, its arena and its outputs, on the inputs of a case, which
/// must outlive it. A status other than success ends the program.
class Instance {
public:
  Instance(const PlannedModel &planned, const PlannedCase &inputs);

  void run();

  const Generated &model() const { return *generated; }
  const std::vector<measure::Tensor> &outputs() const { return results; }
  double initSeconds() const { return initTime; }

private:
  void check(int32_t status) const;

  const Generated *generated;
  std::vector<int64_t> dims;
  std::vector<uint64_t> instance;
  measure::Tensor arena;
  std::vector<measure::Tensor> results;
  std::vector<const void *> inputPointers;
  std::vector<void *> outputPointers;
  double initTime = 0;
};

} // namespace models

#endif // LMCC_BENCH_MODELS_INSTANCE_H
