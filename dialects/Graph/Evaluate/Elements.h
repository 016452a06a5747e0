//===- Elements.h - Elements in memory and in arithmetic --------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The graph dialect has 13 element types, but arithmetic happens in four: f16
// and bf16 in float, integers in 64 bits, of which storing keeps the low ones.
// `load` and `store` lead from one to the other a chunk at a time, so that an
// operation is instantiated four times at most.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_DIALECTS_GRAPH_EVALUATE_ELEMENTS_H
#define LMCC_DIALECTS_GRAPH_EVALUATE_ELEMENTS_H

#include "dialects/Graph/Evaluate/HostTensor.h"
#include <Eigen/Core>

namespace lmcc::graph {

/// i1 in memory.
struct Boolean {
  Boolean() = default;
  template <typename T> explicit Boolean(T value) : byte(value != 0) {}
  explicit operator uint64_t() const { return byte != 0; }

  uint8_t byte;
};

/// How elements are stored, and the type in which they are computed.
template <typename StoredType, typename ComputeType> struct Element {
  using Stored = StoredType;
  using Compute = ComputeType;
};

/// Calls `function` with the `Element` of an element type.
template <typename Function>
auto dispatchElement(mlir::Type type, Function &&function) {
  if (type.isF32())
    return function(Element<float, float>());
  if (type.isF64())
    return function(Element<double, double>());
  if (type.isF16())
    return function(Element<Eigen::half, float>());
  if (type.isBF16())
    return function(Element<Eigen::bfloat16, float>());
  if (type.isInteger(1))
    return function(Element<Boolean, uint64_t>());
  bool isUnsigned = type.isUnsignedInteger();
  switch (type.getIntOrFloatBitWidth()) {
  case 8:
    return isUnsigned ? function(Element<uint8_t, uint64_t>())
                      : function(Element<int8_t, int64_t>());
  case 16:
    return isUnsigned ? function(Element<uint16_t, uint64_t>())
                      : function(Element<int16_t, int64_t>());
  case 32:
    return isUnsigned ? function(Element<uint32_t, uint64_t>())
                      : function(Element<int32_t, int64_t>());
  case 64:
    return isUnsigned ? function(Element<uint64_t, uint64_t>())
                      : function(Element<int64_t, int64_t>());
  default: llvm_unreachable("not an element type of the graph dialect");
  }
}

/// Calls `function` with a value of the type in which `type` is computed.
template <typename Function>
auto dispatchFloat(mlir::Type type, Function &&function) {
  return type.isF64() ? function(double()) : function(float());
}
template <typename Function>
auto dispatchCompute(mlir::Type type, Function &&function) {
  if (llvm::isa<mlir::FloatType>(type))
    return dispatchFloat(type, function);
  return type.isUnsignedInteger() || type.isInteger(1) ? function(uint64_t())
                                                       : function(int64_t());
}

/// Calls `function` with an integer as wide as an element.
template <typename Function>
auto dispatchUnit(int64_t bytes, Function &&function) {
  switch (bytes) {
  case 1: return function(uint8_t());
  case 2: return function(uint16_t());
  case 4: return function(uint32_t());
  case 8: return function(uint64_t());
  default: llvm_unreachable("elements have 1, 2, 4 or 8 bytes");
  }
}

/// Reads `count` elements from the one numbered `first` on. `Compute` is the
/// type in which they are computed.
template <typename Compute>
void load(const HostTensor &tensor, int64_t first, int64_t count,
          Compute *values);

/// Writes `count` elements from the one numbered `first` on. Floats are rounded
/// to nearest even, integers keep their low bits.
template <typename Compute>
void store(const Compute *values, int64_t count, HostTensor &tensor,
           int64_t first);

/// All elements of a tensor in the type in which they are computed, in place
/// if they are stored so.
template <typename Compute> class Loaded {
public:
  explicit Loaded(const HostTensor &tensor) {
    bool inPlace = dispatchElement(tensor.getElementType(), [](auto element) {
      using Stored = typename decltype(element)::Stored;
      return std::is_same_v<Stored, Compute>;
    });
    if (inPlace && tensor.isAligned<Compute>()) {
      values = tensor.data<Compute>();
      return;
    }
    copy.resize_for_overwrite(tensor.getNumElements());
    load(tensor, 0, tensor.getNumElements(), copy.data());
    values = copy;
  }
  Loaded(const Loaded &) = delete;
  Loaded &operator=(const Loaded &) = delete;

  const Compute &operator[](int64_t index) const { return values[index]; }
  const Compute *data() const { return values.data(); }
  int64_t size() const { return static_cast<int64_t>(values.size()); }

private:
  llvm::SmallVector<Compute, 0> copy;
  llvm::ArrayRef<Compute> values;
};

} // namespace lmcc::graph

#endif // LMCC_DIALECTS_GRAPH_EVALUATE_ELEMENTS_H
