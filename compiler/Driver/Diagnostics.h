//===- Diagnostics.h - Messages for the person at the terminal --*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All messages have one form, wherever they come from:
//
//   model.onnx: error: TEXT
//   model.onnx:/node/name: error: TEXT
//
// Names come from an untrusted model and are escaped.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_DRIVER_DIAGNOSTICS_H
#define LMCC_COMPILER_DRIVER_DIAGNOSTICS_H

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Location.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <string>

namespace lmcc::driver {

/// Writes messages, and on a terminal one line that tells what is going on.
class Console {
public:
  Console(llvm::raw_ostream &os, bool isTerminal)
      : os(os), isTerminal(isTerminal) {}
  ~Console() { clearProgress(); }

  /// From now on messages are about `file`.
  void setModel(llvm::StringRef file) { model = file.str(); }

  /// Replaces the progress line; nothing is printed in a pipe.
  void progress(llvm::StringRef what);
  void clearProgress();

  /// The model's file; `lmcc` before there is one.
  std::string place() const;
  /// The model's file, with the name of the node at `location` if it has one.
  std::string placeOf(mlir::Location location) const;
  void print(llvm::StringRef place, llvm::StringRef kind, llvm::StringRef text);
  /// Prints an error, in the name of the file where it is about one.
  void report(llvm::Error error);

private:
  llvm::raw_ostream &os;
  bool isTerminal;
  bool hasProgress = false;
  std::string model = "lmcc";
};

/// Prints the diagnostics of a context while it lives: all warnings, the first
/// 100 errors and, at its end, how many more there were. Upstream remarks are
/// printed if `explain`.
class DiagnosticPrinter : public mlir::ScopedDiagnosticHandler {
public:
  DiagnosticPrinter(mlir::MLIRContext *context, Console &console, bool explain);
  ~DiagnosticPrinter();

private:
  void print(const mlir::Diagnostic &diagnostic);

  Console &console;
  bool explain;
  unsigned errors = 0;
};

/// Lets the passes of `context` make remarks. They are kept, the last one of
/// each kind per place, until `printRemarks`. Passes must run one after the
/// other (MLIRContext::disableMultithreading).
void collectRemarks(mlir::MLIRContext &context, Console &console);
/// Prints what was collected since, in order of first mention.
void printRemarks(mlir::MLIRContext &context);

} // namespace lmcc::driver

#endif // LMCC_COMPILER_DRIVER_DIAGNOSTICS_H
