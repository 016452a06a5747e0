//===- KernelPool.cpp - What the schedules of a module share --------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/GraphToKernel/KernelPool.h"
#include "dialects/Graph/Graph.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/SymbolTable.h"

using namespace mlir;

namespace lmcc {

std::string KernelPool::freeName(StringRef wanted) {
  std::string name = wanted.str();
  for (unsigned number = 2; module.lookupSymbol(name); ++number)
    name = (wanted + "_" + Twine(number)).str();
  return name;
}

func::FuncOp KernelPool::kernel(KernelBuilder &k, Value result, StringRef name,
                                StringRef summary, func::FuncOp schedule) {
  func::FuncOp candidate = k.finish(result);
  std::string text;
  llvm::raw_string_ostream stream(text);
  candidate->print(stream, OpPrintingFlags().useLocalScope());

  func::FuncOp &known = kernels[text];
  if (known) {
    candidate.erase();
    return known;
  }
  unsigned &used = names[name];
  std::string unique = used++ ? (name + "_" + Twine(used)).str() : name.str();
  candidate.setSymName(freeName(unique));
  candidate->setAttr(kernel::summaryAttrName,
                     StringAttr::get(module.getContext(), summary));
  module.insert(schedule, candidate);
  return known = candidate;
}

StringRef KernelPool::packedWeight(Location location, StringRef name,
                                   int64_t width) {
  auto key = StringAttr::get(module.getContext(), name);
  StringAttr &panels = packed[{key, width}];
  if (panels)
    return panels.getValue();
  auto data = module.lookupSymbol<weight::DataOp>(name);
  auto matrix = cast<RankedTensorType>(data.getType());
  SmallVector<int64_t> shape = {
      llvm::divideCeilSigned(matrix.getDimSize(1), width), matrix.getDimSize(0),
      width};
  if (matrix.getElementType().isInteger(8)) {
    shape[1] /= graph::wordBytes;
    shape.push_back(graph::wordBytes);
  }
  auto type = RankedTensorType::get(shape, matrix.getElementType());
  panels =
      StringAttr::get(module.getContext(), freeName((name + "_panels").str()));
  OpBuilder builder(data);
  builder.setInsertionPointAfter(data);
  auto copy = cast<weight::DataOp>(builder.clone(*data));
  copy.setSymNameAttr(panels);
  copy.setTypeAttr(TypeAttr::get(type));
  auto yield = cast<weight::YieldOp>(copy.getBody().front().getTerminator());
  builder.setInsertionPoint(yield);
  yield.getValueMutable().assign(
      weight::PackOp::create(builder, location, type, yield.getValue()));
  return panels.getValue();
}

StringRef KernelPool::packedGroups(Location location, StringRef name,
                                   StringRef scales, int64_t width) {
  auto key = StringAttr::get(module.getContext(), name);
  StringAttr &panels = packed[{key, width}];
  if (panels)
    return panels.getValue();
  auto numbers = module.lookupSymbol<weight::DataOp>(name);
  auto factors = module.lookupSymbol<weight::DataOp>(scales);
  auto matrix = cast<RankedTensorType>(numbers.getType());
  int64_t groups = cast<RankedTensorType>(factors.getType()).getDimSize(0);
  int64_t group = matrix.getDimSize(0) / groups;
  OpBuilder builder(numbers);
  builder.setInsertionPointAfter(numbers);
  auto type = RankedTensorType::get(
      {llvm::divideCeilSigned(matrix.getDimSize(1), width), groups,
       width * (group + 4) / 8},
      builder.getI32Type());
  panels =
      StringAttr::get(module.getContext(), freeName((name + "_panels").str()));
  auto copy = cast<weight::DataOp>(builder.clone(*numbers));
  copy.setSymNameAttr(panels);
  copy.setTypeAttr(TypeAttr::get(type));
  auto yield = cast<weight::YieldOp>(copy.getBody().front().getTerminator());
  builder.setInsertionPoint(yield);
  IRMapping mapping;
  Block &recipe = factors.getBody().front();
  for (Operation &op : recipe.without_terminator())
    builder.clone(op, mapping);
  Value scale =
      mapping.lookup(cast<weight::YieldOp>(recipe.getTerminator()).getValue());
  yield.getValueMutable().assign(weight::PackNibblesOp::create(
      builder, location, type, yield.getValue(), scale));
  return panels.getValue();
}

StringRef KernelPool::constantWeight(Location location, ElementsAttr value) {
  StringAttr &name = constants[value];
  if (name)
    return name.getValue();
  name = StringAttr::get(module.getContext(), freeName("constant"));
  OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
  auto type = cast<RankedTensorType>(value.getType());
  auto data =
      weight::DataOp::create(builder, location, name, TypeAttr::get(type));
  builder.createBlock(&data.getBody());
  Value element = graph::ConstantOp::create(builder, location, type, value);
  weight::YieldOp::create(builder, location, element);
  return name.getValue();
}

} // namespace lmcc
