//===- Stream.cpp - The read bandwidth of one core ------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "bench/Measure/Stream.h"

namespace measure {

typedef uint64_t Vector __attribute__((vector_size(4 * LANES), may_alias));

uint64_t readStream(const void *data, size_t bytes) {
  const auto *vectors = static_cast<const Vector *>(data);
  Vector a = {}, b = {}, c = {}, d = {};
  size_t count = bytes / sizeof(Vector);
  for (size_t i = 0; i + 4 <= count; i += 4) {
    a += vectors[i];
    b += vectors[i + 1];
    c += vectors[i + 2];
    d += vectors[i + 3];
  }
  a += b + c + d;
  uint64_t sum = 0;
  for (size_t lane = 0; lane < sizeof(Vector) / sizeof(uint64_t); ++lane)
    sum += a[lane];
  return sum;
}

} // namespace measure
