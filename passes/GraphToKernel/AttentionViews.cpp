//===- AttentionViews.cpp - The operands of an attention ------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/GraphToKernel/AttentionViews.h"

using namespace mlir;

namespace lmcc {

namespace {

using Sizes = graph::DimSpace::Sizes;

class ViewMaker {
public:
  ViewMaker(GroupSite &site, KernelBuilder &k)
      : site(site), k(k), space(k.space()), attention(site.attention()),
        machine(target::machineFor(site.group)) {
    auto scores = sizesOf(attention.scores());
    batch.assign(scores.begin(), scores.end() - 2);
    rows = scores[batch.size()];
    keys = scores.back();
    depth = sizesOf(attention.getQuery()).back();
    if (attention.isQuantized())
      depth = *space.divide(depth, space.number(graph::wordBytes));
    length = sizesOf(attention.getValue()).back();
    groupIsRows = hasGroupAsRows();
    if (groupIsRows) {
      rows = batch.back();
      batch.pop_back();
    }
  }

  AttentionViews make(const AttentionPanels &panels) {
    AttentionViews views;
    views.batch = batch;
    views.rows = rows;
    views.valueWidth = dividingPanelWidth(*space.constant(length), machine);
    views.queries = queryView();
    views.keys = keyView(panels.keys, panels.panels.width);
    if (panels.bytes)
      addBytes(views, *panels.bytes);
    else
      views.values = valueView(views.valueWidth);
    StridedTensor result =
        withRows(stridedResult(space, site, attention.getResult()));
    views.output = view(result, "y", {rows, length},
                        ArrayRef(result.strides).take_back(2));
    for (auto [argument, extra] :
         llvm::zip(attention.getAdjust().getArguments().drop_front(),
                   attention.getExtras()))
      views.extras.push_back(makeExtra(argument, extra));
    return views;
  }

private:
  Sizes sizesOf(Value value) {
    return space.sizes(cast<RankedTensorType>(value.getType()));
  }

  //===--------------------------------------------------------------------===//
  // A group of heads as rows
  //===--------------------------------------------------------------------===//

  /// Whether `value` has more than one place along an axis, counted from the
  /// back.
  bool varies(Value value, size_t fromBack) {
    Sizes sizes = sizesOf(value);
    return sizes.size() >= fromBack &&
           space.constant(sizes[sizes.size() - fromBack]) != 1;
  }

  bool hasGroupAsRows() {
    if (space.constant(rows) != 1 || batch.empty() ||
        space.constant(batch.back()).value_or(1) == 1 ||
        varies(attention.getKey(), 3) || varies(attention.getValue(), 3))
      return false;
    // Positions and distances of rows, and limits of keys that differ from head
    // to head, are for those who have rows.
    if (!attention.getAdjust().getOps<graph::DiagonalsOp>().empty())
      return false;
    for (auto position : attention.getAdjust().getOps<graph::IotaOp>())
      if (position.getType().getRank() -
              static_cast<int64_t>(position.getAxis()) ==
          2)
        return false;
    return llvm::none_of(attention.getExtras(), [&](Value extra) {
      auto type = cast<RankedTensorType>(extra.getType());
      return type.getElementType().isSignlessInteger() &&
             !type.getElementType().isInteger(1) && varies(extra, 3);
    });
  }

  static void dropAxis(StridedTensor &tensor, size_t fromBack) {
    if (tensor.sizes.size() < fromBack)
      return;
    size_t axis = tensor.sizes.size() - fromBack;
    tensor.sizes.erase(tensor.sizes.begin() + axis);
    tensor.strides.erase(tensor.strides.begin() + axis);
  }

  /// A tensor that has rows: the group takes the place of the one row.
  StridedTensor withRows(StridedTensor tensor) const {
    if (groupIsRows)
      dropAxis(tensor, 2);
    return tensor;
  }

  /// A tensor that a group shares.
  StridedTensor withoutGroup(StridedTensor tensor) const {
    if (groupIsRows)
      dropAxis(tensor, 3);
    return tensor;
  }

  //===--------------------------------------------------------------------===//
  // Views
  //===--------------------------------------------------------------------===//

  /// A view `[batch.., shape..]` of `tensor`; `strides` are those of `shape`,
  /// which stands for the last `tail` axes of the tensor.
  Value view(const StridedTensor &tensor, StringRef role,
             ArrayRef<AffineExpr> shape, ArrayRef<AffineExpr> strides,
             size_t tail = 2, AffineExpr offset = {}) {
    Sizes allSizes(batch), allStrides;
    size_t missing = batch.size() + tail - tensor.sizes.size();
    for (size_t axis = 0; axis < batch.size(); ++axis) {
      bool repeats = axis < missing ||
                     (space.constant(tensor.sizes[axis - missing]) == 1 &&
                      space.constant(batch[axis]) != 1);
      allStrides.push_back(repeats ? space.number(0)
                                   : tensor.strides[axis - missing]);
    }
    allSizes.append(shape.begin(), shape.end());
    allStrides.append(strides.begin(), strides.end());
    bool holdsBytes =
        cast<MemRefType>(tensor.buffer.getType()).getElementType().isInteger(8);
    Value buffer = holdsBytes ? k.words(tensor.buffer, role)
                              : k.buffer(tensor.buffer, role);
    return k.stridedView(buffer, allSizes, allStrides, offset);
  }

  Value queryView() {
    StridedTensor query =
        withRows(stridedOperand(space, site, attention.getQuery()));
    if (attention.isQuantized())
      query = asWords(space, query);
    return view(query, "q", {rows, depth},
                ArrayRef(query.strides).take_back(2));
  }

  Value keyView(const StridedTensor &tensor, int64_t width) {
    AffineExpr panels = space.simplify(keys.ceilDiv(width));
    AffineExpr columns = space.number(width);
    return view(withoutGroup(tensor), "k", {panels, depth, columns},
                {space.multiply(depth, columns), columns, space.number(1)});
  }

  Value valueView(int64_t width) {
    StridedTensor value =
        withoutGroup(stridedOperand(space, site, attention.getValue()));
    AffineExpr columns = space.number(width);
    return view(
        value, "v", {*space.divide(length, columns), keys, columns},
        {columns, value.strides[value.strides.size() - 2], space.number(1)});
  }

  void addBytes(AttentionViews &views, const ByteOperands &bytes) {
    AffineExpr one = space.number(1);
    StridedTensor queryScales =
        withRows(stridedOperand(space, site, attention.getQueryScales()));
    auto rowsOnly = [&](const StridedTensor &tensor, StringRef role) {
      return view(tensor, role, {rows, one},
                  {tensor.strides[tensor.strides.size() - 2], one});
    };
    views.queryScales = rowsOnly(queryScales, "q_scales");
    if (bytes.starts)
      views.starts = rowsOnly(withRows(*bytes.starts), "starts");
    auto row = [&](const StridedTensor &scales, StringRef role) {
      StridedTensor tensor = withoutGroup(scales);
      return view(tensor, role, tensor.sizes.back(), one);
    };
    views.keyScales = row(bytes.keyScales, "k_scales");
    views.valueScales = row(bytes.valueScales, "v_scales");
    AffineExpr words = space.simplify(keys.ceilDiv(graph::wordBytes));
    AffineExpr columns = space.number(views.valueWidth);
    views.values = view(withoutGroup(bytes.values), "v",
                        {*space.divide(length, columns), words, columns},
                        {space.multiply(bytes.room, columns), columns, one});
  }

  AttentionViews::Extra makeExtra(Value argument, Value inside) {
    AttentionViews::Extra extra;
    extra.argument = argument;
    const GroupInput &input = site.inputOf(inside);
    if (input.scalar) {
      extra.scalar = k.scalar(input.scalar);
      return extra;
    }
    if (graph::DiagonalsOp diagonals = diagonalsOf(argument))
      return makeDiagonals(diagonals, stridedOperand(space, site, inside));
    StridedTensor tensor = withRows(stridedOperand(space, site, inside));
    size_t rank = tensor.sizes.size();
    Sizes shape, strides;
    auto take = [&](size_t fromBack, AffineExpr whole) {
      if (rank < fromBack)
        return false;
      size_t axis = rank - fromBack;
      bool repeats =
          space.constant(tensor.sizes[axis]) == 1 && space.constant(whole) != 1;
      if (!repeats) {
        shape.push_back(whole);
        strides.push_back(tensor.strides[axis]);
      }
      return !repeats;
    };
    extra.hasRows = take(2, rows);
    extra.hasKeys = take(1, keys);
    extra.view =
        view(tensor, "mask", shape, strides, std::min<size_t>(2, rank));
    return extra;
  }

  static graph::DiagonalsOp diagonalsOf(Value argument) {
    return argument.hasOneUse()
               ? dyn_cast<graph::DiagonalsOp>(*argument.user_begin())
               : graph::DiagonalsOp();
  }

  /// One row further, the same element belongs to the key behind.
  AttentionViews::Extra makeDiagonals(graph::DiagonalsOp op,
                                      const StridedTensor &tensor) {
    AttentionViews::Extra extra;
    extra.argument = op.getResult();
    extra.hasRows = extra.hasKeys = true;
    AffineExpr stride = tensor.strides.back();
    AffineExpr back = space.multiply(stride, space.number(-1));
    AffineExpr first =
        space.multiply(space.subtract(rows, space.number(1)), stride);
    extra.view = view(tensor, "mask", {rows, keys}, {back, stride}, 1, first);
    return extra;
  }

  GroupSite &site;
  KernelBuilder &k;
  const graph::DimSpace &space;
  graph::AttentionOp attention;
  target::MachineAttr machine;
  Sizes batch;
  AffineExpr rows, keys, depth, length;
  bool groupIsRows = false;
};

} // namespace

AttentionViews makeAttentionViews(GroupSite &site, KernelBuilder &k,
                                  const AttentionPanels &panels) {
  return ViewMaker(site, k).make(panels);
}

} // namespace lmcc
