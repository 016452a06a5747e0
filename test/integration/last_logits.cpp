//===- last_logits.cpp - The logits of the last token alone ---------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   last_logits LOGITS TOKEN...
//
// For the decoder `story`, which gives the logits of the last token of a call:
// they must be the bits that the file LOGITS has for each of the tokens, in
// prompts of any length.
//
// Exit status: 0; 1 after a line that says what differs.
//
//===----------------------------------------------------------------------===//

#include "story.h"

enum class Input { tokens, mask, positions, state, parameter };
#include "inputs.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

int main(int count, char **words) {
  std::vector<int32_t> tokens;
  for (int word = 2; word < count; ++word)
    tokens.push_back(
        static_cast<int32_t>(std::strtol(words[word], nullptr, 10)));
  std::vector<float> expected(tokens.size() * STORY_VOCABULARY);
  std::FILE *file = std::fopen(words[1], "rb");
  if (!file || std::fread(expected.data(), sizeof(float), expected.size(),
                          file) != expected.size()) {
    std::fprintf(stderr, "cannot read the logits\n");
    return 1;
  }
  std::fclose(file);

  std::unique_ptr<unsigned char[]> memory(
      new unsigned char[STORY_ARENA_BYTES + STORY_ARENA_ALIGNMENT]);
  unsigned char *arena =
      memory.get() +
      (STORY_ARENA_ALIGNMENT -
       reinterpret_cast<uintptr_t>(memory.get()) % STORY_ARENA_ALIGNMENT);
  story_model model;
  int32_t status = story_init(&model, story_weights, STORY_BLOB_BYTES, arena,
                              STORY_ARENA_BYTES);
  status |= setInputs(model);
  // Short prompts, and those around the ends of chunks and blocks.
  for (size_t length = 1; length <= tokens.size();
       length += length < 70 ? 1 : 11) {
    float logits[STORY_VOCABULARY];
    status |= story_reset(&model);
    status |= story_prefill(&model, tokens.data(), length, logits);
    const float *right = expected.data() + (length - 1) * STORY_VOCABULARY;
    if (status != STORY_OK || std::memcmp(logits, right, sizeof logits) != 0) {
      std::fprintf(stderr, "status %d, or other logits after %zu tokens\n",
                   static_cast<int>(status), length);
      return 1;
    }
  }
  return 0;
}
