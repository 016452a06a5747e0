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

bool isState(BlockArgument argument) {
  auto function = dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp());
  return function &&
         function.getArgAttr(argument.getArgNumber(), graph::stateAttrName);
}

/// The axes of a state, each at its place in a tensor made of it by reshapes
/// and transposes; -1 for an axis of size 1 that was added.
using Axes = SmallVector<int64_t>;
using lmcc::graph::typeOf;

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

/// What all attentions that read a state take it as, and along which axis of
/// the state a row then lies.
struct AttentionUse {
  enum Kind { none, keys, values } kind = none;
  int64_t depthAxis = 0;

  bool operator!=(const AttentionUse &other) const {
    return kind != other.kind || depthAxis != other.depthAxis;
  }
};

class AttentionUses {
public:
  explicit AttentionUses(int64_t growing) : growing(growing) {}

  /// `none` if something else reads what is made of the state, or they differ.
  AttentionUse of(Value appended) {
    Axes axes =
        llvm::to_vector(llvm::seq<int64_t>(0, typeOf(appended).getRank()));
    follow(appended, axes);
    return isClear && use ? *use : AttentionUse();
  }

private:
  void follow(Value value, const Axes &axes) {
    for (OpOperand &one : value.getUses()) {
      Operation *user = one.getOwner();
      if (auto reshape = dyn_cast<graph::ReshapeOp>(user)) {
        auto next = throughReshape(axes, typeOf(value), reshape.getType());
        isClear &= next.has_value();
        if (next)
          follow(reshape.getResult(), *next);
      } else if (auto transpose = dyn_cast<graph::TransposeOp>(user)) {
        follow(transpose.getResult(),
               applyPermutation(axes, transpose.getPermutation()));
      } else if (auto group = dyn_cast<graph::GroupOp>(user)) {
        follow(group.getBody().getArgument(one.getOperandNumber()), axes);
      } else {
        add(useBy(user, one.getOperandNumber(), axes));
      }
    }
  }

  /// Values of floats are read as they lie.
  AttentionUse useBy(Operation *user, unsigned operand, const Axes &axes) {
    auto attention = dyn_cast<graph::AttentionOp>(user);
    int64_t rank = axes.size();
    if (!attention || rank < 2 || axes[rank - 2] != growing ||
        axes[rank - 1] < 0)
      return {};
    bool isOfBytes = attention.isQuantized();
    bool isOfFloats =
        !isOfBytes && attention.getType().getElementType().isF32();
    if (operand == 1 && (isOfBytes || isOfFloats))
      return {AttentionUse::keys, axes[rank - 1]};
    if (operand == 2 && isOfBytes)
      return {AttentionUse::values, axes[rank - 1]};
    return {};
  }

  void add(AttentionUse next) {
    isClear &= next.kind != AttentionUse::none && !(use && *use != next);
    use = next;
  }

  int64_t growing;
  bool isClear = true;
  std::optional<AttentionUse> use;
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

StateBuffers::StateBuffers(ModuleOp module)
    : machine(target::machineFor(module)) {
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
    AttentionUse use;
    if (group && argument.hasOneUse())
      use = AttentionUses(axis).of(group.getResult());
    layout.isPanels &= use.kind == AttentionUse::keys;
    layout.isWords &= use.kind == AttentionUse::values;
    layout.depthAxis = use.depthAxis;
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
    bool isOfBytes = type.getElementType().isInteger(8);
    Type element = bufferElement(type.getElementType());
    std::string summary;
    llvm::raw_string_ostream text(summary);
    text << "[";
    llvm::interleaveComma(shape, text);
    text << "], ";
    if (layout.isPanels && isOfBytes) {
      text << unnamed.keyPanels->width << " keys side by side, in words";
      element = builder.getI32Type();
    } else if (layout.isPanels) {
      text << unnamed.keyPanels->width << " keys side by side";
    } else if (layout.isWords) {
      text << "words of four rows";
      elements = space.multiply(elements, space.number(graph::wordBytes));
    } else
      text << "rows";
    auto name = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(),
                                                      graph::nameAttrName);
    std::string symbol = name && !name.empty() ? name.str() : "state";
    for (unsigned suffix = 2; module.lookupSymbol(symbol); ++suffix)
      symbol = ((name ? name.getValue() : "state") + "_" + Twine(suffix)).str();
    layout.state = kernel::StateOp::create(
        builder, argument.getLoc(), symbol,
        MemRefType::get({*space.constant(elements)}, element), summary);
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
    view.keyPanels = keyPanels(space, space.number(layout.capacity), machine);
    AffineExpr depth = sizes[layout.depthAxis];
    if (typeOf(argument).getElementType().isInteger(8))
      depth = *space.divide(depth, space.number(graph::wordBytes));
    stride = space.multiply(
        depth,
        space.number(llvm::alignTo(layout.capacity, view.keyPanels->width)));
  } else if (layout.isWords) {
    view.depthAxis = layout.depthAxis;
    view.wordColumns =
        dividingPanelWidth(*space.constant(sizes[layout.depthAxis]), machine);
    stride = space.multiply(
        sizes[layout.depthAxis],
        space.number(llvm::divideCeil(layout.capacity, graph::wordBytes)));
  } else {
    sizes[layout.axis] = space.number(layout.capacity);
  }
  for (int64_t axis = static_cast<int64_t>(sizes.size()); axis-- > 0;) {
    if ((layout.isPanels || layout.isWords) &&
        (axis == layout.axis || axis == layout.depthAxis))
      continue;
    view.strides[axis] = stride;
    stride = space.multiply(stride, sizes[axis]);
  }
  return view;
}

} // namespace lmcc
