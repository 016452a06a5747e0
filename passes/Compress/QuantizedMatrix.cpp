//===- QuantizedMatrix.cpp - Recipes of quantised weights -----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Compress/QuantizedMatrix.h"
#include "dialects/Graph/Builder.h"
#include "dialects/Weight/Weight.h"

using namespace mlir;

namespace lmcc {

LogicalResult verifyForm(Operation *module, int64_t bits, int64_t group) {
  if ((bits == 4 || bits == 8 || bits == 16) && group > 0 && group % 32 == 0)
    return success();
  return module->emitError()
         << "weights of " << bits << " bits in groups of " << group
         << ": use 16, 8 or 4, and a multiple of 32";
}

Value halves(OpBuilder &recipe, Value matrix) {
  return graph::CastOp::create(recipe, matrix.getLoc(),
                               graph::typeOf(matrix).clone(recipe.getF16Type()),
                               matrix);
}

Value groupScales(OpBuilder &recipe, Value matrix, WeightForm form) {
  RankedTensorType type = graph::typeOf(matrix);
  int64_t groups = form.group == 0 ? 1 : type.getDimSize(0) / form.group;
  return weight::ScalesOp::create(
      recipe, matrix.getLoc(),
      RankedTensorType::get({groups, type.getDimSize(1)}, recipe.getF32Type()),
      matrix, form.bits);
}

Value columnScales(OpBuilder &recipe, Value matrix) {
  int64_t columns = graph::typeOf(matrix).getDimSize(1);
  return graph::ReshapeOp::create(
      recipe, matrix.getLoc(),
      RankedTensorType::get(columns, recipe.getF32Type()),
      groupScales(recipe, matrix, WeightForm()));
}

Value quantizedNumbers(OpBuilder &recipe, Value matrix, WeightForm form) {
  return weight::QuantizeOp::create(
      recipe, matrix.getLoc(), graph::typeOf(matrix).clone(recipe.getI8Type()),
      matrix, groupScales(recipe, matrix, form), form.bits);
}

} // namespace lmcc
