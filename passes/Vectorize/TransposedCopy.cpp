//===- TransposedCopy.cpp - Copies that exchange two axes -----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Vectorize/TransposedCopy.h"
#include "dialects/Kernel/Views.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace lmcc {

using Index = OpFoldResult;

bool isTransposedCopy(linalg::GenericOp copy) {
  if (copy.getNumLoops() != 2 || copy.getNumDpsInputs() != 1 ||
      copy.getNumDpsInits() != 1 ||
      !llvm::all_of(copy.getIndexingMapsArray(),
                    [](AffineMap map) { return map.isIdentity(); }))
    return false;
  Block &body = copy.getRegion().front();
  Value from = copy.getDpsInputs().front(), to = copy.getDpsInits().front();
  auto fillsLanes = [](Value view) {
    Type element = cast<MemRefType>(view.getType()).getElementType();
    return element.isF32() || element.isInteger(32);
  };
  return body.getTerminator()->getOperand(0) == body.getArgument(0) &&
         fillsLanes(from) && fillsLanes(to) && kernel::isUnitStride(to, 1) &&
         kernel::isUnitStride(from, 0) && !kernel::isUnitStride(from, 1);
}

namespace {

class CopyExpander {
public:
  CopyExpander(linalg::GenericOp copy, int64_t lanes)
      : builder(copy), location(copy.getLoc()), lanes(lanes),
        from(copy.getDpsInputs().front()), to(copy.getDpsInits().front()) {}

  void run() {
    SmallVector<Index> sizes = kernel::sizesOf(to);
    Index zero = builder.getIndexAttr(0);
    Index wholeRows = whole(sizes[0]), wholeColumns = whole(sizes[1]);
    loop(zero, wholeRows, lanes, [&](Index row) {
      loop(zero, wholeColumns, lanes,
           [&](Index column) { square(row, column); });
    });
    elements(zero, wholeRows, wholeColumns, sizes[1]);
    elements(wholeRows, sizes[0], zero, sizes[1]);
  }

private:
  Index whole(Index size) {
    return kernel::multiplySizes(
        builder, location, kernel::floorDivide(builder, location, size, lanes),
        builder.getIndexAttr(lanes));
  }

  Value value(Index index) {
    return getValueOrCreateConstantIndexOp(builder, location, index);
  }

  void loop(Index begin, Index end, int64_t step,
            function_ref<void(Index)> inner) {
    kernel::loop(builder, location, begin, end, step, inner);
  }

  void elements(Index firstRow, Index endRow, Index firstColumn,
                Index endColumn) {
    if (isEqualConstantIntOrValue(firstRow, endRow) ||
        isEqualConstantIntOrValue(firstColumn, endColumn))
      return;
    loop(firstRow, endRow, 1, [&](Index row) {
      loop(firstColumn, endColumn, 1, [&](Index column) {
        SmallVector<Value> place = {value(row), value(column)};
        Value element = memref::LoadOp::create(builder, location, from, place);
        memref::StoreOp::create(builder, location, element, to, place);
      });
    });
  }

  Index plus(Index index, int64_t offset) {
    return kernel::addSizes(builder, location, index,
                            builder.getIndexAttr(offset));
  }

  void square(Index row, Index column) {
    Type element = cast<MemRefType>(from.getType()).getElementType();
    auto type = VectorType::get({lanes}, element);
    SmallVector<Value> vectors;
    for (int64_t lane = 0; lane < lanes; ++lane) {
      // The contiguous axis is not the last one, so this is the flat place.
      kernel::Address place =
          kernel::addressOf(builder, location, from, {row, plus(column, lane)});
      vectors.push_back(vector::LoadOp::create(builder, location, type,
                                               place.base, value(place.index)));
    }
    for (int64_t width = 1; width < lanes; width *= 2)
      exchange(vectors, width);
    for (auto [lane, vector] : llvm::enumerate(vectors))
      vector::StoreOp::create(
          builder, location, vector, to,
          ValueRange{value(plus(row, static_cast<int64_t>(lane))),
                     value(column)});
  }

  /// Swaps the squares of `width` beside the diagonal of each square of twice
  /// that: after all powers of two the whole is transposed.
  void exchange(SmallVector<Value> &vectors, int64_t width) {
    SmallVector<int64_t> low, high;
    for (int64_t lane = 0; lane < lanes; ++lane) {
      bool isUpper = lane & width;
      low.push_back(isUpper ? lanes + lane - width : lane);
      high.push_back(isUpper ? lanes + lane : lane + width);
    }
    for (int64_t first = 0; first < lanes; ++first) {
      if (first & width)
        continue;
      Value a = vectors[first], b = vectors[first + width];
      vectors[first] = vector::ShuffleOp::create(builder, location, a, b, low);
      vectors[first + width] =
          vector::ShuffleOp::create(builder, location, a, b, high);
    }
  }

  OpBuilder builder;
  Location location;
  int64_t lanes;
  Value from, to;
};

} // namespace

void expandTransposedCopy(linalg::GenericOp copy, int64_t lanes) {
  CopyExpander(copy, lanes).run();
}

} // namespace lmcc
