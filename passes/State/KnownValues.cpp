//===- KnownValues.cpp - What follows from sizes and weights --------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/State/KnownValues.h"
#include "dialects/Graph/Graph.h"

using namespace mlir;

namespace lmcc {

using graph::HostTensor;
using lmcc::graph::typeOf;

/// Far above any mask of a few tokens and the tables they come from, in bytes.
static constexpr int64_t mostBytes = int64_t(1) << 26;

std::optional<HostTensor> KnownValues::find(Value value) {
  auto known = values.find(value);
  if (known != values.end())
    return known->second;
  std::optional<HostTensor> result;
  if (Operation *op = value.getDefiningOp())
    result = compute(op);
  values.try_emplace(value, result);
  return result;
}

std::optional<HostTensor> KnownValues::compute(Operation *op) {
  if (auto get = dyn_cast<weight::GetOp>(op)) {
    if (!isSmall(get.getResult()))
      return std::nullopt;
    ScopedDiagnosticHandler silence(op->getContext(),
                                    [](Diagnostic &) { return success(); });
    FailureOr<HostTensor> weight = graph::evaluateWeight(get, files);
    return succeeded(weight) ? std::optional(*weight) : std::nullopt;
  }
  if (op->getNumRegions() != 0 || !isSmall(op->getResult(0)))
    return std::nullopt;
  SmallVector<HostTensor> operands;
  for (Value operand : op->getOperands()) {
    std::optional<HostTensor> tensor = find(operand);
    if (!tensor)
      return std::nullopt;
    operands.push_back(*tensor);
  }
  ScopedDiagnosticHandler silence(op->getContext(),
                                  [](Diagnostic &) { return success(); });
  FailureOr<HostTensor> result = graph::evaluate(op, operands, symbols);
  return succeeded(result) ? std::optional(*result) : std::nullopt;
}

bool KnownValues::isSmall(Value value) const {
  ScopedDiagnosticHandler silence(value.getContext(),
                                  [](Diagnostic &) { return success(); });
  auto shape = graph::concreteShape(typeOf(value), symbols, value.getLoc());
  if (failed(shape))
    return false;
  std::optional<int64_t> bytes =
      graph::tensorBytes(typeOf(value).getElementType(), *shape);
  return bytes && *bytes <= mostBytes;
}

std::optional<HostTensor> KnownValues::zeros(Value value) const {
  if (!isSmall(value))
    return std::nullopt;
  auto shape = graph::concreteShape(typeOf(value), symbols, value.getLoc());
  auto tensor = HostTensor::allocate(typeOf(value).getElementType(), *shape);
  if (tensor)
    std::fill_n(tensor->mutableBytes(), tensor->bytes().size(), 0);
  return tensor;
}

std::optional<HostTensor>
KnownValues::adjustedZeros(graph::AttentionOp attention) {
  std::optional<HostTensor> scores = zeros(attention.scores());
  if (!scores)
    return std::nullopt;
  SmallVector<HostTensor> arguments = {*scores};
  for (Value extra : attention.getExtras()) {
    std::optional<HostTensor> tensor = find(extra);
    if (!tensor)
      return std::nullopt;
    arguments.push_back(*tensor);
  }
  ScopedDiagnosticHandler silence(attention.getContext(),
                                  [](Diagnostic &) { return success(); });
  auto results =
      graph::evaluateBlock(attention.getAdjust().front(), arguments,
                           [&](Operation *op, ArrayRef<HostTensor> operands) {
                             return graph::evaluate(op, operands, symbols);
                           });
  if (failed(results))
    return std::nullopt;
  return results->front();
}

graph::SymbolValues symbolsFor(func::FuncOp entry, int64_t past,
                               int64_t count) {
  auto decoding = entry->getAttrOfType<DictionaryAttr>(graph::decodingAttrName);
  graph::SymbolValues symbols;
  for (auto symbol : entry->getAttrOfType<ArrayAttr>(graph::symbolsAttrName)
                         .getAsRange<graph::SymbolAttr>())
    symbols[symbol.getName().getValue()] = symbol.getLow();
  symbols[decoding.getAs<StringAttr>("past").getValue()] = past;
  if (auto name = decoding.getAs<StringAttr>("count"))
    symbols[name.getValue()] = count;
  return symbols;
}

} // namespace lmcc
