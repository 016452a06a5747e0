//===- stateful.cpp - A decoder that keeps its state, in every order ------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   stateful FIRST STEPS [LOGITS]
//
// For the decoder `story` with the logits of all tokens. Decodes greedily from
// the token FIRST on, prints it and the STEPS tokens behind it, one per line,
// and writes the logits of all steps to the file LOGITS. Then takes the same
// tokens in all other ways that a caller can think of: the logits must be the
// same, bit by bit.
//
// Exit status: 0; 1 after a line that says what differs.
//
//===----------------------------------------------------------------------===//

#include "story.h"

enum class Input { tokens, mask, positions, state, parameter };
// `inputs[]`, what each input of story_run is, `parameter(n)`, the n-th one
// that stays the same, `setInputs(story_model &)`, which sets them, and
// `setSizes(story_dims &, past)` for one token behind `past`.
#include "inputs.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

namespace {

void fail(const char *what) {
  std::fprintf(stderr, "%s\n", what);
  std::exit(1);
}

void expect(bool holds, const char *what) {
  if (!holds)
    fail(what);
}

void require(int32_t status, int32_t wanted = STORY_OK) {
  if (status == wanted)
    return;
  std::fprintf(stderr, "status %d, not %d: %s\n", static_cast<int>(status),
               static_cast<int>(wanted), story_status_text(status));
  std::exit(1);
}

/// Memory that is aligned and, at first, full of floats that are no numbers.
class Memory {
public:
  explicit Memory(size_t bytes)
      : bytes(new unsigned char[bytes + STORY_ARENA_ALIGNMENT]) {
    std::memset(this->bytes.get(), 0xff, bytes + STORY_ARENA_ALIGNMENT);
  }
  void *get() {
    auto address = reinterpret_cast<uintptr_t>(bytes.get());
    return bytes.get() +
           (STORY_ARENA_ALIGNMENT - address % STORY_ARENA_ALIGNMENT);
  }

private:
  std::unique_ptr<unsigned char[]> bytes;
};

using Tokens = std::vector<int32_t>;
using Logits = std::vector<float>;

struct Instance {
  Instance() : arena(STORY_ARENA_BYTES) {
    require(story_init(&model, story_weights, STORY_BLOB_BYTES, arena.get(),
                       STORY_ARENA_BYTES));
    require(setInputs(model));
  }
  Memory arena;
  story_model model;
};

/// The logits of `tokens`, `chunk` at a time.
Logits prefill(story_model &model, const Tokens &tokens, size_t chunk) {
  Logits logits(tokens.size() * STORY_VOCABULARY);
  for (size_t at = 0; at < tokens.size(); at += chunk)
    require(story_prefill(&model, tokens.data() + at,
                          std::min(chunk, tokens.size() - at),
                          logits.data() + at * STORY_VOCABULARY));
  return logits;
}

void decode(story_model &model, int32_t token, float *logits) {
  require(story_decode(&model, token, logits));
}

bool sameBits(const float *a, const float *b, size_t count) {
  return std::memcmp(a, b, count * sizeof(float)) == 0;
}

/// Decodes greedily; the tokens that went in, and their logits.
std::pair<Tokens, Logits> tell(story_model &model, int32_t token,
                               size_t steps) {
  story_sampler greedy = {0, 0.0f, 1.0f, 0};
  Tokens tokens;
  Logits logits(steps * STORY_VOCABULARY);
  for (size_t step = 0; step < steps; ++step) {
    tokens.push_back(token);
    std::printf("%d\n", static_cast<int>(token));
    float *row = logits.data() + step * STORY_VOCABULARY;
    decode(model, token, row);
    Logits copy(row, row + STORY_VOCABULARY);
    require(story_sample(&greedy, copy.data(), &token));
    expect(row[token] == *std::max_element(row, row + STORY_VOCABULARY),
           "the sampler does not choose the likeliest token");
  }
  std::printf("%d\n", static_cast<int>(token));
  return {tokens, logits};
}

/// Chunks of any size, also on memory that holds another sequence.
void checkChunks(const Tokens &tokens, const Logits &expected) {
  Instance used;
  for (size_t chunk : {size_t{7}, size_t{1}, size_t{64}, tokens.size()}) {
    Instance fresh;
    for (story_model *model : {&fresh.model, &used.model}) {
      Logits logits = prefill(*model, tokens, chunk);
      expect(sameBits(logits.data(), expected.data(), logits.size()),
             "prefill in chunks changes logits");
      expect(story_position(model) == tokens.size(), "wrong position");
    }
    require(story_reset(&used.model));
    expect(story_position(&used.model) == 0, "reset leaves tokens");
  }
}

/// What was ahead of the position is forgotten.
void checkRewind(const Tokens &tokens, const Logits &expected) {
  Instance instance;
  story_model &model = instance.model;
  Tokens other(tokens.rbegin(), tokens.rend());
  prefill(model, tokens, 64);
  for (size_t position : {tokens.size() - 1, tokens.size() / 2, size_t{1}}) {
    require(story_rewind(&model, position));
    // Another story first, and back.
    size_t rest = tokens.size() - position;
    require(story_prefill(&model, other.data(), rest, nullptr));
    require(story_rewind(&model, position));
    for (size_t at = position; at < tokens.size(); ++at) {
      float logits[STORY_VOCABULARY];
      decode(model, tokens[at], logits);
      expect(sameBits(logits, expected.data() + at * STORY_VOCABULARY,
                      STORY_VOCABULARY),
             "rewind changes logits");
    }
  }
  require(story_rewind(&model, tokens.size() + 1), STORY_SIZE_OUT_OF_BOUNDS);
}

/// Two instances, and a sequence that shares an arena, take turns.
void checkTurns(const Tokens &tokens, const Logits &expected) {
  Instance first, second;
  Memory state(STORY_STATE_BYTES);
  story_model third;
  require(story_init_sequence(&third, &first.model, state.get(),
                              STORY_STATE_BYTES));
  Tokens other(tokens.rbegin(), tokens.rend());
  for (size_t at = 0; at < tokens.size(); ++at) {
    float logits[STORY_VOCABULARY];
    const float *right = expected.data() + at * STORY_VOCABULARY;
    decode(first.model, tokens[at], logits);
    expect(sameBits(logits, right, STORY_VOCABULARY), "first differs");
    decode(second.model, other[at], logits);
    decode(third, tokens[at], logits);
    expect(sameBits(logits, right, STORY_VOCABULARY), "third differs");
  }
}

/// The state holds exactly so many tokens; what is refused changes nothing.
void checkLimits(const Tokens &tokens, const Logits &expected) {
  Instance instance;
  story_model &model = instance.model;
  expect(story_capacity(&model) == STORY_CONTEXT, "wrong capacity");
  Tokens all(STORY_CONTEXT, tokens[0]);
  std::copy(tokens.begin(), tokens.end(), all.begin());
  prefill(model, Tokens(all.begin(), all.end() - 1), 64);
  require(story_prefill(&model, all.data(), 2, nullptr), STORY_CACHE_FULL);
  expect(story_position(&model) == STORY_CONTEXT - 1, "a refused call counts");
  Logits last(STORY_VOCABULARY);
  decode(model, all.back(), last.data());
  require(story_decode(&model, 1, last.data()), STORY_CACHE_FULL);
  expect(story_position(&model) == STORY_CONTEXT, "a refused call counts");

  const size_t half = tokens.size() / 2;
  require(story_rewind(&model, half));
  Tokens wrong(tokens.begin() + static_cast<long>(half), tokens.end());
  for (int32_t token : {-1, int32_t{STORY_VOCABULARY}}) {
    wrong.back() = token;
    require(story_prefill(&model, wrong.data(), wrong.size(), nullptr),
            STORY_INDEX_OUT_OF_RANGE);
    require(story_decode(&model, token, nullptr), STORY_INDEX_OUT_OF_RANGE);
  }
  expect(story_position(&model) == half, "a refused call counts");
  require(story_prefill(&model, nullptr, 1, nullptr), STORY_NULL_ARGUMENT);
  require(story_prefill(&model, wrong.data(), 0, nullptr),
          STORY_SIZE_OUT_OF_BOUNDS);
  decode(model, tokens[half], last.data());
  expect(sameBits(last.data(), expected.data() + half * STORY_VOCABULARY,
                  STORY_VOCABULARY),
         "a refused call changes logits");
}

/// The stateless function, which is given back what it returns.
class Stateless {
public:
  Stateless() : caches(STORY_OUTPUT_COUNT), longer(STORY_OUTPUT_COUNT) {
    for (auto *list : {&caches, &longer})
      for (auto &buffer : *list)
        buffer.assign(maximumBytes / sizeof(float), 0.0f);
  }

  /// The logits of the next token.
  const std::vector<float> &step(int64_t token) {
    const std::vector<int64_t> mask(STORY_CONTEXT, 1);
    std::vector<const void *> in;
    std::vector<void *> out = {longer[0].data()};
    size_t parameters = 0;
    for (Input input : inputs)
      switch (input) {
      case Input::tokens: in.push_back(&token); break;
      case Input::mask: in.push_back(mask.data()); break;
      case Input::positions: in.push_back(&past); break;
      case Input::parameter: in.push_back(parameter(parameters++)); break;
      case Input::state:
        in.push_back(caches[out.size()].data());
        out.push_back(longer[out.size()].data());
        break;
      }
    story_dims dims{};
    setSizes(dims, past);
    require(story_run(&instance.model, &dims, in.data(), out.data()));
    std::swap(caches, longer);
    ++past;
    return caches[0];
  }

private:
  static constexpr size_t maximumBytes = std::max(
      {size_t{STORY_OUTPUT_0_MAX_BYTES}, size_t{STORY_OUTPUT_1_MAX_BYTES}});

  Instance instance;
  int64_t past = 0;
  std::vector<std::vector<float>> caches, longer;
};

void checkStateless(const Tokens &tokens, const Logits &expected) {
  Stateless model;
  for (size_t at = 0; at < tokens.size(); ++at)
    expect(sameBits(model.step(tokens[at]).data(),
                    expected.data() + at * STORY_VOCABULARY, STORY_VOCABULARY),
           "the stateless function gives other logits");
}

} // namespace

int main(int count, char **words) {
  if (count < 3)
    return 2;
  const int32_t first =
      static_cast<int32_t>(std::strtol(words[1], nullptr, 10));
  const size_t steps = std::strtoul(words[2], nullptr, 10);
  Instance instance;
  auto [tokens, logits] = tell(instance.model, first, steps);
  if (count == 4) {
    std::FILE *file = std::fopen(words[3], "wb");
    expect(file &&
               std::fwrite(logits.data(), sizeof(float), logits.size(), file) ==
                   logits.size() &&
               std::fclose(file) == 0,
           "cannot write the logits");
  }
  checkStateless(tokens, logits);
  checkChunks(tokens, logits);
  checkRewind(tokens, logits);
  checkTurns(tokens, logits);
  checkLimits(tokens, logits);
  return 0;
}
