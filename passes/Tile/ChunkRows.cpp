//===- ChunkRows.cpp - Products one after the other, rows by rows ---------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a feed-forward layer widens its rows to is the largest buffer of many
// models, and lives between two products alone. If these take turns on chunks
// of rows, only a chunk of it ever exists.
//
// Every chunk reads all weights again, so chunks are as large as the goal for
// the arena allows. Runs in front of tiling: a chunk is a product of its own.
//
//===----------------------------------------------------------------------===//

#include "dialects/Target/Target.h"
#include "dialects/Weight/Weight.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "passes/Tile/ChunkKernels.h"
#include "passes/Tile/Passes.h"

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_CHUNKROWS
#include "passes/Tile/Passes.h.inc"

namespace {

/// A buffer of a schedule: its bytes, and the numbers of the first and the last
/// operation that mention it.
struct Buffer {
  kernel::BufferOp op;
  int64_t elementBytes, bytes, first, last;

  bool livesAt(int64_t number) const {
    return first <= number && number <= last;
  }
};

/// Calls that could take turns, and which buffers would shrink.
struct Segment : ChunkedCalls {
  SmallVector<const Buffer *> buffers;
};

class ScheduleChunker {
public:
  ScheduleChunker(func::FuncOp schedule, ChunkKernels &kernels,
                  target::MachineAttr machine, int64_t arenaBytes,
                  int64_t stateBytes)
      : schedule(schedule), kernels(kernels), machine(machine),
        arenaBytes(arenaBytes), stateBytes(stateBytes) {}

  void run() {
    collectBuffers();
    findSegments();
    int64_t reachable = largestLiveSet(segments, smallestChunk());
    int64_t goal = std::max(reachable, arenaBytes - stateBytes);
    if (arenaBytes == 0)
      suggestLimit();
    for (const Segment &segment : segments)
      if (int64_t rows = chunkFor(segment, goal))
        kernels.replace(segment, rows);
  }

private:
  //===--------------------------------------------------------------------===//
  // Buffers
  //===--------------------------------------------------------------------===//

  void collectBuffers() {
    DenseMap<Operation *, int64_t> order;
    for (Operation &op : schedule.getBody().front())
      order[&op] = order.size();
    for (auto op : schedule.getBody().front().getOps<kernel::BufferOp>()) {
      if (op.use_empty())
        continue;
      int64_t width = llvm::divideCeil(
          cast<MemRefType>(op.getType()).getElementTypeBitWidth(), 8);
      Buffer buffer{op, width, padded(op.getElements() * width),
                    std::numeric_limits<int64_t>::max(), 0};
      for (Operation *user : op->getUsers()) {
        buffer.first = std::min(buffer.first, order.lookup(user));
        buffer.last = std::max(buffer.last, order.lookup(user));
      }
      buffers.push_back(buffer);
    }
  }

  int64_t padded(int64_t bytes) const {
    return llvm::alignTo(bytes, machine.getAlignment());
  }

  /// What an inner buffer of `segment` has with chunks of `rows`: all of it if
  /// it has not room for two.
  int64_t chunkBytes(const Segment &segment, const Buffer &buffer,
                     int64_t rows) const {
    int64_t columns = kernels.columnsOf(segment, buffer.op);
    int64_t bytes = rows * columns * buffer.elementBytes;
    return 2 * bytes <= buffer.bytes ? padded(bytes) : buffer.bytes;
  }

  /// Bytes that live at one time, the most of all times, if those of `chunked`
  /// take turns on `rows` rows. With `during`, of the times when its inner
  /// buffers live.
  int64_t largestLiveSet(ArrayRef<Segment> chunked, int64_t rows,
                         const Segment *during = nullptr) const {
    DenseMap<const Buffer *, int64_t> smaller;
    for (const Segment &segment : chunked)
      for (const Buffer *buffer : segment.buffers)
        smaller[buffer] = chunkBytes(segment, *buffer, rows);
    int64_t largest = 0;
    for (const Buffer &at : buffers) {
      if (during && llvm::none_of(during->buffers, [&](const Buffer *inner) {
            return inner->livesAt(at.first);
          }))
        continue;
      int64_t live = 0;
      for (const Buffer &other : buffers)
        if (other.livesAt(at.first)) {
          auto found = smaller.find(&other);
          live += found == smaller.end() ? other.bytes : found->second;
        }
      largest = std::max(largest, live);
    }
    return largest;
  }

  //===--------------------------------------------------------------------===//
  // Segments
  //===--------------------------------------------------------------------===//

  /// Sizes, weights and new buffers do not care when calls happen.
  static bool isIndifferent(Operation &op) {
    return isa<kernel::BufferOp, weight::GetOp, affine::AffineApplyOp,
               arith::ConstantOp>(op);
  }

  /// Runs of calls by row, with the same rows, and no other call between them.
  void findSegments() {
    SmallVector<func::CallOp> run;
    for (Operation &op : schedule.getBody().front()) {
      if (isIndifferent(op))
        continue;
      auto call = dyn_cast<func::CallOp>(op);
      bool isByRow = call && kernels.product(call);
      if (!run.empty() &&
          !(isByRow && kernels.haveSameRows(run.front(), call))) {
        addSegments(run);
        run.clear();
      }
      if (isByRow)
        run.push_back(call);
    }
  }

  /// The calls from the first to the last mention of buffers that a product
  /// widens its rows to and that only `run` mentions, where those overlap
  /// together.
  void addSegments(ArrayRef<func::CallOp> run) {
    Segment segment;
    int64_t end = -1;
    auto close = [&] {
      if (segment.calls.size() > 1 && kernels.mayTakeTurns(segment.calls))
        segments.push_back(segment);
      segment = {};
    };
    for (auto [number, call] : llvm::enumerate(run)) {
      int64_t here = static_cast<int64_t>(number);
      if (here > end)
        close();
      bool widens = kernels.product(call)->widensRows();
      for (const Buffer &buffer : buffers)
        if (auto last = lastOfInner(buffer, run, here); last && widens) {
          segment.buffers.push_back(&buffer);
          segment.inner.push_back(buffer.op);
          end = std::max(end, *last);
        }
      if (here <= end)
        segment.calls.push_back(call);
    }
    close();
  }

  /// If call `first` of `run` is the first to mention `buffer`, and no other
  /// call does: the number of the last one that does.
  static std::optional<int64_t>
  lastOfInner(const Buffer &buffer, ArrayRef<func::CallOp> run, int64_t first) {
    kernel::BufferOp op = buffer.op;
    int64_t earliest = run.size(), latest = -1;
    for (Operation *user : op->getUsers()) {
      auto place = llvm::find(run, dyn_cast<func::CallOp>(user));
      if (place == run.end())
        return std::nullopt;
      earliest = std::min(earliest, place - run.begin());
      latest = std::max(latest, place - run.begin());
    }
    return earliest == first && latest > first ? std::optional(latest)
                                               : std::nullopt;
  }

  //===--------------------------------------------------------------------===//
  // How many rows
  //===--------------------------------------------------------------------===//

  /// So many rows read the weights again at no cost that can be measured.
  static constexpr int64_t largestChunk = 128;

  /// A product of fewer than four tiles of rows waits for weights.
  int64_t smallestChunk() const {
    int64_t least = 4 * machine.getTileRows();
    return arenaBytes ? std::min(least, largestChunk) : largestChunk;
  }

  /// The most rows with which the segment stays below `goal`, or the fewest; 0
  /// if it does without chunks, or if these change nothing.
  int64_t chunkFor(const Segment &segment, int64_t goal) const {
    int64_t whole = largestLiveSet({}, 0, &segment);
    if (whole <= goal)
      return 0;
    int64_t rows = largestChunk;
    while (rows / 2 >= smallestChunk() &&
           largestLiveSet(segment, rows, &segment) > goal)
      rows /= 2;
    return largestLiveSet(segment, rows, &segment) < whole ? rows : 0;
  }

  /// What a limit would give, where nothing is done without.
  void suggestLimit() {
    int64_t now = largestLiveSet(segments, largestChunk);
    int64_t then = largestLiveSet(
        segments, 4 * static_cast<int64_t>(machine.getTileRows()));
    if (then < now)
      schedule.emitRemark()
          << "memory: --arena=" << then + stateBytes
          << " can be kept, with fewer rows a turn in " << segments.size()
          << (segments.size() == 1 ? " place" : " places");
  }

  func::FuncOp schedule;
  ChunkKernels &kernels;
  target::MachineAttr machine;
  /// The limit, 0 for none, and what of it is kept between calls.
  int64_t arenaBytes, stateBytes;
  std::vector<Buffer> buffers; // Segments point to its elements.
  SmallVector<Segment> segments;
};

struct ChunkRows : impl::ChunkRowsBase<ChunkRows> {
  using ChunkRowsBase::ChunkRowsBase;

  void runOnOperation() override {
    ChunkKernels kernels(getOperation());
    target::MachineAttr machine = target::machineFor(getOperation());
    int64_t state = kernel::stateBytes(getOperation(), machine.getAlignment());
    for (func::FuncOp schedule : kernel::schedulesOf(getOperation()))
      ScheduleChunker(schedule, kernels, machine, arenaBytes, state).run();
    kernels.eraseUnused();
  }
};

} // namespace
} // namespace lmcc
