//===- GroupedMatrices.h - Weights of a model in groups ---------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_COMPRESS_GROUPEDMATRICES_H
#define LMCC_PASSES_COMPRESS_GROUPEDMATRICES_H

#include "passes/Compress/WeightReader.h"
#include "llvm/Support/Error.h"

namespace lmcc {

/// A matrix `[depth, columns]` in groups of the depth: for k in group g
/// `matrix[k, j] = (numbers[k, j] - zeros[g, j]) * scales[g, j] + offsets[g,
/// j]`. Behind the steps of each block of the model, the last of which may be
/// short, the numbers have rows of 0 up to a whole group.
struct GroupedMatrix {
  /// i8; of 4 bits they lie in [-8, 7].
  mlir::Value numbers;
  int64_t bits = 4;
  /// f32 `[groups, columns]`, or `[columns]` of a matrix that is one group of
  /// its depth.
  mlir::Value scales;
  /// The same as i8 and as f32; null where they are 0, one of them always is.
  mlir::Value zeros, offsets;
  /// Steps of a block of the model, and of the group that holds it.
  int64_t block = 0, group = 0;

  /// Whether a column has one scale and nothing else.
  bool isOneGroup() const { return group == 0; }
};

/// `value` as the numbers of a `GroupedMatrix` are: with zeros behind each
/// block of the depth, which is `axis`, up to a whole group.
mlir::Value inWholeGroups(graph::Builder &build, mlir::Value value,
                          int64_t axis, int64_t block, int64_t group);

/// Finds integers of up to 8 bits that are scaled in blocks in the recipes of
/// weights, and reads them: how many bits they have, and where a block begins,
/// can only be seen there.
class GroupedMatrices {
public:
  GroupedMatrices(mlir::ModuleOp module, const graph::FileTable &files)
      : reader(module, files), weights(module) {}

  /// Whether the recipe makes floats of integers: less a zero point, times
  /// scales, and moved.
  bool isOfIntegers(weight::GetOp matrix) const;

  /// The numbers of such a matrix, at `builder`, for rows of floats or bytes.
  /// The error says why there are none.
  llvm::Expected<GroupedMatrix> get(mlir::OpBuilder &builder,
                                    weight::GetOp matrix, bool rowsAreBytes);

private:
  /// What is known of a matrix after a look at its numbers.
  struct Numbers {
    /// Why it cannot be in groups; empty if it can.
    std::string obstacle;
    int64_t depth = 0, bits = 4;
    /// 0 where each column has one scale, and one zero point at most.
    int64_t block = 0;
    /// Where it is not null, the integers less this are the numbers, whatever
    /// the zero points are, which stay as bytes or become offsets.
    std::optional<int64_t> centre;
    bool zerosAreBytes = false;
  };
  GroupedMatrix oneGroup(mlir::OpBuilder &builder, weight::GetOp matrix);
  const Numbers &numbersOf(weight::GetOp matrix);
  Numbers read(weight::GetOp matrix) const;
  void readNumbers(weight::GetOp matrix, Numbers &result) const;
  void readGroups(weight::GetOp matrix, Numbers &result) const;

  WeightReader reader;
  DerivedWeights weights;
  llvm::DenseMap<mlir::StringAttr, Numbers> known;
};

} // namespace lmcc

#endif // LMCC_PASSES_COMPRESS_GROUPEDMATRICES_H
