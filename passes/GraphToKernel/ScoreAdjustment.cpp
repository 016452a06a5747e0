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

void ScoreAdjustment::addPosition(Inputs &inputs, graph::IotaOp op,
                                  const ScorePart &part) {
  // Scores may have more axes than a position.
  auto batchAxes = static_cast<int64_t>(part.at.size());
  int64_t axis = batchAxes + 2 - op.getType().getRank() +
                 static_cast<int64_t>(op.getAxis());
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
      inputs.scalars[size] =
          integer(k.size(k.space().expressions(size.getValues()).front()),
                  bufferElement(size.getType().getElementType()));
  }
  return inputs;
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
    if (auto broadcast = dyn_cast<graph::BroadcastOp>(op)) {
      value = values.lookup(broadcast.getInput());
      continue;
    }
    auto operands = llvm::map_to_vector(op.getOperands(), [&](Value operand) {
      return values.lookup(operand);
    });
    value = emitScalar(inner, &op, operands);
    complete &= bool(value);
    if (!value)
      value = values.lookup(attention.scores());
  }
  return values.lookup(attention.adjustedScores());
}

} // namespace lmcc
