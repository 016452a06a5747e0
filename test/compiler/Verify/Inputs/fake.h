/*===- fake.h - A hand-written model with the contract of a generated one ---===
 *
 * Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===------------------------------------------------------------------------===
 *
 *   scaled  = rows * weights     float32 [batch, 3] * [3]
 *   longer  = bytes ++ offset    int8 [sequence + 1]
 *
 *===----------------------------------------------------------------------===*/

#ifndef FAKE_H
#define FAKE_H

#include <stddef.h>
#include <stdint.h>

#define FAKE_ARENA_BYTES 96u
#define FAKE_ARENA_ALIGNMENT 64u
#define FAKE_BLOB_BYTES 12u
#define FAKE_BLOB_ALIGNMENT 4u
#define FAKE_INPUT_COUNT 3u
#define FAKE_OUTPUT_COUNT 2u
#define FAKE_DIM_COUNT 2u

#define FAKE_INPUT_0_RANK 2u /* rows: batch at most 8 */
#define FAKE_INPUT_0_ELEMENT_BYTES 4u
#define FAKE_INPUT_1_RANK 1u /* bytes: sequence at most 15 */
#define FAKE_INPUT_1_ELEMENT_BYTES 1u
#define FAKE_INPUT_2_RANK 0u /* offset */
#define FAKE_INPUT_2_ELEMENT_BYTES 8u
#define FAKE_OUTPUT_0_RANK 2u
#define FAKE_OUTPUT_0_ELEMENT_BYTES 4u
#define FAKE_OUTPUT_0_MAX_BYTES 96u
#define FAKE_OUTPUT_1_RANK 1u
#define FAKE_OUTPUT_1_ELEMENT_BYTES 1u
#define FAKE_OUTPUT_1_MAX_BYTES 16u

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fake_dims {
  int64_t batch;
  int64_t sequence;
} fake_dims;

typedef struct fake_model {
  const void *blob;
  void *arena;
} fake_model;

int32_t fake_init(fake_model *model, const void *blob, size_t blob_bytes,
                  void *arena, size_t arena_bytes);
int32_t fake_check_weights(const fake_model *model,
                           void (*progress)(void *context, size_t done,
                                            size_t total),
                           void *context);
int32_t fake_run(fake_model *model, const fake_dims *dims,
                 const void *const *inputs, void *const *outputs);
int32_t fake_output_dims(const fake_dims *dims, uint32_t output,
                         int64_t *sizes);
const char *fake_status_text(int32_t status);

extern const unsigned char fake_weights[];

#ifdef __cplusplus
}
#endif

#endif
