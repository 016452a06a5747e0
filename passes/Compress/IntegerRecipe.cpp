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

/// The same shape with another element type.
static RankedTensorType retyped(Value value, Type element) {
  return RankedTensorType::get(typeOf(value).getShape(), element);
}

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
static Value moved(OpBuilder &builder, Value value,
                   const IntegerRecipe &recipe) {
  for (Operation *move : llvm::reverse(recipe.moves)) {
    Type type = retyped(move->getResult(0), typeOf(value).getElementType());
    IRMapping mapping;
    mapping.map(move->getOperand(0), value);
    value = builder.clone(*move, mapping)->getResult(0);
    value.setType(type);
  }
  return value;
}

static Value castTo(OpBuilder &builder, Value value, Type element) {
  if (typeOf(value).getElementType() == element)
    return value;
  return graph::CastOp::create(builder, value.getLoc(), retyped(value, element),
                               value);
}

Value integersOf(OpBuilder &builder, Value source) {
  IntegerRecipe recipe = *integerRecipe(source);
  return moved(builder, castTo(builder, recipe.integers, builder.getI32Type()),
               recipe);
}

Value scalesOf(OpBuilder &builder, Value source) {
  IntegerRecipe recipe = *integerRecipe(source);
  RankedTensorType type = retyped(recipe.integers, builder.getF32Type());
  Value all = recipe.scale;
  if (all.getType() != type)
    all = graph::BroadcastOp::create(builder, source.getLoc(), type, all);
  return moved(builder, all, recipe);
}

} // namespace lmcc
