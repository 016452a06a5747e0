//===- Pipeline.h - The phases of a compilation -----------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// From the imported graph to the placed kernels, in phases that a user can ask
// for by name. Which passes run, in which order and why, is one table in
// Pipeline.cpp.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_PIPELINE_PIPELINE_H
#define LMCC_COMPILER_PIPELINE_PIPELINE_H

#include "dialects/Graph/Evaluate/Weights.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"

#include <string>
#include <utility>
#include <vector>

namespace lmcc::pipeline {

/// Which functions a model gets.
enum class Entries {
  Automatic, ///< Those of `Both`, or of `Stateless` if it is no decoder.
  Stateless, ///< One that keeps nothing between calls.
  Stateful,  ///< Those of a decoder, which keep its state.
  Both
};

/// How weights of products are stored, and what they are multiplied with.
enum class Storage {
  Float,            ///< As in the model.
  Halves,           ///< float16.
  Bytes,            ///< 8 bits.
  Nibbles,          ///< 4 bits in groups.
  BytesWithBytes,   ///< 8 bits, and rows in 8 bits.
  NibblesWithBytes, ///< 4 bits in groups, and rows in 8 bits.
};

/// What a user can ask of the passes, and what they read.
struct Options {
  /// Of the model, with its weights.
  graph::FileTable files;
  Entries entries = Entries::Automatic;
  /// Tokens that the state of a decoder has room for; 0: chosen for the model.
  int64_t context = 0;
  /// New tokens that a decoder computes at a time, at most.
  int64_t chunk = 64;
  /// Logits of all new tokens of a decoder, not of the last one.
  bool allLogits = false;
  /// `IN=OUT`, names of inputs and outputs that are the state of a decoder.
  std::vector<std::string> state;
  Storage storage = Storage::Float;
  /// Steps of the depth that share a scale, where weights have 4 bits.
  int64_t group = 32;
  /// Bits of a number of a table that is looked up; 0: as in the model.
  int64_t tableBits = 0;
  /// Attention of queries, keys and values in 8 bits.
  bool byteAttention = false;
  /// Whether rows that meet the 4-bit weights of a model have 8 bits, whatever
  /// it says.
  bool byteRows = false;
  /// The cache of a decoder keeps bytes; with `byteAttention` only.
  bool byteCache = false;
  /// Patterns of products whose weights stay as in the model.
  std::vector<std::string> keep;
  /// Bytes that the arena may have; 0: as many as it needs.
  int64_t arenaBytes = 0;
};

/// One step of the way, with what is true after it.
struct Phase {
  llvm::StringLiteral name;
  llvm::StringLiteral summary;
  /// Adds the passes to those of a module.
  void (*addPasses)(mlir::OpPassManager &module, const Options &options);
};

/// Weights are as in the model before the first, and as they will be stored
/// before the second.
inline constexpr llvm::StringLiteral compressedPhase = "compressed";
inline constexpr llvm::StringLiteral fusedPhase = "fused";

/// All phases in order. The first has no passes: it is the import.
llvm::ArrayRef<Phase> phases();
/// Null if there is no phase of that name.
const Phase *findPhase(llvm::StringRef name);

/// The dialects and interfaces that the phases need.
void registerDialects(mlir::DialectRegistry &registry);

/// Bounds of sizes by their names.
using SizeBounds = llvm::StringMap<std::pair<int64_t, int64_t>>;

/// Chooses bounds for sizes of `main`, which has just been imported, that the
/// state of a decoder determines; `given` are those that the user chose. Notes
/// in `options` what they say of the state.
SizeBounds boundsOfState(mlir::func::FuncOp main, const SizeBounds &given,
                         Options &options);

/// Takes `module` through all phases up to `last`, which is one of `phases()`.
/// The module carries its machine (see Target.h). `starting` is called with
/// each phase that has passes before they run; if it fails, so does this.
/// Failures have been reported.
mlir::LogicalResult
runPhases(mlir::ModuleOp module, const Options &options, const Phase &last,
          llvm::function_ref<mlir::LogicalResult(const Phase &)> starting);

} // namespace lmcc::pipeline

#endif // LMCC_COMPILER_PIPELINE_PIPELINE_H
