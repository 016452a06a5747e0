//===- AppendKernels.cpp - New rows of a decoder's state ------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "passes/GraphToKernel/StateBuffers.h"

using namespace mlir;

namespace lmcc {

static void copy(KernelBuilder &k, Value from, Value to) {
  k.map(from, to, [](OpBuilder &, ValueRange e) { return e[0]; });
}

/// Row-major: the place of the first new element is `past` rows on.
static void appendRows(KernelBuilder &k, const StateBuffers::View &state,
                       Value buffer, Value from, const StridedTensor &added,
                       AffineExpr past) {
  const graph::DimSpace &space = k.space();
  graph::DimSpace::Sizes room = added.sizes;
  room[state.axis] = space.number(state.capacity);
  Value whole = k.stridedView(buffer, room, state.strides);
  SmallVector<OpFoldResult> offsets(room.size(), k.number(0));
  offsets[state.axis] = k.size(past, "past");
  copy(k, from, k.part(whole, offsets, k.sizes(added.sizes)));
}

namespace {
/// New keys become columns of the panels they belong to.
class KeyAppender {
public:
  KeyAppender(KernelBuilder &k, const StateBuffers::View &state, Value buffer,
              const StridedTensor &added, AffineExpr past)
      : k(k), space(k.space()), state(state), added(added),
        width(state.keyPanels->width) {
    for (int64_t axis = 0; axis < static_cast<int64_t>(added.sizes.size());
         ++axis)
      if (axis != state.axis && axis != state.depthAxis)
        batch.push_back(axis);
    first = k.size(past, "past");
    keys = k.size(added.sizes[state.axis], "keys");
    depth = k.size(added.sizes[state.depthAxis], "depth");
    from = sourceView();
    to = panelView(buffer);
  }

  void build() {
    SmallVector<AffineExpr> batchSizes;
    for (int64_t axis : batch)
      batchSizes.push_back(added.sizes[axis]);
    k.loops(k.sizes(batchSizes), [&](ArrayRef<OpFoldResult> place) {
      if (space.constant(added.sizes[state.axis]) == 1) {
        OpFoldResult panel = divide(first);
        append(place, panel, minus(first, times(panel)), k.number(0),
               k.number(1));
        return;
      }
      OpFoldResult end = plus(first, keys);
      k.loop(divide(first), divide(plus(end, k.number(width - 1))), 1,
             [&](OpFoldResult panel) { appendPart(place, panel, end); });
    });
  }

private:
  /// The part of the new keys that lies in `panel`.
  void appendPart(ArrayRef<OpFoldResult> place, OpFoldResult panel,
                  OpFoldResult end) {
    OpFoldResult start = times(panel);
    OpFoldResult from = select<arith::MaxSIOp>(first, start);
    OpFoldResult stop =
        select<arith::MinSIOp>(end, plus(start, k.number(width)));
    append(place, panel, minus(from, start), minus(from, first),
           minus(stop, from));
  }

  void append(ArrayRef<OpFoldResult> place, OpFoldResult panel,
              OpFoldResult column, OpFoldResult key, OpFoldResult count) {
    SmallVector<OpFoldResult> offsets(place), sizes(place.size());
    offsets.append({k.number(0), key});
    sizes.append({depth, count});
    Value source = k.part(this->from, offsets, sizes);
    offsets.assign(place.begin(), place.end());
    sizes.assign(place.size(), {});
    offsets.append({panel, k.number(0), column});
    sizes.append({{}, depth, count});
    copy(k, source, k.part(to, offsets, sizes));
  }

  /// `[batch.., depth, keys]`
  Value sourceView() {
    graph::DimSpace::Sizes sizes, strides;
    auto take = [&](int64_t axis) {
      sizes.push_back(added.sizes[axis]);
      strides.push_back(added.strides[axis]);
    };
    llvm::for_each(batch, take);
    take(state.depthAxis);
    take(state.axis);
    bool holdsBytes =
        cast<MemRefType>(added.buffer.getType()).getElementType().isInteger(8);
    Value buffer =
        holdsBytes ? k.words(added.buffer, "x") : k.buffer(added.buffer, "x");
    return k.stridedView(buffer, sizes, strides);
  }

  /// `[batch.., panels, depth, width]`
  Value panelView(Value buffer) {
    graph::DimSpace::Sizes sizes, strides;
    for (int64_t axis : batch) {
      sizes.push_back(added.sizes[axis]);
      strides.push_back(state.strides[axis]);
    }
    AffineExpr columns = space.number(width);
    AffineExpr length = added.sizes[state.depthAxis];
    sizes.append({space.number(llvm::divideCeil(state.capacity, width)), length,
                  columns});
    strides.append({space.multiply(length, columns), columns, space.number(1)});
    return k.stridedView(buffer, sizes, strides);
  }

  template <typename Op> OpFoldResult select(OpFoldResult a, OpFoldResult b) {
    return Op::create(k.body(), k.location(), k.value(a), k.value(b))
        .getResult();
  }
  OpFoldResult plus(OpFoldResult a, OpFoldResult b) {
    return kernel::addSizes(k.body(), k.location(), a, b);
  }
  OpFoldResult minus(OpFoldResult a, OpFoldResult b) {
    return plus(a,
                kernel::multiplySizes(k.body(), k.location(), b, k.number(-1)));
  }
  OpFoldResult times(OpFoldResult a) {
    return kernel::multiplySizes(k.body(), k.location(), a, k.number(width));
  }
  OpFoldResult divide(OpFoldResult a) {
    return kernel::floorDivide(k.body(), k.location(), a, width);
  }

  KernelBuilder &k;
  const graph::DimSpace &space;
  const StateBuffers::View &state;
  const StridedTensor &added;
  int64_t width;
  SmallVector<int64_t> batch;
  OpFoldResult first, keys, depth;
  Value from, to;
};

/// New values become bytes of words of four keys.
class ValueAppender {
public:
  ValueAppender(KernelBuilder &k, const StateBuffers::View &state, Value buffer,
                const StridedTensor &added, AffineExpr past)
      : k(k), width(state.wordColumns) {
    const graph::DimSpace &space = k.space();
    first = k.size(past, "past");
    keys = k.size(added.sizes[state.axis], "keys");
    graph::DimSpace::Sizes fromSizes, fromStrides, toSizes, toStrides;
    AffineExpr four = space.number(graph::wordBytes);
    for (int64_t axis = 0; axis < static_cast<int64_t>(added.sizes.size());
         ++axis) {
      if (axis == state.axis || axis == state.depthAxis)
        continue;
      batch.push_back(added.sizes[axis]);
      fromStrides.push_back(added.strides[axis]);
      toStrides.push_back(space.multiply(state.strides[axis], four));
    }
    AffineExpr length = added.sizes[state.depthAxis];
    panels = *space.divide(length, space.number(width));
    fromSizes.assign(batch.begin(), batch.end());
    fromSizes.append({added.sizes[state.axis], length});
    fromStrides.append(
        {added.strides[state.axis], added.strides[state.depthAxis]});
    from = k.stridedView(k.buffer(added.buffer, "x"), fromSizes, fromStrides);
    int64_t room = llvm::divideCeil(state.capacity, graph::wordBytes);
    int64_t bytes = width * graph::wordBytes;
    toSizes.assign(batch.begin(), batch.end());
    toSizes.append({panels, space.number(room), space.number(width), four});
    toStrides.append({space.number(room * bytes), space.number(bytes), four,
                      space.number(1)});
    to = k.stridedView(buffer, toSizes, toStrides);
  }

  void build() {
    SmallVector<AffineExpr> outer(batch);
    outer.push_back(panels);
    k.loops(k.sizes(outer), [&](ArrayRef<OpFoldResult> place) {
      k.loop(k.number(0), keys, 1,
             [&](OpFoldResult key) { append(place, key); });
    });
  }

private:
  void append(ArrayRef<OpFoldResult> place, OpFoldResult key) {
    OpFoldResult row = kernel::addSizes(k.body(), k.location(), first, key);
    OpFoldResult word =
        kernel::floorDivide(k.body(), k.location(), row, graph::wordBytes);
    OpFoldResult byte =
        kernel::remainder(k.body(), k.location(), row, graph::wordBytes);
    OpFoldResult column = kernel::multiplySizes(k.body(), k.location(),
                                                place.back(), k.number(width));
    SmallVector<OpFoldResult> offsets(place.drop_back()),
        sizes(place.size() - 1);
    offsets.append({key, column});
    sizes.append({{}, k.number(width)});
    Value source = k.part(from, offsets, sizes);
    offsets.assign(place.begin(), place.end());
    sizes.assign(place.size(), {});
    offsets.append({word, k.number(0), byte});
    sizes.append({{}, k.number(width), {}});
    copy(k, source, k.part(to, offsets, sizes));
  }

  KernelBuilder &k;
  int64_t width;
  SmallVector<AffineExpr> batch;
  AffineExpr panels;
  OpFoldResult first, keys;
  Value from, to;
};
} // namespace

void buildAppendKernel(KernelBuilder &k, const StateBuffers::View &state,
                       Value buffer, const StridedTensor &added,
                       AffineExpr past) {
  Value target = k.buffer(buffer, "state");
  if (state.keyPanels) {
    bool hasWords =
        cast<MemRefType>(added.buffer.getType()).getElementType().isInteger(8);
    StridedTensor keys = hasWords ? asWords(k.space(), added) : added;
    return KeyAppender(k, state, target, keys, past).build();
  }
  if (state.wordColumns != 0)
    return ValueAppender(k, state, target, added, past).build();
  Value from =
      k.stridedView(k.buffer(added.buffer, "x"), added.sizes, added.strides);
  appendRows(k, state, target, from, added, past);
}

void buildGatherKernel(KernelBuilder &k, const StridedTensor &from, Value to) {
  Value source =
      k.stridedView(k.buffer(from.buffer, "x"), from.sizes, from.strides);
  copy(k, source, k.view(k.buffer(to, "y"), from.sizes));
}

} // namespace lmcc
