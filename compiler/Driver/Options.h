//===- Options.h - What the command line asks for ---------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_DRIVER_OPTIONS_H
#define LMCC_COMPILER_DRIVER_OPTIONS_H

#include "compiler/Emit/Emit.h"
#include "compiler/Pipeline/Pipeline.h"
#include "compiler/Verify/Compare.h"
#include "dialects/Target/Target.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

#include <string>
#include <utility>
#include <vector>

namespace lmcc::driver {

/// Smallest and largest value of a size, by the size's name in the model.
using SizeBounds = llvm::StringMap<std::pair<int64_t, int64_t>>;

enum class Action { Compile, PrintHelp, PrintVersion, PrintTargets };

/// A request that makes sense as far as one can tell without the model.
struct Options {
  Action action = Action::Compile;
  // The rest is for Action::Compile alone.

  std::string model;
  const target::Record *target = nullptr;
  /// The folder to write; empty where `--verify` alone needs the output.
  std::string output;
  /// Prefix of files and functions, a C identifier.
  std::string name;
  emit::BlobMode blob = emit::BlobMode::Incbin;
  bool sampler = false;
  /// For the passes, but for `storage` and `tableBits`.
  pipeline::Options passes;
  /// Not given: by the target and the model, see `chooseStorage`.
  std::optional<pipeline::Storage> storage;
  /// Not given: 8 if anything is quantised, 16 if to float16.
  std::optional<int64_t> tableBits;
  bool measuresLoss = true;
  /// Of an output, relative; with `measuresLoss`.
  std::optional<double> maxLoss;
  /// Folders of test sets to measure it on.
  std::vector<std::string> calibration;
  /// The phase to print after; null to compile.
  const pipeline::Phase *printAfter = nullptr;
  bool explain = false;

  SizeBounds dims;
  struct BoundInput {
    std::string input, file;
  };
  std::vector<BoundInput> bound;
  bool bindShapeInputs = false;

  /// Folders of test sets.
  std::vector<std::string> verify;
  /// Empty: the compiler of the target.
  std::string compiler;
  verify::Tolerance tolerance;
  unsigned repeat = 0;
};

/// Parses what follows the program's name. The error says how to use it.
llvm::Expected<Options> parseOptions(llvm::ArrayRef<const char *> arguments);

/// One screen: options and phases.
void printHelp(llvm::raw_ostream &os);

/// One line per target.
void printTargets(llvm::raw_ostream &os);

} // namespace lmcc::driver

#endif // LMCC_COMPILER_DRIVER_OPTIONS_H
