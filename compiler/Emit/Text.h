//===- Text.h - Pieces of C++ text ------------------------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_EMIT_TEXT_H
#define LMCC_COMPILER_EMIT_TEXT_H

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/Types.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/APInt.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace lmcc::emit {

/// The first line of every generated C++ file.
inline constexpr llvm::StringLiteral licenseLine =
    "// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception OR 0BSD\n";

/// How tightly an expression holds together, the tightest first.
enum class Binding {
  Atom,
  Unary,
  Product,
  Sum,
  Relation,
  Equality,
  Conditional
};

struct Expression {
  std::string text;
  Binding binding = Binding::Atom;

  /// The text for a place that needs at least `wanted`.
  std::string as(Binding wanted) const {
    return binding <= wanted ? text : "(" + text + ")";
  }
};

/// Lines of C++ with their indentation. Statements longer than 80 columns are
/// continued on the next line.
class Lines {
public:
  void statement(llvm::StringRef text) { wrap(text, ""); }
  /// A `//` comment; `text` has been through commentText.
  void comment(llvm::StringRef text) { wrap(text, "// "); }
  void blank();
  /// A line that opens a block, `text {`, and one that closes it.
  void open(llvm::StringRef text);
  void close(llvm::StringRef text = "}");
  /// Ends a block and opens the next, `} else {`.
  void reopen(llvm::StringRef text);
  /// Text that is laid out already.
  void verbatim(llvm::StringRef text) { result += text; }
  std::string take() { return std::move(result); }

private:
  void wrap(llvm::StringRef text, llvm::StringRef prefix);

  std::string result;
  unsigned depth = 0;
};

/// A comment of C over as many lines as `text` needs; an empty line of it
/// separates paragraphs. `text` has been through commentText where it is not
/// ours.
std::string blockComment(llvm::StringRef text);

/// The type of a value of `type` in a kernel, such as `float`, `i32x16` (also
/// for masks) or `size_t`. Names of vectors are those of the carried header.
std::string valueType(mlir::Type type);
/// The type of an element in memory: `uint8_t` for `i1`, else that of a value.
/// Unsigned integers, which only contracts have, keep their sign.
std::string memoryType(mlir::Type element);
/// The bytes of an element in memory.
unsigned memoryBytes(mlir::Type element);

/// A literal with the very value: decimal where that is short, else in hex.
/// Infinity and NaN are made from bits.
std::string floatLiteral(const llvm::APFloat &value);
/// A literal for use with operators: its type may be narrower.
std::string integerLiteral(const llvm::APInt &value, bool isSigned = true);

/// How an affine expression divides.
enum class Division {
  /// Every dividend is known not to be negative: `/` and `%`.
  Plain,
  /// Through floor_div(int64_t, int64_t), which rounds downwards.
  Floor
};

/// `expression` over the texts of its dimensions and symbols. A difference is
/// a subtraction, so it is right on unsigned numbers unless it is negative.
Expression affineText(mlir::AffineExpr expression,
                      llvm::ArrayRef<Expression> dims,
                      llvm::ArrayRef<Expression> symbols, Division division);

} // namespace lmcc::emit

#endif // LMCC_COMPILER_EMIT_TEXT_H
