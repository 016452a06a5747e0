//===- HostTensor.cpp - Tensors in the compiler's own memory --------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Evaluate/HostTensor.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/Endian.h"

using namespace mlir;

namespace lmcc::graph {

static_assert(llvm::endianness::native == llvm::endianness::little,
              "tensors have the byte order of the model's files");

/// A cache line, and at least as much as any vector instruction asks for.
static constexpr uint64_t tensorAlignment = 64;

std::optional<int64_t> elementBytes(Type element) {
  if (!isa<Float16Type, BFloat16Type, Float32Type, Float64Type, IntegerType>(
          element))
    return std::nullopt;
  switch (element.getIntOrFloatBitWidth()) {
  case 1:
  case 8: return 1;
  case 16: return 2;
  case 32: return 4;
  case 64: return 8;
  default: return std::nullopt;
  }
}

std::optional<int64_t> tensorBytes(Type element, ArrayRef<int64_t> shape) {
  std::optional<int64_t> bytes = elementBytes(element);
  // A size of 0 must not hide that the others do not fit: strides are products
  // of them.
  bool isEmpty = false;
  for (int64_t size : shape) {
    if (size < 0 || !bytes)
      return std::nullopt;
    isEmpty |= size == 0;
    bytes = llvm::checkedMul(*bytes, std::max<int64_t>(size, 1));
  }
  return bytes && isEmpty ? 0 : bytes;
}

std::optional<HostTensor> HostTensor::allocate(Type element,
                                               ArrayRef<int64_t> shape) {
  std::optional<int64_t> bytes = tensorBytes(element, shape);
  if (!bytes)
    return std::nullopt;
  Owner owner = llvm::WritableMemoryBuffer::getNewUninitMemBuffer(
      *bytes, "", llvm::Align(tensorAlignment));
  if (!owner)
    return std::nullopt;
  ArrayRef<uint8_t> content(
      reinterpret_cast<const uint8_t *>(owner->getBufferStart()), *bytes);
  return HostTensor(element, shape, content, std::move(owner));
}

std::optional<HostTensor> HostTensor::borrow(Type element,
                                             ArrayRef<int64_t> shape,
                                             ArrayRef<uint8_t> bytes) {
  std::optional<int64_t> expected = tensorBytes(element, shape);
  if (!expected || static_cast<uint64_t>(*expected) != bytes.size())
    return std::nullopt;
  return HostTensor(element, shape, bytes, nullptr);
}

HostTensor HostTensor::reshaped(ArrayRef<int64_t> newShape) const {
  assert(tensorBytes(element, newShape) ==
         static_cast<int64_t>(content.size()));
  return HostTensor(element, newShape, content, owner);
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

static ArrayRef<uint8_t> asBytes(ArrayRef<char> data) {
  return {reinterpret_cast<const uint8_t *>(data.data()), data.size()};
}

/// Attributes hold one bit per boolean.
static std::optional<HostTensor> fromBooleans(DenseElementsAttr value) {
  std::optional<HostTensor> tensor =
      HostTensor::allocate(value.getElementType(), value.getType().getShape());
  if (tensor)
    llvm::copy(value.getValues<bool>(), tensor->mutableBytes());
  return tensor;
}

static std::optional<HostTensor> fromSplat(DenseElementsAttr value) {
  std::optional<HostTensor> tensor =
      HostTensor::allocate(value.getElementType(), value.getType().getShape());
  if (!tensor)
    return std::nullopt;
  ArrayRef<char> one = value.getRawData();
  uint8_t *place = tensor->mutableBytes();
  for (int64_t i = 0; i < tensor->getNumElements(); ++i, place += one.size())
    std::memcpy(place, one.data(), one.size());
  return tensor;
}

std::optional<HostTensor> HostTensor::fromAttribute(ElementsAttr value) {
  ShapedType type = value.getShapedType();
  Type element = type.getElementType();
  if (!elementBytes(element))
    return std::nullopt;
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value))
    return borrow(element, type.getShape(), asBytes(resource.getData()));
  auto dense = dyn_cast<DenseElementsAttr>(value);
  if (!dense)
    return std::nullopt;
  if (element.isInteger(1))
    return fromBooleans(dense);
  if (dense.isSplat())
    return fromSplat(dense);
  return borrow(element, type.getShape(), asBytes(dense.getRawData()));
}

DenseElementsAttr HostTensor::toAttribute(RankedTensorType type) const {
  assert(type.getElementType() == element && type.getShape() == getShape());
  if (element.isInteger(1)) {
    SmallVector<bool> values(
        llvm::map_range(content, [](uint8_t byte) { return byte != 0; }));
    return DenseElementsAttr::get(type, values);
  }
  if (content.empty())
    return DenseElementsAttr::get(type, ArrayRef<Attribute>());
  return DenseElementsAttr::getFromRawBuffer(
      type, {reinterpret_cast<const char *>(content.data()), content.size()});
}

} // namespace lmcc::graph
