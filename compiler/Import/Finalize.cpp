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
// Sizes
//===----------------------------------------------------------------------===//

static void updateType(Value value, const graph::DimSpace &space) {
  auto type = cast<RankedTensorType>(value.getType());
  value.setType(space.type(space.sizes(type), type.getElementType()));
}

/// Sizes as data that have turned out to be numbers become a constant.
static void updateValues(graph::DimValuesOp op, graph::Builder &builder) {
  graph::DimSpace &space = builder.space();
  graph::DimSpace::Sizes sizes = space.expressions(op.getValues());
  Type element = op.getType().getElementType();
  builder.operations().setInsertionPoint(op);
  builder.setLocation(op.getLoc());
  op.replaceAllUsesWith(op.getType().getRank() == 0
                            ? builder.dimValue(sizes.front(), element)
                            : builder.dimValues(sizes, element));
  op.erase();
}

void updateSizes(func::FuncOp function, graph::Builder &builder) {
  graph::DimSpace &space = builder.space();
  for (BlockArgument argument : function.getArguments())
    updateType(argument, space);
  for (Operation &op : llvm::make_early_inc_range(function.front())) {
    for (Value result : op.getResults())
      updateType(result, space);
    if (auto slice = dyn_cast<graph::SliceOp>(op))
      slice.setStartsAttr(
          space.attribute(space.expressions(slice.getStarts())));
    if (auto values = dyn_cast<graph::DimValuesOp>(op))
      updateValues(values, builder);
  }
  Operation *end = function.front().getTerminator();
  function.setFunctionType(FunctionType::get(
      function.getContext(), function.front().getArgumentTypes(),
      end->getOperandTypes()));
}

//===----------------------------------------------------------------------===//
// Symbols and demands
//===----------------------------------------------------------------------===//

SmallVector<graph::DimSpace::FreeSymbol>
mentionedSymbols(func::FuncOp function, const graph::DimSpace &space) {
  llvm::StringSet<> names;
  auto addNames = [&](Attribute attribute) {
    if (auto dims = dyn_cast_or_null<graph::DimsAttr>(attribute))
      for (StringAttr name : dims.getSymbols())
        names.insert(name.getValue());
  };
  auto addType = [&](Type type) {
    addNames(cast<RankedTensorType>(type).getEncoding());
  };
  llvm::for_each(function.front().getArgumentTypes(), addType);
  function.walk([&](Operation *op) {
    if (op == function)
      return;
    llvm::for_each(op->getResultTypes(), addType);
    for (NamedAttribute attribute : op->getAttrs())
      addNames(attribute.getValue());
  });
  for (const graph::DimSpace::Demand &demand : space.demands())
    addNames(space.attribute(demand.size));
  SmallVector<graph::DimSpace::FreeSymbol> used = space.freeSymbols();
  llvm::erase_if(used, [&](const graph::DimSpace::FreeSymbol &symbol) {
    return !names.contains(symbol.name);
  });
  return used;
}

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
      mentionedSymbols(function, space);
  if (failed(checkBounded(function, symbols)) ||
      failed(checkAllSizes(function, space)))
    return failure();

  Builder builder(function.getContext());
  SmallVector<Attribute> symbolAttributes;
  llvm::SetVector<Attribute> demandAttributes; // Layers repeat theirs.
  for (const graph::DimSpace::FreeSymbol &symbol : symbols)
    symbolAttributes.push_back(graph::SymbolAttr::get(
        function.getContext(), builder.getStringAttr(symbol.name),
        symbol.range.low, *symbol.range.high));
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
                    builder.getArrayAttr(symbolAttributes));
  function->setAttr(graph::demandsAttrName,
                    builder.getArrayAttr(demandAttributes.getArrayRef()));
  return success();
}

} // namespace lmcc::import
