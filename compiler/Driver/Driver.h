//===- Driver.h - The whole compiler as one call ----------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_DRIVER_DRIVER_H
#define LMCC_COMPILER_DRIVER_DRIVER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/raw_ostream.h"

namespace lmcc::driver {

/// Does what the command line says; `arguments` are those behind the program's
/// name. Results go to `out`, messages to `errors`. Returns the exit code: 0
/// done, 1 the model or the request cannot be compiled or verified, 2 wrong
/// usage.
int run(llvm::ArrayRef<const char *> arguments, llvm::raw_ostream &out,
        llvm::raw_ostream &errors, bool errorsAreOnTerminal);

} // namespace lmcc::driver

#endif // LMCC_COMPILER_DRIVER_DRIVER_H
