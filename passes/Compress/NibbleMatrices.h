//===- NibbleMatrices.h - Weights that a model stores in 4 bits -*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_COMPRESS_NIBBLEMATRICES_H
#define LMCC_PASSES_COMPRESS_NIBBLEMATRICES_H

#include "dialects/Graph/Evaluate/Weights.h"
#include "passes/Compress/DerivedWeights.h"
#include "llvm/Support/Error.h"

namespace lmcc {

/// What the names of `NibbleMatrix::offsets` end with.
inline constexpr llvm::StringLiteral groupOffsetsSuffix = "group_offsets";

/// A matrix `[depth, columns]` in groups of the depth:
/// `matrix[k, j] = numbers[k, j] * scales[g, j] + offsets[g, j]`, k in group g.
/// The numbers have rows of 0 behind the depth, up to whole groups.
struct NibbleMatrix {
  /// i8, in [-8, 7].
  mlir::Value numbers;
  /// f32 `[groups, columns]`.
  mlir::Value scales;
  /// The same; null where it is 0.
  mlir::Value offsets;
  int64_t group = 0;
};

/// Finds integers of up to 4 bits that are scaled in blocks in the recipes of
/// weights, and reads them: how many bits they have, and where a block begins,
/// can only be seen there.
class NibbleMatrices {
public:
  NibbleMatrices(mlir::ModuleOp module, const graph::FileTable &files)
      : symbols(module), weights(module), files(files) {}

  /// Whether the recipe makes floats of integers: less a zero point, times
  /// scales, and moved.
  bool isOfIntegers(weight::GetOp matrix) const;

  /// The numbers of such a matrix, at `builder`. The error says why there are
  /// none.
  llvm::Expected<NibbleMatrix> get(mlir::OpBuilder &builder,
                                   weight::GetOp matrix);

private:
  /// What is known of a matrix after a look at its numbers.
  struct Numbers {
    /// Why it cannot be nibbles; empty if it can.
    std::string obstacle;
    int64_t depth = 0, group = 0;
    /// Where it is not null, the integers less this are the numbers, whatever
    /// the zero points, which become offsets.
    std::optional<int64_t> centre;
  };
  const Numbers &numbersOf(weight::GetOp matrix);
  Numbers read(weight::DataOp data) const;
  void readNumbers(weight::DataOp data, Numbers &result) const;
  void readGroups(weight::DataOp data, Numbers &result) const;
  mlir::FailureOr<graph::HostTensor>
  evaluate(weight::DataOp data, DerivedWeights::Recipe recipe) const;

  mlir::SymbolTable symbols;
  DerivedWeights weights;
  const graph::FileTable &files;
  llvm::DenseMap<mlir::StringAttr, Numbers> known;
};

} // namespace lmcc

#endif // LMCC_PASSES_COMPRESS_NIBBLEMATRICES_H
