//===- TransposedCopy.h - Copies that exchange two axes ---------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_VECTORIZE_TRANSPOSEDCOPY_H
#define LMCC_PASSES_VECTORIZE_TRANSPOSEDCOPY_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace lmcc {

/// Whether `copy` moves f32 elements or words of a matrix from where one axis
/// is contiguous to where the other one is.
bool isTransposedCopy(mlir::linalg::GenericOp copy);

/// Makes loops in front of `copy`: squares of `lanes` x `lanes` elements are
/// loaded as vectors, transposed in registers and stored as vectors; what is
/// left goes element by element. `lanes` is a power of two above 1.
void expandTransposedCopy(mlir::linalg::GenericOp copy, int64_t lanes);

} // namespace lmcc

#endif // LMCC_PASSES_VECTORIZE_TRANSPOSEDCOPY_H
