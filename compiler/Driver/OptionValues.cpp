//===- OptionValues.cpp - What one option says ----------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Driver/OptionValues.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <cmath>

using namespace lmcc;
using namespace lmcc::driver;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;
using llvm::opt::Arg;

StringRef driver::spelling(const Arg &arg) {
  return arg.getSpelling().rtrim('=');
}

Error driver::wrong(const Arg &arg, const Twine &expected) {
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

Expected<const target::Record *> driver::parseTarget(const Arg *arg) {
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

Expected<const pipeline::Phase *> driver::parsePhase(const Arg &arg) {
  if (const pipeline::Phase *phase = pipeline::findPhase(arg.getValue()))
    return phase;
  llvm::SmallVector<StringRef> names;
  for (const pipeline::Phase &phase : pipeline::phases())
    names.push_back(phase.name);
  return wrong(arg, "there is no such phase; the phases are " +
                        llvm::join(names, ", ") +
                        suggestion(arg.getValue(), names));
}

/// A word that an option takes, and what it means.
template <typename Meaning> using Choice = std::pair<StringRef, Meaning>;

/// The meaning of the word that is given, one of at least two `choices`.
template <typename Meaning>
static Expected<Meaning>
parseOneOf(const Arg &arg, std::initializer_list<Choice<Meaning>> choices) {
  llvm::SmallVector<StringRef> words;
  for (const auto &[word, meaning] : choices) {
    if (word == arg.getValue())
      return meaning;
    words.push_back(word);
  }
  StringRef last = words.pop_back_val();
  return wrong(arg, "must be " + llvm::join(words, ", ") + " or " + last);
}

Expected<emit::BlobMode> driver::parseBlob(const Arg &arg) {
  using emit::BlobMode;
  return parseOneOf<BlobMode>(arg, {{"incbin", BlobMode::Incbin},
                                    {"file", BlobMode::File},
                                    {"array", BlobMode::Array}});
}

Expected<pipeline::Storage> driver::parseStorage(const Arg &arg) {
  using pipeline::Storage;
  return parseOneOf<Storage>(arg, {{"none", Storage::Float},
                                   {"f16", Storage::Halves},
                                   {"w8", Storage::Bytes},
                                   {"w4", Storage::Nibbles},
                                   {"w8a8", Storage::BytesWithBytes},
                                   {"w4a8", Storage::NibblesWithBytes}});
}

Expected<int64_t> driver::parseGroup(const Arg &arg) {
  return parseOneOf<int64_t>(arg, {{"32", 32}, {"64", 64}, {"128", 128}});
}

Expected<int64_t> driver::parseTableBits(const Arg &arg) {
  return parseOneOf<int64_t>(arg,
                             {{"none", 0}, {"16", 16}, {"8", 8}, {"4", 4}});
}

Expected<bool> driver::parseChoice(const Arg &arg, StringRef no,
                                   StringRef yes) {
  return parseOneOf<bool>(arg, {{no, false}, {yes, true}});
}

Expected<pipeline::Entries> driver::parseEntries(const Arg &arg) {
  using pipeline::Entries;
  return parseOneOf<Entries>(arg, {{"stateless", Entries::Stateless},
                                   {"stateful", Entries::Stateful},
                                   {"both", Entries::Both}});
}

Error driver::addState(const Arg &arg, pipeline::Options &options) {
  auto [in, out] = StringRef(arg.getValue()).split('=');
  if (in.empty() || out.empty())
    return wrong(arg, "must be IN=OUT, names of an input and an output");
  options.state.push_back(arg.getValue());
  return Error::success();
}

Error driver::addDim(const Arg &arg, SizeBounds &dims) {
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

Error driver::addBound(const Arg &arg, Options &options) {
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

Expected<double> driver::parseNumber(const Arg &arg, double low, double high) {
  double value;
  if (StringRef(arg.getValue()).getAsDouble(value) || !(value >= low) ||
      !(value <= high))
    return wrong(arg, std::isinf(high) ? "must be a number that is not negative"
                                       : "must be a number between -1 and 1");
  return value;
}

Expected<int64_t> driver::parseCount(const Arg &arg, int64_t low) {
  constexpr int64_t high = 1'000'000'000;
  int64_t value;
  if (StringRef(arg.getValue()).getAsInteger(10, value) || value < low ||
      value > high)
    return wrong(arg, "must be a whole number from " + Twine(low) + " to " +
                          Twine(high));
  return value;
}

Expected<int64_t> driver::parseBytes(const Arg &arg) {
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
