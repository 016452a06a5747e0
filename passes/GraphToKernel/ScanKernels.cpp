//===- ScanKernels.cpp - Kernels that run along a row ---------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Kernel/Kernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "passes/GraphToKernel/GroupKernels.h"

using namespace mlir;

namespace lmcc {

using Index = OpFoldResult;
using Sizes = graph::DimSpace::Sizes;

static LogicalResult buildArgMax(graph::ArgMaxOp op, GroupSite &site,
                                 KernelBuilder &k) {
  OpBuilder &builder = k.body();
  Location location = k.location();
  auto type = cast<RankedTensorType>(op.getInput().getType());
  Sizes sizes = k.space().sizes(type);
  if (op.getAxis() + 1 != sizes.size() || k.space().constant(sizes.back()) == 0)
    return failure();
  AffineExpr rows = k.space().product(ArrayRef(sizes).drop_back());
  Value input = k.view(k.buffer(site.inputOf(op.getInput()).buffer, "x"),
                       {rows, sizes.back()});
  Value output = k.view(k.buffer(site.output, "y"), rows);
  Type element = type.getElementType();
  bool isFloat = isa<FloatType>(element);
  k.loop(k.size(rows), [&](Index row) {
    Value zero = k.value(k.number(0));
    Value first = k.load(input, {row, k.number(0)});
    Value second = k.value(k.number(1));
    Value end = k.value(k.size(sizes.back()));
    Value step = k.value(k.number(1));
    auto loop = scf::ForOp::create(builder, location, second, end, step,
                                   ValueRange{zero, first});
    {
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPointToStart(loop.getBody());
      Value best = loop.getRegionIterArg(1);
      Value next = k.load(input, {row, Index(loop.getInductionVar())});
      Value wins;
      if (isFloat) {
        // Larger, or the first NaN: not ordered while the best still is.
        Value larger =
            arith::CmpFOp::create(builder, location,
                                  op.getLast() ? arith::CmpFPredicate::UGE
                                               : arith::CmpFPredicate::UGT,
                                  next, best);
        Value isNumber = arith::CmpFOp::create(
            builder, location, arith::CmpFPredicate::ORD, best, best);
        Value nextIsNan = arith::CmpFOp::create(
            builder, location, arith::CmpFPredicate::UNO, next, next);
        Value may = op.getLast() ? arith::OrIOp::create(builder, location,
                                                        isNumber, nextIsNan)
                                       .getResult()
                                 : isNumber;
        wins = arith::AndIOp::create(builder, location, larger, may);
      } else {
        bool isUnsigned = element.isUnsignedInteger();
        using Predicate = arith::CmpIPredicate;
        Predicate predicate =
            isUnsigned ? (op.getLast() ? Predicate::uge : Predicate::ugt)
                       : (op.getLast() ? Predicate::sge : Predicate::sgt);
        wins = arith::CmpIOp::create(builder, location, predicate, next, best);
      }
      scf::YieldOp::create(
          builder, location,
          ValueRange{
              arith::SelectOp::create(builder, location, wins,
                                      loop.getInductionVar(),
                                      loop.getRegionIterArg(0)),
              arith::SelectOp::create(builder, location, wins, next, best)});
    }
    k.store(arith::IndexCastOp::create(
                builder, location,
                cast<MemRefType>(output.getType()).getElementType(),
                loop.getResult(0)),
            output, row);
  });
  return success();
}

static LogicalResult buildCumulativeSum(graph::CumulativeSumOp op,
                                        GroupSite &site, KernelBuilder &k) {
  OpBuilder &builder = k.body();
  Location location = k.location();
  auto type = cast<RankedTensorType>(op.getType());
  Sizes sizes = k.space().sizes(type);
  if (op.getAxis() + 1 != sizes.size())
    return failure();
  AffineExpr rows = k.space().product(ArrayRef(sizes).drop_back());
  Value input = k.view(k.buffer(site.inputOf(op.getInput()).buffer, "x"),
                       {rows, sizes.back()});
  Value output = k.view(k.buffer(site.output, "y"), {rows, sizes.back()});
  Type element = bufferElement(type.getElementType());
  Index columns = k.size(sizes.back());
  k.loop(k.size(rows), [&](Index row) {
    Value first = k.value(k.number(0));
    Value end = k.value(columns);
    Value step = k.value(k.number(1));
    Value zero = k.constant(element, 0.0);
    auto loop = scf::ForOp::create(builder, location, first, end, step, zero);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    Index at = loop.getInductionVar();
    if (op.getReverse()) {
      Index last = kernel::addSizes(builder, location, columns, k.number(-1));
      at = kernel::addSizes(
          builder, location, last,
          kernel::multiplySizes(builder, location, at, k.number(-1)));
    }
    Value sum = loop.getRegionIterArg(0);
    Value next = k.load(input, {row, at});
    Value total =
        isa<FloatType>(element)
            ? arith::AddFOp::create(builder, location, sum, next).getResult()
            : arith::AddIOp::create(builder, location, sum, next).getResult();
    k.store(op.getExclusive() ? sum : total, output, {row, at});
    scf::YieldOp::create(builder, location, total);
  });
  return success();
}

LogicalResult buildScanKernel(GroupSite &site, KernelBuilder &k) {
  if (site.members().size() != 1)
    return failure();
  if (auto op = dyn_cast<graph::ArgMaxOp>(site.root()))
    return buildArgMax(op, site, k);
  if (auto op = dyn_cast<graph::CumulativeSumOp>(site.root()))
    return buildCumulativeSum(op, site, k);
  return failure();
}

} // namespace lmcc
