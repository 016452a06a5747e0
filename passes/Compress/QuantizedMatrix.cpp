//===- QuantizedMatrix.cpp - Recipes of quantised weights -----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Compress/QuantizedMatrix.h"
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

Value halves(graph::Builder &build, Value matrix) {
  return build.cast(matrix, build.operations().getF16Type());
}

Value groupScales(graph::Builder &build, Value matrix, WeightForm form) {
  RankedTensorType type = graph::typeOf(matrix);
  int64_t groups = form.group == 0 ? 1 : type.getDimSize(0) / form.group;
  OpBuilder &ops = build.operations();
  return weight::ScalesOp::create(
      ops, build.getLocation(),
      RankedTensorType::get({groups, type.getDimSize(1)}, ops.getF32Type()),
      matrix, form.bits);
}

Value columnScales(graph::Builder &build, Value matrix) {
  return build.squeeze(groupScales(build, matrix, WeightForm()), {0});
}

Value quantizedNumbers(graph::Builder &build, Value matrix, WeightForm form) {
  OpBuilder &ops = build.operations();
  Value scales = groupScales(build, matrix, form);
  return weight::QuantizeOp::create(
      ops, build.getLocation(), graph::typeOf(matrix).clone(ops.getI8Type()),
      matrix, scales, form.bits);
}

} // namespace lmcc
