//===- OnlineSoftmax.h - Softmax over blocks of a tile of rows --*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_GRAPHTOKERNEL_ONLINESOFTMAX_H
#define LMCC_PASSES_GRAPHTOKERNEL_ONLINESOFTMAX_H

#include "passes/GraphToKernel/KernelBuilder.h"

namespace lmcc {

/// What a tile of rows has of its softmax so far, in local arrays, and the code
/// that takes one block of scores after the other into it (Milakov and
/// Gimelshein, "Online normalizer calculation for softmax", 2018). The order of
/// all sums is that of rule N7 in docs/Numerics.md.
///
/// Each step runs over all rows of the tile before the next one does: the rows
/// do not wait for each other, and neither do the instructions of their steps.
class OnlineSoftmax {
public:
  using Value = mlir::Value;
  using Index = mlir::OpFoldResult;

  /// Tiles have up to `mostRows` rows, blocks `columns` columns, values
  /// `length` elements. Made at the start of the kernel, for a machine with
  /// `lanes`.
  OnlineSoftmax(KernelBuilder &k, int64_t mostRows, int64_t columns,
                int64_t length, int64_t lanes);

  /// `[rows, columns]`: scores of a block, and weights after `weigh`.
  Value block() const { return weights; }
  /// `[rows, length]`: the averages of values, not yet divided by the sum.
  Value averages() const { return weightedSums; }

  /// Starts `rows` rows.
  void clear(int64_t rows);
  /// Only their largest scores: `isBelow` then holds.
  void clearLargest();
  /// Scores of a block become weights relative to the largest score so far, to
  /// which sums and averages are brought as well.
  void weigh(int64_t rows);
  /// Stores averages / sum of weights where `output` says.
  void finish(int64_t rows, llvm::function_ref<Value(Index line)> output);
  /// Whether some row has no score of at least `bound`.
  Value isBelow(int64_t rows, float bound);

protected:
  Value top(Value array, int64_t rows, int64_t columns);
  Value rowOf(Value array, Index line, int64_t columns);
  Value constant(float value);
  /// The largest score of a row of the block.
  Value largestOfBlock(Index line);
  /// What is subtracted from scores of which the largest are `maxima`.
  void shiftFor(Value maxima, Value output);
  /// e^(e[0] - e[1])
  Value relative(mlir::OpBuilder &inner, mlir::ValueRange e);
  void rescale(int64_t rows);
  /// Stores `element` of rectangles and of one number per row in `output`.
  void mapRows(mlir::ValueRange rectangles, Value numbers, Value output,
               KernelBuilder::Element element) {
    mapTile(rectangles, {}, numbers, output, element);
  }
  /// The same with numbers per column in between.
  void mapTile(mlir::ValueRange rectangles, mlir::ValueRange byColumn,
               Value byRow, Value output, KernelBuilder::Element element);
  /// The parts of the weights whose sums are kept by lane.
  llvm::SmallVector<Value> lanesOfWeights(int64_t rows);

  KernelBuilder &k;
  mlir::OpBuilder &builder;
  mlir::Location location;
  int64_t columns, length;
  Value weights, weightedSums;
  /// `[rows, 32]`: sums of weights by lane.
  Value sums;
  /// One number per row, filled up to whole vectors: the largest score before
  /// and with the block; what is subtracted from scores; what older sums are
  /// multiplied by.
  Value before, largest, shift, scale;
};

} // namespace lmcc

#endif // LMCC_PASSES_GRAPHTOKERNEL_ONLINESOFTMAX_H
