//===- Build.h - Build and run a generated program ------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The two outside programs of verification: the C++ compiler that builds the
// generated sources, and the result itself, natively or under an emulator.
// What they print is kept in a temporary file; it goes into the error message
// when they fail. Programs are looked up along PATH and started without a
// shell, so no name needs quoting.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_VERIFY_BUILD_H
#define LMCC_COMPILER_VERIFY_BUILD_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace lmcc::verify {

/// A new, empty folder that only its owner may enter. It is removed with all
/// that is in it when the object goes, unless `keep` was asked for.
class TemporaryFolder {
public:
  /// Creates `<TMPDIR or /tmp>/<prefix>-XXXXXX`.
  static llvm::Expected<TemporaryFolder> create(llvm::StringRef prefix,
                                                bool keep = false);

  TemporaryFolder(TemporaryFolder &&other);
  TemporaryFolder &operator=(TemporaryFolder &&other);
  ~TemporaryFolder();

  llvm::StringRef path() const { return folder; }
  /// The path of an entry; nothing is created.
  std::string file(llvm::StringRef name) const;

private:
  TemporaryFolder(std::string folder, bool keep)
      : folder(std::move(folder)), keep(keep) {}

  std::string folder; ///< Empty after a move.
  bool keep;
};

/// `<compiler> <flags> -I<include>... <sources> -o <output>`
struct BuildRequest {
  std::string compiler; ///< A program name or a path.
  std::vector<std::string> flags;
  std::vector<std::string> sources;
  std::vector<std::string> includes;
  std::string output;
  unsigned timeoutSeconds = 0; ///< 0: no limit.
};

/// Builds one program. The error carries the command and the first lines that
/// the compiler printed, or the package to install when there is no such
/// compiler.
llvm::Error buildProgram(const BuildRequest &request);

/// `<emulator words> <program> <arguments>`
struct RunRequest {
  std::vector<std::string> emulator; ///< Empty: run natively.
  std::string program;
  std::vector<std::string> arguments;
  unsigned timeoutSeconds = 0;  ///< 0: no limit.
  unsigned memoryMegabytes = 0; ///< Of data and heap; 0: no limit.
};

/// Runs one program with an empty standard input. Returns what it printed on
/// both streams, at most the first 64 KiB. The error tells an exit code, a
/// signal and an exceeded time limit apart and carries the first lines that
/// were printed.
llvm::Expected<std::string> runProgram(const RunRequest &request);

/// The name of the Debian package that brings a C++ compiler or emulator, such
/// as `g++-aarch64-linux-gnu` for `aarch64-linux-gnu-g++`; empty if unknown.
std::string packageOf(llvm::StringRef program);

} // namespace lmcc::verify

#endif // LMCC_COMPILER_VERIFY_BUILD_H
