//===- Names.h - Names of a model in generated text -------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The names of a model are the words of an untrusted file. They reach generated
// text either as identifiers or inside comments, and only through here.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_EMIT_NAMES_H
#define LMCC_COMPILER_EMIT_NAMES_H

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSet.h"

#include <string>

namespace lmcc::emit {

/// `name` as an identifier of C and C++: every run of other characters becomes
/// one `_`, none at either end. Where that leaves nothing, a digit in front or
/// a word that the languages, their libraries or compilers reserve, `stem` and
/// `_` come first: `7b` is `model_7b`, `float` is `dim_float`. `stem` is an
/// identifier itself.
std::string identifierOf(llvm::StringRef name, llvm::StringRef stem);

/// `name` so that it cannot end, open or continue a comment: control and
/// non-ASCII bytes, backslashes, the second `?` of two and the second character
/// of `*/` and `/*` become `\xNN`. What is longer than 200 characters ends in
/// `...`.
std::string commentText(llvm::StringRef name);

/// Hands out identifiers that differ, and differ in upper case too, for some
/// become macros.
class UniqueNames {
public:
  /// Never hand out `name`.
  void reserve(llvm::StringRef name) { taken.insert(name.upper()); }
  bool isTaken(llvm::StringRef name) const {
    return taken.contains(name.upper());
  }

  /// `wanted` if it is free, else `wanted_2`, `wanted_3` ...
  std::string pick(llvm::StringRef wanted);
  /// `stem0`, `stem1` ...
  std::string number(llvm::StringRef stem);

private:
  llvm::StringSet<> taken;
  llvm::StringMap<unsigned> counts;
};

} // namespace lmcc::emit

#endif // LMCC_COMPILER_EMIT_NAMES_H
