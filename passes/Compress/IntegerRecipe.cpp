//===- IntegerRecipe.cpp - Weights that are scaled integers ---------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Compress/IntegerRecipe.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using lmcc::graph::typeOf;

namespace lmcc {

static bool isInteger(Value value) {
  auto type = dyn_cast<IntegerType>(typeOf(value).getElementType());
  return type && type.getWidth() != 1 && type.getWidth() <= 32 &&
         !(type.getWidth() == 32 && type.isUnsigned());
}

/// The integers that `value` is the conversion of, or null.
static Value converted(Value value) {
  auto cast = value.getDefiningOp<graph::CastOp>();
  return cast && isInteger(cast.getInput()) ? cast.getInput() : Value();
}

std::optional<IntegerRecipe> integerRecipe(Value value) {
  IntegerRecipe recipe;
  while (isa_and_nonnull<graph::ReshapeOp, graph::TransposeOp>(
      value.getDefiningOp())) {
    recipe.moves.push_back(value.getDefiningOp());
    value = value.getDefiningOp()->getOperand(0);
  }
  auto product = value.getDefiningOp<graph::MulOp>();
  if (isInteger(value)) {
    recipe.integers = value;
  } else if (typeOf(value).getElementType().isF32() && product) {
    recipe.integers = converted(product.getLhs());
    recipe.scale = product.getRhs();
    if (!recipe.integers) {
      recipe.integers = converted(product.getRhs());
      recipe.scale = product.getLhs();
    }
  } else if (typeOf(value).getElementType().isF32()) {
    recipe.integers = converted(value);
  }
  // A product that is larger than its integers repeats them.
  if (!recipe.integers ||
      typeOf(recipe.integers).getShape() != typeOf(value).getShape())
    return std::nullopt;
  return recipe;
}

/// `value`, moved as the integers of the recipe are.
static Value moved(graph::Builder &build, Value value,
                   const IntegerRecipe &recipe) {
  for (Operation *move : llvm::reverse(recipe.moves)) {
    Type type =
        typeOf(move->getResult(0)).clone(typeOf(value).getElementType());
    IRMapping mapping;
    mapping.map(move->getOperand(0), value);
    value = build.operations().clone(*move, mapping)->getResult(0);
    value.setType(type);
  }
  return value;
}

Value integersOf(graph::Builder &build, Value source) {
  IntegerRecipe recipe = *integerRecipe(source);
  Type i32 = build.operations().getI32Type();
  return moved(build, build.cast(recipe.integers, i32), recipe);
}

Value scalesOf(graph::Builder &build, Value source) {
  IntegerRecipe recipe = *integerRecipe(source);
  graph::DimSpace::Sizes sizes = build.sizesOf(recipe.integers);
  return moved(build, build.broadcast(recipe.scale, sizes), recipe);
}

} // namespace lmcc
