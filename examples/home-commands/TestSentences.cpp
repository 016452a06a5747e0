//===- TestSentences.cpp - What a workbench has and a device not ----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestSentences.h"

#include <string.h>
#include <time.h>

namespace home {

TestSentences::TestSentences(const char *path) : file(fopen(path, "r")) {}

TestSentences::~TestSentences() {
  if (file)
    fclose(file);
}

bool TestSentences::next() {
  if (!file)
    return false;
  if (!fgets(line, sizeof line, file)) {
    complete = feof(file) != 0;
    return false;
  }
  ++number;
  char *tab = strchr(line, '\t');
  char *end = strchr(line, '\n');
  if (!tab || !end)
    return false;
  *tab = '\0';
  second = tab + 1;
  tab[1 + strcspn(second, "\t\n")] = '\0';
  return true;
}

double threadMicroseconds() {
  timespec now = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 +
         static_cast<double>(now.tv_nsec) * 1e-3;
}

} // namespace home
