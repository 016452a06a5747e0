//===- DerivedWeights.h - Weights computed from weights ---------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_COMPRESS_DERIVEDWEIGHTS_H
#define LMCC_PASSES_COMPRESS_DERIVEDWEIGHTS_H

#include "dialects/Graph/Builder.h"
#include "dialects/Weight/Weight.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"

namespace lmcc {

/// Makes weights whose recipes go on where those of others end. Each is made at
/// the first request; the weight that it comes from stays.
class DerivedWeights {
public:
  explicit DerivedWeights(mlir::ModuleOp module) : symbols(module) {}

  /// Computes the new weight from the old one, with operations of a region.
  using Recipe = llvm::function_ref<mlir::Value(graph::Builder &build,
                                                mlir::Value source)>;
  /// A weight without a place in a module that goes on where `source` ends.
  static weight::DataOp derive(weight::DataOp source, Recipe recipe);
  /// The value, at `builder`, of the weight `<source>.<suffix>`, which `recipe`
  /// computes from what `source` reads. The suffix stands for the recipe.
  mlir::Value get(mlir::OpBuilder &builder, weight::GetOp source,
                  llvm::StringRef suffix, Recipe recipe);

private:
  mlir::SymbolTable symbols;
  llvm::DenseMap<std::pair<mlir::StringAttr, llvm::StringRef>, weight::DataOp>
      made;
};

} // namespace lmcc

#endif // LMCC_PASSES_COMPRESS_DERIVEDWEIGHTS_H
