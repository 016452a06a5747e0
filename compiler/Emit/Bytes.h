//===- Bytes.h - Bytes in vectors -------------------------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// C++ has vectors of 32-bit lanes only. Bytes are widened by the load and cut
// off by the store, and one lane of rows is an argument of the product that
// repeats it; so some operations have no text of their own.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_EMIT_BYTES_H
#define LMCC_COMPILER_EMIT_BYTES_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace lmcc::emit {

/// Whether the text of `operation` is part of another one's: the conversion of
/// loaded bytes of their load, the truncation to bytes of the stores, and a
/// lane that is copied to all lanes of the products that read it.
bool isPartOfOther(mlir::Operation *operation);

/// The conversion to lanes of 32 bits that is all that reads the bytes or
/// float16 that `load` gives, or null.
mlir::Operation *conversionOf(mlir::vector::LoadOp load);
/// Whether the bytes that `truncation` gives are only stored.
bool isOnlyStored(mlir::Operation *narrowing);

/// A vector and a number of a lane of it.
struct Lane {
  mlir::Value vector;
  int64_t number;
};
/// The lane that `rows`, of products of bytes only, has in all lanes.
std::optional<Lane> repeatedLane(mlir::Value rows);

} // namespace lmcc::emit

#endif // LMCC_COMPILER_EMIT_BYTES_H
