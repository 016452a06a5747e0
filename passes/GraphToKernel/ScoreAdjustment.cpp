//===- ScoreAdjustment.cpp - The region of an attention -------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/GraphToKernel/ScoreAdjustment.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "passes/GraphToKernel/ScalarCode.h"

using namespace mlir;

namespace lmcc {

ScoreAdjustment::ScoreAdjustment(GroupSite &site, KernelBuilder &k,
                                 ArrayRef<AttentionViews::Extra> extras,
                                 int64_t mostRows, int64_t mostKeys)
    : k(k), builder(k.body()), location(k.location()),
      attention(site.attention()), extras(extras) {
  if (!attention.getAdjust().getOps<graph::IotaOp>().empty())
    makeCounters(std::max(mostRows, mostKeys));
}

/// Vectors of positions are loaded from an array: few machines make them
/// faster, and the text stays free of them.
void ScoreAdjustment::makeCounters(int64_t count) {
  counters = k.localArray({count}, builder.getI32Type());
  k.loop(k.number(count), [&](Index place) {
    k.store(integer(place, builder.getI32Type()), counters, {place});
  });
}

Value ScoreAdjustment::integer(Index index, Type type) {
  return arith::IndexCastOp::create(builder, location, type, k.value(index));
}

bool ScoreAdjustment::changesScores() {
  return attention.adjustedScores() != attention.scores();
}

//===----------------------------------------------------------------------===//
// What is read
//===----------------------------------------------------------------------===//

void ScoreAdjustment::addView(Inputs &inputs, Value inside, Value view,
                              bool hasRows, bool hasKeys) {
  SmallVector<AffineExpr> results;
  if (hasRows)
    results.push_back(builder.getAffineDimExpr(0));
  if (hasKeys)
    results.push_back(builder.getAffineDimExpr(1));
  inputs.inside.push_back(inside);
  inputs.views.push_back(view);
  inputs.maps.push_back(AffineMap::get(2, 0, results, builder.getContext()));
}

void ScoreAdjustment::addExtra(Inputs &inputs,
                               const AttentionViews::Extra &extra,
                               const ScorePart &part) {
  if (extra.scalar) {
    inputs.scalars[extra.argument] = extra.scalar;
    return;
  }
  SmallVector<Index> offsets(part.at), sizes(part.at.size());
  if (extra.hasRows) {
    offsets.push_back(part.row);
    sizes.push_back(part.rows);
  }
  if (extra.hasKeys) {
    offsets.push_back(part.key);
    sizes.push_back(part.keys);
  }
  addView(inputs, extra.argument, k.part(extra.view, offsets, sizes),
          extra.hasRows, extra.hasKeys);
}

/// The scores may have more axes than a position.
int64_t ScoreAdjustment::scoresAxis(graph::IotaOp op) {
  auto scores = cast<RankedTensorType>(attention.scores().getType());
  return scores.getRank() - op.getType().getRank() +
         static_cast<int64_t>(op.getAxis());
}

void ScoreAdjustment::addPosition(Inputs &inputs, graph::IotaOp op,
                                  const ScorePart &part) {
  auto batchAxes = static_cast<int64_t>(part.at.size());
  int64_t axis = scoresAxis(op);
  Type type = bufferElement(op.getType().getElementType());
  if (axis < batchAxes) {
    inputs.scalars[op] = integer(part.at[axis], type);
    return;
  }
  bool isRow = axis == batchAxes;
  inputs.scalars[op] = integer(isRow ? part.row : part.key, type);
  Value count =
      k.part(counters, {k.number(0)}, {isRow ? part.rows : part.keys});
  addView(inputs, op, count, isRow, !isRow);
}

ScoreAdjustment::Inputs ScoreAdjustment::inputsOf(const ScorePart &part) {
  Inputs inputs;
  for (const AttentionViews::Extra &extra : extras)
    addExtra(inputs, extra, part);
  for (Operation &op : attention.getAdjust().front()) {
    if (auto position = dyn_cast<graph::IotaOp>(op))
      addPosition(inputs, position, part);
    else if (auto constant = dyn_cast<graph::ConstantOp>(op))
      inputs.scalars[constant] = constantScalar(constant);
    else if (auto size = dyn_cast<graph::DimValuesOp>(op))
      inputs.scalars[size] = sizeScalar(size);
  }
  return inputs;
}

Value ScoreAdjustment::sizeScalar(graph::DimValuesOp op) {
  AffineExpr size = k.space().expressions(op.getValues()).front();
  return integer(k.size(size), bufferElement(op.getType().getElementType()));
}

/// A constant of the region, which the call passes.
Value ScoreAdjustment::constantScalar(graph::ConstantOp op) {
  Value &known = constants[op];
  if (!known) {
    auto element = *op.getValue().value_begin<Attribute>();
    if (auto integer = dyn_cast<IntegerAttr>(element))
      element = IntegerAttr::get(bufferElement(integer.getType()),
                                 integer.getValue());
    known = k.scalar(cast<TypedAttr>(element));
  }
  return known;
}

//===----------------------------------------------------------------------===//
// What is computed
//===----------------------------------------------------------------------===//

bool ScoreAdjustment::adjust(Value scores, const ScorePart &part) {
  Inputs inputs = inputsOf(part);
  addView(inputs, attention.scores(), scores, true, true);
  inputs.maps.push_back(inputs.maps.back());
  bool complete = true;
  linalg::GenericOp::create(
      builder, location, inputs.views, scores, inputs.maps,
      SmallVector<utils::IteratorType>(2, utils::IteratorType::parallel),
      [&](OpBuilder &inner, Location, ValueRange elements) {
        Value result = element(inner, inputs, elements, complete);
        linalg::YieldOp::create(inner, location, result);
      });
  return complete;
}

Value ScoreAdjustment::element(OpBuilder &inner, const Inputs &inputs,
                               ValueRange elements, bool &complete) {
  DenseMap<Value, Value> values = inputs.scalars;
  for (auto [inside, element] : llvm::zip(inputs.inside, elements)) {
    Value &value = values[inside];
    if (value)
      value = arith::AddIOp::create(inner, location, element, value);
    else
      value = element;
  }
  for (Operation &op : attention.getAdjust().front().without_terminator()) {
    Value &value = values[op.getResult(0)];
    if (value)
      continue;
    value = operation(inner, &op, values);
    complete &= bool(value);
    if (!value)
      value = values.lookup(attention.scores());
  }
  return values.lookup(attention.adjustedScores());
}

Value ScoreAdjustment::operation(OpBuilder &inner, Operation *op,
                                 const Values &values) {
  auto operands = llvm::map_to_vector(
      op->getOperands(), [&](Value operand) { return values.lookup(operand); });
  return isa<graph::BroadcastOp>(op) ? operands.front()
                                     : emitScalar(inner, op, operands);
}

//===----------------------------------------------------------------------===//
// What rows share
//===----------------------------------------------------------------------===//

Value ScoreAdjustment::elementOfRow(Value inside, ArrayRef<Index> at,
                                    Index row) {
  Values values;
  return rowElement(inside, at, row, values);
}

Value ScoreAdjustment::rowElement(Value inside, ArrayRef<Index> at, Index row,
                                  Values &values) {
  if (Value known = values.lookup(inside))
    return known;
  Value result = rowLeaf(inside, at, row);
  if (!result) {
    Operation *op = inside.getDefiningOp();
    for (Value operand : op->getOperands())
      if (!rowElement(operand, at, row, values))
        return {};
    result = operation(builder, op, values);
  }
  return values[inside] = result;
}

Value ScoreAdjustment::rowLeaf(Value inside, ArrayRef<Index> at, Index row) {
  Operation *op = inside.getDefiningOp();
  if (!op) {
    const auto *extra =
        llvm::find_if(extras, [&](const AttentionViews::Extra &one) {
          return one.argument == inside;
        });
    if (extra->scalar)
      return extra->scalar;
    SmallVector<Index> place(at);
    if (extra->hasRows)
      place.push_back(row);
    return k.load(extra->view, place);
  }
  if (auto position = dyn_cast<graph::IotaOp>(op)) {
    auto axis = static_cast<size_t>(scoresAxis(position));
    return integer(axis < at.size() ? at[axis] : row,
                   bufferElement(position.getType().getElementType()));
  }
  if (auto constant = dyn_cast<graph::ConstantOp>(op))
    return constantScalar(constant);
  if (auto size = dyn_cast<graph::DimValuesOp>(op))
    return sizeScalar(size);
  return {};
}

} // namespace lmcc
