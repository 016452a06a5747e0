//===- Execution.h - How this host runs what was generated ------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_DRIVER_EXECUTION_H
#define LMCC_COMPILER_DRIVER_EXECUTION_H

#include "dialects/Target/Target.h"

#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace lmcc::driver {

struct Execution {
  /// The words in front of the program; empty where it runs natively.
  std::vector<std::string> emulator;

  bool isEmulated() const { return !emulator.empty(); }
};

/// Natively if this host is such a machine, else under the emulator of the
/// target. An error that says what is missing if neither is possible.
llvm::Expected<Execution> chooseExecution(const target::Record &target);

} // namespace lmcc::driver

#endif // LMCC_COMPILER_DRIVER_EXECUTION_H
