//===- TestSentences.h - What a workbench has and a device not --*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A file of sentences with their answers, and a clock. Nothing else in the
// example needs an operating system.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_EXAMPLES_HOMECOMMANDS_TESTSENTENCES_H
#define LMCC_EXAMPLES_HOMECOMMANDS_TESTSENTENCES_H

#include <stddef.h>
#include <stdio.h>

namespace home {

/// Reads lines `utterance TAB action`, with or without further columns.
class TestSentences {
public:
  explicit TestSentences(const char *path);
  ~TestSentences();
  TestSentences(const TestSentences &) = delete;
  TestSentences &operator=(const TestSentences &) = delete;

  /// Reads the next line. False at the end of the file, and at a line that is
  /// too long or lacks a column.
  bool next();

  const char *utterance() const { return line; }
  const char *action() const { return second; }

  /// Whether all lines have been read, and there was one.
  bool isComplete() const { return complete && number != 0; }
  /// Of the line read last.
  size_t lineNumber() const { return number; }

private:
  FILE *file;
  char line[1024];
  const char *second = line;
  size_t number = 0;
  bool complete = false;
};

/// Processor time of this thread; differences of it are run times.
double threadMicroseconds();

} // namespace home

#endif // LMCC_EXAMPLES_HOMECOMMANDS_TESTSENTENCES_H
