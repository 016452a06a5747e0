//===- Crc32c.cpp - Checksum of the sections of a blob --------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/Crc32c.h"

#include "llvm/Support/Endian.h"

#include <array>

using namespace lmcc;

using Tables = std::array<std::array<uint32_t, 256>, 8>;

/// Table n holds the checksum of a byte that n zero bytes follow.
static constexpr Tables makeTables() {
  constexpr uint32_t polynomial = 0x82f63b78; // Reflected.
  Tables tables{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t value = byte;
    for (unsigned bit = 0; bit < 8; ++bit)
      value = (value >> 1) ^ (value & 1 ? polynomial : 0);
    tables[0][byte] = value;
  }
  for (unsigned table = 1; table < 8; ++table)
    for (uint32_t byte = 0; byte < 256; ++byte) {
      uint32_t before = tables[table - 1][byte];
      tables[table][byte] = (before >> 8) ^ tables[0][before & 0xff];
    }
  return tables;
}

static constexpr Tables tables = makeTables();

uint32_t emit::crc32cFromTables(llvm::ArrayRef<uint8_t> bytes,
                                uint32_t checksum) {
  uint32_t value = ~checksum;
  for (; bytes.size() >= 8; bytes = bytes.drop_front(8)) {
    uint64_t word = llvm::support::endian::read64le(bytes.data()) ^ value;
    value = 0;
    for (unsigned byte = 0; byte < 8; ++byte)
      value ^= tables[7 - byte][(word >> (8 * byte)) & 0xff];
  }
  for (uint8_t byte : bytes)
    value = (value >> 8) ^ tables[0][(value ^ byte) & 0xff];
  return ~value;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t
crc32cFromInstruction(llvm::ArrayRef<uint8_t> bytes, uint32_t checksum) {
  uint64_t value = static_cast<uint32_t>(~checksum);
  for (; bytes.size() >= 8; bytes = bytes.drop_front(8))
    value = __builtin_ia32_crc32di(
        value, llvm::support::endian::read64le(bytes.data()));
  uint32_t rest = static_cast<uint32_t>(value);
  for (uint8_t byte : bytes)
    rest = __builtin_ia32_crc32qi(rest, byte);
  return ~rest;
}
#endif

uint32_t emit::crc32c(llvm::ArrayRef<uint8_t> bytes, uint32_t checksum) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("sse4.2"))
    return crc32cFromInstruction(bytes, checksum);
#endif
  return crc32cFromTables(bytes, checksum);
}
