//===- MaskSource.h - What masks are computed from --------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_NORMALIZE_MASKSOURCE_H
#define LMCC_PASSES_NORMALIZE_MASKSOURCE_H

#include "dialects/Graph/Evaluate/Weights.h"
#include "passes/Normalize/PlacedValue.h"
#include "passes/Normalize/RegionWriter.h"

namespace lmcc {

/// Writes tensors that lie beside the scores as operations of the region.
///
/// What has an element for every pair of a row and a key is computed there, as
/// far as its operations go element by element or depend on places alone. What
/// remains is read from memory: vectors along rows or keys, and matrices that
/// are an input or come from another kind of operation.
class MaskSource {
public:
  using Value = mlir::Value;
  using Sizes = graph::Builder::Sizes;
  /// Gives the argument of the region that stands for a tensor.
  using AddOperand = std::function<Value(Value)>;

  /// `scores` are the sizes of the scores. `build` stands in the region and
  /// `outside` in front of the attention.
  MaskSource(graph::Builder &build, mlir::OpBuilder outside, Sizes scores,
             const graph::FileTable &files, AddOperand addOperand);

  /// The region's value of a tensor that broadcasts to the scores. Never null.
  Value compute(Value value);
  RegionWriter &writer() { return region; }
  /// Tensors that are read and have an element for every row and key.
  llvm::ArrayRef<Value> matrices() const { return matricesRead; }

private:
  /// Null only where nothing may be read.
  Value compute(const PlacedValue &value);
  bool isMatrix(const PlacedValue &value) const;
  bool belongsInside(const PlacedValue &value);
  bool comparesKeys(const PlacedValue &value, unsigned &looks);

  /// Null if the operation has no form in the region.
  Value write(const PlacedValue &value);
  Value writeSame(mlir::Operation *op, llvm::ArrayRef<PlacedValue> operands);
  Value writeConcat(graph::ConcatOp op, const Places &places);
  Value writeConstant(mlir::Operation *op, const Places &places);
  Value writeBand(const graph::HostTensor &tensor, const Places &places);
  Value writePosition(const Place &place, int64_t shift = 0);
  Value writeDiagonals(graph::GatherOp op, const Places &places);
  std::optional<graph::HostTensor> elementsOf(mlir::Operation *op) const;

  Value aligned(const PlacedValue &placed,
                llvm::ArrayRef<mlir::AffineExpr> whole);
  Value read(const PlacedValue &placed);
  Value limit(Value argument, int64_t low, int64_t high);

  graph::Builder &build;
  mlir::OpBuilder outside;
  Sizes scores;
  const graph::FileTable &files;
  AddOperand addOperand;
  RegionWriter region;
  /// Far more than any exporter writes, and no danger for the stack.
  static constexpr unsigned maximumSteps = 64;
  unsigned steps = 0;
  /// Nothing may be read: a value may be asked for outside of its bounds.
  bool mustCompute = false;

  llvm::SmallVector<std::pair<PlacedValue, Value>> known;
  llvm::DenseMap<Value, Value> tensorOfArgument;
  llvm::SmallVector<Value> matricesRead;
};

} // namespace lmcc

#endif // LMCC_PASSES_NORMALIZE_MASKSOURCE_H
