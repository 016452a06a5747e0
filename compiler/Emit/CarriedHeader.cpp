//===- CarriedHeader.cpp - lmcc_rt.h, the runtime of the output -----------===//
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

static const Part *findPart(StringRef name) {
  const Part *part =
      llvm::find_if(parts, [&](const Part &part) { return part.name == name; });
  return part == std::end(parts) ? nullptr : part;
}

bool emit::hasCarriedParts(const target::Record &target) {
  return llvm::all_of(target.headerParts,
                      [](StringRef name) { return findPart(name); });
}

std::string emit::printCarriedHeader(const Program &program) {
  std::string text;
  llvm::SmallVector<StringRef> names(program.target->headerParts);
  if (program.hasSampler)
    names.push_back(samplerPart);
  for (StringRef name : names) {
    auto [firstLine, rest] = findPart(name)->text.split('\n');
    text += (firstLine + "\n").str();
    // The first line of all says under which terms the file comes.
    if (name == names.front())
      text +=
          fmt::format("// Carried by lmcc {} for {}.\n",
                      commentText(program.version), program.target->name.str());
    text += (rest + "\n").str();
  }
  return StringRef(text).rtrim('\n').str() + "\n";
}
