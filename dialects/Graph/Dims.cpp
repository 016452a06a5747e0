//===- Dims.cpp - Size lists: canonical form and text ---------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/DimSpace.h"
#include "dialects/Graph/Graph.h"
#include "dialects/Graph/SizePolynomial.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace lmcc::graph {

std::pair<SmallVector<StringAttr>, AffineMap>
canonicalSizes(ArrayRef<StringAttr> symbols, AffineMap map) {
  MLIRContext *context = map.getContext();
  // Keep the symbols in use, sorted by name.
  SmallVector<unsigned> used;
  for (unsigned position = 0; position < symbols.size(); ++position)
    if (map.isFunctionOfSymbol(position))
      used.push_back(position);
  llvm::sort(used, [&](unsigned a, unsigned b) {
    return symbols[a].getValue() < symbols[b].getValue();
  });

  SmallVector<AffineExpr> replacements(symbols.size(),
                                       getAffineConstantExpr(0, context));
  SmallVector<StringAttr> names;
  for (auto [place, position] : llvm::enumerate(used)) {
    replacements[position] = getAffineSymbolExpr(place, context);
    names.push_back(symbols[position]);
  }
  SmallVector<AffineExpr> results;
  for (AffineExpr result : map.getResults())
    results.push_back(canonicalSize(result.replaceSymbols(replacements)));
  unsigned count = names.size();
  return {std::move(names), AffineMap::get(0, count, results, context)};
}

DimsAttr DimsAttr::getAxis(unsigned axis) const {
  return get(getSymbols(), getMap().getSubMap({axis}));
}

std::optional<int64_t> DimsAttr::getConstant(unsigned axis) const {
  if (auto constant = dyn_cast<AffineConstantExpr>(getMap().getResult(axis)))
    return constant.getValue();
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Text form: `<batch, past + sequence, 2 * "odd name">`
//===----------------------------------------------------------------------===//

static bool isPlainName(StringRef name) {
  static constexpr StringLiteral operators[] = {"floordiv", "ceildiv", "mod"};
  return !name.empty() &&
         (llvm::isAlpha(name.front()) || name.front() == '_') &&
         llvm::all_of(name,
                      [](char c) { return llvm::isAlnum(c) || c == '_'; }) &&
         !llvm::is_contained(operators, name);
}

static void printSize(AsmPrinter &printer, AffineExpr size,
                      ArrayRef<StringAttr> symbols, bool inner) {
  if (auto constant = dyn_cast<AffineConstantExpr>(size)) {
    printer << constant.getValue();
    return;
  }
  if (auto symbol = dyn_cast<AffineSymbolExpr>(size)) {
    StringAttr name = symbols[symbol.getPosition()];
    if (isPlainName(name.getValue()))
      printer << name.getValue();
    else
      printer << name;
    return;
  }
  auto binary = cast<AffineBinaryOpExpr>(size);
  StringRef sign;
  switch (size.getKind()) {
  case AffineExprKind::Add: sign = " + "; break;
  case AffineExprKind::Mul: sign = " * "; break;
  case AffineExprKind::FloorDiv: sign = " floordiv "; break;
  case AffineExprKind::CeilDiv: sign = " ceildiv "; break;
  default: sign = " mod "; break;
  }
  bool isSum = size.getKind() == AffineExprKind::Add;
  if (inner)
    printer << "(";
  printSize(printer, binary.getLHS(), symbols,
            !isSum &&
                !isa<AffineConstantExpr, AffineSymbolExpr>(binary.getLHS()));
  printer << sign;
  printSize(printer, binary.getRHS(), symbols,
            !isSum &&
                !isa<AffineConstantExpr, AffineSymbolExpr>(binary.getRHS()));
  if (inner)
    printer << ")";
}

void DimsAttr::print(AsmPrinter &printer) const {
  printer << "<";
  llvm::interleaveComma(getMap().getResults(), printer, [&](AffineExpr size) {
    printSize(printer, size, getSymbols(), /*inner=*/false);
  });
  printer << ">";
}

namespace {
/// Recursive descent over sums, products and atoms.
class SizeParser {
public:
  explicit SizeParser(AsmParser &parser) : parser(parser) {}

  FailureOr<AffineExpr> parseSum() {
    FailureOr<AffineExpr> sum = parseProduct();
    while (succeeded(sum) && succeeded(parser.parseOptionalPlus())) {
      FailureOr<AffineExpr> next = parseProduct();
      if (failed(next))
        return failure();
      sum = *sum + *next;
    }
    return sum;
  }

  SmallVector<StringAttr> symbols;

private:
  FailureOr<AffineExpr> parseProduct() {
    FailureOr<AffineExpr> product = parseAtom();
    while (succeeded(product)) {
      StringRef keyword;
      bool times = succeeded(parser.parseOptionalStar());
      if (!times && failed(parser.parseOptionalKeyword(
                        &keyword, {"floordiv", "ceildiv", "mod"})))
        break;
      FailureOr<AffineExpr> next = parseAtom();
      if (failed(next))
        return failure();
      if (times)
        product = *product * *next;
      else if (keyword == "floordiv")
        product = product->floorDiv(*next);
      else if (keyword == "ceildiv")
        product = product->ceilDiv(*next);
      else
        product = *product % *next;
    }
    return product;
  }

  FailureOr<AffineExpr> parseAtom() {
    MLIRContext *context = parser.getContext();
    int64_t number = 0;
    if (OptionalParseResult result = parser.parseOptionalInteger(number);
        result.has_value()) {
      if (failed(*result))
        return failure();
      return getAffineConstantExpr(number, context);
    }
    if (succeeded(parser.parseOptionalLParen())) {
      FailureOr<AffineExpr> sum = parseSum();
      if (failed(sum) || failed(parser.parseRParen()))
        return failure();
      return sum;
    }
    std::string name;
    if (failed(parser.parseOptionalString(&name)) &&
        failed(parser.parseKeywordOrString(&name)))
      return failure();
    StringAttr symbol = StringAttr::get(context, name);
    auto place = llvm::find(symbols, symbol);
    unsigned position = std::distance(symbols.begin(), place);
    if (place == symbols.end())
      symbols.push_back(symbol);
    return getAffineSymbolExpr(position, context);
  }

  AsmParser &parser;
};
} // namespace

Attribute DimsAttr::parse(AsmParser &parser, Type) {
  SizeParser sizes(parser);
  SmallVector<AffineExpr> results;
  auto parseSize = [&]() -> ParseResult {
    FailureOr<AffineExpr> size = sizes.parseSum();
    if (failed(size))
      return failure();
    results.push_back(*size);
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::LessGreater,
                                     parseSize))
    return {};
  return DimsAttr::get(
      sizes.symbols,
      AffineMap::get(0, sizes.symbols.size(), results, parser.getContext()));
}

std::string sizesText(DimsAttr sizes) {
  std::string text;
  llvm::raw_string_ostream(text) << sizes;
  StringRef list = text;
  list.consume_front("#graph.dims<");
  list.consume_back(">");
  return list.str();
}

//===----------------------------------------------------------------------===//
// Encoding of tensors
//===----------------------------------------------------------------------===//

LogicalResult
DimsAttr::verifyEncoding(ArrayRef<int64_t> shape, Type,
                         function_ref<InFlightDiagnostic()> emitError) const {
  // C1
  if (shape.size() != getRank())
    return emitError() << *this << " has " << getRank()
                       << " sizes for a tensor of rank " << shape.size();
  // C2
  for (auto [axis, size] : llvm::enumerate(shape))
    if (getConstant(axis).value_or(ShapedType::kDynamic) != size)
      return emitError() << *this << " does not describe axis " << axis
                         << " of the tensor";
  return success();
}

//===----------------------------------------------------------------------===//
// Sizes of types
//===----------------------------------------------------------------------===//

DimsAttr axisSize(RankedTensorType type, unsigned axis) {
  if (auto dims = dyn_cast_or_null<DimsAttr>(type.getEncoding()))
    return dims.getAxis(axis);
  return DimsAttr::get(
      {}, AffineMap::getConstantMap(type.getDimSize(axis), type.getContext()));
}

std::optional<SmallVector<DimsAttr>>
broadcastSizes(ArrayRef<RankedTensorType> types) {
  int64_t rank = 0;
  for (RankedTensorType type : types)
    rank = std::max(rank, type.getRank());

  SmallVector<DimsAttr> sizes;
  for (int64_t fromBack = rank; fromBack > 0; --fromBack) {
    DimsAttr size;
    for (RankedTensorType type : types) {
      if (type.getRank() < fromBack)
        continue;
      DimsAttr own = axisSize(type, type.getRank() - fromBack);
      if (!size || size.getConstant(0) == 1)
        size = own;
      else if (own != size && own.getConstant(0) != 1)
        return std::nullopt;
    }
    sizes.push_back(size);
  }
  return sizes;
}

} // namespace lmcc::graph
