//===- PlainProductKernel.cpp - Products of integers and f64 --------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "passes/GraphToKernel/GroupKernels.h"

using namespace mlir;

namespace lmcc {

using Index = OpFoldResult;

LogicalResult buildPlainProductKernel(GroupSite &site, KernelBuilder &k) {
  graph::MatmulOp product = site.product();
  if (site.members().size() != 1)
    return failure();
  auto sizes = k.space().sizes(product.getType());
  AffineExpr rows = sizes[sizes.size() - 2], columns = sizes.back();
  AffineExpr depth =
      k.space()
          .sizes(cast<RankedTensorType>(product.getLhs().getType()))
          .back();
  auto batch = ArrayRef(sizes).drop_back(2);
  auto view = [&](Value value, Value buffer, AffineExpr a, AffineExpr b) {
    return batchMatrix(k, buffer, value, batch, a, b);
  };
  Value lhs =
      view(product.getLhs(),
           k.buffer(site.inputOf(product.getLhs()).buffer, "x"), rows, depth);
  Value rhs = view(product.getRhs(),
                   k.buffer(site.inputOf(product.getRhs()).buffer, "w"), depth,
                   columns);
  Value output = k.view(k.buffer(site.output, "y"), sizes);

  OpBuilder &builder = k.body();
  Location location = k.location();
  Type element = bufferElement(product.getType().getElementType());
  auto widened = [&](Value side, Value value) -> Value {
    if (value.getType() == element)
      return value;
    if (cast<RankedTensorType>(side.getType())
            .getElementType()
            .isUnsignedInteger())
      return arith::ExtUIOp::create(builder, location, element, value);
    return arith::ExtSIOp::create(builder, location, element, value);
  };
  k.loops(k.sizes(sizes), [&](ArrayRef<Index> place) {
    Value first = k.value(k.number(0));
    Value end = k.value(k.size(depth));
    Value step = k.value(k.number(1));
    Value zero = k.constant(element, 0.0);
    auto loop = scf::ForOp::create(builder, location, first, end, step, zero);
    {
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPointToStart(loop.getBody());
      Index at = loop.getInductionVar();
      SmallVector<Index> left(place), right(place);
      left.back() = at;
      right[right.size() - 2] = at;
      Value a = widened(product.getLhs(), k.load(lhs, left));
      Value b = widened(product.getRhs(), k.load(rhs, right));
      Value sum = loop.getRegionIterArg(0);
      Value next = isa<FloatType>(element)
                       ? arith::AddFOp::create(
                             builder, location, sum,
                             arith::MulFOp::create(builder, location, a, b))
                             .getResult()
                       : arith::AddIOp::create(
                             builder, location, sum,
                             arith::MulIOp::create(builder, location, a, b))
                             .getResult();
      scf::YieldOp::create(builder, location, next);
    }
    k.store(loop.getResult(0), output, place);
  });
  return success();
}

} // namespace lmcc
