//===- Compare.h - Compare a result with its reference --------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_VERIFY_COMPARE_H
#define LMCC_COMPILER_VERIFY_COMPARE_H

#include "compiler/Verify/Tensor.h"

#include <cstdint>
#include <optional>
#include <string>

namespace lmcc::verify {

/// How far a result may be from its reference.
///
/// A float element passes when |got - want| <= absolute + relative * |want|.
/// What is not given depends on the element type: relative 1e-3 and absolute
/// 1e-4 for float32 and float64, both 2e-2 for float16 and bfloat16, both 1e-1
/// for narrower floats. NaN equals NaN; infinities must agree in sign.
struct Tolerance {
  std::optional<double> relative;
  std::optional<double> absolute;
  /// The least cosine of the angle between float tensors. Given alone it
  /// replaces the test by elements, except that NaN and infinities must still
  /// agree; beside `relative` or `absolute` both tests have to pass.
  std::optional<double> cosine;
  /// The largest difference of integer elements (bool included).
  int64_t integerSlack = 0;
};

struct Comparison {
  bool passed = false;
  /// The largest |got - want| where both are finite.
  double maxAbsolute = 0;
  /// The largest |got - want| / max(|want|, 1e-6); 0 for integer tensors.
  double maxRelative = 0;
  /// Over the elements where both are finite; 1 for integer tensors.
  double cosine = 1;
  uint64_t outOfTolerance = 0;
  uint64_t elements = 0;
  /// One line without a name, such as `float32[1, 128] max_abs 1.200e-06
  /// max_rel 3.100e-05 cos 0.99999999, 0 of 128 out of tolerance`.
  std::string text;
};

/// Compares two tensors; their names do not matter. A different element type
/// or shape, and bytes that do not fit the shape, do not pass and are named in
/// the text. Empty tensors of equal type and shape pass.
Comparison compare(const Tensor &got, const Tensor &want,
                   const Tolerance &tolerance);

} // namespace lmcc::verify

#endif // LMCC_COMPILER_VERIFY_COMPARE_H
