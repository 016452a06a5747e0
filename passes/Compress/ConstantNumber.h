//===- ConstantNumber.h - The number of a constant --------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_COMPRESS_CONSTANTNUMBER_H
#define LMCC_PASSES_COMPRESS_CONSTANTNUMBER_H

#include "mlir/IR/Value.h"
#include <optional>

namespace lmcc {

/// The one number that a constant holds in all elements.
std::optional<double> numberOf(mlir::Value value);

} // namespace lmcc

#endif // LMCC_PASSES_COMPRESS_CONSTANTNUMBER_H
