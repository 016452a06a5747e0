//===- HideFeatures.h - Run a library as on an older machine ----*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_BENCH_PEER_HIDEFEATURES_H
#define LMCC_BENCH_PEER_HIDEFEATURES_H

namespace peer {

/// From now on, whoever in this thread asks the processor for its features
/// (CPUID) is told that it has neither AVX-512 nor AMX, so that a library that
/// chooses kernels when it is loaded chooses those of x86-64-v3. Returns false
/// where the kernel or the processor cannot trap the instruction.
bool hideAvx512();

} // namespace peer

#endif // LMCC_BENCH_PEER_HIDEFEATURES_H
