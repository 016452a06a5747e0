//===- ScalarCode.h - One element of an elementwise operation ---*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_GRAPHTOKERNEL_SCALARCODE_H
#define LMCC_PASSES_GRAPHTOKERNEL_SCALARCODE_H

#include "mlir/IR/Builders.h"

namespace lmcc {

/// The arith and math operations that compute one element of the elementwise
/// graph operation `op` from one element per operand (signless types). Null if
/// the operation has no scalar form for its types.
mlir::Value emitScalar(mlir::OpBuilder &builder, mlir::Operation *op,
                       llvm::ArrayRef<mlir::Value> operands);

/// The integer next to `number` times `factor`, halves to even, as an i8, which
/// it fits; for unsigned bytes it holds 128 more.
mlir::Value roundedByte(mlir::OpBuilder &builder, mlir::Value number,
                        mlir::Value factor, bool isUnsigned);

} // namespace lmcc

#endif // LMCC_PASSES_GRAPHTOKERNEL_SCALARCODE_H
