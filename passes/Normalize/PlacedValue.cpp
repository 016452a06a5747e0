//===- PlacedValue.cpp - Tensors beside the scores ------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Normalize/PlacedValue.h"
#include "passes/Normalize/BandedConstant.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace lmcc {

using Operands = std::optional<SmallVector<PlacedValue>>;
using Sizes = graph::DimSpace::Sizes;
using lmcc::graph::typeOf;

static bool isUnit(const graph::DimSpace &space, AffineExpr size) {
  return space.constant(size) == 1;
}

PlacedValue placeInScores(const graph::DimSpace &space, Value value,
                          ArrayRef<AffineExpr> sizes) {
  Sizes own = space.sizes(typeOf(value));
  size_t missing = sizes.size() - own.size();
  PlacedValue placed{value, {}};
  for (auto [axis, size] : llvm::enumerate(own)) {
    Place place{std::nullopt, space.number(0)};
    if (!isUnit(space, size))
      place.axis = static_cast<int64_t>(missing + axis);
    placed.places.push_back(place);
  }
  return placed;
}

namespace {

/// Looks from the result of one operation at its operands.
class LookThrough {
public:
  LookThrough(const graph::DimSpace &space, const Places &places)
      : space(space), places(places) {}

  Operands run(Operation *op) const {
    return llvm::TypeSwitch<Operation *, Operands>(op)
        .Case([&](graph::BroadcastOp) { return broadcast(op); })
        .Case([&](graph::ReshapeOp reshape) { return reshaped(reshape); })
        .Case([&](graph::TransposeOp transpose) {
          Places inner(places.size());
          for (auto [axis, from] : llvm::enumerate(transpose.getPermutation()))
            inner[from] = places[axis];
          return one(transpose.getInput(), inner);
        })
        .Case([&](graph::SliceOp slice) { return sliced(slice); })
        .Case([&](graph::GatherOp gather) { return gathered(gather); })
        .Default([&](Operation *) {
          return op->hasTrait<graph::Elementwise>() ? broadcast(op)
                                                    : std::nullopt;
        });
  }

private:
  static Operands one(Value value, Places places) {
    return SmallVector<PlacedValue>{{value, std::move(places)}};
  }

  Operands broadcast(Operation *op) const {
    Sizes whole = space.sizes(typeOf(op->getResult(0)));
    SmallVector<PlacedValue> operands;
    for (Value operand : op->getOperands()) {
      Sizes own = space.sizes(typeOf(operand));
      size_t missing = whole.size() - own.size();
      PlacedValue placed{operand, {}};
      for (auto [axis, size] : llvm::enumerate(own))
        placed.places.push_back(isUnit(space, size) &&
                                        !isUnit(space, whole[missing + axis])
                                    ? Place{std::nullopt, space.number(0)}
                                    : places[missing + axis]);
      operands.push_back(std::move(placed));
    }
    return operands;
  }

  /// Axes of size 1 may come and go.
  Operands reshaped(graph::ReshapeOp op) const {
    Sizes from = space.sizes(typeOf(op.getInput()));
    Sizes to = space.sizes(op.getType());
    Places inner;
    size_t axis = 0;
    auto skipUnits = [&] {
      while (axis < to.size() && isUnit(space, to[axis]))
        ++axis;
    };
    for (AffineExpr size : from) {
      if (isUnit(space, size)) {
        inner.push_back({std::nullopt, space.number(0)});
        continue;
      }
      skipUnits();
      if (axis == to.size() || !space.equal(size, to[axis]))
        return std::nullopt;
      inner.push_back(places[axis++]);
    }
    skipUnits();
    if (axis != to.size())
      return std::nullopt;
    return one(op.getInput(), inner);
  }

  Operands sliced(graph::SliceOp op) const {
    Sizes starts = space.expressions(op.getStarts());
    Sizes sizes = space.sizes(op.getType());
    Places inner(places);
    for (auto [axis, place] : llvm::enumerate(inner)) {
      if (op.getSteps()[axis] != 1 && !isUnit(space, sizes[axis]))
        return std::nullopt;
      place.offset = space.add(place.offset, starts[axis]);
    }
    return one(op.getInput(), inner);
  }

  /// A gather by consecutive indices is a slice.
  Operands gathered(graph::GatherOp op) const {
    std::optional<AffineExpr> start = startOfCounting(space, op.getIndices());
    if (!start || space.range(*start).low < 0)
      return std::nullopt;
    // One that is out of range must still give a status.
    AffineExpr whole = space.sizes(typeOf(op.getInput()))[op.getAxis()];
    AffineExpr count = space.sizes(typeOf(op.getIndices())).front();
    AffineExpr behind = space.subtract(whole, space.add(*start, count));
    if (space.range(behind).low < 0)
      return std::nullopt;
    Places inner(places);
    AffineExpr &offset = inner[op.getAxis()].offset;
    offset = space.add(offset, *start);
    return one(op.getInput(), inner);
  }

  const graph::DimSpace &space;
  const Places &places;
};

} // namespace

Operands operandsAt(const graph::DimSpace &space, Operation *op,
                    const Places &places) {
  return LookThrough(space, places).run(op);
}

std::optional<AffineExpr> startOfCounting(const graph::DimSpace &space,
                                          Value vector) {
  if (typeOf(vector).getRank() != 1)
    return std::nullopt;
  Operation *op = vector.getDefiningOp();
  if (isa_and_nonnull<graph::IotaOp>(op))
    return space.number(0);
  if (auto constant = dyn_cast_or_null<graph::ConstantOp>(op)) {
    auto dense = dyn_cast<DenseElementsAttr>(constant.getValue());
    std::optional<int64_t> start =
        dense ? startOfCounting(dense) : std::nullopt;
    return start ? std::optional(space.number(*start)) : std::nullopt;
  }
  auto sum = dyn_cast_or_null<graph::AddOp>(op);
  if (!sum)
    return std::nullopt;
  for (auto [counting, shift] : {std::pair(sum.getLhs(), sum.getRhs()),
                                 std::pair(sum.getRhs(), sum.getLhs())}) {
    auto size = shift.getDefiningOp<graph::DimValuesOp>();
    if (!size || size.getValues().getRank() != 1)
      continue;
    if (std::optional<AffineExpr> start = startOfCounting(space, counting))
      return space.add(*start, space.expressions(size.getValues()).front());
  }
  return std::nullopt;
}

bool hasOneAxis(RankedTensorType type) {
  return llvm::count_if(type.getShape(),
                        [](int64_t size) { return size != 1; }) == 1;
}

/// `steps` is how many operations may still be looked at.
static bool isPositional(Value value, unsigned &steps) {
  Operation *op = value.getDefiningOp();
  if (!op || steps == 0)
    return false;
  --steps;
  if (isa<graph::IotaOp, graph::DimValuesOp>(op))
    return true;
  if (auto constant = dyn_cast<graph::ConstantOp>(op)) {
    auto dense = dyn_cast<DenseElementsAttr>(constant.getValue());
    return dense && (dense.isSplat() ||
                     (hasOneAxis(typeOf(value)) && startOfCounting(dense)));
  }
  if (!op->hasTrait<graph::Elementwise>() &&
      !isa<graph::BroadcastOp, graph::ReshapeOp, graph::TransposeOp,
           graph::SliceOp, graph::ConcatOp>(op))
    return false;
  return llvm::all_of(op->getOperands(), [&](Value operand) {
    return isPositional(operand, steps);
  });
}

bool isPositional(Value value) {
  unsigned steps = 256; // Far more than any exporter writes.
  return isPositional(value, steps);
}

} // namespace lmcc
