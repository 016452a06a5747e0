//===- IndexingKernels.cpp - Gather, scatter and scans --------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The schedule checks every computed index before one of these kernels runs,
// so indices are taken as they are; a negative one counts from the end.
//
//===----------------------------------------------------------------------===//

#include "dialects/Kernel/Kernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "passes/GraphToKernel/GroupKernels.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace lmcc {

OpFoldResult loadIndex(KernelBuilder &k, Value indices,
                       ArrayRef<OpFoldResult> place, AffineExpr size) {
  OpBuilder &builder = k.body();
  Location location = k.location();
  Value raw = k.load(indices, place);
  Value index = arith::IndexCastOp::create(builder, location,
                                           builder.getIndexType(), raw);
  Value negative =
      arith::CmpIOp::create(builder, location, arith::CmpIPredicate::slt, raw,
                            k.constant(raw.getType(), 0));
  Value wrapped =
      arith::AddIOp::create(builder, location, index, k.value(k.size(size)));
  return arith::SelectOp::create(builder, location, negative, wrapped, index)
      .getResult();
}

namespace {

using Index = OpFoldResult;
using Sizes = graph::DimSpace::Sizes;

class IndexingKernel {
public:
  IndexingKernel(GroupSite &site, KernelBuilder &k)
      : site(site), k(k), builder(k.body()), location(k.location()) {}

  LogicalResult build() {
    if (site.members().size() != 1)
      return failure();
    return llvm::TypeSwitch<Operation *, LogicalResult>(site.root())
        .Case([&](graph::GatherOp op) { return gather(op); })
        .Case([&](graph::GatherElementsOp op) { return gatherElements(op); })
        .Case([&](graph::GatherNdOp op) { return gatherNd(op); })
        .Case([&](graph::ScatterElementsOp op) { return scatterElements(op); })
        .Case([&](graph::ScatterNdOp op) { return scatterNd(op); })
        .Default([](Operation *) { return failure(); });
  }

private:
  Sizes sizesOf(Value value) {
    return k.space().sizes(cast<RankedTensorType>(value.getType()));
  }
  Value buffer(Value argument, StringRef role) {
    return k.buffer(site.inputOf(argument).buffer, role);
  }
  AffineExpr product(ArrayRef<AffineExpr> sizes) {
    return k.space().product(sizes);
  }

  Index indexAt(Value indices, ArrayRef<Index> place, AffineExpr size) {
    return loadIndex(k, indices, place, size);
  }

  void copyRow(Value from, Value to) {
    AffineMap identity = builder.getMultiDimIdentityMap(1);
    linalg::GenericOp::create(
        builder, location, from, to, ArrayRef<AffineMap>{identity, identity},
        ArrayRef<utils::IteratorType>{utils::IteratorType::parallel},
        [&](OpBuilder &inner, Location, ValueRange elements) {
          linalg::YieldOp::create(inner, location, elements.front());
        });
  }

  LogicalResult gather(graph::GatherOp op) {
    if (site.inputOf(op.getInput()).transposedPanels != 0)
      return gatherFromPanels(op);
    Sizes from = sizesOf(op.getInput());
    AffineExpr outer = product(ArrayRef(from).take_front(op.getAxis()));
    AffineExpr size = from[op.getAxis()];
    AffineExpr inner = product(ArrayRef(from).drop_front(op.getAxis() + 1));
    AffineExpr count = product(sizesOf(op.getIndices()));
    k.size(count, "count");
    k.size(size, "size");
    Value input = k.view(buffer(op.getInput(), "x"), {outer, size, inner});
    Value indices = k.view(buffer(op.getIndices(), "indices"), count);
    Value output = k.view(k.buffer(site.output, "y"), {outer, count, inner});
    k.loops({k.size(outer), k.size(count)}, [&](ArrayRef<Index> place) {
      Index chosen = indexAt(indices, place[1], size);
      Index zero = k.number(0), length = k.size(inner);
      Value from = k.part(input, {place[0], chosen, zero}, {{}, {}, length});
      Value to = k.part(output, {place[0], place[1], zero}, {{}, {}, length});
      copyRow(from, to);
    });
    return success();
  }

  /// Row i of a matrix is column i of its transpose.
  LogicalResult gatherFromPanels(graph::GatherOp op) {
    int64_t width = site.inputOf(op.getInput()).transposedPanels;
    Sizes from = sizesOf(op.getInput());
    AffineExpr count = product(sizesOf(op.getIndices()));
    k.size(count, "count");
    int64_t together = site.inputOf(op.getInput()).stepsTogether;
    AffineExpr steps = k.space().simplify(from[1].floorDiv(together));
    AffineExpr inner = k.space().number(together);
    Value panels = k.view(buffer(op.getInput(), "w"),
                          {k.space().simplify(from[0].ceilDiv(width)), steps,
                           k.space().number(width), inner});
    Value indices = k.view(buffer(op.getIndices(), "indices"), count);
    Value output = k.view(k.buffer(site.output, "y"), {count, steps, inner});
    k.loops({k.size(count)}, [&](ArrayRef<Index> place) {
      Index chosen = indexAt(indices, place, from[0]);
      Index panel = kernel::floorDivide(builder, location, chosen, width);
      Index column = kernel::remainder(builder, location, chosen, width);
      Index zero = k.number(0), length = k.size(steps);
      k.loop(k.number(together), [&](Index byte) {
        copyRow(
            k.part(panels, {panel, zero, column, byte}, {{}, length, {}, {}}),
            k.part(output, {place[0], zero, byte}, {{}, length, {}}));
      });
    });
    return success();
  }

  LogicalResult gatherElements(graph::GatherElementsOp op) {
    Sizes from = sizesOf(op.getInput()), to = sizesOf(op.getIndices());
    Value input = k.view(buffer(op.getInput(), "x"), from);
    Value indices = k.view(buffer(op.getIndices(), "indices"), to);
    Value output = k.view(k.buffer(site.output, "y"), to);
    k.loops(k.sizes(to), [&](ArrayRef<Index> place) {
      SmallVector<Index> source(place);
      source[op.getAxis()] = indexAt(indices, place, from[op.getAxis()]);
      k.store(k.load(input, source), output, place);
    });
    return success();
  }

  /// Index tuples: the place they name in the first `length` axes.
  SmallVector<Index> tupleAt(Value indices, Index row,
                             ArrayRef<AffineExpr> axes) {
    SmallVector<Index> place;
    for (auto [number, size] : llvm::enumerate(axes))
      place.push_back(indexAt(indices, {row, k.number(number)}, size));
    return place;
  }

  LogicalResult gatherNd(graph::GatherNdOp op) {
    Sizes from = sizesOf(op.getInput()), chosen = sizesOf(op.getIndices());
    int64_t batchAxes = op.getBatchAxes();
    int64_t length = *k.space().constant(chosen.back());
    AffineExpr batch = product(ArrayRef(from).take_front(batchAxes));
    auto axes = ArrayRef(from).slice(batchAxes, length);
    AffineExpr inner = product(ArrayRef(from).drop_front(batchAxes + length));
    AffineExpr count =
        product(ArrayRef(chosen).drop_back().drop_front(batchAxes));
    SmallVector<AffineExpr> shape = {batch};
    shape.append(axes.begin(), axes.end());
    shape.push_back(inner);
    Value input = k.view(buffer(op.getInput(), "x"), shape);
    Value indices =
        k.view(buffer(op.getIndices(), "indices"),
               {k.space().multiply(batch, count), k.space().number(length)});
    Value output = k.view(k.buffer(site.output, "y"), {batch, count, inner});
    k.loops({k.size(batch), k.size(count)}, [&](ArrayRef<Index> place) {
      Index row = kernel::addSizes(
          builder, location,
          kernel::multiplySizes(builder, location, place[0], k.size(count)),
          place[1]);
      SmallVector<Index> source = {place[0]}, lengths(length + 1);
      source.append(tupleAt(indices, row, axes));
      source.push_back(k.number(0));
      lengths.push_back(k.size(inner));
      Value from = k.part(input, source, lengths);
      Value to = k.part(output, {place[0], place[1], k.number(0)},
                        {{}, {}, k.size(inner)});
      copyRow(from, to);
    });
    return success();
  }

  Value combine(graph::ScatterMode mode, Type graphElement, Value old,
                Value update) {
    bool isFloat = isa<FloatType>(graphElement);
    bool isUnsigned = graphElement.isUnsignedInteger();
    auto make = [&](auto floating, auto isSigned, auto unSigned) -> Value {
      if (isFloat)
        return decltype(floating)::create(builder, location, old, update);
      if (isUnsigned)
        return decltype(unSigned)::create(builder, location, old, update);
      return decltype(isSigned)::create(builder, location, old, update);
    };
    switch (mode) {
    case graph::ScatterMode::assign: return update;
    case graph::ScatterMode::add:
      return make(arith::AddFOp(), arith::AddIOp(), arith::AddIOp());
    case graph::ScatterMode::mul:
      return make(arith::MulFOp(), arith::MulIOp(), arith::MulIOp());
    case graph::ScatterMode::max:
      return make(arith::MaximumFOp(), arith::MaxSIOp(), arith::MaxUIOp());
    case graph::ScatterMode::min:
      return make(arith::MinimumFOp(), arith::MinSIOp(), arith::MinUIOp());
    }
    return {};
  }

  /// The output starts as a copy of the input.
  Value startOutput(Value input, ArrayRef<AffineExpr> shape) {
    Value from = k.view(buffer(input, "x"), product(sizesOf(input)));
    Value to = k.buffer(site.output, "y");
    copyRow(from, k.view(to, product(sizesOf(input))));
    return k.view(to, shape);
  }

  LogicalResult scatterElements(graph::ScatterElementsOp op) {
    Sizes shape = sizesOf(op.getInput()), count = sizesOf(op.getIndices());
    Value output = startOutput(op.getInput(), shape);
    Value indices = k.view(buffer(op.getIndices(), "indices"), count);
    Value updates = k.view(buffer(op.getUpdates(), "updates"), count);
    Type element =
        cast<RankedTensorType>(op.getInput().getType()).getElementType();
    k.loops(k.sizes(count), [&](ArrayRef<Index> place) {
      SmallVector<Index> target(place);
      target[op.getAxis()] = indexAt(indices, place, shape[op.getAxis()]);
      Value old = k.load(output, target);
      Value update = k.load(updates, place);
      k.store(combine(op.getMode(), element, old, update), output, target);
    });
    return success();
  }

  LogicalResult scatterNd(graph::ScatterNdOp op) {
    Sizes whole = sizesOf(op.getInput()), chosen = sizesOf(op.getIndices());
    int64_t length = *k.space().constant(chosen.back());
    auto axes = ArrayRef(whole).take_front(length);
    AffineExpr inner = product(ArrayRef(whole).drop_front(length));
    AffineExpr count = product(ArrayRef(chosen).drop_back());
    SmallVector<AffineExpr> shape(axes);
    shape.push_back(inner);
    Value output = startOutput(op.getInput(), shape);
    Value indices = k.view(buffer(op.getIndices(), "indices"),
                           {count, k.space().number(length)});
    Value updates = k.view(buffer(op.getUpdates(), "updates"), {count, inner});
    Type element =
        cast<RankedTensorType>(op.getInput().getType()).getElementType();
    k.loop(k.size(count), [&](Index row) {
      SmallVector<Index> target = tupleAt(indices, row, axes);
      target.push_back({});
      k.loop(k.size(inner), [&](Index at) {
        target.back() = at;
        Value old = k.load(output, target);
        Value update = k.load(updates, {row, at});
        k.store(combine(op.getMode(), element, old, update), output, target);
      });
    });
    return success();
  }

  GroupSite &site;
  KernelBuilder &k;
  OpBuilder &builder;
  Location location;
};

} // namespace

LogicalResult buildIndexingKernel(GroupSite &site, KernelBuilder &k) {
  return IndexingKernel(site, k).build();
}

/// The least index and the one behind the largest. Numbers are arguments, so
/// that the checks of all tables are one kernel.
static std::pair<Value, Value>
indexRange(KernelBuilder &k, const IndexCheck &check, Type element) {
  OpBuilder &builder = k.body();
  if (std::optional<int64_t> limit = k.space().constant(check.limit)) {
    int64_t least = check.countsFromEnd ? -*limit : 0;
    Value low = k.scalar(builder.getIntegerAttr(element, least), "low");
    return {low, k.scalar(builder.getIntegerAttr(element, *limit), "high")};
  }
  Value high = arith::IndexCastOp::create(
      builder, k.location(), element, k.value(k.size(check.limit, "limit")));
  Value zero = k.constant(element, 0);
  if (!check.countsFromEnd)
    return {zero, high};
  return {arith::SubIOp::create(builder, k.location(), zero, high), high};
}

Value buildIndexCheck(KernelBuilder &k, const IndexCheck &check) {
  OpBuilder &builder = k.body();
  Location location = k.location();
  k.size(check.count, "count");
  Value view = k.view(k.buffer(check.indices, "indices"),
                      {check.count, k.space().number(check.length)});
  Type element = cast<MemRefType>(view.getType()).getElementType();
  auto [low, high] = indexRange(k, check, element);
  Value start =
      arith::ConstantOp::create(builder, location, builder.getBoolAttr(true));
  Value first = k.value(k.number(0));
  Value end = k.value(k.size(check.count));
  Value step = k.value(k.number(1));
  auto loop = scf::ForOp::create(builder, location, first, end, step, start);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  Value index =
      k.load(view, {Index(loop.getInductionVar()), k.number(check.entry)});
  Value above = arith::CmpIOp::create(builder, location,
                                      arith::CmpIPredicate::sge, index, low);
  Value below = arith::CmpIOp::create(builder, location,
                                      arith::CmpIPredicate::slt, index, high);
  Value inside = arith::AndIOp::create(builder, location, above, below);
  scf::YieldOp::create(
      builder, location,
      ValueRange{arith::AndIOp::create(builder, location,
                                       loop.getRegionIterArg(0), inside)});
  return loop.getResult(0);
}

} // namespace lmcc
