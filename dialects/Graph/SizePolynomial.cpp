//===- SizePolynomial.cpp - Sizes as sums of products ---------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/SizePolynomial.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <functional>
#include <numeric>

using namespace mlir;

namespace lmcc::graph {

namespace {

/// Orders what a product may consist of: symbols by position, then divisions
/// and remainders by their text (they are rare).
struct AtomOrder {
  static std::pair<unsigned, std::string> key(AffineExpr atom) {
    if (auto symbol = dyn_cast<AffineSymbolExpr>(atom))
      return {symbol.getPosition(), ""};
    std::string text;
    llvm::raw_string_ostream(text) << atom;
    return {~0u, text};
  }
  bool operator()(AffineExpr a, AffineExpr b) const { return key(a) < key(b); }
};

} // namespace

bool SizeProductOrder::operator()(const SizeProduct &a,
                                  const SizeProduct &b) const {
  if (a.size() != b.size())
    return a.size() > b.size();
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      AtomOrder());
}

/// The product of two products.
static SizeProduct multiply(SizeProduct a, const SizeProduct &b) {
  a.insert(a.end(), b.begin(), b.end());
  llvm::sort(a, AtomOrder());
  return a;
}

//===----------------------------------------------------------------------===//
// Expanding and collecting
//===----------------------------------------------------------------------===//

/// 64-bit integers of a model wrap, and so do the coefficients that stand for
/// them.
template <typename Function>
static int64_t wrapping(int64_t a, int64_t b, Function function) {
  return static_cast<int64_t>(
      function(static_cast<uint64_t>(a), static_cast<uint64_t>(b)));
}

SizePolynomial expandSize(AffineExpr size) {
  constexpr std::plus<uint64_t> plus;
  constexpr std::multiplies<uint64_t> times;
  if (auto constant = dyn_cast<AffineConstantExpr>(size))
    return {{{}, constant.getValue()}};
  if (isa<AffineSymbolExpr>(size))
    return {{{size}, 1}};
  auto binary = cast<AffineBinaryOpExpr>(size);
  SizePolynomial lhs = expandSize(binary.getLHS());
  SizePolynomial rhs = expandSize(binary.getRHS());
  if (size.getKind() == AffineExprKind::Add) {
    for (auto &[product, coefficient] : rhs) {
      int64_t &sum = lhs[product];
      sum = wrapping(sum, coefficient, plus);
    }
    return lhs;
  }
  if (size.getKind() == AffineExprKind::Mul) {
    SizePolynomial result;
    for (auto &[a, aCoefficient] : lhs)
      for (auto &[b, bCoefficient] : rhs) {
        int64_t &sum = result[multiply(a, b)];
        sum = wrapping(sum, wrapping(aCoefficient, bCoefficient, times), plus);
      }
    return result;
  }
  AffineExpr division =
      getAffineBinaryOpExpr(size.getKind(), canonicalSize(binary.getLHS()),
                            canonicalSize(binary.getRHS()));
  if (auto constant = dyn_cast<AffineConstantExpr>(division))
    return {{{}, constant.getValue()}};
  if (division != size && division.getKind() != size.getKind())
    return expandSize(division); // e.g. a division without rest
  return {{{division}, 1}};
}

AffineExpr collectSize(const SizePolynomial &polynomial, MLIRContext *context) {
  AffineExpr sum = getAffineConstantExpr(0, context);
  for (auto &[product, coefficient] : polynomial) {
    if (coefficient == 0)
      continue;
    AffineExpr term = getAffineConstantExpr(1, context);
    for (AffineExpr atom : product)
      term = term * atom;
    sum = sum + term * coefficient;
  }
  return sum;
}

AffineExpr canonicalSize(AffineExpr size) {
  return collectSize(expandSize(size), size.getContext());
}

//===----------------------------------------------------------------------===//
// Division
//===----------------------------------------------------------------------===//

// Long division by leading products. The order of products does not change when
// both sides are multiplied, so the leading product is what decides.
std::optional<SizePolynomial> divideExactly(SizePolynomial dividend,
                                            const SizePolynomial &divisor) {
  constexpr int64_t mostTerms = 64;
  auto [lead, leadCoefficient] = *divisor.begin();
  if (leadCoefficient <= 0)
    return std::nullopt;
  SizePolynomial quotient;
  for (int64_t step = 0; step < mostTerms; ++step) {
    while (!dividend.empty() && dividend.begin()->second == 0)
      dividend.erase(dividend.begin());
    if (dividend.empty())
      return quotient;
    auto [product, coefficient] = *dividend.begin();
    if (coefficient % leadCoefficient != 0 ||
        !std::includes(product.begin(), product.end(), lead.begin(), lead.end(),
                       AtomOrder()))
      return std::nullopt;
    SizeProduct rest;
    std::set_difference(product.begin(), product.end(), lead.begin(),
                        lead.end(), std::back_inserter(rest), AtomOrder());
    int64_t times = coefficient / leadCoefficient;
    quotient[rest] = times;
    for (auto &[other, otherCoefficient] : divisor) {
      int64_t &left = dividend[multiply(rest, other)];
      left = wrapping(
          left, wrapping(times, otherCoefficient, std::multiplies<uint64_t>()),
          std::minus<uint64_t>());
    }
  }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Factors and length
//===----------------------------------------------------------------------===//

SizeFactors factorsOf(AffineExpr size) {
  // Expanding the collected form drops terms that cancelled.
  SizePolynomial polynomial = expandSize(canonicalSize(size));
  if (polynomial.size() == 1 && polynomial.begin()->second == 0)
    return {0, {}};
  if (polynomial.size() == 1)
    return {polynomial.begin()->second, polynomial.begin()->first};
  // A common coefficient, so that 4 * (past + sequence) divides by 4.
  // Magnitudes are unsigned: the smallest number has none that is signed.
  uint64_t magnitude = 0;
  for (auto &[product, coefficient] : polynomial)
    magnitude = std::gcd(magnitude, llvm::AbsoluteValue(coefficient));
  int64_t common = static_cast<int64_t>(magnitude);
  for (auto &[product, coefficient] : polynomial)
    coefficient /= common;
  return {common, {collectSize(polynomial, size.getContext())}};
}

/// Takes the symbols, numbers and operations of `size` off `budget`.
static bool fits(AffineExpr size, unsigned &budget) {
  if (budget == 0)
    return false;
  --budget;
  auto binary = dyn_cast<AffineBinaryOpExpr>(size);
  return !binary ||
         (fits(binary.getLHS(), budget) && fits(binary.getRHS(), budget));
}

bool isShortSize(AffineExpr size) {
  unsigned budget = 256;
  return fits(size, budget);
}

} // namespace lmcc::graph
