//===- CommandClassifier.h - The encoder with its memory --------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_EXAMPLES_HOMECOMMANDS_COMMANDCLASSIFIER_H
#define LMCC_EXAMPLES_HOMECOMMANDS_COMMANDCLASSIFIER_H

#include "home_encoder.h"

#include <stddef.h>
#include <stdint.h>

namespace home {

/// What an utterance with one command asks for; `-` where it names nothing.
struct Labels {
  const char *intent;
  const char *room;
  const char *value;
};

/// The generated model `home_encoder` and all the memory it works in. Meant to
/// be a static object; it needs initialize() before anything else.
///
/// All functions that can fail return a home_encoder_status.
class CommandClassifier {
public:
  /// The most tokens that classify() looks at.
  static constexpr size_t tokenCapacity = HOME_ENCODER_DIM_SEQUENCE_HIGH;

  int32_t initialize();

  /// Tokens beyond the capacity are not looked at.
  int32_t classify(const int64_t *tokens, size_t count, Labels &labels);

private:
  static_assert(HOME_ENCODER_INPUT_COUNT == 2, "tokens and mask");
  static_assert(HOME_ENCODER_OUTPUT_COUNT == 3, "intent, room and value");

  static constexpr size_t arenaBytes = HOME_ENCODER_ARENA_BYTES;

  home_encoder_model model;
  alignas(HOME_ENCODER_ARENA_ALIGNMENT) unsigned char arena[arenaBytes];
  float intent[HOME_ENCODER_OUTPUT_0_MAX_BYTES / sizeof(float)];
  float room[HOME_ENCODER_OUTPUT_1_MAX_BYTES / sizeof(float)];
  float value[HOME_ENCODER_OUTPUT_2_MAX_BYTES / sizeof(float)];
  int64_t attentionMask[tokenCapacity];
};

} // namespace home

#endif // LMCC_EXAMPLES_HOMECOMMANDS_COMMANDCLASSIFIER_H
