//===- RowProduct.h - Kernels that compute row by row -----------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_TILE_ROWPRODUCT_H
#define LMCC_PASSES_TILE_ROWPRODUCT_H

#include "dialects/Kernel/Kernel.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace lmcc {

/// A kernel that is one product over packed panels and nothing else, whose left
/// side, output and extras are dense matrices in arguments of its own, with one
/// row for each row of the product. Row i of the output then depends on row i
/// of those alone, and any rows can be computed without the others.
struct RowProduct {
  mlir::func::FuncOp kernel;
  kernel::PanelProductOp product;
  mlir::OpFoldResult rows; ///< A number or an argument.
  /// Arguments that hold a row for each row of the product.
  llvm::SmallVector<unsigned> byRow;
  unsigned output; ///< The one that is written.

  /// None if the kernel is something else.
  static std::optional<RowProduct> of(mlir::func::FuncOp kernel);

  bool isByRow(unsigned argument) const {
    return llvm::is_contained(byRow, argument);
  }
  /// The columns of what argument `argument`, by row, holds.
  int64_t columnsOf(unsigned argument) const;
  /// Whether a row of the output is longer than one of the left side.
  bool widensRows() const;
};

/// The view of an argument, or null.
mlir::memref::ReinterpretCastOp viewOfArgument(mlir::Value value);

} // namespace lmcc

#endif // LMCC_PASSES_TILE_ROWPRODUCT_H
