//===- Conversions.cpp - Conversions and comparisons of floats as expressions
//===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/Expressions.h"
#include "compiler/Emit/Forms.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/TypeSwitch.h"

#include <fmt/format.h>

using namespace mlir;
using namespace lmcc;
using namespace lmcc::emit;

static std::string castTo(StringRef type, StringRef text) {
  return fmt::format("static_cast<{}>({})", type.str(), text.str());
}

Expression Expressions::convert(Operation *operation) {
  Value source = operation->getOperand(0);
  Type type = operation->getResult(0).getType();
  auto plainCast = [&](StringRef text) {
    return Expression{castTo(valueType(type), text)};
  };
  return llvm::TypeSwitch<Operation *, Expression>(operation)
      .Case([&](arith::ExtSIOp) { return extend(operation, false); })
      .Case([&](arith::ExtUIOp) { return extend(operation, true); })
      .Case([&](arith::TruncIOp) { return truncate(operation); })
      .Case([&](arith::SIToFPOp) { return toFloat(operation, false); })
      .Case([&](arith::UIToFPOp) { return toFloat(operation, true); })
      .Case([&](arith::FPToSIOp) { return toInteger(operation, false); })
      .Case([&](arith::FPToUIOp) { return toInteger(operation, true); })
      .Case([&](arith::BitcastOp) {
        if (kindOf(source.getType()) == kindOf(type))
          return of(source);
        bool toBits = kindOf(type) & (Int32 | Ints);
        return Expression{
            call(toBits ? "bits" : "from_bits", {argument(source)})};
      })
      .Case([&](arith::ExtFOp) {
        if (kindOf(source.getType()) != Half)
          return plainCast(of(source).text);
        Expression single = {call("from_half", {of(source).text})};
        return kindOf(type) == Double ? plainCast(single.text) : single;
      })
      .Case([&](arith::IndexCastUIOp) { return plainCast(asUnsigned(source)); })
      .Default([&](Operation *) { return plainCast(of(source).text); });
}

//===----------------------------------------------------------------------===//
// Integers to integers
//===----------------------------------------------------------------------===//

Expression Expressions::extend(Operation *operation, bool isUnsigned) {
  Value source = operation->getOperand(0);
  std::string target = valueType(operation->getResult(0).getType());
  const Expression &text = of(source);
  switch (kindOf(source.getType())) {
  case Bool:
    if (isUnsigned)
      return {castTo(target, text.text)};
    return {castTo(target, text.as(Binding::Equality) + " ? -1 : 0")};
  case Mask: // Its lanes are 0 or -1.
    return isUnsigned ? Expression{text.as(Binding::Atom) + " & 1",
                                   Binding::Conditional}
                      : text;
  default: return {castTo(target, isUnsigned ? asUnsigned(source) : text.text)};
  }
}

Expression Expressions::truncate(Operation *operation) {
  Value source = operation->getOperand(0);
  Type type = operation->getResult(0).getType();
  if (kindOf(type) & (Bool | Mask))
    return {fmt::format("({} & 1) != 0", of(source).as(Binding::Atom)),
            Binding::Equality};
  return {castTo(valueType(type), of(source).text)};
}

//===----------------------------------------------------------------------===//
// Integers and floats
//===----------------------------------------------------------------------===//

Expression Expressions::toFloat(Operation *operation, bool isUnsigned) {
  Value source = operation->getOperand(0);
  Type type = operation->getResult(0).getType();
  Kind kind = kindOf(source.getType());
  if (kind == Mask)
    return {call("to_f32", {of(source).text + (isUnsigned ? " & 1" : "")})};
  if (kind == Ints)
    return {call("to_f32", {of(source).text})};
  if (kind == Bool) {
    StringRef suffix = kindOf(type) == Double ? "" : "f";
    return {fmt::format("{} ? {}1.0{} : 0.0{}",
                        of(source).as(Binding::Equality), isUnsigned ? "" : "-",
                        suffix.str(), suffix.str()),
            Binding::Conditional};
  }

  std::string text = isUnsigned ? asUnsigned(source) : widened(source);
  // The unsigned 64-bit integers are the only ones beyond int64_t.
  if (kindOf(type) == Double || (isUnsigned && kind == Int64))
    return {castTo(valueType(type), text)};
  if (isUnsigned)
    text = fmt::format("int{}_t{{{}}}", kind == Int32 ? 64 : 32, text);
  return {call("to_f32", {text})};
}

/// The range of a narrow integer type as float literals.
static std::pair<std::string, std::string> floatRange(Kind kind,
                                                      bool isUnsigned) {
  if (kind == Int8)
    return isUnsigned ? std::pair("0.0f", "255.0f")
                      : std::pair("-128.0f", "127.0f");
  return isUnsigned ? std::pair("0.0f", "65535.0f")
                    : std::pair("-32768.0f", "32767.0f");
}

Expression Expressions::toInteger(Operation *operation, bool isUnsigned) {
  Type type = operation->getResult(0).getType();
  Kind kind = kindOf(type);
  std::string text = argument(operation->getOperand(0));
  if (!(kind & narrowInts))
    return {call(kind == Int64 ? "to_i64" : "to_i32", {text})};
  // Limited first, a float is converted exactly; NaN stays NaN and becomes 0.
  auto [low, high] = floatRange(kind, isUnsigned);
  std::string limited = call("minimum", {call("maximum", {text, low}), high});
  return {castTo(valueType(type), call("to_i32", {limited}))};
}

//===----------------------------------------------------------------------===//
// Comparisons
//===----------------------------------------------------------------------===//

Expression Expressions::compareFloats(Operation *operation) {
  using Predicate = arith::CmpFPredicate;
  auto op = cast<arith::CmpFOp>(operation);
  std::string a = of(op.getLhs()).as(Binding::Unary);
  std::string b = of(op.getRhs()).as(Binding::Unary);
  Kind kind = kindOf(op.getLhs().getType());
  auto compare = [&](StringRef symbol) {
    return Expression{fmt::format("{} {} {}", a, symbol.str(), b),
                      Binding::Relation};
  };
  auto negate = [&](std::string text) {
    return Expression{fmt::format("{}{}", kind == Floats ? "~" : "!", text),
                      Binding::Unary};
  };
  auto isNan = [&](const std::string &text) {
    return kind == Double ? fmt::format("{} != {}", text, text)
                          : call("is_nan", {text});
  };
  auto unordered = [&] {
    if (op.getLhs() == op.getRhs())
      return isNan(a);
    return call("either", {isNan(a), isNan(b)});
  };
  auto different = [&] {
    return call("either",
                {fmt::format("{} < {}", a, b), fmt::format("{} < {}", b, a)});
  };
  switch (op.getPredicate()) {
  case Predicate::AlwaysFalse:
  case Predicate::AlwaysTrue: {
    bool isTrue = op.getPredicate() == Predicate::AlwaysTrue;
    if (kind != Floats)
      return {isTrue ? "true" : "false"};
    return {call("splat", {isTrue ? "int32_t{-1}" : "int32_t{0}"},
                 type(op.getType()))};
  }
  case Predicate::OEQ: return compare("==");
  case Predicate::OGT: return compare(">");
  case Predicate::OGE: return compare(">=");
  case Predicate::OLT: return compare("<");
  case Predicate::OLE: return compare("<=");
  case Predicate::UNE: return compare("!=");
  case Predicate::ONE: return {different()};
  case Predicate::UEQ: return negate(different());
  case Predicate::UGT: return negate(fmt::format("({} <= {})", a, b));
  case Predicate::UGE: return negate(fmt::format("({} < {})", a, b));
  case Predicate::ULT: return negate(fmt::format("({} >= {})", a, b));
  case Predicate::ULE: return negate(fmt::format("({} > {})", a, b));
  case Predicate::ORD: return negate(fmt::format("({})", unordered()));
  case Predicate::UNO: return {unordered(), Binding::Equality};
  }
  llvm_unreachable("all predicates are listed");
}
