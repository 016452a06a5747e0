//===- Decoder.h - What makes a function a decoder --------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A decoder is called again and again, each time with what its last call gave
// back. Exporters write that as pairs of an input and an output: keys and
// values of the tokens so far, and the same with those of the new tokens
// appended. The other inputs are the new tokens, and what follows from how many
// tokens there were: positions and masks.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_STATE_DECODER_H
#define LMCC_PASSES_STATE_DECODER_H

#include "dialects/Graph/Graph.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/SmallVector.h"

#include <string>
#include <utility>

namespace lmcc {

/// An input that a call continues: result `result` is `input` with new elements
/// behind the old ones along `axis`.
struct StatePair {
  mlir::BlockArgument input;
  unsigned result;
  /// A concat of `input` and new elements, or a scatter of them into it: then
  /// the state has a fixed length.
  mlir::Operation *append;
  unsigned axis;

  mlir::Value added() const;
  bool isFixed() const { return mlir::isa<graph::ScatterElementsOp>(append); }
};

/// What an input that is no state means for a call.
enum class InputRole {
  tokens,
  positions, ///< Place of each new token, counted from the first one.
  mask,      ///< Which of the old and new tokens exist: all do.
  parameter  ///< Something that stays the same, such as an encoder's result.
};

/// Why something is not as in a decoder, at the node or input where it shows.
struct NearMiss {
  mlir::Location where;
  std::string reason;
};
using NearMisses = llvm::SmallVector<NearMiss>;

/// Names of an input and an output that the user calls a pair.
using NamedPairs = llvm::SmallVector<std::pair<std::string, std::string>>;
/// Of texts IN=OUT.
NamedPairs namedPairs(llvm::ArrayRef<std::string> texts);

/// The pairs of `function`; only those in `named` if there are any, which is a
/// near miss where they are none. Needs no `graph.symbols`.
llvm::SmallVector<StatePair> findStatePairs(mlir::func::FuncOp function,
                                            const NamedPairs &named,
                                            NearMisses &misses);

/// The name of a size that is one symbol; null if it is anything else.
mlir::StringAttr symbolOf(graph::DimsAttr size);

/// The symbols that the state of a decoder determines.
struct StateSizes {
  /// Tokens before a call, and new ones. No `count` if every call takes one. A
  /// state of fixed length has no symbol of its own for the old ones; this one
  /// is new to the function.
  mlir::StringAttr past, count;
  /// Of a state with a fixed length, in tokens.
  std::optional<int64_t> length;
  /// Sizes that are 1 because there is one sequence.
  llvm::SmallVector<mlir::StringAttr> batch;
};

/// The symbols of the state that `pairs` are; fails with a near miss where they
/// contradict each other.
mlir::FailureOr<StateSizes> sizesOfState(llvm::ArrayRef<StatePair> pairs,
                                         NearMisses &misses);

struct Decoder : StateSizes {
  llvm::SmallVector<StatePair> pairs;
  /// One per argument of the function that is no state, in order.
  llvm::SmallVector<std::pair<mlir::BlockArgument, InputRole>> inputs;
  unsigned logits = 0; ///< Number of that result.
  /// Tokens, at most: rows of the smallest table in which positions are looked
  /// up, the length of the state.
  std::optional<int64_t> mostTokens;
};

/// Fails if `function` is no decoder; `misses` tells why, and is empty if it
/// has nothing of one.
mlir::FailureOr<Decoder> findDecoder(mlir::func::FuncOp function,
                                     const NamedPairs &named,
                                     NearMisses &misses);

/// What `input`, an input of a decoder with these sizes, means; nothing, and a
/// near miss, if its sizes change from call to call for an unknown reason.
/// Takes note of tables of positions.
std::optional<InputRole> roleOf(mlir::BlockArgument input, Decoder &decoder,
                                NearMisses &misses);

} // namespace lmcc

#endif // LMCC_PASSES_STATE_DECODER_H
