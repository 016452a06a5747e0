//===- Options.cpp - What the command line asks for -----------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The options themselves are in Options.td.
//
//===----------------------------------------------------------------------===//

#include "compiler/Driver/Options.h"

#include "compiler/Driver/OptionValues.h"
#include "compiler/Emit/Names.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Option/OptTable.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace lmcc;
using namespace lmcc::driver;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;
using llvm::opt::Arg;
using llvm::opt::DefaultVis; // For Options.inc.
using llvm::opt::InputArgList;

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

#define OPTTABLE_STR_TABLE_CODE
#include "compiler/Driver/Options.inc"
#undef OPTTABLE_STR_TABLE_CODE

#define OPTTABLE_PREFIXES_TABLE_CODE
#include "compiler/Driver/Options.inc"
#undef OPTTABLE_PREFIXES_TABLE_CODE

namespace {
enum OptionId {
  OPT_INVALID = 0,
#define OPTION(...) LLVM_MAKE_OPT_ID(__VA_ARGS__),
#include "compiler/Driver/Options.inc"
#undef OPTION
};

class Table : public llvm::opt::GenericOptTable {
public:
  Table() : GenericOptTable(OptionStrTable, OptionPrefixesTable, infos) {}

private:
  static constexpr Info infos[] = {
#define OPTION(...) LLVM_CONSTRUCT_OPT_INFO(__VA_ARGS__),
#include "compiler/Driver/Options.inc"
#undef OPTION
  };
};
} // namespace

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

static Expected<std::string> parseName(const Arg *arg, StringRef model) {
  if (!arg)
    return emit::identifierOf(llvm::sys::path::stem(model), "model");
  std::string name = emit::identifierOf(arg->getValue(), "model");
  if (name == arg->getValue())
    return name;
  return wrong(*arg, "must be an identifier that C and C++ leave to you, such "
                     "as '" +
                         name + "'");
}

//===----------------------------------------------------------------------===//
// The command line
//===----------------------------------------------------------------------===//

static Error checkWords(const InputArgList &args, const Table &table) {
  for (const Arg *arg : args.filtered(OPT_UNKNOWN)) {
    std::string word = arg->getAsString(args), nearest;
    // A third of the letters may be wrong, as for other names.
    size_t letters = StringRef(word).split('=').first.size();
    bool isNear = table.findNearest(word, nearest) <= letters / 3;
    return llvm::createStringError(
        "unknown option '" + word + "'" +
        (isNear ? "; did you mean '" + nearest + "'?" : ""));
  }
  std::vector<std::string> models = args.getAllArgValues(OPT_INPUT);
  if (models.empty())
    return llvm::createStringError("there is no model to compile");
  if (models.size() > 1)
    return llvm::createStringError("one model at a time: '" + models[0] +
                                   "' or '" + models[1] + "'?");
  return Error::success();
}

/// Options that without a state would change nothing, and --verify, which runs
/// what keeps none.
static Error checkState(const InputArgList &args, const Options &options) {
  using pipeline::Entries;
  if (options.passes.entries == Entries::Stateless)
    for (OptionId id :
         {OPT_context, OPT_chunk, OPT_logits, OPT_state, OPT_sampler})
      if (const Arg *arg = args.getLastArg(id))
        return llvm::createStringError(spelling(*arg) +
                                       " is of no use with --entry=stateless");
  if (options.passes.entries == Entries::Stateful && args.hasArg(OPT_verify))
    return llvm::createStringError(
        "--verify runs the stateless function; use it with --entry=both");
  return Error::success();
}

/// Options that without --verify would change nothing.
static Error checkUse(const InputArgList &args) {
  if (args.hasArg(OPT_verify))
    return Error::success();
  for (OptionId id : {OPT_bind_shape_inputs, OPT_cxx, OPT_rtol, OPT_atol,
                      OPT_cos, OPT_int_slack, OPT_repeat})
    if (const Arg *arg = args.getLastArg(id))
      return llvm::createStringError(spelling(*arg) +
                                     " is of use with --verify=DIR only");
  return Error::success();
}

/// Sets `field` from the last `id` that is given.
template <typename Field, typename Parse>
static Error assign(const InputArgList &args, OptionId id, Field &field,
                    Parse parse) {
  const Arg *arg = args.getLastArg(id);
  if (!arg)
    return Error::success();
  auto value = parse(*arg);
  if (!value)
    return value.takeError();
  field = *value;
  return Error::success();
}

/// Reads a choice of two.
static auto choice(StringRef no, StringRef yes) {
  return [=](const Arg &arg) { return parseChoice(arg, no, yes); };
}

static Error assignNumbers(const InputArgList &args, Options &options) {
  auto positive = [](const Arg &arg) { return parseNumber(arg, 0, HUGE_VAL); };
  verify::Tolerance &tolerance = options.tolerance;
  if (Error error = assign(args, OPT_rtol, tolerance.relative, positive))
    return error;
  if (Error error = assign(args, OPT_atol, tolerance.absolute, positive))
    return error;
  if (Error error = assign(args, OPT_cos, tolerance.cosine, [](const Arg &arg) {
        return parseNumber(arg, -1, 1);
      }))
    return error;
  if (Error error = assign(args, OPT_int_slack, tolerance.integerSlack,
                           [](const Arg &arg) { return parseCount(arg, 0); }))
    return error;
  return assign(args, OPT_repeat, options.repeat,
                [](const Arg &arg) { return parseCount(arg, 1); });
}

static Error assignState(const InputArgList &args, Options &options) {
  pipeline::Options &passes = options.passes;
  if (Error error = assign(args, OPT_entry, passes.entries, parseEntries))
    return error;
  if (Error error = assign(args, OPT_context, passes.context,
                           [](const Arg &arg) { return parseCount(arg, 2); }))
    return error;
  // Who says how large the state is wants one.
  if (args.hasArg(OPT_context) &&
      passes.entries == pipeline::Entries::Automatic)
    passes.entries = pipeline::Entries::Both;
  if (Error error = assign(args, OPT_chunk, passes.chunk,
                           [](const Arg &arg) { return parseCount(arg, 1); }))
    return error;
  if (Error error =
          assign(args, OPT_logits, passes.allLogits, choice("last", "all")))
    return error;
  options.sampler = args.hasArg(OPT_sampler);
  for (const Arg *arg : args.filtered(OPT_state))
    if (Error error = addState(*arg, passes))
      return error;
  return checkState(args, options);
}

static Error assignStorage(const InputArgList &args, Options &options) {
  if (Error error = assign(args, OPT_quantize, options.storage, parseStorage))
    return error;
  options.passes.keep = args.getAllArgValues(OPT_keep);
  if (Error error = assign(args, OPT_attention, options.passes.byteAttention,
                           choice("float", "i8")))
    return error;
  if (Error error = assign(args, OPT_cache, options.passes.byteCache,
                           choice("float", "i8")))
    return error;
  if (options.passes.byteCache && !options.passes.byteAttention)
    return llvm::createStringError("--cache=i8 goes with --attention=i8");
  if (Error error = assign(args, OPT_group, options.passes.group, parseGroup))
    return error;
  if (Error error = assign(args, OPT_activations, options.passes.byteRows,
                           choice("model", "i8")))
    return error;
  return assign(args, OPT_quantize_embedding, options.tableBits,
                parseTableBits);
}

/// Whether something may be quantised; the model decides where nothing is said.
static bool mayQuantize(const Options &options) {
  using pipeline::Storage;
  bool products = options.storage ? *options.storage != Storage::Float
                                  : options.target->quantizesByDefault;
  return products || options.tableBits.value_or(0) != 0 ||
         options.passes.byteAttention;
}

static Error assignLoss(const InputArgList &args, Options &options) {
  if (Error error =
          assign(args, OPT_loss, options.measuresLoss, choice("off", "on")))
    return error;
  options.calibration = args.getAllArgValues(OPT_calibration);
  StringRef reason = !options.measuresLoss   ? "with --loss=off"
                     : !mayQuantize(options) ? "without --quantize"
                                             : "";
  if (!reason.empty())
    for (OptionId id : {OPT_max_loss, OPT_calibration})
      if (const Arg *arg = args.getLastArg(id))
        return llvm::createStringError(spelling(*arg) + " is of no use " +
                                       reason);
  return assign(args, OPT_max_loss, options.maxLoss,
                [](const Arg &arg) { return parseNumber(arg, 0, HUGE_VAL); });
}

static Error assignAll(const InputArgList &args, Options &options) {
  options.model = args.getLastArgValue(OPT_INPUT).str();
  options.explain = args.hasArg(OPT_explain);
  options.bindShapeInputs = args.hasArg(OPT_bind_shape_inputs);
  options.verify = args.getAllArgValues(OPT_verify);
  options.compiler = args.getLastArgValue(OPT_cxx).str();

  auto target = parseTarget(args.getLastArg(OPT_target));
  if (!target)
    return target.takeError();
  options.target = *target;
  auto name = parseName(args.getLastArg(OPT_name), options.model);
  if (!name)
    return name.takeError();
  options.name = *name;
  if (Error error = assign(args, OPT_emit, options.printAfter, parsePhase))
    return error;
  if (Error error = assign(args, OPT_blob, options.blob, parseBlob))
    return error;
  if (Error error = assignStorage(args, options))
    return error;
  if (Error error = assignLoss(args, options))
    return error;
  if (Error error = assignState(args, options))
    return error;
  if (Error error =
          assign(args, OPT_arena, options.passes.arenaBytes, parseBytes))
    return error;
  for (const Arg *arg : args.filtered(OPT_dim))
    if (Error error = addDim(*arg, options.dims))
      return error;
  for (const Arg *arg : args.filtered(OPT_bind))
    if (Error error = addBound(*arg, options))
      return error;

  // Verification alone leaves nothing behind.
  options.output = args.getLastArgValue(OPT_output).str();
  if (options.output.empty() && options.verify.empty())
    options.output = options.name + "-" + options.target->name.str();
  return assignNumbers(args, options);
}

Expected<Options> driver::parseOptions(llvm::ArrayRef<const char *> arguments) {
  Table table;
  unsigned missingAt, missing;
  InputArgList args = table.ParseArgs(arguments, missingAt, missing);
  Options options;
  if (args.hasArg(OPT_help))
    options.action = Action::PrintHelp;
  else if (args.hasArg(OPT_version))
    options.action = Action::PrintVersion;
  else if (args.hasArg(OPT_list_targets))
    options.action = Action::PrintTargets;
  if (options.action != Action::Compile)
    return options;

  if (missing != 0)
    return llvm::createStringError(Twine(args.getArgString(missingAt)) +
                                   " needs a value");
  if (Error error = checkWords(args, table))
    return error;
  if (Error error = assignAll(args, options))
    return error;
  if (Error error = checkUse(args))
    return error;
  return options;
}

//===----------------------------------------------------------------------===//
// Help
//===----------------------------------------------------------------------===//

void driver::printHelp(llvm::raw_ostream &os) {
  Table().printHelp(os, "lmcc MODEL.onnx --target=NAME [options]",
                    "compiles an ONNX transformer to self-contained C++ and a "
                    "weight blob");
  os << "\nPHASES:\n";
  for (const pipeline::Phase &phase : pipeline::phases())
    os << "  " << llvm::left_justify(phase.name, 12) << phase.summary << "\n";
}

void driver::printTargets(llvm::raw_ostream &os) {
  for (const target::Record &record : target::records())
    os << llvm::left_justify(record.name, 17) << record.summary << "\n";
}
