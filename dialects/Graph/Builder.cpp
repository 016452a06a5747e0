//===- Builder.cpp - Elementwise and movement with inferred shapes --------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Builder.h"

using namespace mlir;

namespace lmcc::graph {

Type Builder::elementOf(Value value) { return typeOf(value).getElementType(); }
int64_t Builder::rankOf(Value value) { return typeOf(value).getRank(); }

Value Builder::error(const Twine &message) {
  emitError(location) << message;
  return {};
}

std::string Builder::text(ArrayRef<AffineExpr> sizes) const {
  std::string result = "[";
  for (auto [axis, size] : llvm::enumerate(sizes))
    result += (axis ? ", " : "") + dims.text(size);
  return result + "]";
}

std::optional<int64_t> Builder::normalizeAxis(int64_t axis, int64_t rank) {
  if (axis >= -rank && axis < rank)
    return axis < 0 ? axis + rank : axis;
  error("axis " + Twine(axis) + " is out of range for a tensor of rank " +
        Twine(rank));
  return std::nullopt;
}

bool Builder::unify(AffineExpr a, AffineExpr b, StringRef what) {
  // Types must say the same size: a demand that is only checked when the model
  // is called is not enough.
  if (dims.unify(a, b) && dims.equal(a, b))
    return true;
  error(what + " must agree, but are " + dims.text(a) + " and " + dims.text(b));
  return false;
}

RankedTensorType Builder::broadcastType(ArrayRef<Value> operands,
                                        bool sameElement) {
  if (!llvm::all_of(operands, [](Value operand) { return bool(operand); }))
    return {};
  int64_t rank = 0;
  for (Value operand : operands) {
    if (sameElement && elementOf(operand) != elementOf(operands.back())) {
      error("operands have different element types");
      return {};
    }
    rank = std::max(rank, rankOf(operand));
  }
  Sizes sizes(rank, dims.number(1));
  for (Value operand : operands) {
    int64_t offset = rank - rankOf(operand);
    for (auto [axis, size] : llvm::enumerate(sizesOf(operand))) {
      std::optional<AffineExpr> both =
          dims.broadcast(sizes[offset + axis], size);
      if (!both) {
        error("shapes " + text(sizesOf(operands.front())) + " and " +
              text(sizesOf(operand)) + " do not broadcast");
        return {};
      }
      sizes[offset + axis] = *both;
    }
  }
  return dims.type(sizes, elementOf(operands.back()));
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

Value Builder::constant(ElementsAttr value) {
  return ConstantOp::create(
      ops, location, llvm::cast<RankedTensorType>(value.getType()), value);
}

Value Builder::scalar(Type element, double value) {
  auto type = RankedTensorType::get({}, element);
  Attribute attribute;
  if (auto floating = dyn_cast<FloatType>(element)) {
    attribute = FloatAttr::get(floating, value);
  } else {
    attribute = IntegerAttr::get(
        element, APInt(element.getIntOrFloatBitWidth(),
                       static_cast<uint64_t>(static_cast<int64_t>(value)),
                       /*isSigned=*/true, /*implicitTrunc=*/true));
  }
  return constant(DenseElementsAttr::get(type, attribute));
}

Value Builder::indices(ArrayRef<int64_t> values) {
  auto type = RankedTensorType::get({static_cast<int64_t>(values.size())},
                                    ops.getI64Type());
  return constant(DenseIntElementsAttr::get(type, values));
}

static Value sizesAsData(Builder &builder, ArrayRef<AffineExpr> values,
                         RankedTensorType type) {
  SmallVector<APInt> numbers;
  unsigned width = type.getElementTypeBitWidth();
  for (AffineExpr value : values)
    if (std::optional<int64_t> number = builder.space().constant(value))
      numbers.push_back(APInt(width, static_cast<uint64_t>(*number),
                              /*isSigned=*/true, /*implicitTrunc=*/true));
  if (numbers.size() == values.size())
    return builder.constant(DenseElementsAttr::get(type, numbers));
  return DimValuesOp::create(builder.operations(), builder.getLocation(), type,
                             builder.space().attribute(values));
}

Value Builder::dimValues(ArrayRef<AffineExpr> values, Type element) {
  return sizesAsData(
      *this, values,
      RankedTensorType::get({static_cast<int64_t>(values.size())}, element));
}

Value Builder::dimValue(AffineExpr value, Type element) {
  return sizesAsData(*this, {value}, RankedTensorType::get({}, element));
}

Value Builder::iota(AffineExpr size, Type element, int64_t axis, int64_t rank) {
  Sizes sizes(rank, dims.number(1));
  sizes[axis] = size;
  return IotaOp::create(ops, location, dims.type(sizes, element), axis);
}

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

Value Builder::gelu(Value input, bool tanh) {
  return input ? GeluOp::create(ops, location, input.getType(), input, tanh)
                     .getResult()
               : Value();
}

Value Builder::compare(Comparison comparison, Value a, Value b) {
  RankedTensorType type = broadcastType({a, b}, /*same=*/true);
  return type ? CompareOp::create(ops, location, type.clone(ops.getI1Type()),
                                  comparison, a, b)
                    .getResult()
              : Value();
}

Value Builder::select(Value condition, Value a, Value b) {
  if (!a || !b)
    return {};
  if (elementOf(a) != elementOf(b))
    return error("operands have different element types");
  RankedTensorType type = broadcastType({condition, a, b}, /*same=*/false);
  return type ? SelectOp::create(ops, location, type, condition, a, b)
                    .getResult()
              : Value();
}

Value Builder::cast(Value input, Type element) {
  if (!input || elementOf(input) == element)
    return input;
  return CastOp::create(ops, location, typeOf(input).clone(element), input);
}

Value Builder::isNan(Value input) {
  return input ? IsNanOp::create(ops, location,
                                 typeOf(input).clone(ops.getI1Type()), input)
                     .getResult()
               : Value();
}

//===----------------------------------------------------------------------===//
// Movement
//===----------------------------------------------------------------------===//

Value Builder::reshape(Value input, ArrayRef<AffineExpr> sizes) {
  if (!input)
    return {};
  AffineExpr count = dims.product(sizesOf(input));
  if (!dims.unify(count, dims.product(sizes)))
    return error("a reshape from " + text(sizesOf(input)) + " to " +
                 text(sizes) + " changes the number of elements");
  RankedTensorType type = dims.type(sizes, elementOf(input));
  if (type == input.getType())
    return input;
  return ReshapeOp::create(ops, location, type, input);
}

Value Builder::squeeze(Value input, Axes axes) {
  if (!input)
    return {};
  Sizes sizes;
  for (auto [axis, size] : llvm::enumerate(sizesOf(input))) {
    if (!llvm::is_contained(axes, static_cast<int64_t>(axis)))
      sizes.push_back(size);
    else if (!unify(size, dims.number(1), "a squeezed size and 1"))
      return {};
  }
  return reshape(input, sizes);
}

Value Builder::unsqueeze(Value input, Axes axes) {
  if (!input)
    return {};
  int64_t rank = rankOf(input) + static_cast<int64_t>(axes.size());
  Sizes old = sizesOf(input), sizes;
  auto next = old.begin();
  for (int64_t axis = 0; axis < rank; ++axis) {
    if (llvm::is_contained(axes, axis))
      sizes.push_back(dims.number(1));
    else if (next != old.end())
      sizes.push_back(*next++);
    else
      return error("an axis to add is named twice");
  }
  return reshape(input, sizes);
}

Value Builder::transpose(Value input, Axes permutation) {
  if (!input)
    return {};
  Sizes old = sizesOf(input), sizes;
  SmallVector<int64_t> sorted(permutation);
  llvm::sort(sorted);
  if (!llvm::equal(sorted, llvm::seq<int64_t>(0, old.size())))
    return error("not a permutation of the " + Twine(old.size()) + " axes");
  if (llvm::is_sorted(permutation))
    return input;
  for (int64_t axis : permutation)
    sizes.push_back(old[axis]);
  return TransposeOp::create(ops, location, dims.type(sizes, elementOf(input)),
                             input, permutation);
}

Value Builder::broadcast(Value input, ArrayRef<AffineExpr> sizes) {
  if (!input)
    return {};
  Sizes own = sizesOf(input), result(sizes);
  while (result.size() < own.size())
    result.insert(result.begin(), dims.number(1));
  size_t offset = result.size() - own.size();
  for (auto [axis, size] : llvm::enumerate(own)) {
    std::optional<AffineExpr> both =
        dims.broadcast(size, result[offset + axis]);
    if (!both)
      return error("shapes " + text(own) + " and " + text(sizes) +
                   " do not broadcast");
    result[offset + axis] = *both;
  }
  RankedTensorType type = dims.type(result, elementOf(input));
  if (type == input.getType())
    return input;
  return BroadcastOp::create(ops, location, type, input);
}

Value Builder::concat(ValueRange inputs, int64_t axis) {
  if (!llvm::all_of(inputs, [](Value input) { return bool(input); }))
    return {};
  if (inputs.empty())
    return error("a concatenation needs at least one tensor");
  Sizes sizes = sizesOf(inputs.front());
  for (Value input : inputs.drop_front()) {
    if (elementOf(input) != elementOf(inputs.front()) ||
        rankOf(input) != static_cast<int64_t>(sizes.size()))
      return error("concatenated tensors have different types or ranks");
    for (auto [i, size] : llvm::enumerate(sizesOf(input))) {
      if (static_cast<int64_t>(i) == axis)
        sizes[i] = dims.add(sizes[i], size);
      else if (!unify(sizes[i], size, "sizes of concatenated tensors"))
        return {};
    }
  }
  if (inputs.size() == 1)
    return inputs.front();
  return ConcatOp::create(
      ops, location, dims.type(sizes, elementOf(inputs.front())), inputs, axis);
}

Value Builder::slice(Value input, ArrayRef<AffineExpr> starts,
                     ArrayRef<AffineExpr> sizes, Axes steps) {
  if (!input)
    return {};
  RankedTensorType type = dims.type(sizes, elementOf(input));
  if (type == input.getType() &&
      llvm::all_of(steps, [](int64_t step) { return step == 1; }))
    return input;
  return SliceOp::create(ops, location, type, input, dims.attribute(starts),
                         steps);
}

Value Builder::pad(PadMode mode, Value input, Value value, Axes low,
                   Axes high) {
  if (!input || !value)
    return {};
  Sizes sizes = sizesOf(input);
  for (auto [axis, size] : llvm::enumerate(sizes)) {
    size = dims.add(size, dims.number(low[axis] + high[axis]));
    if (dims.constant(size) && *dims.constant(size) < 0)
      return error("padding leaves axis " + Twine(axis) + " with size " +
                   dims.text(size));
  }
  return PadOp::create(ops, location, dims.type(sizes, elementOf(input)), input,
                       value, mode, low);
}

} // namespace lmcc::graph
