//===- Views.h - Sizes and addresses of buffer views ------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Kernels receive flat buffers and give them a shape by
// `memref.reinterpret_cast`; tiling adds `memref.subview`. Sizes and strides
// are therefore always at hand as numbers or values, and no `memref.dim` is
// ever needed.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_DIALECTS_KERNEL_VIEWS_H
#define LMCC_DIALECTS_KERNEL_VIEWS_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"

namespace lmcc::kernel {

/// The sizes of `buffer`: from its type where static, else from the view
/// operation that made it.
llvm::SmallVector<mlir::OpFoldResult> sizesOf(mlir::Value buffer);

/// The flat buffer (an argument, a local array) behind the views of `buffer`.
mlir::Value baseOf(mlir::Value buffer);

/// Whether neighbours along `axis` are neighbours in memory.
bool isUnitStride(mlir::Value buffer, unsigned axis);

/// The distance of neighbours along `axis` in elements.
mlir::OpFoldResult strideOf(mlir::OpBuilder &builder, mlir::Location location,
                            mlir::Value buffer, unsigned axis);
/// Whether that is known at run time only.
bool isDynamicStride(mlir::Value buffer, unsigned axis);

/// A flat buffer (an argument, a local array) and an index into it.
struct Address {
  mlir::Value base;
  mlir::OpFoldResult index;
};
/// The address of element `indices` of `buffer`, through all its views; indices
/// that are left out are 0.
Address addressOf(mlir::OpBuilder &builder, mlir::Location location,
                  mlir::Value buffer,
                  llvm::ArrayRef<mlir::OpFoldResult> indices);

/// A dense row-major view of the flat buffer `base`.
mlir::Value viewAs(mlir::OpBuilder &builder, mlir::Location location,
                   mlir::Value base, llvm::ArrayRef<mlir::OpFoldResult> sizes);
/// A view with explicit strides.
mlir::Value viewAs(mlir::OpBuilder &builder, mlir::Location location,
                   mlir::Value base, llvm::ArrayRef<mlir::OpFoldResult> sizes,
                   llvm::ArrayRef<mlir::OpFoldResult> strides);

/// A dense row-major view of what lies at `address`, which need not lie within
/// the buffer.
mlir::Value viewAt(mlir::OpBuilder &builder, mlir::Location location,
                   const Address &address,
                   llvm::ArrayRef<mlir::OpFoldResult> sizes);
/// One with explicit strides, which may be negative.
mlir::Value viewAt(mlir::OpBuilder &builder, mlir::Location location,
                   const Address &address,
                   llvm::ArrayRef<mlir::OpFoldResult> sizes,
                   llvm::ArrayRef<mlir::OpFoldResult> strides);

/// A loop from `from` to `to`, or nothing where that is surely empty.
void loop(mlir::OpBuilder &builder, mlir::Location location,
          mlir::OpFoldResult from, mlir::OpFoldResult to, int64_t step,
          llvm::function_ref<void(mlir::OpFoldResult)> body);

// Index arithmetic that folds: `a + b`, `a * b`, `a floordiv n`, `a mod n`.
mlir::OpFoldResult addSizes(mlir::OpBuilder &builder, mlir::Location location,
                            mlir::OpFoldResult a, mlir::OpFoldResult b);
mlir::OpFoldResult multiplySizes(mlir::OpBuilder &builder,
                                 mlir::Location location, mlir::OpFoldResult a,
                                 mlir::OpFoldResult b);
mlir::OpFoldResult floorDivide(mlir::OpBuilder &builder,
                               mlir::Location location, mlir::OpFoldResult a,
                               int64_t divisor);
mlir::OpFoldResult remainder(mlir::OpBuilder &builder, mlir::Location location,
                             mlir::OpFoldResult a, int64_t divisor);

} // namespace lmcc::kernel

#endif // LMCC_DIALECTS_KERNEL_VIEWS_H
