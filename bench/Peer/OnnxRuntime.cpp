//===- OnnxRuntime.cpp - A model in ONNX Runtime --------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "bench/Peer/OnnxRuntime.h"
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>

using measure::Tensor;

namespace peer {

[[noreturn]] static void fail(const char *sentence) {
  std::fprintf(stderr, "ONNX Runtime: %s\n", sentence);
  std::exit(1);
}

static const ApiBase *load(const std::string &library) {
  void *handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    fail(dlerror());
  void *symbol = dlsym(handle, "OrtGetApiBase");
  if (!symbol)
    fail(dlerror());
  return reinterpret_cast<const ApiBase *(*)()>(symbol)();
}

static void *const *tableOf(const ApiBase *base) {
  void *const *table = base->table(tableVersion);
  if (!table)
    fail("the library has no table of version 1");
  return table;
}

OnnxRuntime::OnnxRuntime(const std::string &library)
    : entries(tableOf(load(library))),
      versionText(load(library)->versionText()) {
  check(entries.createEnvironment(logErrors, "bench", &handle));
}

void OnnxRuntime::check(Status *status) const {
  if (status)
    fail(entries.errorMessage(status));
}

OnnxSession::OnnxSession(const OnnxRuntime &library, const std::string &model)
    : library(library) {
  const Api &api = library.api();
  Options *options = nullptr;
  library.check(api.createOptions(&options));
  library.check(api.setIntraOpThreads(options, 1));
  library.check(api.setInterOpThreads(options, 1));
  library.check(api.setOptimizationLevel(options, allOptimizations));
  library.check(api.createSession(library.environment(), model.c_str(), options,
                                  &session));
  library.check(api.createCpuMemory(deviceAllocator, defaultMemory, &memory));
}

Value *OnnxSession::wrap(Tensor &tensor) {
  Value *value = nullptr;
  library.check(library.api().createTensor(
      memory, tensor.data(), tensor.bytes(), tensor.sizes.data(),
      tensor.sizes.size(), tensor.elementType, &value));
  return value;
}

void OnnxSession::bind(const std::vector<Tensor> &inputs,
                       std::vector<Tensor> &outputs) {
  inputNames.clear(), inputValues.clear();
  outputNames.clear(), outputValues.clear();
  for (const Tensor &tensor : inputs) {
    inputNames.push_back(tensor.name.c_str());
    inputValues.push_back(wrap(const_cast<Tensor &>(tensor)));
  }
  for (Tensor &tensor : outputs) {
    outputNames.push_back(tensor.name.c_str());
    outputValues.push_back(wrap(tensor));
  }
}

void OnnxSession::run() {
  library.check(library.api().run(session, nullptr, inputNames.data(),
                                  inputValues.data(), inputValues.size(),
                                  outputNames.data(), outputValues.size(),
                                  outputValues.data()));
}

} // namespace peer
