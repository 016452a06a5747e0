//===- HostTensor.h - Tensors in the compiler's own memory ------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Elements are dense, row-major and little-endian, as in a model's file; i1 is
// one byte, false only if it is 0. The bytes are owned and shared by copies of
// the tensor, or borrowed from a mapped file or an attribute, and then at any
// alignment.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_DIALECTS_GRAPH_EVALUATE_HOSTTENSOR_H
#define LMCC_DIALECTS_GRAPH_EVALUATE_HOSTTENSOR_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>

namespace lmcc::graph {

/// Bytes of one element; empty if `element` is no element type of the graph
/// dialect.
std::optional<int64_t> elementBytes(mlir::Type element);

/// Bytes of a tensor; empty also if a size is negative or the product does not
/// fit.
std::optional<int64_t> tensorBytes(mlir::Type element,
                                   llvm::ArrayRef<int64_t> shape);

class HostTensor {
public:
  /// A tensor of its own with indeterminate elements. Empty if the size does
  /// not fit (see `tensorBytes`) or there is not that much memory.
  static std::optional<HostTensor> allocate(mlir::Type element,
                                            llvm::ArrayRef<int64_t> shape);

  /// A view of `bytes`, which must outlive all copies of the tensor. Empty if
  /// their number is not that of the tensor.
  static std::optional<HostTensor> borrow(mlir::Type element,
                                          llvm::ArrayRef<int64_t> shape,
                                          llvm::ArrayRef<uint8_t> bytes);

  /// The elements of `value`, borrowed where they are stored alike; the MLIR
  /// context then must outlive the tensor. Empty if the attribute does not
  /// give access to its elements, or as for `allocate`.
  static std::optional<HostTensor> fromAttribute(mlir::ElementsAttr value);

  /// The elements as an attribute of `type`, which has this shape and element
  /// type.
  mlir::DenseElementsAttr toAttribute(mlir::RankedTensorType type) const;

  /// The same elements with another shape of as many elements.
  HostTensor reshaped(llvm::ArrayRef<int64_t> newShape) const;

  mlir::Type getElementType() const { return element; }
  int64_t getElementBytes() const { return bytesPerElement; }
  llvm::ArrayRef<int64_t> getShape() const { return shape; }
  int64_t getRank() const { return static_cast<int64_t>(shape.size()); }
  int64_t getNumElements() const { return content.size() / bytesPerElement; }

  llvm::ArrayRef<uint8_t> bytes() const { return content; }
  /// For filling a tensor that was just allocated.
  uint8_t *mutableBytes() {
    assert(owner && "borrowed bytes are constant");
    return reinterpret_cast<uint8_t *>(owner->getBufferStart());
  }

  /// Whether `data<T>` may be called: an owned tensor is always aligned.
  template <typename T> bool isAligned() const {
    return reinterpret_cast<uintptr_t>(content.data()) % alignof(T) == 0;
  }
  /// The elements as `T`, which has their size.
  template <typename T> llvm::ArrayRef<T> data() const {
    assert(sizeof(T) == bytesPerElement && isAligned<T>());
    return {reinterpret_cast<const T *>(content.data()),
            static_cast<size_t>(getNumElements())};
  }
  template <typename T> llvm::MutableArrayRef<T> mutableData() {
    assert(sizeof(T) == bytesPerElement);
    return {reinterpret_cast<T *>(mutableBytes()),
            static_cast<size_t>(getNumElements())};
  }

private:
  using Owner = std::shared_ptr<llvm::WritableMemoryBuffer>;

  HostTensor(mlir::Type element, llvm::ArrayRef<int64_t> shape,
             llvm::ArrayRef<uint8_t> content, Owner owner)
      : element(element), bytesPerElement(*elementBytes(element)), shape(shape),
        content(content), owner(std::move(owner)) {}

  mlir::Type element;
  size_t bytesPerElement;
  llvm::SmallVector<int64_t, 4> shape;
  llvm::ArrayRef<uint8_t> content;
  /// Null for borrowed bytes.
  Owner owner;
};

} // namespace lmcc::graph

#endif // LMCC_DIALECTS_GRAPH_EVALUATE_HOSTTENSOR_H
