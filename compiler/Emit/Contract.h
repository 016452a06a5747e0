//===- Contract.h - What a model promises its caller ------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_EMIT_CONTRACT_H
#define LMCC_COMPILER_EMIT_CONTRACT_H

#include "compiler/Emit/Text.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AffineMap.h"
#include "mlir/IR/BuiltinOps.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lmcc::emit {

/// The least and the largest value of an expression.
struct Bounds {
  int64_t low, high;
};

/// What a free size means for a schedule that keeps state.
enum class DimRole {
  Free,  ///< The caller says it.
  Past,  ///< Tokens that the state holds.
  Count, ///< New tokens.
};

/// A free symbol.
struct FreeDim {
  std::string name;       ///< As in the model.
  std::string identifier; ///< In the struct of sizes.
  Bounds bounds;
  DimRole role = DimRole::Free;
};

struct TensorContract {
  std::string name;
  std::string identifier; ///< In the schedule.
  mlir::Type element;     ///< Integers with their sign.
  llvm::SmallVector<mlir::AffineExpr> sizes;
  uint64_t maxBytes; ///< At the upper bounds.
};

/// A size that must lie within bounds.
struct Demand {
  mlir::AffineExpr size;
  int64_t low;
  std::optional<int64_t> high;
};

/// The attribute `kernel.contract` of a schedule:
///
///   dims     [{name = "batch", low = 1 : i64, high = 4 : i64}, ...]
///   inputs   [{name = "ids", type = i64, sizes = affine_map<()[s0] -> (s0)>},
///   outputs   ...]
///   demands  [{size = affine_map<()[s0, s1] -> (s0 - s1)>, low = 0 : i64,
///              high = 9 : i64}, ...]
///
/// Symbol n of a map is dim n; `demands` and the `high` of one are optional.
/// The arguments of the schedule are an index per dim, a flat buffer per input
/// and one per output.
///
/// A schedule that keeps state has `capacity`, the tokens that the state has
/// room for, and a dim with `role = "past"`; one for several tokens also has
/// one with `role = "count"`. Its first input are the tokens, its only output
/// the logits.
struct Contract {
  mlir::func::FuncOp schedule;
  std::vector<FreeDim> dims;
  std::vector<TensorContract> inputs, outputs;
  std::vector<Demand> demands;
  uint64_t arenaBytes;
  std::optional<uint64_t> macs;
  std::optional<uint64_t> stackBytes;
  std::optional<uint64_t> capacity;
  bool allLogits = false; ///< A caller gets those of all tokens.

  /// The dim with that role, or null.
  const FreeDim *dimFor(DimRole role) const;
  /// What `size` can be while the dims keep their bounds and the demands hold;
  /// none if that does not fit 64 bits.
  std::optional<Bounds> boundsOf(mlir::AffineExpr size) const;
  /// `size` as text over `<prefix><identifier of a dim>`, in 64 bits.
  Expression sizeText(mlir::AffineExpr size, llvm::StringRef prefix) const;
  /// `[batch, sequence + 1]`.
  std::string shapeText(const TensorContract &tensor) const;
  /// Whether sizeText of any size or demand calls floor_div.
  bool needsFloorDivision() const;
};

/// Reads the attributes of `schedule`. Fails with a diagnostic if there are
/// none or they contradict its arguments or each other.
mlir::FailureOr<Contract> readContract(mlir::func::FuncOp schedule);

/// The contracts of all schedules of `module`, at least one.
mlir::FailureOr<std::vector<Contract>> readContracts(mlir::ModuleOp module);

/// The name of an element type in ONNX, `float32`, `uint8`, `bool`.
std::string elementName(mlir::Type element);

} // namespace lmcc::emit

#endif // LMCC_COMPILER_EMIT_CONTRACT_H
