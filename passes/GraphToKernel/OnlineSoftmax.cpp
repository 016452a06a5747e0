//===- OnlineSoftmax.cpp - Softmax over blocks of a tile of rows ----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/GraphToKernel/OnlineSoftmax.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <limits>

using namespace mlir;

namespace lmcc {

using kernel::canonicalLanes;
using kernel::RowReduction;

static constexpr float lowest = -std::numeric_limits<float>::infinity();

OnlineSoftmax::OnlineSoftmax(KernelBuilder &k, int64_t mostRows,
                             int64_t columns, int64_t length, int64_t lanes)
    : k(k), builder(k.body()), location(k.location()), columns(columns),
      length(length) {
  weights = k.localArray({mostRows, columns});
  weightedSums = k.localArray({mostRows, length});
  sums = k.localArray({mostRows, canonicalLanes});
  int64_t numbers = llvm::alignTo(mostRows, lanes);
  for (Value *array : {&before, &largest, &shift, &scale})
    *array = k.localArray({numbers});
  // Lanes behind the last row are computed with, too.
  k.fill(largest, lowest);
}

//===----------------------------------------------------------------------===//
// Small things
//===----------------------------------------------------------------------===//

Value OnlineSoftmax::top(Value array, int64_t rows, int64_t width) {
  return k.part(array, {k.number(0), k.number(0)},
                {k.number(rows), k.number(width)});
}

Value OnlineSoftmax::rowOf(Value array, Index line, int64_t width) {
  return k.part(array, {line, k.number(0)}, {{}, k.number(width)});
}

Value OnlineSoftmax::constant(float value) {
  return k.constant(builder.getF32Type(), value);
}

void OnlineSoftmax::mapTile(ValueRange rectangles, ValueRange byColumn,
                            Value byRow, Value output,
                            KernelBuilder::Element element) {
  SmallVector<Value> inputs(rectangles);
  SmallVector<AffineMap> maps(inputs.size(), builder.getMultiDimIdentityMap(2));
  llvm::append_range(inputs, byColumn);
  maps.append(byColumn.size(),
              AffineMap::get(2, 0, builder.getAffineDimExpr(1)));
  inputs.push_back(byRow);
  maps.push_back(AffineMap::get(2, 0, builder.getAffineDimExpr(0)));
  maps.push_back(builder.getMultiDimIdentityMap(2));
  linalg::GenericOp::create(
      builder, location, inputs, output, maps,
      SmallVector<utils::IteratorType>(2, utils::IteratorType::parallel),
      [&](OpBuilder &inner, Location, ValueRange elements) {
        linalg::YieldOp::create(inner, location,
                                element(inner, elements.drop_back()));
      });
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

void OnlineSoftmax::clear(int64_t rows) {
  k.fill(top(weightedSums, rows, length), 0.0f);
  k.fill(top(sums, rows, canonicalLanes), 0.0f);
  clearLargest();
}

void OnlineSoftmax::clearLargest() { k.fill(largest, lowest); }

Value OnlineSoftmax::largestOfBlock(Index line) {
  return k.reduceRow(RowReduction::max_number, rowOf(weights, line, columns),
                     [](OpBuilder &, ValueRange e) { return e[0]; });
}

/// A row of minus infinities must not give infinity minus infinity.
void OnlineSoftmax::shiftFor(Value maxima, Value output) {
  k.map(maxima, output, [&](OpBuilder &inner, ValueRange e) -> Value {
    Value isHidden = arith::CmpFOp::create(
        inner, location, arith::CmpFPredicate::OEQ, e[0], constant(lowest));
    return arith::SelectOp::create(inner, location, isHidden, constant(0.0f),
                                   e[0]);
  });
}

Value OnlineSoftmax::relative(OpBuilder &inner, ValueRange e) {
  return math::ExpOp::create(
      inner, location, arith::SubFOp::create(inner, location, e[0], e[1]));
}

void OnlineSoftmax::weigh(int64_t rows) {
  k.map(largest, before, [](OpBuilder &, ValueRange e) { return e[0]; });
  k.loop(k.number(0), k.number(rows), 1, [&](Index line) {
    k.store(arith::MaxNumFOp::create(builder, location, k.load(before, {line}),
                                     largestOfBlock(line)),
            largest, {line});
  });
  shiftFor(largest, shift);
  auto relative = [&](OpBuilder &inner, ValueRange e) {
    return this->relative(inner, e);
  };
  k.map({before, shift}, scale, relative);
  Value block = top(weights, rows, columns);
  mapRows(block, k.part(shift, {k.number(0)}, {k.number(rows)}), block,
          relative);
  rescale(rows);
}

SmallVector<Value> OnlineSoftmax::lanesOfWeights(int64_t rows) {
  SmallVector<Value> parts;
  for (int64_t start = 0; start < columns; start += canonicalLanes)
    parts.push_back(k.part(weights, {k.number(0), k.number(start)},
                           {k.number(rows), k.number(canonicalLanes)}));
  return parts;
}

/// Lane by lane in the order of the keys, as in any sum of a row.
void OnlineSoftmax::rescale(int64_t rows) {
  Value factors = k.part(scale, {k.number(0)}, {k.number(rows)});
  Value lanes = top(sums, rows, canonicalLanes);
  SmallVector<Value> terms = {lanes};
  llvm::append_range(terms, lanesOfWeights(rows));
  mapRows(terms, factors, lanes, [&](OpBuilder &inner, ValueRange e) -> Value {
    Value sum = arith::MulFOp::create(inner, location, e.front(), e.back());
    for (Value weight : e.drop_front().drop_back())
      sum = arith::AddFOp::create(inner, location, sum, weight);
    return sum;
  });
  Value average = top(weightedSums, rows, length);
  mapRows(average, factors, average,
          [&](OpBuilder &inner, ValueRange e) -> Value {
            return arith::MulFOp::create(inner, location, e[0], e[1]);
          });
}

void OnlineSoftmax::finish(int64_t rows,
                           function_ref<Value(Index line)> output) {
  k.loop(k.number(0), k.number(rows), 1, [&](Index line) {
    Value total =
        k.reduceRow(RowReduction::sum, rowOf(sums, line, canonicalLanes),
                    [](OpBuilder &, ValueRange e) { return e[0]; });
    // Written with == so that a NaN total reaches the whole row.
    Value isZero = arith::CmpFOp::create(
        builder, location, arith::CmpFPredicate::OEQ, total, constant(0.0f));
    Value inverse =
        arith::DivFOp::create(builder, location, constant(1.0f), total);
    Value factor = arith::SelectOp::create(builder, location, isZero,
                                           constant(0.0f), inverse);
    k.map(rowOf(weightedSums, line, length), output(line),
          [&](OpBuilder &inner, ValueRange e) -> Value {
            Value mean = arith::MulFOp::create(inner, location, e[0], factor);
            // -0 becomes +0: which blocks of no weight were added must not
            // show.
            return arith::AddFOp::create(inner, location, mean, constant(0.0f));
          });
  });
}

Value OnlineSoftmax::isBelow(int64_t rows, float bound) {
  Value least = k.load(largest, {k.number(0)});
  for (int64_t line = 1; line < rows; ++line)
    least = arith::MinNumFOp::create(builder, location, least,
                                     k.load(largest, {k.number(line)}));
  return arith::CmpFOp::create(builder, location, arith::CmpFPredicate::OLT,
                               least, constant(bound));
}

} // namespace lmcc
