//===- Decoder.cpp - What makes a function a decoder ----------------------===//
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

class DecoderFinder {
public:
  DecoderFinder(func::FuncOp function, NearMisses &misses)
      : function(function), misses(misses) {}

  FailureOr<Decoder> find(const NamedPairs &named) {
    decoder.pairs = findStatePairs(function, named, misses);
    if (decoder.pairs.empty() || decoder.pairs.size() < named.size())
      return failure();
    FailureOr<StateSizes> sizes = sizesOfState(decoder.pairs, misses);
    if (failed(sizes))
      return failure();
    static_cast<StateSizes &>(decoder) = *sizes;
    decoder.mostTokens = decoder.length;
    if (failed(findLogits()) || failed(findRoles()))
      return failure();
    return std::move(decoder);
  }

private:
  LogicalResult miss(Location where, const Twine &reason) {
    misses.push_back({where, reason.str()});
    return failure();
  }

  /// The first result with a row of numbers per token, or the one that is
  /// called logits.
  LogicalResult findLogits() {
    auto results = function.front().getTerminator()->getOperands();
    std::optional<unsigned> found;
    for (unsigned number = 0; number < results.size(); ++number) {
      if (!isRowPerToken(typeOf(results[number])))
        continue;
      auto name =
          function.getResultAttrOfType<StringAttr>(number, graph::nameAttrName);
      bool isNamed = name && name.getValue().contains_insensitive("logits");
      if (!found || isNamed)
        found = number;
      if (isNamed)
        break;
    }
    if (!found)
      return miss(function.getLoc(),
                  "no output has a row of floats for each new token");
    decoder.logits = *found;
    return success();
  }

  bool isRowPerToken(RankedTensorType type) {
    if (!isa<FloatType>(type.getElementType()) || type.getRank() < 2 ||
        type.isDynamicDim(type.getRank() - 1))
      return false;
    unsigned counts = 0;
    for (int64_t axis = 0; axis + 1 < type.getRank(); ++axis) {
      graph::DimsAttr size = graph::axisSize(type, axis);
      StringAttr symbol = symbolOf(size);
      if (symbol && symbol == decoder.count)
        ++counts;
      else if (size.getConstant(0) != 1 &&
               !(symbol && llvm::is_contained(decoder.batch, symbol)))
        return false;
    }
    return counts == (decoder.count ? 1 : 0);
  }

  LogicalResult findRoles() {
    bool isComplete = true;
    SmallVector<BlockArgument> tokens;
    for (BlockArgument input : function.getArguments()) {
      if (llvm::any_of(decoder.pairs, [&](const StatePair &pair) {
            return pair.input == input;
          }))
        continue;
      std::optional<InputRole> role = roleOf(input, decoder, misses);
      isComplete &= role.has_value();
      if (!role)
        continue;
      if (role == InputRole::tokens)
        tokens.push_back(input);
      decoder.inputs.push_back({input, *role});
    }
    if (!isComplete)
      return failure();
    if (tokens.size() == 1)
      return success();
    return miss(function.getLoc(),
                Twine(tokens.size()) +
                    " inputs hold integers that choose rows of a table for "
                    "each new token, not one");
  }

  func::FuncOp function;
  NearMisses &misses;
  Decoder decoder;
};

} // namespace

FailureOr<Decoder> findDecoder(func::FuncOp function, const NamedPairs &named,
                               NearMisses &misses) {
  return DecoderFinder(function, misses).find(named);
}

} // namespace lmcc
