//===- VectorizeRows.cpp - Row reductions in canonical lanes --------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Kernel/Kernel.h"
#include "dialects/Kernel/Views.h"
#include "dialects/Target/Target.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/Vectorize/Lanes.h"
#include "passes/Vectorize/Passes.h"
#include <limits>

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_VECTORIZEROWS
#include "passes/Vectorize/Passes.h.inc"

namespace {

using kernel::canonicalLanes;
using kernel::RowReduceOp;
using kernel::RowReduction;
using Index = OpFoldResult;

class RowExpander {
public:
  RowExpander(RowReduceOp reduce, int64_t machineLanes)
      : reduce(reduce), builder(reduce), location(reduce.getLoc()),
        type(reduce.getType()),
        lanes(builder, location, vectorCanRun() ? machineLanes : 1),
        scalars(builder, location, 1),
        length(kernel::sizesOf(reduce.getRows().front())[0]) {}

  void run() {
    SmallVector<Value> sums = overBlocks();
    Index rest = kernel::remainder(builder, location, length, canonicalLanes);
    if (getConstantIntValue(rest) != 0)
      sums = lastBlock(sums, rest);
    reduce.getResult().replaceAllUsesWith(fold(sums));
  }

private:
  /// Rows that are not contiguous are read element by element.
  bool vectorCanRun() {
    return canWiden(reduce.getElement().front()) &&
           llvm::all_of(reduce.getRows(), [](Value row) {
             Type element = cast<MemRefType>(row.getType()).getElementType();
             return kernel::isUnitStride(row, 0) &&
                    (element.isF32() || element.isInteger(32) ||
                     element.isInteger(8));
           });
  }

  TypedAttr neutral() {
    if (type.isInteger(32))
      return builder.getI32IntegerAttr(
          reduce.getReduction() == RowReduction::sum
              ? 0
              : std::numeric_limits<int32_t>::min());
    return builder.getF32FloatAttr(neutralFloat());
  }

  float neutralFloat() {
    float infinity = std::numeric_limits<float>::infinity();
    switch (reduce.getReduction()) {
    case RowReduction::sum: return 0.0f;
    case RowReduction::product: return 1.0f;
    case RowReduction::min: return infinity;
    case RowReduction::max:
    case RowReduction::max_number: return -infinity;
    }
    return 0.0f;
  }

  Value combine(Value a, Value b) {
    switch (reduce.getReduction()) {
    case RowReduction::sum:
      if (type.isInteger(32))
        return arith::AddIOp::create(builder, location, a, b);
      return arith::AddFOp::create(builder, location, a, b);
    case RowReduction::product:
      return arith::MulFOp::create(builder, location, a, b);
    case RowReduction::max:
      if (type.isInteger(32))
        return arith::MaxSIOp::create(builder, location, a, b);
      return arith::MaximumFOp::create(builder, location, a, b);
    case RowReduction::min:
      return arith::MinimumFOp::create(builder, location, a, b);
    case RowReduction::max_number:
      return arith::MaxNumFOp::create(builder, location, a, b);
    }
    return {};
  }

  Value constantIndex(int64_t value) {
    return arith::ConstantIndexOp::create(builder, location, value);
  }
  Value value(Index index) {
    return getValueOrCreateConstantIndexOp(builder, location, index);
  }

  /// The elements from `place` on, mapped by the region.
  Value element(Lanes &width, Index place) {
    SmallVector<Value> arguments;
    for (Value row : reduce.getRows())
      arguments.push_back(width.load(row, {place}));
    return width.clone(reduce.getElement().front(), arguments).front();
  }

  SmallVector<Value> overBlocks() {
    Value start = lanes.constant(type, neutral());
    SmallVector<Value> sums(canonicalLanes / lanes.count(), start);
    Index blocks =
        kernel::floorDivide(builder, location, length, canonicalLanes);
    if (getConstantIntValue(blocks) == 0)
      return sums;
    Index end = kernel::multiplySizes(builder, location, blocks,
                                      builder.getIndexAttr(canonicalLanes));
    auto loop =
        scf::ForOp::create(builder, location, constantIndex(0), value(end),
                           constantIndex(canonicalLanes), sums);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    SmallVector<Value> next;
    for (auto [number, sum] : llvm::enumerate(loop.getRegionIterArgs())) {
      Index place =
          kernel::addSizes(builder, location, loop.getInductionVar(),
                           builder.getIndexAttr(number * lanes.count()));
      next.push_back(combine(sum, element(lanes, place)));
    }
    scf::YieldOp::create(builder, location, next);
    return loop.getResults();
  }

  /// The elements behind the last whole block, through an array whose other
  /// places hold the neutral value.
  SmallVector<Value> lastBlock(ArrayRef<Value> sums, Index rest) {
    Value block = localBlock();
    Value start = lanes.constant(type, neutral());
    for (size_t number = 0; number < sums.size(); ++number)
      lanes.store(start, block, {builder.getIndexAttr(number * lanes.count())});

    Index first =
        kernel::addSizes(builder, location, length,
                         kernel::multiplySizes(builder, location, rest,
                                               builder.getIndexAttr(-1)));
    auto loop = scf::ForOp::create(builder, location, constantIndex(0),
                                   value(rest), constantIndex(1));
    {
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPointToStart(loop.getBody());
      Index place = loop.getInductionVar();
      scalars.store(
          element(scalars, kernel::addSizes(builder, location, first, place)),
          block, {place});
    }
    SmallVector<Value> next;
    for (auto [number, sum] : llvm::enumerate(sums))
      next.push_back(combine(
          sum,
          lanes.load(block, {builder.getIndexAttr(number * lanes.count())})));
    return next;
  }

  Value localBlock() {
    OpBuilder::InsertionGuard guard(builder);
    auto function = reduce->getParentOfType<func::FuncOp>();
    builder.setInsertionPointToStart(&function.getBody().front());
    return memref::AllocaOp::create(builder, location,
                                    MemRefType::get({canonicalLanes}, type));
  }

  /// Lane l meets lane l + half, for halves 16, 8, 4, 2, 1: first whole
  /// vectors, then halves of one vector.
  Value fold(SmallVector<Value> sums) {
    while (sums.size() > 1) {
      size_t half = sums.size() / 2;
      for (size_t number = 0; number < half; ++number)
        sums[number] = combine(sums[number], sums[number + half]);
      sums.truncate(half);
    }
    Value sum = sums.front();
    for (int64_t half = lanes.count() / 2; half >= 1; half /= 2) {
      auto part = [&](int64_t offset) -> Value {
        if (half == 1)
          return vector::ExtractOp::create(builder, location, sum, offset);
        return vector::ExtractStridedSliceOp::create(
            builder, location, sum, ArrayRef<int64_t>{offset},
            ArrayRef<int64_t>{half}, ArrayRef<int64_t>{1});
      };
      Value low = part(0), high = part(half);
      sum = combine(low, high);
    }
    return sum;
  }

  RowReduceOp reduce;
  OpBuilder builder;
  Location location;
  Type type;
  Lanes lanes, scalars;
  Index length;
};

struct VectorizeRows : impl::VectorizeRowsBase<VectorizeRows> {
  void runOnOperation() override {
    int64_t lanes = target::machineFor(getOperation()).lanes();
    SmallVector<RowReduceOp> reductions;
    getOperation().walk([&](RowReduceOp op) { reductions.push_back(op); });
    for (RowReduceOp reduce : reductions) {
      RowExpander(reduce, std::min(lanes, canonicalLanes)).run();
      reduce.erase();
    }
  }
};

} // namespace
} // namespace lmcc
