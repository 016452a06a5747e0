//===- Expressions.cpp - Operations as expressions ------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Emit/Expressions.h"

#include "compiler/Emit/Bytes.h"
#include "compiler/Emit/Forms.h"
#include "dialects/Kernel/Kernel.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/TypeSwitch.h"

#include <fmt/format.h>

using namespace mlir;
using namespace lmcc;
using namespace lmcc::emit;

const Expression &Expressions::of(Value value) const {
  auto place = texts.find(value);
  assert(place != texts.end() && "operands are printed before their users");
  return place->second;
}

std::string Expressions::argument(Value value) {
  bool isConstant = value.getDefiningOp<arith::ConstantOp>() != nullptr;
  if (isConstant && (kindOf(value.getType()) & (plainInts | Index)))
    return fmt::format("{}{{{}}}", type(value.getType()), of(value).text);
  return of(value).text;
}

std::string Expressions::type(Type type) {
  std::string name = valueType(type);
  if (kindOf(type) & vectors)
    used.insert(name);
  return name;
}

std::string Expressions::call(StringRef function,
                              ArrayRef<std::string> arguments,
                              StringRef templateArgument) {
  used.insert(function.str());
  if (templateArgument.empty())
    return fmt::format("{}({})", function.str(), fmt::join(arguments, ", "));
  return fmt::format("{}<{}>({})", function.str(), templateArgument.str(),
                     fmt::join(arguments, ", "));
}

std::string Expressions::element(Value buffer, Value index) const {
  return fmt::format("{}[{}]", of(buffer).text, of(index).text);
}

std::string Expressions::address(Value buffer, Value index) const {
  if (isConstantIntValue(index, 0))
    return of(buffer).text;
  return fmt::format("{} + {}", of(buffer).text, of(index).text);
}

Expression Expressions::express(Operation *operation) {
  const Form &form = *findForm(operation);
  if (form.style == Style::Infix)
    return infix(operation, form.text);
  if (form.style == Style::Call) {
    SmallVector<std::string> arguments;
    for (Value operand : operation->getOperands())
      arguments.push_back(argument(operand));
    return {call(form.text, arguments)};
  }
  return llvm::TypeSwitch<Operation *, Expression>(operation)
      .Case([&](arith::ConstantOp) { return constant(operation); })
      .Case([&](affine::AffineApplyOp) { return apply(operation); })
      .Case<memref::LoadOp, vector::LoadOp>(
          [&](Operation *) { return load(operation); })
      .Case([&](vector::ExtractStridedSliceOp) { return half(operation); })
      .Case([&](vector::ShuffleOp) { return shuffle(operation); })
      .Case([&](vector::BroadcastOp) { return broadcast(operation); })
      .Case([&](vector::ExtractOp) { return extract(operation); })
      .Case([&](kernel::Dot4Op) { return dot4(operation); })
      .Case([&](kernel::Dot8Op) { return dot8(operation); })
      .Case([&](kernel::NibblesOp) { return nibbles(operation); })
      .Case([&](kernel::ToByteOp op) {
        return Expression{call(op.getIsUnsigned() ? "to_u8" : "to_i8",
                               {argument(op.getInput())})};
      })
      .Case([&](arith::SelectOp) { return select(operation); })
      .Case([&](arith::NegFOp op) {
        return Expression{"-" + of(op.getOperand()).as(Binding::Atom),
                          Binding::Unary};
      })
      .Case([&](arith::CmpFOp) { return compareFloats(operation); })
      .Case<arith::ExtSIOp, arith::ExtUIOp, arith::TruncIOp, arith::SIToFPOp,
            arith::UIToFPOp, arith::FPToSIOp, arith::FPToUIOp, arith::ExtFOp,
            arith::TruncFOp, arith::BitcastOp, arith::IndexCastOp,
            arith::IndexCastUIOp>(
          [&](Operation *) { return convert(operation); })
      .Default([&](Operation *) { return integer(operation, form.text); });
}

Expression Expressions::infix(Operation *operation, StringRef text) {
  bool isProduct = text == "*" || text == "/" || text == "%";
  Binding binding = isProduct ? Binding::Product : Binding::Sum;
  Binding tighter = isProduct ? Binding::Unary : Binding::Product;
  Value left = operation->getOperand(0), right = operation->getOperand(1);
  // Two literals would be computed with as int.
  bool areLiterals = getConstantIntValue(left) && getConstantIntValue(right);
  return {fmt::format("{} {} {}",
                      areLiterals ? argument(left) : of(left).as(binding),
                      text.str(), of(right).as(tighter)),
          binding};
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

/// One element of `kind`; elements of a mask are integers there.
static std::string elementLiteral(Attribute value, Kind kind) {
  if (auto number = dyn_cast<FloatAttr>(value))
    return floatLiteral(number.getValue());
  llvm::APInt integer = cast<IntegerAttr>(value).getValue();
  if (kind == Mask)
    return integer.isZero() ? "0" : "-1";
  std::string text = integerLiteral(integer);
  if (kind == Index && integer.isNegative())
    return fmt::format("static_cast<size_t>({})", text);
  return text;
}

Expression Expressions::constant(Operation *operation) {
  Attribute value = cast<arith::ConstantOp>(operation).getValue();
  Type type = operation->getResult(0).getType();
  Kind kind = kindOf(type);
  auto lane = [&](Attribute element) {
    std::string text = elementLiteral(element, kind);
    if (StringRef(text).contains("from_bits"))
      used.insert("from_bits");
    return text;
  };
  auto dense = dyn_cast<DenseElementsAttr>(value);
  if (!(kind & vectors)) {
    std::string text = lane(dense ? dense.getSplatValue<Attribute>() : value);
    return {text, text.front() == '-' ? Binding::Unary : Binding::Atom};
  }
  if (dense.isSplat()) {
    std::string text = lane(dense.getSplatValue<Attribute>());
    if (kind != Floats)
      text = fmt::format("int32_t{{{}}}", text);
    return {call("splat", {text}, this->type(type))};
  }
  SmallVector<std::string> lanes;
  for (Attribute element : dense.getValues<Attribute>())
    lanes.push_back(lane(element));
  return {fmt::format("{}{{{}}}", this->type(type), fmt::join(lanes, ", "))};
}

//===----------------------------------------------------------------------===//
// Indices and memory
//===----------------------------------------------------------------------===//

Expression Expressions::apply(Operation *operation) {
  auto op = cast<affine::AffineApplyOp>(operation);
  SmallVector<Expression> operands;
  // A literal would be computed with as an int.
  for (Value operand : op.getMapOperands())
    operands.push_back(getConstantIntValue(operand)
                           ? Expression{argument(operand)}
                           : of(operand));
  unsigned dims = op.getAffineMap().getNumDims();
  return affineText(op.getAffineMap().getResult(0),
                    ArrayRef(operands).take_front(dims),
                    ArrayRef(operands).drop_front(dims), Division::Plain);
}

Expression Expressions::load(Operation *operation) {
  Value buffer = operation->getOperand(0), index = operation->getOperand(1);
  Type type = operation->getResult(0).getType();
  if (cast<MemRefType>(buffer.getType()).getElementType().isInteger(1))
    return {call("load_bool", {address(buffer, index)}, this->type(type))};
  if (kindOf(type) & (Bytes | Halves))
    return loadNarrow(operation);
  if (kindOf(type) & vectors)
    return {call("load", {address(buffer, index)}, this->type(type))};
  return {element(buffer, index)};
}

/// What leads from a block argument on: counters rise from where they start,
/// and the index arguments of functions are sizes.
static bool isArgumentNonNegative(BlockArgument argument) {
  Operation *parent = argument.getOwner()->getParentOp();
  if (auto loop = dyn_cast<scf::ForOp>(parent))
    return argument == loop.getInductionVar() &&
           isConstantIntValue(loop.getLowerBound(), 0);
  return isa<func::FuncOp>(parent);
}

static bool isNonNegativeTo(Value value, unsigned depth) {
  if (auto argument = dyn_cast<BlockArgument>(value))
    return isArgumentNonNegative(argument);
  if (std::optional<int64_t> number = getConstantIntValue(value))
    return *number >= 0;
  Operation *source = value.getDefiningOp();
  bool keepsSign = isa<arith::AddIOp, arith::MulIOp, arith::DivUIOp,
                       arith::RemUIOp, arith::MinUIOp>(source);
  if (auto applied = dyn_cast<affine::AffineApplyOp>(source)) {
    keepsSign = true;
    applied.getAffineMap().getResult(0).walk([&](AffineExpr part) {
      auto constant = dyn_cast<AffineConstantExpr>(part);
      keepsSign &= !constant || constant.getValue() >= 0;
    });
  }
  return keepsSign && depth > 0 &&
         llvm::all_of(source->getOperands(), [&](Value operand) {
           return isNonNegativeTo(operand, depth - 1);
         });
}

bool emit::isNonNegative(Value value) {
  // Deeper, the walk over all that leads to a value may take very long.
  return isNonNegativeTo(value, /*depth=*/4);
}

//===----------------------------------------------------------------------===//
// Vectors
//===----------------------------------------------------------------------===//

Expression Expressions::shuffle(Operation *operation) {
  auto op = cast<vector::ShuffleOp>(operation);
  std::string lanes = fmt::format("{}", fmt::join(op.getMask(), ", "));
  return {call("shuffle", {of(op.getV1()).text, of(op.getV2()).text}, lanes)};
}

Expression Expressions::half(Operation *operation) {
  auto op = cast<vector::ExtractStridedSliceOp>(operation);
  Value source = op.getSource();
  if (op.getSourceVectorType() == op.getType())
    return of(source);
  bool isLow = cast<IntegerAttr>(op.getOffsets()[0]).getInt() == 0;
  std::string text = call(isLow ? "low_half" : "high_half", {of(source).text});
  // One lane of a mask is a bool.
  if (kindOf(op.getType()) == Bool)
    return {text + " != 0", Binding::Equality};
  return {text};
}

Expression Expressions::select(Operation *operation) {
  auto op = cast<arith::SelectOp>(operation);
  std::string yes = argument(op.getTrueValue());
  std::string no = argument(op.getFalseValue());
  if (kindOf(op.getCondition().getType()) == Mask)
    return {call("select", {of(op.getCondition()).text, yes, no})};
  return {fmt::format("{} ? {} : {}",
                      of(op.getCondition()).as(Binding::Equality), yes, no),
          Binding::Conditional};
}

Expression Expressions::broadcast(Operation *operation) {
  auto op = cast<vector::BroadcastOp>(operation);
  std::string source = argument(op.getSource());
  if (!(kindOf(op.getType()) & vectors))
    return of(op.getSource());
  if (kindOf(op.getSource().getType()) == Bool)
    source = fmt::format("int32_t{{{} ? -1 : 0}}",
                         of(op.getSource()).as(Binding::Equality));
  return {call("splat", {source}, type(op.getType()))};
}

Expression Expressions::extract(Operation *operation) {
  auto op = cast<vector::ExtractOp>(operation);
  if (!(kindOf(op.getSource().getType()) & vectors))
    return of(op.getSource());
  std::string text = call("lane", {of(op.getSource()).text},
                          fmt::format("{}", op.getStaticPosition()[0]));
  if (kindOf(op.getType()) == Bool)
    return {text + " != 0", Binding::Equality};
  return {text};
}
