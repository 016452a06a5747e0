//===- BandedConstant.h - Constants that only depend on places --*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_NORMALIZE_BANDEDCONSTANT_H
#define LMCC_PASSES_NORMALIZE_BANDEDCONSTANT_H

#include "dialects/Graph/Evaluate/HostTensor.h"

namespace lmcc {

/// A matrix that has one value along each of its diagonals and few different
/// ones: causal masks, windows. `ends[i]` is the last difference of column and
/// row at which an element is `values[i]`; the last value goes on to the
/// corner.
struct Band {
  llvm::SmallVector<mlir::Attribute> values;
  llvm::SmallVector<int64_t> ends;
};

/// Looks at every element of `tensor`, whose axes other than `rowAxis` and
/// `columnAxis` have size 1. Empty if it has more than `mostValues` runs along
/// the diagonals, or differs along one.
std::optional<Band> bandOf(const graph::HostTensor &tensor, int64_t rowAxis,
                           int64_t columnAxis, size_t mostValues);

/// `start + index` for the elements of an integer vector.
std::optional<int64_t> startOfCounting(mlir::DenseElementsAttr vector);

} // namespace lmcc

#endif // LMCC_PASSES_NORMALIZE_BANDEDCONSTANT_H
