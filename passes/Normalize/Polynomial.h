//===- Polynomial.h - Arithmetic as a polynomial ----------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Additions, products and quotients by numbers can be written in many orders,
// but multiply out to the same coefficients.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_NORMALIZE_POLYNOMIAL_H
#define LMCC_PASSES_NORMALIZE_POLYNOMIAL_H

#include "mlir/IR/Value.h"
#include <array>
#include <optional>

namespace lmcc {

/// A sum of terms `coefficient * x^i * f^j` with `i <= 3` and `j <= 1`.
class Polynomial {
public:
  static constexpr unsigned xTerms = 4, fTerms = 2;

  /// `coefficient * x^i * f^j`
  static Polynomial term(double coefficient, unsigned i, unsigned j = 0) {
    Polynomial result;
    result.coefficients[i][j] = coefficient;
    return result;
  }

  /// How `value` is computed from `x` and `f` (which may be null); empty if it
  /// needs anything else but numbers, or higher powers.
  static std::optional<Polynomial> of(mlir::Value value, mlir::Value x,
                                      mlir::Value f);

  Polynomial operator+(const Polynomial &other) const;
  std::optional<Polynomial> operator*(const Polynomial &other) const;
  Polynomial scaled(double factor) const;

  /// Whether the same terms occur, with the same coefficients up to a relative
  /// error.
  bool isNear(const Polynomial &other, double tolerance) const;

private:
  static std::optional<Polynomial> expand(mlir::Value value, mlir::Value x,
                                          mlir::Value f, unsigned depth);

  std::array<std::array<double, fTerms>, xTerms> coefficients = {};
};

/// The tensors at most `depth` operations away from which `value` may be
/// computed as a polynomial, nearest ones first.
llvm::SmallVector<mlir::Value> possibleVariables(mlir::Value value,
                                                 unsigned depth);

} // namespace lmcc

#endif // LMCC_PASSES_NORMALIZE_POLYNOMIAL_H
