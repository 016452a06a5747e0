//===- ByteMatrices.h - Weights that a model stores as integers -*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_COMPRESS_BYTEMATRICES_H
#define LMCC_PASSES_COMPRESS_BYTEMATRICES_H

#include "dialects/Graph/Evaluate/Weights.h"
#include "passes/Compress/DerivedWeights.h"
#include "passes/Compress/QuantizedRows.h"
#include "llvm/Support/Error.h"

namespace lmcc {

/// A matrix `[depth, columns]` as bytes:
/// `matrix[k, j] = (bytes[k, j] + excess[k, j] + rest[j]) * scales[j]`.
struct ByteMatrix {
  /// i8, in [-127, 127].
  mlir::Value bytes;
  /// The same; null where it is 0.
  mlir::Value excess;
  /// `-sum_k bytes[k, j] + excess[k, j]` in i32.
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
      : symbols(module), weights(module), files(files) {}

  /// Whether the recipe ends in integers, or in their product with a scale,
  /// whatever moves them afterwards.
  bool isOfIntegers(weight::GetOp matrix) const;

  /// The bytes of such a matrix, at `builder`. The error says why there are
  /// none.
  llvm::Expected<ByteMatrix> get(mlir::OpBuilder &builder,
                                 weight::GetOp matrix);
  /// A weight as what is computed: a side of a product with one zero
  /// point, and the same scale all along the depth, which is axis
  /// `axisFromBack` from the back.
  llvm::Expected<QuantizedRows>
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
    bool isScaled = false;
    /// The scale of all columns, if there is one.
    mlir::Attribute scale;
  };
  mlir::Value negativeSums(mlir::OpBuilder &builder, mlir::Value bytes);
  const Numbers &numbersOf(weight::GetOp matrix);
  Numbers read(weight::DataOp data) const;
  mlir::FailureOr<graph::HostTensor>
  evaluate(weight::DataOp data, DerivedWeights::Recipe recipe) const;

  mlir::SymbolTable symbols;
  DerivedWeights weights;
  const graph::FileTable &files;
  llvm::DenseMap<mlir::StringAttr, Numbers> known;
};

} // namespace lmcc

#endif // LMCC_PASSES_COMPRESS_BYTEMATRICES_H
