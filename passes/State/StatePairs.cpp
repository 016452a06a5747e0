//===- StatePairs.cpp - Inputs that come back longer as outputs -----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/State/Decoder.h"

using namespace mlir;
using lmcc::graph::typeOf;

namespace lmcc {

namespace {

StringRef nameOf(DictionaryAttr attributes) {
  auto name = attributes ? attributes.getAs<StringAttr>(graph::nameAttrName)
                         : StringAttr();
  return name ? name.getValue() : "";
}

class PairFinder {
public:
  PairFinder(func::FuncOp function, NearMisses &misses)
      : function(function), misses(misses),
        results(function.front().getTerminator()->getOperands()) {}

  SmallVector<StatePair> findAll() {
    SmallVector<StatePair> pairs;
    for (BlockArgument input : function.getArguments())
      for (unsigned result = 0; result < results.size(); ++result)
        if (std::optional<StatePair> pair = match(input, result)) {
          pairs.push_back(*pair);
          break;
        }
    return pairs;
  }

  SmallVector<StatePair> find(const NamedPairs &named) {
    SmallVector<StatePair> pairs;
    for (const auto &[in, out] : named) {
      std::optional<unsigned> input = argumentCalled(in);
      std::optional<unsigned> result = resultCalled(out);
      if (!input)
        miss(function.getLoc(), "there is no input '" + Twine(in) + "'");
      if (!result)
        miss(function.getLoc(), "there is no output '" + Twine(out) + "'");
      if (!input || !result)
        continue;
      if (auto pair = match(function.getArgument(*input), *result))
        pairs.push_back(*pair);
      else
        explain(*result, "'" + in + "'");
    }
    return pairs;
  }

  /// Says of every result why it is no longer input.
  void explainAll() {
    for (unsigned result = 0; result < results.size(); ++result)
      explain(result, "an input");
  }

private:
  void miss(Location where, const Twine &reason) {
    misses.push_back({where, reason.str()});
  }

  void explain(unsigned result, StringRef input) {
    Value value = results[result];
    auto name = nameOf(function.getResultAttrDict(result));
    std::string source = "is an input itself";
    if (Operation *op = value.getDefiningOp())
      source = "comes from '" + op->getName().getStringRef().str() + "'";
    miss(value.getLoc(), "output '" + name + "' is not " + input +
                             " with the new tokens appended, it " + source);
  }

  std::optional<unsigned> argumentCalled(StringRef name) {
    for (unsigned i = 0; i < function.getNumArguments(); ++i)
      if (nameOf(function.getArgAttrDict(i)) == name)
        return i;
    return std::nullopt;
  }

  std::optional<unsigned> resultCalled(StringRef name) {
    for (unsigned i = 0; i < results.size(); ++i)
      if (nameOf(function.getResultAttrDict(i)) == name)
        return i;
    return std::nullopt;
  }

  std::optional<StatePair> match(BlockArgument input, unsigned result) {
    Operation *append = results[result].getDefiningOp();
    if (!append || append->getNumOperands() == 0 ||
        append->getOperand(0) != input)
      return std::nullopt;
    std::optional<unsigned> axis;
    if (auto concat = dyn_cast<graph::ConcatOp>(append)) {
      auto place = static_cast<unsigned>(concat.getAxis());
      if (concat.getInputs().size() == 2 && concat.getInputs()[1] != input &&
          symbolOf(graph::axisSize(typeOf(input), place)))
        axis = place;
    } else if (auto scatter = dyn_cast<graph::ScatterElementsOp>(append)) {
      auto place = static_cast<unsigned>(scatter.getAxis());
      if (!typeOf(input).isDynamicDim(place))
        axis = place;
    }
    if (!axis)
      return std::nullopt;
    return StatePair{input, result, append, *axis};
  }

  func::FuncOp function;
  NearMisses &misses;
  OperandRange results;
};

} // namespace

Value StatePair::added() const {
  if (auto scatter = dyn_cast<graph::ScatterElementsOp>(append))
    return scatter.getUpdates();
  return append->getOperand(1);
}

StringAttr symbolOf(graph::DimsAttr size) {
  return isa<AffineSymbolExpr>(size.getMap().getResult(0))
             ? size.getSymbols().front()
             : StringAttr();
}

NamedPairs namedPairs(ArrayRef<std::string> texts) {
  NamedPairs named;
  for (StringRef text : texts) {
    auto [in, out] = text.split('=');
    named.push_back({in.str(), out.str()});
  }
  return named;
}

SmallVector<StatePair> findStatePairs(func::FuncOp function,
                                      const NamedPairs &named,
                                      NearMisses &misses) {
  PairFinder finder(function, misses);
  if (!named.empty())
    return finder.find(named);
  SmallVector<StatePair> pairs = finder.findAll();
  if (pairs.empty())
    finder.explainAll();
  return pairs;
}

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

static ArrayRef<StringAttr> symbolsOf(RankedTensorType type) {
  auto dims = dyn_cast_or_null<graph::DimsAttr>(type.getEncoding());
  return dims ? dims.getSymbols() : ArrayRef<StringAttr>();
}

/// A name for the old tokens in a state of fixed length.
static StringAttr freshSymbol(BlockArgument state) {
  auto function = cast<func::FuncOp>(state.getOwner()->getParentOp());
  std::string name = "past";
  auto isTaken = [&] {
    return llvm::any_of(function.getArgumentTypes(), [&](Type type) {
      return llvm::any_of(symbolsOf(cast<RankedTensorType>(type)),
                          [&](StringAttr symbol) { return symbol == name; });
    });
  };
  for (unsigned number = 2; isTaken(); ++number)
    name = ("past_" + Twine(number)).str();
  return StringAttr::get(function.getContext(), name);
}

/// What an append says of the sizes; null symbols after a near miss.
static FailureOr<StateSizes> sizesOf(const StatePair &pair,
                                     NearMisses &misses) {
  Operation *append = pair.append;
  graph::DimsAttr added = graph::axisSize(typeOf(pair.added()), pair.axis);
  StateSizes sizes;
  if (pair.isFixed()) {
    sizes.past = freshSymbol(pair.input);
    sizes.length = typeOf(pair.input).getDimSize(pair.axis);
  } else {
    sizes.past = symbolOf(graph::axisSize(typeOf(pair.input), pair.axis));
  }
  sizes.count = symbolOf(added);
  if (!sizes.count && added.getConstant(0) != 1) {
    misses.push_back({append->getLoc(), "appends " + graph::sizesText(added) +
                                            " tokens to the state, neither any "
                                            "number nor one"});
    return failure();
  }
  if (sizes.count == sizes.past) {
    misses.push_back({append->getLoc(), "appends as many tokens as there are"});
    return failure();
  }
  return sizes;
}

FailureOr<StateSizes> sizesOfState(ArrayRef<StatePair> pairs,
                                   NearMisses &misses) {
  std::optional<StateSizes> all;
  for (const StatePair &pair : pairs) {
    FailureOr<StateSizes> sizes = sizesOf(pair, misses);
    if (failed(sizes))
      return failure();
    if (!all)
      all = *sizes;
    if (sizes->past != all->past || sizes->count != all->count ||
        sizes->length != all->length) {
      misses.push_back(
          {pair.append->getLoc(), "is not as long as other state"});
      return failure();
    }
    for (StringAttr symbol : symbolsOf(typeOf(pair.input)))
      if (symbol != all->past && !llvm::is_contained(all->batch, symbol))
        all->batch.push_back(symbol);
  }
  if (!all)
    return failure();
  return *all;
}

} // namespace lmcc
