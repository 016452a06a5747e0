//===- Tokenizer.cpp - Text to tokens and back ----------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Tokenizer.h"

#include "vocabulary.h"

#include <string.h>

namespace home {

static constexpr size_t pieceCount = sizeof pieces / sizeof pieces[0];
// The last entry is the end of the last character.
static constexpr size_t characterCount =
    sizeof scanBegins / sizeof scanBegins[0] - 1;

bool TokenList::append(int64_t token) {
  if (count == capacity)
    return false;
  tokens[count++] = token;
  return true;
}

bool Text::appendPiece(int64_t token) {
  if (token < 0 || token >= static_cast<int64_t>(pieceCount))
    return false;
  const Piece &piece = pieces[token];
  if (piece.length >= capacity - length)
    return false;
  memcpy(characters + length, piece.text, piece.length);
  length += piece.length;
  characters[length] = '\0';
  return true;
}

namespace {
/// An utterance as the models were trained to see it: in small letters, with a
/// space in front, without a copy of it. Must not be read beyond its end.
class SpokenText {
public:
  explicit SpokenText(const char *utterance) : utterance(utterance) {}

  char operator[](size_t at) const {
    if (at == 0)
      return ' ';
    const char character = utterance[at - 1];
    return character >= 'A' && character <= 'Z'
               ? static_cast<char>(character - 'A' + 'a')
               : character;
  }

private:
  const char *utterance;
};
} // namespace

/// Stops at the terminator, which no piece contains.
static bool contains(SpokenText text, size_t at, const Piece &piece) {
  for (size_t offset = 0; offset < piece.length; ++offset)
    if (text[at + offset] != piece.text[offset])
      return false;
  return true;
}

/// The token of the longest piece at a place of the text, or -1.
static int64_t longestMatch(SpokenText text, size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  if (first >= characterCount)
    return -1;
  for (size_t rank = scanBegins[first]; rank < scanBegins[first + 1u]; ++rank)
    if (contains(text, at, pieces[scanOrder[rank]]))
      return scanOrder[rank];
  return -1;
}

bool appendUtterance(const char *utterance, TokenList &list) {
  const SpokenText text(utterance);
  for (size_t at = 0; text[at] != '\0';) {
    const int64_t token = longestMatch(text, at);
    if (token >= 0 && !list.append(token))
      return false;
    at += token >= 0 ? pieces[token].length : 1u;
  }
  return true;
}

} // namespace home
