//===- ScaledBytes.cpp - Values as bytes with a scale ---------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Compress/ScaledBytes.h"
#include "mlir/IR/IRMapping.h"
#include "passes/Compress/ConstantNumber.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using lmcc::graph::typeOf;

namespace lmcc {

static Type elementOf(Value value) { return typeOf(value).getElementType(); }

/// Whether `value` says the same for all elements along the axis.
bool ScaledBytesFinder::isUniform(Value value) const {
  int64_t axis = typeOf(value).getRank() - axisFromBack;
  return axis < 0 || graph::axisSize(typeOf(value), axis).getConstant(0) == 1;
}

static bool isOneNumber(Value value) {
  return !value || typeOf(value).getRank() == 0;
}

/// Whether `zero`, an i32, is in the range of bytes of type `element`: so are
/// the differences exact as floats, and their sums bounded.
static bool isZeroPoint(Value zero, Type element) {
  if (auto cast = zero.getDefiningOp<graph::CastOp>())
    return elementOf(cast.getInput()) == element;
  auto constant = zero.getDefiningOp<graph::ConstantOp>();
  auto numbers = constant ? dyn_cast<DenseIntElementsAttr>(constant.getValue())
                          : DenseIntElementsAttr();
  int64_t low = element.isUnsignedInteger() ? 0 : -128;
  return numbers && llvm::all_of(numbers, [&](const APInt &number) {
           return number.sge(low) && number.sle(low + 255);
         });
}

ScaledBytes ScaledBytesFinder::find(Value value) {
  auto entry = known.find(value);
  if (entry != known.end())
    return entry->second;
  ScaledBytes rows = compute(value);
  known[value] = rows;
  return rows;
}

ScaledBytes ScaledBytesFinder::compute(Value value) {
  if (elementOf(value).isInteger(8))
    return {value, {}, {}};
  Operation *op = value.getDefiningOp();
  if (!op || !(elementOf(value).isF32() || elementOf(value).isInteger(32)))
    return {};
  return llvm::TypeSwitch<Operation *, ScaledBytes>(op)
      .Case([&](graph::CastOp op) {
        // What was a float loses its fraction.
        return isa<IntegerType>(elementOf(op.getInput())) ? find(op.getInput())
                                                          : ScaledBytes();
      })
      .Case([&](graph::SubOp op) { return centred(op); })
      .Case([&](graph::MulOp op) {
        ScaledBytes rows = scaled(op, op.getLhs(), op.getRhs());
        return rows ? rows : scaled(op, op.getRhs(), op.getLhs());
      })
      .Case<graph::ReshapeOp, graph::TransposeOp, graph::SliceOp,
            graph::BroadcastOp, graph::GatherOp, graph::PatchesOp>(
          [&](Operation *move) { return moved(move); })
      .Default([](Operation *) { return ScaledBytes(); });
}

ScaledBytes ScaledBytesFinder::centred(graph::SubOp difference) {
  Value input = difference.getLhs(), zero = difference.getRhs();
  if (!elementOf(input).isInteger(32) ||
      input.getType() != difference.getType())
    return {};
  ScaledBytes rows = find(input);
  if (!rows || rows.zero || !isUniform(zero) ||
      !isZeroPoint(zero, elementOf(rows.bytes)))
    return {};
  rows.zero = zero;
  return rows;
}

ScaledBytes ScaledBytesFinder::scaled(graph::MulOp product, Value value,
                                      Value scale) {
  if (!elementOf(value).isF32() || value.getType() != product.getType() ||
      !isUniform(scale))
    return {};
  ScaledBytes rows = find(value);
  if (!rows || rows.scale)
    return {};
  rows.scale = scale;
  return rows;
}

/// How much of each spatial axis `patches` reads, from its first place on.
static graph::DimSpace::Sizes extents(const graph::DimSpace &space,
                                      graph::PatchesOp patches) {
  graph::DimSpace::Sizes sizes = space.sizes(patches.getType()), result;
  size_t spatial = patches.getStrides().size();
  for (size_t axis = 0; axis < spatial; ++axis) {
    AffineExpr places = space.subtract(sizes[1 + axis], space.number(1));
    AffineExpr window =
        space.subtract(sizes[2 + spatial + axis], space.number(1));
    AffineExpr last = space.add(
        space.multiply(places, space.number(patches.getStrides()[axis])),
        space.multiply(window, space.number(patches.getDilations()[axis])));
    result.push_back(space.add(last, space.number(1)));
  }
  return result;
}

bool staysInside(const graph::DimSpace &space, graph::PatchesOp patches) {
  graph::DimSpace::Sizes input = space.sizes(patches.getInput().getType());
  for (auto [axis, extent] : llvm::enumerate(extents(space, patches))) {
    std::optional<int64_t> most =
        space.range(space.subtract(extent, input[2 + axis])).high;
    if (patches.getLow()[axis] != 0 || !most || *most > 0)
      return false;
  }
  return true;
}

bool isMoveOfBytes(const graph::DimSpace &space, Operation *op) {
  if (auto patches = dyn_cast_or_null<graph::PatchesOp>(op))
    return staysInside(space, patches);
  return isa_and_nonnull<graph::ReshapeOp, graph::TransposeOp, graph::SliceOp,
                         graph::BroadcastOp, graph::PadOp>(op);
}

/// The bytes that `patches` reads, with the zero point where it reads 0.
Value ScaledBytesFinder::surrounded(graph::PatchesOp patches,
                                    const ScaledBytes &rows) {
  Type element = elementOf(rows.bytes);
  auto conversion =
      rows.zero ? rows.zero.getDefiningOp<graph::CastOp>() : graph::CastOp();
  Value zero = conversion  ? conversion.getInput()
               : rows.zero ? build.scalar(element, *numberOf(rows.zero))
                           : build.scalar(element, 0);
  graph::DimSpace::Sizes sizes = build.sizesOf(rows.bytes);
  sizes.truncate(2);
  llvm::append_range(sizes, extents(build.space(), patches));
  SmallVector<int64_t> low(2, 0);
  llvm::append_range(low, patches.getLow());
  return graph::PadOp::create(build.operations(), patches.getLoc(),
                              build.space().type(sizes, element), rows.bytes,
                              zero, graph::PadMode::constant, low);
}

ScaledBytes ScaledBytesFinder::moved(Operation *move) {
  ScaledBytes rows = find(move->getOperand(0));
  if (!rows || !isOneNumber(rows.zero) || !isOneNumber(rows.scale))
    return {};
  OpBuilder &ops = build.operations();
  OpBuilder::InsertionGuard guard(ops);
  ops.setInsertionPointAfter(move);
  build.setLocation(move->getLoc());
  auto patches = dyn_cast<graph::PatchesOp>(move);
  bool exceeds = patches && !staysInside(build.space(), patches);
  IRMapping mapping;
  mapping.map(move->getOperand(0),
              exceeds ? surrounded(patches, rows) : rows.bytes);
  Operation *clone = ops.clone(*move, mapping);
  if (exceeds)
    cast<graph::PatchesOp>(clone).setLow(
        SmallVector<int64_t>(patches.getLow().size(), 0));
  Value bytes = clone->getResult(0);
  bytes.setType(typeOf(bytes).clone(elementOf(rows.bytes)));
  rows.bytes = bytes;
  return rows;
}

} // namespace lmcc
