//===- ColumnSums.h - Sums whose lanes are those of one column --*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_VECTORIZE_COLUMNSUMS_H
#define LMCC_PASSES_VECTORIZE_COLUMNSUMS_H

#include "dialects/Kernel/Kernel.h"
#include "passes/Vectorize/Lanes.h"

namespace lmcc {

/// Sums a tile of a product with `column_words`, as many as there are lanes. A
/// row and a column have a vector of sums, whose lanes are added up behind the
/// loop over the depth. The columns of the tile are taken some at a time, as
/// registers allow, each with a loop of their own.
class ColumnSums {
public:
  using Value = mlir::Value;
  using Index = mlir::OpFoldResult;

  ColumnSums(kernel::PanelProductOp product, mlir::OpBuilder &builder,
             Lanes &lanes);

  /// Whether words of columns, if there are any, are as many as lanes.
  bool fitLanes();

  /// The sums of all columns, row by row, vector by vector.
  llvm::SmallVector<Value> all();

private:
  using Values = llvm::SmallVector<Value>;

  Index number(int64_t value) { return builder.getIndexAttr(value); }
  Values overDepth(int64_t firstColumn, int64_t columns);
  void addStep(Value step, int64_t firstColumn, Values &sums);
  Value sumsOfLanes(llvm::ArrayRef<Value> vectors);

  kernel::PanelProductOp product;
  mlir::OpBuilder &builder;
  mlir::Location location;
  Lanes &lanes;
  int64_t rows, columns;
};

} // namespace lmcc

#endif // LMCC_PASSES_VECTORIZE_COLUMNSUMS_H
