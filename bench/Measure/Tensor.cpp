//===- Tensor.cpp - A dense tensor of a benchmark -------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "bench/Measure/Tensor.h"
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>

namespace measure {

constexpr size_t alignment = 64;

size_t Tensor::elements() const {
  size_t count = 1;
  for (int64_t size : sizes)
    count *= static_cast<size_t>(size);
  return count;
}

void Tensor::allocate() {
  memory.assign((bytes() + 2 * alignment) / sizeof(uint64_t), 0);
}

void *Tensor::data() {
  auto start = reinterpret_cast<uintptr_t>(memory.data());
  return reinterpret_cast<void *>((start + alignment - 1) / alignment *
                                  alignment);
}

const void *Tensor::data() const { return const_cast<Tensor *>(this)->data(); }

bool readElements(const std::string &path, Tensor &tensor) {
  tensor.allocate();
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file || static_cast<size_t>(file.tellg()) != tensor.bytes())
    return false;
  file.seekg(0);
  file.read(static_cast<char *>(tensor.data()),
            static_cast<std::streamsize>(tensor.bytes()));
  return file.good() || tensor.bytes() == 0;
}

double relativeError(const std::vector<Tensor> &tensors,
                     const std::vector<Tensor> &reference) {
  double difference = 0, whole = 0;
  for (size_t i = 0; i < tensors.size(); ++i) {
    const auto *end = static_cast<const unsigned char *>(reference[i].data()) +
                      reference[i].bytes();
    const void *last = end - tensors[i].bytes();
    if (tensors[i].elementType != float32) {
      if (std::memcmp(tensors[i].data(), last, tensors[i].bytes()) != 0)
        return std::numeric_limits<double>::infinity();
      continue;
    }
    const auto *ours = static_cast<const float *>(tensors[i].data());
    const auto *theirs = static_cast<const float *>(last);
    for (size_t k = 0; k < tensors[i].elements(); ++k) {
      double delta = static_cast<double>(ours[k]) - theirs[k];
      difference += delta * delta;
      whole += static_cast<double>(theirs[k]) * theirs[k];
    }
  }
  double error = std::sqrt(difference / whole);
  return std::isnan(error) ? std::numeric_limits<double>::infinity() : error;
}

} // namespace measure
