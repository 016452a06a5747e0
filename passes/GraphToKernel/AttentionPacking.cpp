//===- AttentionPacking.cpp - What an attention reads in panels -----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/GraphToKernel/Packing.h"

using namespace mlir;

namespace lmcc {

/// What unsigned keys hold more.
static constexpr int64_t byteOffset = 128;

KeyPanels keyPanels(const graph::DimSpace &space, AffineExpr keys,
                    target::MachineAttr machine) {
  constexpr int64_t longest = 64;
  std::optional<int64_t> most = space.range(keys).high;
  int64_t block = most && *most <= longest / 2 ? longest / 2 : longest;
  return {block, dividingPanelWidth(block / 2, machine)};
}

int64_t dividingPanelWidth(int64_t columns, target::MachineAttr machine) {
  int64_t lanes = machine.lanes();
  for (int64_t width = machine.getPanelColumns() / lanes * lanes;
       width >= lanes; width -= lanes)
    if (columns % width == 0)
      return width;
  int64_t width = 1;
  while (2 * width <= lanes && columns % (2 * width) == 0)
    width *= 2;
  return width;
}

/// The same matrices with rows as columns.
static StridedTensor transposed(StridedTensor matrices) {
  size_t last = matrices.sizes.size() - 1;
  std::swap(matrices.sizes[last], matrices.sizes[last - 1]);
  std::swap(matrices.strides[last], matrices.strides[last - 1]);
  return matrices;
}

StridedTensor asWords(const graph::DimSpace &space, StridedTensor tensor) {
  AffineExpr bytes = space.number(graph::wordBytes);
  tensor.sizes.back() = *space.divide(tensor.sizes.back(), bytes);
  for (AffineExpr &stride : MutableArrayRef(tensor.strides).drop_back())
    stride = *space.divide(stride, bytes);
  return tensor;
}

FailureOr<AttentionPanels> Packing::attention(GroupSite &site) {
  graph::AttentionOp attention = site.attention();
  StridedTensor key = stridedOperand(space, site, attention.getKey());
  AttentionPanels result;
  result.keys = key;
  if (std::optional<KeyPanels> kept = places.keyPanels(key.buffer)) {
    result.panels = *kept;
  } else {
    result.panels = keyPanels(space, key.sizes[key.sizes.size() - 2], machine);
    FailureOr<StridedTensor> packed = keys(site, result.panels.width);
    if (failed(packed))
      return failure();
    result.keys = *packed;
  }
  if (!attention.isQuantized())
    return result;
  FailureOr<ByteOperands> bytes = byteOperands(site, result.panels.block);
  if (failed(bytes))
    return failure();
  result.bytes = *bytes;
  return result;
}

/// Makes `tensor` one of matrices of `count` elements, one behind the other, in
/// a buffer of its own.
LogicalResult Packing::allocate(Location location, StridedTensor &tensor,
                                Type element, AffineExpr count) {
  for (size_t axis = tensor.sizes.size() - 2; axis-- > 0;) {
    tensor.strides[axis] = count;
    count = space.multiply(count, tensor.sizes[axis]);
  }
  FailureOr<Value> buffer = schedule.allocate(location, element, count);
  if (failed(buffer))
    return failure();
  tensor.buffer = *buffer;
  return success();
}

FailureOr<StridedTensor> Packing::keys(GroupSite &site, int64_t width) {
  Location location = site.group.getLoc();
  StridedTensor keys = stridedOperand(space, site, site.attention().getKey());
  Type element = Float32Type::get(site.group.getContext());
  if (site.attention().isQuantized()) {
    keys = asWords(space, keys);
    element = IntegerType::get(site.group.getContext(), 32);
  }
  AffineExpr count = keys.sizes[keys.sizes.size() - 2];
  StridedTensor packed = keys;
  AffineExpr columns =
      space.multiply(space.simplify(count.ceilDiv(width)), space.number(width));
  if (failed(allocate(location, packed, element,
                      space.multiply(keys.sizes.back(), columns))))
    return failure();
  KernelBuilder k(location, space);
  buildPackKernel(transposed(keys), packed.buffer, width, k);
  schedule.call(k, {}, "pack_keys", "pack keys into column panels");
  return packed;
}

//===----------------------------------------------------------------------===//
// Bytes
//===----------------------------------------------------------------------===//

FailureOr<ByteOperands> Packing::byteOperands(GroupSite &site,
                                              int64_t columns) {
  graph::AttentionOp attention = site.attention();
  FailureOr<StridedTensor> keyScales =
      scales(site, attention.getKeyScales(), columns);
  FailureOr<StridedTensor> valueScales =
      scales(site, attention.getValueScales(), columns);
  FailureOr<StridedTensor> packed = values(site);
  if (failed(keyScales) || failed(valueScales) || failed(packed))
    return failure();
  ByteOperands bytes;
  bytes.keyScales = *keyScales;
  bytes.valueScales = *valueScales;
  bytes.values = *packed;
  bytes.room = space.simplify(
      packed->sizes[packed->sizes.size() - 2].ceilDiv(graph::wordBytes));
  if (int64_t words = places.roomInWords(packed->buffer))
    bytes.room = space.number(words);
  Type key =
      cast<RankedTensorType>(attention.getKey().getType()).getElementType();
  if (!key.isUnsignedInteger())
    return bytes;
  FailureOr<StridedTensor> starts = queryStarts(site);
  if (failed(starts))
    return failure();
  bytes.starts = *starts;
  return bytes;
}

/// A row of scales for each matrix, filled up to whole blocks with 0.
FailureOr<StridedTensor> Packing::scales(GroupSite &site, Value value,
                                         int64_t columns) {
  Location location = site.group.getLoc();
  StridedTensor rows = transposed(stridedOperand(space, site, value));
  StridedTensor packed = rows;
  packed.sizes.back() =
      space.multiply(space.simplify(rows.sizes.back().ceilDiv(columns)),
                     space.number(columns));
  if (failed(allocate(location, packed,
                      Float32Type::get(site.group.getContext()),
                      packed.sizes.back())))
    return failure();
  KernelBuilder k(location, space);
  buildPackKernel(rows, packed.buffer, columns, k);
  schedule.call(k, {}, "pack_scales", "a row of scales for whole blocks");
  return packed;
}

FailureOr<StridedTensor> Packing::values(GroupSite &site) {
  Location location = site.group.getLoc();
  StridedTensor values =
      stridedOperand(space, site, site.attention().getValue());
  if (places.roomInWords(values.buffer) != 0)
    return values;
  StridedTensor packed = values;
  AffineExpr words = space.simplify(
      values.sizes[values.sizes.size() - 2].ceilDiv(graph::wordBytes));
  if (failed(allocate(location, packed,
                      IntegerType::get(site.group.getContext(), 32),
                      space.multiply(words, values.sizes.back()))))
    return failure();
  std::optional<int64_t> length = space.constant(values.sizes.back());
  if (!length)
    return emitError(location, "no kernel averages values whose length is no "
                               "number");
  KernelBuilder k(location, space);
  buildPackWordsKernel(values, packed.buffer,
                       dividingPanelWidth(*length, machine), k);
  schedule.call(k, {}, "pack_values", "pack values into words of four keys");
  return packed;
}

FailureOr<StridedTensor> Packing::queryStarts(GroupSite &site) {
  Value query = site.attention().getQuery();
  StridedTensor starts = stridedOperand(space, site, query);
  while (auto transpose = query.getDefiningOp<graph::TransposeOp>())
    query = transpose.getInput();
  Value rows =
      site.group.getInputs()[cast<BlockArgument>(query).getArgNumber()];
  int64_t length = *space.constant(starts.sizes.back());
  FailureOr<Value> buffer =
      startsOf(site.group.getLoc(), rows, length, byteOffset);
  if (failed(buffer))
    return failure();
  starts.buffer = *buffer;
  starts.sizes.back() = space.number(1);
  for (AffineExpr &stride : MutableArrayRef(starts.strides).drop_back())
    stride = *space.divide(stride, space.number(length));
  return starts;
}

} // namespace lmcc
