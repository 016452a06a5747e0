//===- ChunkKernels.h - Products that take turns on rows --------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_TILE_CHUNKKERNELS_H
#define LMCC_PASSES_TILE_CHUNKKERNELS_H

#include "mlir/IR/BuiltinOps.h"
#include "passes/Tile/RowProduct.h"
#include <map>

namespace lmcc {

class ChunkKernel;

/// Neighbouring calls of row products with the same rows, and the buffers that
/// they alone mention.
struct ChunkedCalls {
  llvm::SmallVector<mlir::func::CallOp> calls;
  llvm::SmallVector<kernel::BufferOp> inner;
};

/// The kernels of a module that are row products, and those that take several
/// of them by turns on chunks of rows.
class ChunkKernels {
public:
  explicit ChunkKernels(mlir::ModuleOp module) : module(module) {}

  /// What the call computes, or null.
  const RowProduct *product(mlir::func::CallOp call);
  bool haveSameRows(mlir::func::CallOp a, mlir::func::CallOp b);
  /// Whether all that one of the calls writes is by row in every other.
  bool mayTakeTurns(llvm::ArrayRef<mlir::func::CallOp> calls);

  /// Makes one call of `calls`, that computes `rows` rows at a time. The inner
  /// buffers have room for as many afterwards.
  void replace(const ChunkedCalls &calls, int64_t rows);

  /// The columns of an inner buffer.
  int64_t columnsOf(const ChunkedCalls &calls, kernel::BufferOp buffer);
  /// Erases the kernels that no call is left of.
  void eraseUnused();

private:
  mlir::OpFoldResult rowsOf(mlir::func::CallOp call);
  mlir::func::FuncOp kernelFor(const ChunkedCalls &calls, ChunkKernel &kernel,
                               int64_t rows);

  mlir::ModuleOp module;
  llvm::DenseMap<mlir::Operation *, std::optional<RowProduct>> products;
  /// Kernels and which of their operands are the same.
  using Key = std::pair<llvm::SmallVector<mlir::Operation *>,
                        llvm::SmallVector<int64_t>>;
  std::map<Key, mlir::func::FuncOp> chunked;
};

} // namespace lmcc

#endif // LMCC_PASSES_TILE_CHUNKKERNELS_H
