//===- Families.h - Sub-families of operators -------------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Families that fill more than one file: the function in Operators.h adds the
// operators of its own file and calls these.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_IMPORT_OPERATORS_FAMILIES_H
#define LMCC_COMPILER_IMPORT_OPERATORS_FAMILIES_H

#include "compiler/Import/Operators/Compose.h"

namespace lmcc::import {

// Elementwise
void addPowerOperators(OperatorTable &table);
void addActivationOperators(OperatorTable &table);
// Movement
void addSlicingOperators(OperatorTable &table);
// Contraction
void addEinsumOperators(OperatorTable &table);
void addConvolutionOperators(OperatorTable &table);
void addPoolingOperators(OperatorTable &table);
// Normalization
void addStatisticsOperators(OperatorTable &table);
// Attention
void addRotaryOperators(OperatorTable &table);
// Quantization
void addIntegerProductOperators(OperatorTable &table);

} // namespace lmcc::import

#endif // LMCC_COMPILER_IMPORT_OPERATORS_FAMILIES_H
