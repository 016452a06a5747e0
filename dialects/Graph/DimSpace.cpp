//===- DimSpace.cpp - The sizes of one model ------------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/DimSpace.h"
#include "dialects/Graph/SizePolynomial.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace lmcc::graph {

std::string rangeText(const SizeRange &range) {
  if (!range.high)
    return "at least " + std::to_string(range.low);
  std::string low = std::to_string(range.low);
  return range.low == *range.high ? low
                                  : low + ".." + std::to_string(*range.high);
}

//===----------------------------------------------------------------------===//
// Symbols
//===----------------------------------------------------------------------===//

DimSpace DimSpace::of(Operation *function) {
  DimSpace space(function->getContext());
  if (auto list = function->getAttrOfType<ArrayAttr>(symbolsAttrName))
    for (auto symbol : list.getAsRange<SymbolAttr>()) {
      space.symbol(symbol.getName().getValue());
      space.bound(symbol.getName().getValue(), symbol.getLow(),
                  symbol.getHigh());
    }
  return space;
}

unsigned DimSpace::position(StringAttr name) {
  for (auto [position, symbol] : llvm::enumerate(symbols))
    if (symbol.name == name)
      return position;
  symbols.push_back({name, {}, {}});
  return symbols.size() - 1;
}

AffineExpr DimSpace::symbol(StringRef name) {
  return simplify(
      getAffineSymbolExpr(position(StringAttr::get(context, name)), context));
}

AffineExpr DimSpace::number(int64_t value) const {
  return getAffineConstantExpr(value, context);
}

void DimSpace::bound(StringRef name, int64_t low, int64_t high) {
  unsigned place = position(StringAttr::get(context, name));
  symbols[place].range = {low, high};
  if (low == high)
    replace(place, number(low));
}

void DimSpace::replace(unsigned position, AffineExpr replacement) {
  symbols[position].replacement = replacement;
  AffineExpr self = getAffineSymbolExpr(position, context);
  for (Symbol &symbol : symbols)
    if (symbol.replacement)
      symbol.replacement =
          canonicalSize(symbol.replacement.replace(self, replacement));
}

AffineExpr DimSpace::simplify(AffineExpr size) const {
  SmallVector<AffineExpr> replacements;
  for (auto [position, symbol] : llvm::enumerate(symbols))
    replacements.push_back(symbol.replacement
                               ? symbol.replacement
                               : getAffineSymbolExpr(position, context));
  return canonicalSize(size.replaceSymbols(replacements));
}

std::optional<int64_t> DimSpace::constant(AffineExpr size) const {
  if (auto constant = dyn_cast<AffineConstantExpr>(simplify(size)))
    return constant.getValue();
  return std::nullopt;
}

SizeRange DimSpace::range(AffineExpr size) const {
  size = simplify(size);
  if (auto constant = dyn_cast<AffineConstantExpr>(size))
    return {constant.getValue(), constant.getValue()};
  if (auto symbol = dyn_cast<AffineSymbolExpr>(size))
    return symbols[symbol.getPosition()].range;
  auto binary = cast<AffineBinaryOpExpr>(size);
  SizeRange lhs = range(binary.getLHS()), rhs = range(binary.getRHS());
  auto multiply = [](std::optional<int64_t> a, std::optional<int64_t> b) {
    return a && b ? llvm::checkedMul(*a, *b) : std::nullopt;
  };
  switch (size.getKind()) {
  case AffineExprKind::Add:
    return {llvm::checkedAdd(lhs.low, rhs.low).value_or(INT64_MIN / 2),
            lhs.high && rhs.high ? llvm::checkedAdd(*lhs.high, *rhs.high)
                                 : std::nullopt};
  case AffineExprKind::Mul:
    if (rhs.high && rhs.low == *rhs.high && rhs.low < 0) {
      // A size without an upper bound, negated, has no lower one.
      int64_t low = lhs.high
                        ? multiply(lhs.high, rhs.low).value_or(INT64_MIN / 2)
                        : INT64_MIN / 2;
      return {low, multiply(lhs.low, rhs.low)};
    }
    return {multiply(lhs.low, rhs.low).value_or(0),
            multiply(lhs.high, rhs.high)};
  case AffineExprKind::FloorDiv:
  case AffineExprKind::CeilDiv: {
    if (rhs.low < 1 || !rhs.high || rhs.low != *rhs.high)
      return {0, lhs.high};
    int64_t up = size.getKind() == AffineExprKind::CeilDiv ? rhs.low - 1 : 0;
    auto divide = [&](int64_t a) {
      return llvm::divideFloorSigned(a + up, rhs.low);
    };
    return {divide(lhs.low),
            lhs.high ? std::optional(divide(*lhs.high)) : std::nullopt};
  }
  default: // The remainder is below the divisor.
    return {0, rhs.high ? std::optional(*rhs.high - 1) : std::nullopt};
  }
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

AffineExpr DimSpace::add(AffineExpr a, AffineExpr b) const {
  return simplify(a + b);
}
AffineExpr DimSpace::subtract(AffineExpr a, AffineExpr b) const {
  return simplify(a - b);
}
AffineExpr DimSpace::multiply(AffineExpr a, AffineExpr b) const {
  return simplify(a * b);
}

AffineExpr DimSpace::product(ArrayRef<AffineExpr> sizes) const {
  AffineExpr result = number(1);
  for (AffineExpr size : sizes)
    result = multiply(result, size);
  return result;
}

std::optional<AffineExpr> DimSpace::divide(AffineExpr a, AffineExpr b) const {
  std::optional<SizePolynomial> exact =
      divideExactly(expandSize(simplify(a)), expandSize(simplify(b)));
  if (exact)
    return simplify(collectSize(*exact, context));
  auto [aNumber, aAtoms] = factorsOf(simplify(a));
  auto [bNumber, bAtoms] = factorsOf(simplify(b));
  if (bNumber == 0)
    return std::nullopt;
  for (AffineExpr atom : bAtoms) {
    auto match = llvm::find(aAtoms, atom);
    if (match == aAtoms.end())
      return std::nullopt;
    aAtoms.erase(match);
  }
  AffineExpr rest = number(1);
  for (AffineExpr atom : aAtoms)
    rest = rest * atom;
  if (aNumber % bNumber == 0)
    return simplify(rest * (aNumber / bNumber));
  if (bNumber < 0)
    return std::nullopt;
  return simplify((rest * aNumber).floorDiv(bNumber));
}

//===----------------------------------------------------------------------===//
// Equality
//===----------------------------------------------------------------------===//

bool DimSpace::equal(AffineExpr a, AffineExpr b) const {
  return simplify(a) == simplify(b);
}

bool DimSpace::unify(AffineExpr a, AffineExpr b) {
  a = simplify(a);
  b = simplify(b);
  AffineExpr difference = subtract(a, b);
  if (auto constant = dyn_cast<AffineConstantExpr>(difference))
    return constant.getValue() == 0;

  // Twice one size equals twice another where they are equal.
  auto [common, terms] = factorsOf(difference);
  if (terms.size() == 1 && common != 0)
    difference = terms.front();

  // Express a symbol that occurs alone with coefficient 1 or -1 by the rest.
  // A sum of sizes is preferred (total = past + sequence rather than
  // past = total - sequence): it needs no check that it is not negative. Among
  // equals the symbol mentioned last goes.
  SizePolynomial polynomial = expandSize(difference);
  std::optional<unsigned> chosen;
  AffineExpr solution;
  bool chosenIsSum = false;
  for (auto &[product, coefficient] : polynomial) {
    if (product.size() != 1 || (coefficient != 1 && coefficient != -1))
      continue;
    auto symbol = dyn_cast<AffineSymbolExpr>(product.front());
    if (!symbol)
      continue;
    SizePolynomial rest = polynomial;
    rest.erase(product);
    bool isSum = true, recurs = false;
    for (auto &[other, otherCoefficient] : rest) {
      isSum &= otherCoefficient * -coefficient >= 0;
      for (AffineExpr atom : other)
        recurs |= atom.isFunctionOfSymbol(symbol.getPosition());
    }
    if (recurs)
      continue;
    bool better = !chosen || (isSum && !chosenIsSum) ||
                  (isSum == chosenIsSum && symbol.getPosition() > *chosen);
    if (!better)
      continue;
    chosen = symbol.getPosition();
    chosenIsSum = isSum;
    solution = canonicalSize(collectSize(rest, context) * -coefficient);
  }
  if (!chosen) {
    noted.push_back({difference, {0, 0}});
    return true;
  }
  SizeRange bounds = symbols[*chosen].range, possible = range(solution);
  if ((possible.high && *possible.high < bounds.low) ||
      (bounds.high && possible.low > *bounds.high))
    return false;
  replace(*chosen, solution);
  if (auto other = dyn_cast<AffineSymbolExpr>(solution))
    narrow(other.getPosition(), bounds);
  else if (!chosenIsSum || bounds.low > 0 || bounds.high)
    noted.push_back({solution, bounds});
  return true;
}

/// Two names of one size: both have the tighter bounds.
void DimSpace::narrow(unsigned position, SizeRange bounds) {
  SizeRange &range = symbols[position].range;
  range.low = std::max(range.low, bounds.low);
  if (bounds.high)
    range.high = std::min(range.high.value_or(*bounds.high), *bounds.high);
  if (range.low == range.high)
    replace(position, number(range.low));
}

bool DimSpace::demandAtLeast(AffineExpr size, int64_t low) {
  SizeRange known = range(size);
  if (known.high && *known.high < low)
    return false;
  if (known.low < low)
    noted.push_back({simplify(size), {low, std::nullopt}});
  return true;
}

std::optional<AffineExpr> DimSpace::broadcast(AffineExpr a, AffineExpr b) {
  if (constant(a) == 1)
    return b;
  if (constant(b) == 1)
    return a;
  // A demand alone does not make the sizes of a type one.
  if (!unify(a, b) || !equal(a, b))
    return std::nullopt;
  return simplify(a);
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

DimSpace::Sizes DimSpace::expressions(DimsAttr dims) const {
  SmallVector<AffineExpr> replacements;
  for (StringAttr name : dims.getSymbols()) {
    const auto *symbol =
        llvm::find_if(symbols, [&](const Symbol &s) { return s.name == name; });
    assert(symbol != symbols.end() && "a type mentions an undeclared symbol");
    replacements.push_back(
        getAffineSymbolExpr(std::distance(symbols.begin(), symbol), context));
  }
  Sizes result;
  for (AffineExpr size : dims.getMap().getResults())
    result.push_back(simplify(size.replaceSymbols(replacements)));
  return result;
}

DimSpace::Sizes DimSpace::sizes(RankedTensorType type) const {
  if (auto dims = dyn_cast_or_null<DimsAttr>(type.getEncoding()))
    return expressions(dims);
  Sizes result;
  for (int64_t size : type.getShape())
    result.push_back(number(size));
  return result;
}

DimsAttr DimSpace::attribute(ArrayRef<AffineExpr> sizes) const {
  SmallVector<AffineExpr> simple;
  for (AffineExpr size : sizes)
    simple.push_back(simplify(size));
  SmallVector<StringAttr> names;
  for (const Symbol &symbol : symbols)
    names.push_back(symbol.name);
  return DimsAttr::get(names, AffineMap::get(0, names.size(), simple, context));
}

RankedTensorType DimSpace::type(ArrayRef<AffineExpr> sizes,
                                Type element) const {
  SmallVector<int64_t> shape;
  bool isStatic = true;
  for (AffineExpr size : sizes) {
    std::optional<int64_t> number = constant(size);
    isStatic &= number.has_value();
    shape.push_back(number.value_or(ShapedType::kDynamic));
  }
  return RankedTensorType::get(shape, element,
                               isStatic ? DimsAttr() : attribute(sizes));
}

SmallVector<DimSpace::FreeSymbol> DimSpace::freeSymbols() const {
  SmallVector<FreeSymbol> free;
  for (const Symbol &symbol : symbols)
    if (!symbol.replacement)
      free.push_back({symbol.name.getValue(), symbol.range});
  return free;
}

SmallVector<DimSpace::Demand> DimSpace::demands() const {
  SmallVector<Demand> open;
  for (const Demand &demand : noted) {
    AffineExpr size = simplify(demand.size);
    SizeRange range = this->range(size);
    bool implied = range.low >= demand.range.low &&
                   (!demand.range.high ||
                    (range.high && *range.high <= *demand.range.high));
    if (!implied)
      open.push_back({size, demand.range});
  }
  return open;
}

std::string DimSpace::text(AffineExpr size) const {
  return sizesText(attribute({simplify(size)}));
}

} // namespace lmcc::graph
