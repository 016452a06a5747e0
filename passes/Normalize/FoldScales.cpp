//===- FoldScales.cpp - Scales of scores move into weights ----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A score is linear in its query, and a query mostly linear in the weights that
// made it, through bias, rotation and the split into heads.
//
//===----------------------------------------------------------------------===//

#include "dialects/Weight/Weight.h"
#include "passes/Normalize/Constants.h"
#include "passes/Normalize/LocalBuilder.h"
#include "passes/Normalize/Passes.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_FOLDSCALES
#include "passes/Normalize/Passes.h.inc"

namespace {

bool isStored(Value value) {
  return isa_and_nonnull<weight::GetOp, graph::ConstantOp>(
      value.getDefiningOp());
}

/// `value * factor` for an operation with a uniform constant.
struct Scaling {
  Value value;
  double factor;
};

std::optional<Scaling> scalingOf(Operation *op) {
  if (auto product = dyn_cast_or_null<graph::MulOp>(op)) {
    for (auto [factor, value] : {std::pair(product.getRhs(), product.getLhs()),
                                 std::pair(product.getLhs(), product.getRhs())})
      if (std::optional<double> number = splatNumber(factor))
        if (value.getType() == product.getType())
          return Scaling{value, *number};
  }
  auto quotient = dyn_cast_or_null<graph::DivOp>(op);
  if (!quotient || quotient.getLhs().getType() != quotient.getType())
    return std::nullopt;
  std::optional<double> number = splatNumber(quotient.getRhs());
  return number ? std::optional(Scaling{quotient.getLhs(), 1 / *number})
                : std::nullopt;
}

/// The operations between a value and stored tensors in which it is linear.
class LinearSource {
public:
  /// Whether all that is computed from those tensors ends in `use`.
  bool find(OpOperand &use) {
    return visit(use.get(), 0) && llvm::all_of(steps, [&](Operation *step) {
             return !isSquare(step) &&
                    llvm::all_of(step->getUses(), [&](OpOperand &other) {
                      return &other == &use || steps.contains(other.getOwner());
                    });
           });
  }

  /// Multiplies the stored tensors.
  void scale(double factor, OpBuilder &ops) {
    for (OpOperand *operand : stored) {
      LocalBuilder build(ops, operand->getOwner());
      operand->set(build.mul(
          operand->get(),
          build.scalar(graph::Builder::elementOf(operand->get()), factor)));
    }
  }

private:
  bool visit(Value value, unsigned depth) {
    Operation *op = value.getDefiningOp();
    // More than any rotation takes, and no danger for the stack.
    constexpr unsigned maximumDepth = 32;
    if (!op || depth > maximumDepth || others.contains(op))
      return false;
    if (steps.contains(op))
      return true;
    size_t stepsBefore = steps.size(), storedBefore = stored.size();
    steps.insert(op);
    if (reachOperands(op, depth))
      return true;
    while (steps.size() > stepsBefore)
      others.insert(steps.pop_back_val());
    while (stored.size() > storedBefore)
      stored.pop_back();
    return false;
  }

  bool reachOperands(Operation *op, unsigned depth) {
    if (auto product = dyn_cast<graph::MatmulOp>(op))
      return isStored(product.getRhs()) &&
             reach(product.getRhsMutable(), depth);
    // Not a stored factor: tables of rotations would exist twice.
    if (isa<graph::MulOp>(op))
      return llvm::any_of(op->getOpOperands(), [&](OpOperand &operand) {
        return !isStored(operand.get()) && reach(operand, depth);
      });
    if (auto quotient = dyn_cast<graph::DivOp>(op))
      return reach(quotient.getLhsMutable(), depth);
    return isa<graph::AddOp, graph::SubOp, graph::NegOp, graph::ReshapeOp,
               graph::TransposeOp, graph::SliceOp, graph::BroadcastOp,
               graph::ConcatOp>(op) &&
           llvm::all_of(op->getOpOperands(), [&](OpOperand &operand) {
             return reach(operand, depth);
           });
  }

  bool reach(OpOperand &operand, unsigned depth) {
    if (!isStored(operand.get()))
      return visit(operand.get(), depth + 1);
    stored.insert(&operand);
    return true;
  }

  /// Whether more than one factor of a product changes.
  bool isSquare(Operation *op) {
    if (!isa<graph::MatmulOp, graph::MulOp, graph::DivOp>(op))
      return false;
    return llvm::count_if(op->getOpOperands(), [&](OpOperand &operand) {
             return stored.contains(&operand) ||
                    steps.contains(operand.get().getDefiningOp());
           }) > 1;
  }

  llvm::SetVector<Operation *> steps;
  llvm::SetVector<OpOperand *> stored;
  /// Operations that lead elsewhere.
  llvm::DenseSet<Operation *> others;
};

class ScaleFolder {
public:
  ScaleFolder(graph::AttentionOp attention, OpBuilder &ops)
      : attention(attention), ops(ops) {}

  void run() {
    double factor = take(attention.getQueryMutable()) *
                    take(attention.getKeyMutable()) * takeFromScores();
    if (factor == 1)
      return;
    LinearSource source;
    if (source.find(attention.getQueryMutable()))
      source.scale(factor, ops);
    else
      scaleScores(factor);
  }

private:
  /// The factor of an operand, which loses it.
  double take(OpOperand &operand) {
    OpOperand *use = &operand;
    while (isa_and_nonnull<graph::ReshapeOp, graph::TransposeOp>(
               use->get().getDefiningOp()) &&
           use->get().hasOneUse())
      use = &use->get().getDefiningOp()->getOpOperand(0);
    Operation *op = use->get().getDefiningOp();
    std::optional<Scaling> scaling = scalingOf(op);
    if (!scaling || !use->get().hasOneUse())
      return 1;
    use->set(scaling->value);
    op->erase();
    return scaling->factor;
  }

  /// That of the first operation on the scores.
  double takeFromScores() {
    Value scores = attention.scores();
    if (!scores.hasOneUse())
      return 1;
    Operation *op = *scores.user_begin();
    std::optional<Scaling> scaling = scalingOf(op);
    if (!scaling || scaling->value != scores)
      return 1;
    op->getResult(0).replaceAllUsesWith(scores);
    op->erase();
    return scaling->factor;
  }

  void scaleScores(double factor) {
    LocalBuilder build(ops, attention);
    ops.setInsertionPointToStart(&attention.getAdjust().front());
    Value scores = attention.scores();
    Value scale = build.scalar(graph::Builder::elementOf(scores), factor);
    Value scaled = build.mul(scores, scale);
    scores.replaceAllUsesExcept(scaled, scaled.getDefiningOp());
  }

  graph::AttentionOp attention;
  OpBuilder &ops;
};

struct FoldScales : impl::FoldScalesBase<FoldScales> {
  void runOnOperation() override {
    SmallVector<graph::AttentionOp> attentions;
    getOperation().walk(
        [&](graph::AttentionOp op) { attentions.push_back(op); });
    OpBuilder builder(&getContext());
    for (graph::AttentionOp attention : attentions)
      ScaleFolder(attention, builder).run();
  }
};

} // namespace
} // namespace lmcc
