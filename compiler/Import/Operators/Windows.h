//===- Windows.h - Windows of convolutions and pools ------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_IMPORT_OPERATORS_WINDOWS_H
#define LMCC_COMPILER_IMPORT_OPERATORS_WINDOWS_H

#include "compiler/Import/Operators/Families.h"

namespace lmcc::import {

/// Larger kernels, strides, dilations and paddings are taken for a mistake.
/// The product of two of them fits int64_t.
inline constexpr int64_t largestWindow = int64_t(1) << 24;

/// The attributes of a convolution or pool, one entry per spatial axis.
struct Windows {
  llvm::SmallVector<int64_t> kernel, strides, dilations;
  /// Padding in front and behind, in elements.
  llvm::SmallVector<int64_t> low, high;
  /// How far the last window reaches over the padding (`ceil_mode`).
  llvm::SmallVector<int64_t> excess;
};

/// The windows over the spatial axes of input 0, `[batch, channels,
/// spatial..]`, with automatic padding resolved. `kernel` serves where the node
/// names no shape. Fails after a report.
mlir::FailureOr<Windows> readWindows(Node &node,
                                     llvm::ArrayRef<int64_t> kernel);

} // namespace lmcc::import

#endif // LMCC_COMPILER_IMPORT_OPERATORS_WINDOWS_H
