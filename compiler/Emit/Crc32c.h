//===- Crc32c.h - Checksum of the sections of a blob ------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_EMIT_CRC32C_H
#define LMCC_COMPILER_EMIT_CRC32C_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>

namespace lmcc::emit {

/// CRC-32C (Castagnoli, RFC 3720 B.4) of `bytes`. `checksum` is that of what
/// comes before them, 0 for nothing. Uses the instruction of the machine if it
/// has one.
uint32_t crc32c(llvm::ArrayRef<uint8_t> bytes, uint32_t checksum = 0);

/// The same from tables, on any machine.
uint32_t crc32cFromTables(llvm::ArrayRef<uint8_t> bytes, uint32_t checksum = 0);

} // namespace lmcc::emit

#endif // LMCC_COMPILER_EMIT_CRC32C_H
