//===- CarriedHeader.cpp - The runtime of the output ----------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/Names.h"
#include "compiler/Emit/Program.h"

#include "llvm/ADT/STLExtras.h"

#include <fmt/format.h>

using namespace lmcc;
using namespace lmcc::emit;
using llvm::StringRef;

namespace {
struct Part {
  StringRef name, text;
};
} // namespace

/// The files of runtime-stub/.
static constexpr Part parts[] = {
#include "compiler/Emit/CarriedParts.inc"
};

static constexpr llvm::StringLiteral samplerPart = "Sampler.h";
static constexpr llvm::StringLiteral baseInclude =
    "\n#include \"lmcc_base.h\"\n\n";

static const Part *findPart(StringRef name) {
  const Part *part =
      llvm::find_if(parts, [&](const Part &part) { return part.name == name; });
  return part == std::end(parts) ? nullptr : part;
}

bool emit::hasCarriedParts(const target::Record &target) {
  return llvm::all_of(target.headerParts,
                      [](StringRef name) { return findPart(name); });
}

/// Under which terms a file comes, and where from.
static std::string originLines(const Program &program) {
  return licenseLine.str() + fmt::format("// Carried by lmcc {} for {}.\n",
                                         commentText(program.version),
                                         program.target->name.str());
}

/// The parts one after another.
static std::string join(llvm::ArrayRef<StringRef> names) {
  std::string text;
  for (StringRef name : names) {
    StringRef part = findPart(name)->text;
    part.consume_front(licenseLine); // The file has it in front.
    text += (part + "\n").str();
  }
  return StringRef(text).rtrim('\n').str() + "\n";
}

std::string emit::printCarriedBase(const Program &program) {
  return originLines(program) + join(program.target->headerParts.take_front());
}

std::string emit::printCarriedHeader(const Program &program) {
  llvm::SmallVector<StringRef> names(program.target->headerParts.drop_front());
  if (program.hasSampler)
    names.push_back(samplerPart);
  return originLines(program) + baseInclude.str() + join(names);
}
