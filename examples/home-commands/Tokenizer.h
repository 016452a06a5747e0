//===- Tokenizer.h - Text to tokens and back --------------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_EXAMPLES_HOMECOMMANDS_TOKENIZER_H
#define LMCC_EXAMPLES_HOMECOMMANDS_TOKENIZER_H

#include <stddef.h>
#include <stdint.h>

namespace home {

/// Tokens in memory of fixed size, more than either model reads at once.
struct TokenList {
  static constexpr size_t capacity = 128;

  /// False, and nothing added, when the list is full.
  bool append(int64_t token);

  int64_t tokens[capacity];
  size_t count = 0;
};

/// Text in memory of fixed size, always with a terminator.
struct Text {
  static constexpr size_t capacity = 512;

  /// Appends the text of a token. False, and nothing added, when it does not
  /// fit or the token is none of the vocabulary.
  bool appendPiece(int64_t token);

  char characters[capacity] = {};
  size_t length = 0;
};

/// Appends the tokens of an utterance by greedy longest match. Capital letters
/// count as small ones; characters that no piece begins with are dropped. False
/// when the list is full; it then holds the tokens of the beginning.
bool appendUtterance(const char *utterance, TokenList &list);

} // namespace home

#endif // LMCC_EXAMPLES_HOMECOMMANDS_TOKENIZER_H
