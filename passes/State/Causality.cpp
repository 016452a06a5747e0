//===- Causality.cpp - Which tokens a token sees --------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Exporters write causal masks in many ways: comparisons of places, triangles
// of constants, tables that a model carries. What they have in common is what
// they compute, so they are computed, for a few numbers of old and new tokens.
//
//===----------------------------------------------------------------------===//

#include "passes/State/Causality.h"
#include "dialects/Graph/Evaluate/Evaluate.h"

using namespace mlir;

namespace lmcc {

namespace {

using graph::HostTensor;

RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

/// Computes values that follow from sizes and weights alone.
class MaskEvaluator {
public:
  MaskEvaluator(const graph::SymbolValues &symbols,
                const graph::FileTable &files)
      : symbols(symbols), files(files) {}

  /// Nothing if `value` depends on something else, or is large.
  std::optional<HostTensor> evaluate(Value value) {
    auto known = values.find(value);
    if (known != values.end())
      return known->second;
    std::optional<HostTensor> result;
    if (Operation *op = value.getDefiningOp())
      result = evaluate(op);
    values.try_emplace(value, result);
    return result;
  }

  /// The adjusted scores where queries and keys do not match at all.
  std::optional<HostTensor> adjusted(graph::AttentionOp attention) {
    std::optional<HostTensor> scores = zeros(attention.scores());
    if (!scores)
      return std::nullopt;
    SmallVector<HostTensor> arguments = {*scores};
    for (Value extra : attention.getExtras()) {
      std::optional<HostTensor> tensor = evaluate(extra);
      if (!tensor)
        return std::nullopt;
      arguments.push_back(*tensor);
    }
    auto results =
        graph::evaluateBlock(attention.getAdjust().front(), arguments,
                             [&](Operation *op, ArrayRef<HostTensor> operands) {
                               return graph::evaluate(op, operands, symbols);
                             });
    if (failed(results))
      return std::nullopt;
    return results->front();
  }

private:
  std::optional<HostTensor> evaluate(Operation *op) {
    if (auto get = dyn_cast<weight::GetOp>(op)) {
      if (typeOf(get.getResult()).getNumElements() > mostElements)
        return std::nullopt;
      FailureOr<HostTensor> weight = graph::evaluateWeight(get, files);
      return succeeded(weight) ? std::optional(*weight) : std::nullopt;
    }
    if (op->getNumRegions() != 0 || !isSmall(op->getResult(0)))
      return std::nullopt;
    SmallVector<HostTensor> operands;
    for (Value operand : op->getOperands()) {
      std::optional<HostTensor> tensor = evaluate(operand);
      if (!tensor)
        return std::nullopt;
      operands.push_back(*tensor);
    }
    FailureOr<HostTensor> result = graph::evaluate(op, operands, symbols);
    return succeeded(result) ? std::optional(*result) : std::nullopt;
  }

  bool isSmall(Value value) const {
    auto shape = graph::concreteShape(typeOf(value), symbols, value.getLoc());
    if (failed(shape))
      return false;
    std::optional<int64_t> bytes =
        graph::tensorBytes(typeOf(value).getElementType(), *shape);
    return bytes && *bytes <= mostElements;
  }

  std::optional<HostTensor> zeros(Value value) const {
    auto shape = graph::concreteShape(typeOf(value), symbols, value.getLoc());
    if (failed(shape))
      return std::nullopt;
    auto tensor = HostTensor::allocate(typeOf(value).getElementType(), *shape);
    if (tensor)
      std::fill_n(tensor->mutableBytes(), tensor->bytes().size(), 0);
    return tensor;
  }

  /// Far above any mask of a few tokens and the tables they come from.
  static constexpr int64_t mostElements = int64_t(1) << 26;

  const graph::SymbolValues &symbols;
  const graph::FileTable &files;
  DenseMap<Value, std::optional<HostTensor>> values;
};

class CausalityCheck {
public:
  CausalityCheck(func::FuncOp entry, const graph::FileTable &files,
                 NearMisses &misses)
      : entry(entry), files(files), misses(misses) {
    collectKept();
  }

  Sight run() {
    // What cannot be computed is no error here.
    ScopedDiagnosticHandler silence(entry.getContext(),
                                    [](Diagnostic &) { return success(); });
    auto decoding =
        entry->getAttrOfType<DictionaryAttr>(graph::decodingAttrName);
    auto count = decoding.getAs<StringAttr>("count");
    for (auto [past, added] : {std::pair(0, 4), std::pair(3, 4)}) {
      graph::SymbolValues symbols;
      for (auto symbol : entry->getAttrOfType<ArrayAttr>(graph::symbolsAttrName)
                             .getAsRange<graph::SymbolAttr>())
        symbols[symbol.getName().getValue()] = symbol.getLow();
      symbols[decoding.getAs<StringAttr>("past").getValue()] = past;
      if (count)
        symbols[count.getValue()] = added;
      Sight sight = check(symbols, past, count ? added : 1);
      if (sight != Sight::causal)
        return sight;
    }
    return Sight::causal;
  }

private:
  /// What is made of the state by appending and moving.
  void collectKept() {
    for (BlockArgument argument : entry.getArguments())
      if (entry.getArgAttr(argument.getArgNumber(), graph::stateAttrName))
        kept.insert(argument);
    for (Operation &op : entry.front())
      if (isa<graph::ConcatOp, graph::ReshapeOp, graph::TransposeOp,
              graph::BroadcastOp>(op) &&
          kept.contains(op.getOperand(0)))
        kept.insert(op.getResult(0));
  }

  Sight check(const graph::SymbolValues &symbols, int64_t past, int64_t added) {
    MaskEvaluator evaluator(symbols, files);
    for (Operation &op : entry.front()) {
      bool readsState =
          llvm::any_of(op.getOperands(),
                       [&](Value operand) { return kept.contains(operand); }) &&
          !(op.getNumResults() == 1 && kept.contains(op.getResult(0)));
      if (!readsState || isa<func::ReturnOp>(op))
        continue;
      auto attention = dyn_cast<graph::AttentionOp>(op);
      if (!attention || kept.contains(attention.getQuery()))
        return miss(Sight::unknown, &op,
                    "reads the state, but is no attention");
      std::optional<HostTensor> scores = evaluator.adjusted(attention);
      if (!scores || !scores->getElementType().isF32())
        return miss(Sight::unknown, &op,
                    "has a mask that depends on other inputs");
      if (!seesItself(*scores, past, added))
        return miss(Sight::blind, &op, "hides a new token from itself");
      if (seesLater(*scores, past))
        return miss(Sight::forward, &op, "lets a token see those behind it");
    }
    return Sight::causal;
  }

  Sight miss(Sight sight, Operation *op, StringRef reason) {
    misses.push_back({op->getLoc(), reason.str()});
    return sight;
  }

  /// Calls `function` with row, key and score of all pairs.
  template <typename Function>
  static bool anyPair(const HostTensor &scores, Function function) {
    ArrayRef<float> elements = scores.data<float>();
    int64_t keys = scores.getShape().back();
    int64_t rows = scores.getShape()[scores.getRank() - 2];
    for (auto [place, score] : llvm::enumerate(elements)) {
      int64_t key = static_cast<int64_t>(place) % keys;
      int64_t row = static_cast<int64_t>(place) / keys % rows;
      if (function(row, key, score))
        return true;
    }
    return false;
  }

  /// Scores that give no weight beside any other.
  static bool isHidden(float score) { return !(score > -1e4f + 1.0f); }

  static bool seesItself(const HostTensor &scores, int64_t past,
                         int64_t added) {
    ArrayRef<int64_t> shape = scores.getShape();
    return shape.back() == past + added && shape[shape.size() - 2] == added &&
           !anyPair(scores, [&](int64_t row, int64_t key, float score) {
             return key == past + row && isHidden(score);
           });
  }

  static bool seesLater(const HostTensor &scores, int64_t past) {
    return anyPair(scores, [&](int64_t row, int64_t key, float score) {
      return key > past + row && !isHidden(score);
    });
  }

  func::FuncOp entry;
  const graph::FileTable &files;
  NearMisses &misses;
  llvm::DenseSet<Value> kept;
};

} // namespace

Sight sightOf(func::FuncOp entry, const graph::FileTable &files,
              NearMisses &misses) {
  return CausalityCheck(entry, files, misses).run();
}

} // namespace lmcc
