//===- Movement.cpp - Operations that move elements -----------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Elements are moved as bytes. Sizes that types leave open are checked against
// each other here, before any element is touched.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Evaluate/Elements.h"
#include "dialects/Graph/Evaluate/Step.h"
#include "dialects/Graph/Evaluate/Strides.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace lmcc::graph {

using Strides = SmallVector<int64_t, 4>;

/// Fills the result from its operand by a copy with `sourceStrides`, starting
/// at the element numbered `first`.
static void copyToResult(Step &step, ArrayRef<int64_t> sourceStrides,
                         int64_t first = 0) {
  int64_t bytes = step.result.getElementBytes();
  ArrayRef<int64_t> shape = step.result.getShape();
  copyStrided(bytes, shape,
              {step.operands[0].bytes().data() + first * bytes, sourceStrides},
              {step.result.mutableBytes(), rowMajorStrides(shape)});
}

LogicalResult compute(TransposeOp op, Step &step) {
  Strides strides = rowMajorStrides(step.operands[0].getShape()), permuted;
  for (int64_t axis : op.getPermutation())
    permuted.push_back(strides[axis]);
  copyToResult(step, permuted);
  return success();
}

LogicalResult compute(BroadcastOp op, Step &step) {
  ArrayRef<int64_t> shape = step.operands[0].getShape();
  Strides own = rowMajorStrides(shape);
  Strides strides(step.result.getRank() - shape.size(), 0);
  for (auto [size, stride] : llvm::zip(shape, own))
    strides.push_back(size == 1 ? 0 : stride);
  copyToResult(step, strides);
  return success();
}

LogicalResult compute(ConcatOp op, Step &step) {
  ArrayRef<int64_t> shape = step.result.getShape();
  size_t axis = op.getAxis();
  // Unsigned, for sizes of empty tensors may be anything.
  uint64_t total = 0;
  for (const HostTensor &operand : step.operands)
    total += operand.getShape()[axis];
  if (total != static_cast<uint64_t>(shape[axis]))
    return op.emitError() << "the operands have " << total
                          << " elements along axis " << axis
                          << ", but the result has " << shape[axis];

  int64_t bytes = step.result.getElementBytes();
  Strides strides = rowMajorStrides(shape);
  uint8_t *target = step.result.mutableBytes();
  for (const HostTensor &operand : step.operands) {
    copyStrided(bytes, operand.getShape(),
                {operand.bytes().data(), rowMajorStrides(operand.getShape())},
                {target, strides});
    target += operand.getShape()[axis] * strides[axis] * bytes;
  }
  return success();
}

LogicalResult compute(SliceOp op, Step &step) {
  FailureOr<SmallVector<int64_t>> starts =
      concreteSizes(op.getStarts(), step.symbols, op.getLoc());
  if (failed(starts))
    return failure();
  if (step.result.getNumElements() == 0)
    return success();

  ArrayRef<int64_t> shape = step.operands[0].getShape();
  Strides strides = rowMajorStrides(shape);
  int64_t first = 0;
  for (auto [axis, count] : llvm::enumerate(step.result.getShape())) {
    int64_t start = (*starts)[axis], increment = op.getSteps()[axis];
    std::optional<int64_t> last =
        llvm::checkedMulAdd(count - 1, increment, start);
    if (!last || std::min(start, *last) < 0 ||
        std::max(start, *last) >= shape[axis])
      return op.emitError() << "takes " << count << " elements from " << start
                            << " in steps of " << increment << " of axis "
                            << axis << ", which has " << shape[axis];
    first += start * strides[axis];
    // The step of a single element does not matter and may be huge.
    strides[axis] = count == 1 ? 0 : strides[axis] * increment;
  }
  copyToResult(step, strides, first);
  return success();
}

//===----------------------------------------------------------------------===//
// Elements from outside the input
//===----------------------------------------------------------------------===//

/// Where each element along one axis of the result comes from: an offset into
/// the input, or `outside`.
using Places = SmallVector<int64_t, 0>;
static constexpr int64_t outside = -1;

/// The element of an axis with `size` elements that is seen at `position`.
static int64_t paddedIndex(PadMode mode, int64_t position, int64_t size) {
  if (position >= 0 && position < size)
    return position;
  switch (mode) {
  case PadMode::constant: return outside;
  case PadMode::edge: return position < 0 ? 0 : size - 1;
  case PadMode::wrap: return llvm::mod(position, size);
  case PadMode::reflect: break;
  }
  if (size == 1)
    return 0;
  int64_t period = 2 * (size - 1);
  int64_t phase = llvm::mod(position, period);
  return std::min(phase, period - phase);
}

static FailureOr<Places> paddedPlaces(PadOp op, int64_t axis, int64_t size,
                                      int64_t stride, int64_t count) {
  Places places;
  for (int64_t i = 0; i < count; ++i) {
    std::optional<int64_t> position = llvm::checkedSub(i, op.getLow()[axis]);
    if (!position)
      return op.emitError() << op.getLow()[axis]
                            << " elements cannot be added to axis " << axis;
    int64_t index = paddedIndex(op.getMode(), *position, size);
    places.push_back(index == outside ? outside : index * stride);
  }
  return places;
}

/// Fills one row of the result: `source` where `outer` and the place along the
/// last axis are inside, `filler` elsewhere.
static void fillRow(int64_t bytes, const uint8_t *source, int64_t outer,
                    ArrayRef<int64_t> places, const uint8_t *filler,
                    uint8_t *row) {
  dispatchUnit(bytes, [&](auto zero) {
    for (int64_t place : places) {
      bool isInside = outer != outside && place != outside;
      std::memcpy(row,
                  isInside ? source + (outer + place) * sizeof(zero) : filler,
                  sizeof(zero));
      row += sizeof(zero);
    }
  });
}

LogicalResult compute(PadOp op, Step &step) {
  const HostTensor &input = step.operands[0];
  if (step.result.getNumElements() == 0)
    return success();
  if (op.getMode() != PadMode::constant && input.getNumElements() == 0)
    return op.emitError("the input has no element that could be repeated");
  ArrayRef<int64_t> shape = step.result.getShape();
  Strides strides = rowMajorStrides(input.getShape());
  SmallVector<Places> places;
  for (int64_t axis = 0; axis < input.getRank(); ++axis) {
    FailureOr<Places> own = paddedPlaces(op, axis, input.getShape()[axis],
                                         strides[axis], shape[axis]);
    if (failed(own))
      return failure();
    places.push_back(std::move(*own));
  }
  if (places.empty()) // A rank of 0 counts as an axis with one element.
    places.push_back({0});

  ArrayRef<Places> outerPlaces = ArrayRef(places).drop_back();
  ArrayRef<int64_t> outerShape = shape.take_front(outerPlaces.size());
  SmallVector<int64_t> index(outerShape.size(), 0);
  int64_t bytes = input.getElementBytes();
  uint8_t *row = step.result.mutableBytes();
  do {
    int64_t outer = 0;
    for (auto [own, i] : llvm::zip(outerPlaces, index)) {
      if (own[i] == outside) {
        outer = outside;
        break;
      }
      outer += own[i];
    }
    fillRow(bytes, input.bytes().data(), outer, places.back(),
            step.operands[1].bytes().data(), row);
    row += places.back().size() * bytes;
  } while (advance(index, outerShape));
  return success();
}

/// The places under `kernel` elements of a window at `count` positions.
static Places windowPlaces(int64_t count, int64_t step, int64_t kernel,
                           int64_t dilation, int64_t low, int64_t size,
                           int64_t stride) {
  Places places;
  for (int64_t o = 0; o < count; ++o)
    for (int64_t k = 0; k < kernel; ++k) {
      // What does not fit into 64 bits is far outside.
      std::optional<int64_t> position = llvm::checkedMul(o, step);
      if (position)
        if ((position = llvm::checkedMulAdd(k, dilation, *position)))
          position = llvm::checkedSub(*position, low);
      bool isInside = position && *position >= 0 && *position < size;
      places.push_back(isInside ? *position * stride : outside);
    }
  return places;
}

LogicalResult compute(PatchesOp op, Step &step) {
  ArrayRef<int64_t> input = step.operands[0].getShape();
  ArrayRef<int64_t> shape = step.result.getShape();
  size_t spatial = input.size() - 2;
  if (shape[0] != input[0] || shape[spatial + 1] != input[1])
    return op.emitError() << "turns " << input[0] << " batches of " << input[1]
                          << " channels into " << shape[0] << " of "
                          << shape[spatial + 1];
  if (step.result.getNumElements() == 0)
    return success();
  Strides strides = rowMajorStrides(input);
  ArrayRef<int64_t> kernel = shape.take_back(spatial);
  SmallVector<Places> places;
  for (size_t axis = 0; axis < spatial; ++axis)
    places.push_back(windowPlaces(shape[axis + 1], op.getStrides()[axis],
                                  kernel[axis], op.getDilations()[axis],
                                  op.getLow()[axis], input[axis + 2],
                                  strides[axis + 2]));

  // A row of the result runs along the last axis of the kernel.
  ArrayRef<int64_t> outerShape = shape.drop_back();
  SmallVector<int64_t> index(outerShape.size(), 0);
  int64_t bytes = step.result.getElementBytes();
  const uint64_t zero = 0;
  uint8_t *row = step.result.mutableBytes();
  do {
    int64_t outer = index[0] * strides[0] + index[spatial + 1] * strides[1];
    for (size_t axis = 0; axis + 1 < spatial; ++axis) {
      int64_t place = places[axis][index[axis + 1] * kernel[axis] +
                                   index[spatial + 2 + axis]];
      if (place == outside) {
        outer = outside;
        break;
      }
      outer += place;
    }
    ArrayRef<int64_t> window =
        ArrayRef(places.back())
            .slice(index[spatial] * kernel.back(), kernel.back());
    fillRow(bytes, step.operands[0].bytes().data(), outer, window,
            reinterpret_cast<const uint8_t *>(&zero), row);
    row += kernel.back() * bytes;
  } while (advance(index, outerShape));
  return success();
}

LogicalResult compute(DiagonalsOp op, Step &step) {
  ArrayRef<int64_t> shape = step.result.getShape();
  int64_t rows = shape[shape.size() - 2], columns = shape.back();
  int64_t bytes = step.result.getElementBytes();
  const uint8_t *from = step.operands[0].bytes().data();
  uint8_t *to = step.result.mutableBytes();
  int64_t matrices =
      rows * columns == 0 ? 0 : step.result.getNumElements() / (rows * columns);
  for (int64_t matrix = 0; matrix < matrices; ++matrix) {
    for (int64_t row = 0; row < rows; ++row) {
      std::memcpy(to, from + (rows - 1 - row) * bytes, columns * bytes);
      to += columns * bytes;
    }
    from += (rows + columns - 1) * bytes;
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Numbers from nothing
//===----------------------------------------------------------------------===//

LogicalResult compute(IotaOp op, Step &step) {
  for (int64_t i = 0; i < step.result.getNumElements(); ++i)
    store(&i, 1, step.result, i);
  return success();
}

LogicalResult compute(DimValuesOp op, Step &step) {
  FailureOr<SmallVector<int64_t>> values =
      concreteSizes(op.getValues(), step.symbols, op.getLoc());
  if (failed(values))
    return failure();
  unsigned width = op.getType().getElementTypeBitWidth();
  for (int64_t value : *values)
    if (!llvm::isIntN(width, value))
      return op.emitError() << "the size " << value << " does not fit "
                            << op.getType().getElementType();
  store(values->data(), values->size(), step.result, 0);
  return success();
}

} // namespace lmcc::graph
