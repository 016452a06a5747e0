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

#include "compiler/Emit/Names.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Option/OptTable.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>
#include <optional>

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
// Values
//===----------------------------------------------------------------------===//

/// The option as in the help, whichever way its value was given.
static StringRef spelling(const Arg &arg) {
  return arg.getSpelling().rtrim('=');
}

static Error wrong(const Arg &arg, const Twine &expected) {
  return llvm::createStringError(spelling(arg) + "=" + arg.getValue() + ": " +
                                 expected);
}

/// `; did you mean 'x'?` for the candidate that is nearest to `word`.
static std::string suggestion(StringRef word,
                              llvm::ArrayRef<StringRef> candidates) {
  StringRef nearest;
  unsigned distance = static_cast<unsigned>(word.size() / 3 + 1);
  for (StringRef candidate : candidates) {
    unsigned found = word.edit_distance(candidate);
    if (found <= distance && (nearest.empty() || found < distance)) {
      nearest = candidate;
      distance = found;
    }
  }
  return nearest.empty() ? "" : ("; did you mean '" + nearest + "'?").str();
}

static Expected<const target::Record *> parseTarget(const Arg *arg) {
  llvm::SmallVector<StringRef> names;
  for (const target::Record &record : target::records())
    names.push_back(record.name);
  std::string list = "the targets are " + llvm::join(names, ", ");
  if (!arg)
    return llvm::createStringError("--target=NAME is missing; " + list);
  if (const target::Record *record = target::findRecord(arg->getValue()))
    return record;
  return wrong(*arg, "there is no such target; " + list +
                         suggestion(arg->getValue(), names));
}

static Expected<const pipeline::Phase *> parsePhase(const Arg &arg) {
  if (const pipeline::Phase *phase = pipeline::findPhase(arg.getValue()))
    return phase;
  llvm::SmallVector<StringRef> names;
  for (const pipeline::Phase &phase : pipeline::phases())
    names.push_back(phase.name);
  return wrong(arg, "there is no such phase; the phases are " +
                        llvm::join(names, ", ") +
                        suggestion(arg.getValue(), names));
}

static Expected<emit::BlobMode> parseBlob(const Arg &arg) {
  auto mode = llvm::StringSwitch<std::optional<emit::BlobMode>>(arg.getValue())
                  .Case("incbin", emit::BlobMode::Incbin)
                  .Case("file", emit::BlobMode::File)
                  .Case("array", emit::BlobMode::Array)
                  .Default(std::nullopt);
  if (mode)
    return *mode;
  return wrong(arg, "must be incbin, file or array");
}

static Expected<pipeline::Storage> parseStorage(const Arg &arg) {
  using pipeline::Storage;
  auto storage = llvm::StringSwitch<std::optional<Storage>>(arg.getValue())
                     .Case("none", Storage::Float)
                     .Case("f16", Storage::Halves)
                     .Case("w8", Storage::Bytes)
                     .Case("w4", Storage::Nibbles)
                     .Case("w8a8", Storage::BytesWithBytes)
                     .Case("w4a8", Storage::NibblesWithBytes)
                     .Default(std::nullopt);
  if (storage)
    return *storage;
  return wrong(arg, "must be none, f16, w8, w4, w8a8 or w4a8");
}

static Expected<int64_t> parseGroup(const Arg &arg) {
  auto group = llvm::StringSwitch<int64_t>(arg.getValue())
                   .Case("32", 32)
                   .Case("64", 64)
                   .Case("128", 128)
                   .Default(0);
  if (group != 0)
    return group;
  return wrong(arg, "must be 32, 64 or 128");
}

static Expected<int64_t> parseTableBits(const Arg &arg) {
  auto bits = llvm::StringSwitch<int64_t>(arg.getValue())
                  .Case("none", 0)
                  .Case("16", 16)
                  .Case("8", 8)
                  .Case("4", 4)
                  .Default(-1);
  if (bits >= 0)
    return bits;
  return wrong(arg, "must be none, 16, 8 or 4");
}

/// Whether a value is `yes`; else it must be `no`.
static auto parseChoice(StringRef no, StringRef yes) {
  return [=](const Arg &arg) -> Expected<bool> {
    if (StringRef text = arg.getValue(); text == no || text == yes)
      return text == yes;
    return wrong(arg, "must be " + no + " or " + yes);
  };
}

static Expected<pipeline::Entries> parseEntries(const Arg &arg) {
  using pipeline::Entries;
  auto entries = llvm::StringSwitch<std::optional<Entries>>(arg.getValue())
                     .Case("stateless", Entries::Stateless)
                     .Case("stateful", Entries::Stateful)
                     .Case("both", Entries::Both)
                     .Default(std::nullopt);
  if (entries)
    return *entries;
  return wrong(arg, "must be stateless, stateful or both");
}

static Error addState(const Arg &arg, pipeline::Options &options) {
  auto [in, out] = StringRef(arg.getValue()).split('=');
  if (in.empty() || out.empty())
    return wrong(arg, "must be IN=OUT, names of an input and an output");
  options.state.push_back(arg.getValue());
  return Error::success();
}

static Error addDim(const Arg &arg, SizeBounds &dims) {
  // Names may hold any character, numbers may not: the last `=` separates.
  auto [name, range] = StringRef(arg.getValue()).rsplit('=');
  auto [low, high] = range.split("..");
  std::pair<int64_t, int64_t> bounds;
  if (name.empty() || low.getAsInteger(10, bounds.first) ||
      (range.contains("..") ? high : low).getAsInteger(10, bounds.second) ||
      bounds.first < 0)
    return wrong(arg, "must be NAME=N or NAME=LO..HI, such as batch=1..4");
  if (bounds.first > bounds.second)
    return wrong(arg, "the lower bound is above the upper one");
  if (!dims.try_emplace(name, bounds).second)
    return wrong(arg, "the size is given twice");
  return Error::success();
}

static Error addBound(const Arg &arg, Options &options) {
  auto [input, file] = StringRef(arg.getValue()).split('=');
  if (input.empty() || file.empty())
    return wrong(arg, "must be INPUT=FILE.pb");
  if (llvm::any_of(options.bound, [&, name = input](const auto &bound) {
        return bound.input == name;
      }))
    return wrong(arg, "the input is bound twice");
  options.bound.push_back({input.str(), file.str()});
  return Error::success();
}

static Expected<double> parseNumber(const Arg &arg, double low, double high) {
  double value;
  if (StringRef(arg.getValue()).getAsDouble(value) || !(value >= low) ||
      !(value <= high))
    return wrong(arg, std::isinf(high) ? "must be a number that is not negative"
                                       : "must be a number between -1 and 1");
  return value;
}

static Expected<int64_t> parseCount(const Arg &arg, int64_t low) {
  constexpr int64_t high = 1'000'000'000;
  int64_t value;
  if (StringRef(arg.getValue()).getAsInteger(10, value) || value < low ||
      value > high)
    return wrong(arg, "must be a whole number from " + Twine(low) + " to " +
                          Twine(high));
  return value;
}

/// A number of bytes; K and M stand for 1024 and 1024 x 1024 of them.
static Expected<int64_t> parseBytes(const Arg &arg) {
  constexpr int64_t most = int64_t(1) << 48;
  StringRef text = arg.getValue();
  int64_t unit = text.consume_back("K")   ? 1 << 10
                 : text.consume_back("M") ? 1 << 20
                                          : 1;
  int64_t count;
  if (text.getAsInteger(10, count) || count < 1 || count > most / unit)
    return wrong(arg, "must be a number of bytes above 0, such as 900000, 900K "
                      "or 2M");
  return count * unit;
}

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
  if (Error error = assign(args, OPT_logits, passes.allLogits,
                           parseChoice("last", "all")))
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
                           parseChoice("float", "i8")))
    return error;
  if (Error error = assign(args, OPT_cache, options.passes.byteCache,
                           parseChoice("float", "i8")))
    return error;
  if (options.passes.byteCache && !options.passes.byteAttention)
    return llvm::createStringError("--cache=i8 goes with --attention=i8");
  if (Error error = assign(args, OPT_group, options.passes.group, parseGroup))
    return error;
  if (Error error = assign(args, OPT_activations, options.passes.byteRows,
                           parseChoice("model", "i8")))
    return error;
  return assign(args, OPT_quantize_embedding, options.tableBits,
                parseTableBits);
}

static Error assignLoss(const InputArgList &args, Options &options) {
  if (Error error = assign(args, OPT_loss, options.measuresLoss,
                           parseChoice("off", "on")))
    return error;
  options.calibration = args.getAllArgValues(OPT_calibration);
  if (!options.measuresLoss)
    for (OptionId id : {OPT_max_loss, OPT_calibration})
      if (const Arg *arg = args.getLastArg(id))
        return llvm::createStringError(spelling(*arg) +
                                       " is of no use with --loss=off");
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
