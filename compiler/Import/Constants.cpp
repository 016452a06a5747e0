//===- Constants.cpp - Tensors of the model as values ---------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/Constants.h"

#include "compiler/Import/ElementType.h"
#include "compiler/Import/Onnx.pb.h"
#include "compiler/Import/TensorType.h"
#include "dialects/Graph/Builder.h"
#include "dialects/Graph/ShapeValues.h"
#include "dialects/Weight/Weight.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace lmcc::import {

/// Floats above this number of elements are weights. Below lie scales,
/// epsilons and other numbers that patterns look for.
static constexpr int64_t maximumConstantElements = 64;

/// Integers may be shapes, which must be read at compile time. Matrices of
/// bytes may be weights that the model has quantised: as constants they would
/// be made floats before any product is looked at.
static bool isSmall(RankedTensorType type) {
  if (type.getElementType().isInteger(8) && type.getRank() >= 2)
    return type.getNumElements() <= 1;
  return type.getNumElements() <= (type.getElementType().isInteger()
                                       ? graph::maximumShapeElements
                                       : maximumConstantElements);
}

static bool isOfNibbles(int32_t dataType) {
  return dataType == onnx::TensorProto::INT4 ||
         dataType == onnx::TensorProto::UINT4;
}

/// The type of a tensor; null after an error if we have none. Numbers of 4 bits
/// have a byte each. The product of `dims` fits int64_t.
static RankedTensorType typeOf(int32_t dataType, ArrayRef<int64_t> dims,
                               Location location) {
  Type element = elementType(dataType, location.getContext());
  if (isOfNibbles(dataType))
    element = IntegerType::get(location.getContext(), 8,
                               dataType == onnx::TensorProto::UINT4
                                   ? IntegerType::Unsigned
                                   : IntegerType::Signless);
  if (!element) {
    emitError(location) << "unsupported: a tensor of "
                        << elementTypeName(dataType)
                        << "; export the model with floats of 16 or 32 bits or "
                           "integers of at least 8 bits";
    return {};
  }
  if (static_cast<int64_t>(dims.size()) > maximumRank) {
    emitError(location) << "a tensor has " << dims.size() << " axes; at most "
                        << maximumRank << " are accepted";
    return {};
  }
  return RankedTensorType::get(dims, element);
}

/// A symbol name that every printer can show without quotes.
static std::string symbolName(StringRef name) {
  constexpr size_t longest = 200;
  std::string result;
  for (char c : name.take_front(longest))
    result += llvm::isAlnum(c) || c == '.' ? c : '_';
  if (result.empty() || !llvm::isAlpha(result.front()))
    result.insert(0, "weight_");
  return result;
}

/// Numbers of 4 bits, the lower halves of bytes first, as bytes of `type`.
static SmallVector<uint8_t> unpacked(RankedTensorType type,
                                     ArrayRef<uint8_t> bytes) {
  SmallVector<uint8_t> result;
  bool isUnsigned = type.getElementType().isUnsignedInteger();
  for (int64_t place = 0; place < type.getNumElements(); ++place) {
    unsigned number = bytes[place / 2] >> (place % 2 * 4) & 15;
    if (!isUnsigned && number >= 8)
      number -= 16;
    result.push_back(static_cast<uint8_t>(number));
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

OpBuilder Constants::builder() {
  OpBuilder builder(function.getContext());
  if (last)
    builder.setInsertionPointAfter(last);
  else
    builder.setInsertionPointToStart(&function.front());
  return builder;
}

Value Constants::added(Operation *op) {
  last = op;
  return op->getResult(0);
}

Value Constants::value(const onnx::TensorProto &tensor, StringRef name,
                       Location location) {
  auto [entry, isNew] = byTensor.try_emplace(&tensor);
  if (!isNew && entry->second)
    return entry->second;
  llvm::Expected<TensorBytes> bytes = file.bytes(tensor);
  if (!bytes) {
    emitError(location) << llvm::toString(bytes.takeError());
    return {};
  }
  RankedTensorType type =
      typeOf(tensor.data_type(),
             ArrayRef(tensor.dims().data(), tensor.dims_size()), location);
  if (!type)
    return {};
  bool areNibbles = isOfNibbles(tensor.data_type());
  if (isSmall(type))
    entry->second =
        constant(type,
                 areNibbles ? ArrayRef<uint8_t>(unpacked(type, bytes->data))
                            : bytes->data,
                 location);
  else
    entry->second = weight(type, *bytes, name, location, areNibbles);
  if (areNibbles)
    nibbles.insert(entry->second);
  return entry->second;
}

Value Constants::value(const DenseTensor &tensor, Location location) {
  llvm::Expected<uint64_t> size = denseBytes(tensor.elementType, tensor.dims);
  if (!size) {
    emitError(location) << "the bound tensor "
                        << llvm::toString(size.takeError());
    return {};
  }
  if (*size != tensor.bytes.size()) {
    emitError(location) << "the bound tensor "
                        << describeShape(tensor.elementType, tensor.dims)
                        << " takes " << *size << " bytes, but has "
                        << tensor.bytes.size();
    return {};
  }
  RankedTensorType type = typeOf(tensor.elementType, tensor.dims, location);
  if (!type || !isOfNibbles(tensor.elementType))
    return type ? constant(type, tensor.bytes, location) : Value();
  Value result = constant(type, unpacked(type, tensor.bytes), location);
  nibbles.insert(result);
  return result;
}

Value Constants::constant(RankedTensorType type, ArrayRef<uint8_t> bytes,
                          Location location) {
  DenseElementsAttr value;
  if (bytes.empty()) {
    value = DenseElementsAttr::get(type, ArrayRef<Attribute>());
  } else if (type.getElementType().isInteger(1)) {
    SmallVector<bool> flags;
    for (uint8_t byte : bytes)
      flags.push_back(byte != 0);
    value = DenseElementsAttr::get(type, flags);
  } else {
    value = DenseElementsAttr::getFromRawBuffer(
        type,
        ArrayRef(reinterpret_cast<const char *>(bytes.data()), bytes.size()));
  }
  OpBuilder ops = builder();
  return added(graph::ConstantOp::create(ops, location, type, value));
}

/// The bytes of a weight as they lie in a file, the lower halves first, as
/// `type` of bytes.
static Value unpackedWeight(OpBuilder &ops, Value bytes,
                            RankedTensorType type) {
  graph::DimSpace space(ops.getContext());
  graph::Builder build(ops, space);
  build.setLocation(bytes.getLoc());
  Type element = graph::Builder::elementOf(bytes);
  auto pair = RankedTensorType::get(2, element);
  Value powers = build.constant(
      DenseElementsAttr::get(pair, ArrayRef<APInt>{APInt(8, 1), APInt(8, 16)}));
  Value halves = build.div(build.unsqueeze(bytes, {1}), powers);
  Value numbers = build.binary<graph::ModOp>(halves, build.scalar(element, 16));
  if (!type.getElementType().isUnsignedInteger()) {
    // 8 to 15 stand for -8 to -1.
    Value eight = build.scalar(type.getElementType(), 8);
    Value raised = build.add(build.cast(numbers, type.getElementType()), eight);
    Value wrapped = build.binary<graph::ModOp>(
        raised, build.scalar(type.getElementType(), 16));
    numbers = build.sub(wrapped, eight);
  }
  AffineExpr count = space.number(type.getNumElements());
  Value all = build.reshape(numbers, {space.product(build.sizesOf(numbers))});
  return build.reshape(build.slice(all, {space.number(0)}, {count}, {1}),
                       space.sizes(type));
}

Value Constants::weight(RankedTensorType type, const TensorBytes &bytes,
                        StringRef name, Location location, bool areNibbles) {
  Value &known = byPlace[{bytes.file, bytes.offset, type}];
  if (known)
    return known;
  OpBuilder ops(function.getContext());
  auto data = weight::DataOp::create(ops, location, symbolName(name), type);
  ops.createBlock(&data.getBody());
  RankedTensorType stored = type;
  if (areNibbles)
    stored = RankedTensorType::get(
        static_cast<int64_t>(bytes.data.size()),
        IntegerType::get(ops.getContext(), 8, IntegerType::Unsigned));
  Value value = weight::FileOp::create(ops, location, stored,
                                       file.files()[bytes.file].name,
                                       static_cast<int64_t>(bytes.offset));
  if (areNibbles)
    value = unpackedWeight(ops, value, type);
  weight::YieldOp::create(ops, location, value);
  StringAttr symbol = symbols.insert(data, Block::iterator(function));

  ops = builder();
  known = added(weight::GetOp::create(ops, location, type, symbol.getValue()));
  return known;
}

} // namespace lmcc::import
