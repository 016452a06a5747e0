//===- ActivationProducts.cpp - Products of computed bytes ----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Compress/ActivationProducts.h"
#include "mlir/IR/IRMapping.h"
#include "passes/Compress/ByteTensors.h"
#include "passes/Compress/ConstantNumber.h"

using namespace mlir;
using lmcc::graph::typeOf;

namespace lmcc {

ActivationProducts::ActivationProducts(graph::Builder &build,
                                       bool hasUnsignedRows)
    : build(build), ops(build.operations()),
      rowElement(IntegerType::get(ops.getContext(), 8,
                                  hasUnsignedRows ? IntegerType::Unsigned
                                                  : IntegerType::Signless)),
      columnElement(ops.getI8Type()) {}

//===----------------------------------------------------------------------===//
// Signs
//===----------------------------------------------------------------------===//

/// The bytes change where they are computed, in front of what moves them.
Value ActivationProducts::bytesOf(Value bytes, Type element) {
  if (typeOf(bytes).getElementType() == element)
    return bytes;
  if (Value known = changed.lookup(bytes))
    return known;
  OpBuilder::InsertionGuard guard(ops);
  ops.setInsertionPointAfterValue(bytes);
  Operation *move = bytes.getDefiningOp();
  Value result;
  if (isa_and_nonnull<graph::GatherOp>(move) ||
      isMoveOfBytes(build.space(), move)) {
    IRMapping mapping;
    mapping.map(move->getOperand(0), bytesOf(move->getOperand(0), element));
    if (auto pad = dyn_cast<graph::PadOp>(move))
      mapping.map(pad.getValue(), offsetBytes(build, pad.getValue()));
    result = ops.clone(*move, mapping)->getResult(0);
    result.setType(typeOf(result).clone(element));
  } else {
    result = offsetBytes(build, bytes);
  }
  return changed[bytes] = result;
}

Value ActivationProducts::movedZero(Value zero, int64_t step) {
  Type i32 = ops.getI32Type();
  if (std::optional<double> number = zero ? numberOf(zero) : 0.0) {
    auto moved = static_cast<int64_t>(*number) + step;
    return moved == 0 ? Value() : build.scalar(i32, moved);
  }
  return step == 0 ? zero : build.add(zero, build.scalar(i32, step));
}

ActivationProducts::Side
ActivationProducts::withElement(const ScaledBytes &side, Type element) {
  bool isSo = typeOf(side.bytes).getElementType() == element;
  return {bytesOf(side.bytes, element),
          movedZero(side.zero, isSo ? 0 : offsetTo(element))};
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

Value ActivationProducts::rowSums(Value bytes) {
  return build.reduce(graph::Reduction::sum,
                      build.cast(bytes, ops.getI32Type()),
                      {graph::Builder::rankOf(bytes) - 1}, /*keep=*/true);
}

/// Those of a product are a product with a row of ones.
Value ActivationProducts::columnSums(Value bytes) {
  graph::DimSpace::Sizes sizes = build.sizesOf(bytes);
  graph::DimSpace::Sizes row = {build.space().number(1),
                                sizes[sizes.size() - 2]};
  Value one = build.scalar(rowElement, 1);
  if (std::optional<int64_t> depth = build.space().constant(row.back())) {
    auto type = RankedTensorType::get({1, *depth}, rowElement);
    auto number = cast<graph::ConstantOp>(one.getDefiningOp());
    one = build.constant(
        cast<DenseElementsAttr>(number.getValue()).resizeSplat(type));
  } else {
    one = build.broadcast(one, row);
  }
  return build.matmul(one, bytes);
}

Value ActivationProducts::negative(Value number) {
  Type i32 = ops.getI32Type();
  if (std::optional<double> known = numberOf(number))
    return build.scalar(i32, -*known);
  return build.sub(build.scalar(i32, 0), number);
}

ScaledBytes ActivationProducts::columnsOf(Value constant) {
  auto op = constant.getDefiningOp<graph::ConstantOp>();
  auto numbers = op ? dyn_cast<DenseIntElementsAttr>(op.getValue())
                    : DenseIntElementsAttr();
  if (!numbers || numbers.empty() ||
      !numbers.getElementType().isSignlessInteger(32))
    return {};
  auto values = llvm::to_vector(numbers.getValues<int32_t>());
  std::optional<int32_t> zero = zeroFor(values);
  if (!zero)
    return {};
  SmallVector<int8_t> bytes;
  for (int64_t value : values)
    bytes.push_back(static_cast<int8_t>(value + *zero));
  ScaledBytes columns;
  OpBuilder::InsertionGuard guard(ops);
  ops.setInsertionPointAfter(op);
  build.setLocation(op.getLoc());
  columns.bytes = build.constant(DenseElementsAttr::get(
      typeOf(constant).clone(columnElement), ArrayRef(bytes)));
  if (*zero != 0)
    columns.zero = build.scalar(ops.getI32Type(), *zero);
  return columns;
}

Value ActivationProducts::sumOf(const ScaledBytes &rows,
                                const ScaledBytes &columns) {
  Side left = withElement(rows, rowElement);
  Side right = withElement(columns, columnElement);
  AffineExpr depth = build.sizesOf(left.bytes).back();
  Value words =
      inWholeWords(build, right.bytes, graph::Builder::rankOf(right.bytes) - 2);
  Value sum = build.matmul(
      inWholeWords(build, left.bytes, graph::Builder::rankOf(left.bytes) - 1),
      words);
  if (right.zero)
    sum = build.add(sum, build.mul(rowSums(left.bytes), negative(right.zero)));
  if (left.zero) {
    Value ofColumns = columnSums(words);
    if (right.zero)
      ofColumns = build.sub(
          ofColumns,
          build.mul(right.zero, build.dimValue(depth, ops.getI32Type())));
    sum = build.add(sum, build.mul(ofColumns, negative(left.zero)));
  }
  return sum;
}

} // namespace lmcc
