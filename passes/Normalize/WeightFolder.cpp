//===- WeightFolder.cpp - Move operations into weights --------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Only the last operation of a chain becomes a weight, so that a transposed and
// then reshaped weight is one recipe and nothing in between is ever stored.
//
//===----------------------------------------------------------------------===//

#include "passes/Normalize/WeightFolder.h"
#include "dialects/Graph/Graph.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"
#include <map>

using namespace mlir;

namespace lmcc {

bool dependsOnOperandsOnly(Operation *op) {
  if (!isa_and_nonnull<graph::GraphDialect>(op->getDialect()) ||
      op->getNumResults() != 1 || op->getNumRegions() != 0)
    return false;
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  return type.hasStaticShape() &&
         llvm::none_of(op->getAttrs(), [](NamedAttribute attribute) {
           auto dims = dyn_cast<graph::DimsAttr>(attribute.getValue());
           return dims && !dims.getSymbols().empty();
         });
}

//===----------------------------------------------------------------------===//
// What can be moved
//===----------------------------------------------------------------------===//

static int64_t elementsOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getNumElements();
}

/// Sums and products beyond this many elements are no sensible weights.
static constexpr int64_t maximumElements = int64_t(1) << 40;

/// A value may take twice the place of what it is computed from, but not more:
/// a row broadcast to a matrix is better repeated by the kernel that reads it.
static constexpr int64_t maximumGrowth = 2;

std::optional<int64_t>
WeightFolder::storedElements(Operation *op, const StoredElements &known,
                             int64_t smallElements) const {
  if (isa<graph::ConstantOp, weight::GetOp>(op))
    return elementsOf(op->getResult(0));
  if (!dependsOnOperandsOnly(op) || op->getNumOperands() == 0)
    return std::nullopt;
  // One that is read twice is not stored twice.
  llvm::SmallSetVector<Value, 4> operands(op->operand_begin(),
                                          op->operand_end());
  int64_t sources = 0;
  bool isConstant = true;
  for (Value operand : operands) {
    auto entry = known.find(operand.getDefiningOp());
    if (entry == known.end())
      return std::nullopt;
    sources = std::min(sources + entry->second, maximumElements);
    isConstant &= isa<graph::ConstantOp>(entry->first);
  }
  int64_t elements = elementsOf(op->getResult(0));
  if (elements > maximumGrowth * sources ||
      (isConstant && elements <= smallElements))
    return std::nullopt;
  return std::min(sources, elements);
}

void WeightFolder::fold(func::FuncOp function, int64_t smallElements) {
  StoredElements known;
  for (Operation &op : function.front())
    if (std::optional<int64_t> elements =
            storedElements(&op, known, smallElements))
      known.insert({&op, *elements});

  SmallVector<Operation *> moved;
  for (auto [op, elements] : known)
    if (!isa<graph::ConstantOp, weight::GetOp>(op))
      moved.push_back(op);
  for (Operation *op : moved)
    if (llvm::any_of(op->getUsers(),
                     [&](Operation *user) { return !known.contains(user); }))
      replaceByWeight(op);
  for (Operation *op : llvm::reverse(moved))
    if (op->use_empty())
      op->erase();
}

//===----------------------------------------------------------------------===//
// Moving
//===----------------------------------------------------------------------===//

/// `last` and all that it is computed from, operands in their order, so that
/// equal computations give equal recipes wherever they stand in a function.
static SmallVector<Operation *> recipeOf(Operation *last) {
  llvm::SetVector<Operation *> done;
  SmallVector<Operation *> open = {last};
  while (!open.empty()) {
    Operation *step = open.back();
    size_t openBefore = open.size();
    for (Value operand : llvm::reverse(step->getOperands()))
      if (!done.contains(operand.getDefiningOp()))
        open.push_back(operand.getDefiningOp());
    if (open.size() > openBefore)
      continue;
    open.pop_back();
    done.insert(step);
  }
  return llvm::to_vector(done);
}

/// The first weight in the recipe and what happens to it last, as in
/// `query.transpose`.
static std::string nameOf(ArrayRef<Operation *> recipe) {
  const auto *get = llvm::find_if(recipe, llvm::IsaPred<weight::GetOp>);
  StringRef source = get == recipe.end()
                         ? StringRef("constant")
                         : cast<weight::GetOp>(*get).getWeight();
  return (source + "." + recipe.back()->getName().stripDialect()).str();
}

void WeightFolder::replaceByWeight(Operation *op) {
  SmallVector<Operation *> recipe = recipeOf(op);
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  OpBuilder builder(op->getContext());
  auto data =
      weight::DataOp::create(builder, op->getLoc(), nameOf(recipe), type);
  builder.createBlock(&data.getBody());
  IRMapping copies;
  for (Operation *step : recipe)
    cloneStep(step, builder, copies);
  weight::YieldOp::create(builder, op->getLoc(),
                          copies.lookup(op->getResult(0)));
  auto function = op->getParentOfType<func::FuncOp>();
  StringAttr name = symbols.insert(data, Block::iterator(function));

  builder.setInsertionPoint(op);
  op->getResult(0).replaceAllUsesWith(
      weight::GetOp::create(builder, op->getLoc(), type, name.getValue()));
}

/// Copies an operation, or what is behind it if it reads a weight.
void WeightFolder::cloneStep(Operation *step, OpBuilder &builder,
                             IRMapping &copies) const {
  auto get = dyn_cast<weight::GetOp>(step);
  if (!get) {
    builder.clone(*step, copies);
    return;
  }
  auto data = symbols.lookup<weight::DataOp>(get.getWeight());
  Block &recipe = data.getBody().front();
  for (Operation &inner : recipe.without_terminator())
    builder.clone(inner, copies);
  auto yield = cast<weight::YieldOp>(recipe.getTerminator());
  copies.map(get.getResult(), copies.lookup(yield.getValue()));
}

//===----------------------------------------------------------------------===//
// Weights as a whole
//===----------------------------------------------------------------------===//

static llvm::hash_code hashOf(weight::DataOp data) {
  llvm::hash_code hash = hash_value(data.getType());
  for (Operation &op : data.getBody().front())
    hash =
        llvm::hash_combine(hash, OperationEquivalence::computeHash(
                                     &op, OperationEquivalence::ignoreHashValue,
                                     OperationEquivalence::ignoreHashValue,
                                     OperationEquivalence::IgnoreLocations));
  return hash;
}

static bool areEqual(weight::DataOp a, weight::DataOp b) {
  return a.getType() == b.getType() &&
         a->getDiscardableAttrDictionary() ==
             b->getDiscardableAttrDictionary() &&
         OperationEquivalence::isRegionEquivalentTo(
             &a.getBody(), &b.getBody(), OperationEquivalence::IgnoreLocations);
}

void WeightFolder::mergeEqual() {
  std::map<size_t, SmallVector<weight::DataOp, 1>> kept;
  llvm::DenseMap<StringRef, weight::DataOp> merged;
  for (auto data : module.getOps<weight::DataOp>()) {
    SmallVector<weight::DataOp, 1> &alike = kept[hashOf(data)];
    auto *equal = llvm::find_if(
        alike, [&](weight::DataOp other) { return areEqual(data, other); });
    if (equal == alike.end())
      alike.push_back(data);
    else
      merged[data.getSymName()] = *equal;
  }
  module.walk([&](weight::GetOp get) {
    if (weight::DataOp data = merged.lookup(get.getWeight()))
      get.setWeight(data.getSymName());
  });
}

void WeightFolder::eraseUnused() {
  llvm::DenseSet<Operation *> used;
  SmallVector<weight::DataOp> open;
  auto use = [&](weight::GetOp get) {
    auto data = symbols.lookup<weight::DataOp>(get.getWeight());
    if (used.insert(data).second)
      open.push_back(data);
  };
  for (Operation &op : *module.getBody())
    if (!isa<weight::DataOp>(op))
      op.walk(use);
  while (!open.empty())
    open.pop_back_val().getBody().walk(use);
  for (auto data : llvm::make_early_inc_range(module.getOps<weight::DataOp>()))
    if (!used.contains(data))
      symbols.erase(data);
}

} // namespace lmcc
