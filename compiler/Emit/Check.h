//===- Check.h - Whether a module can be printed ----------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_EMIT_CHECK_H
#define LMCC_COMPILER_EMIT_CHECK_H

#include "compiler/Emit/Contract.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/LogicalResult.h"

namespace lmcc::emit {

/// Checks that every operation of the schedules and the kernels of `module` has
/// a form in C++, that vectors fit the machine, that slots lie in the arena and
/// on its alignment, and that no call writes to weights, inputs or memory that
/// it also receives as another argument. Reports all that has no form.
mlir::LogicalResult checkEmittable(mlir::ModuleOp module);

} // namespace lmcc::emit

#endif // LMCC_COMPILER_EMIT_CHECK_H
