//===- LlamaCpp.h - A decoder in llama.cpp ----------------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_BENCH_PEER_LLAMACPP_H
#define LMCC_BENCH_PEER_LLAMACPP_H

#include "bench/Peer/LlamaCppAbi.h"
#include <string>
#include <vector>

namespace peer {

/// The loaded library, with the variant for this processor that it chose.
/// Errors of the library end the program.
class LlamaCpp {
public:
  explicit LlamaCpp(const std::string &library);

  const LlamaApi &api() const { return entries; }
  /// The version and the name of the variant.
  const std::string &version() const { return versionText; }

private:
  LlamaApi entries;
  std::string versionText;
};

/// A GGUF file with a cache for one sequence, one thread and defaults for all
/// else: the file mapped, weights rearranged as the variant likes it, a cache
/// of float16.
class LlamaDecoder {
public:
  LlamaDecoder(const LlamaCpp &library, const std::string &model);

  /// Takes tokens behind those remembered. Returns the logits of the last one,
  /// which the next call overwrites.
  const float *decode(std::vector<int32_t> &tokens);

  /// Forgets all but the first `count` tokens.
  void rewind(size_t count);

private:
  const LlamaApi &api;
  LlamaContext *context = nullptr;
};

} // namespace peer

#endif // LMCC_BENCH_PEER_LLAMACPP_H
