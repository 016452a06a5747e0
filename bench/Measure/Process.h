//===- Process.h - Memory of this process ----------------------*- C++ -*--===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_BENCH_MEASURE_PROCESS_H
#define LMCC_BENCH_MEASURE_PROCESS_H

#include <cstddef>
#include <string>

namespace measure {

/// Bytes of this process that lie in physical memory.
size_t residentBytes();

/// What the kernel says about the pages behind an address, such as
/// "/tmp/program r--p, 4 KiB pages": the mapped file, its rights, and how much
/// of it lies in large pages.
std::string describeMapping(const void *address);

} // namespace measure

#endif // LMCC_BENCH_MEASURE_PROCESS_H
