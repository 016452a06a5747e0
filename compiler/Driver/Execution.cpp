//===- Execution.cpp - How this host runs what was generated --------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Driver/Execution.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

using namespace lmcc;
using namespace lmcc::driver;
using llvm::StringRef;
using llvm::Twine;

/// The features of the first processor in /proc/cpuinfo, in the words of the
/// kernel.
static llvm::StringSet<> hostFeatures() {
  llvm::StringSet<> features;
  auto text = llvm::MemoryBuffer::getFileAsStream("/proc/cpuinfo");
  if (!text)
    return features;
  StringRef rest = (*text)->getBuffer();
  while (!rest.empty()) {
    StringRef line;
    std::tie(line, rest) = rest.split('\n');
    auto [key, value] = line.split(':');
    if (key.trim() != "flags" && key.trim() != "Features")
      continue;
    llvm::SmallVector<StringRef> words;
    value.split(words, ' ', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
    for (StringRef word : words)
      features.insert(word);
    break;
  }
  return features;
}

/// What keeps this host from running the target's code; empty if nothing.
static std::string obstacleFor(const target::Record &target) {
  if (target.hostArchitecture.empty())
    return "";
  std::string architecture =
      llvm::Triple(llvm::sys::getProcessTriple()).getArchName().str();
  if (architecture != target.hostArchitecture)
    return ("this host is " + architecture + ", not " + target.hostArchitecture)
        .str();
  llvm::StringSet<> present = hostFeatures();
  llvm::SmallVector<StringRef> missing;
  for (StringRef feature : target.hostFeatures)
    if (!present.contains(feature))
      missing.push_back(feature);
  return missing.empty()
             ? ""
             : "this host's processor lacks " + llvm::join(missing, ", ");
}

llvm::Expected<Execution>
driver::chooseExecution(const target::Record &target) {
  std::string obstacle = obstacleFor(target);
  if (obstacle.empty())
    return Execution();
  std::string failure = ("cannot run the generated program: code for " +
                         target.name + " does not run here: " + obstacle)
                            .str();
  if (target.emulator.empty())
    return llvm::createStringError(
        failure + ", and the target has no emulator; verify on such a machine");
  StringRef program = target.emulator.front();
  if (!llvm::sys::findProgramByName(program))
    return llvm::createStringError(failure + "; install " + program +
                                   " (Debian package " +
                                   target.emulatorPackage + ")");
  Execution execution;
  for (StringRef word : target.emulator)
    execution.emulator.push_back(word.str());
  return execution;
}
