//===- FetchAhead.cpp - What a tile brings into the cache -----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Vectorize/FetchAhead.h"
#include "dialects/Kernel/Views.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace lmcc {

FetchAhead::FetchAhead(kernel::PanelProductOp product,
                       target::MachineAttr machine, OpBuilder &builder)
    : ahead(product.getAhead()), builder(builder), location(product.getLoc()),
      prefetched(machine.getPrefetchBytes() * 8 /
                 cast<MemRefType>(product.getPanels().getType())
                     .getElementTypeBitWidth()),
      fetches(ahead && prefetched != 0),
      carries(fetches && kernel::isDynamicStride(ahead, 0)) {}

Value FetchAhead::firstPlace() {
  kernel::Address first = kernel::addressOf(builder, location, ahead, {});
  base = first.base;
  return value(first.index);
}

void FetchAhead::next(Index k, MutableArrayRef<Value> carried) {
  if (carries)
    atPlace(carried.back());
  else
    ofStep(k);
}

/// One row, line by line.
void FetchAhead::ofStep(Index k) {
  overLines([&](Index element) { fetch(ahead, {value(k), value(element)}); });
}

/// The same from index `place` of the flat buffer, which moves to the next
/// row.
void FetchAhead::atPlace(Value &place) {
  overLines([&](Index element) {
    fetch(base, value(kernel::addSizes(builder, location, place, element)));
  });
  place = value(
      kernel::addSizes(builder, location, place,
                       kernel::strideOf(builder, location, ahead, /*axis=*/0)));
}

/// The first element of each line of a row, if any.
void FetchAhead::overLines(function_ref<void(Index element)> body) {
  if (!fetches)
    return;
  int64_t elements = cast<MemRefType>(ahead.getType()).getDimSize(1);
  for (int64_t element = 0; element < elements; element += prefetched)
    body(builder.getIndexAttr(element));
}

void FetchAhead::fetch(Value buffer, ValueRange place) {
  // The locality hint, from 0 (none) to 3 (the first cache).
  constexpr unsigned secondCache = 2;
  memref::PrefetchOp::create(builder, location, buffer, place,
                             /*isWrite=*/false, secondCache,
                             /*isDataCache=*/true);
}

Value FetchAhead::value(Index index) {
  return getValueOrCreateConstantIndexOp(builder, location, index);
}

} // namespace lmcc
