//===- Integers.cpp - Integer operations as expressions -------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Integers of C++ widen to int, overflow without a definition and divide by
// zero without one; those of the program do not. What the operators cannot say
// goes through functions of the carried header, on 32 or 64 bits; narrower
// results are cut off by a cast. Indices are size_t: their sums and products
// wrap by themselves, and where their sign matters they are brought to int64_t
// unless they are seen not to be negative.
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/Expressions.h"
#include "compiler/Emit/Forms.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"

#include <fmt/format.h>

using namespace mlir;
using namespace lmcc;
using namespace lmcc::emit;

static Kind kindOf(Value value) { return emit::kindOf(value.getType()); }

/// An operand of the functions on 32 or 64 bits.
std::string Expressions::widened(Value value) {
  if (::kindOf(value) & narrowInts)
    return fmt::format("int32_t{{{}}}", of(value).text);
  return argument(value);
}

std::string Expressions::asUnsigned(Value value) const {
  if (::kindOf(value) == Index)
    return of(value).as(Binding::Atom);
  Type type = getElementTypeOrSelf(value.getType());
  return fmt::format("static_cast<uint{}_t>({})", type.getIntOrFloatBitWidth(),
                     of(value).text);
}

/// `text`, of type int32_t, as a value of the narrow integer type `type`.
static Expression cutOff(std::string text, Type type) {
  return {fmt::format("static_cast<{}>({})", valueType(type), text)};
}

Expression Expressions::integer(Operation *operation, StringRef text) {
  return llvm::TypeSwitch<Operation *, Expression>(operation)
      .Case<arith::AddIOp, arith::SubIOp, arith::MulIOp>(
          [&](Operation *) { return wrapping(operation, text); })
      .Case<arith::DivSIOp, arith::RemSIOp>(
          [&](Operation *) { return signedDivision(operation, text); })
      .Case<arith::DivUIOp, arith::RemUIOp>(
          [&](Operation *) { return unsignedDivision(operation, text); })
      .Case<arith::AndIOp, arith::OrIOp, arith::XOrIOp>(
          [&](Operation *) { return bitwise(operation, text); })
      .Case<arith::ShLIOp, arith::ShRSIOp, arith::ShRUIOp>(
          [&](Operation *) { return shift(operation, text); })
      .Case<arith::MaxSIOp, arith::MinSIOp>(
          [&](Operation *) { return extremum(operation, text, false); })
      .Case<arith::MaxUIOp, arith::MinUIOp>(
          [&](Operation *) { return extremum(operation, text, true); })
      .Case([&](math::AbsIOp) { return magnitude(operation); })
      .Case([&](arith::CmpIOp) { return compareIntegers(operation); })
      .DefaultUnreachable("checked to have a form");
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

Expression Expressions::wrapping(Operation *operation, StringRef function) {
  Value left = operation->getOperand(0), right = operation->getOperand(1);
  if (::kindOf(left) == Index)
    return infix(operation, isa<arith::AddIOp>(operation)   ? "+"
                            : isa<arith::SubIOp>(operation) ? "-"
                                                            : "*");
  std::string text = call(function, {widened(left), widened(right)});
  if (::kindOf(left) & narrowInts)
    return cutOff(text, left.getType());
  return {text};
}

Expression Expressions::signedDivision(Operation *operation,
                                       StringRef function) {
  Value left = operation->getOperand(0), right = operation->getOperand(1);
  if (::kindOf(left) != Index) {
    std::string text = call(function, {widened(left), widened(right)});
    if (::kindOf(left) & narrowInts)
      return cutOff(text, left.getType());
    return {text};
  }
  std::optional<int64_t> divisor = getConstantIntValue(right);
  if (divisor && *divisor > 0 && isNonNegative(left))
    return infix(operation, isa<arith::DivSIOp>(operation) ? "/" : "%");
  auto wide = [&](Value value) {
    return fmt::format("static_cast<int64_t>({})", of(value).text);
  };
  return {fmt::format("static_cast<size_t>({})",
                      call(function, {wide(left), wide(right)}))};
}

Expression Expressions::unsignedDivision(Operation *operation,
                                         StringRef symbol) {
  Value left = operation->getOperand(0), right = operation->getOperand(1);
  std::string quotient = fmt::format("{} {} {}", asUnsigned(left), symbol.str(),
                                     asUnsigned(right));
  Binding binding = Binding::Product;
  if (::kindOf(left) != Index) {
    quotient = cutOff(quotient, left.getType()).text;
    binding = Binding::Atom;
  }
  std::optional<int64_t> divisor = getConstantIntValue(right);
  if (divisor && *divisor != 0)
    return {quotient, binding};
  return {fmt::format("{} == 0 ? {}{{0}} : {}", of(right).as(Binding::Sum),
                      type(left.getType()), quotient),
          Binding::Conditional};
}

Expression Expressions::extremum(Operation *operation, StringRef symbol,
                                 bool isUnsigned) {
  Value left = operation->getOperand(0), right = operation->getOperand(1);
  if (::kindOf(left) == Ints && !isUnsigned)
    return {call(symbol == ">" ? "larger" : "smaller",
                 {argument(left), argument(right)})};
  Expression condition = relation(left, symbol, right, isUnsigned);
  if (::kindOf(left) == Ints)
    return {call("select", {condition.text, argument(left), argument(right)})};
  return {fmt::format("{} ? {} : {}", condition.text, argument(left),
                      argument(right)),
          Binding::Conditional};
}

Expression Expressions::magnitude(Operation *operation) {
  Value value = operation->getOperand(0);
  std::string text = of(value).text;
  if (::kindOf(value) == Ints) {
    std::string zero = call("splat", {"int32_t{0}"}, type(value.getType()));
    return {
        call("select", {text + " < 0", call("wrap_sub", {zero, text}), text})};
  }
  bool isWide = ::kindOf(value) == Int64;
  std::string negative =
      call("wrap_sub", {isWide ? "int64_t{0}" : "int32_t{0}", widened(value)});
  std::string result =
      fmt::format("{} < 0 ? {} : {}", text, negative, widened(value));
  if (::kindOf(value) & narrowInts)
    return cutOff(result, value.getType());
  return {result, Binding::Conditional};
}

//===----------------------------------------------------------------------===//
// Bits
//===----------------------------------------------------------------------===//

Expression Expressions::bitwise(Operation *operation, StringRef symbol) {
  Value left = operation->getOperand(0), right = operation->getOperand(1);
  std::string a = of(left).as(Binding::Atom), b = of(right).as(Binding::Atom);
  Kind kind = ::kindOf(left);
  if ((kind & (Bool | Mask)) && symbol != "^")
    return {call(symbol == "&" ? "both" : "either", {a, b})};
  if (kind == Bool)
    return {fmt::format("{} != {}", a, b), Binding::Equality};
  std::string text = fmt::format("{} {} {}", a, symbol.str(), b);
  if (kind & narrowInts)
    return cutOff(text, left.getType());
  return {text, Binding::Conditional};
}

Expression Expressions::shift(Operation *operation, StringRef function) {
  Value left = operation->getOperand(0), right = operation->getOperand(1);
  if (::kindOf(left) == Ints) {
    llvm::APInt count;
    (void)matchPattern(right, m_ConstantInt(&count));
    if (isa<arith::ShRSIOp>(operation))
      return {fmt::format("{} >> {}", of(left).as(Binding::Atom),
                          count.getZExtValue()),
              Binding::Conditional};
    return {call(function,
                 {of(left).text, fmt::format("{}", count.getZExtValue())})};
  }
  bool isNarrow = ::kindOf(left) & narrowInts;
  std::string source = widened(left);
  if (isNarrow && isa<arith::ShRUIOp>(operation))
    source = fmt::format("int32_t{{{}}}", asUnsigned(left));
  std::string text = call(function, {source, widened(right)});
  if (isNarrow)
    return cutOff(text, left.getType());
  return {text};
}

//===----------------------------------------------------------------------===//
// Order
//===----------------------------------------------------------------------===//

Expression Expressions::relation(Value left, StringRef symbol, Value right,
                                 bool isUnsigned) {
  auto text = [&](Value value) -> std::string {
    Kind kind = ::kindOf(value);
    // Turning the sign bit makes unsigned order signed order.
    if (kind == Ints && isUnsigned)
      return fmt::format("({} ^ INT32_MIN)", of(value).text);
    if (kind == Index && !isUnsigned &&
        !(isNonNegative(left) && isNonNegative(right)))
      return fmt::format("static_cast<int64_t>({})", of(value).text);
    if ((kind & plainInts) && isUnsigned)
      return asUnsigned(value);
    return of(value).as(Binding::Sum);
  };
  return {fmt::format("{} {} {}", text(left), symbol.str(), text(right)),
          Binding::Relation};
}

Expression Expressions::compareIntegers(Operation *operation) {
  using Predicate = arith::CmpIPredicate;
  auto op = cast<arith::CmpIOp>(operation);
  Value left = op.getLhs(), right = op.getRhs();
  auto equality = [&](StringRef symbol) {
    return Expression{fmt::format("{} {} {}", of(left).as(Binding::Sum),
                                  symbol.str(), of(right).as(Binding::Sum)),
                      Binding::Equality};
  };
  switch (op.getPredicate()) {
  case Predicate::eq: return equality("==");
  case Predicate::ne: return equality("!=");
  case Predicate::slt: return relation(left, "<", right, false);
  case Predicate::sle: return relation(left, "<=", right, false);
  case Predicate::sgt: return relation(left, ">", right, false);
  case Predicate::sge: return relation(left, ">=", right, false);
  case Predicate::ult: return relation(left, "<", right, true);
  case Predicate::ule: return relation(left, "<=", right, true);
  case Predicate::ugt: return relation(left, ">", right, true);
  case Predicate::uge: return relation(left, ">=", right, true);
  }
  llvm_unreachable("all predicates are listed");
}
