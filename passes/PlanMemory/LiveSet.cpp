//===- LiveSet.cpp - What a schedule holds at a time ----------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/PlanMemory/LiveSet.h"

#include "dialects/Kernel/LayerNames.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/AffineExpr.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace lmcc {

int64_t elementBytesOf(kernel::BufferOp buffer) {
  return llvm::divideCeil(
      cast<MemRefType>(buffer.getType()).getElementTypeBitWidth(), 8);
}

// The set is largest where some life begins.

LiveSet largestLiveSet(ArrayRef<Buffer> buffers) {
  LiveSet set;
  for (const Buffer &buffer : buffers)
    for (const Life &life : buffer.lives) {
      int64_t bytes = 0;
      for (const Buffer &other : buffers)
        if (other.lifeAt(life.first))
          bytes += other.bytes;
      if (!set.at || bytes > set.bytes) {
        set.at = &life;
        set.bytes = bytes;
      }
    }
  if (!set.at)
    return set;
  for (const Buffer &other : buffers)
    if (other.lifeAt(set.at->first))
      set.buffers.push_back(&other);
  // Equals stay in program order.
  llvm::sort(set.buffers, [](const Buffer *a, const Buffer *b) {
    return std::make_pair(-a->bytes, a) < std::make_pair(-b->bytes, b);
  });
  return set;
}

int64_t largestLiveBytes(ArrayRef<Buffer> buffers, ArrayRef<int64_t> sizes) {
  int64_t largest = 0;
  for (const Buffer &buffer : buffers)
    for (const Life &life : buffer.lives) {
      int64_t bytes = 0;
      for (auto [other, size] : llvm::zip(buffers, sizes))
        if (other.lifeAt(life.first))
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
  kernel::BufferOp op = buffer.lives.front().buffer;
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
  return llvm::alignTo(elements.getValue() * elementBytesOf(op), alignment);
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

/// The node whose result is there: the last of those that were made one, in
/// each layer.
static Location lastNode(Location location) {
  SmallVector<Location> layers;
  for (Location layer : kernel::layersAt(location))
    layers.push_back(lastNode(layer));
  if (!layers.empty())
    return kernel::locationOfLayers(layers);
  auto fused = dyn_cast<FusedLoc>(location);
  if (!fused || fused.getLocations().empty())
    return location;
  return lastNode(fused.getLocations().back());
}

/// Whether `a` stands before `b` in the text, or holds it. Loops of a schedule
/// stand side by side.
static bool standsBefore(Operation *a, Operation *b) {
  Operation *outsideA = a, *outsideB = b;
  if (a->getBlock() != b->getBlock()) {
    if (auto loop = dyn_cast<scf::ForOp>(a->getParentOp()))
      outsideA = loop;
    if (auto loop = dyn_cast<scf::ForOp>(b->getParentOp()))
      outsideB = loop;
  }
  return outsideA->isBeforeInBlock(outsideB);
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

/// The call that made what `life` holds once its operation `at` has run: its
/// result may lie where an operand was. None if that was no call.
static func::CallOp writerUntil(const Life &life, Operation *at) {
  kernel::BufferOp op = life.buffer;
  func::CallOp latest;
  for (Operation *user : op->getUsers())
    if (auto call = dyn_cast<func::CallOp>(user);
        call && !standsBefore(at, call) &&
        (!latest || standsBefore(latest, call)) &&
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
    const Life &life = *buffer->lifeAt(set.at->first);
    func::CallOp writer = writerUntil(life, set.at->begin);
    Location made = writer ? writer->getLoc() : life.buffer->getLoc();
    Diagnostic &note = message.attachNote(lastNode(made));
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
  message.attachNote(lastNode(set.at->begin->getLoc()))
      << "here " << set.buffers.size() << " buffers with " << set.bytes
      << " bytes live at once:";
  addBuffers(message, set);
  if (!adviseSmallerSizes(message, schedule, buffers, set.bytes, alignment))
    message.attachNote() << "no free size lowers that; a model with smaller "
                            "sizes, or smaller numbers in --dim, would";
}

} // namespace lmcc
