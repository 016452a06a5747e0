//===- Numbers.h - Elements of any type as double ---------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_DIALECTS_GRAPH_EVALUATE_NUMBERS_H
#define LMCC_DIALECTS_GRAPH_EVALUATE_NUMBERS_H

#include "dialects/Graph/Evaluate/HostTensor.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace lmcc::graph {

/// The elements in their order. Integers beyond 2^53 are rounded.
std::vector<double> numbersOf(const HostTensor &tensor);

/// Sets element `place` of a tensor that was just allocated to
/// `number(place)`, in this order. Floats are rounded; integers must be whole
/// and fit.
void fillWithNumbers(HostTensor &tensor,
                     llvm::function_ref<double(int64_t place)> number);

} // namespace lmcc::graph

#endif // LMCC_DIALECTS_GRAPH_EVALUATE_NUMBERS_H
