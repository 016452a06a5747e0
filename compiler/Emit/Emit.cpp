//===- Emit.cpp - A placed module as C++ and weights ----------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/Emit.h"

#include "compiler/Emit/BuildFiles.h"
#include "compiler/Emit/Check.h"
#include "compiler/Emit/Names.h"
#include "compiler/Emit/Program.h"
#include "dialects/Kernel/Kernel.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <fmt/format.h>

using namespace mlir;
using namespace lmcc;
using namespace lmcc::emit;
namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

const Contract *Program::schedule(StringRef scheduleName) const {
  for (const Contract &contract : schedules)
    if (func::FuncOp(contract.schedule).getSymName() == scheduleName)
      return &contract;
  return nullptr;
}

const Contract *Program::decode() const { return schedule(kernel::decodeName); }

uint64_t Program::workBytes() const {
  uint64_t most = 0;
  for (const Contract &contract : schedules)
    most = std::max(most, contract.arenaBytes);
  return llvm::alignTo(most, alignment);
}

uint64_t Program::stateBytes() const {
  if (state.empty())
    return 0;
  return llvm::alignTo(state.back().offset + state.back().length, alignment);
}

static std::vector<StateSection> layoutState(ModuleOp module,
                                             unsigned alignment) {
  std::vector<StateSection> sections;
  uint64_t offset = 0;
  for (auto state : module.getOps<kernel::StateOp>()) {
    auto type = cast<MemRefType>(state.getType());
    uint64_t length =
        type.getNumElements() * memoryBytes(type.getElementType());
    sections.push_back({state, offset, length});
    offset = llvm::alignTo(offset + length, alignment);
  }
  return sections;
}

static FailureOr<Program> describe(ModuleOp module,
                                   const EmitOptions &options) {
  if (failed(checkEmittable(module)))
    return failure();
  FailureOr<std::vector<Contract>> schedules = readContracts(module);
  FailureOr<BlobLayout> layout = layoutBlob(module);
  if (failed(schedules) || failed(layout))
    return failure();

  Program program;
  program.module = module;
  program.name = identifierOf(options.name, "model");
  program.macro = StringRef(program.name).upper();
  program.version = options.version;
  target::MachineAttr machine = target::machineFor(module);
  program.target = target::findRecord(machine.getName().getValue());
  program.alignment = machine.getAlignment();
  program.schedules = std::move(*schedules);
  program.layout = std::move(*layout);
  program.state = layoutState(module, program.alignment);
  program.hasSampler = options.sampler;
  if (options.sampler && !program.decode())
    return module.emitError("chooses no tokens: it is no decoder that keeps "
                            "its state; leave out --sampler");
  UniqueNames names;
  for (auto function : module.getOps<func::FuncOp>())
    if (kernel::isKernel(function)) {
      program.kernels.push_back(function);
      program.kernelNames[function.getSymName()] = fmt::format(
          "{}_k_{}", program.name,
          names.pick(identifierOf(function.getSymName(), "kernel")));
    }
  return program;
}

namespace {
/// The files of one output while they are written to a folder of their own.
class OutputFolder {
public:
  explicit OutputFolder(StringRef folder) : folder(folder) {}
  ~OutputFolder() {
    // What is left after a failure is of no use to anybody.
    if (!temporary.empty())
      (void)fs::remove_directories(temporary, /*IgnoreErrors=*/true);
  }
  OutputFolder(const OutputFolder &) = delete;
  OutputFolder &operator=(const OutputFolder &) = delete;

  /// Creates a folder beside the one that the output is for.
  llvm::Error create();
  std::string file(StringRef name) const {
    SmallString<128> full(temporary);
    path::append(full, name);
    return full.str().str();
  }
  llvm::Error write(StringRef name, StringRef text);
  /// Puts everything in its place and removes `stale` files there.
  llvm::Error publish(ArrayRef<std::string> stale);

  std::vector<FileHash> hashes;

private:
  std::string folder, temporary;
};
} // namespace

llvm::Error OutputFolder::create() {
  SmallString<128> absolute(folder);
  if (std::error_code error = fs::make_absolute(absolute))
    return llvm::createFileError(folder, error);
  path::remove_dots(absolute, /*remove_dot_dot=*/true);
  folder = absolute.str().str();
  StringRef parent = path::parent_path(folder);
  if (std::error_code error = fs::create_directories(parent))
    return llvm::createFileError(parent, error);

  constexpr unsigned attempts = 16;
  std::error_code error;
  for (unsigned attempt = 0; attempt < attempts; ++attempt) {
    SmallString<128> unique;
    fs::createUniquePath(folder + ".%%%%%%%%", unique, /*MakeAbsolute=*/false);
    error = fs::create_directory(unique, /*IgnoreExisting=*/false);
    if (!error) {
      temporary = unique.str().str();
      return llvm::Error::success();
    }
  }
  return llvm::createFileError(folder, error);
}

llvm::Error OutputFolder::write(StringRef name, StringRef text) {
  std::error_code error;
  llvm::raw_fd_ostream out(file(name), error);
  if (!error) {
    out << text;
    out.close();
    error = out.error();
    out.clear_error();
  }
  if (error)
    return llvm::createFileError(file(name), error);
  hashes.push_back(
      {name.str(), llvm::BLAKE3::hash(llvm::arrayRefFromStringRef(text))});
  return llvm::Error::success();
}

llvm::Error OutputFolder::publish(ArrayRef<std::string> stale) {
  if (!fs::exists(folder)) {
    if (std::error_code error = fs::rename(temporary, folder))
      return llvm::createFileError(folder, error);
    temporary.clear();
    return llvm::Error::success();
  }
  std::error_code error;
  for (fs::directory_iterator entry(temporary, error), end;
       entry != end && !error; entry.increment(error)) {
    SmallString<128> target(folder);
    path::append(target, path::filename(entry->path()));
    if (std::error_code failed = fs::rename(entry->path(), target))
      return llvm::createFileError(target, failed);
  }
  for (const std::string &name : stale) {
    SmallString<128> target(folder);
    path::append(target, name);
    if (!error)
      error = fs::remove(target);
  }
  return error ? llvm::createFileError(folder, error) : llvm::Error::success();
}

/// Everything but the manifest and the weights, into `output`. Returns the
/// sources to compile, an assembler file last.
static llvm::Expected<std::vector<std::string>>
writeTexts(const Program &program, BlobMode mode, OutputFolder &output) {
  const std::string &name = program.name;
  std::vector<std::string> sources = {name + ".cpp", name + "_kernels.cpp"};
  SmallVector<std::pair<std::string, std::string>> texts = {
      {name + ".h", printContract(program, mode != BlobMode::File)},
      {name + ".cpp", printSchedules(program)},
      {name + "_kernels.h", printKernelDeclarations(program)},
      {name + "_kernels.cpp", printKernels(program)},
      {"lmcc_base.h", printCarriedBase(program)},
      {"lmcc_rt.h", printCarriedHeader(program)}};
  if (mode == BlobMode::Incbin) {
    sources.push_back(name + "_weights.S");
    texts.push_back({sources.back(), printWeightStub(program)});
  }
  if (mode == BlobMode::Array)
    sources.push_back(name + "_weights.cpp");
  texts.push_back({"CMakeLists.txt", printCMake(program, sources)});
  for (const auto &[file, text] : texts)
    if (llvm::Error error = output.write(file, text))
      return error;
  return sources;
}

static llvm::Error writeAll(const Program &program, const EmitOptions &options,
                            WeightEvaluator evaluate) {
  OutputFolder output(options.folder);
  if (llvm::Error error = output.create())
    return error;
  auto sources = writeTexts(program, options.blob, output);
  if (!sources)
    return sources.takeError();

  std::string blobName = program.name + "_weights.bin";
  llvm::Expected<BlobHashes> blob = writeBlob(
      program.layout, output.file(blobName), evaluate, options.threads);
  if (!blob)
    return blob.takeError();
  output.hashes.push_back({blobName, blob->file});
  SmallVector<std::string> stale;
  std::string array = program.name + "_weights.cpp";
  if (options.blob == BlobMode::Array) {
    if (llvm::Error error = writeWeightArray(program, output.file(blobName),
                                             output.file(array)))
      return error;
  } else {
    stale.push_back(array);
  }
  if (options.blob != BlobMode::Incbin)
    stale.push_back(program.name + "_weights.S");

  if (llvm::Error error = output.write(
          "manifest.json", printManifest(program, *blob, output.hashes)))
    return error;
  return output.publish(stale);
}

LogicalResult emit::writeOutput(ModuleOp module, const EmitOptions &options,
                                WeightEvaluator evaluate) {
  FailureOr<Program> program = describe(module, options);
  if (failed(program))
    return failure();
  if (llvm::Error error = writeAll(*program, options, evaluate))
    return module.emitError()
           << "cannot write the output: " << llvm::toString(std::move(error));
  return success();
}
