//===- ActivationProducts.h - Products of computed bytes --------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_COMPRESS_ACTIVATIONPRODUCTS_H
#define LMCC_PASSES_COMPRESS_ACTIVATIONPRODUCTS_H

#include "dialects/Graph/Builder.h"
#include "passes/Compress/ScaledBytes.h"

namespace lmcc {

/// Products of bytes of which a model computes both sides.
///
/// With rows of `x - a` and columns of `y - b`, a sum over the depth is
///
///   sum (x - a) * (y - b)
///     = sum x * y  -  b * sum x  -  a * (sum y - depth * b)
///
/// modulo 2^32: a product of bytes, the sums of its rows and those of its
/// columns. Bytes get the signs that the machine multiplies first, which moves
/// a and b by 128; depths that are no whole number of words are completed with
/// zeros.
class ActivationProducts {
public:
  /// The operations are made at `build`.
  ActivationProducts(graph::Builder &build, bool hasUnsignedRows);

  /// The exact sums in i32 for `[.., rows, depth]` and `[.., depth, columns]`;
  /// scales do not count.
  mlir::Value sumOf(const ScaledBytes &rows, const ScaledBytes &columns);

  /// A constant of i32 as bytes and a zero point; null if its numbers lie too
  /// far apart.
  ScaledBytes columnsOf(mlir::Value constant);

private:
  /// Bytes, and their zero point or null where it is 0.
  struct Side {
    mlir::Value bytes, zero;
  };
  Side withElement(const ScaledBytes &side, mlir::Type element);
  mlir::Value bytesOf(mlir::Value bytes, mlir::Type element);
  mlir::Value movedZero(mlir::Value zero, int64_t step);
  mlir::Value rowSums(mlir::Value bytes);
  mlir::Value columnSums(mlir::Value bytes);
  mlir::Value negative(mlir::Value number);

  graph::Builder &build;
  mlir::OpBuilder &ops;
  mlir::Type rowElement, columnElement;
  /// By bytes, which there are in two types.
  llvm::DenseMap<mlir::Value, mlir::Value> changed;
};

} // namespace lmcc

#endif // LMCC_PASSES_COMPRESS_ACTIVATIONPRODUCTS_H
