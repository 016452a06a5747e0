//===- SizePolynomial.h - Sizes as sums of products -------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sizes are kept as sums of products in one canonical order, so that equality
// is identity. A product consists of atoms: symbols, and divisions and
// remainders that do not resolve.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_DIALECTS_GRAPH_SIZEPOLYNOMIAL_H
#define LMCC_DIALECTS_GRAPH_SIZEPOLYNOMIAL_H

#include "mlir/IR/AffineExpr.h"
#include <map>
#include <optional>
#include <vector>

namespace lmcc::graph {

/// Atoms in canonical order; an atom that occurs twice is there twice.
using SizeProduct = std::vector<mlir::AffineExpr>;

/// Products of more atoms first, so that a polynomial begins with its leading
/// product.
struct SizeProductOrder {
  bool operator()(const SizeProduct &a, const SizeProduct &b) const;
};

/// The coefficient of every product; the empty product is the constant.
/// Coefficients wrap like the 64-bit integers of a model; some may be 0.
using SizePolynomial = std::map<SizeProduct, int64_t, SizeProductOrder>;

SizePolynomial expandSize(mlir::AffineExpr size);
mlir::AffineExpr collectSize(const SizePolynomial &polynomial,
                             mlir::MLIRContext *context);

/// `size` as a sum of products in canonical order.
mlir::AffineExpr canonicalSize(mlir::AffineExpr size);

/// `dividend / divisor` if nothing is left and the quotient is short.
std::optional<SizePolynomial> divideExactly(SizePolynomial dividend,
                                            const SizePolynomial &divisor);

/// A size as `coefficient` times all `factors`.
struct SizeFactors {
  int64_t coefficient;
  SizeProduct factors;
};

/// The atoms of a sum with one term. A longer sum is, without the common
/// coefficient of its terms, a single factor.
SizeFactors factorsOf(mlir::AffineExpr size);

/// Whether `size` is short enough to be computed with. Sizes of real models
/// have a few terms; a hostile model squares its sizes until nothing can hold
/// them.
bool isShortSize(mlir::AffineExpr size);

} // namespace lmcc::graph

#endif // LMCC_DIALECTS_GRAPH_SIZEPOLYNOMIAL_H
