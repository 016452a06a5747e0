/*===- constant.h - The contract of a model without inputs and symbols ------===
 *
 * Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef CONSTANT_H
#define CONSTANT_H

#include <stddef.h>
#include <stdint.h>

#define CONSTANT_ARENA_BYTES 0u
#define CONSTANT_ARENA_ALIGNMENT 1u
#define CONSTANT_BLOB_BYTES 1u
#define CONSTANT_BLOB_ALIGNMENT 1u
#define CONSTANT_INPUT_COUNT 0u
#define CONSTANT_OUTPUT_COUNT 1u
#define CONSTANT_DIM_COUNT 0u
#define CONSTANT_OUTPUT_0_RANK 0u /* answer: int32 scalar */
#define CONSTANT_OUTPUT_0_ELEMENT_BYTES 4u
#define CONSTANT_OUTPUT_0_MAX_BYTES 4u

#ifdef __cplusplus
extern "C" {
#endif

typedef struct constant_dims {
  int64_t unused_;
} constant_dims;

typedef struct constant_model {
  const void *blob;
} constant_model;

int32_t constant_init(constant_model *model, const void *blob,
                      size_t blob_bytes, void *arena, size_t arena_bytes);
int32_t constant_check_weights(const constant_model *model,
                               void (*progress)(void *context, size_t done,
                                                size_t total),
                               void *context);
int32_t constant_run(constant_model *model, const constant_dims *dims,
                     const void *const *inputs, void *const *outputs);
int32_t constant_output_dims(const constant_dims *dims, uint32_t output,
                             int64_t *sizes);
const char *constant_status_text(int32_t status);

extern const unsigned char constant_weights[];

#ifdef __cplusplus
}
#endif

#endif
