//===- RecognizeAttention.cpp - Attention in its decomposed forms ---------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Between the two products an exporter may scale, mask, bias and cap in any
// order. Whatever goes element by element moves into the region, so there is no
// list of known masks.
//
//===----------------------------------------------------------------------===//

#include "mlir/IR/IRMapping.h"
#include "passes/Normalize/LocalBuilder.h"
#include "passes/Normalize/Passes.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using lmcc::graph::typeOf;

namespace lmcc {
#define GEN_PASS_DEF_RECOGNIZEATTENTION
#include "passes/Normalize/Passes.h.inc"

namespace {

bool sameShape(RankedTensorType a, RankedTensorType b) {
  return a.getShape() == b.getShape() && a.getEncoding() == b.getEncoding();
}

/// Why the operations around a softmax are no attention; names the operation.
struct NearMiss {
  Location where;
  std::string reason;
};

/// From the product of queries and keys to that of weights and values.
struct Match {
  graph::MatmulOp scores;
  /// Operations from the scores to the softmax, first one first.
  SmallVector<Operation *> adjustments;
  graph::SoftmaxOp softmax;
  graph::MatmulOp average;
};

class Matcher {
public:
  /// Matches the attention around `softmax`, or says what is missing.
  std::optional<Match> match(graph::SoftmaxOp softmax) {
    Match found;
    found.softmax = softmax;
    if (!softmax->hasOneUse())
      return miss(softmax, "the weights have " +
                               Twine(llvm::range_size(softmax->getUses())) +
                               " users");
    found.average = dyn_cast<graph::MatmulOp>(*softmax->user_begin());
    if (!found.average || found.average.getLhs() != softmax.getResult())
      return miss(*softmax->user_begin(),
                  "the weights are no left side of a product");
    if (!climb(softmax.getInput(), softmax.getType(), 0, found))
      return std::nullopt;
    if (found.scores.getType().getElementType() !=
        found.average.getType().getElementType())
      return miss(found.scores, "the products have different element types");
    if (!sameBatch(found.average.getType(), softmax.getType()))
      return miss(found.average, "values have batches that scores do not have");
    if (ShapedType::isDynamic(found.average.getType().getShape().back()))
      return miss(found.average, "the length of a value is no number");
    return found;
  }

  const std::optional<NearMiss> &nearMiss() const { return missed; }

private:
  std::nullopt_t miss(Operation *op, const Twine &reason) {
    missed = NearMiss{op->getLoc(), reason.str()};
    return std::nullopt;
  }

  static bool sameBatch(RankedTensorType a, RankedTensorType b) {
    if (a.getRank() != b.getRank())
      return false;
    for (int64_t axis = 0; axis + 1 < a.getRank(); ++axis)
      if (graph::axisSize(a, axis) != graph::axisSize(b, axis))
        return false;
    return true;
  }

  /// Follows the scores from the softmax up to their product, over `steps`
  /// operations so far.
  bool climb(Value value, RankedTensorType shape, unsigned steps,
             Match &found) {
    Operation *op = value.getDefiningOp();
    if (!op) {
      missed = NearMiss{value.getLoc(), "the scores are an input"};
      return false;
    }
    if (steps > maximumSteps) {
      miss(op, "the scores pass through more than " + Twine(maximumSteps) +
                   " operations");
      return false;
    }
    if (!value.hasOneUse()) {
      miss(op, "the scores have other users");
      return false;
    }
    if (auto product = dyn_cast<graph::MatmulOp>(op)) {
      found.scores = product;
      return true;
    }
    if (!op->hasTrait<graph::Elementwise>()) {
      miss(op, "the scores come from " + op->getName().getStringRef());
      return false;
    }
    // More than one operand may have all scores (a bias of every position);
    // one of them leads to the product.
    for (Value operand : op->getOperands()) {
      if (!sameShape(typeOf(operand), shape))
        continue;
      if (climb(operand, shape, steps + 1, found)) {
        found.adjustments.push_back(op);
        return true;
      }
    }
    if (!missed)
      miss(op, "no operand has the shape of the scores");
    return false;
  }

  /// Far more than any exporter writes, and no danger for the stack.
  static constexpr unsigned maximumSteps = 256;

  std::optional<NearMiss> missed;
};

/// Replaces a match by one operation.
class Replacement {
public:
  Replacement(const Match &match, OpBuilder &ops)
      : match(match), build(ops, match.average) {}

  void run() {
    llvm::SetVector<Value> extras;
    for (Operation *op : match.adjustments)
      for (Value operand : op->getOperands())
        if (!isInside(operand) && !isUniform(operand))
          extras.insert(operand);
    SmallVector<Location> locations = {match.scores.getLoc()};
    for (Operation *op : match.adjustments)
      locations.push_back(op->getLoc());
    locations.push_back(match.softmax.getLoc());
    locations.push_back(match.average.getLoc());
    build.setLocation(build.operations().getFusedLoc(locations));

    Value result = build.attention(
        match.scores.getLhs(), keys(), match.average.getRhs(),
        extras.getArrayRef(), [&](Value scores, ValueRange arguments) {
          IRMapping mapping;
          mapping.map(match.scores.getResult(), scores);
          mapping.map(extras.getArrayRef(), arguments);
          return adjust(mapping, scores);
        });
    match.average.getResult().replaceAllUsesWith(result);
    match.average.erase();
    match.softmax.erase();
    for (Operation *op : llvm::reverse(match.adjustments))
      op->erase();
    match.scores.erase();
  }

private:
  bool isInside(Value value) {
    Operation *op = value.getDefiningOp();
    return op && (op == match.scores.getOperation() ||
                  llvm::is_contained(match.adjustments, op));
  }

  /// A constant of one element is copied into the region.
  static bool isUniform(Value value) {
    return value.getDefiningOp<graph::ConstantOp>() &&
           typeOf(value).getNumElements() == 1;
  }

  Value adjust(IRMapping &mapping, Value scores) {
    Value last = scores;
    for (Operation *op : match.adjustments) {
      for (Value operand : op->getOperands())
        if (!mapping.contains(operand))
          mapping.map(
              operand,
              build.operations().clone(*operand.getDefiningOp())->getResult(0));
      last = build.operations().clone(*op, mapping)->getResult(0);
    }
    return last;
  }

  /// Keys as rows; the product has them as columns.
  Value keys() {
    Value columns = match.scores.getRhs();
    int64_t rank = typeOf(columns).getRank();
    auto permutation = llvm::to_vector(llvm::seq<int64_t>(0, rank));
    std::swap(permutation[rank - 2], permutation[rank - 1]);
    return build.transpose(columns, permutation);
  }

  Match match;
  LocalBuilder build;
};

struct RecognizeAttention : impl::RecognizeAttentionBase<RecognizeAttention> {
  void runOnOperation() override {
    SmallVector<graph::SoftmaxOp> candidates;
    getOperation().walk([&](graph::SoftmaxOp op) {
      if (op.getType().getRank() >= 2 && op.getType().getElementType().isF32())
        candidates.push_back(op);
    });
    OpBuilder builder(&getContext());
    for (graph::SoftmaxOp softmax : candidates) {
      Matcher matcher;
      std::optional<Match> match = matcher.match(softmax);
      if (match) {
        emitRemark(match->average.getLoc())
            << "attention: recognised, with " << match->adjustments.size()
            << " adjustments of the scores";
        Replacement(*match, builder).run();
      } else {
        emitRemark(matcher.nearMiss()->where)
            << "attention: not recognised, " << matcher.nearMiss()->reason;
      }
    }
  }
};

} // namespace
} // namespace lmcc
