//===- Movement.cpp - Reshaping, joining, splitting -----------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/Operators/Families.h"
#include "compiler/Import/TensorType.h"

using namespace mlir;

namespace lmcc::import {

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

static LogicalResult translateReshape(Node &node) {
  FailureOr<Builder::Sizes> target = shapeFrom(node, 1, /*lowest=*/-1);
  if (failed(target))
    return failure();
  Builder &builder = node.builder();
  graph::DimSpace &space = node.space();
  Builder::Sizes old = builder.sizesOf(node.input(0));
  bool zeroCopies = !node.integer("allowzero", 0);

  AffineExpr known = space.number(1);
  AffineExpr *open = nullptr;
  for (auto [axis, size] : llvm::enumerate(*target)) {
    std::optional<int64_t> number = space.constant(size);
    if (number == 0 && zeroCopies) {
      if (axis >= old.size())
        return node.unsupported("the new shape copies axis " + Twine(axis) +
                                    ", which the input does not have",
                                "the model is not valid; export it again");
      size = old[axis];
    } else if (number == -1) {
      if (open)
        return node.unsupported("the new shape has two open sizes",
                                "the model is not valid; export it again");
      open = &size;
      continue;
    }
    known = space.multiply(known, size);
  }
  if (open) {
    std::optional<AffineExpr> rest = space.divide(space.product(old), known);
    if (!rest)
      return node.unsupported("the open size of the new shape is " +
                                  space.text(space.product(old)) +
                                  " divided by " + space.text(known),
                              "name equal sizes of the inputs alike, or give "
                              "them a number");
    *open = *rest;
  }
  return node.finish(builder.reshape(node.input(0), *target));
}

static LogicalResult translateFlatten(Node &node) {
  Builder &builder = node.builder();
  Builder::Sizes sizes = builder.sizesOf(node.input(0));
  auto rank = static_cast<int64_t>(sizes.size());
  int64_t axis = node.integer("axis", 1);
  if (axis < -rank || axis > rank) // All axes may come first.
    return node.unsupported("axis " + Twine(axis) +
                                " is out of range for rank " + Twine(rank),
                            "the model is not valid; export it again");
  axis = axis < 0 ? axis + rank : axis;
  graph::DimSpace &space = node.space();
  return node.finish(builder.reshape(
      node.input(0), {space.product(ArrayRef(sizes).take_front(axis)),
                      space.product(ArrayRef(sizes).drop_front(axis))}));
}

static LogicalResult translateSqueeze(Node &node) {
  Builder &builder = node.builder();
  Builder::Sizes sizes = builder.sizesOf(node.input(0));
  auto given = node.integersFrom("axes", 1);
  if (failed(given))
    return failure();
  if (*given) {
    auto axes = normalizeAxes(builder, **given, sizes.size());
    return axes ? node.finish(builder.squeeze(node.input(0), *axes))
                : failure();
  }
  SmallVector<int64_t> axes;
  for (auto [axis, size] : llvm::enumerate(sizes)) {
    std::optional<int64_t> number = node.space().constant(size);
    if (!number)
      return node.unsupported("whether axis " + Twine(axis) +
                                  " is removed depends on the size " +
                                  node.space().text(size),
                              "name the axes to remove");
    if (number == 1)
      axes.push_back(axis);
  }
  return node.finish(builder.squeeze(node.input(0), axes));
}

static LogicalResult translateUnsqueeze(Node &node) {
  Builder &builder = node.builder();
  auto given = node.integersFrom("axes", 1);
  if (failed(given))
    return failure();
  if (!*given)
    return node.unsupported("the axes to add are missing",
                            "the model is not valid; export it again");
  int64_t rank =
      Builder::rankOf(node.input(0)) + static_cast<int64_t>((*given)->size());
  if (rank > maximumRank)
    return node.unsupported("the result has " + Twine(rank) + " axes",
                            "at most " + Twine(maximumRank) +
                                " axes are supported");
  auto axes = normalizeAxes(builder, **given, rank);
  return axes ? node.finish(builder.unsqueeze(node.input(0), *axes))
              : failure();
}

static LogicalResult translateTranspose(Node &node) {
  int64_t rank = Builder::rankOf(node.input(0));
  auto reversed = llvm::to_vector(llvm::reverse(llvm::seq<int64_t>(0, rank)));
  return node.finish(node.builder().transpose(
      node.input(0), node.integers("perm").value_or(reversed)));
}

//===----------------------------------------------------------------------===//
// Repetition
//===----------------------------------------------------------------------===//

static LogicalResult translateExpand(Node &node) {
  FailureOr<Builder::Sizes> sizes = shapeFrom(node, 1);
  if (failed(sizes))
    return failure();
  return node.finish(node.builder().broadcast(node.input(0), *sizes));
}

/// Each repeated axis gets one of size 1 in front, which is then broadcast.
static LogicalResult translateTile(Node &node) {
  FailureOr<Builder::Sizes> repeats = shapeFrom(node, 1);
  if (failed(repeats))
    return failure();
  Builder &builder = node.builder();
  graph::DimSpace &space = node.space();
  Builder::Sizes old = builder.sizesOf(node.input(0));
  if (repeats->size() != old.size())
    return node.unsupported(Twine(repeats->size()) +
                                " repetitions for an input of rank " +
                                Twine(old.size()),
                            "the model is not valid; export it again");
  Builder::Sizes separate, repeated, joined;
  for (auto [size, count] : llvm::zip(old, *repeats)) {
    if (space.constant(count) != 1) {
      separate.push_back(space.number(1));
      repeated.push_back(count);
    }
    separate.push_back(size);
    repeated.push_back(size);
    joined.push_back(space.multiply(size, count));
  }
  Value apart = builder.reshape(node.input(0), separate);
  return node.finish(
      builder.reshape(builder.broadcast(apart, repeated), joined));
}

//===----------------------------------------------------------------------===//
// Joining and splitting
//===----------------------------------------------------------------------===//

static LogicalResult translateConcat(Node &node) {
  Builder &builder = node.builder();
  SmallVector<Value> inputs;
  for (unsigned position = 0; position < node.inputCount(); ++position)
    inputs.push_back(node.input(position));
  auto axis = builder.normalizeAxis(node.integer("axis", 0),
                                    Builder::rankOf(inputs.front()));
  return axis ? node.finish(builder.concat(inputs, *axis)) : failure();
}

/// The sizes of `count` parts of `total`; the last one may be smaller.
static FailureOr<Builder::Sizes> equalParts(Node &node, AffineExpr total,
                                            int64_t count) {
  graph::DimSpace &space = node.space();
  if (std::optional<int64_t> number = space.constant(total)) {
    int64_t most = llvm::divideCeil(*number, count);
    Builder::Sizes parts;
    for (int64_t part = 0; part < count; ++part)
      parts.push_back(
          space.number(std::clamp<int64_t>(*number - part * most, 0, most)));
    return parts;
  }
  std::optional<AffineExpr> part = space.divide(total, space.number(count));
  if (!part || !space.unify(space.multiply(*part, space.number(count)), total))
    return node.unsupported("the size " + space.text(total) +
                                " cannot be split into " + Twine(count) +
                                " parts",
                            "give the size a number, or name the sizes of "
                            "the parts");
  return Builder::Sizes(count, *part);
}

static FailureOr<Builder::Sizes> splitSizes(Node &node, AffineExpr total) {
  if (auto numbers = node.integers("split")) {
    Builder::Sizes sizes;
    for (int64_t number : *numbers)
      sizes.push_back(node.space().number(number));
    return sizes;
  }
  if (node.hasInput(1))
    return shapeFrom(node, 1);
  int64_t outputs = node.outputCount();
  int64_t count = node.integer("num_outputs", outputs);
  if (count < outputs || count < 1 || count > graph::maximumShapeElements)
    return node.unsupported("a split into " + Twine(count) + " parts has " +
                                Twine(outputs) + " outputs",
                            "the model is not valid; export it again");
  return equalParts(node, total, count);
}

static LogicalResult translateSplit(Node &node) {
  Builder &builder = node.builder();
  graph::DimSpace &space = node.space();
  Value input = node.input(0);
  auto axis =
      builder.normalizeAxis(node.integer("axis", 0), Builder::rankOf(input));
  if (!axis)
    return failure();
  AffineExpr total = builder.sizesOf(input)[*axis];
  FailureOr<Builder::Sizes> sizes = splitSizes(node, total);
  if (failed(sizes))
    return failure();

  if (sizes->size() < node.outputCount())
    return node.unsupported(Twine(sizes->size()) + " parts for " +
                                Twine(node.outputCount()) + " outputs",
                            "the model is not valid; export it again");
  AffineExpr end = space.number(0);
  SmallVector<AffineExpr> starts;
  for (AffineExpr size : *sizes) {
    starts.push_back(end);
    end = space.add(end, size);
    if (!space.demandAtLeast(size, 0))
      return node.unsupported("a part has the size " + space.text(size),
                              "the model is not valid; export it again");
  }
  if (!space.unify(end, total))
    return node.unsupported("the parts have " + space.text(end) +
                                " elements together, the axis has " +
                                space.text(total),
                            "the model is not valid; export it again");
  SmallVector<Value> parts;
  for (auto [start, size] : llvm::zip(starts, *sizes))
    parts.push_back(sliceAxis(builder, input, *axis, start, size));
  return finishAll(node, parts);
}

//===----------------------------------------------------------------------===//
// Depth and space
//===----------------------------------------------------------------------===//

/// The block size, if input 0 is `[batch, channels, height, width]`.
static FailureOr<int64_t> imageBlock(Node &node) {
  int64_t block = node.integer("blocksize", 0);
  if (Builder::rankOf(node.input(0)) == 4 && block >= 1 && block <= 65536)
    return block;
  return node.unsupported("blocks of " + Twine(block) +
                              " in a tensor of rank " +
                              Twine(Builder::rankOf(node.input(0))),
                          "the model is not valid; export it again");
}

static LogicalResult translateDepthToSpace(Node &node) {
  FailureOr<int64_t> block = imageBlock(node);
  if (failed(block))
    return failure();
  Builder &builder = node.builder();
  graph::DimSpace &space = node.space();
  Builder::Sizes old = builder.sizesOf(node.input(0));
  AffineExpr edge = space.number(*block);
  auto depth = space.divide(old[1], space.number(*block * *block));
  if (!depth)
    return node.unsupported(space.text(old[1]) + " channels in blocks",
                            "give the channels a number");
  // DCR: the block comes before the channels, CRD: behind them.
  bool columnsFirst = node.text("mode", "DCR") == "CRD";
  Value split = builder.reshape(
      node.input(0),
      columnsFirst
          ? Builder::Sizes{old[0], *depth, edge, edge, old[2], old[3]}
          : Builder::Sizes{old[0], edge, edge, *depth, old[2], old[3]});
  Value moved = columnsFirst ? builder.transpose(split, {0, 1, 4, 2, 5, 3})
                             : builder.transpose(split, {0, 3, 4, 1, 5, 2});
  return node.finish(
      builder.reshape(moved, {old[0], *depth, space.multiply(old[2], edge),
                              space.multiply(old[3], edge)}));
}

static LogicalResult translateSpaceToDepth(Node &node) {
  FailureOr<int64_t> block = imageBlock(node);
  if (failed(block))
    return failure();
  Builder &builder = node.builder();
  graph::DimSpace &space = node.space();
  Builder::Sizes old = builder.sizesOf(node.input(0));
  AffineExpr edge = space.number(*block);
  auto height = space.divide(old[2], edge), width = space.divide(old[3], edge);
  if (!height || !width)
    return node.unsupported("an image of " + space.text(old[2]) + " x " +
                                space.text(old[3]) + " in blocks",
                            "give height and width a number");
  Value split = builder.reshape(node.input(0),
                                {old[0], old[1], *height, edge, *width, edge});
  return node.finish(builder.reshape(
      builder.transpose(split, {0, 3, 5, 1, 2, 4}),
      {old[0], space.multiply(old[1], space.number(*block * *block)), *height,
       *width}));
}

void addMovementOperators(OperatorTable &table) {
  table.add("Reshape", needs<2, translateReshape>, 5);
  table.add("Flatten", needs<1, translateFlatten>);
  table.add("Squeeze", needs<1, translateSqueeze>);
  table.add("Unsqueeze", needs<1, translateUnsqueeze>);
  table.add("Transpose", needs<1, translateTranspose>);
  table.add("Expand", needs<2, translateExpand>, 8);
  table.add("Tile", needs<2, translateTile>, 6);
  table.add("Concat", needsAll<translateConcat>, 4);
  table.add("Split", needs<1, translateSplit>, 2);
  table.add("DepthToSpace", needs<1, translateDepthToSpace>);
  table.add("SpaceToDepth", needs<1, translateSpaceToDepth>);
  addSlicingOperators(table);
}

} // namespace lmcc::import
