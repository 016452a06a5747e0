//===- Offsets.cpp - Where a schedule finds weights and state -------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/Offsets.h"

#include "dialects/Kernel/LayerNames.h"

#include <fmt/format.h>

using namespace mlir;
using namespace lmcc;
using namespace lmcc::emit;

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

Offsets::Offsets(const Program &program, UniqueNames &names) {
  for (const BlobSection &section : program.layout.sections) {
    weight::DataOp weight = section.weight;
    auto type = cast<RankedTensorType>(weight.getType());
    sections[{false, {weight.getSymName().str()}}] = {
        section.offset,
        fmt::format("{} [{}]", elementName(type.getElementType()),
                    fmt::join(type.getShape(), ", "))};
  }
  for (const StateSection &section : program.state) {
    kernel::StateOp state = section.state;
    auto type = cast<MemRefType>(state.getType());
    sections[{true, {state.getSymName().str()}}] = {
        section.offset, elementName(type.getElementType()) + " " +
                            commentText(state.getSummary())};
  }
  std::set<Symbols> lists;
  for (const Contract &contract : program.schedules)
    collect(contract.schedule, lists);
  // The longest first, for the others may be parts of them.
  std::vector<Symbols> sorted(lists.begin(), lists.end());
  llvm::sort(sorted, [](const Symbols &a, const Symbols &b) {
    return std::make_tuple(b.names.size(), a) <
           std::make_tuple(a.names.size(), b);
  });
  for (const Symbols &list : sorted) {
    std::optional<Place> place = findInTable(list);
    if (!place) {
      place = Place{list};
      constants.try_emplace(list, names.pick(nameOf(list)));
    }
    places.try_emplace(list, *place);
  }
}

/// The name of a weight or state; empty if `value` is neither.
static StringRef symbolOf(Value value) {
  if (auto weight = value.getDefiningOp<weight::GetOp>())
    return weight.getWeight();
  if (auto state = value.getDefiningOp<kernel::GetStateOp>())
    return state.getState();
  return "";
}

Offsets::Symbols Offsets::symbolsOf(Value value) {
  SmallVector<Value> values = {value};
  if (auto pick = value.getDefiningOp<kernel::PickOp>())
    values.assign(pick.getValues().begin(), pick.getValues().end());
  Symbols symbols{values.front().getDefiningOp<kernel::GetStateOp>() != nullptr,
                  {}};
  for (Value one : values)
    if (StringRef symbol = symbolOf(one); !symbol.empty())
      symbols.names.push_back(symbol.str());
  return symbols;
}

void Offsets::collect(func::FuncOp schedule, std::set<Symbols> &lists) {
  schedule.walk([&](Operation *operation) {
    // What is only picked from has no name of its own.
    bool isPickedFrom =
        llvm::all_of(operation->getUsers(),
                     [](Operation *user) { return isa<kernel::PickOp>(user); });
    bool isOne = isa<weight::GetOp, kernel::GetStateOp>(operation);
    if (!isa<kernel::PickOp>(operation) && (!isOne || isPickedFrom))
      return;
    Symbols list = symbolsOf(operation->getResult(0));
    if (!list.names.empty())
      lists.insert(std::move(list));
  });
}

std::optional<Offsets::Place> Offsets::findInTable(const Symbols &list) const {
  for (const auto &[table, name] : constants) {
    auto found = std::search(table.names.begin(), table.names.end(),
                             list.names.begin(), list.names.end());
    if (table.areStates == list.areStates && table.names.size() > 1 &&
        found != table.names.end())
      return Place{table, size_t(found - table.names.begin())};
  }
  return std::nullopt;
}

std::string Offsets::nameOf(const Symbols &list) {
  SmallVector<StringRef> views(list.names.begin(), list.names.end());
  std::string stem = kernel::nameOfLayers(views);
  if (list.names.size() > 1)
    stem = kernel::withoutLayer(stem);
  return list.areStates ? "s_" + identifierOf(stem, "state")
                        : "w_" + identifierOf(stem, "weight");
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

std::string Offsets::pointerTo(Value value, StringRef layer) const {
  Symbols symbols = symbolsOf(value);
  if (symbols.names.empty())
    return "";
  const Place &place = places.at(symbols);
  std::string offset = constants.at(place.table);
  if (value.getDefiningOp<kernel::PickOp>())
    offset += place.first == 0
                  ? fmt::format("[{}]", layer.str())
                  : fmt::format("[{} + {}]", place.first, layer.str());
  else if (place.table.names.size() > 1)
    offset += fmt::format("[{}]", place.first);
  Type element = cast<MemRefType>(value.getType()).getElementType();
  return fmt::format("{}<{}>({}, {})", symbols.areStates ? "kept" : "weight",
                     memoryType(element),
                     symbols.areStates ? "state" : "weights", offset);
}

std::string Offsets::print(const Symbols &symbols,
                           const std::string &name) const {
  const Section &first = section(symbols, 0);
  if (symbols.names.size() == 1)
    return fmt::format("constexpr size_t {} = {}; // {}\n", name, first.offset,
                       first.description);
  SmallVector<std::string> offsets;
  for (size_t layer = 0; layer < symbols.names.size(); ++layer)
    offsets.push_back(fmt::format("{}", section(symbols, layer).offset));
  Lines lines;
  lines.comment(first.description + " of each layer");
  lines.statement(fmt::format("constexpr size_t {}[] = {{{}}};", name,
                              fmt::join(offsets, ", ")));
  return lines.take();
}

std::string Offsets::print() const {
  std::string text;
  for (bool areStates : {false, true}) {
    // By the offset of the first; one constant comes before a table.
    std::map<std::tuple<uint64_t, size_t, std::string>, std::string> texts;
    for (const auto &[symbols, name] : constants)
      if (symbols.areStates == areStates)
        texts[{section(symbols, 0).offset, symbols.names.size(), name}] =
            print(symbols, name);
    if (!texts.empty())
      text += areStates ? "\n// Where the state lies in its memory, in bytes.\n"
                        : "\n// Where the weights lie in the blob, in bytes.\n";
    for (const auto &[place, lines] : texts)
      text += lines;
  }
  return text;
}
