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

#include <limits>

#include "dialects/Weight/WeightDialect.h.inc"
#define GET_OP_CLASSES
#include "dialects/Weight/WeightOps.h.inc"

namespace lmcc::weight {

/// Steps of a panel that can have an order, whose numbers have 16 bits (see
/// `weight.pair_steps`).
inline constexpr int64_t mostOrderedSteps = std::numeric_limits<int16_t>::max();

} // namespace lmcc::weight

#endif // LMCC_DIALECTS_WEIGHT_WEIGHT_H
