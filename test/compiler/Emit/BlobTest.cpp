//===- BlobTest.cpp - The weights in one file -----------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/Blob.h"

#include "compiler/Emit/Crc32c.h"
#include "dialects/Target/Target.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"

using namespace lmcc;
using namespace lmcc::emit;
using llvm::support::endian::read32le;
using llvm::support::endian::read64le;

namespace {

class BlobTest : public testing::Test {
protected:
  BlobTest() {
    context.loadDialect<target::TargetDialect, weight::WeightDialect>();
    // The tests look at results, not at what is printed on failure.
    context.getDiagEngine().registerHandler(
        [&](mlir::Diagnostic &diagnostic) { message = diagnostic.str(); });
    llvm::SmallString<128> created;
    EXPECT_FALSE(
        llvm::sys::fs::createTemporaryFile("lmcc-blob-test", "bin", created));
    path = created.str().str();
    remover.setFile(path);
  }

  /// A module of weights of these types.
  void parse(llvm::ArrayRef<llvm::StringRef> types) {
    std::string text =
        "module attributes {target.machine = #target.machine<name = "
        "\"x86-64-v3\", vector_bits = 256, tile_rows = 4, panel_columns = 24, "
        "depth_block = 256, alignment = 64>} {\n";
    for (auto [index, type] : llvm::enumerate(types))
      text += llvm::formatv("weight.data @w{0} : {1} {{\n"
                            "  %0 = weight.file \"m\" offset 0 : {1}\n"
                            "  weight.yield %0 : {1}\n}\n",
                            index, type);
    module = mlir::parseSourceString<mlir::ModuleOp>(text + "}\n", &context);
    ASSERT_TRUE(module) << message;
  }

  /// Fills a weight with the last digit of its name.
  static llvm::Error fill(weight::DataOp weight,
                          llvm::MutableArrayRef<uint8_t> destination) {
    llvm::fill(destination, weight.getSymName().back());
    return llvm::Error::success();
  }

  /// The bytes of a blob written by so many threads.
  std::string write(const BlobLayout &layout, unsigned threads) {
    auto hashes = writeBlob(layout, path, fill, threads);
    EXPECT_TRUE(static_cast<bool>(hashes));
    auto buffer = llvm::MemoryBuffer::getFile(path);
    EXPECT_TRUE(static_cast<bool>(buffer));
    std::string bytes = (*buffer)->getBuffer().str();
    EXPECT_EQ(hashes->file,
              llvm::BLAKE3::hash(llvm::arrayRefFromStringRef(bytes)));
    return bytes;
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::string path, message;
  llvm::FileRemover remover;
};

TEST_F(BlobTest, SectionsAreAlignedAndInOrder) {
  parse({"tensor<3xf32>", "tensor<5x5xi1>", "tensor<0xi64>", "tensor<i8>"});
  auto layout = layoutBlob(*module);
  ASSERT_TRUE(mlir::succeeded(layout));
  EXPECT_EQ(layout->headerBytes, 192u); // 96 + 4 * 24
  ASSERT_EQ(layout->sections.size(), 4u);
  EXPECT_EQ(layout->sections[0].offset, 192u);
  EXPECT_EQ(layout->sections[0].length, 12u);
  EXPECT_EQ(layout->sections[1].offset, 256u);
  EXPECT_EQ(layout->sections[1].length, 25u);
  EXPECT_EQ(layout->sections[2].length, 0u);
  EXPECT_EQ(layout->sections[3].offset, 320u);
  EXPECT_EQ(layout->totalBytes, 384u);
}

TEST_F(BlobTest, HeaderDescribesContent) {
  parse({"tensor<3xf32>", "tensor<100xi8>"});
  auto layout = layoutBlob(*module);
  ASSERT_TRUE(mlir::succeeded(layout));
  std::string text = write(*layout, 1);
  ASSERT_EQ(text.size(), layout->totalBytes);
  llvm::ArrayRef<uint8_t> bytes = llvm::arrayRefFromStringRef(text);
  EXPECT_EQ(text.substr(0, 8), "LMCCBLOB");
  EXPECT_EQ(read32le(&bytes[8]), blobFormatVersion);
  EXPECT_EQ(read32le(&bytes[12]), layout->headerBytes);
  EXPECT_EQ(read64le(&bytes[16]), layout->totalBytes);
  EXPECT_EQ(bytes.slice(24, 32), llvm::ArrayRef<uint8_t>(layout->hash));
  Hash content = llvm::BLAKE3::hash(bytes.drop_front(layout->headerBytes));
  EXPECT_EQ(bytes.slice(56, 32), llvm::ArrayRef<uint8_t>(content));
  EXPECT_EQ(read32le(&bytes[88]), 2u);

  std::vector<uint8_t> header(bytes.begin(),
                              bytes.begin() + layout->headerBytes);
  std::fill_n(header.begin() + 92, 4, 0);
  EXPECT_EQ(read32le(&bytes[92]), crc32c(header));

  llvm::ArrayRef<uint8_t> second = bytes.slice(96 + 24, 24);
  EXPECT_EQ(read64le(&second[0]), layout->sections[1].offset);
  EXPECT_EQ(read64le(&second[8]), 100u);
  auto section = bytes.slice(layout->sections[1].offset, 100);
  EXPECT_EQ(read32le(&second[16]), crc32c(section));
  EXPECT_TRUE(llvm::all_of(section, [](uint8_t byte) { return byte == '1'; }));
}

TEST_F(BlobTest, BytesDoNotDependOnThreads) {
  parse({"tensor<1000xf32>", "tensor<7xi8>", "tensor<333xi64>",
         "tensor<5000xi16>", "tensor<f64>"});
  auto layout = layoutBlob(*module);
  ASSERT_TRUE(mlir::succeeded(layout));
  EXPECT_EQ(write(*layout, 1), write(*layout, 4));
}

TEST_F(BlobTest, LayoutHashDependsOnTypes) {
  parse({"tensor<4xf32>"});
  auto floats = layoutBlob(*module);
  parse({"tensor<4xi32>"});
  auto integers = layoutBlob(*module);
  ASSERT_TRUE(mlir::succeeded(floats) && mlir::succeeded(integers));
  EXPECT_NE(floats->hash, integers->hash);
}

TEST_F(BlobTest, NoWeightsAreABlob) {
  parse({});
  auto layout = layoutBlob(*module);
  ASSERT_TRUE(mlir::succeeded(layout));
  EXPECT_EQ(write(*layout, 1).size(), 128u);
}

TEST_F(BlobTest, RefusesWhatDoesNotFit) {
  parse({"tensor<3xi4>"});
  EXPECT_TRUE(mlir::failed(layoutBlob(*module)));
  EXPECT_NE(message.find("whole number of bytes"), std::string::npos);
  parse({"tensor<4611686018427387904xi64>"});
  EXPECT_TRUE(mlir::failed(layoutBlob(*module)));
}

TEST_F(BlobTest, FirstFailureIsReported) {
  parse({"tensor<4xf32>", "tensor<4xf32>", "tensor<4xf32>"});
  auto layout = layoutBlob(*module);
  ASSERT_TRUE(mlir::succeeded(layout));
  auto failing = [](weight::DataOp weight,
                    llvm::MutableArrayRef<uint8_t> bytes) -> llvm::Error {
    if (weight.getSymName() == "w0")
      return fill(weight, bytes);
    return llvm::createStringError("no " + weight.getSymName());
  };
  auto hashes = writeBlob(*layout, path, failing, 2);
  ASSERT_FALSE(static_cast<bool>(hashes));
  EXPECT_EQ(llvm::toString(hashes.takeError()), "no w1");
}

} // namespace
