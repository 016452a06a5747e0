//===- QuantizeCache.cpp - Keys and values that are kept in 8 bits --------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Builder.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Compress/Passes.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_QUANTIZECACHE
#include "passes/Compress/Passes.h.inc"

namespace {

/// A state argument of a function and the rows that are appended to it.
struct State {
  BlockArgument argument;
  graph::ConcatOp append;
  /// As what its rows are quantised.
  Type element;
};

/// Whether all that is made of `value` are the bytes of its rows, of one type,
/// and their scales.
bool isOnlyQuantized(Value value, Type &element) {
  auto keepsRows = [](Operation *move) {
    auto from = cast<RankedTensorType>(move->getOperand(0).getType());
    auto to = cast<RankedTensorType>(move->getResult(0).getType());
    if (auto transpose = dyn_cast<graph::TransposeOp>(move))
      return transpose.getPermutation().back() == to.getRank() - 1;
    return isa<graph::ReshapeOp>(move) && to.getRank() > 0 &&
           graph::axisSize(from, from.getRank() - 1) ==
               graph::axisSize(to, to.getRank() - 1);
  };
  return llvm::all_of(value.getUsers(), [&](Operation *user) {
    if (isa<graph::RowScalesOp>(user))
      return true;
    if (auto quantize = dyn_cast<graph::QuantizeRowsOp>(user)) {
      Type own = quantize.getType().getElementType();
      auto scales = quantize.getScales().getDefiningOp<graph::RowScalesOp>();
      bool fits = quantize.getInput() == value && scales &&
                  scales.getInput() == value && (!element || element == own);
      element = own;
      return fits;
    }
    return isa<graph::ReshapeOp, graph::TransposeOp>(user) && keepsRows(user) &&
           isOnlyQuantized(user->getResult(0), element);
  });
}

/// The states of a function, without `append` where one stays as it is.
SmallVector<State> statesOf(func::FuncOp function) {
  SmallVector<State> states;
  for (BlockArgument argument : function.getArguments()) {
    if (!function.getArgAttr(argument.getArgNumber(), graph::stateAttrName))
      continue;
    State state = {argument, {}, {}};
    auto type = cast<RankedTensorType>(argument.getType());
    auto append = argument.hasOneUse()
                      ? dyn_cast<graph::ConcatOp>(*argument.user_begin())
                      : graph::ConcatOp();
    bool appendsRows =
        append && type.getElementType().isF32() &&
        append.getInputs().size() == 2 && append.getInputs()[0] == argument &&
        static_cast<int64_t>(append.getAxis()) < type.getRank() - 1;
    if (appendsRows && isOnlyQuantized(append, state.element) && state.element)
      state.append = append;
    states.push_back(state);
  }
  return states;
}

class CacheQuantizer {
public:
  explicit CacheQuantizer(func::FuncOp function)
      : function(function), space(graph::DimSpace::of(function)),
        ops(function.getContext()), build(ops, space) {}

  void quantize(State state) {
    graph::ConcatOp append = state.append;
    auto axis = static_cast<int64_t>(append.getAxis());
    Value added = append.getInputs()[1];
    BlockArgument scales = addScales(state.argument);
    state.argument.setType(
        cast<RankedTensorType>(state.argument.getType()).clone(state.element));
    ops.setInsertionPoint(append);
    build.setLocation(append.getLoc());
    Value newScales = build.rowScales(added);
    Value newBytes = build.quantizeRows(added, newScales, state.element);
    Rows rows = {build.concat({state.argument, newBytes}, axis),
                 build.concat({scales, newScales}, axis)};
    replace(append, rows);
    function.setFunctionType(
        ops.getFunctionType(function.front().getArgumentTypes(),
                            function.getFunctionType().getResults()));
  }

private:
  struct Rows {
    Value bytes, scales;
  };

  /// The state that holds the scales of `rows`, another one, behind it.
  BlockArgument addScales(BlockArgument rows) {
    auto type = cast<RankedTensorType>(rows.getType());
    graph::DimSpace::Sizes sizes = space.sizes(type);
    sizes.back() = space.number(1);
    unsigned number = rows.getArgNumber() + 1;
    NamedAttrList attributes(function.getArgAttrDict(rows.getArgNumber()));
    if (auto name = attributes.get(graph::nameAttrName))
      attributes.set(
          graph::nameAttrName,
          ops.getStringAttr(cast<StringAttr>(name).getValue() + ".scales"));
    (void)function.insertArgument(
        number, space.type(sizes, type.getElementType()),
        attributes.getDictionary(ops.getContext()), rows.getLoc());
    return function.getArgument(number);
  }

  /// Whoever quantises the rows that `op` computes, or moves them, gets `rows`.
  void replace(Operation *op, const Rows &rows) {
    // A user of scales and rows is one user of the latter.
    llvm::SetVector<Operation *> users(op->user_begin(), op->user_end());
    for (Operation *user : users) {
      ops.setInsertionPoint(user);
      build.setLocation(user->getLoc());
      if (isa<graph::RowScalesOp>(user)) {
        user->getResult(0).replaceAllUsesWith(rows.scales);
        user->erase();
      } else if (isa<graph::QuantizeRowsOp>(user)) {
        user->getResult(0).replaceAllUsesWith(rows.bytes);
        user->erase();
      } else {
        replace(user, moved(user, rows));
      }
    }
    op->erase();
  }

  Rows moved(Operation *move, const Rows &rows) {
    if (auto transpose = dyn_cast<graph::TransposeOp>(move))
      return {build.transpose(rows.bytes, transpose.getPermutation()),
              build.transpose(rows.scales, transpose.getPermutation())};
    graph::DimSpace::Sizes sizes =
        space.sizes(cast<RankedTensorType>(move->getResult(0).getType()));
    Value bytes = build.reshape(rows.bytes, sizes);
    sizes.back() = space.number(1);
    return {bytes, build.reshape(rows.scales, sizes)};
  }

  func::FuncOp function;
  graph::DimSpace space;
  OpBuilder ops;
  graph::Builder build;
};

struct QuantizeCache : impl::QuantizeCacheBase<QuantizeCache> {
  void runOnOperation() override {
    SmallVector<func::FuncOp> functions;
    SmallVector<SmallVector<State>> states;
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (!function->hasAttr(graph::decodingAttrName))
        continue;
      functions.push_back(function);
      states.push_back(statesOf(function));
    }
    for (auto [number, function] : llvm::enumerate(functions)) {
      CacheQuantizer quantizer(function);
      for (size_t place = 0; place < states[number].size(); ++place) {
        bool isQuantized = isCommon(states, place);
        if (number == 0)
          remark(states[number][place].argument, isQuantized);
        if (isQuantized)
          quantizer.quantize(states[number][place]);
      }
    }
  }

private:
  /// All functions share a state, so all must quantise it alike.
  static bool isCommon(ArrayRef<SmallVector<State>> states, size_t place) {
    return llvm::all_of(states, [&](const SmallVector<State> &one) {
      return one[place].append &&
             one[place].element == states[0][place].element;
    });
  }

  static void remark(BlockArgument argument, bool isQuantized) {
    emitRemark(argument.getLoc())
        << (isQuantized
                ? "cache in 8 bits: a scale for each row"
                : "cache in 8 bits: not, its rows are read as they are");
  }
};

} // namespace
} // namespace lmcc
