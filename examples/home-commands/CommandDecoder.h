//===- CommandDecoder.h - The decoder with its memory -----------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_EXAMPLES_HOMECOMMANDS_COMMANDDECODER_H
#define LMCC_EXAMPLES_HOMECOMMANDS_COMMANDDECODER_H

#include "home_decoder.h"

#include <stddef.h>
#include <stdint.h>

namespace home {

/// The generated model `home_decoder` and all the memory it works in. Meant to
/// be a static object; it needs initialize() before anything else.
///
/// Keys and values of the tokens read so far go from one run into the next. A
/// run writes them anew, one token longer, so there are two sets of buffers
/// that take turns.
///
/// All functions that can fail return a home_decoder_status.
class CommandDecoder {
public:
  int32_t initialize();

  /// Forgets all tokens.
  void restart() { past = 0; }

  /// Reads tokens, in runs as long as the model allows, and stores the most
  /// likely next token. Fails with a size out of bounds when the text grows
  /// beyond what the model was compiled for.
  int32_t read(const int64_t *tokens, size_t count, int64_t &next);

  /// Bytes of keys and values, both sets.
  static constexpr size_t cacheBytes() { return sizeof caches; }

private:
  static constexpr size_t cacheCount = HOME_DECODER_OUTPUT_COUNT - 1;
  static constexpr size_t fixedInputCount = 3;
  static_assert(HOME_DECODER_INPUT_COUNT == fixedInputCount + cacheCount,
                "tokens, mask and positions, then one input per output");
  static constexpr size_t arenaBytes = HOME_DECODER_ARENA_BYTES;
  static constexpr size_t chunkCapacity = HOME_DECODER_DIM_SEQUENCE_HIGH;
  static constexpr size_t textCapacity =
      HOME_DECODER_DIM_PAST_HIGH + HOME_DECODER_DIM_SEQUENCE_HIGH;
  static constexpr size_t cacheCapacity =
      HOME_DECODER_OUTPUT_1_MAX_BYTES / sizeof(float);
  static constexpr size_t logitsCapacity =
      HOME_DECODER_OUTPUT_0_MAX_BYTES / sizeof(float);
  static constexpr size_t vocabularySize = logitsCapacity / chunkCapacity;

  int32_t runChunk(const int64_t *tokens, size_t count);

  home_decoder_model model;
  size_t past;
  size_t currentCaches;
  alignas(HOME_DECODER_ARENA_ALIGNMENT) unsigned char arena[arenaBytes];
  float caches[2][cacheCount][cacheCapacity];
  float logits[logitsCapacity];
  int64_t attentionMask[textCapacity];
  int64_t positions[chunkCapacity];
};

} // namespace home

#endif // LMCC_EXAMPLES_HOMECOMMANDS_COMMANDDECODER_H
