//===- ByteSoftmax.h - Weights of 7 bits for a tile of rows -----*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_GRAPHTOKERNEL_BYTESOFTMAX_H
#define LMCC_PASSES_GRAPHTOKERNEL_BYTESOFTMAX_H

#include "passes/GraphToKernel/OnlineSoftmax.h"

namespace lmcc {

/// The softmax of an attention of bytes: the weights of a block are bytes
/// relative to the largest one of the block, as rule N18 in docs/Numerics.md
/// has it.
class ByteSoftmax : public OnlineSoftmax {
public:
  /// As for `OnlineSoftmax`.
  ByteSoftmax(KernelBuilder &k, int64_t mostRows, int64_t columns,
              int64_t length, int64_t lanes);

  /// `[rows, columns / 4]`: the weights of a block after `weigh`, as words.
  Value words() const { return wordsOfWeights; }
  /// One number per row after `weigh`: what older averages are multiplied by,
  /// and the sums of the products of the block's weights.
  Value kept() const { return scale; }
  Value factors() const { return factor; }

  /// Scores of a block become weights times `valueScales`, `[columns]`, as
  /// bytes. Sums of weights are brought to the largest score so far, averages
  /// are left to the product.
  void weigh(int64_t rows, Value valueScales);

private:
  Value weight(mlir::OpBuilder &inner, Value score, Value shift);
  void sumUp(int64_t rows);
  void chooseScales(int64_t rows, Value valueScales);

  /// `[rows, columns]` of bytes, and the same by words.
  Value bytes, wordsOfWeights;
  /// One number per row: the largest score of the block and what is subtracted
  /// from it; what sums of the block are multiplied by; the largest weight, its
  /// inverse as a multiple of 127, and what products are multiplied by.
  Value blockLargest, blockShift, blockScale, most, inverse, factor;
};

} // namespace lmcc

#endif // LMCC_PASSES_GRAPHTOKERNEL_BYTESOFTMAX_H
