//===- EntryMaker.h - Functions that keep their state -----------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_STATE_ENTRYMAKER_H
#define LMCC_PASSES_STATE_ENTRYMAKER_H

#include "dialects/Graph/FunctionSizes.h"
#include "passes/State/Decoder.h"

#include "mlir/IR/IRMapping.h"

namespace lmcc {

/// How many tokens an entry is for, and what it computes of them.
struct EntryRequest {
  llvm::StringRef name;
  /// New tokens of a call, at most.
  int64_t count;
  /// Tokens that the state has room for.
  int64_t capacity;
  /// The caller wants the logits of all tokens.
  bool allLogits;
};

/// A copy of `main`, a decoder, behind it: batches are one sequence, tokens are
/// i32, positions and masks follow from the sizes, the state is marked as kept
/// and no longer returned. The only result are the logits, in f32.
mlir::func::FuncOp makeEntry(mlir::func::FuncOp main, const Decoder &decoder,
                             const EntryRequest &request);

/// Makes `entry` return the logits of its last token alone.
void keepLastLogits(mlir::func::FuncOp entry);

/// Whether `main`, called for up to `count` tokens with a state of `capacity`
/// tokens, meets its own demands on sizes.
bool allowsCapacity(mlir::func::FuncOp main, const Decoder &decoder,
                    int64_t capacity, int64_t count);

} // namespace lmcc

#endif // LMCC_PASSES_STATE_ENTRYMAKER_H
