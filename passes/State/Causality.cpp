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
#include "passes/State/KnownValues.h"

using namespace mlir;

namespace lmcc {

namespace {

using graph::HostTensor;

class CausalityCheck {
public:
  CausalityCheck(func::FuncOp entry, const graph::FileTable &files,
                 NearMisses &misses)
      : entry(entry), files(files), misses(misses) {
    collectKept();
  }

  Sight run() {
    auto decoding =
        entry->getAttrOfType<DictionaryAttr>(graph::decodingAttrName);
    bool takesMany = decoding.contains("count");
    int64_t capacity = decoding.getAs<IntegerAttr>("capacity").getInt();
    int64_t added = std::min<int64_t>(takesMany ? 4 : 1, capacity);
    for (int64_t past : {int64_t(0), std::min<int64_t>(3, capacity - added)}) {
      Sight sight = check(symbolsFor(entry, past, added), past, added);
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
      if (isMoveOfState(&op) || isFunctionOfState(&op))
        kept.insert(op.getResult(0));
  }

  bool isMoveOfState(Operation *op) const {
    return isa<graph::ConcatOp, graph::ScatterElementsOp, graph::ReshapeOp,
               graph::TransposeOp, graph::BroadcastOp>(op) &&
           kept.contains(op->getOperand(0));
  }

  /// Of its elements and of numbers.
  bool isFunctionOfState(Operation *op) const {
    if (!op->hasTrait<graph::Elementwise>())
      return false;
    bool readsState = false;
    for (Value operand : op->getOperands()) {
      readsState |= kept.contains(operand);
      if (!kept.contains(operand) &&
          !operand.getDefiningOp<graph::ConstantOp>())
        return false;
    }
    return readsState;
  }

  Sight check(const graph::SymbolValues &symbols, int64_t past, int64_t added) {
    KnownValues values(symbols, files);
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
      std::optional<HostTensor> scores = values.adjustedZeros(attention);
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
    return shape.back() >= past + added && shape[shape.size() - 2] == added &&
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
