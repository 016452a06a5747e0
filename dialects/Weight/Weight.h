//===- Weight.h - The weight dialect ----------------------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_DIALECTS_WEIGHT_WEIGHT_H
#define LMCC_DIALECTS_WEIGHT_WEIGHT_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/Weight/WeightDialect.h.inc"
#define GET_OP_CLASSES
#include "dialects/Weight/WeightOps.h.inc"

#endif // LMCC_DIALECTS_WEIGHT_WEIGHT_H
