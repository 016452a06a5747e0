//===- ByteSoftmax.cpp - Weights of 7 bits for a tile of rows -------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A weight is rounded with the scale of the values of its key in it, so that
// the product runs over integers of one scale: that of the largest product of
// both in the block. Numbers from 0 to 127 are the same bytes with and without
// a sign, which suits the products of all machines.
//
//===----------------------------------------------------------------------===//

#include "passes/GraphToKernel/ByteSoftmax.h"
#include "dialects/Graph/Graph.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "passes/GraphToKernel/ScalarCode.h"
#include <limits>

using namespace mlir;

namespace lmcc {

using kernel::RowReduction;

/// The largest number of a weight.
static constexpr float largestByte = 127.0f;
/// Below this a scale counts as 0, as for rows: its inverse might overflow.
static constexpr float smallestMaximum = 0x1p-119f;

ByteSoftmax::ByteSoftmax(KernelBuilder &k, int64_t mostRows, int64_t columns,
                         int64_t length, int64_t lanes)
    : OnlineSoftmax(k, mostRows, columns, length, lanes) {
  Value flat = k.localArray({mostRows * columns}, builder.getI8Type());
  flat.getDefiningOp<memref::AllocaOp>().setAlignment(graph::wordBytes);
  bytes = kernel::viewAs(builder, location, flat,
                         {k.number(mostRows), k.number(columns)});
  Value flatWords = kernel::WordsOp::create(
      builder, location,
      MemRefType::get({ShapedType::kDynamic}, builder.getI32Type()), flat);
  wordsOfWeights = kernel::viewAs(
      builder, location, flatWords,
      {k.number(mostRows), k.number(columns / graph::wordBytes)});
  int64_t numbers = llvm::alignTo(mostRows, lanes);
  for (Value *array :
       {&blockLargest, &blockShift, &blockScale, &most, &inverse, &factor})
    *array = k.localArray({numbers});
  // Lanes behind the last row are computed with, too.
  k.fill(blockLargest, -std::numeric_limits<float>::infinity());
  k.fill(most, 0.0f);
}

void ByteSoftmax::weigh(int64_t rows, Value valueScales) {
  k.map(largest, before, [](OpBuilder &, ValueRange e) { return e[0]; });
  k.loop(k.number(0), k.number(rows), 1, [&](Index line) {
    k.store(largestOfBlock(line), blockLargest, {line});
  });
  k.map({before, blockLargest}, largest,
        [&](OpBuilder &inner, ValueRange e) -> Value {
          return arith::MaxNumFOp::create(inner, location, e[0], e[1]);
        });
  shiftFor(blockLargest, blockShift);
  shiftFor(largest, shift);
  auto relative = [&](OpBuilder &inner, ValueRange e) {
    return this->relative(inner, e);
  };
  k.map({before, shift}, scale, relative);
  k.map({blockLargest, shift}, blockScale, relative);
  Index zero = k.number(0), height = k.number(rows);
  Value block = top(weights, rows, columns);
  mapRows(block, k.part(blockShift, {zero}, {height}), block,
          [&](OpBuilder &inner, ValueRange e) {
            return weight(inner, e[0], e[1]);
          });
  sumUp(rows);
  chooseScales(rows, valueScales);
  mapTile(block, valueScales, k.part(inverse, {zero}, {height}),
          k.part(bytes, {zero, zero}, {height, k.number(columns)}),
          [&](OpBuilder &inner, ValueRange e) {
            Value number = arith::MulFOp::create(inner, location, e[0], e[1]);
            return roundedByte(inner, number, e[2], /*isUnsigned=*/false);
          });
}

/// e^(score - shift) within 2^-13 of it: 2^y = 2^n 2^(y - n) for the integer n
/// nearest to y, of which the second factor is a polynomial. No score exceeds
/// its shift.
Value ByteSoftmax::weight(OpBuilder &inner, Value score, Value shift) {
  Type word = inner.getI32Type(), real = inner.getF32Type();
  auto number = [&](float value) -> Value {
    return arith::ConstantOp::create(inner, location,
                                     inner.getF32FloatAttr(value));
  };
  auto step = [&](Value x, Value sum, float constant) -> Value {
    return math::FmaOp::create(inner, location, x, sum, number(constant));
  };
  Value x = arith::SubFOp::create(inner, location, score, shift);
  Value y = arith::MulFOp::create(inner, location, x, number(1.44269504f));
  // Added to 1.5 * 2^23, y is left with its integer, here as an exponent.
  Value integer = number(12582912.0f + 127.0f);
  Value shifted = arith::AddFOp::create(inner, location, y, integer);
  Value n = arith::SubFOp::create(inner, location, shifted, integer);
  Value fraction = arith::SubFOp::create(inner, location, y, n);
  Value result = step(fraction, number(0.0550089628f), 0.242211029f);
  result = step(fraction, result, 0.693282962f);
  result = step(fraction, result, 1.0f);
  Value bits = arith::ShLIOp::create(
      inner, location, arith::BitcastOp::create(inner, location, word, shifted),
      arith::ConstantIntOp::create(inner, location, word, 23));
  result = arith::MulFOp::create(
      inner, location, result,
      arith::BitcastOp::create(inner, location, real, bits));
  Value isSmall = arith::CmpFOp::create(
      inner, location, arith::CmpFPredicate::OLT, x, number(-87.0f));
  return arith::SelectOp::create(inner, location, isSmall, number(0.0f),
                                 result);
}

/// sums = sums * what they keep + weights of the block * their factor, lane by
/// lane.
void ByteSoftmax::sumUp(int64_t rows) {
  Index zero = k.number(0), height = k.number(rows);
  Value lanes = top(sums, rows, kernel::canonicalLanes);
  mapRows(lanes, k.part(scale, {zero}, {height}), lanes,
          [&](OpBuilder &inner, ValueRange e) -> Value {
            return arith::MulFOp::create(inner, location, e[0], e[1]);
          });
  SmallVector<Value> terms = lanesOfWeights(rows);
  terms.push_back(lanes);
  mapRows(terms, k.part(blockScale, {zero}, {height}), lanes,
          [&](OpBuilder &inner, ValueRange e) -> Value {
            Value sum = e[0];
            for (Value weight : e.drop_front().drop_back(2))
              sum = arith::AddFOp::create(inner, location, sum, weight);
            return math::FmaOp::create(inner, location, sum, e.back(),
                                       e.drop_back().back());
          });
}

void ByteSoftmax::chooseScales(int64_t rows, Value valueScales) {
  k.loop(k.number(0), k.number(rows), 1, [&](Index line) {
    Value largestWeight = k.reduceRow(
        RowReduction::max_number, {rowOf(weights, line, columns), valueScales},
        [&](OpBuilder &inner, ValueRange e) -> Value {
          return arith::MulFOp::create(inner, location, e[0], e[1]);
        });
    k.store(largestWeight, most, {line});
  });
  auto orZero = [&](OpBuilder &inner, Value weight, Value number) -> Value {
    Value isSmall =
        arith::CmpFOp::create(inner, location, arith::CmpFPredicate::OLT,
                              weight, constant(smallestMaximum));
    return arith::SelectOp::create(inner, location, isSmall, constant(0.0f),
                                   number);
  };
  auto unit = [&](OpBuilder &inner, Value weight) -> Value {
    return arith::DivFOp::create(inner, location, weight,
                                 constant(largestByte));
  };
  k.map(most, inverse, [&](OpBuilder &inner, ValueRange e) {
    return orZero(inner, e[0],
                  arith::DivFOp::create(inner, location, constant(1.0f),
                                        unit(inner, e[0])));
  });
  k.map({most, blockScale}, factor,
        [&](OpBuilder &inner, ValueRange e) -> Value {
          return arith::MulFOp::create(
              inner, location, orZero(inner, e[0], unit(inner, e[0])), e[1]);
        });
}

} // namespace lmcc
