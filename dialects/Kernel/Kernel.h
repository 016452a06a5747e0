//===- Kernel.h - The kernel dialect ----------------------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_DIALECTS_KERNEL_KERNEL_H
#define LMCC_DIALECTS_KERNEL_KERNEL_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

#include "dialects/Kernel/KernelDialect.h.inc"
#include "dialects/Kernel/KernelEnums.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/Kernel/KernelAttributes.h.inc"
#define GET_OP_CLASSES
#include "dialects/Kernel/KernelOps.h.inc"

namespace lmcc::kernel {

/// Lanes of a row reduction, on every target (rule N2 in docs/Numerics.md).
inline constexpr int64_t canonicalLanes = 32;

/// What numbers of groups, of `bits`, hold more where they meet words of rows,
/// so that they are unsigned: always those of 4 bits, bytes where the machine
/// wants it.
inline int64_t numberOffset(int64_t bits, bool hasUnsignedRows) {
  if (bits == 4)
    return 8;
  return hasUnsignedRows ? 128 : 0;
}

/// The schedules a module may have: of a call that keeps nothing; of a decoder
/// that keeps what it has seen, for several tokens and for one.
inline constexpr llvm::StringLiteral runName = "run";
inline constexpr llvm::StringLiteral prefillName = "prefill";
inline constexpr llvm::StringLiteral decodeName = "decode";
/// What the function attributes of a schedule say. Dictionary: bounds of the
/// leading index arguments of the schedule, and names, element types and sizes
/// of inputs and outputs (see Contract.h).
inline constexpr llvm::StringLiteral contractAttrName = "kernel.contract";
/// Unit attribute of kernels.
inline constexpr llvm::StringLiteral kernelAttrName = "kernel.kernel";
/// String: what a kernel computes, for the comment above its text.
inline constexpr llvm::StringLiteral summaryAttrName = "kernel.summary";
/// Integer attribute of the schedule: multiply-accumulates of all products, at
/// the upper bounds of the sizes.
inline constexpr llvm::StringLiteral macsAttrName = "kernel.macs";
/// Integer attribute of the schedule: arena bytes.
inline constexpr llvm::StringLiteral arenaBytesAttrName = "kernel.arena_bytes";

/// Integer attribute of kernels and schedules: bytes of stack that suffice for
/// a call; of a schedule with its entry point and its kernels.
inline constexpr llvm::StringLiteral stackBytesAttrName = "kernel.stack_bytes";

inline bool isKernel(mlir::func::FuncOp function) {
  return function->hasAttr(kernelAttrName);
}

/// The schedules that `module` has, in the order of their names above.
llvm::SmallVector<mlir::func::FuncOp> schedulesOf(mlir::ModuleOp module);

/// The bytes of all states of `module`, each padded to `alignment`.
int64_t stateBytes(mlir::ModuleOp module, int64_t alignment);

/// Whether the kernel, brought down to loads and stores, writes to its argument
/// number `index`, a buffer.
bool isWritten(mlir::func::FuncOp kernel, unsigned index);

/// What an `scf.for` starts with, for a value that it carries or leaves;
/// through several loops. Any other value itself.
mlir::Value startOf(mlir::Value value);

} // namespace lmcc::kernel

#endif // LMCC_DIALECTS_KERNEL_KERNEL_H
