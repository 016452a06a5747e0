//===- RegionWriter.cpp - Integers of an attention's region ---------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Normalize/RegionWriter.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace lmcc {

static bool isInteger(Type type) {
  return type.isSignlessInteger(32) || type.isSignlessInteger(64);
}

static Type elementOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getElementType();
}

//===----------------------------------------------------------------------===//
// Numbers from nothing
//===----------------------------------------------------------------------===//

Value RegionWriter::uniform(Type element, Attribute value) {
  auto integer = dyn_cast<IntegerAttr>(value);
  if (integer && isInteger(element) && integer.getValue().isSignedIntN(32))
    return number(integer.getInt());
  return build.constant(
      DenseElementsAttr::get(RankedTensorType::get({}, element), value));
}

Value RegionWriter::number(int64_t value) {
  Value result =
      build.scalar(build.operations().getI32Type(), static_cast<double>(value));
  ranges[result] = {value, value};
  return result;
}

Value RegionWriter::size(AffineExpr value) {
  graph::SizeRange range = build.space().range(value);
  Type wide = build.operations().getI64Type();
  if (!range.high || !Range{range.low, *range.high}.fits())
    return build.dimValue(value, wide);
  return narrow(build.dimValue(value, build.operations().getI32Type()),
                {range.low, *range.high});
}

Value RegionWriter::position(int64_t axis, AffineExpr count,
                             AffineExpr offset) {
  graph::SizeRange range = build.space().range(count);
  Type wide = build.operations().getI64Type();
  Range places = {0, range.high ? std::max<int64_t>(*range.high - 1, 0)
                                : std::numeric_limits<int64_t>::max()};
  Value place = places.fits()
                    ? narrow(build.iota(count, build.operations().getI32Type(),
                                        axis, rank),
                             places)
                    : build.iota(count, wide, axis, rank);
  if (build.space().constant(offset) == 0)
    return place;
  Value shift = size(offset);
  std::optional<Range> a = rangeOf(place), b = rangeOf(shift);
  if (a && b && Range{a->low + b->low, a->high + b->high}.fits())
    return narrow(build.add(place, shift),
                  {a->low + b->low, a->high + b->high});
  return build.add(widen(place, wide), widen(shift, wide));
}

//===----------------------------------------------------------------------===//
// Ranges
//===----------------------------------------------------------------------===//

std::optional<RegionWriter::Range> RegionWriter::rangeOf(Value value) const {
  auto entry = ranges.find(value);
  return entry == ranges.end() ? std::nullopt : std::optional(entry->second);
}

Value RegionWriter::narrow(Value value, Range range) {
  ranges[value] = range;
  return value;
}

Value RegionWriter::widen(Value value, Type element) {
  return isInteger(elementOf(value)) && isInteger(element)
             ? build.cast(value, element)
             : value;
}

/// Operands fit 32 bits, so nothing here overflows 64.
std::optional<RegionWriter::Range>
RegionWriter::resultRange(Operation *op, Values operands) const {
  SmallVector<Range> x;
  for (Value operand : operands) {
    if (elementOf(operand).isInteger(1))
      continue; // The condition of a select.
    std::optional<Range> range = rangeOf(operand);
    if (!range)
      return std::nullopt;
    x.push_back(*range);
  }
  auto hull = [](std::initializer_list<int64_t> values) {
    return Range{std::min(values), std::max(values)};
  };
  return llvm::TypeSwitch<Operation *, std::optional<Range>>(op)
      .Case([&](graph::AddOp) {
        return Range{x[0].low + x[1].low, x[0].high + x[1].high};
      })
      .Case([&](graph::SubOp) {
        return Range{x[0].low - x[1].high, x[0].high - x[1].low};
      })
      .Case([&](graph::MulOp) {
        return hull({x[0].low * x[1].low, x[0].low * x[1].high,
                     x[0].high * x[1].low, x[0].high * x[1].high});
      })
      .Case([&](graph::NegOp) { return Range{-x[0].high, -x[0].low}; })
      .Case([&](graph::AbsOp) {
        int64_t high = std::max(std::abs(x[0].low), std::abs(x[0].high));
        return Range{0, high};
      })
      .Case([&](graph::MinOp) {
        return Range{std::min(x[0].low, x[1].low),
                     std::min(x[0].high, x[1].high)};
      })
      .Case([&](graph::MaxOp) {
        return Range{std::max(x[0].low, x[1].low),
                     std::max(x[0].high, x[1].high)};
      })
      .Case([&](graph::SelectOp) {
        return Range{std::min(x[0].low, x[1].low),
                     std::max(x[0].high, x[1].high)};
      })
      .Default([](Operation *) { return std::nullopt; });
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

Value RegionWriter::apply(Operation *op, Values operands) {
  if (auto castOp = dyn_cast<graph::CastOp>(op))
    return cast(castOp, operands.front());
  if (auto compareOp = dyn_cast<graph::CompareOp>(op);
      compareOp && isInteger(elementOf(op->getOperand(0))))
    return compare(compareOp.getComparison(), operands[0], operands[1]);
  Type element = elementOf(op->getResult(0));
  if (isInteger(element)) {
    std::optional<Range> range = resultRange(op, operands);
    if (range && range->fits())
      return narrow(create(op, operands, build.operations().getI32Type()),
                    *range);
  }
  SmallVector<Value> whole;
  for (auto [operand, old] : llvm::zip(operands, op->getOperands()))
    whole.push_back(widen(operand, elementOf(old)));
  return create(op, whole, element);
}

Value RegionWriter::cast(graph::CastOp op, Value input) {
  Type to = elementOf(op);
  if (isInteger(to) && rangeOf(input))
    return input;
  if (isInteger(to) && elementOf(input).isInteger(1))
    return narrow(build.cast(input, build.operations().getI32Type()), {0, 1});
  return build.cast(input, to);
}

Value RegionWriter::compare(graph::Comparison comparison, Value a, Value b) {
  std::optional<Range> left = rangeOf(a), right = rangeOf(b);
  auto limited = [&](Value wide, const Range &other) {
    Value value = limit ? limit(wide, other.low, other.high) : Value();
    return value ? value : wide;
  };
  if (left && !right)
    b = limited(b, *left);
  if (right && !left)
    a = limited(a, *right);
  if (elementOf(a) != elementOf(b)) {
    Type wide = build.operations().getI64Type();
    a = widen(a, wide);
    b = widen(b, wide);
  }
  return build.compare(comparison, a, b);
}

/// The value of a boolean constant.
static std::optional<bool> truth(Value value) {
  auto constant = value.getDefiningOp<graph::ConstantOp>();
  if (!constant || !elementOf(value).isInteger(1))
    return std::nullopt;
  return *constant.getValue().value_begin<bool>();
}

Value RegionWriter::select(Value condition, Value a, Value b) {
  std::optional<bool> ifTrue = truth(a), ifFalse = truth(b);
  if (ifTrue && ifFalse && *ifTrue != *ifFalse)
    return *ifTrue ? condition : build.unary<graph::NotOp>(condition);
  std::optional<Range> left = rangeOf(a), right = rangeOf(b);
  if (left && right)
    return narrow(
        build.select(condition, a, b),
        {std::min(left->low, right->low), std::max(left->high, right->high)});
  if (elementOf(a) != elementOf(b)) {
    Type wide = build.operations().getI64Type();
    a = widen(a, wide);
    b = widen(b, wide);
  }
  return build.select(condition, a, b);
}

Value RegionWriter::create(Operation *op, Values operands, Type element) {
  SmallVector<RankedTensorType> types;
  for (Value operand : operands)
    types.push_back(mlir::cast<RankedTensorType>(operand.getType()));
  std::optional<SmallVector<graph::DimsAttr>> sizes =
      graph::broadcastSizes(types);
  assert(sizes && "parts of operands that broadcast broadcast as well");
  graph::Builder::Sizes shape;
  for (graph::DimsAttr size : *sizes)
    shape.push_back(build.space().expressions(size).front());
  Operation *copy = build.operations().clone(*op);
  copy->setOperands(operands);
  copy->getResult(0).setType(build.space().type(shape, element));
  return copy->getResult(0);
}

} // namespace lmcc
