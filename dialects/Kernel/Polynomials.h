//===- Polynomials.h - Functions with many constants ------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_DIALECTS_KERNEL_POLYNOMIALS_H
#define LMCC_DIALECTS_KERNEL_POLYNOMIALS_H

#include "mlir/IR/Block.h"

namespace lmcc::kernel {

/// How many constants the polynomials have that `block` computes: exp, tanh and
/// erf as runtime-stub/Math.h computes them. Other functions are rare.
int64_t polynomialConstants(mlir::Block &block);

} // namespace lmcc::kernel

#endif // LMCC_DIALECTS_KERNEL_POLYNOMIALS_H
