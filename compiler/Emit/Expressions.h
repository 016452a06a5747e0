//===- Expressions.h - Operations as expressions ----------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_EMIT_EXPRESSIONS_H
#define LMCC_COMPILER_EMIT_EXPRESSIONS_H

#include "compiler/Emit/Text.h"

#include "mlir/IR/Operation.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/DenseMap.h"

#include <set>
#include <string>

namespace lmcc::emit {

/// The text of every value of a function, and the expressions that operations
/// become. Remembers which names of the carried header it used.
class Expressions {
public:
  void define(mlir::Value value, Expression expression) {
    texts[value] = std::move(expression);
  }

  /// The text of `value` as an operand of an operator.
  const Expression &of(mlir::Value value) const;
  /// The text of `value` as an argument of a function: constants have the type
  /// of the value there, so that overloads are found.
  std::string argument(mlir::Value value);

  /// The expression of an operation whose form is not a statement. Its operands
  /// are defined; `operation` has passed the check.
  Expression express(mlir::Operation *operation);

  /// The type of a variable that holds a value of `type`.
  std::string type(mlir::Type type);
  /// `<function><<argument>>(<arguments>)`
  std::string call(llvm::StringRef function,
                   llvm::ArrayRef<std::string> arguments,
                   llvm::StringRef templateArgument = "");
  /// `buffer[index]` and `buffer + index`.
  std::string element(mlir::Value buffer, mlir::Value index) const;
  std::string address(mlir::Value buffer, mlir::Value index) const;

  /// Names of the carried header, in alphabetical order.
  const std::set<std::string> &usedNames() const { return used; }

private:
  Expression infix(mlir::Operation *operation, llvm::StringRef text);
  Expression constant(mlir::Operation *operation);
  Expression apply(mlir::Operation *operation);
  Expression load(mlir::Operation *operation);
  Expression half(mlir::Operation *operation);
  Expression shuffle(mlir::Operation *operation);
  Expression select(mlir::Operation *operation);
  Expression broadcast(mlir::Operation *operation);
  Expression extract(mlir::Operation *operation);

  // Integers.cpp
  Expression integer(mlir::Operation *operation, llvm::StringRef text);
  Expression wrapping(mlir::Operation *operation, llvm::StringRef function);
  Expression signedDivision(mlir::Operation *operation,
                            llvm::StringRef function);
  Expression unsignedDivision(mlir::Operation *operation,
                              llvm::StringRef symbol);
  Expression bitwise(mlir::Operation *operation, llvm::StringRef symbol);
  Expression shift(mlir::Operation *operation, llvm::StringRef function);
  Expression extremum(mlir::Operation *operation, llvm::StringRef symbol,
                      bool isUnsigned);
  Expression magnitude(mlir::Operation *operation);
  Expression compareIntegers(mlir::Operation *operation);
  /// `a < b` and the like on operands brought to their signedness.
  Expression relation(mlir::Value left, llvm::StringRef symbol,
                      mlir::Value right, bool isUnsigned);
  std::string widened(mlir::Value value);
  std::string asUnsigned(mlir::Value value) const;

  // Bytes.cpp
  Expression loadNarrow(mlir::Operation *operation);
  Expression dot4(mlir::Operation *operation);
  Expression dot8(mlir::Operation *operation);
  Expression nibbles(mlir::Operation *operation);

  // Conversions.cpp
  Expression convert(mlir::Operation *operation);
  Expression toFloat(mlir::Operation *operation, bool isUnsigned);
  Expression toInteger(mlir::Operation *operation, bool isUnsigned);
  Expression extend(mlir::Operation *operation, bool isUnsigned);
  Expression truncate(mlir::Operation *operation);
  Expression compareFloats(mlir::Operation *operation);

  llvm::DenseMap<mlir::Value, Expression> texts;
  std::set<std::string> used;
};

/// Whether the index `value` is seen not to be negative.
bool isNonNegative(mlir::Value value);

} // namespace lmcc::emit

#endif // LMCC_COMPILER_EMIT_EXPRESSIONS_H
