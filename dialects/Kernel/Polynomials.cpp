//===- Polynomials.cpp - Functions with many constants --------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Kernel/Polynomials.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace lmcc::kernel {

int64_t polynomialConstants(Block &block) {
  int64_t constants = 0;
  for (Operation &op : block)
    if (isa<math::ExpOp, math::TanhOp>(op))
      constants += 14;
    else if (isa<math::ErfOp>(op))
      constants += 21;
  return constants;
}

} // namespace lmcc::kernel
