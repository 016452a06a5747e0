//===- Diagonals.h - What depends on the distance of places -----*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_NORMALIZE_DIAGONALS_H
#define LMCC_PASSES_NORMALIZE_DIAGONALS_H

#include "passes/Normalize/PlacedValue.h"

namespace lmcc {

/// A tensor of scores of `sizes` whose elements are computed from the
/// difference of their key and their row alone: its values for all differences
/// in rising order, from 1 - rows to keys - 1, made by `build`. Null if it
/// depends on more.
mlir::Value alongDiagonals(graph::Builder &build, const PlacedValue &value,
                           llvm::ArrayRef<mlir::AffineExpr> sizes);

} // namespace lmcc

#endif // LMCC_PASSES_NORMALIZE_DIAGONALS_H
