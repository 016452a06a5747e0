//===- fake.cpp - A hand-written model with a generated contract --------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Defects that the harness must show are compiled in by name:
// FAKE_WRITE_BEYOND, FAKE_ARENA_BEYOND, FAKE_DIMS_BEYOND.
//
//===----------------------------------------------------------------------===//

#include "fake.h"

#include <string.h>

// 2.0f, 3.0f, 4.0f
const unsigned char fake_weights[12] = {0,    0,    0, 0x40, 0,    0,
                                        0x40, 0x40, 0, 0,    0x80, 0x40};

int32_t fake_init(fake_model *model, const void *blob, size_t blob_bytes,
                  void *arena, size_t arena_bytes) {
  if (blob_bytes != FAKE_BLOB_BYTES)
    return 1;
  if (arena_bytes != FAKE_ARENA_BYTES ||
      reinterpret_cast<uintptr_t>(arena) % FAKE_ARENA_ALIGNMENT != 0)
    return 2;
  model->blob = blob;
  model->arena = arena;
  return 0;
}

int32_t fake_check_weights(const fake_model *model,
                           void (*progress)(void *context, size_t done,
                                            size_t total),
                           void *context) {
  progress(context, FAKE_BLOB_BYTES, FAKE_BLOB_BYTES);
  return memcmp(model->blob, fake_weights, FAKE_BLOB_BYTES) == 0 ? 0 : 1;
}

int32_t fake_output_dims(const fake_dims *dims, uint32_t output,
                         int64_t *sizes) {
  if (output == 0) {
    sizes[0] = dims->batch;
    sizes[1] = 3;
    return 0;
  }
#ifdef FAKE_DIMS_BEYOND
  sizes[0] = 1000;
#else
  sizes[0] = dims->sequence + 1;
#endif
  return 0;
}

int32_t fake_run(fake_model *model, const fake_dims *dims,
                 const void *const *inputs, void *const *outputs) {
  if (dims->batch < 0 || dims->batch > 8 || dims->sequence < 0 ||
      dims->sequence > 15)
    return 3;
  float weights[3];
  memcpy(weights, model->blob, sizeof weights);
  const float *rows = static_cast<const float *>(inputs[0]);
  float *arena = static_cast<float *>(model->arena);
  float *scaled = static_cast<float *>(outputs[0]);
  const int64_t count = dims->batch * 3;
  for (int64_t at = 0; at < count; ++at)
    arena[at] = rows[at] * weights[at % 3];
  for (int64_t at = 0; at < count; ++at)
    scaled[at] = arena[at];

  const int8_t *bytes = static_cast<const int8_t *>(inputs[1]);
  int8_t *longer = static_cast<int8_t *>(outputs[1]);
  for (int64_t at = 0; at < dims->sequence; ++at)
    longer[at] = bytes[at];
  longer[dims->sequence] =
      static_cast<int8_t>(*static_cast<const int64_t *>(inputs[2]));
#ifdef FAKE_WRITE_BEYOND
  longer[dims->sequence + 1] = 0;
#endif
#ifdef FAKE_ARENA_BEYOND
  static_cast<unsigned char *>(model->arena)[FAKE_ARENA_BYTES] = 0;
#endif
  return 0;
}

const char *fake_status_text(int32_t status) {
  return status == 3 ? "a dimension is out of its bounds" : "wrong blob";
}
