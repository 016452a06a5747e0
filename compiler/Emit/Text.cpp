//===- Text.cpp - Pieces of C++ text --------------------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/Text.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

using namespace mlir;
using namespace lmcc;
using namespace lmcc::emit;

//===----------------------------------------------------------------------===//
// Lines
//===----------------------------------------------------------------------===//

/// Takes the front of `text` that stays on one line: of a comment a word, of
/// code up to a comma, a semicolon or one of the looser operators.
static StringRef takeUnit(StringRef &text, bool isComment) {
  size_t end = 0;
  while (true) {
    end = text.find(' ', end);
    if (end == StringRef::npos)
      return std::exchange(text, "");
    StringRef before = text.take_front(end);
    bool mayBreak =
        isComment || StringRef(",;({").contains(before.back()) ||
        llvm::any_of(ArrayRef<StringRef>{" &&", " ||", " +", " ?", " :", " ="},
                     [&](StringRef sign) { return before.ends_with(sign); });
    if (mayBreak) {
      text = text.drop_front(end + 1);
      return before;
    }
    ++end;
  }
}

void Lines::wrap(StringRef text, StringRef prefix) {
  constexpr size_t columns = 80;
  bool isComment = !prefix.empty();
  // Spaces in front are an indentation of the caller's.
  StringRef words = text.ltrim(' ');
  std::string start(2 * depth + text.size() - words.size(), ' ');
  start += prefix;
  std::string continued = isComment ? start : start + "    ";
  std::string line = start;
  bool isEmpty = true;
  while (!words.empty()) {
    StringRef unit = takeUnit(words, isComment);
    if (!isEmpty && line.size() + 1 + unit.size() > columns) {
      result += line + "\n";
      line = continued;
      isEmpty = true;
    }
    line += (isEmpty ? "" : " ") + unit.str();
    isEmpty = false;
  }
  result += line + "\n";
}

void Lines::blank() {
  // Nothing to set apart at the start of a block.
  if (!StringRef(result).ends_with("{\n"))
    result += '\n';
}

void Lines::open(StringRef text) {
  wrap((text + " {").str(), "");
  ++depth;
}

void Lines::close(StringRef text) {
  --depth;
  wrap(text, "");
}

void Lines::reopen(StringRef text) {
  --depth;
  open(text);
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

static std::string scalarType(Type type) {
  if (type.isIndex())
    return "size_t";
  if (type.isInteger(1))
    return "bool";
  if (auto integer = dyn_cast<IntegerType>(type))
    return fmt::format("{}int{}_t", integer.isUnsigned() ? "u" : "",
                       integer.getWidth());
  if (type.isF16())
    return "int16_t"; // Its bits.
  return type.isF64() ? "double" : "float";
}

std::string emit::blockComment(StringRef text) {
  constexpr size_t width = 80;
  SmallVector<std::string> lines;
  SmallVector<StringRef> paragraphs;
  text.trim().split(paragraphs, "\n\n");
  for (StringRef paragraph : paragraphs) {
    if (!lines.empty())
      lines.push_back(" *");
    std::string line = " *";
    SmallVector<StringRef> words;
    llvm::SplitString(paragraph, words, " \n");
    for (StringRef word : words) {
      if (line.size() + 1 + word.size() > width) {
        lines.push_back(line);
        line = " *";
      }
      line += (" " + word).str();
    }
    lines.push_back(line);
  }
  StringRef only = lines.front();
  if (lines.size() == 1 && only.size() + StringRef("/ */").size() <= width)
    return fmt::format("/*{} */\n", only.drop_front(2).str());
  return fmt::format("/*\n{}\n */\n", fmt::join(lines, "\n"));
}

std::string emit::valueType(Type type) {
  auto vector = dyn_cast<VectorType>(type);
  if (!vector)
    return scalarType(type);
  // One lane is a scalar in the carried header, too.
  if (vector.getNumElements() == 1)
    return scalarType(vector.getElementType());
  return fmt::format("{}32x{}", vector.getElementType().isF32() ? "f" : "i",
                     vector.getNumElements());
}

std::string emit::memoryType(Type element) {
  return element.isInteger(1) ? "uint8_t" : scalarType(element);
}

unsigned emit::memoryBytes(Type element) {
  if (element.isIndex())
    return sizeof(int64_t);
  return (element.getIntOrFloatBitWidth() + 7) / 8;
}

//===----------------------------------------------------------------------===//
// Literals
//===----------------------------------------------------------------------===//

static std::string finiteLiteral(double value) {
  // Few digits suffice for these, and they are exact.
  double scaled = value * 256;
  if (std::abs(value) < 65536 && scaled == std::trunc(scaled)) {
    std::string text = fmt::format("{}", value);
    return StringRef(text).contains('.') ? text : text + ".0";
  }
  return fmt::format("{:a}", value);
}

std::string emit::floatLiteral(const llvm::APFloat &value) {
  bool isDouble = &value.getSemantics() == &llvm::APFloat::IEEEdouble();
  if (value.isFinite())
    return finiteLiteral(isDouble ? value.convertToDouble()
                                  : value.convertToFloat()) +
           (isDouble ? "" : "f");
  uint32_t pattern = value.isNaN() ? 0x7fc00000 : 0x7f800000;
  if (value.isNegative())
    pattern |= 0x80000000;
  std::string bits =
      fmt::format("from_bits(static_cast<int32_t>({:#x}))", pattern);
  return isDouble ? fmt::format("static_cast<double>({})", bits) : bits;
}

std::string emit::integerLiteral(const llvm::APInt &value, bool isSigned) {
  if (value.getBitWidth() == 1)
    return value.isZero() ? "false" : "true";
  // The literal without the minus would not fit the type.
  if (isSigned && value.isMinSignedValue() && value.getBitWidth() >= 32)
    return fmt::format("INT{}_MIN", value.getBitWidth());
  return llvm::toString(value, /*Radix=*/10, isSigned);
}

//===----------------------------------------------------------------------===//
// Affine expressions
//===----------------------------------------------------------------------===//

namespace {
class AffineTexts {
public:
  AffineTexts(ArrayRef<Expression> dims, ArrayRef<Expression> symbols,
              Division division)
      : dims(dims), symbols(symbols), division(division) {}

  Expression text(AffineExpr expression) {
    switch (expression.getKind()) {
    case AffineExprKind::Constant:
      return {
          fmt::format("{}", cast<AffineConstantExpr>(expression).getValue())};
    case AffineExprKind::DimId:
      return dims[cast<AffineDimExpr>(expression).getPosition()];
    case AffineExprKind::SymbolId:
      return symbols[cast<AffineSymbolExpr>(expression).getPosition()];
    case AffineExprKind::Add: return sum(expression);
    default: return binary(cast<AffineBinaryOpExpr>(expression));
    }
  }

private:
  /// `a + b * -2 + -3` as `a - b * 2 - 3`.
  Expression sum(AffineExpr expression) {
    SmallVector<AffineExpr> terms;
    collect(expression, terms);
    std::string positive, negative;
    for (AffineExpr term : terms) {
      if (std::optional<Expression> opposite = negated(term)) {
        negative += " - " + opposite->as(Binding::Product);
        continue;
      }
      positive += positive.empty() ? "" : " + ";
      positive += text(term).as(Binding::Product);
    }
    return {(positive.empty() ? "0" : positive) + negative, Binding::Sum};
  }

  void collect(AffineExpr expression, SmallVector<AffineExpr> &terms) {
    if (expression.getKind() != AffineExprKind::Add) {
      terms.push_back(expression);
      return;
    }
    auto pair = cast<AffineBinaryOpExpr>(expression);
    collect(pair.getLHS(), terms);
    collect(pair.getRHS(), terms);
  }

  /// Text of `-term` if `term` has a negative factor.
  std::optional<Expression> negated(AffineExpr term) {
    auto constant = dyn_cast<AffineConstantExpr>(term);
    auto product = dyn_cast<AffineBinaryOpExpr>(term);
    if (product && term.getKind() == AffineExprKind::Mul)
      constant = dyn_cast<AffineConstantExpr>(product.getRHS());
    if (!constant || constant.getValue() >= 0)
      return std::nullopt;
    if (term == constant || constant.getValue() != -1)
      return text(term == constant ? -term
                                   : product.getLHS() * -constant.getValue());
    return text(product.getLHS());
  }

  Expression binary(AffineBinaryOpExpr expression) {
    if (expression.getKind() == AffineExprKind::Mul)
      if (std::optional<Expression> opposite = negated(expression))
        return {"0 - " + opposite->as(Binding::Product), Binding::Sum};
    Expression left = text(expression.getLHS());
    Expression right = text(expression.getRHS());
    switch (expression.getKind()) {
    case AffineExprKind::Mul:
      return {left.as(Binding::Product) + " * " + right.as(Binding::Unary),
              Binding::Product};
    case AffineExprKind::FloorDiv: return divide(left, right);
    case AffineExprKind::CeilDiv:
      return divide({fmt::format("{} + {} - 1", left.as(Binding::Sum),
                                 right.as(Binding::Product)),
                     Binding::Sum},
                    right);
    default: return remainder(left, right);
    }
  }

  Expression divide(const Expression &left, const Expression &right) {
    if (division == Division::Floor)
      return {fmt::format("floor_div({}, {})", left.text, right.text)};
    return {left.as(Binding::Product) + " / " + right.as(Binding::Unary),
            Binding::Product};
  }

  Expression remainder(const Expression &left, const Expression &right) {
    if (division == Division::Floor)
      return {fmt::format("{} - {} * {}", left.as(Binding::Sum),
                          divide(left, right).text, right.as(Binding::Unary)),
              Binding::Sum};
    return {left.as(Binding::Product) + " % " + right.as(Binding::Unary),
            Binding::Product};
  }

  ArrayRef<Expression> dims, symbols;
  Division division;
};
} // namespace

Expression emit::affineText(AffineExpr expression, ArrayRef<Expression> dims,
                            ArrayRef<Expression> symbols, Division division) {
  return AffineTexts(dims, symbols, division).text(expression);
}
