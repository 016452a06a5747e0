//===- UniformExtras.h - Attention without masks that hide nothing *- C++ -*-=//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_NORMALIZE_UNIFORMEXTRAS_H
#define LMCC_PASSES_NORMALIZE_UNIFORMEXTRAS_H

#include "mlir/IR/PatternMatch.h"

namespace lmcc {

/// An extra operand of an attention that is one constant number becomes a
/// constant of the region, and what then adds 0 to scores goes.
void populateUniformExtrasPatterns(mlir::RewritePatternSet &patterns);

} // namespace lmcc

#endif // LMCC_PASSES_NORMALIZE_UNIFORMEXTRAS_H
