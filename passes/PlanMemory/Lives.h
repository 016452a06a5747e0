//===- Lives.h - When the buffers of a schedule are in use ------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_PLANMEMORY_LIVES_H
#define LMCC_PASSES_PLANMEMORY_LIVES_H

#include "dialects/Kernel/Kernel.h"
#include "llvm/ADT/DenseMap.h"

namespace lmcc {

/// The time a buffer is in use: from in front of `begin` until behind `end`.
struct Life {
  kernel::BufferOp buffer;
  mlir::Operation *begin, *end;
  /// What names the buffer at the end: itself, or what a loop makes of it.
  mlir::Value released;
  int64_t first, last; ///< Numbers of operations, in the order of the text.

  bool overlaps(const Life &other) const {
    return first <= other.last && other.first <= last;
  }
};

/// The lives of the buffers of one schedule. A buffer from outside a loop that
/// the body mentions lives as long as the loop. One that a loop carries lives
/// until the body mentions it for the last time; the one that the body yields
/// takes its place from then on, in the next iteration and behind the loop.
class Lives {
public:
  explicit Lives(mlir::func::FuncOp schedule);

  /// Of a buffer that has a use. Fails, at the loop, if one carries the buffer
  /// and does not use it, or uses it from outside as well.
  mlir::FailureOr<Life> of(kernel::BufferOp buffer) const;

  /// The buffer in whose place `buffer` lies: the first that a loop carries, if
  /// it yields `buffer`, else itself. Fails, at the loop, if that starts with
  /// none.
  static mlir::FailureOr<kernel::BufferOp> placeOf(kernel::BufferOp buffer);

private:
  /// The last operation of the block of `value` that mentions it.
  mlir::Operation *lastUser(mlir::Value value) const;
  /// What becomes of `value` behind its last user, if that is a loop that
  /// carries it or yields it.
  static mlir::Value successor(mlir::Value value, mlir::Operation *last);
  int64_t lastNumber(mlir::Operation *operation) const;

  llvm::DenseMap<mlir::Operation *, int64_t> numbers;
};

} // namespace lmcc

#endif // LMCC_PASSES_PLANMEMORY_LIVES_H
