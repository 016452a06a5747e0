//===- GrowingForm.cpp - One form of state --------------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/State/GrowingForm.h"
#include "dialects/Graph/Builder.h"
#include "mlir/IR/IRMapping.h"
#include "passes/State/AttentionLike.h"
#include "passes/State/KnownValues.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using lmcc::graph::typeOf;

namespace lmcc {

namespace {

bool isState(BlockArgument argument) {
  auto function = cast<func::FuncOp>(argument.getOwner()->getParentOp());
  return function.getArgAttr(argument.getArgNumber(), graph::stateAttrName) !=
         nullptr;
}

/// A tensor that has only the tokens there are, and along which axis.
struct Grown {
  Value value;
  int64_t axis;
};

class StateGrower {
public:
  StateGrower(func::FuncOp entry, const graph::FileTable &files,
              NearMisses &misses)
      : entry(entry), files(files), misses(misses),
        space(graph::DimSpace::of(entry)), ops(entry), build(ops, space) {
    auto decoding =
        entry->getAttrOfType<DictionaryAttr>(graph::decodingAttrName);
    past = space.symbol(decoding.getAs<StringAttr>("past").getValue());
  }

  LogicalResult run() {
    SmallVector<Operation *> all;
    for (Operation &op : entry.front())
      all.push_back(&op);
    for (Operation *op : all)
      if (failed(rewrite(op)))
        return failure();
    for (Operation *op : llvm::reverse(all))
      if (op->use_empty() && !op->hasTrait<OpTrait::IsTerminator>())
        op->erase();
    entry.setFunctionType(
        FunctionType::get(entry.getContext(), entry.front().getArgumentTypes(),
                          entry.front().getTerminator()->getOperandTypes()));
    return success();
  }

private:
  LogicalResult miss(Operation *op, StringRef reason) {
    misses.push_back({op->getLoc(), reason.str()});
    return failure();
  }

  AffineExpr total(AffineExpr added) { return space.add(past, added); }

  LogicalResult rewrite(Operation *op) {
    bool isGrown = llvm::any_of(op->getOperands(), [&](Value operand) {
      return grown.contains(operand);
    });
    ops.setInsertionPoint(op);
    build.setLocation(op->getLoc());
    if (auto scatter = dyn_cast<graph::ScatterElementsOp>(op))
      if (auto argument = dyn_cast<BlockArgument>(scatter.getInput());
          argument && isState(argument))
        return append(scatter, argument);
    if (!isGrown)
      return success();
    if (op->hasTrait<graph::Elementwise>())
      return compute(op);
    return llvm::TypeSwitch<Operation *, LogicalResult>(op)
        .Case([&](graph::ReshapeOp reshape) { return follow(reshape); })
        .Case([&](graph::TransposeOp transpose) { return follow(transpose); })
        .Case([&](graph::BroadcastOp broadcast) { return follow(broadcast); })
        .Case([&](graph::AttentionOp attention) { return attend(attention); })
        .Default([&](Operation *other) {
          return miss(other, "reads more of the state than the tokens there "
                             "are");
        });
  }

  //===--------------------------------------------------------------------===//
  // Appending
  //===--------------------------------------------------------------------===//

  LogicalResult append(graph::ScatterElementsOp scatter,
                       BlockArgument argument) {
    int64_t axis = static_cast<int64_t>(scatter.getAxis());
    if (!argument.hasOneUse() || !writesBehindOld(scatter, axis))
      return miss(scatter, "does not store the new tokens behind the old ones");
    length = space.number(typeOf(argument).getDimSize(axis));
    graph::DimSpace::Sizes sizes = build.sizesOf(argument);
    sizes[axis] = past;
    argument.setType(space.type(sizes, typeOf(argument).getElementType()));
    grown[scatter.getResult()] = {
        build.concat({argument, scatter.getUpdates()}, axis), axis};
    return success();
  }

  bool writesBehindOld(graph::ScatterElementsOp scatter, int64_t axis) {
    if (scatter.getMode() != graph::ScatterMode::assign)
      return false;
    for (auto [old, added] : {std::pair(0, 2), std::pair(1, 1)}) {
      graph::SymbolValues symbols = symbolsFor(entry, old, added);
      auto places = KnownValues(symbols, files).find(scatter.getIndices());
      if (!places || !areBehind(*places, axis, old))
        return false;
    }
    return true;
  }

  static bool areBehind(const graph::HostTensor &places, int64_t axis,
                        int64_t old) {
    int64_t inner = 1;
    for (int64_t size : places.getShape().drop_front(axis + 1))
      inner *= size;
    int64_t rows = places.getShape()[axis];
    for (int64_t i = 0; i < places.getNumElements(); ++i) {
      int64_t place = places.getElementBytes() == 8 ? places.data<int64_t>()[i]
                                                    : places.data<int32_t>()[i];
      if (place != old + i / inner % rows)
        return false;
    }
    return true;
  }

  //===--------------------------------------------------------------------===//
  // Following
  //===--------------------------------------------------------------------===//

  Grown of(Value value) const { return grown.lookup(value); }

  AffineExpr tokens(const Grown &from) const {
    return build.sizesOf(from.value)[from.axis];
  }

  LogicalResult follow(graph::ReshapeOp reshape) {
    Grown from = of(reshape.getInput());
    auto before = build.sizesOf(reshape.getInput());
    auto after = build.sizesOf(reshape.getResult());
    AffineExpr front = space.product(ArrayRef(before).take_front(from.axis));
    for (size_t axis = 0; axis < after.size(); ++axis)
      if (after[axis] == length &&
          space.product(ArrayRef(after).take_front(axis)) == front) {
        after[axis] = tokens(from);
        grown[reshape.getResult()] = {build.reshape(from.value, after),
                                      static_cast<int64_t>(axis)};
        return success();
      }
    return miss(reshape, "divides the tokens of the state");
  }

  LogicalResult follow(graph::TransposeOp transpose) {
    Grown from = of(transpose.getInput());
    ArrayRef<int64_t> permutation = transpose.getPermutation();
    grown[transpose.getResult()] = {build.transpose(from.value, permutation),
                                    llvm::find(permutation, from.axis) -
                                        permutation.begin()};
    return success();
  }

  LogicalResult follow(graph::BroadcastOp broadcast) {
    Grown from = of(broadcast.getInput());
    auto sizes = build.sizesOf(broadcast.getResult());
    int64_t axis = from.axis + broadcast.getType().getRank() -
                   typeOf(broadcast.getInput()).getRank();
    sizes[axis] = tokens(from);
    grown[broadcast.getResult()] = {build.broadcast(from.value, sizes), axis};
    return success();
  }

  /// With numbers, which are the same for all tokens.
  LogicalResult compute(Operation *op) {
    Value state;
    for (Value operand : op->getOperands()) {
      bool isNumber = typeOf(operand).hasStaticShape() &&
                      typeOf(operand).getNumElements() == 1;
      if (isNumber)
        continue;
      if (state || !grown.contains(operand))
        return miss(op, "computes with the state and something else");
      state = operand;
    }
    Value result = op->getResult(0);
    Grown from = of(state);
    int64_t axis =
        from.axis + typeOf(result).getRank() - typeOf(state).getRank();
    auto sizes = build.sizesOf(result);
    sizes[axis] = tokens(from);
    IRMapping mapping;
    mapping.map(state, from.value);
    Operation *copy = ops.clone(*op, mapping);
    copy->getResult(0).setType(
        space.type(sizes, typeOf(result).getElementType()));
    grown[result] = {copy->getResult(0), axis};
    return success();
  }

  LogicalResult attend(graph::AttentionOp attention) {
    auto isRows = [&](Value value) {
      auto found = grown.find(value);
      return found != grown.end() &&
             found->second.axis == typeOf(value).getRank() - 2;
    };
    if (!isRows(attention.getKey()) || !isRows(attention.getValue()) ||
        grown.contains(attention.getQuery()))
      return miss(attention, "has keys or values that are not as long as the "
                             "state");
    Value key = of(attention.getKey()).value;
    SmallVector<Value> extras;
    for (Value extra : attention.getExtras())
      extras.push_back(cut(extra, build.sizesOf(key).end()[-2]));
    Block &old = attention.getAdjust().front();
    for (Operation &op : old.without_terminator())
      if (!op.hasTrait<graph::Elementwise>() && !isa<graph::ConstantOp>(op))
        return miss(&op, "computes with places of the state");
    Value result = attentionLike(attention, attention.getQuery(), key,
                                 of(attention.getValue()).value, extras, build);
    attention.getResult().replaceAllUsesWith(result);
    return success();
  }

  /// The part of a mask for the tokens there are.
  Value cut(Value extra, AffineExpr keys) {
    graph::DimSpace::Sizes sizes = build.sizesOf(extra);
    if (sizes.empty() || sizes.back() != length)
      return extra;
    sizes.back() = keys;
    return build.slice(extra,
                       graph::DimSpace::Sizes(sizes.size(), space.number(0)),
                       sizes, SmallVector<int64_t>(sizes.size(), 1));
  }

  func::FuncOp entry;
  const graph::FileTable &files;
  NearMisses &misses;
  graph::DimSpace space;
  OpBuilder ops;
  graph::Builder build;
  AffineExpr past, length;
  DenseMap<Value, Grown> grown;
};

} // namespace

LogicalResult makeStateGrow(func::FuncOp entry, const graph::FileTable &files,
                            NearMisses &misses) {
  return StateGrower(entry, files, misses).run();
}

//===----------------------------------------------------------------------===//
// Storing what is read
//===----------------------------------------------------------------------===//

/// The only user of `value` behind moves, if it computes each element from one
/// of it and numbers.
static Operation *functionOfElements(Value value) {
  while (value.hasOneUse()) {
    Operation *user = *value.user_begin();
    if (isa<graph::ReshapeOp, graph::TransposeOp>(user)) {
      value = user->getResult(0);
      continue;
    }
    bool isFunction = user->hasTrait<graph::Elementwise>() &&
                      user->getResult(0).getType() == value.getType() &&
                      llvm::all_of(user->getOperands(), [&](Value operand) {
                        return operand == value ||
                               (operand.getDefiningOp<graph::ConstantOp>() &&
                                typeOf(operand).getRank() == 0);
                      });
    return isFunction ? user : nullptr;
  }
  return nullptr;
}

void storeAsRead(func::FuncOp entry) {
  SmallVector<graph::ConcatOp> appends;
  for (auto append : entry.getOps<graph::ConcatOp>())
    if (auto argument = dyn_cast<BlockArgument>(append.getInputs().front());
        argument && isState(argument) && argument.hasOneUse())
      appends.push_back(append);
  for (graph::ConcatOp append : appends)
    while (Operation *function = functionOfElements(append.getResult())) {
      OpBuilder ops(append);
      Value added = append.getInputs()[1], moved;
      IRMapping mapping;
      for (Value operand : function->getOperands()) {
        Operation *source = operand.getDefiningOp();
        bool isNumber = isa_and_present<graph::ConstantOp>(source);
        mapping.map(operand,
                    isNumber ? ops.clone(*source)->getResult(0) : added);
        if (!isNumber)
          moved = operand;
      }
      Operation *copy = ops.clone(*function, mapping);
      copy->getResult(0).setType(added.getType());
      append.getInputsMutable()[1].set(copy->getResult(0));
      function->getResult(0).replaceAllUsesWith(moved);
      function->erase();
    }
}

} // namespace lmcc
