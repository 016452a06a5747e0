//===- WeightFolder.h - Move operations into weights ------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_NORMALIZE_WEIGHTFOLDER_H
#define LMCC_PASSES_NORMALIZE_WEIGHTFOLDER_H

#include "dialects/Weight/Weight.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/MapVector.h"

namespace lmcc {

/// Whether `op` computes one tensor of a static shape from its operands and
/// nothing else: no symbol of the model, no region.
bool dependsOnOperandsOnly(mlir::Operation *op);

/// Moves operations whose operands are known at compile time into the regions
/// of weights, where they are computed once, when the blob is written.
class WeightFolder {
public:
  explicit WeightFolder(mlir::ModuleOp module)
      : module(module), symbols(module) {}

  /// Moves what can be moved out of a function of one block. Constants of up
  /// to `smallElements` are left to the evaluation of constants.
  void fold(mlir::func::FuncOp function, int64_t smallElements);
  /// Makes one weight of those that are computed in the same way.
  void mergeEqual();
  /// Erases the weights that no function reads, directly or through others.
  void eraseUnused();

private:
  /// The elements that the blob holds for a value, at most.
  using StoredElements = llvm::MapVector<mlir::Operation *, int64_t>;

  std::optional<int64_t> storedElements(mlir::Operation *op,
                                        const StoredElements &known,
                                        int64_t smallElements) const;
  void replaceByWeight(mlir::Operation *op);
  void cloneStep(mlir::Operation *step, mlir::OpBuilder &builder,
                 mlir::IRMapping &copies) const;

  mlir::ModuleOp module;
  mlir::SymbolTable symbols;
};

} // namespace lmcc

#endif // LMCC_PASSES_NORMALIZE_WEIGHTFOLDER_H
