//===- Checks.h - Count what is wrong ---------------------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_TEST_RUNTIME_STUB_CHECKS_H
#define LMCC_TEST_RUNTIME_STUB_CHECKS_H

#include <cstdio>

/// Counts what is not as expected, and prints the first few.
struct Test {
  int failures = 0;

  void expect(bool condition, const char *what, double x = 0, double y = 0,
              double z = 0) {
    if (condition)
      return;
    ++failures;
    if (failures <= 20)
      std::printf("wrong: %s for %a, %a, %a\n", what, x, y, z);
  }
};

#endif // LMCC_TEST_RUNTIME_STUB_CHECKS_H
