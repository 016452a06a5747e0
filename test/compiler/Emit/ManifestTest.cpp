//===- ManifestTest.cpp - What programs read about an output --------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/BuildFiles.h"

#include "llvm/Support/JSON.h"
#include "gtest/gtest.h"

using namespace lmcc;
using namespace lmcc::emit;

namespace {

llvm::json::Object manifestFor(const target::Record &target) {
  Program program;
  program.name = "tiny";
  program.target = &target;
  program.alignment = 64;
  auto parsed = llvm::json::parse(printManifest(program, {}, {}));
  EXPECT_TRUE(bool(parsed));
  return parsed ? *parsed->getAsObject() : llvm::json::Object();
}

TEST(ManifestTest, AllTargetsHaveTheSameBits) {
  for (const target::Record &record : target::records()) {
    llvm::json::Object manifest = manifestFor(record);
    EXPECT_EQ(manifest.getBoolean("bit_exact"), true) << record.name.str();
    EXPECT_EQ(manifest.get("bit_exact_reason"), nullptr);
  }
}

TEST(ManifestTest, OtherBitsHaveAReason) {
  target::Record record = target::records().front();
  record.notBitExact = "vectors flush denormals";
  llvm::json::Object manifest = manifestFor(record);
  EXPECT_EQ(manifest.getBoolean("bit_exact"), false);
  EXPECT_EQ(manifest.getString("bit_exact_reason"), "vectors flush denormals");
}

} // namespace
