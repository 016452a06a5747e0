//===- Driver.cpp - The whole compiler as one call ------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Driver/Driver.h"

#include "compiler/Driver/Binding.h"
#include "compiler/Driver/Compression.h"
#include "compiler/Driver/Operations.h"
#include "compiler/Driver/Verification.h"
#include "compiler/Emit/Contract.h"
#include "compiler/Verify/Build.h"
#include "dialects/Kernel/Kernel.h"

#include "mlir/IR/MLIRContext.h"
#include "llvm/Config/llvm-config.h"

using namespace mlir;
using namespace lmcc;
using namespace lmcc::driver;
using llvm::Error;
using llvm::Expected;

/// What lmcc quantises has no element that is right to the last digits.
static constexpr double leastCosineIfQuantized = 0.99;

namespace {
/// One compilation. Steps return false after they have reported why.
class Compilation {
public:
  Compilation(const Options &options, Console &console, llvm::raw_ostream &out)
      : options(options), passes(options.passes), console(console), out(out),
        context(registry(), options.explain ? MLIRContext::Threading::DISABLED
                                            : MLIRContext::Threading::ENABLED),
        printer(&context, console, options.explain),
        compression(options, passes, console) {
    // Messages are about the model; our operations say nothing to its owner.
    context.printOpOnDiagnostic(false);
    if (options.explain)
      collectRemarks(context, console);
  }

  bool run();

private:
  static DialectRegistry registry() {
    DialectRegistry registry;
    pipeline::registerDialects(registry);
    return registry;
  }

  bool fail(Error error) {
    console.report(std::move(error));
    return false;
  }
  bool isVerifying() const {
    return !options.verify.empty() && !options.printAfter;
  }

  graph::FileTable fileTable() const;

  bool open();
  bool readInputs();
  bool importFile();
  bool print();
  bool prepare();
  bool calibrate();
  bool lower(const pipeline::Phase &last);
  LogicalResult starting(const pipeline::Phase &phase);
  bool write(llvm::StringRef folder, emit::BlobMode blob);
  bool verify();

  const Options &options;
  pipeline::Options passes;
  Console &console;
  llvm::raw_ostream &out;
  MLIRContext context;
  DiagnosticPrinter printer;
  Compression compression;

  Execution execution;
  std::unique_ptr<import::ModelFile> file;
  std::vector<import::ModelInput> inputs;
  std::vector<DataSet> sets;
  import::ImportOptions importOptions;
  OwningOpRef<ModuleOp> module;
  // For verification alone.
  std::vector<Case> cases;
  Program program;
  OperationCounter operations;
};
} // namespace

graph::FileTable Compilation::fileTable() const {
  graph::FileTable files;
  for (const import::SourceFile &source : file->files())
    files[source.name] = source.data;
  return files;
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

/// What is asked of the host is looked at first, because the rest takes time.
bool Compilation::open() {
  if (isVerifying()) {
    Expected<Execution> chosen = chooseExecution(*options.target);
    if (!chosen)
      return fail(chosen.takeError());
    execution = std::move(*chosen);
    if (options.repeat != 0 && execution.isEmulated())
      return fail(llvm::createStringError(
          "--repeat: times under an emulator say nothing about " +
          options.target->name));
  }
  auto opened = import::ModelFile::open(options.model);
  if (!opened)
    return fail(opened.takeError());
  file = std::move(*opened);
  console.setModel(file->baseName());
  return true;
}

bool Compilation::readInputs() {
  inputs = import::declaredInputs(*file);
  auto bound = readBoundInputs(options.bound);
  if (!bound)
    return fail(bound.takeError());
  importOptions.boundInputs = std::move(*bound);
  importOptions.dims = options.dims;
  importOptions.proposeBounds = [this](func::FuncOp main) {
    return pipeline::boundsOfState(main, options.dims, passes);
  };
  // The printer counts errors, of all phases.
  importOptions.maximumMessages = std::numeric_limits<unsigned>::max();
  if (options.verify.empty())
    return true;

  auto data = readDataSets(options.verify, inputs);
  if (!data)
    return fail(data.takeError());
  sets = std::move(*data);
  auto bounds = boundsOf(sets, inputs, importOptions.boundInputs);
  if (!bounds)
    return fail(bounds.takeError());
  // What the user says wins.
  for (const auto &[name, range] : *bounds)
    importOptions.dims.try_emplace(name, range);
  return true;
}

bool Compilation::importFile() {
  console.progress("importing");
  if (options.bindShapeInputs)
    bindShapeInputs(&context, *file, inputs, sets.front(), importOptions);
  module = import::importModel(&context, *file, importOptions);
  if (!module)
    return false;
  chooseStorage(options, import::isQuantized(*file), passes);
  context.loadDialect<target::TargetDialect>();
  (*module)->setAttr(target::machineAttrName,
                     target::machineOf(*options.target, &context));
  return true;
}

/// Reads what the loss is measured on.
bool Compilation::calibrate() {
  if (options.calibration.empty() || !isQuantizing(passes))
    return true;
  auto data = readDataSets(options.calibration, inputs);
  if (!data)
    return fail(data.takeError());
  return succeeded(
      compression.useSets(module->lookupSymbol<func::FuncOp>("main"),
                          std::move(*data), inputs, importOptions.boundInputs));
}

LogicalResult Compilation::starting(const pipeline::Phase &phase) {
  if (phase.name == pipeline::compressedPhase)
    compression.begin(*module);
  if (phase.name == pipeline::fusedPhase && failed(compression.end(*module)))
    return failure();
  console.progress("compiling: " + phase.name.str());
  return success();
}

bool Compilation::lower(const pipeline::Phase &last) {
  passes.files = fileTable();
  if (!calibrate())
    return false;
  bool isSound = succeeded(
      pipeline::runPhases(*module, passes, last, [this](const auto &phase) {
        return starting(phase);
      }));
  console.clearProgress();
  printRemarks(context);
  return isSound;
}

bool Compilation::print() {
  if (!lower(*options.printAfter))
    return false;
  module->print(out);
  out << "\n";
  return true;
}

/// Everything that is known of the graph before the passes change it.
bool Compilation::prepare() {
  if (Error error = checkBoundValues(sets, inputs, importOptions.boundInputs))
    return fail(std::move(error));
  auto main = module->lookupSymbol<func::FuncOp>("main");
  console.progress("preparing the test sets");
  auto prepared = prepareCases(main, std::move(sets), inputs,
                               importOptions.boundInputs, fileTable());
  if (failed(prepared))
    return false;
  cases = std::move(*prepared);
  operations = OperationCounter(main, import::countNodes(*file));
  program.name = options.name;
  program.inputCount = main.getNumArguments();
  program.outputTypes = outputTypes(main);
  return true;
}

bool Compilation::write(llvm::StringRef folder, emit::BlobMode blob) {
  console.progress("writing the output");
  graph::FileTable files = fileTable();
  auto evaluate = [&](weight::DataOp weight,
                      llvm::MutableArrayRef<uint8_t> destination) -> Error {
    FailureOr<graph::HostTensor> value = graph::evaluateWeight(weight, files);
    if (failed(value) || value->bytes().size() != destination.size())
      return llvm::createStringError("the weight @" + weight.getSymName() +
                                     " cannot be computed");
    llvm::copy(value->bytes(), destination.begin());
    return Error::success();
  };
  emit::EmitOptions request;
  request.name = options.name;
  request.folder = folder.str();
  request.version = LMCC_VERSION;
  request.blob = blob;
  request.sampler = options.sampler;
  // A context without threads must not be used by several.
  request.threads = context.isMultithreadingEnabled() ? 0 : 1;
  bool isSound = succeeded(emit::writeOutput(*module, request, evaluate));
  console.clearProgress();
  return isSound;
}

bool Compilation::verify() {
  Expected<verify::TemporaryFolder> temporary =
      verify::TemporaryFolder::create("lmcc-output");
  if (!temporary)
    return fail(temporary.takeError());
  // A harness links the weights, whatever the user wants to do with them.
  bool canLink = options.blob != emit::BlobMode::File;
  bool isOutput = canLink && !options.output.empty();
  program.blob = canLink ? options.blob : emit::BlobMode::Incbin;
  program.folder = isOutput ? options.output : temporary->file("output");
  if (!isOutput && !write(program.folder, program.blob))
    return false;

  auto schedule = module->lookupSymbol<func::FuncOp>(kernel::runName);
  FailureOr<emit::Contract> contract = emit::readContract(schedule);
  if (failed(contract))
    return false;
  for (const emit::FreeDim &dim : contract->dims)
    program.dims.push_back(dim.name);
  Options chosen = options;
  verify::Tolerance &tolerance = chosen.tolerance;
  if (isQuantizing(passes) && !tolerance.relative && !tolerance.absolute &&
      !tolerance.cosine)
    tolerance.cosine = leastCosineIfQuantized;
  Expected<Score> score =
      verifyProgram(program, cases, chosen, execution, console, out);
  if (!score)
    return fail(score.takeError());
  out << "operations: " << operations.folded(*module) << " folded, "
      << OperationCounter::generated(*module) << " generated\n"
      << "verified " << score->passed << " of " << score->outputs
      << " outputs\n";
  return score->passed == score->outputs;
}

bool Compilation::run() {
  if (!open() || !readInputs() || !importFile())
    return false;
  if (options.printAfter)
    return print();
  if (isVerifying() && !prepare())
    return false;
  if (!lower(pipeline::phases().back()))
    return false;
  if (!options.output.empty() && !write(options.output, options.blob))
    return false;
  if (isQuantizing(passes))
    compression.summarize(*module, out);
  return !isVerifying() || verify();
}

//===----------------------------------------------------------------------===//
// Entry
//===----------------------------------------------------------------------===//

int driver::run(ArrayRef<const char *> arguments, llvm::raw_ostream &out,
                llvm::raw_ostream &errors, bool errorsAreOnTerminal) {
  Console console(errors, errorsAreOnTerminal);
  Expected<Options> options = parseOptions(arguments);
  if (!options) {
    console.report(options.takeError());
    console.print("lmcc", "note", "lmcc --help lists all options");
    return 2;
  }
  switch (options->action) {
  case Action::PrintHelp: printHelp(out); return 0;
  case Action::PrintVersion:
    out << "lmcc " LMCC_VERSION " (MLIR " LLVM_VERSION_STRING ")\n";
    return 0;
  case Action::PrintTargets: printTargets(out); return 0;
  case Action::Compile:
    return Compilation(*options, console, out).run() ? 0 : 1;
  }
  llvm_unreachable("unknown action");
}
