//===- Generated.h - A generated model behind one interface ----*- C++ -*--===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_BENCH_MODELS_GENERATED_H
#define LMCC_BENCH_MODELS_GENERATED_H

#include <cstddef>
#include <cstdint>

namespace models {

/// What the header of a generated model says, for programs that hold several.
/// Functions that the model does not have are null.
struct Generated {
  const char *name;
  const unsigned char *blob;
  size_t blobBytes;
  size_t arenaBytes;
  size_t instanceBytes;
  int32_t (*init)(void *instance, const void *blob, size_t blobBytes,
                  void *arena, size_t arenaBytes);
  const char *(*statusText)(int32_t status);

  /// `dims` has `dimCount` sizes in the order of the header.
  size_t dimCount;
  int32_t (*run)(void *instance, const int64_t *dims, const void *const *inputs,
                 void *const *outputs);

  /// Of a decoder that keeps its state; logits are `vocabulary` floats.
  size_t vocabulary;
  int32_t (*prefill)(void *instance, const int32_t *tokens, size_t count,
                     float *logits);
  int32_t (*decode)(void *instance, int32_t token, float *logits);
  int32_t (*rewind)(void *instance, size_t position);
};

/// The model of that name, or null.
const Generated *find(const char *name);

} // namespace models

#endif // LMCC_BENCH_MODELS_GENERATED_H
