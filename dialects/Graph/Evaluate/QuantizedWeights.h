//===- QuantizedWeights.h - Weights in few bits -----------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the files of the evaluator share; not for its users. Each computes the
// result of the operation, or reports an error at it.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_DIALECTS_GRAPH_EVALUATE_QUANTIZEDWEIGHTS_H
#define LMCC_DIALECTS_GRAPH_EVALUATE_QUANTIZEDWEIGHTS_H

#include "dialects/Graph/Evaluate/HostTensor.h"
#include "dialects/Weight/Weight.h"

namespace lmcc::graph {

llvm::FailureOr<HostTensor> compute(weight::ScalesOp op,
                                    const HostTensor &matrix);
llvm::FailureOr<HostTensor> compute(weight::QuantizeOp op,
                                    const HostTensor &matrix,
                                    const HostTensor &scales);
llvm::FailureOr<HostTensor> compute(weight::PackGroupsOp op,
                                    const HostTensor &matrix,
                                    const HostTensor &scales);
llvm::FailureOr<HostTensor> compute(weight::ColumnSumsOp op,
                                    const HostTensor &matrix);
llvm::FailureOr<HostTensor> compute(weight::PairStepsOp op,
                                    const HostTensor &panels);
llvm::FailureOr<HostTensor> compute(weight::OrderStepsOp op,
                                    const HostTensor &panels,
                                    const HostTensor &order);

} // namespace lmcc::graph

#endif // LMCC_DIALECTS_GRAPH_EVALUATE_QUANTIZEDWEIGHTS_H
