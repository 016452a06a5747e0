//===- LiveSet.h - What a schedule holds at a time --------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_PLANMEMORY_LIVESET_H
#define LMCC_PASSES_PLANMEMORY_LIVESET_H

#include "dialects/Kernel/Kernel.h"
#include "mlir/IR/Diagnostics.h"

namespace lmcc {

/// A buffer of a schedule, with the first and last operation that mention it
/// and their numbers.
struct Buffer {
  kernel::BufferOp op;
  mlir::Operation *firstUser = nullptr, *lastUser = nullptr;
  int64_t elementBytes = 0;
  int64_t bytes = 0; ///< At the upper bounds of the sizes, padded.
  int64_t first = 0, last = 0;
  int64_t offset = 0;

  bool livesWith(const Buffer &other) const {
    return first <= other.last && other.first <= last;
  }
};

/// The buffers that live at the same time and have the most bytes together. No
/// arena can be smaller.
struct LiveSet {
  llvm::SmallVector<const Buffer *> buffers; ///< The largest first.
  int64_t bytes = 0;
  mlir::Operation *at = nullptr; ///< Where the last of them begins.
};
LiveSet largestLiveSet(llvm::ArrayRef<Buffer> buffers);

/// Bytes of the largest live set if buffer number i had `sizes[i]` bytes.
int64_t largestLiveBytes(llvm::ArrayRef<Buffer> buffers,
                         llvm::ArrayRef<int64_t> sizes);

/// Adds notes to `message`, a remark or an error about the arena of `schedule`:
/// the node at which the set is largest, each of its buffers at the node whose
/// result it holds there, and what would lower it. Buffers are padded to
/// `alignment` bytes.
void explainLiveSet(mlir::InFlightDiagnostic &message,
                    mlir::func::FuncOp schedule, llvm::ArrayRef<Buffer> buffers,
                    int64_t alignment);

} // namespace lmcc

#endif // LMCC_PASSES_PLANMEMORY_LIVESET_H
