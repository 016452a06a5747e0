//===- Build.cpp - Build and run a generated program ----------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Verify/Build.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <system_error>
#include <utility>

using namespace lmcc;
using namespace lmcc::verify;
namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

//===----------------------------------------------------------------------===//
// TemporaryFolder
//===----------------------------------------------------------------------===//

llvm::Expected<TemporaryFolder> TemporaryFolder::create(llvm::StringRef prefix,
                                                        bool keep) {
  llvm::SmallString<128> pattern;
  path::system_temp_directory(/*ErasedOnReboot=*/true, pattern);
  path::append(pattern, prefix + "-XXXXXX");
  std::string folder = pattern.str().str();
  // mkdtemp, because it gives nobody else access from the first moment on.
  if (!::mkdtemp(folder.data())) {
    std::error_code error(errno, std::generic_category());
    return llvm::createStringError(
        error,
        fmt::format("cannot create the temporary folder {}: {}; set TMPDIR to "
                    "a folder with free space",
                    folder, error.message()));
  }
  return TemporaryFolder(std::move(folder), keep);
}

TemporaryFolder::TemporaryFolder(TemporaryFolder &&other)
    : folder(std::exchange(other.folder, {})), keep(other.keep) {}

TemporaryFolder &TemporaryFolder::operator=(TemporaryFolder &&other) {
  // The other object removes what this one held.
  std::swap(folder, other.folder);
  std::swap(keep, other.keep);
  return *this;
}

TemporaryFolder::~TemporaryFolder() {
  // A destructor has nobody to tell; the folder then stays, as after a kill.
  if (!folder.empty() && !keep)
    (void)fs::remove_directories(folder, /*IgnoreErrors=*/true);
}

std::string TemporaryFolder::file(llvm::StringRef name) const {
  llvm::SmallString<128> full(folder);
  path::append(full, name);
  return full.str().str();
}

//===----------------------------------------------------------------------===//
// Running programs
//===----------------------------------------------------------------------===//

namespace {
/// How one run of a program ended.
struct Outcome {
  std::string printed; ///< Both streams, cut after `printedBytes`.
  std::string failure; ///< Such as `exit code 1`; empty for exit code 0.
};
} // namespace

static constexpr uint64_t printedBytes = 65536;
static constexpr size_t printedLines = 40;

/// Returns the beginning of a text, indented, with a note on what was left out.
static std::string firstLines(llvm::StringRef text) {
  llvm::SmallVector<llvm::StringRef> lines;
  text.rtrim('\n').split(lines, '\n');
  std::string result;
  for (llvm::StringRef line : llvm::ArrayRef(lines).take_front(printedLines))
    result += fmt::format("\n  {}", line.str());
  if (lines.size() > printedLines)
    result +=
        fmt::format("\n  ... and {} more lines", lines.size() - printedLines);
  return result;
}

/// LLVM tells a time-out and a signal apart only by the text.
static std::string describeFailure(int code, llvm::StringRef message,
                                   unsigned timeoutSeconds) {
  if (code == 0)
    return {};
  if (code > 0)
    return fmt::format("exit code {}", code);
  if (timeoutSeconds && message.starts_with("Child timed out"))
    return fmt::format("still running after {} seconds", timeoutSeconds);
  if (code == -2)
    return fmt::format("stopped by a signal: {}", message.str());
  return fmt::format("cannot be started: {}", message.str());
}

static llvm::Expected<std::string> findProgram(llvm::StringRef name) {
  llvm::ErrorOr<std::string> found = llvm::sys::findProgramByName(name);
  if (found)
    return *found;
  std::string package = packageOf(path::filename(name));
  return llvm::createStringError(
      found.getError(),
      fmt::format("there is no program {}; {}", name.str(),
                  package.empty()
                      ? "install it, or give its full path"
                      : fmt::format("install the package {}, or give the "
                                    "program's full path",
                                    package)));
}

static llvm::Expected<Outcome> execute(llvm::ArrayRef<std::string> words,
                                       unsigned timeoutSeconds,
                                       unsigned memoryMegabytes) {
  llvm::Expected<std::string> program = findProgram(words.front());
  if (!program)
    return program.takeError();
  llvm::Expected<TemporaryFolder> folder = TemporaryFolder::create("lmcc-run");
  if (!folder)
    return folder.takeError();

  // One file for both streams keeps their order.
  std::string log = folder->file("printed.txt");
  std::optional<llvm::StringRef> redirects[] = {llvm::StringRef(""), log, log};
  llvm::SmallVector<llvm::StringRef> arguments(words.begin(), words.end());
  std::string message;
  int code =
      llvm::sys::ExecuteAndWait(*program, arguments, std::nullopt, redirects,
                                timeoutSeconds, memoryMegabytes, &message);
  Outcome outcome;
  outcome.failure = describeFailure(code, message, timeoutSeconds);
  uint64_t bytes = 0;
  if (fs::file_size(log, bytes))
    return outcome; // Not started, so nothing was printed.
  auto text = llvm::MemoryBuffer::getFileSlice(
      log, std::min(bytes, printedBytes), /*Offset=*/0);
  if (text)
    outcome.printed = (*text)->getBuffer().str();
  return outcome;
}

llvm::Error verify::buildProgram(const BuildRequest &request) {
  std::vector<std::string> words = {request.compiler};
  llvm::append_range(words, request.flags);
  for (const std::string &include : request.includes)
    words.push_back("-I" + include);
  llvm::append_range(words, request.sources);
  words.insert(words.end(), {"-o", request.output});

  llvm::Expected<Outcome> outcome =
      execute(words, request.timeoutSeconds, /*memoryMegabytes=*/0);
  if (!outcome)
    return llvm::createStringError(
        fmt::format("cannot build the generated program: {}",
                    llvm::toString(outcome.takeError())));
  if (outcome->failure.empty())
    return llvm::Error::success();
  return llvm::createStringError(fmt::format(
      "cannot build the generated program: {}: {}\n  {}{}", request.compiler,
      outcome->failure, fmt::join(words, " "), firstLines(outcome->printed)));
}

llvm::Expected<std::string> verify::runProgram(const RunRequest &request) {
  std::vector<std::string> words = request.emulator;
  words.push_back(request.program);
  llvm::append_range(words, request.arguments);

  llvm::Expected<Outcome> outcome =
      execute(words, request.timeoutSeconds, request.memoryMegabytes);
  if (!outcome)
    return llvm::createStringError(
        fmt::format("cannot run the generated program: {}",
                    llvm::toString(outcome.takeError())));
  if (outcome->failure.empty())
    return std::move(outcome->printed);
  return llvm::createStringError(
      fmt::format("cannot run the generated program: {}: {}{}",
                  path::filename(request.program).str(), outcome->failure,
                  firstLines(outcome->printed)));
}

std::string verify::packageOf(llvm::StringRef program) {
  if (program.starts_with("qemu-system-"))
    return program.str();
  if (program.starts_with("qemu-"))
    return program.ends_with("-static") ? "qemu-user-static" : "qemu-user";
  if (program == "arm-none-eabi-g++")
    return "gcc-arm-none-eabi";
  if (program.consume_front("clang++"))
    return "clang" + program.str();

  // [<triple>-]g++[-<version>]
  size_t place = program.find("g++");
  if (place == llvm::StringRef::npos)
    return {};
  llvm::StringRef triple = program.take_front(place);
  llvm::StringRef version = program.drop_front(place + 3);
  if (triple.empty())
    return "g++" + version.str();
  if (!triple.consume_back("-"))
    return {};
  std::string suffix = triple.str();
  llvm::replace(suffix, '_', '-'); // x86_64 is spelled x86-64 in packages.
  return fmt::format("g++{}-{}", version.str(), suffix);
}
