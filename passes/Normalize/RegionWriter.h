//===- RegionWriter.h - Integers of an attention's region -------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_NORMALIZE_REGIONWRITER_H
#define LMCC_PASSES_NORMALIZE_REGIONWRITER_H

#include "dialects/Graph/Builder.h"

namespace lmcc {

/// Writes the operations of an attention's region, all of them as small as
/// their operands allow. Models compute positions in i64; here every integer
/// whose bounds show that it fits is an i32, which vectors can hold.
class RegionWriter {
public:
  using Value = mlir::Value;
  using Values = llvm::ArrayRef<Value>;

  /// The scores have `rank` axes. `build` stands in the region.
  RegionWriter(graph::Builder &build, int64_t rank)
      : build(build), rank(rank) {}

  /// A constant of type `element`.
  Value uniform(mlir::Type element, mlir::Attribute value);
  Value number(int64_t value);
  /// A size of the model as a number.
  Value size(mlir::AffineExpr value);
  /// The index along `axis` of the scores, which has `count` places, plus
  /// `offset`.
  Value position(int64_t axis, mlir::AffineExpr count, mlir::AffineExpr offset);
  /// `op`, an elementwise operation, on other operands.
  Value apply(mlir::Operation *op, Values operands);
  Value compare(graph::Comparison comparison, Value a, Value b);
  Value select(Value condition, Value a, Value b);

  /// What an i64 that is read from memory becomes when it is only compared with
  /// numbers from `low` to `high`: an i32 that compares alike. Null if the
  /// value is not read from memory.
  using Limit = std::function<Value(Value wide, int64_t low, int64_t high)>;
  void setLimit(Limit function) { limit = std::move(function); }

private:
  /// Both bounds included.
  struct Range {
    int64_t low, high;
    bool fits() const { return llvm::isInt<32>(low) && llvm::isInt<32>(high); }
  };

  std::optional<Range> rangeOf(Value value) const;
  std::optional<Range> resultRange(mlir::Operation *op, Values operands) const;
  Value narrow(Value value, Range range);
  Value widen(Value value, mlir::Type element);
  Value cast(graph::CastOp op, Value input);
  Value create(mlir::Operation *op, Values operands, mlir::Type element);

  graph::Builder &build;
  int64_t rank;
  Limit limit;
  /// Of values of type i32.
  llvm::DenseMap<Value, Range> ranges;
};

} // namespace lmcc

#endif // LMCC_PASSES_NORMALIZE_REGIONWRITER_H
