//===- Packing.cpp - The panels that products run over --------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/GraphToKernel/Packing.h"

using namespace mlir;
using lmcc::graph::typeOf;

namespace lmcc {

static bool isMatrixOfWeights(Value matrix) {
  return typeOf(matrix).getRank() == 2 && matrix.getDefiningOp<weight::GetOp>();
}

int64_t stepsTogether(graph::MatmulOp product, Value matrix,
                      target::MachineAttr machine) {
  int64_t steps = product.stepsTogether();
  if (!product.isProductOfWords() || !machine.getSumsLanes() ||
      !isMatrixOfWeights(matrix))
    return steps;
  int64_t vector = steps * machine.lanes();
  bool fillsVectors = typeOf(matrix).getDimSize(0) % vector == 0 &&
                      typeOf(matrix).getDimSize(1) >= machine.lanes();
  return fillsVectors ? vector : steps;
}

int64_t Packing::widthFor(AffineExpr columns) const {
  return panelWidth(space.constant(columns), machine.lanes(),
                    machine.getPanelColumns());
}

/// Whether the bytes of a weight are multiplied in pairs of steps.
bool Packing::hasPairs(Value matrix, int64_t width, int64_t together) const {
  if (!machine.getSplitRows() || !isMatrixOfWeights(matrix) ||
      !typeOf(matrix).getElementType().isSignlessInteger(8))
    return false;
  int64_t steps = typeOf(matrix).getDimSize(0) / graph::wordBytes;
  return together == graph::wordBytes && width % machine.lanes() == 0 &&
         steps > 1 && steps <= weight::mostOrderedSteps;
}

FailureOr<PackedSide> Packing::columns(Location location, Value matrix,
                                       int64_t together, bool mayReorder) {
  PackedSide side;
  side.width = widthFor(space.sizes(typeOf(matrix)).back());
  if (mayReorder && hasPairs(matrix, side.width, together)) {
    KernelPool::PairedPanels paired = pool.pairedWeight(
        location, matrix.getDefiningOp<weight::GetOp>().getWeight(),
        side.width);
    side.panels = schedule.weight(location, paired.panels);
    side.order = schedule.weight(location, paired.order);
    return side;
  }
  FailureOr<Value> packedMatrix =
      packed(location, matrix, side.width, together);
  if (failed(packedMatrix))
    return failure();
  side.panels = *packedMatrix;
  side.hasFullRange = typeOf(matrix).getElementType().isInteger(8) &&
                      !isMatrixOfWeights(matrix);
  side.columnWords = llvm::divideCeil(together, graph::wordBytes);
  return side;
}

FailureOr<Value> Packing::packed(Location location, Value matrix, int64_t width,
                                 int64_t together) {
  RankedTensorType type = typeOf(matrix);
  if (auto get = matrix.getDefiningOp<weight::GetOp>();
      get && type.getRank() == 2)
    return weight(location, get.getWeight(), width, together);
  if (auto constant = matrix.getDefiningOp<graph::ConstantOp>();
      constant && type.getRank() == 2)
    return weight(location, pool.constantWeight(location, constant.getValue()),
                  width, together);
  Value &known = panels[{matrix, width}];
  if (known)
    return known;
  FailureOr<Value> source = places.buffer(matrix);
  if (failed(source))
    return failure();
  Type element = type.getElementType();
  bool isOfBytes = element.isSignlessInteger(8) && together == graph::wordBytes;
  if (!element.isF32() && !isOfBytes)
    return emitError(location) << "no kernel packs " << type;
  auto sizes = space.sizes(type);
  AffineExpr &depth = sizes[sizes.size() - 2];
  depth = *space.divide(depth, space.number(together));
  AffineExpr count = space.product({space.product(ArrayRef(sizes).drop_back()),
                                    space.simplify(sizes.back().ceilDiv(width)),
                                    space.number(width)});
  FailureOr<Value> buffer = schedule.allocate(
      location, isOfBytes ? IntegerType::get(type.getContext(), 32) : element,
      count);
  if (failed(buffer))
    return failure();
  known = *buffer;
  KernelBuilder k(location, space);
  StridedTensor tensor = denseTensor(space, *source, type);
  if (isOfBytes)
    buildPackWordsKernel(tensor, *buffer, width, k);
  else
    buildPackKernel(tensor, *buffer, width, k);
  schedule.call(k, {}, isOfBytes ? "pack_words" : "pack",
                isOfBytes ? "pack into column panels of words of four steps"
                          : "pack into column panels");
  return *buffer;
}

FailureOr<Value> Packing::words(Location location, Value rows, Value buffer) {
  if (!isa<BlockArgument>(buffer))
    return buffer;
  Value &copy = copies[buffer];
  if (copy)
    return copy;
  RankedTensorType type = typeOf(rows);
  FailureOr<Value> aligned = schedule.allocate(location, type);
  if (failed(aligned))
    return failure();
  copy = *aligned;
  KernelBuilder k(location, space);
  buildCopyKernel(k, buffer, copy, space.product(space.sizes(type)));
  schedule.call(k, {}, "copy", "copy to where words are aligned");
  return copy;
}

FailureOr<SplitRows> Packing::split(Location location, Value rows) {
  SplitRows &known = splits[rows];
  if (known.words)
    return known;
  FailureOr<Value> source = places.buffer(rows);
  if (succeeded(source))
    source = words(location, rows, *source);
  if (failed(source))
    return failure();
  StridedTensor tensor = denseTensor(space, *source, rows.getType());
  AffineExpr count = space.product(ArrayRef(tensor.sizes).drop_back());
  AffineExpr bytes = space.multiply(count, tensor.sizes.back());
  Type word = IntegerType::get(rows.getContext(), 32);
  // Two bytes for each.
  FailureOr<Value> words = schedule.allocate(
      location, word, space.simplify(bytes.floorDiv(graph::wordBytes / 2)));
  FailureOr<Value> starts = schedule.allocate(location, word, count);
  if (failed(words) || failed(starts))
    return failure();
  known = {*words, *starts};
  KernelBuilder k(location, space);
  buildSplitRowsKernel(tensor, known.words, known.starts, k);
  schedule.call(k, {}, "split_rows", "rows as magnitudes and signs");
  return known;
}

Value Packing::weight(Location location, StringRef name, int64_t width,
                      int64_t together) {
  return schedule.weight(location,
                         pool.packedWeight(location, name, width, together));
}

PackedSide Packing::groups(Location location, Value matrix, Value scales,
                           int64_t bits) {
  PackedSide side;
  side.bits = bits;
  side.width = groupedPanelWidth(machine.lanes(), machine.getPanelColumns());
  StringRef name = pool.packedGroups(
      location, matrix.getDefiningOp<weight::GetOp>().getWeight(),
      scales.getDefiningOp<weight::GetOp>().getWeight(), side.width, bits);
  side.panels = schedule.weight(location, name);
  side.hasWideScales = pool.hasWideScales(name);
  return side;
}

FailureOr<Value> Packing::startsOf(Location location, Value rows, int64_t group,
                                   int64_t offset) {
  Value &known = starts[{rows, group, offset}];
  if (known)
    return known;
  FailureOr<Value> source = places.buffer(rows);
  if (failed(source))
    return failure();
  StridedTensor tensor = denseTensor(space, *source, rows.getType());
  AffineExpr count =
      space.multiply(space.product(ArrayRef(tensor.sizes).drop_back()),
                     space.simplify(tensor.sizes.back().floorDiv(group)));
  Type element = typeOf(rows).getElementType();
  if (element.isInteger(8))
    element = IntegerType::get(rows.getContext(), 32);
  FailureOr<Value> buffer = schedule.allocate(location, element, count);
  if (failed(buffer))
    return failure();
  known = *buffer;
  KernelBuilder k(location, space);
  buildGroupStartsKernel(tensor, *buffer, group, offset, k);
  schedule.call(k, {}, "group_starts",
                "-" + std::to_string(offset) + " times the sum of each group");
  return *buffer;
}

} // namespace lmcc
