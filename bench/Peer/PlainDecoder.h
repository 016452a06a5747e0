/*===- PlainDecoder.h - A decoder in plain loops ------------------*- C -*-===//
 *
 * Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef LMCC_BENCH_PEER_PLAINDECODER_H
#define LMCC_BENCH_PEER_PLAINDECODER_H

#ifdef __cplusplus
extern "C" {
#endif

/* Weak: programs that never call the decoder are linked without it. */

/* Reads the weights, of which there is one set per program, and makes room for
 * `context` tokens. A file that cannot be used ends the program. */
__attribute__((weak)) void plain_decoder_open(const char *weights, int context);

/* Decodes the token at a position below `context`, behind those decoded so far.
 * Returns its logits, which the next step overwrites. */
__attribute__((weak)) const float *plain_decoder_step(int token, int position);

#ifdef __cplusplus
}
#endif

#endif /* LMCC_BENCH_PEER_PLAINDECODER_H */
