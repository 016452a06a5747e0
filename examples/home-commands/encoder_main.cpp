//===- encoder_main.cpp - Intent, room and value of a sentence ------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   home-labels UTTERANCE...
//   home-labels --test FILE.tsv
//
// Labels each utterance, or counts how many sentences with one command of a
// test file get the right three labels. All memory is static.
//
//===----------------------------------------------------------------------===//

#include "CommandClassifier.h"
#include "TestSentences.h"
#include "Tokenizer.h"
#include "vocabulary.h"

#include <stdio.h>
#include <string.h>

using namespace home;

/// Prints why when it cannot.
static bool findLabels(CommandClassifier &classifier, const char *utterance,
                       Labels &labels) {
  // The classifier looks at the beginning of what is too long.
  TokenList list;
  list.append(separatorToken);
  appendUtterance(utterance, list);
  const int32_t status = classifier.classify(list.tokens, list.count, labels);
  if (status != HOME_ENCODER_OK)
    fprintf(stderr, "%s: %s\n", utterance, home_encoder_status_text(status));
  return status == HOME_ENCODER_OK;
}

//===----------------------------------------------------------------------===//
// What is right
//===----------------------------------------------------------------------===//

/// Whether the first `length` characters at `text` are `label`.
static bool isLabel(const char *text, size_t length, const char *label) {
  return strlen(label) == length && strncmp(text, label, length) == 0;
}

/// Looks for `key=` among the arguments of `name(key=value,key=value)`. Returns
/// the value and stores its length; null when the action has no such argument.
static const char *findArgument(const char *action, const char *key,
                                size_t &length) {
  const size_t keyLength = strlen(key);
  const char *place = strchr(action, '(');
  while (place && *place != ')') {
    ++place;
    if (strncmp(place, key, keyLength) == 0 && place[keyLength] == '=') {
      const char *value = place + keyLength + 1;
      length = strcspn(value, ",)");
      return value;
    }
    place = strpbrk(place, ",)");
  }
  return nullptr;
}

/// Whether `label` is the value of the first of `keys` that the action has, or
/// `-` where it has none of them.
template <size_t keyCount>
static bool isArgument(const char *action, const char *const (&keys)[keyCount],
                       const char *label) {
  for (const char *key : keys) {
    size_t length = 0;
    if (const char *value = findArgument(action, key, length))
      return isLabel(value, length, label);
  }
  return strcmp(label, "-") == 0;
}

static bool areRight(const Labels &labels, const char *action) {
  static const char *const roomKeys[] = {"room"};
  static const char *const valueKeys[] = {"level", "pos", "temp", "by",
                                          "speed"};
  return isLabel(action, strcspn(action, "("), labels.intent) &&
         isArgument(action, roomKeys, labels.room) &&
         isArgument(action, valueKeys, labels.value);
}

//===----------------------------------------------------------------------===//
// The program
//===----------------------------------------------------------------------===//

static int label(CommandClassifier &classifier, int count, char **utterances) {
  for (int at = 0; at < count; ++at) {
    Labels labels = {};
    if (!findLabels(classifier, utterances[at], labels))
      return 1;
    printf("%s -> intent %s, room %s, value %s\n", utterances[at],
           labels.intent, labels.room, labels.value);
  }
  return 0;
}

static int test(CommandClassifier &classifier, const char *path) {
  TestSentences sentences(path);
  size_t right = 0;
  size_t total = 0;
  double microseconds = 0;
  while (sentences.next()) {
    if (strchr(sentences.action(), ';'))
      continue;
    Labels labels = {};
    const double start = threadMicroseconds();
    if (!findLabels(classifier, sentences.utterance(), labels))
      return 1;
    microseconds += threadMicroseconds() - start;
    ++total;
    right += areRight(labels, sentences.action());
  }
  if (!sentences.isComplete() || total == 0) {
    fprintf(stderr, "%s: cannot be read after line %zu\n", path,
            sentences.lineNumber());
    return 1;
  }
  printf("%zu of %zu sentences right, %.1f us each\n", right, total,
         microseconds / static_cast<double>(total));
  printf("arena %u bytes, weights %u bytes\n", HOME_ENCODER_ARENA_BYTES,
         HOME_ENCODER_BLOB_BYTES);
  return 0;
}

int main(int count, char **words) {
  const bool wantsTest = count == 3 && strcmp(words[1], "--test") == 0;
  if (count < 2 || (words[1][0] == '-' && !wantsTest)) {
    fprintf(stderr, "usage: home-labels UTTERANCE...\n"
                    "       home-labels --test FILE.tsv\n");
    return 2;
  }
  static CommandClassifier classifier;
  const int32_t status = classifier.initialize();
  if (status != HOME_ENCODER_OK) {
    fprintf(stderr, "home_encoder: %s\n", home_encoder_status_text(status));
    return 1;
  }
  return wantsTest ? test(classifier, words[2])
                   : label(classifier, count - 1, words + 1);
}
