//===- HideFeatures.cpp - Run a library as on an older machine ------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Linux can let CPUID fault in one thread (arch_prctl, ARCH_SET_CPUID). The
// handler executes the instruction itself and clears the bits.
//
//===----------------------------------------------------------------------===//

#include "bench/Peer/HideFeatures.h"
#include <cpuid.h>
#include <csignal>
#include <cstring>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

namespace peer {

// A signal handler reaches nothing but what lies outside all functions.
static bool hidesAvx512;

static bool allowCpuid(bool allowed) {
  constexpr long setCpuid = 0x1012;
  return syscall(SYS_arch_prctl, setCpuid, allowed ? 1L : 0L) == 0;
}

/// Clears the bits of CPUID leaf 7 that stand for AMX.
static void clearAmx(unsigned subleaf, unsigned &eax, unsigned &edx) {
  if (subleaf == 0)
    edx &= ~(1u << 22 | 1u << 24 | 1u << 25); // BF16, TILE, INT8
  else if (subleaf == 1)
    eax &= ~(1u << 21); // FP16
}

/// Clears those that stand for AVX-512 and its kin.
static void clearAvx512(unsigned subleaf, unsigned &eax, unsigned &ebx,
                        unsigned &ecx, unsigned &edx) {
  if (subleaf == 0) {
    // F, DQ, IFMA, PF, ER, CD, BW, VL
    ebx &= ~(1u << 16 | 1u << 17 | 1u << 21 | 1u << 26 | 1u << 27 | 1u << 28 |
             1u << 30 | 1u << 31);
    // VBMI, VBMI2, VNNI, BITALG, VPOPCNTDQ
    ecx &= ~(1u << 1 | 1u << 6 | 1u << 11 | 1u << 12 | 1u << 14);
    // 4VNNIW, 4FMAPS, VP2INTERSECT, FP16
    edx &= ~(1u << 2 | 1u << 3 | 1u << 8 | 1u << 23);
  } else if (subleaf == 1) {
    eax &= ~(1u << 4 | 1u << 5);  // AVX-VNNI, AVX512-BF16
    edx &= ~(1u << 4 | 1u << 10); // AVX-VNNI-INT8, AVX-VNNI-INT16
  }
}

static void onFault(int signal, siginfo_t *, void *data) {
  greg_t *registers = static_cast<ucontext_t *>(data)->uc_mcontext.gregs;
  const auto *code =
      reinterpret_cast<const unsigned char *>(registers[REG_RIP]);
  if (code[0] != 0x0f || code[1] != 0xa2) { // A fault of another kind.
    std::signal(signal, SIG_DFL);
    return;
  }
  auto leaf = static_cast<unsigned>(registers[REG_RAX]);
  auto subleaf = static_cast<unsigned>(registers[REG_RCX]);
  unsigned eax, ebx, ecx, edx;
  allowCpuid(true);
  __cpuid_count(leaf, subleaf, eax, ebx, ecx, edx);
  allowCpuid(false);
  if (leaf == 7)
    clearAmx(subleaf, eax, edx);
  if (leaf == 7 && hidesAvx512)
    clearAvx512(subleaf, eax, ebx, ecx, edx);
  registers[REG_RAX] = eax;
  registers[REG_RBX] = ebx;
  registers[REG_RCX] = ecx;
  registers[REG_RDX] = edx;
  registers[REG_RIP] += 2;
}

bool hideFeatures(const std::string &what) {
  if (what != "avx512" && what != "amx")
    return false;
  hidesAvx512 = what == "avx512";
  struct sigaction action;
  std::memset(&action, 0, sizeof action);
  action.sa_sigaction = onFault;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  return sigaction(SIGSEGV, &action, nullptr) == 0 && allowCpuid(false);
}

} // namespace peer
