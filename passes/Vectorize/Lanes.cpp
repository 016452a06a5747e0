//===- Lanes.cpp - The same code on one element or on a vector ------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Vectorize/Lanes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace lmcc {

static SmallVector<Value> values(OpBuilder &builder, Location location,
                                 ArrayRef<OpFoldResult> indices) {
  return getValueOrCreateConstantIndexOp(builder, location, indices);
}

Type Lanes::typeOf(Type element) const {
  return lanes == 1 ? element : VectorType::get({lanes}, element);
}

Value Lanes::load(Value buffer, ArrayRef<Index> indices) {
  SmallVector<Value> places = values(builder, location, indices);
  if (lanes == 1)
    return memref::LoadOp::create(builder, location, buffer, places);
  Type element = cast<MemRefType>(buffer.getType()).getElementType();
  return vector::LoadOp::create(
      builder, location, cast<VectorType>(typeOf(element)), buffer, places);
}

void Lanes::store(Value value, Value buffer, ArrayRef<Index> indices) {
  SmallVector<Value> places = values(builder, location, indices);
  if (lanes == 1)
    memref::StoreOp::create(builder, location, value, buffer, places);
  else
    vector::StoreOp::create(builder, location, value, buffer, places);
}

Value Lanes::loadSplat(Value buffer, ArrayRef<Index> indices) {
  return splat(memref::LoadOp::create(builder, location, buffer,
                                      values(builder, location, indices)));
}

Value Lanes::splat(Value scalar) {
  if (lanes == 1)
    return scalar;
  return vector::BroadcastOp::create(builder, location,
                                     typeOf(scalar.getType()), scalar);
}

Value Lanes::constant(Type element, Attribute scalar) {
  auto typed = cast<TypedAttr>(scalar);
  if (lanes > 1)
    typed = DenseElementsAttr::get(cast<VectorType>(typeOf(element)), scalar);
  return arith::ConstantOp::create(builder, location, typed);
}

Value Lanes::widen(IRMapping &mapping, Value original) {
  if (Value known = mapping.lookupOrNull(original))
    return known;
  // A scalar of the function around the block.
  Value wide = splat(original);
  mapping.map(original, wide);
  return wide;
}

SmallVector<Value> Lanes::clone(Block &block, ArrayRef<Value> arguments) {
  return cloneTogether(block, {llvm::to_vector(arguments)}).front();
}

SmallVector<SmallVector<Value>>
Lanes::cloneTogether(Block &block, ArrayRef<SmallVector<Value>> arguments) {
  SmallVector<IRMapping> mappings(arguments.size());
  for (auto [mapping, values] : llvm::zip(mappings, arguments))
    mapping.map(block.getArguments().take_front(values.size()), values);
  for (Operation &op : block.without_terminator())
    for (IRMapping &mapping : mappings)
      cloneOperation(op, mapping);
  SmallVector<SmallVector<Value>> results(arguments.size());
  for (auto [result, mapping] : llvm::zip(results, mappings))
    for (Value operand : block.getTerminator()->getOperands())
      result.push_back(widen(mapping, operand));
  return results;
}

void Lanes::cloneOperation(Operation &op, IRMapping &mapping) {
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    mapping.map(constant.getResult(),
                this->constant(constant.getType(), constant.getValue()));
    return;
  }
  SmallVector<Value> operands;
  for (Value operand : op.getOperands())
    operands.push_back(widen(mapping, operand));
  SmallVector<Type> types;
  for (Type type : op.getResultTypes())
    types.push_back(typeOf(type));
  Operation *copy =
      builder.create(op.getLoc(), op.getName().getIdentifier(), operands, types,
                     op.getAttrDictionary().getValue());
  mapping.map(op.getResults(), copy->getResults());
}

static bool isWidenable(Type type) {
  return type.isF32() || type.isInteger(32) || type.isInteger(1);
}

/// What narrows its operand for a store.
static bool isStoredByte(Operation *op) {
  return isa_and_nonnull<arith::TruncIOp>(op) &&
         op->getResult(0).getType().isInteger(8) &&
         isWidenable(op->getOperand(0).getType()) &&
         llvm::all_of(op->getUsers(), [](Operation *user) {
           return user->hasTrait<OpTrait::IsTerminator>();
         });
}

/// What widens a byte or float16 that was loaded for it.
static bool widensLoaded(Operation &op) {
  bool isOfByte =
      isa<arith::ExtSIOp, arith::ExtUIOp, arith::SIToFPOp, arith::UIToFPOp>(
          op) &&
      op.getOperand(0).getType().isInteger(8);
  bool isOfHalf = isa<arith::ExtFOp>(op) && op.getOperand(0).getType().isF16();
  return (isOfByte || isOfHalf) && isWidenable(op.getResult(0).getType()) &&
         isa<BlockArgument>(op.getOperand(0)) &&
         cast<BlockArgument>(op.getOperand(0)).getOwner() == op.getBlock() &&
         op.getOperand(0).hasOneUse();
}

bool canWiden(Block &block) {
  for (Operation &op : block.without_terminator()) {
    if (isStoredByte(&op) || widensLoaded(op))
      continue;
    if (!OpTrait::hasElementwiseMappableTraits(&op) &&
        !isa<arith::ConstantOp>(op))
      return false;
    if (!llvm::all_of(op.getResultTypes(), isWidenable) ||
        !llvm::all_of(op.getOperandTypes(), isWidenable))
      return false;
  }
  return llvm::all_of(block.getTerminator()->getOperands(), [](Value result) {
    return isWidenable(result.getType()) ||
           isStoredByte(result.getDefiningOp());
  });
}

} // namespace lmcc
