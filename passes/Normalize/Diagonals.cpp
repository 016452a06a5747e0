//===- Diagonals.cpp - What depends on the distance of places -------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Normalize/Diagonals.h"
#include "passes/Normalize/BandedConstant.h"

using namespace mlir;
using lmcc::graph::typeOf;

namespace lmcc {

namespace {

class DiagonalWriter {
public:
  DiagonalWriter(graph::Builder &build, ArrayRef<AffineExpr> sizes)
      : build(build), space(build.space()), rows(sizes[sizes.size() - 2]),
        keys(sizes.back()), keyAxis(static_cast<int64_t>(sizes.size()) - 1) {}

  Value run(const PlacedValue &value) {
    Value result = write(value);
    // One that is the same everywhere needs no diagonals.
    return result && typeOf(result).getRank() == 1 ? result : Value();
  }

private:
  Value write(const PlacedValue &value) {
    for (const auto &[other, written] : known)
      if (other == value)
        return written;
    Operation *op = value.value.getDefiningOp();
    if (!op || steps == 0)
      return {};
    --steps;
    Value result = uniform(op);
    if (!result)
      result = difference(op, value.places);
    if (!result)
      result = same(op, value.places);
    known.push_back({value, result});
    return result;
  }

  Value uniform(Operation *op) {
    auto constant = dyn_cast<graph::ConstantOp>(op);
    auto dense = constant ? dyn_cast<DenseElementsAttr>(constant.getValue())
                          : DenseElementsAttr();
    if (!dense || dense.empty() || !dense.isSplat())
      return {};
    auto type = RankedTensorType::get({}, dense.getElementType());
    return build.constant(
        DenseElementsAttr::get(type, dense.getSplatValue<Attribute>()));
  }

  /// key - row or row - key, each with an offset
  Value difference(Operation *op, const Places &places) {
    if (!isa<graph::SubOp>(op))
      return {};
    auto operands = operandsAt(space, op, places);
    for (bool negated : {false, true}) {
      auto key = offsetAlong((*operands)[negated], keyAxis);
      auto row = offsetAlong((*operands)[!negated], keyAxis - 1);
      if (!key || !row)
        continue;
      Type element = typeOf(op->getResult(0)).getElementType();
      AffineExpr count = space.subtract(space.add(rows, keys), space.number(1));
      if (space.range(count).low < 0)
        return {};
      AffineExpr first = space.add(space.subtract(*key, *row),
                                   space.subtract(space.number(1), rows));
      Value distance =
          build.add(build.iota(count, element), build.dimValue(first, element));
      return negated ? build.unary<graph::NegOp>(distance) : distance;
    }
    return {};
  }

  /// `op` on what its operands are along the diagonals.
  Value same(Operation *op, const Places &places) {
    auto operands = operandsAt(space, op, places);
    if (!operands)
      return {};
    SmallVector<Value> written;
    for (const PlacedValue &operand : *operands) {
      written.push_back(write(operand));
      if (!written.back())
        return {};
    }
    if (!op->hasTrait<graph::Elementwise>())
      return written.front();
    graph::Builder::Sizes shape;
    for (Value operand : written)
      if (typeOf(operand).getRank() == 1)
        shape = build.sizesOf(operand);
    Operation *copy = build.operations().clone(*op);
    copy->setOperands(written);
    copy->getResult(0).setType(
        space.type(shape, typeOf(op->getResult(0)).getElementType()));
    return copy->getResult(0);
  }

  /// The offset of a value that is the index along `axis` of the scores plus an
  /// offset.
  std::optional<AffineExpr> offsetAlong(const PlacedValue &value,
                                        int64_t axis) {
    Operation *op = value.value.getDefiningOp();
    if (!op || !value.variesAlong(axis) || steps == 0)
      return std::nullopt;
    --steps;
    if (isa<graph::IotaOp>(op))
      return placeAlong(value, axis).offset;
    if (auto constant = dyn_cast<graph::ConstantOp>(op)) {
      auto dense = dyn_cast<DenseElementsAttr>(constant.getValue());
      std::optional<int64_t> start = dense && hasOneAxis(typeOf(value.value))
                                         ? startOfCounting(dense)
                                         : std::nullopt;
      if (!start)
        return std::nullopt;
      return space.add(placeAlong(value, axis).offset, space.number(*start));
    }
    auto operands = operandsAt(space, op, value.places);
    if (!operands)
      return std::nullopt;
    if (operands->size() == 1 && !op->hasTrait<graph::Elementwise>())
      return offsetAlong(operands->front(), axis);
    if (!isa<graph::AddOp>(op))
      return std::nullopt;
    for (unsigned side : {0u, 1u}) {
      auto size = sizeOf((*operands)[1 - side].value);
      if (!size)
        continue;
      if (auto offset = offsetAlong((*operands)[side], axis))
        return space.add(*offset, *size);
    }
    return std::nullopt;
  }

  static const Place &placeAlong(const PlacedValue &value, int64_t axis) {
    return *llvm::find_if(
        value.places, [&](const Place &place) { return place.axis == axis; });
  }

  /// A number or a size of the model.
  std::optional<AffineExpr> sizeOf(Value value) {
    Operation *op = value.getDefiningOp();
    if (auto sizes = dyn_cast_or_null<graph::DimValuesOp>(op)) {
      if (sizes.getValues().getRank() == 1)
        return space.expressions(sizes.getValues()).front();
    }
    if (auto reshape = dyn_cast_or_null<graph::ReshapeOp>(op);
        reshape && steps) {
      --steps;
      return sizeOf(reshape.getInput());
    }
    auto constant = dyn_cast_or_null<graph::ConstantOp>(op);
    if (!constant || constant.getType().getNumElements() != 1)
      return std::nullopt;
    auto integer =
        dyn_cast<IntegerAttr>(*constant.getValue().value_begin<Attribute>());
    if (!integer || !integer.getValue().isSignedIntN(32))
      return std::nullopt;
    return space.number(integer.getInt());
  }

  graph::Builder &build;
  graph::DimSpace &space;
  AffineExpr rows, keys;
  int64_t keyAxis;
  /// Operations that may still be looked at: far more than exporters write.
  unsigned steps = 256;
  SmallVector<std::pair<PlacedValue, Value>> known;
};

} // namespace

Value alongDiagonals(graph::Builder &build, const PlacedValue &value,
                     ArrayRef<AffineExpr> sizes) {
  return DiagonalWriter(build, sizes).run(value);
}

} // namespace lmcc
