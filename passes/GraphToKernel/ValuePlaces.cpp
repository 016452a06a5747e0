//===- ValuePlaces.cpp - Where the values of a function lie ---------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/GraphToKernel/ValuePlaces.h"

using namespace mlir;

namespace lmcc {

graph::DimSpace::Sizes ValuePlaces::sizesOf(Value value) const {
  return space.sizes(cast<RankedTensorType>(value.getType()));
}

void ValuePlaces::place(BlockArgument argument, bool isState) {
  if (!isState) {
    dense[argument] = schedule.input(argument);
    return;
  }
  StateBuffers::View view = states.view(argument, space);
  Value buffer = schedule.state(argument.getLoc(), view.state);
  stored[argument] = {buffer, sizesOf(argument), view.strides};
  panels[buffer] = view.keyPanels;
  if (view.wordColumns != 0)
    rooms[buffer] = llvm::divideCeil(view.capacity, graph::wordBytes);
}

FailureOr<Value> ValuePlaces::buffer(Value value) {
  if (Value known = dense.lookup(value))
    return known;
  if (inState(value))
    return copyFromState(value);
  Location location = value.getLoc();
  StringRef name;
  if (auto get = value.getDefiningOp<weight::GetOp>())
    name = get.getWeight();
  else
    name = pool.constantWeight(
        location, value.getDefiningOp<graph::ConstantOp>().getValue());
  return dense[value] = schedule.weight(location, name);
}

const StridedTensor *ValuePlaces::inState(Value value) const {
  auto found = stored.find(value);
  return found == stored.end() ? nullptr : &found->second;
}

FailureOr<Value> ValuePlaces::copyFromState(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  FailureOr<Value> copy = schedule.allocate(value.getLoc(), type);
  if (failed(copy))
    return failure();
  KernelBuilder k(value.getLoc(), space);
  buildGatherKernel(k, *inState(value), *copy);
  schedule.call(k, {}, "copy", "copy from the state");
  return dense[value] = *copy;
}

LogicalResult ValuePlaces::reshape(graph::ReshapeOp reshape) {
  Value input = reshape.getInput(), result = reshape.getResult();
  if (const StridedTensor *from = inState(input))
    if (auto strides = reshapedStrides(reshape)) {
      StridedTensor to{from->buffer, sizesOf(result), *strides};
      stored[result] = to;
      return success();
    }
  FailureOr<Value> whole = buffer(input);
  if (failed(whole))
    return failure();
  dense[result] = *whole;
  return success();
}

/// Of a tensor in a state when axes of size 1 come or go.
std::optional<graph::DimSpace::Sizes>
ValuePlaces::reshapedStrides(graph::ReshapeOp reshape) const {
  const StridedTensor &from = *inState(reshape.getInput());
  graph::DimSpace::Sizes strides;
  size_t next = 0;
  auto skipUnits = [&] {
    while (next < from.sizes.size() && space.constant(from.sizes[next]) == 1)
      ++next;
  };
  for (AffineExpr size : sizesOf(reshape.getResult())) {
    if (space.constant(size) == 1) {
      strides.push_back(space.number(0));
      continue;
    }
    skipUnits();
    if (next == from.sizes.size() || !space.equal(from.sizes[next], size))
      return std::nullopt;
    strides.push_back(from.strides[next++]);
  }
  skipUnits();
  return next == from.sizes.size() ? std::optional(strides) : std::nullopt;
}

FailureOr<func::CallOp> ValuePlaces::append(graph::GroupOp group,
                                            BlockArgument argument) {
  auto concat = cast<graph::ConcatOp>(group.getBody().front().front());
  auto inside = cast<BlockArgument>(concat.getInputs()[1]);
  Value added = group.getInputs()[inside.getArgNumber()];
  FailureOr<Value> source = buffer(added);
  if (failed(source))
    return failure();
  StateBuffers::View view = states.view(argument, space);
  StridedTensor all = *inState(argument);
  KernelBuilder k(group.getLoc(), space);
  buildAppendKernel(k, view, all.buffer,
                    denseTensor(space, *source, added.getType()),
                    all.sizes[view.axis]);
  all.sizes = sizesOf(group.getResult());
  stored[group.getResult()] = all;
  return schedule.call(k, {}, "append", "append to the state");
}

} // namespace lmcc
