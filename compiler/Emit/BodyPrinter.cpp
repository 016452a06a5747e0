//===- BodyPrinter.cpp - Blocks of a function as statements ---------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/BodyPrinter.h"

#include "compiler/Emit/Bytes.h"
#include "compiler/Emit/Forms.h"
#include "dialects/Kernel/Kernel.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/TypeSwitch.h"

#include <fmt/format.h>

using namespace mlir;
using namespace lmcc;
using namespace lmcc::emit;

BodyPrinter::BodyPrinter(Lines &lines, Expressions &expressions,
                         UniqueNames &names)
    : lines(lines), expressions(expressions), names(names) {
  for (StringRef letter : {"i", "j", "k", "l", "m", "n"})
    if (!names.isTaken(letter)) {
      names.reserve(letter);
      counters.push_back(letter.str());
    }
}

std::string BodyPrinter::pickCounter() {
  while (loopDepth >= counters.size())
    counters.push_back(names.number("i"));
  return counters[loopDepth];
}

/// Whether `operation` is printed where its result is used. An index within the
/// same block reads variables that no statement in between assigns.
static bool isInlined(Operation *operation) {
  if (isa<arith::ConstantOp>(operation))
    return true;
  if (operation->getNumResults() != 1 || !operation->getResult(0).hasOneUse())
    return false;
  Operation *user = *operation->getResult(0).user_begin();
  if (user->getBlock() != operation->getBlock() ||
      user->hasTrait<OpTrait::IsTerminator>())
    return false;
  bool computesIndex = isa<affine::AffineApplyOp, arith::AddIOp, arith::SubIOp,
                           arith::MulIOp, arith::IndexCastOp>(operation) &&
                       operation->getResult(0).getType().isIndex();
  return computesIndex || isa<vector::BroadcastOp>(operation);
}

void BodyPrinter::print(Block &block) {
  for (Operation &operation : block.without_terminator())
    print(&operation);
}

void BodyPrinter::print(Operation *operation) {
  // What nobody reads would only be a warning.
  if (isOpTriviallyDead(operation))
    return;
  if (isPartOfOther(operation)) {
    // What is stored is what is cut off; the others are defined already, or
    // nobody asks for them.
    if (isa<arith::TruncIOp>(operation))
      expressions.define(operation->getResult(0),
                         expressions.of(operation->getOperand(0)));
    return;
  }
  if (isInlined(operation)) {
    expressions.define(operation->getResult(0), expressions.express(operation));
    return;
  }
  llvm::TypeSwitch<Operation *>(operation)
      .Case([&](scf::ForOp loop) { printFor(loop); })
      .Case([&](scf::IfOp branch) { printIf(branch); })
      .Case<memref::StoreOp, vector::StoreOp>(
          [&](Operation *) { printStore(operation); })
      .Case([&](memref::AllocaOp) { printAlloca(operation); })
      .Case([&](kernel::WordsOp) { printWords(operation); })
      .Case([&](memref::PrefetchOp fetch) {
        lines.statement(
            expressions.call(
                "prefetch", {expressions.address(fetch.getMemref(),
                                                 fetch.getIndices().front())}) +
            ";");
      })
      .Default([&](Operation *) {
        if (findForm(operation)->style == Style::Statement)
          printOther(operation);
        else
          printValue(operation);
      });
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

/// A short word for what an operation computes.
static StringRef stemOf(Operation *operation) {
  return llvm::TypeSwitch<Operation *, StringRef>(operation)
      .Case<arith::CmpFOp, arith::CmpIOp>([](Operation *) { return "is"; })
      .Case([](vector::BroadcastOp) { return "all"; })
      .Case<affine::AffineApplyOp>([](Operation *) { return "at"; })
      .Case<vector::ExtractStridedSliceOp>([](Operation *) { return "half"; })
      .Default([](Operation *) { return "t"; });
}

void BodyPrinter::declare(Value value, StringRef stem, StringRef text) {
  auto place = assigned.find(value);
  if (place != assigned.end()) {
    lines.statement(fmt::format("{} = {};", place->second, text.str()));
    expressions.define(value, {place->second});
    return;
  }
  std::string name = names.number(stem);
  lines.statement(fmt::format("const {} {} = {};",
                              expressions.type(value.getType()), name,
                              text.str()));
  expressions.define(value, {name});
}

void BodyPrinter::printValue(Operation *operation) {
  Expression expression = expressions.express(operation);
  std::string stem = stemOf(operation).str();
  // An element is named after the buffer it comes from.
  if (isa<memref::LoadOp, vector::LoadOp>(operation))
    stem = expressions.of(operation->getOperand(0)).text;
  Value value = operation->getResult(0);
  if (kindOf(value.getType()) & (Bytes | Halves))
    value = conversionOf(cast<vector::LoadOp>(operation))->getResult(0);
  declare(value, stem, expression.text);
}

void BodyPrinter::printStore(Operation *operation) {
  Value value = operation->getOperand(0);
  Value buffer = operation->getOperand(1), index = operation->getOperand(2);
  Type element = cast<MemRefType>(buffer.getType()).getElementType();
  Kind kind = kindOf(value.getType());
  if (auto narrow = value.getDefiningOp<kernel::NarrowOp>()) {
    SmallVector<std::string> arguments = {expressions.address(buffer, index)};
    for (Value vector : narrow->getOperands())
      arguments.push_back(expressions.of(vector).text);
    lines.statement(expressions.call("store_bytes", arguments) + ";");
    return;
  }
  std::string text = expressions.of(value).text;
  if ((kind & (vectors | Bytes)) || element.isInteger(1)) {
    text = expressions.call(element.isInteger(1) ? "store_bool"
                            : kind == Bytes      ? "store_bytes"
                                                 : "store",
                            {expressions.address(buffer, index), text});
    lines.statement(text + ";");
    return;
  }
  lines.statement(
      fmt::format("{} = {};", expressions.element(buffer, index), text));
}

void BodyPrinter::printAlloca(Operation *operation) {
  auto op = cast<memref::AllocaOp>(operation);
  std::string name = names.number("local");
  std::string alignment =
      op.getAlignment() ? fmt::format("alignas({}) ", *op.getAlignment()) : "";
  lines.statement(fmt::format("{}{} {}[{}];", alignment,
                              memoryType(op.getType().getElementType()), name,
                              op.getType().getNumElements()));
  expressions.define(op, {name});
}

void BodyPrinter::printWords(Operation *operation) {
  auto op = cast<kernel::WordsOp>(operation);
  std::string bytes = expressions.of(op.getBuffer()).text;
  std::string name = names.pick(bytes + "w");
  lines.statement(fmt::format("const int32_t *const {} = {};", name,
                              expressions.call("words", {bytes})));
  expressions.define(op, {name});
}

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

/// Whether the text of all that looks at `variable` stands before that of
/// `source`, of the same block, or in it.
static bool isLastLook(Value variable, Operation *source) {
  return llvm::all_of(variable.getUsers(), [&](Operation *user) {
    if (isInlined(user) || isPartOfOther(user))
      return isLastLook(user->getResult(0), source);
    Operation *place = source->getBlock()->findAncestorOpInBlock(*user);
    return place == source || place->isBeforeInBlock(source);
  });
}

/// Marks the yielded values that may be written to their variable at once:
/// those whose operation comes after every other look at the variable.
void BodyPrinter::accumulateInPlace(scf::ForOp loop) {
  Block &body = *loop.getBody();
  for (auto [variable, yielded] :
       llvm::zip(loop.getRegionIterArgs(), loop.getYieldedValues())) {
    Operation *source = yielded.getDefiningOp();
    if (!source || source->getBlock() != &body || !yielded.hasOneUse() ||
        isInlined(source) || isPartOfOther(source) ||
        findForm(source)->style == Style::Statement)
      continue;
    if (isLastLook(variable, source))
      assigned[yielded] = expressions.of(variable).text;
  }
}

/// Assigns the operands of the terminator to `variables` as if all at once.
void BodyPrinter::printYields(Block &block, ValueRange variables) {
  struct Move {
    std::string target, source;
  };
  SmallVector<Move> moves;
  for (auto [variable, value] :
       llvm::zip(variables, block.getTerminator()->getOperands())) {
    const std::string &target = expressions.of(variable).text;
    std::string source = expressions.of(value).text;
    if (source == target)
      continue;
    // A variable that is assigned here as well is read before.
    if (llvm::is_contained(variables, value)) {
      std::string saved = names.number("next");
      lines.statement(fmt::format("const {} {} = {};",
                                  expressions.type(value.getType()), saved,
                                  source));
      source = saved;
    }
    moves.push_back({target, source});
  }
  for (const Move &move : moves)
    lines.statement(fmt::format("{} = {};", move.target, move.source));
}

void BodyPrinter::printFor(scf::ForOp loop) {
  for (auto [variable, result, initial] : llvm::zip(
           loop.getRegionIterArgs(), loop.getResults(), loop.getInitArgs())) {
    std::string name =
        names.number(variable.getType().isIndex() ? "at" : "acc");
    bool isIgnored = variable.use_empty() && result.use_empty();
    lines.statement(fmt::format("{}{} {} = {};",
                                isIgnored ? "[[maybe_unused]] " : "",
                                expressions.type(variable.getType()), name,
                                expressions.of(initial).text));
    expressions.define(variable, {name});
    expressions.define(result, {name});
  }

  Value counter = loop.getInductionVar();
  std::string name = pickCounter();
  expressions.define(counter, {name});
  std::string step =
      isConstantIntValue(loop.getStep(), 1)
          ? "++" + name
          : fmt::format("{} += {}", name, expressions.of(loop.getStep()).text);
  lines.open(fmt::format(
      "for ({} {} = {}; {} < {}; {})", expressions.type(counter.getType()),
      name, expressions.of(loop.getLowerBound()).text, name,
      expressions.of(loop.getUpperBound()).as(Binding::Sum), step));
  ++loopDepth;
  accumulateInPlace(loop);
  print(*loop.getBody());
  printYields(*loop.getBody(), ValueRange(loop.getRegionIterArgs()));
  --loopDepth;
  lines.close();
}

void BodyPrinter::printIf(scf::IfOp branch) {
  for (Value result : branch.getResults()) {
    std::string name = names.number("t");
    lines.statement(
        fmt::format("{} {};", expressions.type(result.getType()), name));
    expressions.define(result, {name});
  }
  lines.open(
      fmt::format("if ({})", expressions.of(branch.getCondition()).text));
  print(*branch.thenBlock());
  printYields(*branch.thenBlock(), branch.getResults());
  bool hasElse =
      branch.elseBlock() && (branch.getNumResults() > 0 ||
                             !branch.elseBlock()->without_terminator().empty());
  if (hasElse) {
    lines.reopen("} else");
    print(*branch.elseBlock());
    printYields(*branch.elseBlock(), branch.getResults());
  }
  lines.close();
}
