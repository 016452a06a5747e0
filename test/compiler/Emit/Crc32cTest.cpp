//===- Crc32cTest.cpp - Checksum of the sections of a blob ----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/Crc32c.h"

#include "llvm/ADT/StringExtras.h"
#include "gtest/gtest.h"

#include <vector>

using namespace lmcc::emit;

namespace {

std::vector<uint8_t> counting(size_t count) {
  std::vector<uint8_t> bytes(count);
  for (size_t i = 0; i < count; ++i)
    bytes[i] = static_cast<uint8_t>(i * 131 + i / 256);
  return bytes;
}

// The examples of RFC 3720, B.4.
TEST(Crc32cTest, PublishedValues) {
  std::vector<uint8_t> zeros(32, 0), ones(32, 0xff), rising(32);
  for (unsigned i = 0; i < 32; ++i)
    rising[i] = i;
  EXPECT_EQ(crc32c(zeros), 0x8a9136aau);
  EXPECT_EQ(crc32c(ones), 0x62a8ab43u);
  EXPECT_EQ(crc32c(rising), 0x46dd794eu);
  EXPECT_EQ(crc32c(llvm::arrayRefFromStringRef("123456789")), 0xe3069283u);
  EXPECT_EQ(crc32c({}), 0u);
}

TEST(Crc32cTest, InstructionAndTablesAgree) {
  std::vector<uint8_t> bytes = counting(1000);
  for (size_t start = 0; start < 9; ++start)
    for (size_t length = 0; length < 70; ++length) {
      llvm::ArrayRef<uint8_t> part(bytes.data() + start, length);
      EXPECT_EQ(crc32c(part), crc32cFromTables(part));
    }
  EXPECT_EQ(crc32c(bytes), crc32cFromTables(bytes));
}

TEST(Crc32cTest, PiecesJoin) {
  std::vector<uint8_t> bytes = counting(777);
  llvm::ArrayRef<uint8_t> all(bytes);
  for (size_t cut : {size_t(0), size_t(1), size_t(13), size_t(776)}) {
    uint32_t first = crc32c(all.take_front(cut));
    EXPECT_EQ(crc32c(all.drop_front(cut), first), crc32c(all));
    EXPECT_EQ(crc32cFromTables(all.drop_front(cut), first), crc32c(all));
  }
}

} // namespace
