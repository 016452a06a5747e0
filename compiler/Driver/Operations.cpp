//===- Operations.cpp - What became of the nodes of a model ---------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Driver/Operations.h"

#include "dialects/Graph/Graph.h"
#include "dialects/Kernel/Kernel.h"
#include "dialects/Weight/Weight.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

#include <algorithm>

using namespace mlir;
using namespace lmcc;
using namespace lmcc::driver;

/// Calls `function` with all names within a location.
template <typename Function>
static void forEachName(Location location, Function function) {
  location->walk([&](Location part) {
    if (auto named = dyn_cast<NameLoc>(part))
      function(named.getName().getValue());
    return WalkResult::advance();
  });
}

OperationCounter::OperationCounter(func::FuncOp main, uint64_t nodes)
    : nodes(nodes) {
  for (Operation &op : main.front())
    if (!isa<graph::ConstantOp, weight::GetOp, func::ReturnOp>(op))
      forEachName(op.getLoc(), [&](StringRef name) { imported.insert(name); });
}

/// With each call, how many layers make it.
static void
forEachCall(ModuleOp placed,
            llvm::function_ref<void(func::CallOp, uint64_t)> function) {
  auto schedule = placed.lookupSymbol<func::FuncOp>(kernel::runName);
  if (!schedule)
    return;
  schedule.walk([&](func::CallOp call) {
    auto loop = dyn_cast<scf::ForOp>(call->getParentOp());
    std::optional<APInt> layers =
        loop ? loop.getStaticTripCount() : std::nullopt;
    function(call, layers ? layers->getZExtValue() : 1);
  });
}

uint64_t OperationCounter::generated(ModuleOp placed) {
  uint64_t calls = 0;
  forEachCall(placed, [&](func::CallOp, uint64_t layers) { calls += layers; });
  return calls;
}

uint64_t OperationCounter::folded(ModuleOp placed) const {
  llvm::StringSet<> running;
  forEachCall(placed, [&](func::CallOp call, uint64_t) {
    forEachName(call.getLoc(), [&](StringRef name) {
      if (imported.contains(name))
        running.insert(name);
    });
  });
  return nodes - std::min<uint64_t>(nodes, running.size());
}
