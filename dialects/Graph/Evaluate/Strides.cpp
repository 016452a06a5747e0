//===- Strides.cpp - Walks over dense tensors -----------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Axes of size 1 are dropped first and axes that lie behind each other in all
// tensors joined, so that the innermost loop is long: a sum of equal shapes is
// one loop, and a permutation of heads copies whole rows.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Evaluate/Strides.h"
#include "llvm/ADT/STLExtras.h"
#include <cstring>

namespace lmcc::graph {

using llvm::ArrayRef;
using llvm::SmallVector;

SmallVector<int64_t, 4> rowMajorStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t, 4> strides(shape.size());
  int64_t stride = 1;
  for (size_t axis = shape.size(); axis-- > 0;) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

int64_t product(ArrayRef<int64_t> sizes) {
  int64_t result = 1;
  for (int64_t size : sizes)
    result *= size;
  return result;
}

bool advance(llvm::MutableArrayRef<int64_t> index, ArrayRef<int64_t> shape) {
  for (size_t axis = shape.size(); axis-- > 0;) {
    if (++index[axis] < shape[axis])
      return true;
    index[axis] = 0;
  }
  return false;
}

namespace {
/// An axis with its stride in each of the tensors that are walked together.
struct Axis {
  int64_t size;
  SmallVector<int64_t, 4> strides;
};
} // namespace

/// Adds an axis inside all others.
static void appendAxis(llvm::SmallVectorImpl<Axis> &axes, Axis axis) {
  if (axis.size == 1)
    return;
  bool continues =
      !axes.empty() &&
      llvm::all_of(llvm::zip(axes.back().strides, axis.strides),
                   [&](auto pair) {
                     return std::get<0>(pair) == std::get<1>(pair) * axis.size;
                   });
  if (continues) {
    axes.back().size *= axis.size;
    axes.back().strides = std::move(axis.strides);
    return;
  }
  axes.push_back(std::move(axis));
}

/// Calls `visit` with the offset in each tensor, for all places of `axes`.
static void forEachPlace(ArrayRef<Axis> axes, size_t tensors,
                         llvm::function_ref<void(ArrayRef<int64_t>)> visit) {
  SmallVector<int64_t, 4> offsets(tensors, 0);
  SmallVector<int64_t, 4> index(axes.size(), 0);
  while (true) {
    visit(offsets);
    size_t axis = axes.size();
    for (; axis > 0; --axis) {
      const Axis &inner = axes[axis - 1];
      bool wraps = ++index[axis - 1] == inner.size;
      int64_t steps = wraps ? 1 - inner.size : 1;
      for (auto [offset, stride] : llvm::zip(offsets, inner.strides))
        offset += steps * stride;
      if (!wraps)
        break;
      index[axis - 1] = 0;
    }
    if (axis == 0)
      return;
  }
}

void walkBroadcast(
    ArrayRef<int64_t> shape, ArrayRef<ArrayRef<int64_t>> operands,
    llvm::function_ref<void(int64_t, int64_t, ArrayRef<Run>)> visit) {
  if (llvm::is_contained(shape, 0))
    return;
  SmallVector<SmallVector<int64_t, 4>> strides;
  for (ArrayRef<int64_t> operand : operands)
    strides.push_back(rowMajorStrides(operand));
  SmallVector<Axis> axes;
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    Axis joined = {shape[axis], {}};
    for (auto [operand, own] : llvm::zip(operands, strides)) {
      size_t missing = shape.size() - operand.size();
      bool isRepeated = axis < missing || operand[axis - missing] == 1;
      assert(isRepeated || operand[axis - missing] == shape[axis]);
      joined.strides.push_back(isRepeated ? 0 : own[axis - missing]);
    }
    appendAxis(axes, std::move(joined));
  }

  // Strides of the innermost axis are 0 or 1.
  Axis inner = {1, SmallVector<int64_t, 4>(operands.size(), 0)};
  if (!axes.empty())
    inner = axes.pop_back_val();
  int64_t first = 0;
  SmallVector<Run, 4> runs(operands.size());
  forEachPlace(axes, operands.size(), [&](ArrayRef<int64_t> offsets) {
    for (int64_t start = 0; start < inner.size; start += runElements) {
      int64_t count = std::min(runElements, inner.size - start);
      for (auto [run, offset, stride] : llvm::zip(runs, offsets, inner.strides))
        run = {offset + start * stride, stride == 0};
      visit(first, count, runs);
      first += count;
    }
  });
}

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

/// Copies `target[j * targetStride + i] = source[i * sourceStride + j]` by way
/// of squares of one cache line each way: every line is touched once, however
/// badly the strides fall into the sets of the cache.
template <typename Unit>
static void transposeCopy(const uint8_t *source, int64_t sourceStride,
                          uint8_t *target, int64_t targetStride, int64_t rows,
                          int64_t columns) {
  constexpr int64_t side = 64 / sizeof(Unit);
  // Neighbouring squares of a row share the source's pages.
  constexpr int64_t group = 4 * side;
  Unit square[side][side];
  auto copySquare = [&](int64_t i, int64_t j, int64_t height, int64_t width) {
    for (int64_t y = 0; y < height; ++y) {
      Unit line[side];
      std::memcpy(line, source + ((i + y) * sourceStride + j) * sizeof(Unit),
                  width * sizeof(Unit));
      for (int64_t x = 0; x < width; ++x)
        square[x][y] = line[x];
    }
    for (int64_t x = 0; x < width; ++x)
      std::memcpy(target + ((j + x) * targetStride + i) * sizeof(Unit),
                  square[x], height * sizeof(Unit));
  };
  for (int64_t start = 0; start < columns; start += group)
    for (int64_t i = 0; i < rows; i += side)
      for (int64_t j = start; j < std::min(start + group, columns); j += side) {
        if (i + side <= rows && j + side <= columns)
          copySquare(i, j, side, side); // Sizes known to the compiler.
        else
          copySquare(i, j, std::min(side, rows - i),
                     std::min(side, columns - j));
      }
}

template <typename Unit>
static void copyLine(const uint8_t *source, int64_t sourceStride,
                     uint8_t *target, int64_t targetStride, int64_t count) {
  for (int64_t i = 0; i < count; ++i)
    std::memcpy(target + i * targetStride * sizeof(Unit),
                source + i * sourceStride * sizeof(Unit), sizeof(Unit));
}

template <typename Unit>
static void copyAxes(SmallVector<Axis> axes, const uint8_t *source,
                     uint8_t *target) {
  constexpr int64_t bytes = sizeof(Unit);
  Axis inner = {1, {1, 1}};
  if (!axes.empty())
    inner = axes.pop_back_val();
  int64_t sourceStride = inner.strides[0], targetStride = inner.strides[1];
  if (sourceStride == 1 && targetStride == 1)
    return forEachPlace(axes, 2, [&](ArrayRef<int64_t> offsets) {
      std::memcpy(target + offsets[1] * bytes, source + offsets[0] * bytes,
                  inner.size * bytes);
    });

  auto lines = llvm::find_if(
      axes, [](const Axis &axis) { return axis.strides[0] == 1; });
  if (targetStride == 1 && lines != axes.end()) {
    Axis line = *lines;
    axes.erase(lines);
    return forEachPlace(axes, 2, [&](ArrayRef<int64_t> offsets) {
      transposeCopy<Unit>(source + offsets[0] * bytes, sourceStride,
                          target + offsets[1] * bytes, line.strides[1],
                          inner.size, line.size);
    });
  }
  forEachPlace(axes, 2, [&](ArrayRef<int64_t> offsets) {
    copyLine<Unit>(source + offsets[0] * bytes, sourceStride,
                   target + offsets[1] * bytes, targetStride, inner.size);
  });
}

void copyStrided(int64_t elementBytes, ArrayRef<int64_t> shape,
                 StridedBytes<const uint8_t> source,
                 StridedBytes<uint8_t> target) {
  if (llvm::is_contained(shape, 0))
    return;
  SmallVector<Axis> axes;
  for (auto [size, from, to] : llvm::zip(shape, source.strides, target.strides))
    appendAxis(axes, {size, {from, to}});
  switch (elementBytes) {
  case 1: return copyAxes<uint8_t>(std::move(axes), source.first, target.first);
  case 2:
    return copyAxes<uint16_t>(std::move(axes), source.first, target.first);
  case 4:
    return copyAxes<uint32_t>(std::move(axes), source.first, target.first);
  default:
    return copyAxes<uint64_t>(std::move(axes), source.first, target.first);
  }
}

} // namespace lmcc::graph
