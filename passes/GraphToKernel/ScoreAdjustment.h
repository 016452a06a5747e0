//===- ScoreAdjustment.h - The region of an attention -----------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_GRAPHTOKERNEL_SCOREADJUSTMENT_H
#define LMCC_PASSES_GRAPHTOKERNEL_SCOREADJUSTMENT_H

#include "passes/GraphToKernel/AttentionViews.h"

namespace lmcc {

/// A rectangle of scores: at one place of the batch, from a row and a key on.
struct ScorePart {
  llvm::ArrayRef<mlir::OpFoldResult> at;
  mlir::OpFoldResult row, rows, key, keys;
};

/// The region of an attention as code for the elements of a rectangle.
class ScoreAdjustment {
public:
  using Value = mlir::Value;
  using Index = mlir::OpFoldResult;

  /// Rectangles have up to `mostRows` rows and `mostKeys` keys. Made at the
  /// start of the kernel.
  ScoreAdjustment(GroupSite &site, KernelBuilder &k,
                  llvm::ArrayRef<AttentionViews::Extra> extras,
                  int64_t mostRows, int64_t mostKeys);

  /// Whether the region does anything.
  bool changesScores();
  /// Adjusts `scores`, which are those of `part`, in place. False if an
  /// operation has no scalar form.
  bool adjust(Value scores, const ScorePart &part);
  /// The element at a row of a value of the region that is the same for all
  /// keys. Null if an operation has no scalar form.
  Value elementOfRow(Value inside, llvm::ArrayRef<Index> at, Index row);

private:
  /// Scalars by the values of the region.
  using Values = llvm::DenseMap<Value, Value>;
  /// What one element of a rectangle is computed from.
  struct Inputs {
    llvm::SmallVector<Value> views;
    llvm::SmallVector<mlir::AffineMap> maps;
    /// The values of the region that the views hold.
    llvm::SmallVector<Value> inside;
    /// Values of the region that are the same in the whole rectangle; where a
    /// view exists as well, they are added to its elements.
    Values scalars;
  };

  void makeCounters(int64_t count);
  Inputs inputsOf(const ScorePart &part);
  void addView(Inputs &inputs, Value inside, Value view, bool hasRows,
               bool hasKeys);
  void addPosition(Inputs &inputs, graph::IotaOp op, const ScorePart &part);
  void addExtra(Inputs &inputs, const AttentionViews::Extra &extra,
                const ScorePart &part);
  Value element(mlir::OpBuilder &inner, const Inputs &inputs,
                mlir::ValueRange elements, bool &complete);
  Value operation(mlir::OpBuilder &inner, mlir::Operation *op,
                  const Values &values);
  Value rowElement(Value inside, llvm::ArrayRef<Index> at, Index row,
                   Values &values);
  Value rowLeaf(Value inside, llvm::ArrayRef<Index> at, Index row);
  int64_t scoresAxis(graph::IotaOp op);
  Value constantScalar(graph::ConstantOp op);
  Value sizeScalar(graph::DimValuesOp op);
  Value integer(Index index, mlir::Type type);

  KernelBuilder &k;
  mlir::OpBuilder &builder;
  mlir::Location location;
  graph::AttentionOp attention;
  llvm::ArrayRef<AttentionViews::Extra> extras;
  /// 0, 1, 2 ... for positions within a rectangle; null without positions.
  Value counters;
  llvm::DenseMap<mlir::Operation *, Value> constants;
};

} // namespace lmcc

#endif // LMCC_PASSES_GRAPHTOKERNEL_SCOREADJUSTMENT_H
