//===- KnownValues.h - What follows from sizes and weights ------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_STATE_KNOWNVALUES_H
#define LMCC_PASSES_STATE_KNOWNVALUES_H

#include "dialects/Graph/Evaluate/Evaluate.h"
#include "dialects/Graph/Evaluate/Weights.h"

namespace lmcc {

/// Computes values of a function, such as masks and positions, for given sizes.
/// Errors are silent: what cannot be computed is not known.
class KnownValues {
public:
  /// Both must outlive this.
  KnownValues(const graph::SymbolValues &symbols, const graph::FileTable &files)
      : symbols(symbols), files(files) {}

  /// Nothing if `value` depends on something else, or is large.
  std::optional<graph::HostTensor> find(mlir::Value value);

  /// The scores that the region of `attention` makes of zeros.
  std::optional<graph::HostTensor> adjustedZeros(graph::AttentionOp attention);

private:
  std::optional<graph::HostTensor> compute(mlir::Operation *op);
  std::optional<graph::HostTensor> zeros(mlir::Value value) const;
  bool isSmall(mlir::Value value) const;

  const graph::SymbolValues &symbols;
  const graph::FileTable &files;
  llvm::DenseMap<mlir::Value, std::optional<graph::HostTensor>> values;
};

/// For `entry`, a function made for a decoder: `past` old tokens and, where
/// their number is free, `count` new ones; the lowest values of other sizes.
graph::SymbolValues symbolsFor(mlir::func::FuncOp entry, int64_t past,
                               int64_t count);

} // namespace lmcc

#endif // LMCC_PASSES_STATE_KNOWNVALUES_H
