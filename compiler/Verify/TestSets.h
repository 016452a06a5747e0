//===- TestSets.h - Find stored inputs and golden outputs -----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_VERIFY_TESTSETS_H
#define LMCC_COMPILER_VERIFY_TESTSETS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace lmcc::verify {

/// One folder of test data, as the ONNX tests lay it out: `input_N.pb` and
/// `output_N.pb`, where N counts in graph order.
struct TestSet {
  std::string path;
  /// Position N holds the path of `input_N.pb`. Empty when the model has no
  /// inputs.
  std::vector<std::string> inputs;
  /// Position N holds the path of `output_N.pb`. Empty when there is no golden
  /// output; the evaluator is the reference then.
  std::vector<std::string> outputs;
};

/// The test sets in `folder`: itself if it holds `input_N.pb` or
/// `output_N.pb` files, else its direct sub folders that do, ordered by the
/// number at the end of their names (those without one first), then by name.
/// Never empty. An error when `folder` is none, when nothing is found, and
/// when a number is missing between the inputs or outputs of a set.
llvm::Expected<std::vector<TestSet>> findTestSets(llvm::StringRef folder);

} // namespace lmcc::verify

#endif // LMCC_COMPILER_VERIFY_TESTSETS_H
