//===- QuantizedMatrix.h - Recipes of quantised weights ---------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Operations of a weight's region. A table and the product that it is tied to
// are one weight because both come from here.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_COMPRESS_QUANTIZEDMATRIX_H
#define LMCC_PASSES_COMPRESS_QUANTIZEDMATRIX_H

#include "dialects/Graph/Builder.h"

namespace lmcc {

/// How a matrix is stored.
struct WeightForm {
  /// 16: float16, without scales.
  int64_t bits = 8;
  /// Steps of the depth with one scale; 0: all of them.
  int64_t group = 0;

  /// The form of a matrix of so much depth; 8 bits where it is no whole number
  /// of groups of 4-bit numbers.
  static WeightForm of(int64_t bits, int64_t group, int64_t depth) {
    if (bits == 4)
      return depth > 0 && depth % group == 0 ? WeightForm{bits, group}
                                             : WeightForm();
    return {bits, 0};
  }
};
/// Reports what there is not.
llvm::LogicalResult verifyForm(mlir::Operation *module, int64_t bits,
                               int64_t group);

/// `matrix` as float16.
mlir::Value halves(graph::Builder &build, mlir::Value matrix);
/// The scales of the columns of `matrix`, a row for each group.
mlir::Value groupScales(graph::Builder &build, mlir::Value matrix,
                        WeightForm form);
/// The same of one group, as a tensor with one axis.
mlir::Value columnScales(graph::Builder &build, mlir::Value matrix);
/// The numbers of `matrix`, as bytes.
mlir::Value quantizedNumbers(graph::Builder &build, mlir::Value matrix,
                             WeightForm form);

} // namespace lmcc

#endif // LMCC_PASSES_COMPRESS_QUANTIZEDMATRIX_H
