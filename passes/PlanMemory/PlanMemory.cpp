//===- PlanMemory.cpp - One static arena for all buffers ------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Placing buffers optimally is bin packing. Buffers are placed one after the
// other, each at the lowest offset that is free for its whole life, the largest
// or longest-living first. As long as that leaves a gap to the largest live
// set, some buffer, often the one at the top, gets an earlier turn and all are
// placed again; an order stays if its arena is no larger. The remark reports
// the gap that is left.
//
// Runs last: tiling and vectorisation may still add buffers.
//
//===----------------------------------------------------------------------===//

#include "dialects/Kernel/Kernel.h"
#include "dialects/Target/Target.h"
#include "passes/PlanMemory/LiveSet.h"
#include "passes/PlanMemory/Passes.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/MathExtras.h"
#include <random>

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_PLANMEMORY
#include "passes/PlanMemory/Passes.h.inc"

namespace {

class Planner {
public:
  Planner(func::FuncOp schedule, int64_t alignment, int64_t allowedBytes,
          int64_t stateBytes)
      : schedule(schedule), alignment(alignment), allowedBytes(allowedBytes),
        stateBytes(stateBytes), lives(schedule) {}

  LogicalResult run() {
    if (failed(collect()))
      return failure();
    place();
    if (failed(report()))
      return failure();
    for (const Buffer &buffer : buffers)
      for (const Life &life : buffer.lives)
        openSlot(buffer, life);
    for (kernel::BufferOp op : unused)
      op.erase();
    OpBuilder builder(schedule);
    schedule->setAttr(kernel::arenaBytesAttrName,
                      builder.getI64IntegerAttr(arena));
    return success();
  }

private:
  static void openSlot(const Buffer &buffer, const Life &life) {
    kernel::BufferOp op = life.buffer;
    Value released = life.released;
    OpBuilder builder(life.begin);
    auto slot = kernel::SlotOp::create(builder, op.getLoc(), op.getType(),
                                       buffer.offset, buffer.bytes);
    builder.setInsertionPointAfter(life.end);
    kernel::ReleaseOp::create(builder, op.getLoc(),
                              released == op.getResult() ? slot.getResult()
                                                         : released);
    op.replaceAllUsesWith(slot.getResult());
    op.erase();
  }

  FailureOr<int64_t> bytesOf(kernel::BufferOp op) {
    int64_t width = elementBytesOf(op);
    std::optional<int64_t> bytes =
        llvm::checkedMul<int64_t>(op.getElements(), width);
    if (!bytes || *bytes > maximumBytes)
      return op.emitError()
             << "needs a buffer of " << op.getElements() << " elements of "
             << width << " bytes, but " << maximumBytes
             << " bytes is the most; lower the bounds with --dim";
    // Padded to the alignment, so that every offset is aligned.
    return llvm::alignTo(*bytes, alignment);
  }

  LogicalResult collect() {
    // Loops start with buffers from before them, so the places are known.
    DenseMap<kernel::BufferOp, size_t> places;
    WalkResult result = schedule.walk<WalkOrder::PreOrder>(
        [&](kernel::BufferOp op) -> WalkResult {
          FailureOr<int64_t> bytes = bytesOf(op);
          if (failed(bytes))
            return WalkResult::interrupt();
          if (op.use_empty()) {
            unused.push_back(op);
            return WalkResult::advance();
          }
          FailureOr<Life> life = lives.of(op);
          FailureOr<kernel::BufferOp> place = Lives::placeOf(op);
          if (failed(life) || failed(place))
            return WalkResult::interrupt();
          auto [known, isNew] = places.try_emplace(*place, buffers.size());
          if (isNew)
            buffers.emplace_back();
          return share(buffers[known->second], *life, *bytes);
        });
    return failure(result.wasInterrupted());
  }

  static LogicalResult share(Buffer &place, const Life &life, int64_t bytes) {
    if (place.livesWith(life))
      return life.begin->getParentOp()->emitError(
          "carries a buffer that is still in use when its successor begins");
    place.lives.push_back(life);
    place.bytes = std::max(place.bytes, bytes);
    return success();
  }

  /// A remark about the arena, or an error if it has more bytes than it may.
  LogicalResult report() {
    int64_t live = largestLiveSet(buffers).bytes;
    if (isAllowed()) {
      InFlightDiagnostic remark = schedule.emitRemark();
      remark << "memory: the arena has " << arena
             << " bytes, the largest live set " << live;
      explainLiveSet(remark, schedule, buffers, alignment);
      return success();
    }
    InFlightDiagnostic error = schedule.emitError();
    error << "--arena allows " << allowedBytes
          << " bytes, but the smallest arena found has " << arena + stateBytes;
    if (stateBytes)
      error << ", " << stateBytes << " of them for what a decoder keeps";
    else if (live <= allowedBytes)
      error << ", although no more than " << live << " live at once";
    explainLiveSet(error, schedule, buffers, alignment);
    error.attachNote() << "or raise --arena to " << arena + stateBytes;
    return error;
  }

  bool isAllowed() const {
    return allowedBytes == 0 || arena + stateBytes <= allowedBytes;
  }

  using Order = SmallVector<Buffer *>;

  /// Gives every buffer its offset; the best of many orders of placing.
  void place() {
    Order order = firstOrder();
    int64_t least = largestLiveSet(buffers).bytes;
    arena = placeInOrder(order);
    // The standard fixes the numbers of this generator, so that the plan is the
    // same on every host.
    std::mt19937 random(1);
    for (size_t round = 0; mayTry(round) && arena > least; ++round) {
      // The buffer at the top of the arena, or any, gets an earlier turn.
      placeInOrder(order);
      size_t moved = random() % 2 ? topOf(order) : random() % order.size();
      size_t target = random() % (moved + 1);
      Order candidate = order;
      std::rotate(candidate.begin() + target, candidate.begin() + moved,
                  candidate.begin() + moved + 1);
      int64_t found = placeInOrder(candidate);
      if (found > arena)
        continue;
      arena = found;
      order = std::move(candidate);
    }
    placeInOrder(order);
  }

  /// By size or by length of life, whichever gives the smaller arena.
  Order firstOrder() {
    Order bySize, byLife;
    for (Buffer &buffer : buffers)
      bySize.push_back(&buffer);
    byLife = bySize;
    // Equals stay in program order.
    llvm::sort(bySize, [](const Buffer *a, const Buffer *b) {
      return std::make_tuple(-a->bytes, a) < std::make_tuple(-b->bytes, b);
    });
    llvm::sort(byLife, [](const Buffer *a, const Buffer *b) {
      return std::make_tuple(-a->length(), -a->bytes, a) <
             std::make_tuple(-b->length(), -b->bytes, b);
    });
    return placeInOrder(byLife) < placeInOrder(bySize) ? byLife : bySize;
  }

  static size_t topOf(const Order &order) {
    auto top = llvm::max_element(order, [](const Buffer *a, const Buffer *b) {
      return a->offset + a->bytes < b->offset + b->bytes;
    });
    return top - order.begin();
  }

  /// Returns the bytes of the arena.
  static int64_t placeInOrder(const Order &order) {
    Order placed; // Sorted by offset.
    int64_t arena = 0;
    for (Buffer *buffer : order) {
      int64_t offset = 0;
      for (Buffer *other : placed) {
        if (!buffer->livesWith(*other))
          continue;
        if (offset + buffer->bytes <= other->offset)
          break;
        offset = std::max(offset, other->offset + other->bytes);
      }
      buffer->offset = offset;
      arena = std::max(arena, offset + buffer->bytes);
      placed.insert(llvm::upper_bound(placed, buffer,
                                      [](const Buffer *a, const Buffer *b) {
                                        return a->offset < b->offset;
                                      }),
                    buffer);
    }
    return arena;
  }

  /// Placing takes time in the square of the number of buffers, so few buffers
  /// get more rounds: up to 40 million steps in all, and ten times as many for
  /// an arena that is not small enough yet.
  bool mayTry(size_t round) const {
    size_t work = buffers.size() * buffers.size();
    size_t rounds = std::clamp<size_t>(40'000'000 / std::max<size_t>(work, 1),
                                       1000, 50'000);
    return round < (isAllowed() ? rounds : 10 * rounds);
  }
  /// Far below where offsets could overflow.
  static constexpr int64_t maximumBytes = int64_t(1) << 48;

  func::FuncOp schedule;
  int64_t alignment;
  /// Of the arena, with what is kept between calls; 0: any number.
  int64_t allowedBytes;
  int64_t stateBytes;
  int64_t arena = 0;
  Lives lives;
  SmallVector<Buffer> buffers;
  SmallVector<kernel::BufferOp> unused;
};

struct PlanMemory : impl::PlanMemoryBase<PlanMemory> {
  using PlanMemoryBase::PlanMemoryBase;

  void runOnOperation() override {
    auto schedules = kernel::schedulesOf(getOperation());
    if (schedules.empty()) {
      getOperation().emitError("has no schedule");
      return signalPassFailure();
    }
    int64_t alignment = target::machineFor(getOperation()).getAlignment();
    int64_t state = kernel::stateBytes(getOperation(), alignment);
    for (func::FuncOp schedule : schedules)
      if (failed(Planner(schedule, alignment, arenaBytes, state).run()))
        return signalPassFailure();
  }
};

} // namespace
} // namespace lmcc
