//===- Names.cpp - Names of a model in generated text ---------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/Names.h"

#include "llvm/ADT/StringExtras.h"

#include <fmt/format.h>

#include <string_view>

using namespace lmcc;
using llvm::StringRef;

/// Keywords of C and C++ up to C23 and C++23, macros of the headers that the
/// output includes, and what GNU dialects predefine without underscores.
static constexpr std::string_view reservedWords =
    " alignas alignof and and_eq asm atomic_cancel atomic_commit "
    "atomic_noexcept auto bitand bitor bool break case catch char char16_t "
    "char32_t char8_t class co_await co_return co_yield compl concept const "
    "const_cast consteval constexpr constinit continue decltype default delete "
    "do double dynamic_cast else enum explicit export extern false float for "
    "friend goto if import inline int long module mutable namespace new "
    "noexcept not not_eq nullptr operator or or_eq private protected public "
    "register reinterpret_cast requires restrict return short signed sizeof "
    "static static_assert static_cast struct switch synchronized template this "
    "thread_local throw true try typedef typeid typename typeof typeof_unqual "
    "union unsigned using virtual void volatile wchar_t while xor xor_eq "
    "main NULL offsetof std lmcc_base lmcc_rt linux unix i386 arm hexagon "
    "int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t size_t "
    "ptrdiff_t intptr_t uintptr_t ";

static bool isReserved(StringRef word) {
  std::string padded = fmt::format(" {} ", word.str());
  return reservedWords.find(padded) != std::string_view::npos;
}

std::string emit::identifierOf(StringRef name, StringRef stem) {
  std::string result;
  for (char character : name) {
    if (llvm::isAlnum(character))
      result += character;
    else if (!result.empty() && result.back() != '_')
      result += '_';
  }
  // Neither `__` anywhere nor `_` in front is ours in C++, and identifiers are
  // joined to others by a `_`.
  if (!result.empty() && result.back() == '_')
    result.pop_back();
  if (result.empty())
    return stem.str();
  if (llvm::isDigit(result.front()) || isReserved(result))
    return fmt::format("{}_{}", stem.str(), result);
  return result;
}

std::string emit::commentText(StringRef name) {
  constexpr size_t longest = 200;
  std::string result;
  char previous = ' ';
  for (char character : name) {
    if (result.size() >= longest)
      return result + "...";
    bool pairs = (previous == '?' && character == '?') ||
                 (previous == '*' && character == '/') ||
                 (previous == '/' && (character == '*' || character == '/'));
    bool isEscaped = !llvm::isPrint(character) || character == '\\' || pairs;
    if (isEscaped)
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(character));
    else
      result += character;
    previous = isEscaped ? ' ' : character;
  }
  return result;
}

std::string emit::UniqueNames::pick(StringRef wanted) {
  std::string name = wanted.str();
  for (unsigned copy = 2; !taken.insert(StringRef(name).upper()).second; ++copy)
    name = fmt::format("{}_{}", wanted.str(), copy);
  return name;
}

std::string emit::UniqueNames::number(StringRef stem) {
  unsigned &count = counts[stem];
  std::string name;
  do
    name = fmt::format("{}{}", stem.str(), count++);
  while (!taken.insert(StringRef(name).upper()).second);
  return name;
}
