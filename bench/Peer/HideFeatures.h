//===- HideFeatures.h - Run a library as on an older machine ----*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_BENCH_PEER_HIDEFEATURES_H
#define LMCC_BENCH_PEER_HIDEFEATURES_H

#include <string>

namespace peer {

/// From now on, whoever in this thread asks the processor for its features
/// (CPUID) is told that it lacks some, so that a library that chooses kernels
/// when it is loaded chooses those of another machine: for "avx512" those of
/// x86-64-v3, without AVX-512, AVX-VNNI and AMX; for "amx" those of a machine
/// with AVX-512 but without AMX. Returns false for other words, and where the
/// kernel or the processor cannot trap the instruction.
bool hideFeatures(const std::string &what);

} // namespace peer

#endif // LMCC_BENCH_PEER_HIDEFEATURES_H
