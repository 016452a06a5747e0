//===- Manifest.cpp - What an output consists of, for programs ------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/BuildFiles.h"

#include "dialects/Kernel/Kernel.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <fmt/format.h>

using namespace mlir;
using namespace lmcc;
using namespace lmcc::emit;
namespace json = llvm::json;

static json::Array describe(const Contract &contract,
                            ArrayRef<TensorContract> tensors) {
  json::Array result;
  for (const TensorContract &tensor : tensors) {
    json::Array sizes;
    for (AffineExpr size : tensor.sizes) {
      if (auto number = dyn_cast<AffineConstantExpr>(size))
        sizes.push_back(number.getValue());
      else
        sizes.push_back(contract.sizeText(size, "").text);
    }
    result.push_back(
        json::Object{{"name", json::fixUTF8(tensor.name)},
                     {"type", elementName(tensor.element)},
                     {"sizes", std::move(sizes)},
                     {"max_bytes", static_cast<int64_t>(tensor.maxBytes)}});
  }
  return result;
}

static json::Array describeDims(const Contract &contract) {
  json::Array result;
  for (const FreeDim &dim : contract.dims)
    result.push_back(json::Object{{"name", json::fixUTF8(dim.name)},
                                  {"field", dim.identifier},
                                  {"low", dim.bounds.low},
                                  {"high", dim.bounds.high}});
  return result;
}

static void describeRun(const Contract &run, json::Object &manifest) {
  manifest["dims"] = describeDims(run);
  manifest["inputs"] = describe(run, run.inputs);
  manifest["outputs"] = describe(run, run.outputs);
  if (run.macs)
    manifest["macs"] = static_cast<int64_t>(*run.macs);
}

/// Other characters as escapes: a name that turns the direction of writing, for
/// one, must not change how the file looks. They occur in strings alone.
static std::string inAscii(StringRef text) {
  SmallVector<llvm::UTF16> units;
  [[maybe_unused]] bool isSound = llvm::convertUTF8ToUTF16String(text, units);
  assert(isSound && "all strings are made sound before");
  std::string result;
  for (llvm::UTF16 unit : units) {
    if (unit < 0x7f)
      result += static_cast<char>(unit);
    else
      result += fmt::format("\\u{:04x}", unit);
  }
  return result;
}

std::string emit::printManifest(const Program &program, const BlobHashes &blob,
                                ArrayRef<FileHash> files) {
  json::Object hashes;
  for (const FileHash &file : files)
    hashes[file.name] = hexOf(file.hash);
  json::Object manifest{
      {"lmcc", json::fixUTF8(program.version)},
      {"model", program.name},
      {"target", program.target->name},
      {"flags", json::Array(compilerFlags(*program.target))},
      {"kernels", static_cast<int64_t>(program.kernels.size())},
      {"arena",
       json::Object{{"bytes", static_cast<int64_t>(program.arenaBytes())},
                    {"alignment", static_cast<int64_t>(program.alignment)}}},
      {"blob",
       json::Object{
           {"format", static_cast<int64_t>(blobFormatVersion)},
           {"bytes", static_cast<int64_t>(program.layout.totalBytes)},
           {"alignment", static_cast<int64_t>(program.alignment)},
           {"sections", static_cast<int64_t>(program.layout.sections.size())},
           {"layout_blake3", hexOf(program.layout.hash)},
           {"content_blake3", hexOf(blob.content)}}},
      {"files_blake3", std::move(hashes)}};
  manifest["bit_exact"] = program.target->notBitExact.empty();
  if (!program.target->notBitExact.empty())
    manifest["bit_exact_reason"] = program.target->notBitExact;
  if (const Contract *run = program.schedule(kernel::runName))
    describeRun(*run, manifest);
  std::string text;
  llvm::raw_string_ostream out(text);
  // Objects print in the order of their keys.
  out << llvm::formatv("{0:2}\n", json::Value(std::move(manifest)));
  return inAscii(text);
}
