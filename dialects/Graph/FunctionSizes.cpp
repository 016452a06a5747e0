//===- FunctionSizes.cpp - The sizes in a whole function ------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/FunctionSizes.h"

#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace lmcc::graph {

static void updateType(Value value, const DimSpace &space) {
  auto type = cast<RankedTensorType>(value.getType());
  value.setType(space.type(space.sizes(type), type.getElementType()));
}

/// Sizes as data that have turned out to be numbers become a constant.
static void updateValues(DimValuesOp op, Builder &builder) {
  DimSpace &space = builder.space();
  DimSpace::Sizes sizes = space.expressions(op.getValues());
  Type element = op.getType().getElementType();
  builder.operations().setInsertionPoint(op);
  builder.setLocation(op.getLoc());
  op.replaceAllUsesWith(op.getType().getRank() == 0
                            ? builder.dimValue(sizes.front(), element)
                            : builder.dimValues(sizes, element));
  op.erase();
}

static void updateRegion(Region &region, Builder &builder) {
  DimSpace &space = builder.space();
  for (Block &block : region) {
    for (BlockArgument argument : block.getArguments())
      updateType(argument, space);
    for (Operation &op : llvm::make_early_inc_range(block)) {
      for (Value result : op.getResults())
        updateType(result, space);
      for (Region &inner : op.getRegions())
        updateRegion(inner, builder);
      if (auto slice = dyn_cast<SliceOp>(op))
        slice.setStartsAttr(
            space.attribute(space.expressions(slice.getStarts())));
      if (auto values = dyn_cast<DimValuesOp>(op))
        updateValues(values, builder);
    }
  }
}

void updateSizes(func::FuncOp function, Builder &builder) {
  updateRegion(function.getBody(), builder);
  Operation *end = function.front().getTerminator();
  function.setFunctionType(FunctionType::get(
      function.getContext(), function.front().getArgumentTypes(),
      end->getOperandTypes()));
}

SmallVector<DimSpace::FreeSymbol> mentionedSymbols(func::FuncOp function,
                                                   const DimSpace &space) {
  llvm::StringSet<> names;
  auto addNames = [&](Attribute attribute) {
    if (auto dims = dyn_cast_or_null<DimsAttr>(attribute))
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
  for (const DimSpace::Demand &demand : space.demands())
    addNames(space.attribute(demand.size));
  SmallVector<DimSpace::FreeSymbol> used = space.freeSymbols();
  llvm::erase_if(used, [&](const DimSpace::FreeSymbol &symbol) {
    return !names.contains(symbol.name);
  });
  return used;
}

ArrayAttr symbolsAttribute(MLIRContext *context,
                           ArrayRef<DimSpace::FreeSymbol> symbols) {
  SmallVector<Attribute> attributes;
  for (const DimSpace::FreeSymbol &symbol : symbols)
    attributes.push_back(SymbolAttr::get(context,
                                         StringAttr::get(context, symbol.name),
                                         symbol.range.low, *symbol.range.high));
  return ArrayAttr::get(context, attributes);
}

} // namespace lmcc::graph
