//===- Neighbours.h - First and second elements of pairs --------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Two operands may hold every second element of one buffer, one the first and
// the other the second elements of neighbouring pairs. Together they are
// contiguous: two vectors of pairs, taken apart and put together by shuffles.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_VECTORIZE_NEIGHBOURS_H
#define LMCC_PASSES_VECTORIZE_NEIGHBOURS_H

#include "dialects/Kernel/Views.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace lmcc {

/// Operands of a linalg.generic, by number.
struct Neighbours {
  unsigned first, second;
};

/// The operands of f32 or i32 elements that hold neighbours along the innermost
/// loop; both are inputs, or both are outputs.
llvm::SmallVector<Neighbours> findNeighbours(mlir::linalg::GenericOp generic);

/// First and second elements of `lanes` pairs from `address` on.
std::pair<mlir::Value, mlir::Value>
loadNeighbours(mlir::OpBuilder &builder, mlir::Location location,
               const kernel::Address &address, int64_t lanes);
void storeNeighbours(mlir::OpBuilder &builder, mlir::Location location,
                     const kernel::Address &address, mlir::Value first,
                     mlir::Value second);

} // namespace lmcc

#endif // LMCC_PASSES_VECTORIZE_NEIGHBOURS_H
