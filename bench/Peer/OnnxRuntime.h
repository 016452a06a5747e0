//===- OnnxRuntime.h - A model in ONNX Runtime ------------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_BENCH_PEER_ONNXRUNTIME_H
#define LMCC_BENCH_PEER_ONNXRUNTIME_H

#include "bench/Measure/Tensor.h"
#include "bench/Peer/OnnxRuntimeAbi.h"
#include <string>
#include <vector>

namespace peer {

/// The loaded library. Errors of the library end the program with its message.
class OnnxRuntime {
public:
  explicit OnnxRuntime(const std::string &library);

  const Api &api() const { return entries; }
  Environment *environment() const { return handle; }
  const char *version() const { return versionText; }
  void check(Status *status) const;

private:
  Api entries;
  const char *versionText = nullptr;
  Environment *handle = nullptr;
};

/// A session with one thread and all optimisations. It runs on the memory of
/// the tensors last bound, which must stay; outputs are written in place, so a
/// run copies nothing.
class OnnxSession {
public:
  OnnxSession(const OnnxRuntime &library, const std::string &model);

  void bind(const std::vector<measure::Tensor> &inputs,
            std::vector<measure::Tensor> &outputs);
  void run();

private:
  Value *wrap(measure::Tensor &tensor);

  const OnnxRuntime &library;
  Session *session = nullptr;
  MemoryInfo *memory = nullptr;
  std::vector<const char *> inputNames, outputNames;
  std::vector<Value *> inputValues, outputValues;
};

} // namespace peer

#endif // LMCC_BENCH_PEER_ONNXRUNTIME_H
