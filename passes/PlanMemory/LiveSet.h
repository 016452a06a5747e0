//===- LiveSet.h - What a schedule holds at a time --------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_PLANMEMORY_LIVESET_H
#define LMCC_PASSES_PLANMEMORY_LIVESET_H

#include "mlir/IR/Diagnostics.h"
#include "passes/PlanMemory/Lives.h"

namespace lmcc {

/// A place in the arena, for one buffer of a schedule or for those that take
/// turns in a loop, which have the same size.
struct Buffer {
  llvm::SmallVector<Life, 2> lives;
  int64_t bytes = 0; ///< At the upper bounds of the sizes, padded.
  int64_t offset = 0;

  /// The life around the operation of that number; null if there is none.
  const Life *lifeAt(int64_t number) const {
    const Life *life = llvm::find_if(lives, [&](const Life &life) {
      return life.first <= number && number <= life.last;
    });
    return life == lives.end() ? nullptr : life;
  }
  bool livesWith(const Life &other) const {
    return llvm::any_of(lives,
                        [&](const Life &life) { return life.overlaps(other); });
  }
  bool livesWith(const Buffer &other) const {
    return llvm::any_of(other.lives,
                        [&](const Life &life) { return livesWith(life); });
  }
  int64_t length() const { return lives.back().last - lives.front().first; }
};

/// Of an element of the buffer.
int64_t elementBytesOf(kernel::BufferOp buffer);

/// The buffers that live at the same time and have the most bytes together. No
/// arena can be smaller.
struct LiveSet {
  llvm::SmallVector<const Buffer *> buffers; ///< The largest first.
  int64_t bytes = 0;
  /// Where the last of them begins; null if there are none.
  const Life *at = nullptr;
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
