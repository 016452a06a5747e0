//===- Elementwise.cpp - Arithmetic, comparisons, casts -------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/Operators/Families.h"

#include <limits>

using namespace mlir;
using lmcc::graph::Comparison;

namespace lmcc::import {

//===----------------------------------------------------------------------===//
// One graph operation per operator
//===----------------------------------------------------------------------===//

template <typename Op> static LogicalResult floatFunction(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  return node.finish(node.builder().unary<Op>(node.input(0)));
}

template <typename Op> static LogicalResult numberFunction(Node &node) {
  if (failed(requireNumber(node)))
    return failure();
  return node.finish(node.builder().unary<Op>(node.input(0)));
}

template <typename Op> static LogicalResult arithmetic(Node &node) {
  if (failed(requireNumber(node)))
    return failure();
  return node.finish(node.builder().binary<Op>(node.input(0), node.input(1)));
}

template <typename Op> static LogicalResult logic(Node &node) {
  if (failed(requireBool(node)))
    return failure();
  return node.finish(node.builder().binary<Op>(node.input(0), node.input(1)));
}

template <Comparison comparison> static LogicalResult compare(Node &node) {
  if (comparison != Comparison::eq && failed(requireNumber(node)))
    return failure();
  return node.finish(
      node.builder().compare(comparison, node.input(0), node.input(1)));
}

static LogicalResult translateNot(Node &node) {
  if (failed(requireBool(node)))
    return failure();
  return node.finish(node.builder().unary<graph::NotOp>(node.input(0)));
}

//===----------------------------------------------------------------------===//
// Any number of operands
//===----------------------------------------------------------------------===//

template <typename Op> static Value combine(Node &node) {
  Value result = node.input(0);
  for (unsigned position = 1; position < node.inputCount(); ++position)
    result = node.builder().binary<Op>(result, node.input(position));
  return result;
}

template <typename Op> static LogicalResult variadic(Node &node) {
  if (failed(requireNumber(node)))
    return failure();
  return node.finish(combine<Op>(node));
}

static LogicalResult translateMean(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  Builder &builder = node.builder();
  Value sum = combine<graph::AddOp>(node);
  return node.finish(builder.div(sum, like(builder, sum, node.inputCount())));
}

//===----------------------------------------------------------------------===//
// Functions of one operand
//===----------------------------------------------------------------------===//

static LogicalResult translateReciprocal(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  Builder &builder = node.builder();
  Value input = node.input(0);
  return node.finish(builder.div(like(builder, input, 1), input));
}

static LogicalResult translateTan(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  Builder &builder = node.builder();
  Value input = node.input(0);
  Value sine = builder.unary<graph::SinOp>(input);
  return node.finish(builder.div(sine, builder.unary<graph::CosOp>(input)));
}

/// (e^x + sign e^-x) / 2
template <int sign> static LogicalResult hyperbolic(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  Builder &builder = node.builder();
  Value input = node.input(0);
  Value up = builder.unary<graph::ExpOp>(input);
  Value down = builder.unary<graph::ExpOp>(builder.unary<graph::NegOp>(input));
  Value sum = sign > 0 ? builder.add(up, down) : builder.sub(up, down);
  return node.finish(builder.mul(sum, like(builder, input, 0.5)));
}

static LogicalResult translateIsNan(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  return node.finish(node.builder().isNan(node.input(0)));
}

static LogicalResult translateIsInf(Node &node) {
  if (failed(requireFloat(node)))
    return failure();
  Builder &builder = node.builder();
  Value input = node.input(0);
  bool negative = node.integer("detect_negative", 1);
  bool positive = node.integer("detect_positive", 1);
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (!negative && !positive) {
    Value no = builder.scalar(builder.operations().getI1Type(), 0);
    return node.finish(builder.broadcast(no, builder.sizesOf(input)));
  }
  if (negative && positive)
    input = builder.unary<graph::AbsOp>(input);
  return node.finish(
      builder.compare(Comparison::eq, input,
                      like(builder, input, positive ? infinity : -infinity)));
}

static LogicalResult translateClip(Node &node) {
  if (failed(requireNumber(node)))
    return failure();
  Builder &builder = node.builder();
  Value result = node.input(0);
  // Attributes until opset 10, inputs since.
  auto bound = [&](StringRef name, unsigned position) -> Value {
    if (node.hasAttribute(name))
      return like(builder, result, node.number(name, 0));
    Value input = node.input(position);
    return input ? toScalar(builder, input) : Value();
  };
  bool hasLow = node.hasAttribute("min") || node.hasInput(1);
  bool hasHigh = node.hasAttribute("max") || node.hasInput(2);
  if (hasLow)
    result = maximum(builder, result, bound("min", 1));
  if (hasHigh && result)
    result = minimum(builder, result, bound("max", 2));
  return node.finish(result);
}

//===----------------------------------------------------------------------===//
// Types and choices
//===----------------------------------------------------------------------===//

static LogicalResult translateCast(Node &node) {
  FailureOr<Type> element = typeFrom(node, "to", /*otherwise=*/{});
  if (failed(element))
    return failure();
  return node.finish(node.builder().cast(node.input(0), *element));
}

static LogicalResult translateCastLike(Node &node) {
  return node.finish(
      node.builder().cast(node.input(0), Builder::elementOf(node.input(1))));
}

static LogicalResult translateIdentity(Node &node) {
  return node.finish(node.input(0));
}

static LogicalResult translateWhere(Node &node) {
  if (failed(requireBool(node)))
    return failure();
  return node.finish(
      node.builder().select(node.input(0), node.input(1), node.input(2)));
}

/// What is left at inference: the input, and a mask that keeps everything.
static LogicalResult translateDropout(Node &node) {
  Builder &builder = node.builder();
  Value input = node.input(0);
  if (node.hasInput(2)) {
    std::optional<SmallVector<int64_t>> isTraining = node.numbers(2);
    if (!isTraining || isTraining->size() != 1 || isTraining->front() != 0)
      return node.unsupported("it is in training mode",
                              "export the model for inference");
  }
  Value mask;
  if (node.wantsOutput(1)) {
    Type element = node.version() >= 10 ? builder.operations().getI1Type()
                                        : Builder::elementOf(input);
    mask =
        builder.broadcast(builder.scalar(element, 1), builder.sizesOf(input));
  }
  return finishAll(node, {input, mask});
}

void addElementwiseOperators(OperatorTable &table) {
  table.add("Abs", needs<1, numberFunction<graph::AbsOp>>);
  table.add("Neg", needs<1, numberFunction<graph::NegOp>>);
  table.add("Sign", needs<1, numberFunction<graph::SignOp>>, 9);
  table.add("Exp", needs<1, floatFunction<graph::ExpOp>>);
  table.add("Log", needs<1, floatFunction<graph::LogOp>>);
  table.add("Sqrt", needs<1, floatFunction<graph::SqrtOp>>);
  table.add("Sin", needs<1, floatFunction<graph::SinOp>>);
  table.add("Cos", needs<1, floatFunction<graph::CosOp>>);
  table.add("Tanh", needs<1, floatFunction<graph::TanhOp>>);
  table.add("Erf", needs<1, floatFunction<graph::ErfOp>>, 9);
  table.add("Sigmoid", needs<1, floatFunction<graph::SigmoidOp>>);
  table.add("Floor", needs<1, floatFunction<graph::FloorOp>>);
  table.add("Ceil", needs<1, floatFunction<graph::CeilOp>>);
  table.add("Round", needs<1, floatFunction<graph::RoundOp>>, 11);
  table.add("Reciprocal", needs<1, translateReciprocal>);
  table.add("Tan", needs<1, translateTan>);
  table.add("Sinh", needs<1, hyperbolic<-1>>, 9);
  table.add("Cosh", needs<1, hyperbolic<1>>, 9);
  table.add("IsNaN", needs<1, translateIsNan>, 9);
  table.add("IsInf", needs<1, translateIsInf>, 10);
  table.add("Clip", needs<1, translateClip>, 6);

  table.add("Add", needs<2, arithmetic<graph::AddOp>>, 7);
  table.add("Sub", needs<2, arithmetic<graph::SubOp>>, 7);
  table.add("Mul", needs<2, arithmetic<graph::MulOp>>, 7);
  table.add("Div", needs<2, arithmetic<graph::DivOp>>, 7);
  table.add("Max", needsAll<variadic<graph::MaxOp>>, 8);
  table.add("Min", needsAll<variadic<graph::MinOp>>, 8);
  table.add("Sum", needsAll<variadic<graph::AddOp>>, 8);
  table.add("Mean", needsAll<translateMean>, 8);

  table.add("Not", needs<1, translateNot>);
  table.add("And", needs<2, logic<graph::AndOp>>, 7);
  table.add("Or", needs<2, logic<graph::OrOp>>, 7);
  table.add("Xor", needs<2, logic<graph::XorOp>>, 7);
  table.add("Equal", needs<2, compare<Comparison::eq>>, 7);
  table.add("Less", needs<2, compare<Comparison::lt>>, 7);
  table.add("LessOrEqual", needs<2, compare<Comparison::le>>, 12);
  table.add("Greater", needs<2, compare<Comparison::gt>>, 7);
  table.add("GreaterOrEqual", needs<2, compare<Comparison::ge>>, 12);

  table.add("Cast", needs<1, translateCast>, 6);
  table.add("CastLike", needs<2, translateCastLike>, 15);
  table.add("Identity", needs<1, translateIdentity>);
  table.add("Where", needs<3, translateWhere>, 9);
  table.add("Dropout", needs<1, translateDropout>, 7);

  addPowerOperators(table);
  addActivationOperators(table);
}

} // namespace lmcc::import
