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

/// The generated model `home_decoder` and all the memory it works in, keys and
/// values of the tokens so far included. Meant to be a static object; it needs
/// initialize() before anything else.
///
/// All functions that can fail return a home_decoder_status.
class CommandDecoder {
public:
  int32_t initialize();

  /// Forgets all tokens.
  int32_t restart() { return home_decoder_reset(&model); }

  /// Reads tokens and stores the most likely next one. Fails with a full cache
  /// when the text grows beyond what the model was compiled for.
  int32_t read(const int64_t *tokens, size_t count, int64_t &next);

private:
  home_decoder_model model;
  alignas(HOME_DECODER_ARENA_ALIGNMENT) unsigned char
      arena[HOME_DECODER_ARENA_BYTES];
  float logits[HOME_DECODER_VOCABULARY];
};

} // namespace home

#endif // LMCC_EXAMPLES_HOMECOMMANDS_COMMANDDECODER_H
