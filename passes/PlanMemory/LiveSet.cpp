//===- LiveSet.cpp - What a schedule holds at a time ----------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/PlanMemory/LiveSet.h"

#include "mlir/IR/AffineExpr.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace lmcc {

/// The set is largest where some buffer begins.
static bool livesAtStartOf(const Buffer &at, const Buffer &other) {
  return other.first <= at.first && at.first <= other.last;
}

LiveSet largestLiveSet(ArrayRef<Buffer> buffers) {
  LiveSet set;
  const Buffer *peak = nullptr;
  for (const Buffer &at : buffers) {
    int64_t bytes = 0;
    for (const Buffer &other : buffers)
      if (livesAtStartOf(at, other))
        bytes += other.bytes;
    if (!peak || bytes > set.bytes) {
      peak = &at;
      set.bytes = bytes;
    }
  }
  if (!peak)
    return set;
  set.at = peak->firstUser;
  for (const Buffer &other : buffers)
    if (livesAtStartOf(*peak, other))
      set.buffers.push_back(&other);
  // Equals stay in program order.
  llvm::sort(set.buffers, [](const Buffer *a, const Buffer *b) {
    return std::make_pair(-a->bytes, a) < std::make_pair(-b->bytes, b);
  });
  return set;
}

int64_t largestLiveBytes(ArrayRef<Buffer> buffers, ArrayRef<int64_t> sizes) {
  int64_t largest = 0;
  for (const Buffer &at : buffers) {
    int64_t bytes = 0;
    for (auto [other, size] : llvm::zip(buffers, sizes))
      if (livesAtStartOf(at, other))
        bytes += size;
    largest = std::max(largest, bytes);
  }
  return largest;
}

//===----------------------------------------------------------------------===//
// Advice
//===----------------------------------------------------------------------===//

namespace {
/// A free size of the schedule, as its contract has it.
struct FreeSize {
  StringRef name;
  int64_t low, high;
};
} // namespace

static SmallVector<FreeSize> freeSizes(func::FuncOp schedule) {
  SmallVector<FreeSize> sizes;
  auto contract =
      schedule->getAttrOfType<DictionaryAttr>(kernel::contractAttrName);
  auto dims = contract ? contract.getAs<ArrayAttr>("dims") : ArrayAttr();
  if (!dims)
    return sizes;
  for (auto dim : dims.getAsRange<DictionaryAttr>()) {
    auto name = dim.getAs<StringAttr>("name");
    auto low = dim.getAs<IntegerAttr>("low");
    auto high = dim.getAs<IntegerAttr>("high");
    if (!name || !low || !high)
      return {};
    sizes.push_back({name.getValue(), low.getInt(), high.getInt()});
  }
  return sizes;
}

/// The bytes of `buffer` where free size `number` is at most `high` and all
/// others keep their bounds.
static int64_t bytesWith(const Buffer &buffer, ArrayRef<FreeSize> sizes,
                         size_t number, int64_t high, int64_t alignment) {
  kernel::BufferOp op = buffer.op;
  std::optional<AffineMap> count = op.getCount();
  if (!count || count->getNumSymbols() > sizes.size())
    return buffer.bytes;
  MLIRContext *context = op.getContext();
  SmallVector<AffineExpr> values;
  for (auto [position, size] : llvm::enumerate(sizes))
    values.push_back(
        getAffineConstantExpr(position == number ? high : size.high, context));
  auto elements =
      dyn_cast<AffineConstantExpr>(count->getResult(0).replaceSymbols(values));
  // Demands of the model may bound a size closer than the sizes in it do.
  if (!elements || elements.getValue() < 0 ||
      elements.getValue() >= op.getElementsAttr().getInt())
    return buffer.bytes;
  return llvm::alignTo(elements.getValue() * buffer.elementBytes, alignment);
}

/// For each free size that matters: what half of its bound would give.
static bool adviseSmallerSizes(InFlightDiagnostic &message,
                               func::FuncOp schedule, ArrayRef<Buffer> buffers,
                               int64_t now, int64_t alignment) {
  bool found = false;
  SmallVector<FreeSize> sizes = freeSizes(schedule);
  for (auto [number, size] : llvm::enumerate(sizes)) {
    int64_t high = std::max(size.low, size.high / 2);
    SmallVector<int64_t> bytes;
    for (const Buffer &buffer : buffers)
      bytes.push_back(bytesWith(buffer, sizes, number, high, alignment));
    int64_t then = largestLiveBytes(buffers, bytes);
    if (then >= now)
      continue;
    message.attachNote() << "--dim " << size.name << "=" << size.low << ".."
                         << high << " instead of " << size.low << ".."
                         << size.high << " would make that " << then
                         << " bytes";
    found = true;
  }
  return found;
}

//===----------------------------------------------------------------------===//
// The set
//===----------------------------------------------------------------------===//

/// The node whose result is there: the last of those that were made one.
static Location lastNode(Location location) {
  auto fused = dyn_cast<FusedLoc>(location);
  if (!fused || fused.getLocations().empty())
    return location;
  return lastNode(fused.getLocations().back());
}

/// Whether the call writes to `buffer`. A kernel without a body may.
static bool mayWrite(func::CallOp call, Value buffer) {
  auto kernel = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
      call, call.getCalleeAttr());
  return llvm::any_of(call->getOpOperands(), [&](OpOperand &operand) {
    return operand.get() == buffer &&
           (kernel.isExternal() ||
            kernel::isWritten(kernel, operand.getOperandNumber()));
  });
}

/// The call that made what `buffer` holds once `at` has run: its result may
/// lie where an operand was. None if that was no call.
static func::CallOp writerUntil(const Buffer &buffer, Operation *at) {
  kernel::BufferOp op = buffer.op;
  func::CallOp latest;
  for (Operation *user : op->getUsers())
    if (auto call = dyn_cast<func::CallOp>(user);
        call && !at->isBeforeInBlock(call) &&
        (!latest || latest->isBeforeInBlock(call)) &&
        mayWrite(call, op.getResult()))
      latest = call;
  return latest;
}

static void addBuffers(InFlightDiagnostic &message, const LiveSet &set) {
  constexpr size_t mostLines = 8;
  ArrayRef<const Buffer *> shown = ArrayRef(set.buffers).take_front(mostLines);
  int64_t rest = set.bytes;
  for (const Buffer *buffer : shown) {
    rest -= buffer->bytes;
    func::CallOp writer = writerUntil(*buffer, set.at);
    Diagnostic &note = message.attachNote(
        lastNode(writer ? writer->getLoc() : buffer->op->getLoc()));
    note << buffer->bytes << " bytes, " << buffer->bytes * 100 / set.bytes
         << " %";
    if (writer)
      note << ", from kernel " << writer.getCallee();
  }
  if (shown.size() < set.buffers.size())
    message.attachNote() << set.buffers.size() - shown.size()
                         << " smaller buffers have " << rest << " bytes";
}

void explainLiveSet(InFlightDiagnostic &message, func::FuncOp schedule,
                    ArrayRef<Buffer> buffers, int64_t alignment) {
  LiveSet set = largestLiveSet(buffers);
  if (set.bytes == 0)
    return;
  message.attachNote(lastNode(set.at->getLoc()))
      << "here " << set.buffers.size() << " buffers with " << set.bytes
      << " bytes live at once:";
  addBuffers(message, set);
  if (!adviseSmallerSizes(message, schedule, buffers, set.bytes, alignment))
    message.attachNote() << "no free size lowers that; a model with smaller "
                            "sizes, or smaller numbers in --dim, would";
}

} // namespace lmcc
