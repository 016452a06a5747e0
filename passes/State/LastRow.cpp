//===- LastRow.cpp - What the last token alone needs ----------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// From the logits up to the last place where tokens meet, the keys and values
// of the last layer, a decoder that only wants the next token has work for one
// row: the product with the vocabulary, the last feed-forward network, the
// queries.
//
//===----------------------------------------------------------------------===//

#include "passes/State/LastRow.h"
#include "mlir/IR/IRMapping.h"
#include "passes/State/AttentionLike.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using lmcc::graph::typeOf;

namespace lmcc {

namespace {

/// Where an operand has the rows of a result.
struct RowsOf {
  enum { Along, Uniform, Elsewhere } kind;
  int64_t axis = 0; ///< If they run along an axis of it.

  static RowsOf along(int64_t axis) { return {Along, axis}; }
  /// All rows read the same.
  static RowsOf uniform() { return {Uniform}; }
  /// A row reads more than its own.
  static RowsOf elsewhere() { return {Elsewhere}; }
};

class RowTaker {
public:
  RowTaker(AffineExpr count, graph::Builder &build)
      : build(build), space(build.space()), count(count) {}

  Value take(Value value) {
    auto sizes = build.sizesOf(value);
    auto rows = llvm::find(sizes, count);
    assert(rows != sizes.end() && "has a row per token");
    int64_t axis = rows - sizes.begin();
    plan(value, axis);
    return row(value, axis);
  }

private:
  //===--------------------------------------------------------------------===//
  // What can be computed for one row
  //===--------------------------------------------------------------------===//

  /// From the last operation on: those whose results are only read by row.
  void plan(Value value, int64_t axis) {
    Operation *last = value.getDefiningOp();
    if (!last || !canCompute(last, axis))
      return;
    // How often each value is read by row, along which axis.
    DenseMap<Value, std::pair<int64_t, unsigned>> wanted;
    auto add = [&](Operation *op, int64_t rows) {
      planned[op] = rows;
      for (OpOperand &operand : op->getOpOperands())
        if (RowsOf from = rowsOf(operand, rows); from.kind == RowsOf::Along) {
          auto &[place, times] = wanted[operand.get()];
          bool agrees = times == 0 || place == from.axis;
          place = from.axis;
          times = agrees ? times + 1 : 0;
        }
    };
    add(last, axis);
    for (Operation *op = last->getPrevNode(); op; op = op->getPrevNode()) {
      if (op->getNumResults() != 1)
        continue;
      auto found = wanted.find(op->getResult(0));
      if (found == wanted.end())
        continue;
      auto [rows, times] = found->second;
      bool isReadByRow = times == llvm::range_size(op->getResult(0).getUses());
      // Others need all of a mask, but a row of it is made more easily.
      bool isMask = times != 0 && followsFromSizes(op) && isLong(op, rows);
      if ((isReadByRow || isMask) && canCompute(op, rows))
        add(op, rows);
    }
  }

  /// Whether a row has as many elements as there are tokens.
  bool isLong(Operation *op, int64_t axis) const {
    auto sizes = build.sizesOf(op->getResult(0));
    sizes[axis] = space.number(1);
    return !space.constant(space.product(sizes));
  }

  bool followsFromSizes(Operation *op) {
    auto known = fromSizes.find(op);
    if (known != fromSizes.end())
      return known->second;
    bool result = op->getNumRegions() == 0 &&
                  llvm::all_of(op->getOperands(), [&](Value operand) {
                    Operation *source = operand.getDefiningOp();
                    return source && followsFromSizes(source);
                  });
    fromSizes[op] = result;
    return result;
  }

  bool canCompute(Operation *op, int64_t axis) const {
    if (isa<graph::IotaOp>(op))
      return true;
    if (op->getNumOperands() == 0 || isa<graph::ConstantOp>(op))
      return false;
    if (auto attention = dyn_cast<graph::AttentionOp>(op))
      for (Operation &inner :
           attention.getAdjust().front().without_terminator())
        if (!inner.hasTrait<graph::Elementwise>() &&
            !isa<graph::ConstantOp>(inner))
          return false; // It may compute with places of rows.
    return llvm::all_of(op->getOpOperands(), [&](OpOperand &operand) {
      return rowsOf(operand, axis).kind != RowsOf::Elsewhere;
    });
  }

  AffineExpr sizeOf(Value value, int64_t axis) const {
    return build.sizesOf(value)[axis];
  }

  /// Aligned from the back, like the operands of elementwise operations.
  RowsOf aligned(Value operand, Value result, int64_t axis) const {
    int64_t place = axis - typeOf(result).getRank() + typeOf(operand).getRank();
    if (place < 0 || space.constant(sizeOf(operand, place)) == 1)
      return RowsOf::uniform();
    return sizeOf(operand, place) == count ? RowsOf::along(place)
                                           : RowsOf::elsewhere();
  }

  RowsOf rowsOf(OpOperand &operand, int64_t axis) const {
    Operation *op = operand.getOwner();
    Value value = operand.get(), result = op->getResult(0);
    unsigned number = operand.getOperandNumber();
    int64_t rank = typeOf(value).getRank();
    int64_t fromBack = typeOf(result).getRank() - axis;
    if (op->hasTrait<graph::Elementwise>() || isa<graph::BroadcastOp>(op))
      return aligned(value, result, axis);
    return llvm::TypeSwitch<Operation *, RowsOf>(op)
        .Case<graph::LayerNormOp, graph::RmsNormOp, graph::SoftmaxOp>(
            [&](auto) {
              if (fromBack == 1)
                return RowsOf::elsewhere();
              return number == 0 ? RowsOf::along(axis) : RowsOf::uniform();
            })
        .Case([&](graph::MatmulOp) {
          if (fromBack != 2)
            return RowsOf::elsewhere();
          return number == 0 ? RowsOf::along(rank - 2) : RowsOf::uniform();
        })
        .Case([&](graph::TransposeOp transpose) {
          return RowsOf::along(transpose.getPermutation()[axis]);
        })
        .Case([&](graph::ReshapeOp reshape) { return rowsOf(reshape, axis); })
        .Case([&](graph::ConcatOp concat) {
          return static_cast<int64_t>(concat.getAxis()) == axis
                     ? RowsOf::elsewhere()
                     : RowsOf::along(axis);
        })
        .Case([&](graph::SliceOp slice) { return rowsOf(slice, axis); })
        .Case([&](graph::GatherOp gather) {
          int64_t place = axis - static_cast<int64_t>(gather.getAxis());
          bool isIndex =
              place >= 0 && place < typeOf(gather.getIndices()).getRank();
          if (!isIndex)
            return RowsOf::elsewhere();
          return number == 1 ? RowsOf::along(place) : RowsOf::uniform();
        })
        .Case([&](graph::AttentionOp) {
          if (fromBack != 2)
            return RowsOf::elsewhere();
          if (number == 0)
            return RowsOf::along(rank - 2);
          return number < 3 ? RowsOf::uniform() : aligned(value, result, axis);
        })
        .Default([](Operation *) { return RowsOf::elsewhere(); });
  }

  /// In front of the rows there are as many elements as before.
  RowsOf rowsOf(graph::ReshapeOp reshape, int64_t axis) const {
    auto from = build.sizesOf(reshape.getInput());
    auto to = build.sizesOf(reshape.getResult());
    AffineExpr before = space.product(ArrayRef(to).take_front(axis));
    for (size_t place = 0; place < from.size(); ++place)
      if (from[place] == count &&
          space.product(ArrayRef(from).take_front(place)) == before)
        return RowsOf::along(static_cast<int64_t>(place));
    return RowsOf::elsewhere();
  }

  RowsOf rowsOf(graph::SliceOp slice, int64_t axis) const {
    bool takesAll =
        sizeOf(slice.getInput(), axis) == count &&
        space.constant(space.expressions(slice.getStarts())[axis]) == 0 &&
        slice.getSteps()[axis] == 1;
    return takesAll ? RowsOf::along(axis) : RowsOf::elsewhere();
  }

  //===--------------------------------------------------------------------===//
  // Rows
  //===--------------------------------------------------------------------===//

  Value row(Value value, int64_t axis) {
    if (Value known = rows.lookup({value, axis}))
      return known;
    Operation *op = value.getDefiningOp();
    auto found = op ? planned.find(op) : planned.end();
    Value result = found != planned.end() && found->second == axis
                       ? compute(op, axis)
                       : slice(value, axis);
    rows[{value, axis}] = result;
    return result;
  }

  Value slice(Value value, int64_t axis) {
    graph::DimSpace::Sizes sizes = build.sizesOf(value), starts;
    starts.assign(sizes.size(), space.number(0));
    starts[axis] = space.subtract(count, space.number(1));
    sizes[axis] = space.number(1);
    return build.slice(value, starts, sizes,
                       SmallVector<int64_t>(sizes.size(), 1));
  }

  Value compute(Operation *op, int64_t axis) {
    Value result = op->getResult(0);
    graph::DimSpace::Sizes sizes = build.sizesOf(result);
    sizes[axis] = space.number(1);
    SmallVector<Value> operands;
    for (OpOperand &operand : op->getOpOperands()) {
      RowsOf from = rowsOf(operand, axis);
      operands.push_back(from.kind == RowsOf::Along
                             ? row(operand.get(), from.axis)
                             : operand.get());
    }
    build.setLocation(op->getLoc());
    if (isa<graph::IotaOp>(op)) {
      AffineExpr last = space.subtract(count, space.number(1));
      return build.reshape(
          build.dimValue(last, typeOf(result).getElementType()), sizes);
    }
    if (isa<graph::ReshapeOp>(op))
      return build.reshape(operands[0], sizes);
    if (isa<graph::BroadcastOp>(op))
      return build.broadcast(operands[0], sizes);
    if (auto attention = dyn_cast<graph::AttentionOp>(op))
      return compute(attention, operands);
    IRMapping mapping;
    mapping.map(op->getOperands(), operands);
    Operation *copy = build.operations().clone(*op, mapping);
    copy->getResult(0).setType(
        space.type(sizes, typeOf(result).getElementType()));
    return copy->getResult(0);
  }

  Value compute(graph::AttentionOp attention, ArrayRef<Value> operands) {
    return attentionLike(attention, operands[0], operands[1], operands[2],
                         operands.drop_front(3), build);
  }

  graph::Builder &build;
  const graph::DimSpace &space;
  AffineExpr count;
  /// The axis of rows of operations that are computed for one.
  llvm::MapVector<Operation *, int64_t> planned;
  DenseMap<Operation *, bool> fromSizes;
  DenseMap<std::pair<Value, int64_t>, Value> rows;
};

} // namespace

Value takeLastRow(Value value, AffineExpr count, graph::Builder &build) {
  return RowTaker(count, build).take(value);
}

} // namespace lmcc
