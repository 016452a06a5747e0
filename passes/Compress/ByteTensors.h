//===- ByteTensors.h - Bytes as machines multiply them ----------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_COMPRESS_BYTETENSORS_H
#define LMCC_PASSES_COMPRESS_BYTETENSORS_H

#include "dialects/Graph/Builder.h"

namespace lmcc {

/// What makes a signed byte an unsigned one.
inline constexpr int64_t byteOffset = 128;

/// What is added to a byte so that it becomes one of type `wanted`.
int64_t offsetTo(mlir::Type wanted);

/// Each number of `bytes`, i8 or ui8, plus 128 or less 128 in the other type of
/// the two.
mlir::Value offsetBytes(graph::Builder &build, mlir::Value bytes);

/// What to add to integers so that they are bytes from -128 to 127; none if
/// they lie too far apart.
std::optional<int32_t> zeroFor(llvm::ArrayRef<int32_t> numbers);

/// Bytes with zeros behind the last ones of `axis` where their number is not
/// known to be a multiple of 4, so that it is.
mlir::Value inWholeWords(graph::Builder &build, mlir::Value bytes,
                         int64_t axis);

} // namespace lmcc

#endif // LMCC_PASSES_COMPRESS_BYTETENSORS_H
