//===- MessageLimit.h - Not more errors than one can read -------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_IMPORT_MESSAGELIMIT_H
#define LMCC_COMPILER_IMPORT_MESSAGELIMIT_H

#include "mlir/IR/Diagnostics.h"

namespace lmcc::import {

/// Counts the errors of a context while it lives, and lets only the first
/// `maximum` of them through to the handler that is installed.
class MessageLimit : public mlir::ScopedDiagnosticHandler {
public:
  MessageLimit(mlir::MLIRContext *context, unsigned maximum)
      : ScopedDiagnosticHandler(context) {
    setHandler([this, maximum](mlir::Diagnostic &diagnostic) {
      if (diagnostic.getSeverity() != mlir::DiagnosticSeverity::Error)
        return mlir::failure(); // Not handled here.
      return mlir::success(++count > maximum);
    });
  }

  unsigned errors() const { return count; }

private:
  unsigned count = 0;
};

} // namespace lmcc::import

#endif // LMCC_COMPILER_IMPORT_MESSAGELIMIT_H
