//===- Weights.h - The bytes of weights -------------------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_DIALECTS_GRAPH_EVALUATE_WEIGHTS_H
#define LMCC_DIALECTS_GRAPH_EVALUATE_WEIGHTS_H

#include "dialects/Graph/Evaluate/HostTensor.h"
#include "dialects/Weight/Weight.h"
#include "llvm/ADT/StringMap.h"

namespace lmcc::graph {

/// The model's files by the names that `weight.file` gives them, mapped into
/// memory.
using FileTable = llvm::StringMap<llvm::ArrayRef<uint8_t>>;

/// Computes a weight. Leaves borrow the bytes of `files`, which must outlive
/// the result; tensors in between are freed after their last use. A file that
/// is missing or too short is an error at the leaf.
mlir::FailureOr<HostTensor> evaluateWeight(weight::DataOp data,
                                           const FileTable &files);

/// The tensor that a `weight.get` stands for, found in the module around it.
mlir::FailureOr<HostTensor> evaluateWeight(weight::GetOp get,
                                           const FileTable &files);

} // namespace lmcc::graph

#endif // LMCC_DIALECTS_GRAPH_EVALUATE_WEIGHTS_H
