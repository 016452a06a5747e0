//===- Samples.h - Inputs for one run of a model ----------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_REPORT_SAMPLES_H
#define LMCC_COMPILER_REPORT_SAMPLES_H

#include "dialects/Graph/Evaluate/SymbolValues.h"

namespace lmcc::report {

/// What a function is evaluated on.
struct Sample {
  llvm::SmallVector<graph::HostTensor> inputs;
  graph::SymbolValues symbols;
};

/// Makes inputs up, the same for the same function on every host: indices are
/// spread over the tables in which they are looked up, positions count from 0,
/// masks are all ones, and other floats are distributed around 0 like a normal
/// distribution with deviation 1. Free sizes are 32 or what is next to it
/// within their bounds; of a decoder there are no tokens before. Fails, without
/// a message, where no such sizes meet the demands of the function.
mlir::FailureOr<Sample> generateSample(mlir::func::FuncOp function);

} // namespace lmcc::report

#endif // LMCC_COMPILER_REPORT_SAMPLES_H
