//===- BuildFiles.h - Weights as a symbol, and how to build the output *- C++
//-*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_EMIT_BUILDFILES_H
#define LMCC_COMPILER_EMIT_BUILDFILES_H

#include "compiler/Emit/Program.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace lmcc::emit {

/// The flags that the output is compiled with, whichever compiler.
std::vector<std::string> compilerFlags(const target::Record &target);

/// `<m>_weights.S`: the blob as a symbol of an ELF object.
std::string printWeightStub(const Program &program);

/// Writes `<m>_weights.cpp` to `path`: the blob at `blobPath` as an array, for
/// compilers without an assembler. Five bytes of text for one.
llvm::Error writeWeightArray(const Program &program, llvm::StringRef blobPath,
                             llvm::StringRef path);

/// `CMakeLists.txt`. Of `sources`, an assembler file comes last.
std::string printCMake(const Program &program,
                       llvm::ArrayRef<std::string> sources);

/// A file of the output and the BLAKE3 of its bytes.
struct FileHash {
  std::string name;
  Hash hash;
};

/// `manifest.json`
std::string printManifest(const Program &program, const BlobHashes &blob,
                          llvm::ArrayRef<FileHash> files);

} // namespace lmcc::emit

#endif // LMCC_COMPILER_EMIT_BUILDFILES_H
