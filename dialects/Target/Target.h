//===- Target.h - Machines and their records --------------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_DIALECTS_TARGET_TARGET_H
#define LMCC_DIALECTS_TARGET_TARGET_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Dialect.h"

#include "dialects/Target/TargetDialect.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/Target/TargetAttributes.h.inc"

namespace lmcc::target {

/// Name of the module attribute that holds the `#target.machine`.
inline constexpr llvm::StringLiteral machineAttrName = "target.machine";

/// One record of Targets.td, field by field.
struct Record {
  llvm::StringRef name, summary;
  unsigned vectorBits, vectorRegisters, alignmentBytes, tileRows, panelColumns,
      depthBlock, prefetchBytes, depthStep;
  bool unsignedRows, splitRows, sumsLanes, quantizesByDefault;
  llvm::StringRef notBitExact; ///< Empty where bits are those of all targets.
  llvm::ArrayRef<llvm::StringRef> headerParts, compilerFlags;
  llvm::StringRef gnuCompiler, gnuPackage;
  llvm::ArrayRef<llvm::StringRef> clangFlags, emulator;
  llvm::StringRef emulatorPackage, hostArchitecture;
  llvm::ArrayRef<llvm::StringRef> hostFeatures;
};

/// All records in the order of Targets.td.
llvm::ArrayRef<Record> records();
/// Null if there is no target of that name.
const Record *findRecord(llvm::StringRef name);
MachineAttr machineOf(const Record &record, mlir::MLIRContext *context);

/// Multiply-adds that a machine has under way: each takes 4 cycles, and two of
/// them start in each. As many sums do not wait for each other.
inline constexpr int64_t independentSums = 8;

/// The machine of the module that holds `op`; `generic-c++` if none is set.
MachineAttr machineFor(mlir::Operation *op);

} // namespace lmcc::target

#endif // LMCC_DIALECTS_TARGET_TARGET_H
