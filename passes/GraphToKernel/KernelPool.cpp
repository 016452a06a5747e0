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

StringAttr KernelPool::packedAs(StringRef suffix, StringRef name,
                                PackRecipe recipe) {
  auto data = module.lookupSymbol<weight::DataOp>(name);
  OpBuilder builder(data);
  builder.setInsertionPointAfter(data);
  auto copy = cast<weight::DataOp>(builder.clone(*data));
  copy.setSymName(freeName((name + "_" + suffix).str()));
  auto yield = cast<weight::YieldOp>(copy.getBody().front().getTerminator());
  builder.setInsertionPoint(yield);
  yield.getValueMutable().assign(recipe(builder, yield.getValue()));
  copy.setTypeAttr(TypeAttr::get(yield.getValue().getType()));
  return copy.getSymNameAttr();
}

/// `matrix` in column panels of `width`, `together` steps side by side.
static weight::PackOp packedColumns(OpBuilder &builder, Location location,
                                    Value matrix, int64_t width,
                                    int64_t together) {
  auto type = cast<RankedTensorType>(matrix.getType());
  SmallVector<int64_t> shape = {
      llvm::divideCeilSigned(type.getDimSize(1), width), type.getDimSize(0),
      width};
  if (together > 1) {
    shape[1] /= together;
    shape.push_back(together);
  }
  return weight::PackOp::create(
      builder, location, RankedTensorType::get(shape, type.getElementType()),
      matrix);
}

StringRef KernelPool::packedWeight(Location location, StringRef name,
                                   int64_t width, int64_t together) {
  StringAttr &panels =
      packed[{StringAttr::get(module.getContext(), name), width, together}];
  if (panels)
    return panels.getValue();
  panels =
      packedAs("panels", name, [&](OpBuilder &builder, Value matrix) -> Value {
        return packedColumns(builder, location, matrix, width, together);
      });
  return panels.getValue();
}

KernelPool::PairedPanels
KernelPool::pairedWeight(Location location, StringRef name, int64_t width) {
  PairedPanels &known =
      paired[{StringAttr::get(module.getContext(), name), width}];
  if (known.panels)
    return known;
  auto pack = [&](OpBuilder &builder, Value matrix) {
    return packedColumns(builder, location, matrix, width, graph::wordBytes);
  };
  auto orderOf = [&](OpBuilder &builder, weight::PackOp panels) {
    auto type = cast<RankedTensorType>(panels.getType());
    return weight::PairStepsOp::create(
        builder, location,
        RankedTensorType::get({type.getDimSize(0), 1 + type.getDimSize(1)},
                              builder.getI16Type()),
        panels);
  };
  known.panels =
      packedAs("panels", name, [&](OpBuilder &builder, Value matrix) -> Value {
        weight::PackOp panels = pack(builder, matrix);
        return weight::OrderStepsOp::create(builder, location, panels.getType(),
                                            panels, orderOf(builder, panels));
      });
  known.order =
      packedAs("order", name, [&](OpBuilder &builder, Value matrix) -> Value {
        return orderOf(builder, pack(builder, matrix));
      });
  return known;
}

/// What the weight `data` computes, at `builder`.
static Value cloneRecipe(weight::DataOp data, OpBuilder &builder) {
  IRMapping mapping;
  Block &recipe = data.getBody().front();
  for (Operation &op : recipe.without_terminator())
    builder.clone(op, mapping);
  return mapping.lookup(data.getValue());
}

/// Whether scales are bfloat16.
static bool isRounded(weight::DataOp scales) {
  auto found = scales.getValue().getDefiningOp<weight::ScalesOp>();
  return found && found.getBits() == 4;
}

StringRef KernelPool::packedGroups(Location location, StringRef name,
                                   StringRef scales, int64_t width,
                                   int64_t bits) {
  StringAttr &panels =
      packed[{StringAttr::get(module.getContext(), name), width, 32 / bits}];
  if (panels)
    return panels.getValue();
  auto factors = module.lookupSymbol<weight::DataOp>(scales);
  int64_t groups = cast<RankedTensorType>(factors.getType()).getDimSize(0);
  bool areWide = !isRounded(factors);
  panels =
      packedAs("panels", name, [&](OpBuilder &builder, Value numbers) -> Value {
        auto type = cast<RankedTensorType>(numbers.getType());
        int64_t group = type.getDimSize(0) / groups;
        auto stream = RankedTensorType::get(
            {llvm::divideCeilSigned(type.getDimSize(1), width), groups,
             width * (group * bits + (areWide ? 32 : 16)) / 32},
            builder.getI32Type());
        return weight::PackGroupsOp::create(builder, location, stream, numbers,
                                            cloneRecipe(factors, builder), bits,
                                            areWide);
      });
  return panels.getValue();
}

bool KernelPool::hasWideScales(StringRef panels) {
  auto data = module.lookupSymbol<weight::DataOp>(panels);
  return cast<weight::PackGroupsOp>(data.getValue().getDefiningOp())
      .getWideScales();
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
