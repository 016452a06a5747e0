//===- EntryMaker.cpp - Functions that keep their state -------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/State/EntryMaker.h"
#include "passes/State/LastRow.h"

using namespace mlir;
using lmcc::graph::typeOf;

namespace lmcc {

namespace {

/// The sizes of `main` with what an entry knows of them. With room for one
/// token alone the past is always empty.
graph::DimSpace entrySpace(func::FuncOp main, const Decoder &decoder,
                           int64_t capacity, int64_t count) {
  graph::DimSpace space = graph::DimSpace::of(main);
  for (StringAttr name : decoder.batch)
    space.bound(name.getValue(), 1, 1);
  if (decoder.count)
    space.bound(decoder.count.getValue(), 1, count);
  space.bound(decoder.past.getValue(), 0, capacity - 1);
  return space;
}

class EntryMaker {
public:
  EntryMaker(func::FuncOp main, const Decoder &decoder,
             const EntryRequest &request)
      : decoder(decoder), request(request),
        space(entrySpace(main, decoder, request.capacity, request.count)),
        ops(main), build(ops, space) {
    ops.setInsertionPointAfter(main);
    entry = cast<func::FuncOp>(ops.clone(*main, mapping));
    entry.setSymName(request.name);
  }

  func::FuncOp make() {
    graph::updateSizes(entry, build);
    ops.setInsertionPointToStart(&entry.front());
    build.setLocation(entry.getLoc());
    setArguments();
    setResult();
    setAttributes();
    return entry;
  }

private:
  BlockArgument mapped(BlockArgument argument) {
    return cast<BlockArgument>(mapping.lookup(Value(argument)));
  }

  AffineExpr count() {
    return decoder.count ? space.symbol(decoder.count.getValue())
                         : space.number(1);
  }
  bool takesOneToken() { return space.constant(count()) == 1; }
  AffineExpr past() { return space.symbol(decoder.past.getValue()); }

  //===--------------------------------------------------------------------===//
  // Arguments
  //===--------------------------------------------------------------------===//

  /// Tokens first, then the state, then what stays the same.
  void setArguments() {
    Block &body = entry.front();
    unsigned before = body.getNumArguments();
    SmallVector<DictionaryAttr> attributes;
    auto add = [&](BlockArgument old, Type type, bool isState) {
      NamedAttrList list;
      if (Attribute name =
              entry.getArgAttr(old.getArgNumber(), graph::nameAttrName))
        list.set(graph::nameAttrName, name);
      if (isState)
        list.set(graph::stateAttrName, ops.getUnitAttr());
      attributes.push_back(list.getDictionary(entry.getContext()));
      return body.addArgument(type, old.getLoc());
    };
    addTokens(add);
    for (const StatePair &pair : decoder.pairs) {
      BlockArgument old = mapped(pair.input);
      old.replaceAllUsesWith(add(old, old.getType(), /*isState=*/true));
    }
    for (auto [input, role] : decoder.inputs) {
      BlockArgument old = mapped(input);
      build.setLocation(old.getLoc());
      if (role == InputRole::parameter)
        old.replaceAllUsesWith(add(old, old.getType(), /*isState=*/false));
      else if (role == InputRole::positions)
        old.replaceAllUsesWith(positions(typeOf(old)));
      else if (role == InputRole::mask)
        old.replaceAllUsesWith(mask(typeOf(old)));
    }
    body.eraseArguments(0, before);
    entry.setFunctionType(FunctionType::get(
        entry.getContext(), body.getArgumentTypes(), entry.getResultTypes()));
    entry.setAllArgAttrs(attributes);
  }

  template <typename Add> void addTokens(Add add) {
    for (auto [input, role] : decoder.inputs) {
      if (role != InputRole::tokens)
        continue;
      BlockArgument old = mapped(input);
      RankedTensorType type = typeOf(old);
      BlockArgument tokens =
          add(old, space.type(space.sizes(type), ops.getI32Type()), false);
      build.setLocation(old.getLoc());
      old.replaceAllUsesWith(build.cast(tokens, type.getElementType()));
    }
  }

  /// past, past + 1 ...
  Value positions(RankedTensorType type) {
    Type element = type.getElementType();
    Value first = build.dimValue(past(), element);
    Value all = takesOneToken()
                    ? first
                    : build.add(build.iota(count(), element), first);
    return build.reshape(all, space.sizes(type));
  }

  /// Every token exists; a mask of fixed length is longer.
  Value mask(RankedTensorType type) {
    graph::DimSpace::Sizes sizes = space.sizes(type);
    Type element = type.getElementType();
    if (!decoder.length)
      return build.broadcast(build.scalar(element, 1.0), sizes);
    // The places behind are not used yet.
    Type counter = ops.getI64Type();
    Value used =
        build.compare(graph::Comparison::lt,
                      build.iota(space.number(*decoder.length), counter),
                      build.dimValue(space.add(past(), count()), counter));
    return build.broadcast(build.cast(used, element), sizes);
  }

  //===--------------------------------------------------------------------===//
  // The result
  //===--------------------------------------------------------------------===//

  void setResult() {
    Operation *end = entry.front().getTerminator();
    Value logits = end->getOperand(decoder.logits);
    build.setLocation(logits.getLoc());
    ops.setInsertionPoint(end);
    logits = build.cast(logits, ops.getF32Type());
    DictionaryAttr attributes = entry.getResultAttrDict(decoder.logits);
    end->setOperands(logits);
    entry.setFunctionType(FunctionType::get(
        entry.getContext(), entry.getArgumentTypes(), {logits.getType()}));
    entry.setAllResultAttrs(ArrayRef<DictionaryAttr>(attributes));
  }

  //===--------------------------------------------------------------------===//
  // Attributes
  //===--------------------------------------------------------------------===//

  /// The sizes that a call has, new tokens first; the others are those of
  /// parameters.
  void setAttributes() {
    SmallVector<graph::DimSpace::FreeSymbol> symbols;
    auto addFree = [&](StringAttr name) {
      for (const graph::DimSpace::FreeSymbol &symbol : space.freeSymbols())
        if (name && symbol.name == name.getValue())
          symbols.push_back(symbol);
    };
    addFree(decoder.count);
    addFree(decoder.past);
    auto isOwn = [&](const graph::DimSpace::FreeSymbol &symbol) {
      return llvm::any_of(symbols, [&](const graph::DimSpace::FreeSymbol &own) {
        return own.name == symbol.name;
      });
    };
    for (const graph::DimSpace::FreeSymbol &symbol :
         graph::mentionedSymbols(entry, space))
      if (!isOwn(symbol))
        symbols.push_back(symbol);
    entry->setAttr(graph::symbolsAttrName,
                   graph::symbolsAttribute(entry.getContext(), symbols));
    entry->setAttr(graph::demandsAttrName, ops.getArrayAttr({}));
    NamedAttrList decoding;
    if (request.allLogits)
      decoding.set("all_logits", ops.getUnitAttr());
    decoding.set("capacity", ops.getI64IntegerAttr(request.capacity));
    if (!takesOneToken())
      decoding.set("count", decoder.count);
    decoding.set("past", decoder.past);
    entry->setAttr(graph::decodingAttrName,
                   decoding.getDictionary(entry.getContext()));
  }

  const Decoder &decoder;
  const EntryRequest &request;
  graph::DimSpace space;
  OpBuilder ops;
  graph::Builder build;
  IRMapping mapping;
  func::FuncOp entry;
};

} // namespace

func::FuncOp makeEntry(func::FuncOp main, const Decoder &decoder,
                       const EntryRequest &request) {
  return EntryMaker(main, decoder, request).make();
}

void keepLastLogits(func::FuncOp entry) {
  auto count = entry->getAttrOfType<DictionaryAttr>(graph::decodingAttrName)
                   .getAs<StringAttr>("count");
  if (!count)
    return;
  graph::DimSpace space = graph::DimSpace::of(entry);
  Operation *end = entry.front().getTerminator();
  OpBuilder ops(end);
  graph::Builder build(ops, space);
  Value logits = end->getOperand(0);
  build.setLocation(logits.getLoc());
  end->setOperand(0,
                  takeLastRow(logits, space.symbol(count.getValue()), build));
  entry.setFunctionType(FunctionType::get(
      entry.getContext(), entry.getArgumentTypes(), end->getOperandTypes()));
}

bool allowsCapacity(func::FuncOp main, const Decoder &decoder, int64_t capacity,
                    int64_t count) {
  auto demands = main->getAttrOfType<ArrayAttr>(graph::demandsAttrName);
  if (!demands)
    return true;
  // Old and new tokens together are no more than the capacity. A demand is
  // linear in both, so it holds everywhere if it holds at the corners.
  std::pair<int64_t, int64_t> corners[] = {
      {0, 1}, {0, count}, {capacity - 1, 1}, {capacity - count, count}};
  for (auto [pastTokens, newTokens] : corners) {
    graph::DimSpace space = entrySpace(main, decoder, capacity, count);
    space.bound(decoder.past.getValue(), pastTokens, pastTokens);
    if (decoder.count)
      space.bound(decoder.count.getValue(), newTokens, newTokens);
    for (auto demand : demands.getAsRange<DictionaryAttr>()) {
      auto size = cast<graph::DimsAttr>(demand.get("size"));
      std::optional<int64_t> number =
          space.constant(space.expressions(size).front());
      auto high = demand.getAs<IntegerAttr>("high");
      if (number && (*number < demand.getAs<IntegerAttr>("low").getInt() ||
                     (high && *number > high.getInt())))
        return false;
    }
  }
  return true;
}

} // namespace lmcc
