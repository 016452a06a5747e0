//===- Instance.cpp - A generated model with its memory -------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "bench/Models/Instance.h"
#include "bench/Measure/Clock.h"
#include <cstdio>
#include <cstdlib>

using measure::Tensor;

namespace models {

Instance::Instance(const PlannedModel &planned)
    : generated(find(planned.name.c_str())) {
  if (!generated || generated->dimCount != planned.dims.size() ||
      (planned.keepsState ? !generated->decode : !generated->run)) {
    std::fprintf(stderr, "%s: no such model, or other sizes than it has\n",
                 planned.name.c_str());
    std::exit(1);
  }
  instance.resize(generated->instanceBytes / sizeof(uint64_t) + 1);
  arena.elementBytes = 1;
  arena.sizes = {static_cast<int64_t>(generated->arenaBytes)};
  arena.allocate();
  double start = measure::wallSeconds();
  check(generated->init(instance.data(), generated->blob, generated->blobBytes,
                        arena.data(), generated->arenaBytes));
  initTime = measure::wallSeconds() - start;
}

void Instance::check(int32_t status) const {
  if (status == 0)
    return;
  std::fprintf(stderr, "%s: %s\n", generated->name,
               generated->statusText(status));
  std::exit(1);
}

std::vector<int32_t> tokensOf(const Tensor &tensor) {
  const auto *ids = static_cast<const int64_t *>(tensor.data());
  std::vector<int32_t> tokens;
  for (size_t i = 0; i < tensor.elements(); ++i)
    tokens.push_back(static_cast<int32_t>(ids[i]));
  return tokens;
}

namespace {

/// Through the function with the signature of the ONNX model.
class Stateless : public Instance {
public:
  Stateless(const PlannedModel &planned, const PlannedCase &of)
      : Instance(planned), dims(planned.dims) {
    results = of.outputs;
    for (const Tensor &tensor : of.inputs)
      inputs.push_back(tensor.data());
    for (Tensor &tensor : results) {
      tensor.allocate();
      outputs.push_back(tensor.data());
    }
  }

  void run() override {
    check(generated->run(instance.data(), dims.data(), inputs.data(),
                         outputs.data()));
  }

private:
  std::vector<int64_t> dims;
  std::vector<const void *> inputs;
  std::vector<void *> outputs;
};

/// Through the functions that remember the tokens before.
class Stateful : public Instance {
public:
  Stateful(const PlannedModel &planned, const PlannedCase &of)
      : Instance(planned), tokens(tokensOf(of.inputs.front())) {
    Tensor logits = of.outputs.front();
    logits.sizes = {static_cast<int64_t>(generated->vocabulary)};
    logits.allocate();
    results.push_back(std::move(logits));
    if (of.promptInputs.empty())
      return;
    std::vector<int32_t> prompt = tokensOf(of.promptInputs.front());
    behind = prompt.size();
    check(generated->prefill(instance.data(), prompt.data(), behind, nullptr));
  }

  void run() override {
    auto *logits = static_cast<float *>(results.front().data());
    check(generated->rewind(instance.data(), behind));
    check(behind != 0 ? generated->decode(instance.data(), tokens[0], logits)
                      : generated->prefill(instance.data(), tokens.data(),
                                           tokens.size(), logits));
  }

private:
  std::vector<int32_t> tokens;
  size_t behind = 0; ///< Tokens of the prompt.
};

} // namespace

std::unique_ptr<Instance> makeInstance(const PlannedModel &planned,
                                       const PlannedCase &inputs) {
  if (planned.keepsState)
    return std::make_unique<Stateful>(planned, inputs);
  return std::make_unique<Stateless>(planned, inputs);
}

} // namespace models
