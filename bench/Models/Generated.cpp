//===- Generated.cpp - A generated model behind one interface -------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiled once for each generated model of a program, with MODEL as its name
// and MODEL_UPPER as the same in capitals.
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

static int32_t init(void *instance, const void *blob, size_t blobBytes,
                    void *arena, size_t arenaBytes) {
  return LOWER(_init)(static_cast<LOWER(_model) *>(instance), blob, blobBytes,
                      arena, arenaBytes);
}

static int32_t run(void *instance, const int64_t *dims,
                   const void *const *inputs, void *const *outputs) {
  LOWER(_dims) sizes = {};
  std::memcpy(&sizes, dims, UPPER(_DIM_COUNT) * sizeof(int64_t));
  return LOWER(_run)(static_cast<LOWER(_model) *>(instance), &sizes, inputs,
                     outputs);
}

extern const models::Generated LOWER(_generated);
const models::Generated LOWER(_generated) = {
    TEXT_AGAIN(MODEL),
    LOWER(_weights),
    UPPER(_BLOB_BYTES),
    UPPER(_ARENA_BYTES),
    UPPER(_ARENA_ALIGNMENT),
    sizeof(LOWER(_model)),
    UPPER(_DIM_COUNT),
    init,
    run,
    LOWER(_status_text),
};
