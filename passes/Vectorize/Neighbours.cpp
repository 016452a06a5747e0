//===- Neighbours.cpp - First and second elements of pairs ----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Vectorize/Neighbours.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace lmcc {

static SmallVector<int64_t> stridesOf(Value view) {
  return cast<MemRefType>(view.getType()).getStridesAndOffset().first;
}

/// Whether `second` holds the elements behind those of `first`, and neither
/// holds any of the other.
static bool areNeighbours(Value first, Value second) {
  auto a = first.getDefiningOp<memref::SubViewOp>(),
       b = second.getDefiningOp<memref::SubViewOp>();
  if (!a || !b || a.getSource() != b.getSource() || stridesOf(first).empty() ||
      stridesOf(first).back() != 2 || stridesOf(second).empty() ||
      stridesOf(second).back() != 2 || a.getMixedSizes() != b.getMixedSizes() ||
      a.getMixedStrides() != b.getMixedStrides())
    return false;
  std::optional<int64_t> distance;
  for (auto [from, to, stride] :
       llvm::zip(a.getMixedOffsets(), b.getMixedOffsets(),
                 stridesOf(a.getSource()))) {
    if (isEqualConstantIntOrValue(from, to))
      continue;
    std::optional<int64_t> start = getConstantIntValue(from),
                           end = getConstantIntValue(to);
    if (distance || !start || !end || ShapedType::isDynamic(stride))
      return false;
    distance = (*end - *start) * stride;
  }
  return distance == 1;
}

/// Whether the innermost loop walks along the last axis, and along no other.
static bool walksLastAxis(linalg::GenericOp generic, OpOperand &operand) {
  AffineMap map = generic.getMatchingIndexingMap(&operand);
  unsigned loop = generic.getNumLoops() - 1;
  if (map.getNumResults() == 0 ||
      map.getResults().back() != getAffineDimExpr(loop, map.getContext()))
    return false;
  return llvm::none_of(map.getResults().drop_back(), [&](AffineExpr place) {
    return place.isFunctionOfDim(loop);
  });
}

SmallVector<Neighbours> findNeighbours(linalg::GenericOp generic) {
  SmallVector<Neighbours> found;
  if (generic.getNumLoops() == 0)
    return found;
  for (OpOperand &first : generic->getOpOperands()) {
    Type element = cast<MemRefType>(first.get().getType()).getElementType();
    if (!(element.isF32() || element.isInteger(32)) ||
        !walksLastAxis(generic, first))
      continue;
    for (OpOperand &second : generic->getOpOperands())
      if (generic.isDpsInput(&first) == generic.isDpsInput(&second) &&
          generic.getMatchingIndexingMap(&first) ==
              generic.getMatchingIndexingMap(&second) &&
          areNeighbours(first.get(), second.get()))
        found.push_back({first.getOperandNumber(), second.getOperandNumber()});
  }
  return found;
}

static Value place(OpBuilder &builder, Location location,
                   const kernel::Address &address, int64_t offset) {
  return getValueOrCreateConstantIndexOp(
      builder, location,
      kernel::addSizes(builder, location, address.index,
                       builder.getIndexAttr(offset)));
}

std::pair<Value, Value> loadNeighbours(OpBuilder &builder, Location location,
                                       const kernel::Address &address,
                                       int64_t lanes) {
  Type element = cast<MemRefType>(address.base.getType()).getElementType();
  auto load = [&](int64_t offset) -> Value {
    return vector::LoadOp::create(
        builder, location, VectorType::get({lanes}, element), address.base,
        place(builder, location, address, offset));
  };
  Value front = load(0), back = load(lanes);
  auto every = [&](int64_t start) -> Value {
    SmallVector<int64_t> from;
    for (int64_t lane = 0; lane < lanes; ++lane)
      from.push_back(2 * lane + start);
    return vector::ShuffleOp::create(builder, location, front, back, from);
  };
  Value first = every(0);
  return {first, every(1)};
}

void storeNeighbours(OpBuilder &builder, Location location,
                     const kernel::Address &address, Value first,
                     Value second) {
  int64_t lanes = cast<VectorType>(first.getType()).getNumElements();
  for (int64_t start : {int64_t(0), lanes}) {
    SmallVector<int64_t> from;
    for (int64_t lane = start; lane < start + lanes; ++lane)
      from.push_back(lane / 2 + (lane % 2) * lanes);
    Value pairs =
        vector::ShuffleOp::create(builder, location, first, second, from);
    vector::StoreOp::create(builder, location, pairs, address.base,
                            place(builder, location, address, start));
  }
}

} // namespace lmcc
