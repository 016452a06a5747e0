//===- Generated.cpp - A generated model behind one interface -------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiled once for each generated model of a program, with MODEL as its name
// and MODEL_UPPER as the same in capitals; with KEEPS_STATE for one that was
// compiled with --entry=stateful.
//
//===----------------------------------------------------------------------===//

#include <cstring>

#define PASTE(a, b) a##b
#define PASTE_AGAIN(a, b) PASTE(a, b)
#define LOWER(suffix) PASTE_AGAIN(MODEL, suffix)
#define UPPER(suffix) PASTE_AGAIN(MODEL_UPPER, suffix)
#define TEXT(name) #name
#define TEXT_AGAIN(name) TEXT(name)

#include TEXT_AGAIN(MODEL.h)

#include "bench/Models/Generated.h"

using models::Generated;

static auto *as(void *instance) {
  return static_cast<LOWER(_model) *>(instance);
}

#ifdef KEEPS_STATE
static void describe(Generated &model) {
  model.vocabulary = UPPER(_VOCABULARY);
  model.prefill = [](void *instance, const int32_t *tokens, size_t count,
                     float *logits) {
    return LOWER(_prefill)(as(instance), tokens, count, logits);
  };
  model.decode = [](void *instance, int32_t token, float *logits) {
    return LOWER(_decode)(as(instance), token, logits);
  };
  model.rewind = [](void *instance, size_t position) {
    return LOWER(_rewind)(as(instance), position);
  };
}
#else
static void describe(Generated &model) {
  model.dimCount = UPPER(_DIM_COUNT);
  model.run = [](void *instance, const int64_t *dims, const void *const *inputs,
                 void *const *outputs) {
    LOWER(_dims) sizes = {};
    std::memcpy(&sizes, dims, UPPER(_DIM_COUNT) * sizeof(int64_t));
    return LOWER(_run)(as(instance), &sizes, inputs, outputs);
  };
}
#endif

Generated LOWER(_describe)() {
  Generated model = {};
  model.name = TEXT_AGAIN(MODEL);
  model.blob = LOWER(_weights);
  model.blobBytes = UPPER(_BLOB_BYTES);
  model.arenaBytes = UPPER(_ARENA_BYTES);
  model.instanceBytes = sizeof(LOWER(_model));
  model.init = [](void *instance, const void *blob, size_t blobBytes,
                  void *arena, size_t arenaBytes) {
    return LOWER(_init)(as(instance), blob, blobBytes, arena, arenaBytes);
  };
  model.statusText = LOWER(_status_text);
  describe(model);
  return model;
}
