//===- CommandDecoder.cpp - The decoder with its memory -------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CommandDecoder.h"

#include "LargestOf.h"

namespace home {

int32_t CommandDecoder::initialize() {
  const int32_t status =
      home_decoder_init(&model, home_decoder_weights, HOME_DECODER_BLOB_BYTES,
                        arena, sizeof arena);
  if (status != HOME_DECODER_OK)
    return status;
  return home_decoder_check_weights(&model, nullptr, nullptr);
}

int32_t CommandDecoder::read(const int64_t *tokens, size_t count,
                             int64_t &next) {
  // The tokenizer counts in 64 bits, for the encoder; the decoder in 32.
  int32_t piece[HOME_DECODER_CHUNK];
  for (size_t done = 0; done < count;) {
    size_t taken = 0;
    for (; taken < HOME_DECODER_CHUNK && done + taken < count; ++taken)
      piece[taken] = static_cast<int32_t>(tokens[done + taken]);
    done += taken;
    // Only the last token looks ahead.
    const int32_t status = home_decoder_prefill(
        &model, piece, taken, done == count ? logits : nullptr);
    if (status != HOME_DECODER_OK)
      return status;
  }
  next = static_cast<int64_t>(largestOf(logits, HOME_DECODER_VOCABULARY));
  return HOME_DECODER_OK;
}

} // namespace home
