/*===- caller.c - A careless caller of a generated model ---------------------===
 *
 * Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===
 *
 * The model is that of caller.test: a table of 5 rows, three free sizes, four
 * inputs and three outputs. Every buffer is exactly as large as the contract
 * says, so that a sanitizer sees the first byte beside it.
 */

#include "small.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 5, WIDTH = 3, MOST_TOKENS = 4, MOST_PAST = 6, MOST_BATCH = 3 };

static int checks, failures;

static void check_at(int line, const char *what, bool holds) {
  ++checks;
  if (holds)
    return;
  ++failures;
  printf("line %d: %s\n", line, what);
}

static void expect_at(int line, const char *what, int32_t status,
                      int32_t expected) {
  check_at(line, what, status == expected);
  if (status != expected)
    printf("  is '%s' instead of '%s'\n", small_status_text(status),
           small_status_text(expected));
}

#define CHECK(condition) check_at(__LINE__, #condition, condition)
#define EXPECT(call, status) expect_at(__LINE__, #call, call, status)

/*===- Memory ---------------------------------------------------------------===*/

static void *allocate(size_t bytes) {
  void *memory = aligned_alloc(64, (bytes + 64) / 64 * 64);
  if (memory == NULL) {
    puts("no memory");
    exit(2);
  }
  memset(memory, 0xa5, bytes);
  return memory;
}

/* `bytes` bytes that end where an allocation ends, and begin `offset` bytes
 * behind where one begins. */
typedef struct buffer {
  unsigned char *base;
  unsigned char *data;
} buffer;

static buffer exactly(size_t bytes, size_t offset) {
  buffer result;
  result.base = malloc(bytes + offset + 1);
  if (result.base == NULL) {
    puts("no memory");
    exit(2);
  }
  memset(result.base, 0xa5, bytes + offset + 1);
  result.data = realloc(result.base, bytes + offset + (bytes + offset == 0));
  result.base = result.data;
  result.data += offset;
  return result;
}

/*===- One run --------------------------------------------------------------===*/

/* What a run takes and gives at the sizes of `dims`. */
typedef struct call {
  small_dims dims;
  buffer memory[7];
  const void *inputs[4];
  void *outputs[3];
  size_t output_bytes[3];
} call;

static size_t size_of(int64_t rows, size_t columns, size_t element) {
  return (size_t)rows * columns * element;
}

/* Every buffer is `shift` elements away from a good alignment. */
static call prepare(small_dims dims, size_t shift) {
  const int64_t length = dims.sequence + dims.past;
  const size_t bytes[7] = {size_of(dims.sequence, 1, sizeof(int64_t)),
                           size_of(dims.past, WIDTH, sizeof(float)),
                           size_of(dims.batch, WIDTH, sizeof(float)),
                           size_of(dims.batch, 1, 1),
                           size_of(length, ROWS, sizeof(float)),
                           size_of(length, WIDTH, sizeof(float)),
                           size_of(dims.batch, ROWS, sizeof(float))};
  const size_t element[7] = {sizeof(int64_t), 4, 4, 1, 4, 4, 4};
  call result;
  result.dims = dims;
  for (int i = 0; i < 7; ++i)
    result.memory[i] = exactly(bytes[i], shift * element[i]);
  for (int i = 0; i < 4; ++i)
    result.inputs[i] = result.memory[i].data;
  for (int i = 0; i < 3; ++i) {
    result.outputs[i] = result.memory[4 + i].data;
    result.output_bytes[i] = bytes[4 + i];
  }
  for (int64_t i = 0; i < dims.sequence; ++i) {
    const int64_t token = (3 * i + 1) % ROWS;
    memcpy(result.memory[0].data + 8 * i, &token, sizeof token);
  }
  for (int input = 1; input < 3; ++input)
    for (size_t i = 0; i < bytes[input] / 4; ++i) {
      const float value = (float)i / 4 - (float)input;
      memcpy(result.memory[input].data + 4 * i, &value, sizeof value);
    }
  for (size_t i = 0; i < bytes[3]; ++i)
    result.memory[3].data[i] = i % 2 == 0;
  return result;
}

static void release(call *run) {
  for (int i = 0; i < 7; ++i)
    free(run->memory[i].base);
}

static bool same_outputs(const call *a, const call *b) {
  for (int i = 0; i < 3; ++i)
    if (memcmp(a->outputs[i], b->outputs[i], a->output_bytes[i]) != 0)
      return false;
  return true;
}

static int32_t start(small_model *model, const call *run) {
  return small_run(model, &run->dims, run->inputs, run->outputs);
}

static const small_dims usual = {3, 2, 3};

/*===- What can be wrong ----------------------------------------------------===*/

static void check_alignment(small_model *model) {
  for (int64_t sequence = 0; sequence <= MOST_TOKENS; ++sequence)
    for (int64_t past = 0; past <= MOST_PAST; ++past) {
      small_dims dims = {sequence, past, 2 + past % 2};
      call good = prepare(dims, 0), odd = prepare(dims, 1),
           odder = prepare(dims, 3);
      EXPECT(start(model, &good), SMALL_OK);
      EXPECT(start(model, &odd), SMALL_OK);
      EXPECT(start(model, &odder), SMALL_OK);
      CHECK(same_outputs(&good, &odd));
      CHECK(same_outputs(&good, &odder));
      release(&good);
      release(&odd);
      release(&odder);
    }
}

static void check_tokens(small_model *model) {
  /* ONNX counts negative indices from the end, but no token is meant so. */
  const int64_t wrong[] = {-1, ROWS, ROWS + 1, -ROWS, -ROWS - 1, INT64_MAX,
                           INT64_MIN, INT64_C(1) << 32, -(INT64_C(1) << 32)};
  for (int place = 0; place < 3; ++place)
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; ++i) {
      call spoilt = prepare(usual, 0);
      memcpy(spoilt.memory[0].data + 8 * place, &wrong[i], 8);
      EXPECT(start(model, &spoilt), SMALL_INDEX_OUT_OF_RANGE);
      release(&spoilt);
    }
}

/* A bool is whatever is not zero. */
static void check_bools(small_model *model) {
  call run = prepare(usual, 0), odd = prepare(usual, 0);
  for (int64_t i = 0; i < usual.batch; ++i)
    if (odd.memory[3].data[i] != 0)
      odd.memory[3].data[i] = (unsigned char)(0x80 >> i);
  EXPECT(start(model, &run), SMALL_OK);
  EXPECT(start(model, &odd), SMALL_OK);
  CHECK(same_outputs(&run, &odd));
  release(&run);
  release(&odd);
}

/* The usual sizes with size number `position` changed. */
static small_dims with(int position, int64_t value) {
  small_dims dims = usual;
  if (position == 0)
    dims.sequence = value;
  else if (position == 1)
    dims.past = value;
  else
    dims.batch = value;
  return dims;
}

static void check_sizes(small_model *model) {
  const int64_t low[3] = {SMALL_DIM_SEQUENCE_LOW, SMALL_DIM_PAST_LOW,
                          SMALL_DIM_BATCH_LOW};
  const int64_t high[3] = {SMALL_DIM_SEQUENCE_HIGH, SMALL_DIM_PAST_HIGH,
                           SMALL_DIM_BATCH_HIGH};
  call room = prepare((small_dims){MOST_TOKENS, MOST_PAST, MOST_BATCH}, 0);
  for (int dim = 0; dim < 3; ++dim) {
    const int64_t values[] = {0, low[dim], high[dim], low[dim] - 1,
                              high[dim] + 1, -1, INT64_MAX, INT64_MIN,
                              INT64_C(1) << 32};
    for (size_t i = 0; i < sizeof values / sizeof *values; ++i) {
      const bool fits = values[i] >= low[dim] && values[i] <= high[dim];
      const int32_t expected = fits ? SMALL_OK : SMALL_SIZE_OUT_OF_BOUNDS;
      int64_t sizes[2] = {-7, -7};
      room.dims = with(dim, values[i]);
      EXPECT(start(model, &room), expected);
      EXPECT(small_output_dims(&room.dims, 0, sizes), expected);
      CHECK(sizes[0] == (fits ? room.dims.sequence + room.dims.past : -7));
      CHECK(sizes[1] == (fits ? ROWS : -7));
    }
  }
  int64_t sizes[2];
  EXPECT(small_output_dims(&usual, SMALL_OUTPUT_COUNT, sizes),
         SMALL_INDEX_OUT_OF_RANGE);
  EXPECT(small_output_dims(&usual, UINT32_MAX, sizes),
         SMALL_INDEX_OUT_OF_RANGE);
  EXPECT(small_output_dims(NULL, 0, sizes), SMALL_NULL_ARGUMENT);
  EXPECT(small_output_dims(&usual, 0, NULL), SMALL_NULL_ARGUMENT);
  release(&room);
}

static void check_null_tensors(small_model *model) {
  for (int i = 0; i < 4; ++i) {
    call run = prepare(usual, 0);
    run.inputs[i] = NULL;
    EXPECT(start(model, &run), SMALL_NULL_ARGUMENT);
    release(&run);
  }
  for (int i = 0; i < 3; ++i) {
    call run = prepare(usual, 0);
    run.outputs[i] = NULL;
    EXPECT(start(model, &run), SMALL_NULL_ARGUMENT);
    release(&run);
  }
  call run = prepare(usual, 0);
  EXPECT(small_run(NULL, &run.dims, run.inputs, run.outputs),
         SMALL_NULL_ARGUMENT);
  EXPECT(small_run(model, NULL, run.inputs, run.outputs), SMALL_NULL_ARGUMENT);
  EXPECT(small_run(model, &run.dims, NULL, run.outputs), SMALL_NULL_ARGUMENT);
  EXPECT(small_run(model, &run.dims, run.inputs, NULL), SMALL_NULL_ARGUMENT);
  small_model empty = {NULL, NULL};
  EXPECT(start(&empty, &run), SMALL_NULL_ARGUMENT);
  EXPECT(small_check_weights(&empty, NULL, NULL), SMALL_NULL_ARGUMENT);
  EXPECT(small_check_weights(NULL, NULL, NULL), SMALL_NULL_ARGUMENT);
  release(&run);
}

/* Tensors without elements need no memory. */
static void check_empty_tensors(small_model *model) {
  call run = prepare((small_dims){0, 2, 2}, 0);
  run.inputs[0] = NULL;
  EXPECT(start(model, &run), SMALL_OK);
  release(&run);
  run = prepare((small_dims){2, 0, 2}, 0);
  run.inputs[1] = NULL;
  EXPECT(start(model, &run), SMALL_OK);
  release(&run);
  run = prepare((small_dims){0, 0, 2}, 0);
  run.inputs[0] = run.inputs[1] = NULL;
  run.outputs[0] = run.outputs[1] = NULL;
  EXPECT(start(model, &run), SMALL_OK);
  run.outputs[2] = NULL;
  EXPECT(start(model, &run), SMALL_NULL_ARGUMENT);
  release(&run);
}

static void check_init(void) {
  unsigned char *blob = allocate(SMALL_BLOB_BYTES + SMALL_BLOB_ALIGNMENT);
  unsigned char *arena = allocate(SMALL_ARENA_BYTES + SMALL_ARENA_ALIGNMENT);
  memcpy(blob, small_weights, SMALL_BLOB_BYTES);
  small_model model;
  const size_t bytes = SMALL_BLOB_BYTES, room = SMALL_ARENA_BYTES;
  EXPECT(small_init(&model, blob, bytes, arena, room), SMALL_OK);
  EXPECT(small_init(&model, blob, bytes + 5, arena, room + 5), SMALL_OK);
  EXPECT(small_init(NULL, blob, bytes, arena, room), SMALL_NULL_ARGUMENT);
  EXPECT(small_init(&model, NULL, bytes, arena, room), SMALL_NULL_ARGUMENT);
  EXPECT(small_init(&model, blob, bytes, NULL, room), SMALL_NULL_ARGUMENT);
  EXPECT(small_init(&model, blob, bytes, arena, room - 1),
         SMALL_ARENA_TOO_SMALL);
  EXPECT(small_init(&model, blob, bytes, arena, 0), SMALL_ARENA_TOO_SMALL);
  for (size_t size = 0; size < bytes; size += 7) {
    /* Nothing may be read behind the size that is stated. */
    unsigned char *part = allocate(size);
    memcpy(part, blob, size);
    EXPECT(small_init(&model, part, size, arena, room), SMALL_WRONG_WEIGHTS);
    free(part);
  }
  for (size_t offset = 1; offset < SMALL_BLOB_ALIGNMENT; ++offset) {
    EXPECT(small_init(&model, blob + offset, bytes, arena, room),
           SMALL_MISALIGNED);
    EXPECT(small_init(&model, blob, bytes, arena + offset, room),
           SMALL_MISALIGNED);
  }
  free(blob);
  free(arena);
}

static uint64_t read_u64(const unsigned char *from) {
  uint64_t value;
  memcpy(&value, from, sizeof value);
  return value;
}

/* Whether anything depends on the byte: sections are filled up to their
 * alignment. Their table, of offset, length and checksum, starts at byte 96,
 * and its length is in byte 88. */
static bool matters(const unsigned char *blob, size_t place) {
  uint32_t sections;
  memcpy(&sections, blob + 88, sizeof sections);
  if (place < read_u64(blob + 96))
    return true;
  for (const unsigned char *entry = blob + 96; sections-- > 0; entry += 24)
    if (place >= read_u64(entry) &&
        place - read_u64(entry) < read_u64(entry + 8))
      return true;
  return false;
}

/* Each bit is covered, by the short check or by the long one. */
static void check_damage(void) {
  unsigned char *blob = allocate(SMALL_BLOB_BYTES);
  unsigned char *arena = allocate(SMALL_ARENA_BYTES);
  memcpy(blob, small_weights, SMALL_BLOB_BYTES);
  const size_t magic_and_version = 12, lengths = 16, layout = 56;
  for (size_t place = 0; place < SMALL_BLOB_BYTES; ++place)
    for (int bit = 0; bit < 8; ++bit) {
      if (!matters(small_weights, place))
        continue;
      small_model model;
      blob[place] ^= (unsigned char)(1 << bit);
      const int32_t status =
          small_init(&model, blob, SMALL_BLOB_BYTES, arena, SMALL_ARENA_BYTES);
      if (place < magic_and_version || (place >= lengths && place < layout))
        EXPECT(status, SMALL_WRONG_WEIGHTS);
      else
        EXPECT(status, SMALL_OK);
      if (status == SMALL_OK)
        EXPECT(small_check_weights(&model, NULL, NULL),
               SMALL_DAMAGED_WEIGHTS);
      blob[place] ^= (unsigned char)(1 << bit);
    }
  free(blob);
  free(arena);
}

int main(void) {
  unsigned char *arena = allocate(SMALL_ARENA_BYTES);
  small_model model;
  EXPECT(small_init(&model, small_weights, SMALL_BLOB_BYTES, arena,
                    SMALL_ARENA_BYTES),
         SMALL_OK);
  EXPECT(small_check_weights(&model, NULL, NULL), SMALL_OK);
  check_alignment(&model);
  check_tokens(&model);
  check_bools(&model);
  check_sizes(&model);
  check_null_tensors(&model);
  check_empty_tensors(&model);
  check_init();
  check_damage();
  free(arena);
  printf("%d checks, %d failed\n", checks, failures);
  return failures == 0 ? 0 : 1;
}
