//===- ColumnSums.cpp - Sums whose lanes are those of one column ----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Vectorize/ColumnSums.h"
#include "dialects/Kernel/Views.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace lmcc {

ColumnSums::ColumnSums(kernel::PanelProductOp product, OpBuilder &builder,
                       Lanes &lanes)
    : product(product), builder(builder), location(product.getLoc()),
      lanes(lanes) {
  auto output = cast<MemRefType>(product.getOutput().getType());
  rows = output.getDimSize(0);
  columns = output.getDimSize(1);
}

bool ColumnSums::fitLanes() {
  return product.getColumnWords().value_or(lanes.count()) ==
         static_cast<uint64_t>(lanes.count());
}

SmallVector<Value> ColumnSums::all() {
  // Compilers start many of the products before they add them: those of more
  // columns do not stay in 32 registers.
  int64_t together = (rows == 1 ? 2 : 1) * lanes.count();
  SmallVector<Values> byRow(rows);
  for (int64_t first = 0; first < columns; first += together) {
    int64_t count = std::min(together, columns - first);
    Values sums = overDepth(first, count);
    for (int64_t place = 0; place < rows * count; place += lanes.count())
      byRow[place / count].push_back(
          sumsOfLanes(ArrayRef(sums).slice(place, lanes.count())));
  }
  Values result;
  for (const Values &row : byRow)
    llvm::append_range(result, row);
  return result;
}

/// A vector for each row and column of `count` from `firstColumn` on.
ColumnSums::Values ColumnSums::overDepth(int64_t firstColumn, int64_t count) {
  auto value = [&](Index index) {
    return getValueOrCreateConstantIndexOp(builder, location, index);
  };
  Type word = builder.getI32Type();
  Values none(rows * count, lanes.constant(word, builder.getZeroAttr(word)));
  Index steps = kernel::sizesOf(product.getPanels())[1];
  auto loop = scf::ForOp::create(builder, location, value(number(0)),
                                 value(steps), value(number(1)), none);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  Values sums(loop.getRegionIterArgs());
  addStep(loop.getInductionVar(), firstColumn, sums);
  scf::YieldOp::create(builder, location, sums);
  return loop.getResults();
}

void ColumnSums::addStep(Value step, int64_t firstColumn, Values &sums) {
  Index word = kernel::multiplySizes(builder, location, step,
                                     number(product.wordsOfColumn()));
  Values ofRows;
  for (int64_t row = 0; row < rows; ++row)
    ofRows.push_back(lanes.load(product.getLhs(), {number(row), word}));
  int64_t count = static_cast<int64_t>(sums.size()) / rows;
  int64_t width = product.panelWidth();
  for (int64_t at = 0; at < count; ++at) {
    int64_t column = firstColumn + at;
    Value weights =
        lanes.load(product.getPanels(),
                   {number(column / width), step,
                    number(column % width * product.wordsOfColumn())});
    for (int64_t row = 0; row < rows; ++row) {
      Value &sum = sums[row * count + at];
      sum = kernel::DotLanesOp::create(builder, location, sum.getType(), sum,
                                       weights, ofRows[row]);
    }
  }
}

/// Lane i is the sum of the lanes of vector i, of as many as there are lanes:
/// neighbours are added until one vector is left.
Value ColumnSums::sumsOfLanes(ArrayRef<Value> vectors) {
  SmallVector<int64_t> even, odd;
  for (int64_t lane = 0; lane < 2 * lanes.count(); lane += 2) {
    even.push_back(lane);
    odd.push_back(lane + 1);
  }
  Values left(vectors);
  while (left.size() > 1) {
    Values pairs;
    for (size_t at = 0; at < left.size(); at += 2) {
      auto neighbours = [&](ArrayRef<int64_t> from) {
        return vector::ShuffleOp::create(builder, location, left[at],
                                         left[at + 1], from);
      };
      Value first = neighbours(even), second = neighbours(odd);
      pairs.push_back(arith::AddIOp::create(builder, location, first, second));
    }
    left = pairs;
  }
  return left.front();
}

} // namespace lmcc
