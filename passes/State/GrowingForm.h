//===- GrowingForm.h - One form of state ------------------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_STATE_GROWINGFORM_H
#define LMCC_PASSES_STATE_GROWINGFORM_H

#include "dialects/Graph/Evaluate/Weights.h"
#include "passes/State/Decoder.h"

namespace lmcc {

/// State of a fixed length, into which `entry` scatters new tokens behind the
/// `past` old ones, becomes state of the old tokens, to which it appends. The
/// places of the scatter are computed for some numbers of tokens. What the
/// attentions see behind the new tokens must be hidden (see Causality.h); it is
/// then no longer there. Fails, with near misses, where anything else reads the
/// state.
llvm::LogicalResult makeStateGrow(mlir::func::FuncOp entry,
                                  const graph::FileTable &files,
                                  NearMisses &misses);

/// What is done to each element of a state each time it is read, such as a
/// scale of keys, is done once, before the element is stored.
void storeAsRead(mlir::func::FuncOp entry);

} // namespace lmcc

#endif // LMCC_PASSES_STATE_GROWINGFORM_H
