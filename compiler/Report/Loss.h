//===- Loss.h - What compressing a model costs ------------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A model is evaluated as it was and as it is compressed. What takes the place
// of an operation keeps its location, so that results can be compared layer by
// layer: each with the inputs that it had before, which tells what this layer
// alone costs, and the outputs with everything compressed.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_REPORT_LOSS_H
#define LMCC_COMPILER_REPORT_LOSS_H

#include "compiler/Report/Samples.h"
#include "dialects/Graph/Evaluate/Weights.h"

namespace lmcc::report {

/// How far results are from what they were, over all samples.
class Difference {
public:
  /// Adds floats; their shapes are equal.
  void add(const graph::HostTensor &got, const graph::HostTensor &want);

  /// |got - want| / |want|, Euclidean norms; infinite where only `want` is 0.
  double relative() const;
  /// Of the angle between them; 1 where one is 0.
  double cosine() const;

private:
  double squares = 0, gotSquares = 0, wantSquares = 0, products = 0;
};

struct LayerLoss {
  mlir::Location where;
  Difference difference;
};

struct OutputLoss {
  unsigned result; ///< Its number.
  Difference difference;
};

struct Loss {
  /// Of the float products, lookups and attentions that are computed otherwise
  /// now and whose location no other one has, the worst first.
  std::vector<LayerLoss> layers;
  /// Of float outputs, in their order; not of inputs with more behind them, the
  /// state of a decoder, unless there is no other.
  std::vector<OutputLoss> outputs;
  unsigned samples = 0;

  /// That with the largest relative difference; null if there is none.
  const OutputLoss *worstOutput() const;
};

/// Compares `compressed` with `original`, which has the same arguments and
/// results, on `samples`. Weights are evaluated one at a time. Failures have
/// been reported.
mlir::FailureOr<Loss> measureLoss(mlir::func::FuncOp original,
                                  mlir::func::FuncOp compressed,
                                  llvm::ArrayRef<Sample> samples,
                                  const graph::FileTable &files);

} // namespace lmcc::report

#endif // LMCC_COMPILER_REPORT_LOSS_H
