//===- BuildTest.cpp - Running compilers and generated programs -----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Verify/Build.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

using namespace lmcc::verify;

namespace {

/// What a shell command printed, or the text of the error.
std::string runShell(const std::string &command, unsigned timeoutSeconds = 30,
                     unsigned memoryMegabytes = 0) {
  RunRequest request;
  request.emulator = {"sh"};
  request.program = "-c";
  request.arguments = {command};
  request.timeoutSeconds = timeoutSeconds;
  request.memoryMegabytes = memoryMegabytes;
  llvm::Expected<std::string> printed = runProgram(request);
  return printed ? *printed : llvm::toString(printed.takeError());
}

TemporaryFolder createFolder(bool keep = false) {
  return llvm::cantFail(TemporaryFolder::create("lmcc-build-test", keep));
}

TEST(TemporaryFolderTest, IsRemovedWithItsContents) {
  std::string path, file;
  {
    TemporaryFolder folder = createFolder();
    path = folder.path().str();
    file = folder.file("some.txt");
    std::error_code error;
    llvm::raw_fd_ostream(file, error) << "text";
    EXPECT_TRUE(llvm::sys::fs::exists(file));
    TemporaryFolder moved = std::move(folder);
    EXPECT_EQ(moved.path(), path);
  }
  EXPECT_FALSE(llvm::sys::fs::exists(path));
}

TEST(TemporaryFolderTest, StaysOnRequest) {
  std::string path = createFolder(/*keep=*/true).path().str();
  EXPECT_TRUE(llvm::sys::fs::exists(path));
  llvm::sys::fs::remove(path);
}

TEST(RunTest, BothStreamsInOrder) {
  EXPECT_EQ(runShell("echo one; echo two >&2; echo three"),
            "one\ntwo\nthree\n");
}

TEST(RunTest, ExitCode) {
  EXPECT_EQ(runShell("echo reason >&2; exit 7"),
            "cannot run the generated program: -c: exit code 7\n  reason");
}

TEST(RunTest, Signal) {
  std::string text = runShell("kill -SEGV $$");
  EXPECT_NE(text.find("stopped by a signal: Segmentation fault"),
            std::string::npos)
      << text;
}

TEST(RunTest, TimeLimit) {
  EXPECT_EQ(runShell("echo begun; exec sleep 20", /*timeoutSeconds=*/1),
            "cannot run the generated program: -c: still running after 1 "
            "seconds\n  begun");
}

TEST(RunTest, MemoryLimit) {
  const char *command = "ulimit -d";
  EXPECT_EQ(runShell(command, 30, /*memoryMegabytes=*/512), "524288\n");
}

TEST(RunTest, LongOutputIsCut) {
  std::string text = runShell("seq 100; exit 1");
  EXPECT_NE(text.find("\n  40\n  ... and 60 more lines"), std::string::npos)
      << text;
}

TEST(RunTest, MissingEmulatorNamesItsPackage) {
  RunRequest request;
  request.emulator = {"qemu-none"};
  request.program = "harness";
  EXPECT_EQ(llvm::toString(runProgram(request).takeError()),
            "cannot run the generated program: there is no program qemu-none; "
            "install the package qemu-user, or give the program's full path");
}

TEST(BuildTest, CompilerErrorIsShown) {
  TemporaryFolder folder = createFolder();
  std::string source = folder.file("broken.cpp");
  std::error_code error;
  llvm::raw_fd_ostream(source, error) << "int main() { return missing; }\n";
  BuildRequest request;
  request.compiler = LMCC_TEST_COMPILER;
  request.flags = {"-std=c++17"};
  request.sources = {source};
  request.output = folder.file("broken");
  std::string text = llvm::toString(buildProgram(request));
  EXPECT_NE(text.find("exit code 1"), std::string::npos) << text;
  EXPECT_NE(text.find("missing"), std::string::npos) << text;
  EXPECT_NE(text.find("-std=c++17 " + source + " -o "), std::string::npos)
      << text;
}

TEST(BuildTest, MissingCompilerNamesItsPackage) {
  BuildRequest request;
  request.compiler = "none-linux-gnu-g++-12";
  EXPECT_EQ(llvm::toString(buildProgram(request)),
            "cannot build the generated program: there is no program "
            "none-linux-gnu-g++-12; install the package "
            "g++-12-none-linux-gnu, or give the program's full path");
}

TEST(BuildTest, Packages) {
  EXPECT_EQ(packageOf("g++"), "g++");
  EXPECT_EQ(packageOf("g++-12"), "g++-12");
  EXPECT_EQ(packageOf("clang++-22"), "clang-22");
  EXPECT_EQ(packageOf("aarch64-linux-gnu-g++"), "g++-aarch64-linux-gnu");
  EXPECT_EQ(packageOf("x86_64-linux-gnu-g++"), "g++-x86-64-linux-gnu");
  EXPECT_EQ(packageOf("arm-none-eabi-g++"), "gcc-arm-none-eabi");
  EXPECT_EQ(packageOf("qemu-aarch64"), "qemu-user");
  EXPECT_EQ(packageOf("qemu-aarch64-static"), "qemu-user-static");
  EXPECT_EQ(packageOf("qemu-system-arm"), "qemu-system-arm");
  EXPECT_EQ(packageOf("armclang"), "");
}

} // namespace
