//===- HarnessTest.cpp - The harness builds and drives a contract ---------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `Inputs/fake.h` and `Inputs/constant.h` stand for generated contracts.
// LMCC_TEST_INPUTS is their folder, LMCC_TEST_COMPILER the C++ compiler in use.
//
//===----------------------------------------------------------------------===//

#include "compiler/Verify/Harness.h"
#include "compiler/Verify/Build.h"

#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

#include <cstdio>
#include <optional>

using namespace lmcc::verify;

namespace {

template <typename Element>
Tensor makeTensor(int32_t type, std::vector<int64_t> dims,
                  std::vector<Element> elements) {
  Tensor tensor;
  tensor.elementType = type;
  tensor.dims = std::move(dims);
  auto *bytes = reinterpret_cast<const uint8_t *>(elements.data());
  tensor.bytes.assign(bytes, bytes + elements.size() * sizeof(Element));
  return tensor;
}

/// Inputs of the fake model for `batch` rows and `sequence` bytes.
std::vector<Tensor> fakeInputs(int64_t batch, int64_t sequence) {
  std::vector<float> rows(static_cast<size_t>(batch * 3), 1.5f);
  std::vector<int8_t> bytes(static_cast<size_t>(sequence), 7);
  return {makeTensor(1, {batch, 3}, rows), makeTensor(3, {sequence}, bytes),
          makeTensor<int64_t>(7, {}, {-5})};
}

class HarnessTest : public testing::Test {
protected:
  void SetUp() override {
    llvm::Expected<TemporaryFolder> created =
        TemporaryFolder::create("lmcc-harness-test");
    ASSERT_TRUE(static_cast<bool>(created));
    folder.emplace(std::move(*created));
  }

  /// Builds the harness with one of the models; an empty text is success.
  std::string build(llvm::StringRef model, const std::string &source,
                    std::vector<std::string> moreFlags,
                    std::string compiler = LMCC_TEST_COMPILER) {
    std::string harness = folder->file("harness.cpp");
    std::error_code error;
    llvm::raw_fd_ostream(harness, error) << source;
    if (error)
      return error.message();
    BuildRequest request;
    request.compiler = std::move(compiler);
    request.flags = {"-std=c++17", "-O1",          "-Wall",
                     "-Wextra",    "-Wconversion", "-Werror"};
    request.flags.insert(request.flags.end(), moreFlags.begin(),
                         moreFlags.end());
    request.sources = {harness, LMCC_TEST_INPUTS "/" + model.str() + ".cpp"};
    request.includes = {LMCC_TEST_INPUTS};
    request.output = folder->file("harness");
    return llvm::toString(buildProgram(request));
  }

  /// What the harness printed, or the text of the error.
  std::string run(std::vector<std::string> arguments,
                  std::vector<std::string> emulator = {}) {
    RunRequest request;
    request.emulator = std::move(emulator);
    request.program = folder->file("harness");
    request.arguments = {folder->path().str()};
    request.arguments.insert(request.arguments.end(), arguments.begin(),
                             arguments.end());
    request.timeoutSeconds = 60;
    llvm::Expected<std::string> printed = runProgram(request);
    return printed ? *printed : llvm::toString(printed.takeError());
  }

  void writeSet(unsigned set, int64_t batch, int64_t sequence) {
    llvm::Error error = writeHarnessSet(folder->path(), set, {batch, sequence},
                                        fakeInputs(batch, sequence));
    ASSERT_EQ(llvm::toString(std::move(error)), "");
  }

  Tensor readOutput(unsigned set, unsigned output, int32_t type) {
    llvm::Expected<Tensor> tensor =
        readHarnessOutput(folder->path(), set, output, type);
    if (tensor)
      return std::move(*tensor);
    ADD_FAILURE() << llvm::toString(tensor.takeError());
    return {};
  }

  std::optional<TemporaryFolder> folder;
};

TEST_F(HarnessTest, RunsSeveralSetsOfDifferentShapes) {
  ASSERT_EQ(build("fake", harnessSource("fake", 3, 2, 2), {}), "");
  writeSet(0, 2, 4);
  writeSet(1, 8, 15);
  EXPECT_EQ(run({"2"}), "");

  Tensor scaled = readOutput(0, 0, 1);
  EXPECT_EQ(scaled.dims, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(scaled.bytes,
            makeTensor<float>(1, {2, 3}, {3, 4.5f, 6, 3, 4.5f, 6}).bytes);
  Tensor longer = readOutput(0, 1, 3);
  EXPECT_EQ(longer.dims, (std::vector<int64_t>{5}));
  EXPECT_EQ(longer.bytes, (std::vector<uint8_t>{7, 7, 7, 7, 251}));
  EXPECT_EQ(readOutput(1, 0, 1).dims, (std::vector<int64_t>{8, 3}));
}

TEST_F(HarnessTest, TensorsMayBeEmpty) {
  ASSERT_EQ(build("fake", harnessSource("fake", 3, 2, 2), {}), "");
  writeSet(0, 0, 0);
  EXPECT_EQ(run({"1"}), "");
  EXPECT_TRUE(readOutput(0, 0, 1).bytes.empty());
  EXPECT_EQ(readOutput(0, 1, 3).bytes, (std::vector<uint8_t>{251}));
}

TEST_F(HarnessTest, ModelWithoutInputsAndSymbols) {
  ASSERT_EQ(build("constant", harnessSource("constant", 0, 1, 0), {}), "");
  ASSERT_EQ(llvm::toString(writeHarnessSet(folder->path(), 0, {}, {})), "");
  EXPECT_EQ(run({"1"}), "");
  Tensor answer = readOutput(0, 0, 6);
  EXPECT_TRUE(answer.dims.empty());
  EXPECT_EQ(answer.bytes, (std::vector<uint8_t>{42, 0, 0, 0}));
}

TEST_F(HarnessTest, MeasuresTheFirstSet) {
  ASSERT_EQ(build("fake", harnessSource("fake", 3, 2, 2), {}), "");
  writeSet(0, 2, 4);
  double median = -1, least = -1;
  std::string printed = run({"1", "--repeat=10", "--arena-fill=0"});
  ASSERT_EQ(
      std::sscanf(printed.c_str(), "median_us=%lf min_us=%lf", &median, &least),
      2)
      << printed;
  EXPECT_GE(median, least);
  EXPECT_GE(least, 0);
}

TEST_F(HarnessTest, StatusIsReported) {
  ASSERT_EQ(build("fake", harnessSource("fake", 3, 2, 2), {}), "");
  writeSet(0, 2, 4);
  ASSERT_EQ(llvm::toString(
                writeHarnessSet(folder->path(), 1, {-1, 3}, fakeInputs(1, 3))),
            "");
  EXPECT_EQ(run({"2"}), "cannot run the generated program: harness: exit code "
                        "3\n  set 1: output 0 has a negative axis");
  // Within the bound of the outputs, but beyond that of a dimension.
  ASSERT_EQ(llvm::toString(
                writeHarnessSet(folder->path(), 1, {1, -1}, fakeInputs(1, 3))),
            "");
  EXPECT_EQ(run({"2"}),
            "cannot run the generated program: harness: exit code 3\n"
            "  set 1: status 3: a dimension is out of its bounds");
}

TEST_F(HarnessTest, OutputBeyondItsPromise) {
  ASSERT_EQ(
      build("fake", harnessSource("fake", 3, 2, 2), {"-DFAKE_DIMS_BEYOND"}),
      "");
  writeSet(0, 2, 4);
  EXPECT_EQ(run({"1"}),
            "cannot run the generated program: harness: exit code 3\n"
            "  set 0: output 1 exceeds its largest size");
}

TEST_F(HarnessTest, MissingInput) {
  ASSERT_EQ(build("fake", harnessSource("fake", 3, 2, 2), {}), "");
  EXPECT_NE(run({"1"}).find("dims.bin: cannot be opened"), std::string::npos);
  EXPECT_NE(run({"one"}).find("usage: harness"), std::string::npos);
}

TEST_F(HarnessTest, CountsMustBeThoseOfTheContract) {
  EXPECT_NE(
      build("fake", harnessSource("fake", 2, 2, 2), {}).find("other inputs"),
      std::string::npos);
}

TEST_F(HarnessTest, SanitizerSeesOverruns) {
  // Clang's sanitizers are a package of their own, those of g++ are not.
  const char *compiler = "g++";
  if (!llvm::sys::findProgramByName(compiler))
    GTEST_SKIP() << "there is no " << compiler;
  std::string source = harnessSource("fake", 3, 2, 2);
  std::string sanitize = "-fsanitize=address,undefined";
  writeSet(0, 2, 4);
  for (const char *defect : {"-DFAKE_WRITE_BEYOND", "-DFAKE_ARENA_BEYOND"}) {
    ASSERT_EQ(build("fake", source, {sanitize, defect}, compiler), "");
    EXPECT_NE(run({"1"}).find("heap-buffer-overflow"), std::string::npos)
        << defect;
  }
  ASSERT_EQ(
      build("fake", source, {sanitize, "-fno-sanitize-recover"}, compiler), "");
  EXPECT_EQ(run({"1"}), "");
}

TEST_F(HarnessTest, RunsUnderAnEmulator) {
  const char *compiler = "aarch64-linux-gnu-g++", *emulator = "qemu-aarch64";
  for (const char *program : {compiler, emulator})
    if (!llvm::sys::findProgramByName(program))
      GTEST_SKIP() << "there is no " << program;
  ASSERT_EQ(
      build("fake", harnessSource("fake", 3, 2, 2), {"-static"}, compiler), "");
  writeSet(0, 2, 4);
  EXPECT_EQ(run({"1"}, {emulator}), "");
  EXPECT_EQ(readOutput(0, 1, 3).bytes, (std::vector<uint8_t>{7, 7, 7, 7, 251}));
}

} // namespace
