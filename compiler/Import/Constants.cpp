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
#include "dialects/Graph/ShapeValues.h"
#include "dialects/Weight/Weight.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace lmcc::import {

/// Floats above this number of elements are weights. Below lie scales,
/// epsilons and other numbers that patterns look for.
static constexpr int64_t maximumConstantElements = 64;

/// Integers may be shapes, which must be read at compile time.
static bool isSmall(RankedTensorType type) {
  return type.getNumElements() <= (type.getElementType().isInteger()
                                       ? graph::maximumShapeElements
                                       : maximumConstantElements);
}

/// The type of a tensor; null after an error if we have none. The product of
/// `dims` fits int64_t.
static RankedTensorType typeOf(int32_t dataType, ArrayRef<int64_t> dims,
                               Location location) {
  Type element = elementType(dataType, location.getContext());
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
  return entry->second = isSmall(type) ? constant(type, bytes->data, location)
                                       : weight(type, *bytes, name, location);
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
  return type ? constant(type, tensor.bytes, location) : Value();
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

Value Constants::weight(RankedTensorType type, const TensorBytes &bytes,
                        StringRef name, Location location) {
  Value &known = byPlace[{bytes.file, bytes.offset, type}];
  if (known)
    return known;
  OpBuilder ops(function.getContext());
  auto data = weight::DataOp::create(ops, location, symbolName(name), type);
  ops.createBlock(&data.getBody());
  auto leaf =
      weight::FileOp::create(ops, location, type, file.files()[bytes.file].name,
                             static_cast<int64_t>(bytes.offset));
  weight::YieldOp::create(ops, location, leaf);
  StringAttr symbol = symbols.insert(data, Block::iterator(function));

  ops = builder();
  known = added(weight::GetOp::create(ops, location, type, symbol.getValue()));
  return known;
}

} // namespace lmcc::import
