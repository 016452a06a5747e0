//===- LargestOf.h - The position of the largest value ----------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_EXAMPLES_HOMECOMMANDS_LARGESTOF_H
#define LMCC_EXAMPLES_HOMECOMMANDS_LARGESTOF_H

#include <stddef.h>

namespace home {

/// The first position of the largest of `count` values, at least one.
inline size_t largestOf(const float *values, size_t count) {
  size_t largest = 0;
  for (size_t at = 1; at < count; ++at)
    if (values[at] > values[largest])
      largest = at;
  return largest;
}

} // namespace home

#endif // LMCC_EXAMPLES_HOMECOMMANDS_LARGESTOF_H
