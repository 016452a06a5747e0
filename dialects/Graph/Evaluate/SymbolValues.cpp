//===- SymbolValues.cpp - Numbers for the sizes of a model ----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Evaluate/SymbolValues.h"
#include "dialects/Graph/DimSpace.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace lmcc::graph {

/// The value of `size` for these values of its symbols; empty if it does not
/// fit or divides by something that is not positive.
static std::optional<int64_t> sizeFor(AffineExpr size,
                                      ArrayRef<int64_t> values) {
  if (auto constant = dyn_cast<AffineConstantExpr>(size))
    return constant.getValue();
  if (auto symbol = dyn_cast<AffineSymbolExpr>(size))
    return values[symbol.getPosition()];
  auto binary = cast<AffineBinaryOpExpr>(size);
  std::optional<int64_t> lhs = sizeFor(binary.getLHS(), values);
  std::optional<int64_t> rhs = sizeFor(binary.getRHS(), values);
  if (!lhs || !rhs)
    return std::nullopt;
  switch (size.getKind()) {
  case AffineExprKind::Add: return llvm::checkedAdd(*lhs, *rhs);
  case AffineExprKind::Mul: return llvm::checkedMul(*lhs, *rhs);
  default: break;
  }
  if (*rhs <= 0)
    return std::nullopt;
  switch (size.getKind()) {
  case AffineExprKind::FloorDiv: return llvm::divideFloorSigned(*lhs, *rhs);
  case AffineExprKind::CeilDiv: return llvm::divideCeilSigned(*lhs, *rhs);
  default: return llvm::mod(*lhs, *rhs);
  }
}

FailureOr<SmallVector<int64_t>>
concreteSizes(DimsAttr sizes, const SymbolValues &symbols, Location location) {
  SmallVector<int64_t> values;
  for (StringAttr name : sizes.getSymbols()) {
    auto known = symbols.find(name.getValue());
    if (known == symbols.end())
      return emitError(location) << "the size " << name << " has no value here";
    values.push_back(known->second);
  }
  SmallVector<int64_t> results;
  for (auto [axis, size] : llvm::enumerate(sizes.getMap().getResults())) {
    std::optional<int64_t> result = sizeFor(size, values);
    if (!result)
      return emitError(location) << "entry " << axis << " of " << sizes
                                 << " is not a 64-bit number";
    results.push_back(*result);
  }
  return results;
}

FailureOr<SmallVector<int64_t>> concreteShape(RankedTensorType type,
                                              const SymbolValues &symbols,
                                              Location location) {
  if (type.hasStaticShape())
    return llvm::to_vector(type.getShape());
  auto dims = dyn_cast_or_null<DimsAttr>(type.getEncoding());
  if (!dims || dims.getRank() != type.getRank())
    return emitError(location) << "nothing says what sizes " << type << " has";
  FailureOr<SmallVector<int64_t>> shape =
      concreteSizes(dims, symbols, location);
  if (failed(shape))
    return failure();
  for (int64_t size : *shape)
    if (size < 0)
      return emitError(location)
             << type << " would have an axis of size " << size;
  return shape;
}

//===----------------------------------------------------------------------===//
// From shapes to symbols
//===----------------------------------------------------------------------===//

/// Whether `size` is `a * s + b` for the symbol at `position`, as far as one
/// sees without knowing the others.
static bool isLinear(AffineExpr size, unsigned position) {
  if (!size.isFunctionOfSymbol(position) || isa<AffineSymbolExpr>(size))
    return true;
  auto binary = cast<AffineBinaryOpExpr>(size);
  AffineExpr lhs = binary.getLHS(), rhs = binary.getRHS();
  if (size.getKind() == AffineExprKind::Mul)
    return !(lhs.isFunctionOfSymbol(position) &&
             rhs.isFunctionOfSymbol(position)) &&
           isLinear(lhs, position) && isLinear(rhs, position);
  return size.getKind() == AffineExprKind::Add && isLinear(lhs, position) &&
         isLinear(rhs, position);
}

/// If exactly one symbol of `dims` has no value, that it needs for the
/// (one-axis) size to be `expected`.
static std::optional<std::pair<StringRef, int64_t>>
solve(DimsAttr dims, int64_t expected, const SymbolValues &symbols) {
  SmallVector<int64_t> values;
  std::optional<unsigned> unknown;
  for (auto [position, name] : llvm::enumerate(dims.getSymbols())) {
    auto known = symbols.find(name.getValue());
    if (known == symbols.end() && unknown)
      return std::nullopt;
    if (known == symbols.end())
      unknown = position;
    values.push_back(known == symbols.end() ? 0 : known->second);
  }
  AffineExpr size = dims.getMap().getResult(0);
  if (!unknown || !isLinear(size, *unknown))
    return std::nullopt;

  std::optional<int64_t> offset = sizeFor(size, values);
  values[*unknown] = 1;
  std::optional<int64_t> atOne = sizeFor(size, values);
  if (!offset || !atOne)
    return std::nullopt;
  std::optional<int64_t> factor = llvm::checkedSub(*atOne, *offset);
  std::optional<int64_t> rest = llvm::checkedSub(expected, *offset);
  // Without a whole solution, the quotient serves the later check's message.
  if (!factor || *factor <= 0 || !rest)
    return std::nullopt;
  return std::pair(dims.getSymbols()[*unknown].getValue(), *rest / *factor);
}

namespace {
/// What one axis of one argument says about the symbols.
struct SizeEquation {
  DimsAttr dims;
  int64_t expected;
  unsigned argument, axis;
};
} // namespace

/// Every size that a type and a tensor state; reports ranks and element types
/// that differ.
static FailureOr<SmallVector<SizeEquation>>
collectEquations(func::FuncOp function, ArrayRef<HostTensor> inputs) {
  if (function.getNumArguments() != inputs.size())
    return function.emitError() << "takes " << function.getNumArguments()
                                << " tensors, but got " << inputs.size();
  SmallVector<SizeEquation> equations;
  for (auto [place, pair] :
       llvm::enumerate(llvm::zip(function.getArgumentTypes(), inputs))) {
    auto [argument, input] = pair;
    auto type = dyn_cast<RankedTensorType>(argument);
    if (!type || type.getElementType() != input.getElementType() ||
        type.getRank() != input.getRank())
      return function.emitError()
             << "argument " << place << " is " << argument
             << ", but got a tensor of " << input.getElementType()
             << " with rank " << input.getRank();
    if (!type.hasStaticShape() &&
        !isa_and_nonnull<DimsAttr>(type.getEncoding()))
      return function.emitError() << "nothing says what sizes argument "
                                  << place << ", " << type << ", has";
    for (auto [axis, size] : llvm::enumerate(input.getShape()))
      equations.push_back({axisSize(type, axis), size,
                           static_cast<unsigned>(place),
                           static_cast<unsigned>(axis)});
  }
  return equations;
}

static LogicalResult checkBounds(func::FuncOp function,
                                 const SymbolValues &symbols) {
  auto bounds = function->getAttrOfType<ArrayAttr>(symbolsAttrName);
  if (!bounds)
    return success();
  for (auto symbol : bounds.getAsRange<SymbolAttr>()) {
    auto value = symbols.find(symbol.getName().getValue());
    if (value != symbols.end() &&
        (value->second < symbol.getLow() || value->second > symbol.getHigh()))
      return function.emitError()
             << "the inputs make " << symbol.getName() << " " << value->second
             << ", which must lie from " << symbol.getLow() << " to "
             << symbol.getHigh();
  }
  return success();
}

/// Says what the symbols of `size` are.
static void noteValues(InFlightDiagnostic &diagnostic, DimsAttr size,
                       const SymbolValues &symbols) {
  for (StringAttr name : size.getSymbols())
    diagnostic.attachNote()
        << name << " is " << symbols.lookup(name.getValue());
}

static LogicalResult checkDemands(func::FuncOp function,
                                  const SymbolValues &symbols) {
  auto demands = function->getAttrOfType<ArrayAttr>(demandsAttrName);
  if (!demands)
    return success();
  for (auto demand : demands.getAsRange<DictionaryAttr>()) {
    auto size = demand.getAs<DimsAttr>("size");
    SizeRange range = {demand.getAs<IntegerAttr>("low").getInt(), {}};
    if (auto high = demand.getAs<IntegerAttr>("high"))
      range.high = high.getInt();
    FailureOr<SmallVector<int64_t>> value =
        concreteSizes(size, symbols, function.getLoc());
    if (failed(value))
      return failure();
    if (value->front() >= range.low &&
        (!range.high || value->front() <= *range.high))
      continue;
    InFlightDiagnostic diagnostic =
        function.emitError()
        << "the model needs the size " << sizesText(size) << " to be "
        << rangeText(range) << ", but the inputs make it " << value->front();
    noteValues(diagnostic, size, symbols);
    return diagnostic;
  }
  return success();
}

FailureOr<SymbolValues> bindSymbols(func::FuncOp function,
                                    ArrayRef<HostTensor> inputs) {
  FailureOr<SmallVector<SizeEquation>> equations =
      collectEquations(function, inputs);
  if (failed(equations))
    return failure();

  // Each round but the last finds at least one symbol.
  SymbolValues symbols;
  for (bool progress = true; progress;) {
    progress = false;
    for (const SizeEquation &equation : *equations)
      if (auto found = solve(equation.dims, equation.expected, symbols))
        progress |= symbols.try_emplace(found->first, found->second).second;
  }

  for (const SizeEquation &equation : *equations) {
    FailureOr<SmallVector<int64_t>> size =
        concreteSizes(equation.dims, symbols, function.getLoc());
    if (failed(size))
      return failure();
    if (size->front() == equation.expected)
      continue;
    InFlightDiagnostic diagnostic = function.emitError()
                                    << "axis " << equation.axis
                                    << " of argument " << equation.argument
                                    << " has size " << equation.expected
                                    << ", but must be " << size->front();
    noteValues(diagnostic, equation.dims, symbols);
    return diagnostic;
  }
  if (failed(checkBounds(function, symbols)) ||
      failed(checkDemands(function, symbols)))
    return failure();
  return symbols;
}

} // namespace lmcc::graph
