//===- Harness.h - The program that runs a generated model ----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The harness is a hosted C++17 program that drives a generated model through
// its public contract alone, as a firmware would:
//
//   harness WORKFOLDER SETS [--repeat=N] [--arena-fill=BYTE]
//
// For each K below SETS it reads `WORKFOLDER/K/dims.bin` (one int64 per free
// symbol; not read when there is none) and `WORKFOLDER/K/input_I.bin` (the
// elements), runs the model and writes `WORKFOLDER/K/output_J.bin` and
// `WORKFOLDER/K/output_J_dims.bin` (one int64 per axis). All are raw little
// endian without a header.
//
// Every input and output is an allocation of its own that ends with its last
// element and is aligned for its element only, so that a sanitizer or a fault
// shows what a model reads or writes beyond them. Arena and outputs start out
// filled with BYTE (255 unless given, which makes every float a NaN).
//
// It ends with 0 after all sets; with 2 when it is called wrongly or a file
// cannot be used; with 3 after `set K: status N: TEXT` on standard error when
// the model returns a status or breaks its own bounds. With --repeat=N it runs
// set 0 once more to warm up, then N times, and prints
// `median_us=M min_us=M` of the thread's processor time.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_VERIFY_HARNESS_H
#define LMCC_COMPILER_VERIFY_HARNESS_H

#include "compiler/Verify/Tensor.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>

namespace lmcc::verify {

/// The text of the harness for the model whose contract is `<model>.h`.
/// `model` is an identifier; the counts are those of its inputs, outputs and
/// free symbols, and a contract with other counts does not compile.
std::string harnessSource(llvm::StringRef model, unsigned inputs,
                          unsigned outputs, unsigned dims);

/// Writes the files that the harness reads for set `set`, and its folder.
/// `dims` are the values of the free symbols in the contract's order.
llvm::Error writeHarnessSet(llvm::StringRef workFolder, unsigned set,
                            llvm::ArrayRef<int64_t> dims,
                            llvm::ArrayRef<Tensor> inputs);

/// Reads back what the harness wrote for one output. An error when a file is
/// missing or its size contradicts the shape.
llvm::Expected<Tensor> readHarnessOutput(llvm::StringRef workFolder,
                                         unsigned set, unsigned output,
                                         int32_t elementType);

} // namespace lmcc::verify

#endif // LMCC_COMPILER_VERIFY_HARNESS_H
