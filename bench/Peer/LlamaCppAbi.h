//===- LlamaCppAbi.h - What is used of llama.cpp's C ABI -------*- C++ -*--===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The functions below have kept their meaning over many releases; the
// structures that they take by value have not. None is looked into: the library
// fills them with its defaults, the number of threads is set by a function of
// its own, and they go back as they came.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_BENCH_PEER_LLAMACPPABI_H
#define LMCC_BENCH_PEER_LLAMACPPABI_H

#include <cstdint>

namespace peer {

/// Handles that only the library looks into.
struct LlamaModel;
struct LlamaContext;
struct LlamaMemory;

/// A structure of the library, with room to spare. On x86-64 and AArch64 one
/// that is larger than two registers is returned in memory of the caller's; as
/// the last argument it lies in memory too, where the library reads as much as
/// it knows of.
struct LlamaStructure {
  uint64_t words[128];
};

/// The entry points in use, by their names without "llama_".
struct LlamaApi {
  /// In libggml: loads the best of the processor's variants from a folder.
  void (*ggml_backend_load_all_from_path)(const char *folder);
  const char *(*ggml_version)();

  /// (severity, text, data); null data.
  void (*log_set)(void (*)(int, const char *, void *), void *);
  LlamaStructure (*model_default_params)();
  /// Null if the file cannot be used.
  LlamaModel *(*model_load_from_file)(const char *path, LlamaStructure);
  LlamaStructure (*context_default_params)();
  /// Room for 512 tokens, by its defaults.
  LlamaContext *(*init_from_model)(LlamaModel *, LlamaStructure);
  /// (for one token, for several)
  void (*set_n_threads)(LlamaContext *, int32_t, int32_t);
  LlamaMemory *(*get_memory)(const LlamaContext *);
  /// Forgets the positions of a sequence from the first to before the last; -1
  /// means no bound.
  bool (*memory_seq_rm)(LlamaMemory *, int32_t sequence, int32_t first,
                        int32_t last);
  /// Tokens that follow those remembered; of the last, logits are wanted.
  LlamaStructure (*batch_get_one)(int32_t *tokens, int32_t count);
  /// Zero for success.
  int32_t (*decode)(LlamaContext *, LlamaStructure batch);
  /// Of the token with that place in the batch; -1 is the last.
  const float *(*get_logits_ith)(LlamaContext *, int32_t);
};

constexpr int llamaLogError = 4;

} // namespace peer

#endif // LMCC_BENCH_PEER_LLAMACPPABI_H
