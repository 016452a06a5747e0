//===- Finalize.cpp - The last look at an imported function ---------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/Finalize.h"

#include "compiler/Import/Importer.h"
#include "compiler/Import/TensorType.h"
#include "dialects/Weight/Weight.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace lmcc::import {

void eraseUnused(func::FuncOp function) {
  // Users stand behind what they use, so one walk from the end sees all.
  for (Operation &op :
       llvm::make_early_inc_range(llvm::reverse(function.front())))
    if (isOpTriviallyDead(&op))
      op.erase();

  llvm::StringSet<> read;
  for (auto get : function.getOps<weight::GetOp>())
    read.insert(get.getWeight());
  auto module = function->getParentOfType<ModuleOp>();
  for (auto data : llvm::make_early_inc_range(module.getOps<weight::DataOp>()))
    if (!read.contains(data.getSymName()))
      data.erase();
}

//===----------------------------------------------------------------------===//
// Symbols and demands
//===----------------------------------------------------------------------===//

/// Bounds that suit what the size seems to be, for the user to correct.
static StringRef proposedBounds(StringRef name) {
  if (name.contains_insensitive("batch"))
    return "1..4";
  return name.contains_insensitive("past") ? "0..128" : "1..128";
}

/// `--dim NAME=LOW..HIGH` as one types it into a shell.
static std::string dimArgument(StringRef name) {
  std::string argument = (name + "=" + proposedBounds(name)).str();
  bool isPlain = llvm::all_of(name, [](char c) {
    return llvm::isAlnum(c) || StringRef("_.-+,:").contains(c);
  });
  if (isPlain)
    return "--dim " + argument;
  // Within single quotes the only special character is the single quote.
  std::string escaped;
  for (char c : argument)
    escaped += c == '\'' ? "'\\''" : llvm::isPrint(c) ? std::string(1, c) : "?";
  return "--dim '" + escaped + "'";
}

static LogicalResult
checkBounded(func::FuncOp function,
             ArrayRef<graph::DimSpace::FreeSymbol> symbols) {
  std::string names, arguments;
  for (const graph::DimSpace::FreeSymbol &symbol : symbols) {
    if (symbol.range.high)
      continue;
    names += (names.empty() ? "" : ", ") + quoted(symbol.name);
    arguments += (arguments.empty() ? "" : " ") + dimArgument(symbol.name);
  }
  if (names.empty())
    return success();
  return emitError(function.getLoc())
         << "sizes without an upper bound: " << names
         << "; give bounds, or numbers, for instance " << arguments;
}

/// A demand that no call can meet is a contradiction in the model.
static LogicalResult checkDemand(func::FuncOp function,
                                 const graph::DimSpace::Demand &demand,
                                 const graph::DimSpace &space) {
  graph::SizeRange range = space.range(demand.size);
  if ((!range.high || *range.high >= demand.range.low) &&
      (!demand.range.high || range.low <= *demand.range.high))
    return success();
  return emitError(function.getLoc())
         << "the model needs the size " << space.text(demand.size) << " to be "
         << graph::rangeText(demand.range)
         << ", which is impossible; check --dim and --bind";
}

static LogicalResult checkAllSizes(func::FuncOp function,
                                   const graph::DimSpace &space) {
  auto check = [&](Value value) {
    return checkSizes(cast<RankedTensorType>(value.getType()), space,
                      value.getLoc());
  };
  bool isSound = true;
  for (BlockArgument argument : function.getArguments())
    isSound &= succeeded(check(argument));
  for (Operation &op : function.front())
    for (Value result : op.getResults())
      isSound &= succeeded(check(result));
  return success(isSound);
}

LogicalResult recordSizes(func::FuncOp function, const graph::DimSpace &space) {
  SmallVector<graph::DimSpace::FreeSymbol> symbols =
      graph::mentionedSymbols(function, space);
  if (failed(checkBounded(function, symbols)) ||
      failed(checkAllSizes(function, space)))
    return failure();

  Builder builder(function.getContext());
  llvm::SetVector<Attribute> demandAttributes; // Layers repeat theirs.
  for (const graph::DimSpace::Demand &demand : space.demands()) {
    if (failed(checkDemand(function, demand, space)))
      return failure();
    NamedAttrList entry;
    entry.set("size", space.attribute(demand.size));
    entry.set("low", builder.getI64IntegerAttr(demand.range.low));
    if (demand.range.high)
      entry.set("high", builder.getI64IntegerAttr(*demand.range.high));
    demandAttributes.insert(entry.getDictionary(function.getContext()));
  }
  function->setAttr(graph::symbolsAttrName,
                    graph::symbolsAttribute(function.getContext(), symbols));
  function->setAttr(graph::demandsAttrName,
                    builder.getArrayAttr(demandAttributes.getArrayRef()));
  return success();
}

} // namespace lmcc::import
