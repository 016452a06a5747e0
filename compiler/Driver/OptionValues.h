//===- OptionValues.h - What one option says --------------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each reads the value of one option; an error says what the value must be.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_DRIVER_OPTIONVALUES_H
#define LMCC_COMPILER_DRIVER_OPTIONVALUES_H

#include "compiler/Driver/Options.h"
#include "llvm/Option/Arg.h"

namespace lmcc::driver {

/// The option as in the help, whichever way its value was given.
llvm::StringRef spelling(const llvm::opt::Arg &arg);
/// `--option=VALUE: expected`
llvm::Error wrong(const llvm::opt::Arg &arg, const llvm::Twine &expected);

/// Null is an error, too.
llvm::Expected<const target::Record *> parseTarget(const llvm::opt::Arg *arg);
llvm::Expected<const pipeline::Phase *> parsePhase(const llvm::opt::Arg &arg);
llvm::Expected<emit::BlobMode> parseBlob(const llvm::opt::Arg &arg);
llvm::Expected<pipeline::Storage> parseStorage(const llvm::opt::Arg &arg);
llvm::Expected<int64_t> parseGroup(const llvm::opt::Arg &arg);
llvm::Expected<int64_t> parseTableBits(const llvm::opt::Arg &arg);
llvm::Expected<pipeline::Entries> parseEntries(const llvm::opt::Arg &arg);
/// Whether the value is `yes`; else it must be `no`.
llvm::Expected<bool> parseChoice(const llvm::opt::Arg &arg, llvm::StringRef no,
                                 llvm::StringRef yes);
llvm::Expected<double> parseNumber(const llvm::opt::Arg &arg, double low,
                                   double high);
/// A whole number of at least `low`.
llvm::Expected<int64_t> parseCount(const llvm::opt::Arg &arg, int64_t low);
/// A number of bytes; K and M stand for 1024 and 1024 x 1024 of them.
llvm::Expected<int64_t> parseBytes(const llvm::opt::Arg &arg);

llvm::Error addState(const llvm::opt::Arg &arg, pipeline::Options &options);
llvm::Error addDim(const llvm::opt::Arg &arg, SizeBounds &dims);
llvm::Error addBound(const llvm::opt::Arg &arg, Options &options);

} // namespace lmcc::driver

#endif // LMCC_COMPILER_DRIVER_OPTIONVALUES_H
