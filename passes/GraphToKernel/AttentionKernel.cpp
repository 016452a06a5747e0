//===- AttentionKernel.cpp - Attention that streams over its keys ---------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A tile of rows sees one block of keys after the other. What it has of the
// softmax so far (the largest score, the sum of weights, the weighted sum of
// values) is rescaled when a block has a larger score (Milakov and Gimelshein,
// "Online normalizer calculation for softmax", 2018; Dao et al.,
// "FlashAttention", 2022). Scores of one tile and one block are all that is
// ever stored.
//
// Both products are panel products: keys were packed into panels of one block
// as columns, and rows of values are panels as they lie.
//
//===----------------------------------------------------------------------===//

#include "dialects/Kernel/Kernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "passes/GraphToKernel/ScoreAdjustment.h"
#include <limits>

using namespace mlir;

namespace lmcc {

namespace {

using Index = OpFoldResult;
using kernel::canonicalLanes;
using kernel::RowReduction;

constexpr float lowest = -std::numeric_limits<float>::infinity();

class AttentionKernel {
public:
  AttentionKernel(GroupSite &site, KernelBuilder &k, const KeyPanels &keyPanels)
      : site(site), k(k), builder(k.body()), location(k.location()),
        space(k.space()), attention(site.attention()), keyPanels(keyPanels),
        machine(target::machineFor(site.group)) {}

  LogicalResult build() {
    auto scoreSizes = sizesOf(attention.scores());
    batch.assign(scoreSizes.begin(), scoreSizes.end() - 2);
    rows = scoreSizes[batch.size()];
    keys = scoreSizes.back();
    depth = sizesOf(attention.getQuery()).back();
    auto length = space.constant(sizesOf(attention.getValue()).back());
    if (!length)
      return failure();
    valueLength = *length;
    blockColumns = keyPanels.columns;
    k.size(rows, "rows");
    k.size(keys, "keys");
    k.size(depth, "depth");
    k.sizes(batch);
    views = makeAttentionViews(site, k, keyPanels);
    makeLocals();
    adjustment.emplace(site, k, views.extras, machine.getTileRows(),
                       blockColumns);
    bool complete = true;
    k.loops(k.sizes(batch), [&](ArrayRef<Index> place) {
      at.assign(place.begin(), place.end());
      overRows(
          [&](Index row, int64_t count) { complete &= rowTile(row, count); });
    });
    return success(complete);
  }

private:
  using Sizes = graph::DimSpace::Sizes;

  Sizes sizesOf(Value value) {
    return space.sizes(cast<RankedTensorType>(value.getType()));
  }

  void makeLocals() {
    int64_t most = machine.getTileRows();
    weights = k.localArray({most, blockColumns});
    sums = k.localArray({most, canonicalLanes});
    averages = k.localArray({most, valueLength});
    largest = k.localArray({most});
  }

  //===--------------------------------------------------------------------===//
  // Small things
  //===--------------------------------------------------------------------===//

  Value constant(float value) {
    return k.constant(builder.getF32Type(), value);
  }
  template <typename Op> Value make(Value a, Value b) {
    return Op::create(builder, location, a, b);
  }
  Index times(Index a, int64_t factor) {
    return kernel::multiplySizes(builder, location, a, k.number(factor));
  }
  Index minus(Index a, Index b) {
    return kernel::addSizes(builder, location, a, times(b, -1));
  }

  /// The part of a view `[batch.., ..]` at the place in the batch.
  Value part(Value view, ArrayRef<Index> offsets, ArrayRef<Index> sizes) {
    SmallVector<Index> allOffsets(at), allSizes(at.size());
    allOffsets.append(offsets.begin(), offsets.end());
    allSizes.append(sizes.begin(), sizes.end());
    return k.part(view, allOffsets, allSizes);
  }

  Value reduce(RowReduction reduction, Value row) {
    return k.reduceRow(reduction, row,
                       [](OpBuilder &, ValueRange e) { return e[0]; });
  }

  /// Every row once: tiles of the machine's rows, then halves of that.
  void overRows(function_ref<void(Index row, int64_t count)> content) {
    Index start = k.number(0), end = k.size(rows);
    for (int64_t count = machine.getTileRows(); count >= 1; count /= 2) {
      Index whole = kernel::floorDivide(builder, location, end, count);
      Index stop = times(whole, count);
      k.loop(start, stop, count, [&](Index row) { content(row, count); });
      start = stop;
    }
  }

  //===--------------------------------------------------------------------===//
  // One tile of rows
  //===--------------------------------------------------------------------===//

  bool rowTile(Index row, int64_t count) {
    Index zero = k.number(0), height = k.number(count);
    auto top = [&](Value array, int64_t columns) {
      return k.part(array, {zero, zero}, {height, k.number(columns)});
    };
    k.fill(top(averages, valueLength), 0.0f);
    k.fill(top(sums, canonicalLanes), 0.0f);
    k.fill(k.part(largest, {zero}, {height}), lowest);

    bool complete = true;
    AffineExpr blocks = space.simplify(keys.ceilDiv(blockColumns));
    k.loop(k.size(blocks), [&](Index block) {
      Index first = times(block, blockColumns);
      Index valid = keysFrom(first);
      score(row, count, block);
      complete &= adjust(row, count, first, valid);
      hideRest(count, valid);
      k.loop(zero, height, 1, [&](Index line) { weigh(line); });
      average(count, first, valid);
    });
    k.loop(zero, height, 1, [&](Index line) { finish(row, line); });
    return complete;
  }

  /// How many keys a block has: fewer at most in the last one.
  Index keysFrom(Index first) {
    std::optional<int64_t> number = space.constant(keys);
    if (number && *number % blockColumns == 0)
      return k.number(blockColumns);
    if (space.range(keys).high <= blockColumns)
      return k.size(keys);
    Value left = k.value(minus(k.size(keys), first));
    return Value(arith::MinSIOp::create(builder, location, left,
                                        k.value(k.number(blockColumns))));
  }

  /// weights = queries * keys
  void score(Index row, int64_t count, Index block) {
    Index zero = k.number(0);
    Value lhs =
        part(views.queries, {row, zero}, {k.number(count), k.size(depth)});
    Value panels = part(views.keys, {block, zero, zero, zero},
                        {{},
                         k.number(blockColumns / views.keyWidth),
                         k.size(depth),
                         k.number(views.keyWidth)});
    product(lhs, panels,
            k.part(weights, {zero, zero},
                   {k.number(count), k.number(blockColumns)}),
            /*continues=*/false);
  }

  /// averages += weights * values
  void average(int64_t count, Index first, Index valid) {
    Index zero = k.number(0);
    Value lhs = k.part(weights, {zero, zero}, {k.number(count), valid});
    Value panels = part(views.values, {zero, first, zero},
                        {k.number(valueLength / views.valueWidth), valid,
                         k.number(views.valueWidth)});
    product(lhs, panels,
            k.part(averages, {zero, zero},
                   {k.number(count), k.number(valueLength)}),
            /*continues=*/true);
  }

  void product(Value lhs, Value panels, Value sum, bool continues) {
    auto op = kernel::PanelProductOp::create(
        builder, location, lhs, panels, sum, ValueRange(),
        builder.getArrayAttr({}), continues);
    OpBuilder::InsertionGuard guard(builder);
    Block *block = builder.createBlock(&op.getEpilogue(), {},
                                       builder.getF32Type(), location);
    kernel::YieldOp::create(builder, location, block->getArguments());
  }

  /// The region of the attention, on the keys that exist.
  bool adjust(Index row, int64_t count, Index first, Index valid) {
    if (!adjustment->changesScores())
      return true;
    Index zero = k.number(0), height = k.number(count);
    return adjustment->adjust(k.part(weights, {zero, zero}, {height, valid}),
                              {at, row, height, first, valid});
  }

  /// Places behind the last key have no weight.
  void hideRest(int64_t count, Index valid) {
    if (getConstantIntValue(valid) == blockColumns)
      return;
    k.fill(k.part(weights, {k.number(0), valid},
                  {k.number(count), minus(k.number(blockColumns), valid)}),
           lowest);
  }

  /// Scores of one row become weights relative to the largest score so far.
  void weigh(Index line) {
    Index zero = k.number(0);
    Value row = k.part(weights, {line, zero}, {{}, k.number(blockColumns)});
    Value before = k.load(largest, {line});
    Value now =
        make<arith::MaxNumFOp>(before, reduce(RowReduction::max_number, row));
    k.store(now, largest, {line});
    // A row of minus infinities must not give infinity minus infinity.
    Value hidden = arith::CmpFOp::create(
        builder, location, arith::CmpFPredicate::OEQ, now, constant(lowest));
    Value shift =
        arith::SelectOp::create(builder, location, hidden, constant(0.0f), now);
    Value scale = math::ExpOp::create(builder, location,
                                      make<arith::SubFOp>(before, shift));
    k.map(row, row, [&](OpBuilder &inner, ValueRange e) -> Value {
      return math::ExpOp::create(
          inner, location, arith::SubFOp::create(inner, location, e[0], shift));
    });
    // Lane by lane in the order of the keys, as in any sum of a row.
    Value lanes = k.part(sums, {line, zero}, {{}, k.number(canonicalLanes)});
    SmallVector<Value> terms = {lanes};
    for (int64_t start = 0; start < blockColumns; start += canonicalLanes)
      terms.push_back(k.part(weights, {line, k.number(start)},
                             {{}, k.number(canonicalLanes)}));
    k.map(terms, lanes, [&](OpBuilder &inner, ValueRange e) -> Value {
      Value sum = arith::MulFOp::create(inner, location, e[0], scale);
      for (Value weight : e.drop_front())
        sum = arith::AddFOp::create(inner, location, sum, weight);
      return sum;
    });
    Value average = k.part(averages, {line, zero}, {{}, k.number(valueLength)});
    k.map(average, average, [&](OpBuilder &inner, ValueRange e) -> Value {
      return arith::MulFOp::create(inner, location, e[0], scale);
    });
  }

  /// output = averages / sum of weights
  void finish(Index row, Index line) {
    Index zero = k.number(0);
    Value total =
        reduce(RowReduction::sum,
               k.part(sums, {line, zero}, {{}, k.number(canonicalLanes)}));
    // Written with == so that a NaN total reaches the whole row.
    Value isZero = arith::CmpFOp::create(
        builder, location, arith::CmpFPredicate::OEQ, total, constant(0.0f));
    Value scale =
        arith::SelectOp::create(builder, location, isZero, constant(0.0f),
                                make<arith::DivFOp>(constant(1.0f), total));
    Value average = k.part(averages, {line, zero}, {{}, k.number(valueLength)});
    Index place = kernel::addSizes(builder, location, row, line);
    k.map(average,
          part(views.output, {place, zero}, {{}, k.number(valueLength)}),
          [&](OpBuilder &inner, ValueRange e) -> Value {
            return arith::MulFOp::create(inner, location, e[0], scale);
          });
  }

  GroupSite &site;
  KernelBuilder &k;
  OpBuilder &builder;
  Location location;
  const graph::DimSpace &space;
  graph::AttentionOp attention;
  const KeyPanels &keyPanels;
  target::MachineAttr machine;

  Sizes batch;
  AffineExpr rows, keys, depth;
  int64_t valueLength = 0, blockColumns = 0;
  AttentionViews views;
  std::optional<ScoreAdjustment> adjustment;
  /// Of a tile: scores and then weights of one block; what the softmax has so
  /// far.
  Value weights, sums, averages, largest;
  SmallVector<Index> at;
};

} // namespace

LogicalResult buildAttentionKernel(GroupSite &site, KernelBuilder &k,
                                   const KeyPanels &keyPanels) {
  return AttentionKernel(site, k, keyPanels).build();
}

} // namespace lmcc
