//===- Verification.cpp - Build, run and compare --------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Driver/Verification.h"

#include "compiler/Emit/BuildFiles.h"
#include "compiler/Verify/Build.h"
#include "compiler/Verify/Harness.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace lmcc;
using namespace lmcc::driver;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;

//===----------------------------------------------------------------------===//
// Building
//===----------------------------------------------------------------------===//

static bool isClang(StringRef compiler) {
  return llvm::sys::path::filename(compiler).contains("clang");
}

static verify::BuildRequest requestFor(const Program &program,
                                       const Options &options,
                                       const Execution &execution,
                                       const verify::TemporaryFolder &work) {
  const target::Record &target = *options.target;
  verify::BuildRequest request;
  request.compiler =
      options.compiler.empty() ? target.gnuCompiler.str() : options.compiler;
  request.flags = emit::compilerFlags(target);
  if (isClang(request.compiler))
    for (StringRef flag : target.clangFlags)
      request.flags.push_back(flag.str());
  // The emulator has no libraries of the target's own.
  if (execution.isEmulated())
    request.flags.push_back("-static");
  bool isArray = program.blob == emit::BlobMode::Array;
  for (StringRef end :
       {".cpp", "_kernels.cpp", isArray ? "_weights.cpp" : "_weights.S"})
    request.sources.push_back(program.folder + "/" + program.name + end.str());
  request.sources.push_back(work.file("harness.cpp"));
  request.includes = {program.folder};
  request.output = work.file("harness");
  return request;
}

static Error build(const Program &program, const Options &options,
                   const Execution &execution,
                   const verify::TemporaryFolder &work) {
  std::string source =
      verify::harnessSource(program.name, program.inputCount,
                            static_cast<unsigned>(program.outputTypes.size()),
                            static_cast<unsigned>(program.dims.size()));
  if (Error error = llvm::writeToOutput(work.file("harness.cpp"),
                                        [&](llvm::raw_ostream &os) {
                                          os << source;
                                          return Error::success();
                                        }))
    return error;
  return verify::buildProgram(requestFor(program, options, execution, work));
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

static Error writeCases(const Program &program, llvm::ArrayRef<Case> cases,
                        StringRef folder) {
  for (auto [number, data] : llvm::enumerate(cases)) {
    llvm::SmallVector<int64_t> dims;
    for (const std::string &name : program.dims)
      dims.push_back(data.symbols.lookup(name));
    if (Error error = verify::writeHarnessSet(
            folder, static_cast<unsigned>(number), dims, data.inputs))
      return error;
  }
  return Error::success();
}

/// What the harness printed.
static Expected<std::string> run(const Options &options, size_t sets,
                                 const Execution &execution,
                                 const verify::TemporaryFolder &work) {
  verify::RunRequest request;
  request.emulator = execution.emulator;
  request.program = work.file("harness");
  request.arguments = {work.path().str(), std::to_string(sets)};
  if (options.repeat != 0)
    request.arguments.push_back("--repeat=" + std::to_string(options.repeat));
  return verify::runProgram(request);
}

//===----------------------------------------------------------------------===//
// Comparing
//===----------------------------------------------------------------------===//

static Expected<Score> compareAll(const Program &program,
                                  llvm::ArrayRef<Case> cases,
                                  const verify::Tolerance &tolerance,
                                  StringRef folder, llvm::raw_ostream &out) {
  Score score;
  for (auto [number, data] : llvm::enumerate(cases))
    for (auto [position, expected] : llvm::enumerate(data.expected)) {
      Expected<verify::Tensor> got = verify::readHarnessOutput(
          folder, static_cast<unsigned>(number),
          static_cast<unsigned>(position), program.outputTypes[position]);
      if (!got)
        return got.takeError();
      verify::Comparison comparison =
          verify::compare(*got, expected, tolerance);
      out << data.label << ": ";
      out.write_escaped(expected.name, /*UseHexEscapes=*/true);
      out << ": " << comparison.text << (comparison.passed ? "\n" : " FAIL\n");
      ++score.outputs;
      score.passed += comparison.passed;
    }
  return score;
}

Expected<Score>
driver::verifyProgram(const Program &program, llvm::ArrayRef<Case> cases,
                      const Options &options, const Execution &execution,
                      Console &console, llvm::raw_ostream &out) {
  Expected<verify::TemporaryFolder> work =
      verify::TemporaryFolder::create("lmcc-verify");
  if (!work)
    return work.takeError();
  console.progress("building the generated program");
  if (Error error = build(program, options, execution, *work))
    return error;
  console.progress("running the generated program");
  if (Error error = writeCases(program, cases, work->path()))
    return error;
  Expected<std::string> printed = run(options, cases.size(), execution, *work);
  if (!printed)
    return printed.takeError();
  console.clearProgress();

  Expected<Score> score =
      compareAll(program, cases, options.tolerance, work->path(), out);
  if (score)
    out << *printed; // The times of --repeat.
  return score;
}
