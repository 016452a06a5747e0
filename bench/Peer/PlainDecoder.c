/*===- PlainDecoder.c - A decoder in plain loops --------------------------===//
 *
 * Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===//
 *
 * PLAIN_DECODER is the path of plain_decoder.c of the corpus, a program. What it
 * does stays as it is; its parts are called one by one.
 *
 *===----------------------------------------------------------------------===*/

#define main plain_decoder_main
#include PLAIN_DECODER
#undef main

#include "bench/Peer/PlainDecoder.h"

static int capacity;

void plain_decoder_open(const char *weights, int context) {
  capacity = context;
  load(weights);
  allocate(context);
}

const float *plain_decoder_step(int token, int position) {
  step(token, position, capacity);
  return logits;
}
