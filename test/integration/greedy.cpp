//===- greedy.cpp - Tells a story with a generated decoder ----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   greedy STEPS [LOGITS [TOKENS]]
//
// Feeds the start token and an empty cache to the decoder `story`, compiled
// for a batch and a sequence of one, and then each time the token with the
// largest logit, or the next one of the file TOKENS. Prints the start token and
// the STEPS tokens, one per line, and writes the logits of all steps to the
// file LOGITS as they lie in memory.
//
// Exit status: 0; 1 after the text of a status that the model returned, or if
// a file cannot be read or written.
//
//===----------------------------------------------------------------------===//

#include "story.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <utility>
#include <vector>

namespace {

constexpr size_t firstCache = 3; // After tokens, mask and positions.
constexpr size_t caches = STORY_INPUT_COUNT - firstCache;
static_assert(STORY_OUTPUT_COUNT == 1 + caches, "logits and the caches");
static_assert(STORY_DIM_COUNT == 1, "the length of the cache is free");
constexpr int64_t startToken = 1;
constexpr size_t vocabulary = STORY_OUTPUT_0_MAX_BYTES / sizeof(float);

void require(int32_t status) {
  if (status == STORY_OK)
    return;
  std::fprintf(stderr, "status %d: %s\n", static_cast<int>(status),
               story_status_text(status));
  std::exit(1);
}

/// Keys and values of all layers, in the order of the model.
using Cache = std::vector<std::vector<float>>;

/// Room for caches of the largest length.
Cache makeCache() {
  return Cache(caches,
               std::vector<float>(STORY_OUTPUT_1_MAX_BYTES / sizeof(float)));
}

/// The logits of one step behind `past` tokens; `cache` then holds one more.
std::vector<float> step(story_model &model, int64_t token, int64_t past,
                        Cache &cache) {
  const std::vector<int64_t> mask(static_cast<size_t>(past) + 1, 1);
  std::vector<const void *> inputs = {&token, mask.data(), &past};
  std::vector<float> logits(vocabulary);
  std::vector<void *> outputs = {logits.data()};
  Cache longer = makeCache();
  for (size_t index = 0; index < caches; ++index) {
    inputs.push_back(cache[index].data());
    outputs.push_back(longer[index].data());
  }
  story_dims dims{};
  dims.past = past;
  require(story_run(&model, &dims, inputs.data(), outputs.data()));
  cache = std::move(longer);
  return logits;
}

} // namespace

int main(int count, char **words) {
  const long steps = count >= 2 ? std::strtol(words[1], nullptr, 10) : 0;
  std::FILE *file = count >= 3 ? std::fopen(words[2], "wb") : nullptr;
  std::ifstream fed(count == 4 ? words[3] : "");
  alignas(STORY_ARENA_ALIGNMENT) static unsigned char arena[STORY_ARENA_BYTES];
  story_model model;
  require(story_init(&model, story_weights, STORY_BLOB_BYTES, arena,
                     STORY_ARENA_BYTES));
  Cache cache = makeCache();
  int64_t token = startToken;
  if (count == 4)
    fed >> token;
  for (int64_t past = 0; past < steps; ++past) {
    std::printf("%d\n", static_cast<int>(token));
    const std::vector<float> logits = step(model, token, past, cache);
    token = std::max_element(logits.begin(), logits.end()) - logits.begin();
    if (count == 4)
      fed >> token;
    if (file)
      std::fwrite(logits.data(), sizeof(float), logits.size(), file);
  }
  std::printf("%d\n", static_cast<int>(token));
  if (count >= 3 && (!file || std::ferror(file) || std::fclose(file) != 0))
    return 1;
  if (count == 4 && !fed)
    return 1;
  return 0;
}
