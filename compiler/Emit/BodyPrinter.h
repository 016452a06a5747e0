//===- BodyPrinter.h - Blocks of a function as statements -------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_EMIT_BODYPRINTER_H
#define LMCC_COMPILER_EMIT_BODYPRINTER_H

#include "compiler/Emit/Expressions.h"
#include "compiler/Emit/Names.h"
#include "compiler/Emit/Text.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Block.h"

namespace lmcc::emit {

/// Prints a function body: one statement per operation, one `for` per loop.
/// Constants and what only computes an index or repeats a value for one user
/// stand where they are used. Names are unique in the function, but loops side
/// by side share their counters.
class BodyPrinter {
public:
  /// `expressions` knows the function's arguments, `names` has their names.
  BodyPrinter(Lines &lines, Expressions &expressions, UniqueNames &names);
  virtual ~BodyPrinter() = default;

  /// Everything but the terminator.
  void print(mlir::Block &block);

protected:
  /// Prints an operation that only some functions may have.
  virtual void printOther(mlir::Operation *operation) = 0;
  virtual void printFor(mlir::scf::ForOp loop);

  /// `const T name = text;`
  void declare(mlir::Value value, llvm::StringRef stem, llvm::StringRef text);

  Lines &lines;
  Expressions &expressions;
  UniqueNames &names;

private:
  void print(mlir::Operation *operation);
  void printIf(mlir::scf::IfOp branch);
  void printStore(mlir::Operation *operation);
  void printAlloca(mlir::Operation *operation);
  void printWords(mlir::Operation *operation);
  void printValue(mlir::Operation *operation);
  void printYields(mlir::Block &block, mlir::ValueRange variables);
  void accumulateInPlace(mlir::scf::ForOp loop);
  std::string pickCounter();

  /// Values that are assigned to a variable of an enclosing loop.
  llvm::DenseMap<mlir::Value, std::string> assigned;
  std::vector<std::string> counters; ///< Free letters, then numbered ones.
  unsigned loopDepth = 0;
};

} // namespace lmcc::emit

#endif // LMCC_COMPILER_EMIT_BODYPRINTER_H
