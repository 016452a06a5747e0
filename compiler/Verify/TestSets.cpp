//===- TestSets.cpp - Find stored inputs and golden outputs ---------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Verify/TestSets.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <tuple>

using namespace lmcc;
using namespace lmcc::verify;
namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

/// The files of one kind in a folder by their number.
using NumberedFiles = std::map<unsigned, std::string>;

/// N, when the name is `<prefix>N.pb`.
static std::optional<unsigned> numberOf(llvm::StringRef name,
                                        llvm::StringRef prefix) {
  unsigned number;
  if (!name.consume_front(prefix) || !name.consume_back(".pb") ||
      !llvm::all_of(name, llvm::isDigit) || name.getAsInteger(10, number))
    return std::nullopt;
  return number;
}

static llvm::Expected<std::vector<std::string>>
listFolder(llvm::StringRef folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; entry != end && !error;
       entry.increment(error))
    paths.push_back(entry->path());
  if (error)
    return llvm::createStringError(
        error, fmt::format("cannot list the test data in {}: {}", folder.str(),
                           error.message()));
  llvm::sort(paths);
  return paths;
}

static llvm::Expected<NumberedFiles>
findNumbered(llvm::ArrayRef<std::string> paths, llvm::StringRef prefix) {
  NumberedFiles files;
  for (const std::string &file : paths) {
    std::optional<unsigned> number = numberOf(path::filename(file), prefix);
    if (!number)
      continue;
    auto [place, isNew] = files.try_emplace(*number, file);
    if (!isNew)
      return llvm::createStringError(
          fmt::format("{} and {} have the same number; remove one of them",
                      place->second, file));
  }
  return files;
}

/// The files in the order of their numbers, which must be 0, 1, 2, ...
static llvm::Expected<std::vector<std::string>>
inOrder(llvm::StringRef folder, llvm::StringRef prefix,
        const NumberedFiles &files) {
  std::vector<std::string> ordered;
  for (const auto &[number, file] : files) {
    if (number != ordered.size())
      return llvm::createStringError(fmt::format(
          "{} holds {}, but no {}{}.pb; add the missing file, or remove those "
          "behind it",
          folder.str(), path::filename(file).str(), prefix.str(),
          ordered.size()));
    ordered.push_back(file);
  }
  return ordered;
}

/// The test set in exactly this folder; nothing when it has no test data.
static llvm::Expected<std::optional<TestSet>>
readTestSet(llvm::StringRef folder) {
  llvm::Expected<std::vector<std::string>> paths = listFolder(folder);
  if (!paths)
    return paths.takeError();

  TestSet set;
  set.path = folder.str();
  for (auto [prefix, target] :
       {std::pair("input_", &set.inputs), std::pair("output_", &set.outputs)}) {
    llvm::Expected<NumberedFiles> files = findNumbered(*paths, prefix);
    if (!files)
      return files.takeError();
    llvm::Expected<std::vector<std::string>> ordered =
        inOrder(folder, prefix, *files);
    if (!ordered)
      return ordered.takeError();
    *target = std::move(*ordered);
  }
  if (set.inputs.empty() && set.outputs.empty())
    return std::nullopt;
  return set;
}

/// (number at the end of the folder's name or -1, name). A number of more than
/// 18 digits is taken as part of the name.
static std::pair<int64_t, llvm::StringRef> orderOf(const TestSet &set) {
  llvm::StringRef name = path::filename(set.path);
  llvm::StringRef digits = name.drop_front(name.rtrim("0123456789").size());
  int64_t number;
  if (digits.size() > 18 || digits.getAsInteger(10, number))
    number = -1;
  return {number, name};
}

llvm::Expected<std::vector<TestSet>>
verify::findTestSets(llvm::StringRef folder) {
  if (!fs::is_directory(folder))
    return llvm::createStringError(
        fmt::format("no test data at {}: not a folder", folder.str()));
  llvm::Expected<std::optional<TestSet>> own = readTestSet(folder);
  if (!own)
    return own.takeError();
  if (*own)
    return std::vector<TestSet>{std::move(**own)};

  llvm::Expected<std::vector<std::string>> entries = listFolder(folder);
  if (!entries)
    return entries.takeError();
  std::vector<TestSet> sets;
  for (const std::string &entry : *entries) {
    if (!fs::is_directory(entry))
      continue;
    llvm::Expected<std::optional<TestSet>> set = readTestSet(entry);
    if (!set)
      return set.takeError();
    if (*set)
      sets.push_back(std::move(**set));
  }
  if (sets.empty())
    return llvm::createStringError(fmt::format(
        "{} holds no test set: expected input_N.pb and output_N.pb files, or "
        "sub folders with such files",
        folder.str()));
  llvm::sort(sets, [](const TestSet &left, const TestSet &right) {
    return orderOf(left) < orderOf(right);
  });
  return sets;
}
