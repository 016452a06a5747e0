//===- MovementKernels.cpp - Kernels that move elements -------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Kernel/Kernel.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "passes/GraphToKernel/GroupKernels.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace lmcc {

namespace {

using Index = OpFoldResult;
using Sizes = graph::DimSpace::Sizes;

class MovementKernel {
public:
  MovementKernel(GroupSite &site, KernelBuilder &k)
      : site(site), k(k), builder(k.body()), location(k.location()) {}

  LogicalResult build() {
    if (site.members().size() != 1)
      return failure();
    return llvm::TypeSwitch<Operation *, LogicalResult>(site.root())
        .Case([&](graph::TransposeOp op) { return transpose(op); })
        .Case([&](graph::ConcatOp op) { return concat(op); })
        .Case([&](graph::SliceOp op) { return slice(op); })
        .Case([&](graph::PadOp op) { return pad(op); })
        .Case([&](graph::PatchesOp op) { return patches(op); })
        .Case([&](graph::IotaOp op) { return iota(op); })
        .Case([&](graph::DimValuesOp op) { return dimValues(op); })
        .Default([](Operation *) { return failure(); });
  }

private:
  Sizes sizesOf(Value value) {
    return k.space().sizes(cast<RankedTensorType>(value.getType()));
  }
  Value buffer(Value argument, StringRef role = "x") {
    return k.buffer(site.inputOf(argument).buffer, role);
  }
  Value outputView(ArrayRef<AffineExpr> shape) {
    return k.view(k.buffer(site.output, "y"), shape);
  }
  Index add(Index a, Index b) {
    return kernel::addSizes(builder, location, a, b);
  }
  Index scale(Index a, int64_t factor) {
    return kernel::multiplySizes(builder, location, a, k.number(factor));
  }

  /// `to[places] = from[map(places)]`.
  void copy(Value from, Value to, AffineMap map) {
    unsigned rank = cast<MemRefType>(to.getType()).getRank();
    linalg::GenericOp::create(
        builder, location, from, to,
        ArrayRef<AffineMap>{map, builder.getMultiDimIdentityMap(rank)},
        SmallVector<utils::IteratorType>(rank, utils::IteratorType::parallel),
        [&](OpBuilder &inner, Location, ValueRange elements) {
          linalg::YieldOp::create(inner, location, elements.front());
        });
  }
  void copy(Value from, Value to) {
    copy(from, to,
         builder.getMultiDimIdentityMap(
             cast<MemRefType>(to.getType()).getRank()));
  }
  void fill(Value element, Value to) {
    unsigned rank = cast<MemRefType>(to.getType()).getRank();
    linalg::GenericOp::create(
        builder, location, ValueRange(), to,
        ArrayRef<AffineMap>{builder.getMultiDimIdentityMap(rank)},
        SmallVector<utils::IteratorType>(rank, utils::IteratorType::parallel),
        [&](OpBuilder &inner, Location, ValueRange) {
          linalg::YieldOp::create(inner, location, element);
        });
  }

  /// Axes that stay neighbours move as one.
  LogicalResult transpose(graph::TransposeOp op) {
    Sizes from = sizesOf(op.getInput());
    SmallVector<SmallVector<int64_t>> runs;
    for (int64_t axis : op.getPermutation()) {
      if (!runs.empty() && runs.back().back() + 1 == axis)
        runs.back().push_back(axis);
      else
        runs.push_back({axis});
    }
    SmallVector<size_t> order(runs.size()); // Runs in the order of the input.
    for (size_t i = 0; i < runs.size(); ++i)
      order[i] = i;
    llvm::sort(order, [&](size_t a, size_t b) {
      return runs[a].front() < runs[b].front();
    });
    SmallVector<AffineExpr> inputShape, outputShape, places;
    auto sizeOf = [&](ArrayRef<int64_t> run) {
      AffineExpr size = k.space().number(1);
      for (int64_t axis : run)
        size = k.space().multiply(size, from[axis]);
      return size;
    };
    for (size_t run : order) {
      inputShape.push_back(sizeOf(runs[run]));
      places.push_back(builder.getAffineDimExpr(run));
    }
    for (const auto &run : runs)
      outputShape.push_back(sizeOf(run));
    bool isFloat =
        cast<RankedTensorType>(op.getType()).getElementType().isF32();
    if (isFloat && order.back() + 1 != runs.size()) {
      Sizes strides(runs.size());
      AffineExpr stride = k.space().number(1);
      for (size_t run : llvm::reverse(order)) {
        strides[run] = stride;
        stride = k.space().multiply(stride, outputShape[run]);
      }
      exchange(k.stridedView(buffer(op.getInput()), outputShape, strides),
               outputView(outputShape), k.sizes(outputShape), order.back());
      return success();
    }
    Value input = k.view(buffer(op.getInput()), inputShape);
    copy(input, outputView(outputShape),
         AffineMap::get(runs.size(), 0, places, builder.getContext()));
    return success();
  }

  /// Copies matrices whose rows are axis `contiguous`, which is so in `from`,
  /// and whose columns are the last axis, which is so in `to`: squares of them
  /// are transposed in registers.
  void exchange(Value from, Value to, ArrayRef<Index> sizes,
                size_t contiguous) {
    SmallVector<Index> outer(sizes.drop_back());
    outer.erase(outer.begin() + static_cast<int64_t>(contiguous));
    k.loops(outer, [&](ArrayRef<Index> at) {
      SmallVector<Index> offsets(at), extents(at.size());
      offsets.insert(offsets.begin() + static_cast<int64_t>(contiguous),
                     k.number(0));
      extents.insert(extents.begin() + static_cast<int64_t>(contiguous),
                     sizes[contiguous]);
      offsets.push_back(k.number(0));
      extents.push_back(sizes.back());
      copy(k.part(from, offsets, extents), k.part(to, offsets, extents));
    });
  }

  /// Everything in front of the axis is one loop, everything behind it a part
  /// of the copied stretch.
  LogicalResult concat(graph::ConcatOp op) {
    Sizes to = sizesOf(op.getResult());
    AffineExpr outer = k.space().product(ArrayRef(to).take_front(op.getAxis()));
    AffineExpr inner =
        k.space().product(ArrayRef(to).drop_front(op.getAxis() + 1));
    AffineExpr whole = k.space().multiply(to[op.getAxis()], inner);
    SmallVector<Value> inputs;
    for (Value input : op.getInputs())
      inputs.push_back(buffer(input));
    Value output = outputView({outer, whole});
    auto isEmpty = [&](AffineExpr size) {
      return k.space().constant(size) == 0;
    };
    AffineExpr offset = k.space().number(0);
    for (auto [input, from] : llvm::zip(op.getInputs(), inputs)) {
      AffineExpr length =
          k.space().multiply(sizesOf(input)[op.getAxis()], inner);
      if (isEmpty(length))
        continue;
      Value source = k.view(from, {outer, length});
      Value target = k.part(output, {k.number(0), k.size(offset)},
                            {k.size(outer), k.size(length)});
      copy(source, target);
      offset = k.space().add(offset, length);
    }
    return success();
  }

  LogicalResult slice(graph::SliceOp op) {
    Sizes from = sizesOf(op.getInput()), to = sizesOf(op.getResult());
    Sizes starts = k.space().expressions(op.getStarts());
    // A backward step reads from the last element on: the loop runs over
    // `first + step * i` with indices that stay inside the input.
    Value input = k.view(buffer(op.getInput()), from);
    Value output = outputView(to);
    bool forward =
        llvm::all_of(op.getSteps(), [](int64_t step) { return step > 0; });
    if (forward) {
      SmallVector<Index> offsets = k.sizes(starts), lengths = k.sizes(to),
                         steps;
      for (int64_t step : op.getSteps())
        steps.push_back(k.number(step));
      copy(memref::SubViewOp::create(builder, location, input, offsets, lengths,
                                     steps),
           output);
      return success();
    }
    k.loops(k.sizes(to), [&](ArrayRef<Index> place) {
      SmallVector<Index> source;
      for (auto [at, start, step] : llvm::zip(place, starts, op.getSteps()))
        source.push_back(add(k.size(start), scale(at, step)));
      k.store(k.load(input, source), output, place);
    });
    return success();
  }

  Index smaller(Index a, Index b) {
    return arith::MinSIOp::create(k.body(), k.location(), k.value(a),
                                  k.value(b))
        .getResult();
  }

  LogicalResult pad(graph::PadOp op) {
    Sizes from = sizesOf(op.getInput()), to = sizesOf(op.getResult());
    if (op.getMode() != graph::PadMode::constant)
      return mirror(op, from, to);
    Value input = k.view(buffer(op.getInput()), from);
    Value value;
    const GroupInput &filler = site.inputOf(op.getValue());
    if (filler.scalar)
      value = k.scalar(filler.scalar);
    else
      value = k.load(k.view(buffer(op.getValue(), "value"), {}), {});
    Value output = outputView(to);
    fill(value, output);
    // What is left of the input where it is cut, and where it goes.
    SmallVector<Index> sources, targets, lengths;
    SmallVector<Index> ones(from.size(), k.number(1));
    for (size_t axis = 0; axis < from.size(); ++axis) {
      int64_t low = op.getLow()[axis];
      AffineExpr high = k.space().subtract(
          k.space().subtract(to[axis], from[axis]), k.space().number(low));
      sources.push_back(k.number(std::max<int64_t>(-low, 0)));
      targets.push_back(k.number(std::max<int64_t>(low, 0)));
      AffineExpr length = k.space().add(
          from[axis], k.space().number(std::min<int64_t>(low, 0)));
      std::optional<int64_t> behind = k.space().constant(high);
      if (behind)
        length = k.space().add(length,
                               k.space().number(std::min<int64_t>(*behind, 0)));
      // A size of the caller decides whether there is room for all.
      lengths.push_back(
          behind ? k.size(length)
                 : smaller(k.size(length),
                           k.size(k.space().subtract(
                               to[axis],
                               k.space().number(std::max<int64_t>(low, 0))))));
    }
    // Where the padding takes everything away there is nothing to copy.
    bool nothingLeft = llvm::any_of(lengths, [](Index length) {
      return getConstantIntValue(length).value_or(1) <= 0;
    });
    if (nothingLeft)
      return success();
    Value source = k.part(input, sources, lengths);
    Value target = k.part(output, targets, lengths);
    copy(source, target);
    return success();
  }

  /// The other modes read, for every place, the element it repeats.
  LogicalResult mirror(graph::PadOp op, ArrayRef<AffineExpr> from,
                       ArrayRef<AffineExpr> to) {
    Value input = k.view(buffer(op.getInput()), from);
    Value output = outputView(to);
    k.loops(k.sizes(to), [&](ArrayRef<Index> place) {
      SmallVector<Index> source;
      for (size_t axis = 0; axis < from.size(); ++axis)
        source.push_back(repeated(op.getMode(), place[axis], op.getLow()[axis],
                                  k.size(from[axis])));
      k.store(k.load(input, source), output, place);
    });
    return success();
  }

  template <typename Op> Value integer(Value a, Value b) {
    return Op::create(builder, location, a, b);
  }

  Index repeated(graph::PadMode mode, Index at, int64_t low, Index size) {
    Type type = builder.getI64Type();
    auto asInteger = [&](Index index) -> Value {
      return arith::IndexCastOp::create(builder, location, type,
                                        k.value(index));
    };
    Value zero = k.constant(type, 0), one = k.constant(type, 1);
    Value count = asInteger(size);
    Value last = integer<arith::SubIOp>(count, one);
    Value place = integer<arith::SubIOp>(
        asInteger(at), k.constant(type, static_cast<double>(low)));
    Value result;
    switch (mode) {
    case graph::PadMode::edge:
    case graph::PadMode::constant:
      result =
          integer<arith::MinSIOp>(integer<arith::MaxSIOp>(place, zero), last);
      break;
    case graph::PadMode::wrap: result = floorRemainder(place, count); break;
    case graph::PadMode::reflect: {
      // A period of 2 * (size - 1), walked up and down; one element repeats.
      Value period =
          integer<arith::MaxSIOp>(integer<arith::AddIOp>(last, last), one);
      Value inside = floorRemainder(place, period);
      result = integer<arith::MinSIOp>(
          inside,
          integer<arith::SubIOp>(integer<arith::AddIOp>(last, last), inside));
      result = integer<arith::MaxSIOp>(result, zero);
      break;
    }
    }
    return arith::IndexCastOp::create(builder, location, builder.getIndexType(),
                                      result)
        .getResult();
  }

  Value floorRemainder(Value a, Value b) {
    Value rest = integer<arith::RemSIOp>(a, b);
    return integer<arith::RemSIOp>(integer<arith::AddIOp>(rest, b), b);
  }

  /// Rows of a convolution: every kernel place of every channel.
  LogicalResult patches(graph::PatchesOp op) {
    Sizes from = sizesOf(op.getInput()), to = sizesOf(op.getResult());
    size_t spatial = from.size() - 2;
    Value input = k.view(buffer(op.getInput()), from);
    Value output = outputView(to);
    Type element = cast<MemRefType>(output.getType()).getElementType();
    k.loops(k.sizes(to), [&](ArrayRef<Index> place) {
      SmallVector<Index> source = {place[0], place[spatial + 1]};
      Value inside;
      for (size_t axis = 0; axis < spatial; ++axis) {
        Index window = scale(place[1 + axis], op.getStrides()[axis]);
        Index inWindow =
            scale(place[spatial + 2 + axis], op.getDilations()[axis]);
        source.push_back(
            add(add(window, inWindow), k.number(-op.getLow()[axis])));
        // Left of the input the unsigned place is huge.
        Value at = k.value(source.back());
        Value size = k.value(k.size(from[axis + 2]));
        Value fits = arith::CmpIOp::create(builder, location,
                                           arith::CmpIPredicate::ult, at, size);
        inside = inside ? integer<arith::AndIOp>(inside, fits) : fits;
      }
      auto branch = scf::IfOp::create(builder, location, element, inside,
                                      /*addThenBlock=*/true,
                                      /*addElseBlock=*/true);
      {
        OpBuilder::InsertionGuard guard(builder);
        builder.setInsertionPointToStart(branch.thenBlock());
        scf::YieldOp::create(builder, location, k.load(input, source));
        builder.setInsertionPointToStart(branch.elseBlock());
        scf::YieldOp::create(builder, location, k.constant(element, 0.0));
      }
      k.store(branch.getResult(0), output, place);
    });
    return success();
  }

  LogicalResult iota(graph::IotaOp op) {
    AffineExpr count = sizesOf(op.getResult())[op.getAxis()];
    Value output = outputView(count);
    Type element = cast<MemRefType>(output.getType()).getElementType();
    k.loop(k.size(count), [&](Index at) {
      k.store(
          arith::IndexCastOp::create(builder, location, element, k.value(at)),
          output, at);
    });
    return success();
  }

  LogicalResult dimValues(graph::DimValuesOp op) {
    Sizes values = k.space().expressions(op.getValues());
    AffineExpr count = k.space().number(values.size());
    Value output = outputView(count);
    Type element = cast<MemRefType>(output.getType()).getElementType();
    for (auto [place, value] : llvm::enumerate(values))
      k.store(arith::IndexCastOp::create(builder, location, element,
                                         k.value(k.size(value))),
              output, k.number(place));
    return success();
  }

  GroupSite &site;
  KernelBuilder &k;
  OpBuilder &builder;
  Location location;
};

} // namespace

LogicalResult buildMovementKernel(GroupSite &site, KernelBuilder &k) {
  return MovementKernel(site, k).build();
}

} // namespace lmcc
