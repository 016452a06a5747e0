//===- Forms.h - Operations that have a form in C++ -------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one table of what can be printed. The check before printing reads the
// types from it, the printer the text.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_EMIT_FORMS_H
#define LMCC_COMPILER_EMIT_FORMS_H

#include "mlir/IR/Operation.h"
#include "mlir/IR/Types.h"
#include "llvm/ADT/StringRef.h"

namespace lmcc::emit {

/// Types of values, to be combined with `|`. A vector of one lane counts as a
/// scalar.
enum Kind : unsigned {
  Bool = 1 << 0,
  Int8 = 1 << 1,
  Int16 = 1 << 2,
  Int32 = 1 << 3,
  Int64 = 1 << 4,
  Index = 1 << 5,
  Float = 1 << 6,
  Double = 1 << 7,
  Mask = 1 << 8,    ///< vector<Nxi1>
  Ints = 1 << 9,    ///< vector<Nxi32>
  Floats = 1 << 10, ///< vector<Nxf32>
  Buffer = 1 << 11, ///< Rank 1, contiguous, of scalars.
  // Between memory and conversions only:
  Bytes = 1 << 12,  ///< vector<Nxi8>
  Half = 1 << 13,   ///< f16, as an int16_t with its bits.
  Halves = 1 << 14, ///< vector<Nxf16>
  NoKind = 0
};

inline constexpr unsigned narrowInts = Int8 | Int16;
inline constexpr unsigned wideInts = Int32 | Int64;
inline constexpr unsigned plainInts = narrowInts | wideInts;
inline constexpr unsigned vectors = Mask | Ints | Floats;
inline constexpr unsigned scalars = Bool | plainInts | Index | Float | Double;

/// The kind of `type`; none if it has no form.
Kind kindOf(mlir::Type type);

/// How an operation becomes text.
enum class Style {
  Infix,     ///< `a <text> b`
  Call,      ///< `<text>(a, b)`
  Special,   ///< An expression with rules of its own.
  Statement, ///< Printed by the printer of bodies.
};

struct Form {
  llvm::StringRef operation;
  unsigned operands; ///< Kinds that any operand may have.
  unsigned results;  ///< Kinds that any result may have.
  Style style;
  llvm::StringRef text;
};

/// The form of `operation`, or null.
const Form *findForm(mlir::Operation *operation);

/// Names of the carried header and of generated helpers, which no other name
/// may hide.
llvm::ArrayRef<llvm::StringRef> vocabulary();

} // namespace lmcc::emit

#endif // LMCC_COMPILER_EMIT_FORMS_H
