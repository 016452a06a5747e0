//===- main.cpp - Smart-home sentences in, actions out --------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   home-commands UTTERANCE...
//   home-commands --test FILE.tsv
//
// Answers each utterance, or counts how many sentences of a test file are
// answered exactly and measures how long a token takes.
//
// All memory is static; a device would take the utterance from elsewhere and
// act where this prints.
//
//===----------------------------------------------------------------------===//

#include "CommandDecoder.h"
#include "TestSentences.h"
#include "Tokenizer.h"
#include "vocabulary.h"

#include <stdio.h>
#include <string.h>

using namespace home;

namespace {
/// Tokens that went through the decoder, and the time that they took.
struct Effort {
  size_t tokens = 0;
  double microseconds = 0;

  double perToken() const {
    return tokens ? microseconds / static_cast<double>(tokens) : 0;
  }
};

struct Efforts {
  Effort prompt; ///< Tokens of utterances, several at a time.
  Effort answer; ///< Tokens of actions, one by one.
};
} // namespace

static int32_t readTimed(CommandDecoder &decoder, const int64_t *tokens,
                         size_t count, int64_t &next, Effort &effort) {
  const double start = threadMicroseconds();
  const int32_t status = decoder.read(tokens, count, next);
  effort.microseconds += threadMicroseconds() - start;
  effort.tokens += count;
  return status;
}

/// Stores the action that `utterance` asks for. Prints why when it cannot.
static bool findAction(CommandDecoder &decoder, const char *utterance,
                       Text &action, Efforts &efforts) {
  TokenList prompt;
  if (!appendUtterance(utterance, prompt) || !prompt.append(separatorToken)) {
    fprintf(stderr, "%s: the utterance is too long\n", utterance);
    return false;
  }
  int64_t token = endToken;
  int32_t status = decoder.restart();
  if (status == HOME_DECODER_OK)
    status =
        readTimed(decoder, prompt.tokens, prompt.count, token, efforts.prompt);
  while (status == HOME_DECODER_OK && token != endToken) {
    if (!action.appendPiece(token)) {
      fprintf(stderr, "%s: the action is too long\n", utterance);
      return false;
    }
    const int64_t last = token;
    status = readTimed(decoder, &last, 1, token, efforts.answer);
  }
  if (status != HOME_DECODER_OK)
    fprintf(stderr, "%s: %s\n", utterance, home_decoder_status_text(status));
  return status == HOME_DECODER_OK;
}

static int answer(CommandDecoder &decoder, int count, char **utterances) {
  for (int at = 0; at < count; ++at) {
    Text action;
    Efforts efforts;
    if (!findAction(decoder, utterances[at], action, efforts))
      return 1;
    printf("%s -> %s\n", utterances[at], action.characters);
  }
  return 0;
}

static int test(CommandDecoder &decoder, const char *path) {
  TestSentences sentences(path);
  Efforts efforts;
  size_t right = 0;
  while (sentences.next()) {
    Text action;
    if (!findAction(decoder, sentences.utterance(), action, efforts))
      return 1;
    right += strcmp(action.characters, sentences.action()) == 0;
  }
  if (!sentences.isComplete()) {
    fprintf(stderr, "%s: cannot be read after line %zu\n", path,
            sentences.lineNumber());
    return 1;
  }
  printf("%zu of %zu sentences right\n", right, sentences.lineNumber());
  printf("%zu tokens read, %.1f us each\n", efforts.prompt.tokens,
         efforts.prompt.perToken());
  printf("%zu tokens written, %.1f us each\n", efforts.answer.tokens,
         efforts.answer.perToken());
  printf("arena %u bytes, of them keys and values %u bytes, weights %u bytes\n",
         HOME_DECODER_ARENA_BYTES, HOME_DECODER_STATE_BYTES,
         HOME_DECODER_BLOB_BYTES);
  return 0;
}

int main(int count, char **words) {
  const bool wantsTest = count == 3 && strcmp(words[1], "--test") == 0;
  if (count < 2 || (words[1][0] == '-' && !wantsTest)) {
    fprintf(stderr, "usage: home-commands UTTERANCE...\n"
                    "       home-commands --test FILE.tsv\n");
    return 2;
  }
  static CommandDecoder decoder;
  const int32_t status = decoder.initialize();
  if (status != HOME_DECODER_OK) {
    fprintf(stderr, "home_decoder: %s\n", home_decoder_status_text(status));
    return 1;
  }
  return wantsTest ? test(decoder, words[2])
                   : answer(decoder, count - 1, words + 1);
}
