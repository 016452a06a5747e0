//===- FetchAhead.h - What a tile brings into the cache ---------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_VECTORIZE_FETCHAHEAD_H
#define LMCC_PASSES_VECTORIZE_FETCHAHEAD_H

#include "dialects/Kernel/Kernel.h"
#include "dialects/Target/Target.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

namespace lmcc {

/// Fetches a row of what lies ahead of a tile for each step of its loop, if
/// there is something and the machine fetches by software. It does so by the
/// step, or at a place that the loop carries.
class FetchAhead {
public:
  using Value = mlir::Value;
  using Index = mlir::OpFoldResult;

  FetchAhead(kernel::PanelProductOp product, target::MachineAttr machine,
             mlir::OpBuilder &builder);

  /// Whether the loop carries the place of the next row and adds the stride at
  /// each step: to multiply it by the step would take a multiplier, which the
  /// sums want.
  bool carriesPlace() const { return carries; }
  /// The place of the first row, if it is carried.
  Value firstPlace();
  /// Fetches the row of step `k`, by the place that is the last of what is
  /// `carried` if that is so; the place becomes that of the next row.
  void next(Index k, llvm::MutableArrayRef<Value> carried);
  /// Fetches the row of step `k` where nothing is carried.
  void ofStep(Index k);

private:
  void atPlace(Value &place);
  void overLines(llvm::function_ref<void(Index element)> body);
  void fetch(Value buffer, mlir::ValueRange place);
  Value value(Index index);

  Value ahead;
  mlir::OpBuilder &builder;
  mlir::Location location;
  /// Elements that one prefetch brings.
  int64_t prefetched;
  bool fetches, carries;
  /// The flat buffer whose index is carried.
  Value base;
};

} // namespace lmcc

#endif // LMCC_PASSES_VECTORIZE_FETCHAHEAD_H
