//===- QuantizedRows.cpp - Activations that a model quantises -------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Compress/QuantizedRows.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace lmcc {

static RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

static Type elementOf(Value value) { return typeOf(value).getElementType(); }

/// Whether `value` says the same for all elements along the last axis.
static bool isUniformAlongRows(Value value) {
  int64_t rank = typeOf(value).getRank();
  return rank == 0 ||
         graph::axisSize(typeOf(value), rank - 1).getConstant(0) == 1;
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

QuantizedRows QuantizedRowsFinder::find(Value value) {
  auto entry = known.find(value);
  if (entry != known.end())
    return entry->second;
  QuantizedRows rows = compute(value);
  known[value] = rows;
  return rows;
}

QuantizedRows QuantizedRowsFinder::compute(Value value) {
  if (elementOf(value).isInteger(8))
    return {value, {}, {}};
  Operation *op = value.getDefiningOp();
  if (!op || !(elementOf(value).isF32() || elementOf(value).isInteger(32)))
    return {};
  return llvm::TypeSwitch<Operation *, QuantizedRows>(op)
      .Case([&](graph::CastOp op) {
        // What was a float loses its fraction.
        return isa<IntegerType>(elementOf(op.getInput())) ? find(op.getInput())
                                                          : QuantizedRows();
      })
      .Case([&](graph::SubOp op) { return centred(op); })
      .Case([&](graph::MulOp op) {
        QuantizedRows rows = scaled(op, op.getLhs(), op.getRhs());
        return rows ? rows : scaled(op, op.getRhs(), op.getLhs());
      })
      .Case<graph::ReshapeOp, graph::TransposeOp, graph::SliceOp,
            graph::BroadcastOp, graph::GatherOp, graph::PatchesOp>(
          [&](Operation *move) { return moved(move); })
      .Default([](Operation *) { return QuantizedRows(); });
}

QuantizedRows QuantizedRowsFinder::centred(graph::SubOp difference) {
  Value input = difference.getLhs(), zero = difference.getRhs();
  if (!elementOf(input).isInteger(32) ||
      input.getType() != difference.getType())
    return {};
  QuantizedRows rows = find(input);
  if (!rows || rows.zero || !isUniformAlongRows(zero) ||
      !isZeroPoint(zero, elementOf(rows.bytes)))
    return {};
  rows.zero = zero;
  return rows;
}

QuantizedRows QuantizedRowsFinder::scaled(graph::MulOp product, Value value,
                                          Value scale) {
  if (!elementOf(value).isF32() || value.getType() != product.getType() ||
      !isUniformAlongRows(scale))
    return {};
  QuantizedRows rows = find(value);
  if (!rows || rows.scale)
    return {};
  rows.scale = scale;
  return rows;
}

/// Whether `patches` reads nothing outside of its input, which would be 0.
static bool staysInside(graph::PatchesOp patches) {
  RankedTensorType input = patches.getInput().getType();
  RankedTensorType result = patches.getType();
  if (!input.hasStaticShape() || !result.hasStaticShape())
    return false;
  int64_t spatial = input.getRank() - 2;
  for (int64_t axis = 0; axis < spatial; ++axis) {
    int64_t last =
        (result.getDimSize(1 + axis) - 1) * patches.getStrides()[axis] +
        (result.getDimSize(2 + spatial + axis) - 1) *
            patches.getDilations()[axis];
    if (patches.getLow()[axis] != 0 || last >= input.getDimSize(2 + axis))
      return false;
  }
  return true;
}

QuantizedRows QuantizedRowsFinder::moved(Operation *move) {
  if (auto patches = dyn_cast<graph::PatchesOp>(move);
      patches && !staysInside(patches))
    return {};
  QuantizedRows rows = find(move->getOperand(0));
  if (!rows || !isOneNumber(rows.zero) || !isOneNumber(rows.scale))
    return {};
  OpBuilder builder(move->getContext());
  builder.setInsertionPointAfter(move);
  IRMapping mapping;
  mapping.map(move->getOperand(0), rows.bytes);
  Type element = elementOf(rows.bytes);
  rows.bytes = builder.clone(*move, mapping)->getResult(0);
  rows.bytes.setType(typeOf(rows.bytes).clone(element));
  return rows;
}

} // namespace lmcc
