//===- ReadLimits.h - What a model may ask of the reader --------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_IMPORT_READLIMITS_H
#define LMCC_COMPILER_IMPORT_READLIMITS_H

#include <cstdint>
#include <string>

namespace lmcc::import {

/// A model is untrusted: these bounds keep a small hostile file from taking all
/// stack or memory. The defaults are far above what exporters write.
struct ReadLimits {
  /// Messages inside one another. A subgraph in a node is three of them.
  unsigned nesting = 100;

  /// Messages, strings and packed arrays in one file. Each costs some hundred
  /// bytes of memory and as little as two bytes of file.
  uint64_t entries = uint64_t(1) << 24;

  /// Size of what protobuf gets to parse, that is, a binary model without the
  /// tensor data that stays in the file, or a whole text model. Protobuf itself
  /// cannot read more than the default.
  uint64_t parsedBytes = INT32_MAX;

  /// A second folder to look in for external data that the folder of the model
  /// does not have. Empty for none.
  std::string externalDataFolder;
};

} // namespace lmcc::import

#endif // LMCC_COMPILER_IMPORT_READLIMITS_H
