//===- BandedConstant.cpp - Constants that only depend on places ----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Normalize/BandedConstant.h"
#include <cstring>

using namespace mlir;

namespace lmcc {

namespace {

/// The elements of a matrix by row and column.
class Matrix {
public:
  Matrix(const graph::HostTensor &tensor, int64_t rowAxis, int64_t columnAxis)
      : tensor(tensor), width(tensor.getElementBytes()),
        rows(tensor.getShape()[rowAxis]),
        columns(tensor.getShape()[columnAxis]),
        rowStride(rowAxis < columnAxis ? columns : 1),
        columnStride(rowAxis < columnAxis ? 1 : rows) {}

  const uint8_t *at(int64_t row, int64_t column) const {
    return tensor.bytes().data() +
           (row * rowStride + column * columnStride) * width;
  }
  /// The first element of the diagonal where column - row = difference.
  const uint8_t *diagonal(int64_t difference) const {
    return difference < 0 ? at(-difference, 0) : at(0, difference);
  }
  bool equal(const uint8_t *a, const uint8_t *b) const {
    return std::memcmp(a, b, width) == 0;
  }
  bool isConstantAlongDiagonals() const {
    for (int64_t row = 1; row < rows; ++row)
      for (int64_t column = 1; column < columns; ++column)
        if (!equal(at(row, column), at(row - 1, column - 1)))
          return false;
    return true;
  }
  Attribute value(const uint8_t *element) const {
    auto one = graph::HostTensor::borrow(tensor.getElementType(), {},
                                         ArrayRef(element, width));
    auto type = RankedTensorType::get({}, tensor.getElementType());
    return *one->toAttribute(type).value_begin<Attribute>();
  }

  const graph::HostTensor &tensor;
  size_t width;
  int64_t rows, columns, rowStride, columnStride;
};

} // namespace

std::optional<Band> bandOf(const graph::HostTensor &tensor, int64_t rowAxis,
                           int64_t columnAxis, size_t mostValues) {
  if (tensor.getNumElements() == 0)
    return std::nullopt;
  Matrix matrix(tensor, rowAxis, columnAxis);
  Band band;
  int64_t first = 1 - matrix.rows;
  band.values.push_back(matrix.value(matrix.diagonal(first)));
  for (int64_t difference = first + 1; difference < matrix.columns;
       ++difference) {
    const uint8_t *element = matrix.diagonal(difference);
    if (matrix.equal(element, matrix.diagonal(difference - 1)))
      continue;
    if (band.values.size() == mostValues)
      return std::nullopt;
    band.ends.push_back(difference - 1);
    band.values.push_back(matrix.value(element));
  }
  if (!matrix.isConstantAlongDiagonals())
    return std::nullopt;
  return band;
}

std::optional<int64_t> startOfCounting(DenseElementsAttr vector) {
  if (vector.empty() || !isa<IntegerType>(vector.getElementType()) ||
      vector.getElementType().isInteger(1))
    return std::nullopt;
  auto numbers = vector.getValues<APInt>();
  int64_t start = (*numbers.begin()).getSExtValue();
  for (auto [index, number] : llvm::enumerate(numbers))
    if (number.getSExtValue() != start + static_cast<int64_t>(index))
      return std::nullopt;
  return start;
}

} // namespace lmcc
