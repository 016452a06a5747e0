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
// Both products are panel products: keys were packed into panels as columns,
// and rows of values are panels as they lie. Values of bytes were packed, too,
// four keys to a word.
//
//===----------------------------------------------------------------------===//

#include "dialects/Kernel/Kernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "passes/GraphToKernel/ByteSoftmax.h"
#include "passes/GraphToKernel/KeyRanges.h"
#include <limits>

using namespace mlir;

namespace lmcc {

namespace {

using Index = OpFoldResult;

constexpr float lowest = -std::numeric_limits<float>::infinity();

class AttentionKernel {
public:
  AttentionKernel(GroupSite &site, KernelBuilder &k,
                  const AttentionPanels &panels)
      : site(site), k(k), builder(k.body()), location(k.location()),
        space(k.space()), attention(site.attention()), panels(panels),
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
    blockColumns = panels.panels.block;
    k.size(rows, "rows");
    k.size(keys, "keys");
    if (panels.bytes)
      depth = *space.divide(depth, space.number(graph::wordBytes));
    k.size(depth, "depth");
    k.sizes(batch);
    views = makeAttentionViews(site, k, panels);
    batch = views.batch;
    rows = views.rows;
    makeSoftmax();
    adjustment.emplace(site, k, views.extras, machine.getTileRows(),
                       blockColumns);
    // One block is computed in any case.
    if (!(space.range(keys).high <= blockColumns))
      visible = visibleKeysOf(attention, space);
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

  void makeSoftmax() {
    int64_t most = machine.getTileRows();
    if (panels.bytes) {
      auto made = std::make_unique<ByteSoftmax>(k, most, blockColumns,
                                                valueLength, machine.lanes());
      bytes = made.get();
      softmax = std::move(made);
    } else {
      softmax = std::make_unique<OnlineSoftmax>(k, most, blockColumns,
                                                valueLength, machine.lanes());
    }
  }

  Sizes sizesOf(Value value) {
    return space.sizes(cast<RankedTensorType>(value.getType()));
  }

  //===--------------------------------------------------------------------===//
  // Small things
  //===--------------------------------------------------------------------===//

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

  /// Every row once: tiles of the machine's rows, then one of those that are
  /// left, or halves of tiles where their number is known at run time only.
  void overRows(function_ref<void(Index row, int64_t count)> content) {
    Index start = k.number(0), end = k.size(rows);
    int64_t most = machine.getTileRows();
    if (std::optional<int64_t> known = getConstantIntValue(end)) {
      Index whole = k.number(*known / most * most);
      k.loop(start, whole, most, [&](Index row) { content(row, most); });
      if (*known % most != 0)
        content(whole, *known % most);
      return;
    }
    for (int64_t count = most; count >= 1; count /= 2) {
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
    bool complete = true;
    KeyRange all = {k.number(0), k.size(keys)};
    if (visible.all()) {
      softmax->clear(count);
      complete = overBlocks(row, count, all);
    } else if (!visible.leastMaximum) {
      softmax->clear(count);
      complete = overBlocks(
          row, count,
          KeyRanges(k, visible, *adjustment, keys, at).of(row, count));
    } else {
      complete = withSecondLook(
          row, count,
          KeyRanges(k, visible, *adjustment, keys, at).of(row, count), all);
    }
    softmax->finish(count, [&](Index line) {
      Index place = kernel::addSizes(builder, location, row, line);
      return part(views.output, {place, k.number(0)},
                  {{}, k.number(valueLength)});
    });
    return complete;
  }

  bool overBlocks(Index row, int64_t count, KeyRange range) {
    bool complete = true;
    Index begin =
        kernel::floorDivide(builder, location, range.begin, blockColumns);
    Index end =
        kernel::floorDivide(builder, location,
                            kernel::addSizes(builder, location, range.end,
                                             k.number(blockColumns - 1)),
                            blockColumns);
    k.loop(begin, end, 1, [&](Index block) {
      Index first = times(block, blockColumns);
      Index valid = keysFrom(first, k.size(keys));
      score(row, count, block, valid);
      complete &= adjust(row, count, first, valid);
      hideRest(count, valid);
      Index seen = keysFrom(first, range.end);
      if (panels.bytes) {
        bytes->weigh(
            count, part(views.valueScales, {first}, {k.number(blockColumns)}));
        averageBytes(count, block, seen);
      } else {
        softmax->weigh(count);
        average(count, first, seen);
      }
    });
    return complete;
  }

  /// Keys that a finite mask hides have weight 0 only beside a key that it does
  /// not hide. Where a row has none, the tile starts again with all keys.
  bool withSecondLook(Index row, int64_t count, KeyRange seen, KeyRange all) {
    bool complete = true;
    softmax->clearLargest();
    k.loop(k.number(0), k.number(2), 1, [&](Index look) {
      auto branch = scf::IfOp::create(
          builder, location, softmax->isBelow(count, *visible.leastMaximum));
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPointToStart(branch.thenBlock());
      Value isFirst =
          arith::CmpIOp::create(builder, location, arith::CmpIPredicate::eq,
                                k.value(look), k.value(k.number(0)));
      auto choose = [&](Index first, Index second) -> Index {
        return Value(arith::SelectOp::create(builder, location, isFirst,
                                             k.value(first), k.value(second)));
      };
      softmax->clear(count);
      complete = overBlocks(
          row, count,
          {choose(seen.begin, all.begin), choose(seen.end, all.end)});
    });
    return complete;
  }

  //===--------------------------------------------------------------------===//
  // One block of keys
  //===--------------------------------------------------------------------===//

  /// How many keys in front of `end` a block has: fewer at most in the last
  /// one.
  Index keysFrom(Index first, Index end) {
    std::optional<int64_t> number = getConstantIntValue(end);
    if (number && *number % blockColumns == 0)
      return k.number(blockColumns);
    if (space.range(keys).high <= blockColumns)
      return end;
    Value left = k.value(minus(end, first));
    return Value(arith::MinSIOp::create(builder, location, left,
                                        k.value(k.number(blockColumns))));
  }

  /// weights = queries * keys, of the panels that hold one of the `valid` keys
  /// of a block. One row takes the panels of a whole block at once.
  void score(Index row, int64_t count, Index block, Index valid) {
    int64_t width = panels.panels.width;
    Index used = kernel::floorDivide(
        builder, location,
        kernel::addSizes(builder, location, valid, k.number(width - 1)), width);
    if (std::optional<int64_t> known = getConstantIntValue(used)) {
      scorePanels(row, count, block, k.number(0), *known);
      return;
    }
    auto onePanel = [&](Index panel) {
      scorePanels(row, count, block, panel, 1);
    };
    if (count > 1) {
      k.loop(k.number(0), used, 1, onePanel);
      return;
    }
    int64_t all = blockColumns / width;
    Value isWhole =
        arith::CmpIOp::create(builder, location, arith::CmpIPredicate::eq,
                              k.value(used), k.value(k.number(all)));
    auto branch = scf::IfOp::create(builder, location, isWhole,
                                    /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(branch.thenBlock());
    scorePanels(row, count, block, k.number(0), all);
    builder.setInsertionPointToStart(branch.elseBlock());
    k.loop(k.number(0), used, 1, onePanel);
  }

  /// The scores of `number` panels of a block from `panel` on.
  void scorePanels(Index row, int64_t count, Index block, Index panel,
                   int64_t number) {
    Index zero = k.number(0);
    int64_t width = panels.panels.width;
    Index first = kernel::addSizes(builder, location,
                                   times(block, blockColumns / width), panel);
    Value lhs =
        part(views.queries, {row, zero}, {k.number(count), k.size(depth)});
    Value side = part(views.keys, {first, zero, zero},
                      {k.number(number), k.size(depth), k.number(width)});
    Value scores = k.part(softmax->block(), {zero, times(panel, width)},
                          {k.number(count), k.number(number * width)});
    if (panels.bytes)
      scoreBytes(lhs, side, scores, row, times(first, width));
    else
      product(lhs, side, scores, /*continues=*/false);
  }

  /// A column of the rows of a tile.
  Value columnOf(Value view, Index row, Index count, bool keepsAxis) {
    return part(view, {row, k.number(0)},
                {count, keepsAxis ? k.number(1) : Index()});
  }

  /// The sums of bytes, times the scale of the key and that of the query.
  void scoreBytes(Value lhs, Value panels, Value scores, Index row,
                  Index firstKey) {
    SmallVector<Index> sizes = kernel::sizesOf(scores);
    Index count = sizes[0];
    Value starts;
    if (views.starts)
      starts = columnOf(views.starts, row, count, /*keepsAxis=*/true);
    product(
        lhs, panels, scores,
        {{part(views.keyScales, {firstKey}, {sizes[1]}), {1}},
         {columnOf(views.queryScales, row, count, /*keepsAxis=*/false), {0}}},
        starts, [&](OpBuilder &inner, ValueRange e) -> Value {
          Value score = scaled(inner, exact(inner, e[0]), e[1]);
          return scaled(inner, score, e[2]);
        });
  }

  Value exact(OpBuilder &inner, Value sum) {
    return arith::SIToFPOp::create(inner, location, inner.getF32Type(), sum);
  }
  Value scaled(OpBuilder &inner, Value number, Value scale) {
    return arith::MulFOp::create(inner, location, number, scale);
  }

  /// averages = averages * what they keep + weights * values * their scale
  void averageBytes(int64_t count, Index block, Index valid) {
    Index zero = k.number(0), height = k.number(count);
    Index words =
        kernel::floorDivide(builder, location,
                            kernel::addSizes(builder, location, valid,
                                             k.number(graph::wordBytes - 1)),
                            graph::wordBytes);
    Value lhs = k.part(bytes->words(), {zero, zero}, {height, words});
    Value panels =
        part(views.values,
             {zero, times(block, blockColumns / graph::wordBytes), zero},
             {k.number(valueLength / views.valueWidth), words,
              k.number(views.valueWidth)});
    Value averages = k.part(softmax->averages(), {zero, zero},
                            {height, k.number(valueLength)});
    auto numbers = [&](Value array) { return k.part(array, {zero}, {height}); };
    product(lhs, panels, averages,
            {{averages, {0, 1}},
             {numbers(bytes->kept()), {0}},
             {numbers(bytes->factors()), {0}}},
            Value(), [&](OpBuilder &inner, ValueRange e) -> Value {
              return math::FmaOp::create(inner, location, exact(inner, e[0]),
                                         e[3], scaled(inner, e[1], e[2]));
            });
  }

  /// What an epilogue reads, along some of the axes of the output.
  struct ProductExtra {
    Value view;
    SmallVector<unsigned> axes;
  };

  /// A product of words whose sums `element` makes floats.
  void product(Value lhs, Value panels, Value output,
               ArrayRef<ProductExtra> extras, Value starts,
               KernelBuilder::Element element) {
    SmallVector<Value> views;
    SmallVector<Attribute> maps;
    SmallVector<Type> types = {builder.getI32Type()};
    for (const ProductExtra &extra : extras) {
      views.push_back(extra.view);
      maps.push_back(AffineMapAttr::get(AffineMap::getMultiDimMapWithTargets(
          2, extra.axes, builder.getContext())));
      types.push_back(builder.getF32Type());
    }
    auto op = kernel::PanelProductOp::create(
        builder, location, lhs, panels, output, views, /*ahead=*/Value(),
        starts, /*signs=*/Value(), /*zeros=*/Value(), /*order=*/Value(),
        builder.getArrayAttr(maps), /*continues=*/false,
        /*streams=*/false, /*columnWords=*/IntegerAttr(),
        /*group=*/IntegerAttr());
    OpBuilder::InsertionGuard guard(builder);
    Block *block =
        builder.createBlock(&op.getEpilogue(), {}, types,
                            SmallVector<Location>(types.size(), location));
    kernel::YieldOp::create(builder, location,
                            element(builder, block->getArguments()));
  }

  /// averages += weights * values
  void average(int64_t count, Index first, Index valid) {
    Index zero = k.number(0);
    Value lhs =
        k.part(softmax->block(), {zero, zero}, {k.number(count), valid});
    Value panels = part(views.values, {zero, first, zero},
                        {k.number(valueLength / views.valueWidth), valid,
                         k.number(views.valueWidth)});
    product(lhs, panels,
            k.part(softmax->averages(), {zero, zero},
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
    return adjustment->adjust(
        k.part(softmax->block(), {zero, zero}, {height, valid}),
        {at, row, height, first, valid});
  }

  /// Places behind the last key have no weight.
  void hideRest(int64_t count, Index valid) {
    if (getConstantIntValue(valid) == blockColumns)
      return;
    k.fill(k.part(softmax->block(), {k.number(0), valid},
                  {k.number(count), minus(k.number(blockColumns), valid)}),
           lowest);
  }

  GroupSite &site;
  KernelBuilder &k;
  OpBuilder &builder;
  Location location;
  const graph::DimSpace &space;
  graph::AttentionOp attention;
  const AttentionPanels &panels;
  target::MachineAttr machine;

  Sizes batch;
  AffineExpr rows, keys, depth;
  int64_t valueLength = 0, blockColumns = 0;
  AttentionViews views;
  std::optional<ScoreAdjustment> adjustment;
  VisibleKeys visible;
  std::unique_ptr<OnlineSoftmax> softmax;
  /// The same, of an attention of bytes.
  ByteSoftmax *bytes = nullptr;
  SmallVector<Index> at;
};

} // namespace

LogicalResult buildAttentionKernel(GroupSite &site, KernelBuilder &k,
                                   const AttentionPanels &panels) {
  return AttentionKernel(site, k, panels).build();
}

} // namespace lmcc
