//===- ByteMatrices.h - Weights that a model stores as integers -*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_COMPRESS_BYTEMATRICES_H
#define LMCC_PASSES_COMPRESS_BYTEMATRICES_H

#include "passes/Compress/ScaledBytes.h"
#include "passes/Compress/WeightReader.h"
#include "llvm/Support/Error.h"

namespace lmcc {

/// A matrix `[depth, columns]` as bytes:
/// `matrix[k, j] = (bytes[k, j] + excess[k, j] + rest[j]) * scales[j]`.
struct ByteMatrix {
  /// i8, in [-127, 127].
  mlir::Value bytes;
  /// The same; null where it is 0.
  mlir::Value excess;
  /// `-sum_k (bytes[k, j] + excess[k, j])` in i32.
  mlir::Value negativeSums;
  /// i32 `[columns]`, or null where it is 0.
  mlir::Value rest;
  /// f32 `[columns]` or one number; null for a matrix of integers.
  mlir::Value scales;
};

/// Finds the integers in the recipes of weights, and reads them: what fits a
/// byte can only be seen there.
class ByteMatrices {
public:
  ByteMatrices(mlir::ModuleOp module, const graph::FileTable &files)
      : reader(module, files), weights(module) {}

  /// Whether the recipe ends in integers, or in their product with a scale,
  /// whatever moves them afterwards.
  bool isOfIntegers(weight::GetOp matrix) const;

  /// The bytes of such a matrix. The error says why there are
  /// none.
  llvm::Expected<ByteMatrix> get(graph::Builder &build, weight::GetOp matrix);
  /// A weight as what is computed: a side of a product with one zero
  /// point, and the same scale all along the depth, which is axis
  /// `axisFromBack` from the back.
  llvm::Expected<ScaledBytes>
  side(graph::Builder &build, weight::GetOp matrices, int64_t axisFromBack);
  /// Completes the depth of `matrix` to a multiple of 4 with rows of zeros.
  void completeWords(mlir::OpBuilder &builder, ByteMatrix &matrix);

private:
  /// What is known of a matrix after a look at its numbers.
  struct Numbers {
    /// Why it cannot be bytes; empty if it can.
    std::string obstacle;
    llvm::SmallVector<int32_t> rest;
    bool hasExcess = false;
  };
  /// What is known of a side of a product.
  struct SideNumbers {
    /// The same.
    std::string obstacle;
    /// What its bytes hold more.
    int32_t zero = 0;
  };
  const Numbers &numbersOf(weight::GetOp matrix);
  const SideNumbers &sideNumbersOf(weight::GetOp weight, int64_t axisFromBack);
  Numbers read(weight::GetOp matrix) const;
  SideNumbers readSide(weight::GetOp weight, int64_t axisFromBack) const;
  /// Those of a weight whose scales are the same all along the axis.
  llvm::Expected<graph::HostTensor> integersIn(weight::GetOp weight,
                                               int64_t axisFromBack) const;
  /// One number, or one for all along the axis; null for integers.
  mlir::Value scaleOf(graph::Builder &build, weight::GetOp weight,
                      int64_t axisFromBack);
  mlir::Value negativeSums(mlir::OpBuilder &ops, mlir::Value bytes);

  WeightReader reader;
  DerivedWeights weights;
  llvm::DenseMap<mlir::StringAttr, Numbers> known;
  llvm::DenseMap<std::pair<mlir::StringAttr, int64_t>, SideNumbers> knownSides;
};

} // namespace lmcc

#endif // LMCC_PASSES_COMPRESS_BYTEMATRICES_H
