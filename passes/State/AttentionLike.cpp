//===- AttentionLike.cpp - An attention on other operands -----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/State/AttentionLike.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace lmcc {

/// Copies an operation of the region, with the type that its operands give it.
static void copyWithTypes(Operation &op, IRMapping &mapping,
                          graph::Builder &build) {
  Operation *copy = build.operations().clone(op, mapping);
  if (!op.hasTrait<graph::Elementwise>())
    return;
  SmallVector<RankedTensorType> types;
  for (Value operand : copy->getOperands())
    types.push_back(cast<RankedTensorType>(operand.getType()));
  graph::DimSpace::Sizes sizes;
  auto shared = graph::broadcastSizes(types);
  for (graph::DimsAttr size : *shared)
    sizes.append(build.space().expressions(size));
  auto type = cast<RankedTensorType>(op.getResult(0).getType());
  copy->getResult(0).setType(build.space().type(sizes, type.getElementType()));
}

Value attentionLike(graph::AttentionOp old, Value query, Value key, Value value,
                    ArrayRef<Value> extras, graph::Builder &build) {
  return build.attention(
      query, key, value, extras, [&](Value scores, ValueRange arguments) {
        Block &adjust = old.getAdjust().front();
        IRMapping mapping;
        mapping.map(old.scores(), scores);
        mapping.map(adjust.getArguments().drop_front(), arguments);
        for (Operation &op : adjust.without_terminator())
          copyWithTypes(op, mapping, build);
        return mapping.lookup(old.adjustedScores());
      });
}

} // namespace lmcc
