//===- Stream.h - The read bandwidth of one core ---------------*- C++ -*--===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_BENCH_MEASURE_STREAM_H
#define LMCC_BENCH_MEASURE_STREAM_H

#include <cstddef>
#include <cstdint>

namespace measure {

/// Reads `bytes` from `data` (a multiple of 256 bytes, aligned to 64) in a
/// plain loop and returns a value that depends on all of them.
uint64_t readStream(const void *data, size_t bytes);

} // namespace measure

#endif // LMCC_BENCH_MEASURE_STREAM_H
