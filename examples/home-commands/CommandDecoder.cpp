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
  // Nothing is ever hidden from the model.
  for (int64_t &use : attentionMask)
    use = 1;
  restart();
  currentCaches = 0;
  const int32_t status =
      home_decoder_init(&model, home_decoder_weights, HOME_DECODER_BLOB_BYTES,
                        arena, sizeof arena);
  if (status != HOME_DECODER_OK)
    return status;
  return home_decoder_check_weights(&model, nullptr, nullptr);
}

int32_t CommandDecoder::runChunk(const int64_t *tokens, size_t count) {
  for (size_t at = 0; at < count; ++at)
    positions[at] = static_cast<int64_t>(past + at);

  const size_t nextCaches = 1 - currentCaches;
  const void *inputs[HOME_DECODER_INPUT_COUNT] = {tokens, attentionMask,
                                                  positions};
  void *outputs[HOME_DECODER_OUTPUT_COUNT] = {logits};
  for (size_t cache = 0; cache < cacheCount; ++cache) {
    inputs[fixedInputCount + cache] = caches[currentCaches][cache];
    outputs[1 + cache] = caches[nextCaches][cache];
  }
  home_decoder_dims dims = {};
  dims.sequence = static_cast<int64_t>(count);
  dims.past = static_cast<int64_t>(past);
  const int32_t status = home_decoder_run(&model, &dims, inputs, outputs);
  if (status != HOME_DECODER_OK)
    return status;
  past += count;
  currentCaches = nextCaches;
  return HOME_DECODER_OK;
}

int32_t CommandDecoder::read(const int64_t *tokens, size_t count,
                             int64_t &next) {
  size_t chunk = 0;
  for (size_t done = 0; done < count; done += chunk) {
    chunk = count - done < chunkCapacity ? count - done : chunkCapacity;
    const int32_t status = runChunk(tokens + done, chunk);
    if (status != HOME_DECODER_OK)
      return status;
  }
  // Each token of a run has its row of logits; only the last row looks ahead.
  const float *row = logits + (chunk - 1) * vocabularySize;
  next = static_cast<int64_t>(largestOf(row, vocabularySize));
  return HOME_DECODER_OK;
}

} // namespace home
