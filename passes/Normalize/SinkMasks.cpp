//===- SinkMasks.cpp - Masks are computed inside of attentions ------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A mask of every row and key is the largest tensor of a long prompt, and what
// it says is mostly a comparison of two places. Regions are written anew from
// their last operation on, through the operands to what masks come from.
//
//===----------------------------------------------------------------------===//

#include "passes/Normalize/LocalBuilder.h"
#include "passes/Normalize/MaskSource.h"
#include "passes/Normalize/Passes.h"

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_SINKMASKS
#include "passes/Normalize/Passes.h.inc"

namespace {

class RegionRewriter {
public:
  RegionRewriter(graph::AttentionOp attention, OpBuilder &ops,
                 const graph::FileTable &files)
      : attention(attention), build(ops, attention), front(attention),
        source(build, front, build.sizesOf(attention.scores()), files,
               [this](Value tensor) { return operand(tensor); }) {}

  void run() {
    OpBuilder &ops = build.operations();
    Block &old = attention.getAdjust().front();
    fresh = new Block;
    fresh->addArgument(attention.scores().getType(),
                       attention.scores().getLoc());
    attention.getAdjust().push_back(fresh);
    ops.setInsertionPointToEnd(fresh);
    values[attention.scores()] = fresh->getArgument(0);
    for (Operation &op : old.without_terminator())
      values[op.getResult(0)] = written(&op);
    Value result = operandInside(attention.adjustedScores());
    graph::YieldOp::create(
        ops, old.getTerminator()->getLoc(),
        build.broadcast(result, build.sizesOf(attention.scores())));
    old.erase();
    dropUnread();
    attention.getExtrasMutable().assign(operands);
  }

  ArrayRef<Value> matrices() const { return source.matrices(); }

private:
  /// The argument for a tensor, which becomes an operand of the attention.
  Value operand(Value tensor) {
    auto known = llvm::find(operands, tensor);
    if (known != operands.end())
      return fresh->getArgument(1 + (known - operands.begin()));
    operands.push_back(tensor);
    return fresh->addArgument(tensor.getType(), tensor.getLoc());
  }

  /// What was only compared is read in another form.
  void dropUnread() {
    for (size_t number = operands.size(); number-- > 0;) {
      if (!fresh->getArgument(number + 1).use_empty())
        continue;
      fresh->eraseArgument(number + 1);
      operands.erase(operands.begin() + number);
    }
  }

  Value operandInside(Value inside) {
    Value &value = values[inside];
    if (value)
      return value;
    unsigned number = cast<BlockArgument>(inside).getArgNumber() - 1;
    Value written = source.compute(attention.getExtras()[number]);
    return values[inside] = written;
  }

  Value written(Operation *op) {
    if (op->hasTrait<graph::Elementwise>()) {
      SmallVector<Value> inside;
      for (Value operand : op->getOperands())
        inside.push_back(operandInside(operand));
      build.setLocation(op->getLoc());
      return source.writer().apply(op, inside);
    }
    // Operands broadcast by themselves.
    if (auto broadcast = dyn_cast<graph::BroadcastOp>(op))
      return operandInside(broadcast.getInput());
    // Constants, places and sizes.
    return source.compute(op->getResult(0));
  }

  graph::AttentionOp attention;
  LocalBuilder build;
  OpBuilder front;
  MaskSource source;
  Block *fresh = nullptr;
  SmallVector<Value> operands;
  DenseMap<Value, Value> values;
};

struct SinkMasks : impl::SinkMasksBase<SinkMasks> {
  SinkMasks() = default;
  explicit SinkMasks(graph::FileTable files) : files(std::move(files)) {}

  void runOnOperation() override {
    SmallVector<graph::AttentionOp> attentions;
    getOperation().walk(
        [&](graph::AttentionOp op) { attentions.push_back(op); });
    // Regions with diagonals were written here before.
    llvm::erase_if(attentions, [](graph::AttentionOp op) {
      return !op.getAdjust().getOps<graph::DiagonalsOp>().empty();
    });
    OpBuilder builder(&getContext());
    for (graph::AttentionOp attention : attentions) {
      RegionRewriter rewriter(attention, builder, files);
      rewriter.run();
      for (Value matrix : rewriter.matrices()) {
        Operation *op = matrix.getDefiningOp();
        emitRemark(attention.getLoc())
            << "attention: reads a value for every row and key, which comes "
            << "from "
            << (op ? op->getName().getStringRef() : StringRef("an input"));
      }
    }
  }

private:
  graph::FileTable files;
};

} // namespace

std::unique_ptr<Pass> createSinkMasks(const graph::FileTable &files) {
  return std::make_unique<SinkMasks>(files);
}

} // namespace lmcc
