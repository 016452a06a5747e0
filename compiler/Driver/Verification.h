//===- Verification.h - Build, run and compare ------------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_DRIVER_VERIFICATION_H
#define LMCC_COMPILER_DRIVER_VERIFICATION_H

#include "compiler/Driver/Cases.h"
#include "compiler/Driver/Diagnostics.h"
#include "compiler/Driver/Execution.h"

namespace lmcc::driver {

/// A generated folder and what its contract says.
struct Program {
  std::string folder;
  std::string name;
  /// Not BlobMode::File, for the harness links the weights.
  emit::BlobMode blob = emit::BlobMode::Incbin;
  /// The free symbols in the contract's order.
  std::vector<std::string> dims;
  unsigned inputCount = 0;
  /// One TensorProto.DataType per output.
  llvm::SmallVector<int32_t> outputTypes;
};

struct Score {
  unsigned passed = 0, outputs = 0;
};

/// Builds `program` with a harness, runs it on all cases and prints one line
/// per output, then the times if they are asked for. The error tells why it
/// could not be built or run.
llvm::Expected<Score> verifyProgram(const Program &program,
                                    llvm::ArrayRef<Case> cases,
                                    const Options &options,
                                    const Execution &execution,
                                    Console &console, llvm::raw_ostream &out);

} // namespace lmcc::driver

#endif // LMCC_COMPILER_DRIVER_VERIFICATION_H
