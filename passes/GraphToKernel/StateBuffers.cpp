//===- StateBuffers.cpp - Where a decoder keeps its state -----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/GraphToKernel/StateBuffers.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;

namespace lmcc {

namespace {

RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

bool isState(BlockArgument argument) {
  auto function = dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp());
  return function &&
         function.getArgAttr(argument.getArgNumber(), graph::stateAttrName);
}

/// The axes of a state, each at its place in a tensor made of it by reshapes
/// and transposes; -1 for an axis of size 1 that was added.
using Axes = SmallVector<int64_t>;

/// Follows a reshape that adds or removes axes of size 1.
std::optional<Axes> throughReshape(const Axes &axes, RankedTensorType from,
                                   RankedTensorType to) {
  Axes result(to.getRank(), -1);
  int64_t next = 0;
  auto skipUnits = [&] {
    while (next < from.getRank() && from.getDimSize(next) == 1)
      ++next;
  };
  for (int64_t axis = 0; axis < to.getRank(); ++axis) {
    if (to.getDimSize(axis) == 1)
      continue;
    skipUnits();
    if (next == from.getRank() ||
        graph::axisSize(from, next) != graph::axisSize(to, axis))
      return std::nullopt;
    result[axis] = axes[next++];
  }
  skipUnits();
  return next == from.getRank() ? std::optional(result) : std::nullopt;
}

/// Whether all that is made of a state are keys of attentions, and along which
/// axis of the state a key then lies.
class KeyUses {
public:
  explicit KeyUses(int64_t growing) : growing(growing) {}

  std::optional<int64_t> depthAxis(Value appended) {
    Axes axes =
        llvm::to_vector(llvm::seq<int64_t>(0, typeOf(appended).getRank()));
    follow(appended, axes);
    return areKeys ? depth : std::nullopt;
  }

private:
  void follow(Value value, const Axes &axes) {
    for (OpOperand &use : value.getUses()) {
      Operation *user = use.getOwner();
      if (auto reshape = dyn_cast<graph::ReshapeOp>(user)) {
        auto next = throughReshape(axes, typeOf(value), reshape.getType());
        areKeys &= next.has_value();
        if (next)
          follow(reshape.getResult(), *next);
      } else if (auto transpose = dyn_cast<graph::TransposeOp>(user)) {
        follow(transpose.getResult(),
               applyPermutation(axes, transpose.getPermutation()));
      } else if (auto group = dyn_cast<graph::GroupOp>(user)) {
        follow(group.getBody().getArgument(use.getOperandNumber()), axes);
      } else if (isa<graph::AttentionOp>(user) && use.getOperandNumber() == 1 &&
                 typeOf(value).getElementType().isF32()) {
        int64_t rank = typeOf(value).getRank(), last = axes[rank - 1];
        areKeys &=
            axes[rank - 2] == growing && last >= 0 && (!depth || depth == last);
        depth = last;
      } else {
        areKeys = false;
      }
    }
  }

  int64_t growing;
  bool areKeys = true;
  std::optional<int64_t> depth;
};

/// The group that appends to `argument`, and the argument's axis that grows.
std::pair<graph::GroupOp, int64_t> appendOf(BlockArgument argument) {
  for (Operation *user : argument.getUsers())
    if (auto group = dyn_cast<graph::GroupOp>(user);
        group && stateAppendedBy(group) == argument) {
      auto concat = cast<graph::ConcatOp>(group.getBody().front().front());
      return {group, concat.getAxis()};
    }
  return {};
}

SmallVector<BlockArgument> stateArguments(func::FuncOp function) {
  return llvm::to_vector(
      llvm::make_filter_range(function.getArguments(), isState));
}

} // namespace

BlockArgument stateAppendedBy(graph::GroupOp group) {
  auto concat = dyn_cast<graph::ConcatOp>(group.getBody().front().front());
  if (!concat || concat.getInputs().size() != 2)
    return {};
  auto inside = dyn_cast<BlockArgument>(concat.getInputs()[0]);
  if (!inside || inside.getOwner() != &group.getBody().front())
    return {};
  auto argument =
      dyn_cast<BlockArgument>(group.getInputs()[inside.getArgNumber()]);
  return argument && isState(argument) ? argument : BlockArgument();
}

StateBuffers::StateBuffers(ModuleOp module) {
  func::FuncOp first;
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!function->hasAttr(graph::decodingAttrName))
      continue;
    plan(function);
    if (!first)
      first = function;
  }
  if (first)
    declare(module, first);
}

/// A layout must suit all functions.
void StateBuffers::plan(func::FuncOp function) {
  auto decoding =
      function->getAttrOfType<DictionaryAttr>(graph::decodingAttrName);
  SmallVector<BlockArgument> arguments = stateArguments(function);
  layouts.resize(arguments.size());
  for (auto [layout, argument] : llvm::zip(layouts, arguments)) {
    layout.capacity = decoding.getAs<IntegerAttr>("capacity").getInt();
    auto [group, axis] = appendOf(argument);
    layout.axis = axis;
    // A state that is read from before new tokens are there needs rows, too.
    std::optional<int64_t> depth;
    if (group && argument.hasOneUse())
      depth = KeyUses(axis).depthAxis(group.getResult());
    layout.isPanels &= depth.has_value();
    layout.depthAxis = depth.value_or(0);
  }
}

void StateBuffers::declare(ModuleOp module, func::FuncOp function) {
  graph::DimSpace space = graph::DimSpace::of(function);
  OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
  for (auto [number, argument] : llvm::enumerate(stateArguments(function))) {
    Layout &layout = layouts[number];
    RankedTensorType type = typeOf(argument);
    SmallVector<int64_t> shape(type.getShape());
    shape[layout.axis] = layout.capacity;
    View unnamed = view(argument, space);
    AffineExpr elements = space.number(1);
    for (auto [size, stride] : llvm::zip(shape, unnamed.strides))
      if (auto step = space.constant(stride))
        elements =
            space.number(std::max(*space.constant(elements), *step * size));
    std::string summary;
    llvm::raw_string_ostream text(summary);
    text << "[";
    llvm::interleaveComma(shape, text);
    text << "], ";
    if (layout.isPanels)
      text << unnamed.panelColumns << " keys side by side";
    else
      text << "rows";
    auto name = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(),
                                                      graph::nameAttrName);
    std::string symbol = name && !name.empty() ? name.str() : "state";
    for (unsigned suffix = 2; module.lookupSymbol(symbol); ++suffix)
      symbol = ((name ? name.getValue() : "state") + "_" + Twine(suffix)).str();
    layout.state = kernel::StateOp::create(
        builder, argument.getLoc(), symbol,
        MemRefType::get({*space.constant(elements)},
                        bufferElement(type.getElementType())),
        summary);
  }
}

StateBuffers::View StateBuffers::view(BlockArgument argument,
                                      const graph::DimSpace &space) const {
  auto function = cast<func::FuncOp>(argument.getOwner()->getParentOp());
  auto all = stateArguments(function);
  const Layout &layout = layouts[llvm::find(all, argument) - all.begin()];
  View view;
  view.state = layout.state;
  view.axis = layout.axis;
  view.capacity = layout.capacity;
  graph::DimSpace::Sizes sizes = space.sizes(typeOf(argument));
  view.strides.assign(sizes.size(), space.number(0));
  AffineExpr stride = space.number(1);
  if (layout.isPanels) {
    view.depthAxis = layout.depthAxis;
    view.panelColumns =
        attentionBlockColumns(space, space.number(layout.capacity));
    stride = space.multiply(
        sizes[layout.depthAxis],
        space.number(llvm::alignTo(layout.capacity, view.panelColumns)));
  } else {
    sizes[layout.axis] = space.number(layout.capacity);
  }
  for (int64_t axis = static_cast<int64_t>(sizes.size()); axis-- > 0;) {
    if (layout.isPanels && (axis == layout.axis || axis == layout.depthAxis))
      continue;
    view.strides[axis] = stride;
    stride = space.multiply(stride, sizes[axis]);
  }
  return view;
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

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
        width(state.panelColumns) {
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
        OpFoldResult block = divide(first);
        append(place, block, minus(first, times(block)), k.number(0),
               k.number(1));
        return;
      }
      OpFoldResult end = plus(first, keys);
      k.loop(divide(first), divide(plus(end, k.number(width - 1))), 1,
             [&](OpFoldResult block) { appendBlock(place, block, end); });
    });
  }

private:
  /// The part of the new keys that lies in `block`.
  void appendBlock(ArrayRef<OpFoldResult> place, OpFoldResult block,
                   OpFoldResult end) {
    OpFoldResult start = times(block);
    OpFoldResult from = select<arith::MaxSIOp>(first, start);
    OpFoldResult stop =
        select<arith::MinSIOp>(end, plus(start, k.number(width)));
    append(place, block, minus(from, start), minus(from, first),
           minus(stop, from));
  }

  void append(ArrayRef<OpFoldResult> place, OpFoldResult block,
              OpFoldResult column, OpFoldResult key, OpFoldResult count) {
    SmallVector<OpFoldResult> offsets(place), sizes(place.size());
    offsets.append({k.number(0), key});
    sizes.append({depth, count});
    Value source = k.part(this->from, offsets, sizes);
    offsets.assign(place.begin(), place.end());
    sizes.assign(place.size(), {});
    offsets.append({block, k.number(0), column});
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
    return k.stridedView(k.buffer(added.buffer, "x"), sizes, strides);
  }

  /// `[batch.., blocks, depth, width]`
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
} // namespace

void buildAppendKernel(KernelBuilder &k, const StateBuffers::View &state,
                       Value buffer, const StridedTensor &added,
                       AffineExpr past) {
  Value target = k.buffer(buffer, "state");
  if (state.panelColumns != 0)
    return KeyAppender(k, state, target, added, past).build();
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
