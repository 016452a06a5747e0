//===- Indexing.cpp - Elements at places that tensors name ----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Gathers and scatters first turn their indices into offsets, where everything
// is checked, and then move elements.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Evaluate/Arithmetic.h"
#include "dialects/Graph/Evaluate/Step.h"
#include "dialects/Graph/Evaluate/Strides.h"

using namespace mlir;

namespace lmcc::graph {

using Offsets = SmallVector<int64_t, 0>;

/// `index` counted from the front of an axis with `size` elements.
static FailureOr<int64_t> normalizeIndex(Operation *op, int64_t index,
                                         int64_t size) {
  if (index < -size || index >= size)
    return op->emitError() << "index " << index << " is outside [" << -size
                           << ", " << size << ")";
  return index < 0 ? index + size : index;
}

/// The offset that each tuple of `indices` names behind the first `batchAxes`
/// axes of a tensor of `shape`.
static FailureOr<Offsets> tupleOffsets(Operation *op, const HostTensor &indices,
                                       ArrayRef<int64_t> shape,
                                       int64_t batchAxes) {
  if (batchAxes < 0 || batchAxes >= indices.getRank() ||
      indices.getShape().take_front(batchAxes) != shape.take_front(batchAxes))
    return op->emitError() << "data and indices differ in the first "
                           << batchAxes << " axes";
  int64_t length = indices.getShape().back();
  int64_t tuplesPerBatch =
      product(indices.getShape().drop_front(batchAxes).drop_back());
  int64_t tuples = product(indices.getShape().drop_back());
  int64_t batchSize = product(shape.drop_front(batchAxes));
  SmallVector<int64_t, 4> strides = rowMajorStrides(shape);

  Loaded<int64_t> values(indices);
  Offsets offsets;
  offsets.reserve(tuples);
  for (int64_t tuple = 0; tuple < tuples; ++tuple) {
    int64_t offset = tuple / tuplesPerBatch * batchSize;
    for (int64_t i = 0; i < length; ++i) {
      FailureOr<int64_t> index =
          normalizeIndex(op, values[tuple * length + i], shape[batchAxes + i]);
      if (failed(index))
        return failure();
      offset += *index * strides[batchAxes + i];
    }
    offsets.push_back(offset);
  }
  return offsets;
}

/// For each place of `indices`, the offset of the same place in a tensor of
/// `shape` with the index put in for its coordinate on `axis`.
static FailureOr<Offsets> elementOffsets(Operation *op,
                                         const HostTensor &indices,
                                         ArrayRef<int64_t> shape, size_t axis) {
  for (auto [i, size] : llvm::enumerate(indices.getShape()))
    if (i != axis && size > shape[i])
      return op->emitError()
             << "the indices have " << size << " elements along axis " << i
             << ", but the data only " << shape[i];
  Loaded<int64_t> values(indices);
  Offsets offsets;
  if (values.size() == 0)
    return offsets;
  offsets.reserve(values.size());
  SmallVector<int64_t, 4> strides = rowMajorStrides(shape);
  SmallVector<int64_t, 4> place(shape.size(), 0);
  do {
    FailureOr<int64_t> index =
        normalizeIndex(op, values[offsets.size()], shape[axis]);
    if (failed(index))
      return failure();
    int64_t offset = (*index - place[axis]) * strides[axis];
    for (auto [coordinate, stride] : llvm::zip(place, strides))
      offset += coordinate * stride;
    offsets.push_back(offset);
  } while (advance(place, indices.getShape()));
  return offsets;
}

//===----------------------------------------------------------------------===//
// Gather
//===----------------------------------------------------------------------===//

/// Fills the result with `count` consecutive elements from each offset.
static void gatherSlices(Step &step, ArrayRef<int64_t> offsets, int64_t count) {
  int64_t bytes = step.result.getElementBytes();
  const uint8_t *source = step.operands[0].bytes().data();
  uint8_t *target = step.result.mutableBytes();
  for (int64_t offset : offsets) {
    std::memcpy(target, source + offset * bytes, count * bytes);
    target += count * bytes;
  }
}

LogicalResult compute(GatherOp op, Step &step) {
  ArrayRef<int64_t> shape = step.operands[0].getShape();
  int64_t size = shape[op.getAxis()];
  int64_t inner = product(shape.drop_front(op.getAxis() + 1));
  int64_t outer = product(shape.take_front(op.getAxis()));
  Loaded<int64_t> indices(step.operands[1]);
  Offsets slices;
  for (int64_t i = 0; i < indices.size(); ++i) {
    FailureOr<int64_t> index = normalizeIndex(op, indices[i], size);
    if (failed(index))
      return failure();
    slices.push_back(*index * inner);
  }
  if (step.result.getNumElements() == 0)
    return success();
  Offsets offsets;
  offsets.reserve(outer * slices.size());
  for (int64_t block = 0; block < outer; ++block)
    for (int64_t slice : slices)
      offsets.push_back(block * size * inner + slice);
  gatherSlices(step, offsets, inner);
  return success();
}

LogicalResult compute(LookUpColumnsOp op, Step &step) {
  ArrayRef<int64_t> shape = step.operands[0].getShape();
  ArrayRef<int8_t> numbers = step.operands[0].data<int8_t>();
  Loaded<float> scales(step.operands[1]);
  Loaded<int64_t> indices(step.operands[2]);
  float *result = step.result.mutableData<float>().data();
  for (int64_t i = 0; i < indices.size(); ++i) {
    FailureOr<int64_t> index = normalizeIndex(op, indices[i], shape[1]);
    if (failed(index))
      return failure();
    for (int64_t k = 0; k < shape[0]; ++k)
      *result++ = static_cast<float>(numbers[k * shape[1] + *index]) *
                  scales[k / op.groupSize() * shape[1] + *index];
  }
  return success();
}

LogicalResult compute(GatherElementsOp op, Step &step) {
  FailureOr<Offsets> offsets = elementOffsets(
      op, step.operands[1], step.operands[0].getShape(), op.getAxis());
  if (failed(offsets))
    return failure();
  gatherSlices(step, *offsets, 1);
  return success();
}

/// Whether `tensor`, called `what`, has the outer shape of the tuples and then
/// that of the slices they name.
static LogicalResult checkSlices(Operation *op, StringRef what,
                                 const HostTensor &tensor,
                                 const HostTensor &indices,
                                 ArrayRef<int64_t> slice) {
  SmallVector<int64_t> expected(indices.getShape().drop_back());
  expected.append(slice.begin(), slice.end());
  if (ArrayRef<int64_t>(expected) == tensor.getShape())
    return success();
  InFlightDiagnostic diagnostic = op->emitError();
  diagnostic << what << " has shape [";
  llvm::interleaveComma(tensor.getShape(), diagnostic);
  diagnostic << "], but the indices name [";
  llvm::interleaveComma(expected, diagnostic);
  return diagnostic << "]";
}

LogicalResult compute(GatherNdOp op, Step &step) {
  const HostTensor &indices = step.operands[1];
  ArrayRef<int64_t> shape = step.operands[0].getShape();
  FailureOr<Offsets> offsets =
      tupleOffsets(op, indices, shape, op.getBatchAxes());
  if (failed(offsets))
    return failure();
  ArrayRef<int64_t> slice =
      shape.drop_front(op.getBatchAxes() + indices.getShape().back());
  if (failed(checkSlices(op, "the result", step.result, indices, slice)))
    return failure();
  gatherSlices(step, *offsets, product(slice));
  return success();
}

//===----------------------------------------------------------------------===//
// Scatter
//===----------------------------------------------------------------------===//

template <typename Compute>
static Compute meet(ScatterMode mode, Compute old, Compute update) {
  switch (mode) {
  case ScatterMode::assign: return update;
  case ScatterMode::add: return add(old, update);
  case ScatterMode::mul: return multiply(old, update);
  case ScatterMode::max: return maximum(old, update);
  case ScatterMode::min: return minimum(old, update);
  }
  llvm_unreachable("every mode is handled");
}

/// Copies the input and lets `count` consecutive updates meet the elements from
/// each offset on.
static void scatterSlices(Step &step, ScatterMode mode,
                          ArrayRef<int64_t> offsets, int64_t count) {
  const HostTensor &updates = step.operands[2];
  llvm::copy(step.operands[0].bytes(), step.result.mutableBytes());
  if (offsets.empty())
    return;
  dispatchCompute(updates.getElementType(), [&](auto zero) {
    using Compute = decltype(zero);
    SmallVector<Compute> old(count), update(count);
    int64_t first = 0;
    for (int64_t offset : offsets) {
      load(updates, first, count, update.data());
      load(step.result, offset, count, old.data());
      for (int64_t i = 0; i < count; ++i)
        old[i] = meet(mode, old[i], update[i]);
      store(old.data(), count, step.result, offset);
      first += count;
    }
  });
}

LogicalResult compute(ScatterElementsOp op, Step &step) {
  FailureOr<Offsets> offsets = elementOffsets(
      op, step.operands[1], step.operands[0].getShape(), op.getAxis());
  if (failed(offsets))
    return failure();
  scatterSlices(step, op.getMode(), *offsets, 1);
  return success();
}

LogicalResult compute(ScatterNdOp op, Step &step) {
  const HostTensor &indices = step.operands[1];
  ArrayRef<int64_t> shape = step.operands[0].getShape();
  FailureOr<Offsets> offsets =
      tupleOffsets(op, indices, shape, /*batchAxes=*/0);
  if (failed(offsets))
    return failure();
  ArrayRef<int64_t> slice = shape.drop_front(indices.getShape().back());
  if (failed(checkSlices(op, "updates", step.operands[2], indices, slice)))
    return failure();
  scatterSlices(step, op.getMode(), *offsets, product(slice));
  return success();
}

} // namespace lmcc::graph
