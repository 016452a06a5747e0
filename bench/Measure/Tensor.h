//===- Tensor.h - A dense tensor of a benchmark ----------------*- C++ -*--===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_BENCH_MEASURE_TENSOR_H
#define LMCC_BENCH_MEASURE_TENSOR_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace measure {

/// A dense, row-major tensor. Its memory is aligned to 64 bytes, so that no
/// engine meets a worse place than another.
struct Tensor {
  std::string name;
  int32_t elementType = 0; ///< As ONNX counts them: 1 float32, 7 int64.
  size_t elementBytes = 0;
  std::vector<int64_t> sizes;
  std::vector<uint64_t> memory;

  size_t elements() const;
  size_t bytes() const { return elements() * elementBytes; }
  void *data();
  const void *data() const;
  void allocate();
};

constexpr int32_t float32 = 1;

/// Reads the elements of a file that holds nothing else. False if it cannot be
/// read or has another size.
bool readElements(const std::string &path, Tensor &tensor);

/// The L2 norm of the difference, divided by that of `reference`: over all
/// floats of `tensors`. Of a longer reference the last elements count. Infinite
/// if an integer differs or a float is none.
double relativeError(const std::vector<Tensor> &tensors,
                     const std::vector<Tensor> &reference);

} // namespace measure

#endif // LMCC_BENCH_MEASURE_TENSOR_H
