//===- probe.cpp - What the self-check finds, and that it finds nothing ---===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   probe FINDINGS [upward]
//
// Fails unless environment_probe() returns FINDINGS; with `upward`, after the
// program has changed the rounding mode.
//
// Default flags allow contraction, on x86 and on AArch64; the pragma of the
// header withdraws that.
// RUN: %{gxx} -std=c++17 -I%{root} -O2 %s -o %t && %t 0
// RUN: %{clangxx} -std=c++17 -I%{root} -O2 %s -o %t && %t 0
// RUN: %if host-avx2 %{ %{gxx} -std=c++17 -I%{root} -O3 -march=x86-64-v3 %s -o %t && %t 0 %}
// RUN: %if host-avx2 %{ %{clangxx} -std=c++17 -I%{root} -O3 -march=x86-64-v3 %s -o %t && %t 0 %}
// RUN: %if aarch64 %{ %{a64gxx} -std=c++17 -I%{root} -O2 -static %s -o %t && qemu-aarch64 -cpu cortex-a53 %t 0 %}
//
// Without the pragma it is found.
// RUN: mkdir -p %t.bare/runtime-stub
// RUN: sed -e '/fp-contract=off/d' -e '/fp contract(off)/d' %{root}/runtime-stub/Prologue.h > %t.bare/runtime-stub/Prologue.h
// RUN: %if host-avx2 %{ %{gxx} -std=c++17 -I%t.bare -O2 -march=x86-64-v3 %s -o %t && %t 1 %}
// RUN: %if host-avx2 %{ %{clangxx} -std=c++17 -I%t.bare -O2 -march=x86-64-v3 %s -o %t && %t 1 %}
// RUN: %if aarch64 %{ %{a64gxx} -std=c++17 -I%t.bare -O2 -static %s -o %t && qemu-aarch64 -cpu cortex-a53 %t 1 %}
//
// A program linked with -Ofast flushes denormals before main; another rounds
// in its own direction.
// RUN: %{gxx} -std=c++17 -I%{root} -O2 -c %s -o %t.o
// RUN: %{gxx} -Ofast %t.o -o %t && %t 6
// RUN: %{gxx} -std=c++17 -I%{root} -O2 %s -o %t && %t 8 upward
//
// Flags that break the promise do not compile.
// RUN: not %{gxx} -std=c++17 -I%{root} -ffast-math -fsyntax-only %s
// RUN: not %{gxx} -std=c++17 -I%{root} -freciprocal-math -fsyntax-only %s
// RUN: not %{clangxx} -std=c++17 -I%{root} -ffinite-math-only -fsyntax-only %s
//
//===----------------------------------------------------------------------===//

#include <cfenv>
#include <cstdio>
#include <cstdlib>

#include "runtime-stub/Prologue.h"

int main(int argc, char **argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s FINDINGS [upward]\n", argv[0]);
    return 2;
  }
  if (argc > 2)
    std::fesetround(FE_UPWARD);
  int findings = lmcc_rt::environment_probe();
  if (findings == std::atoi(argv[1]))
    return 0;
  std::printf("found %d instead of %s\n", findings, argv[1]);
  return 1;
}
