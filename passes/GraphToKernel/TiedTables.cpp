//===- TiedTables.cpp - Tables that are also a product's weights ----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/GraphToKernel/TiedTables.h"
#include "dialects/Graph/Graph.h"
#include "dialects/Target/Target.h"
#include "mlir/IR/OperationSupport.h"
#include "passes/GraphToKernel/Packing.h"

using namespace mlir;

namespace lmcc {

namespace {

/// What the functions of a module do with a weight.
struct Uses {
  bool areLookups = true;
  bool isRightSide = false;
  int64_t stepsTogether = 1;
};

/// Whether `inside`, an argument of a group, is a table of which rows are
/// looked up.
bool isLookup(OpOperand &inside) {
  auto gather = dyn_cast<graph::GatherOp>(inside.getOwner());
  return gather && inside.getOperandNumber() == 0 && gather.getAxis() == 0 &&
         gather.getInput().getType().getRank() == 2 &&
         llvm::hasSingleElement(gather->getBlock()->without_terminator());
}

/// The product over panels whose right side this is, or null.
graph::MatmulOp productOf(OpOperand &inside) {
  auto product = dyn_cast<graph::MatmulOp>(inside.getOwner());
  bool isRightSide = product && product.getRhs() == inside.get() &&
                     !product.isGrouped() &&
                     (product.isFloatProduct() || product.isProductOfWords());
  return isRightSide ? product : graph::MatmulOp();
}

llvm::StringMap<Uses> usesOfWeights(ModuleOp module) {
  llvm::StringMap<Uses> all;
  module.walk([&](weight::GetOp get) {
    Uses &uses = all[get.getWeight()];
    for (OpOperand &use : get->getUses()) {
      auto group = dyn_cast<graph::GroupOp>(use.getOwner());
      if (!group) {
        uses.areLookups = false;
        continue;
      }
      BlockArgument inside =
          group.getBody().getArgument(use.getOperandNumber());
      uses.areLookups &= llvm::all_of(inside.getUses(), isLookup);
      graph::MatmulOp product = inside.hasOneUse()
                                    ? productOf(*inside.use_begin())
                                    : graph::MatmulOp();
      if (product) {
        uses.isRightSide = true;
        uses.stepsTogether =
            stepsTogether(product, get, target::machineFor(module));
      }
    }
  });
  return all;
}

/// Whether `transposed` computes what `table` does and exchanges its axes.
bool isTransposeOf(weight::DataOp transposed, weight::DataOp table) {
  auto transpose = transposed.getValue().getDefiningOp<graph::TransposeOp>();
  if (!transpose || transpose.getPermutation() != ArrayRef<int64_t>{1, 0})
    return false;
  auto all = transposed.getBody().front().without_terminator();
  auto wanted = table.getBody().front().without_terminator();
  if (std::distance(all.begin(), all.end()) !=
      std::distance(wanted.begin(), wanted.end()) + 1)
    return false;
  DenseMap<Value, Value> same;
  for (auto [a, b] : llvm::zip(wanted, all))
    if (!OperationEquivalence::isEquivalentTo(
            &a, &b,
            [&](Value x, Value y) { return success(same.lookup(x) == y); },
            [&](Value x, Value y) { same[x] = y; },
            OperationEquivalence::IgnoreLocations))
      return false;
  return same.lookup(table.getValue()) == transpose.getInput();
}

} // namespace

TiedTables::TiedTables(ModuleOp module) {
  llvm::StringMap<Uses> uses = usesOfWeights(module);
  SmallVector<weight::DataOp> tables, rightSides;
  for (auto data : module.getOps<weight::DataOp>()) {
    auto found = uses.find(data.getSymName());
    auto type = cast<RankedTensorType>(data.getType());
    if (found == uses.end() || type.getRank() != 2 ||
        !(type.getElementType().isF32() || type.getElementType().isF16() ||
          type.getElementType().isSignlessInteger(8)))
      continue;
    if (found->second.areLookups)
      tables.push_back(data);
    if (found->second.isRightSide)
      rightSides.push_back(data);
  }
  for (weight::DataOp table : tables)
    for (weight::DataOp rightSide : rightSides)
      if (isTransposeOf(rightSide, table) || isTransposeOf(table, rightSide))
        transposes.try_emplace(
            table.getSymName(),
            Panels{rightSide.getSymName().str(),
                   uses.find(rightSide.getSymName())->second.stepsTogether});
}

std::optional<TiedTables::Panels>
TiedTables::transposeOf(StringRef name) const {
  auto found = transposes.find(name);
  if (found == transposes.end())
    return std::nullopt;
  return found->second;
}

bool TiedTables::isTransposed(StringRef name) const {
  return llvm::any_of(
      transposes, [&](const auto &table) { return table.second.name == name; });
}

} // namespace lmcc
