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

Instance::Instance(const PlannedModel &planned, const PlannedCase &inputs)
    : generated(find(planned.name.c_str())), dims(planned.dims),
      results(inputs.outputs) {
  if (!generated || generated->dimCount != dims.size()) {
    std::fprintf(stderr, "%s: no such model, or other sizes than it has\n",
                 planned.name.c_str());
    std::exit(1);
  }
  instance.resize(generated->instanceBytes / sizeof(uint64_t) + 1);
  arena.elementBytes = 1;
  arena.sizes = {static_cast<int64_t>(generated->arenaBytes)};
  arena.allocate();
  for (const Tensor &tensor : inputs.inputs)
    inputPointers.push_back(tensor.data());
  for (Tensor &tensor : results) {
    tensor.allocate();
    outputPointers.push_back(tensor.data());
  }
  double start = measure::wallSeconds();
  check(generated->init(instance.data(), generated->blob, generated->blobBytes,
                        arena.data(), generated->arenaBytes));
  initTime = measure::wallSeconds() - start;
}

void Instance::run() {
  check(generated->run(instance.data(), dims.data(), inputPointers.data(),
                       outputPointers.data()));
}

void Instance::check(int32_t status) const {
  if (status == 0)
    return;
  std::fprintf(stderr, "%s: %s\n", generated->name,
               generated->statusText(status));
  std::exit(1);
}

} // namespace models
