//===- IntegerRecipe.h - Weights that are scaled integers -------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_COMPRESS_INTEGERRECIPE_H
#define LMCC_PASSES_COMPRESS_INTEGERRECIPE_H

#include "dialects/Graph/Builder.h"

namespace lmcc {

/// What the recipe of a weight ends with: it computes `integers`, multiplies
/// them by `scale` (may be null) and moves them.
struct IntegerRecipe {
  mlir::Value integers, scale;
  /// The last one first.
  llvm::SmallVector<mlir::Operation *> moves;
};

/// That of a weight which is `value`, if it is one of integers.
std::optional<IntegerRecipe> integerRecipe(mlir::Value value);

/// Goes on where such a recipe ended with `source`: the weight without its
/// scale, as i32.
mlir::Value integersOf(graph::Builder &build, mlir::Value source);
/// The same: the scale of each element, of which there must be one.
mlir::Value scalesOf(graph::Builder &build, mlir::Value source);

} // namespace lmcc

#endif // LMCC_PASSES_COMPRESS_INTEGERRECIPE_H
