//===- Causality.h - Which tokens a token sees ------------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_STATE_CAUSALITY_H
#define LMCC_PASSES_STATE_CAUSALITY_H

#include "dialects/Graph/Evaluate/Weights.h"
#include "passes/State/Decoder.h"

namespace lmcc {

/// What the attentions that look at the state hide from a new token.
enum class Sight {
  causal,  ///< All tokens behind it, but not itself.
  blind,   ///< Itself.
  forward, ///< Not all tokens behind it.
  unknown  ///< Something else than an attention reads the state, or a mask
           ///< depends on other inputs.
};

/// The sight of the tokens of `entry`, a function made for a decoder. Masks are
/// computed for some numbers of tokens, with weights from `files`. With causal
/// sight it does not matter in how many calls tokens are computed; what shows
/// another one is added to `misses`.
Sight sightOf(mlir::func::FuncOp entry, const graph::FileTable &files,
              NearMisses &misses);

} // namespace lmcc

#endif // LMCC_PASSES_STATE_CAUSALITY_H
