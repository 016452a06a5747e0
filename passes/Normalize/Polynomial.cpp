//===- Polynomial.cpp - Arithmetic as a polynomial ------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Normalize/Polynomial.h"
#include "passes/Normalize/Constants.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace lmcc {

Polynomial Polynomial::operator+(const Polynomial &other) const {
  Polynomial sum = *this;
  for (unsigned i = 0; i < xTerms; ++i)
    for (unsigned j = 0; j < fTerms; ++j)
      sum.coefficients[i][j] += other.coefficients[i][j];
  return sum;
}

std::optional<Polynomial> Polynomial::operator*(const Polynomial &other) const {
  Polynomial product;
  for (unsigned i = 0; i < xTerms * xTerms; ++i) {
    for (unsigned j = 0; j < fTerms * fTerms; ++j) {
      unsigned iOther = i % xTerms, jOther = j % fTerms;
      double coefficient = coefficients[i / xTerms][j / fTerms] *
                           other.coefficients[iOther][jOther];
      if (coefficient == 0)
        continue;
      unsigned x = i / xTerms + iOther, f = j / fTerms + jOther;
      if (x >= xTerms || f >= fTerms)
        return std::nullopt;
      product.coefficients[x][f] += coefficient;
    }
  }
  return product;
}

Polynomial Polynomial::scaled(double factor) const {
  Polynomial result = *this;
  for (auto &row : result.coefficients)
    for (double &coefficient : row)
      coefficient *= factor;
  return result;
}

bool Polynomial::isNear(const Polynomial &other, double tolerance) const {
  for (unsigned i = 0; i < xTerms; ++i)
    for (unsigned j = 0; j < fTerms; ++j)
      if (!lmcc::isNear(coefficients[i][j], other.coefficients[i][j],
                        tolerance))
        return false;
  return true;
}

//===----------------------------------------------------------------------===//
// From operations
//===----------------------------------------------------------------------===//

/// Deeper arithmetic is no spelling of an activation, and a value that is used
/// twice is expanded twice.
static constexpr unsigned maximumDepth = 8;

static bool isArithmetic(Operation *op) {
  return isa_and_nonnull<graph::AddOp, graph::SubOp, graph::MulOp, graph::DivOp,
                         graph::PowOp, graph::NegOp>(op);
}

std::optional<Polynomial> Polynomial::of(Value value, Value x, Value f) {
  return expand(value, x, f, maximumDepth);
}

std::optional<Polynomial> Polynomial::expand(Value value, Value x, Value f,
                                             unsigned depth) {
  if (value == x)
    return term(1, 1);
  if (value == f)
    return term(1, 0, 1);
  if (std::optional<double> number = splatNumber(value))
    return term(*number, 0);
  Operation *op = value.getDefiningOp();
  if (depth == 0 || !isArithmetic(op))
    return std::nullopt;
  std::optional<Polynomial> a = expand(op->getOperand(0), x, f, depth - 1);
  if (!a)
    return std::nullopt;
  if (isa<graph::NegOp>(op))
    return a->scaled(-1);

  Value right = op->getOperand(1);
  if (isa<graph::DivOp>(op)) {
    std::optional<double> divisor = splatNumber(right);
    return divisor ? std::optional(a->scaled(1 / *divisor)) : std::nullopt;
  }
  if (isa<graph::PowOp>(op)) {
    if (isSplat(right, 2))
      return *a * *a;
    std::optional<Polynomial> square =
        isSplat(right, 3) ? *a * *a : std::nullopt;
    return square ? *square * *a : std::nullopt;
  }
  std::optional<Polynomial> b = expand(right, x, f, depth - 1);
  if (!b)
    return std::nullopt;
  if (isa<graph::MulOp>(op))
    return *a * *b;
  return *a + (isa<graph::SubOp>(op) ? b->scaled(-1) : *b);
}

SmallVector<Value> possibleVariables(Value value, unsigned depth) {
  llvm::SmallSetVector<Value, 8> found;
  SmallVector<Value> level = {value};
  for (; depth > 0 && !level.empty(); --depth) {
    SmallVector<Value> next;
    for (Value above : level)
      if (Operation *op = above.getDefiningOp(); isArithmetic(op))
        for (Value operand : op->getOperands())
          if (!splatNumber(operand) && found.insert(operand))
            next.push_back(operand);
    level = std::move(next);
  }
  return found.takeVector();
}

} // namespace lmcc
