//===- AddStatefulEntries.cpp - Functions that keep their state -----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/State/EntryMaker.h"
#include "passes/State/Passes.h"

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_ADDSTATEFULENTRIES
#include "passes/State/Passes.h.inc"

namespace {

struct AddStatefulEntries : impl::AddStatefulEntriesBase<AddStatefulEntries> {
  using AddStatefulEntriesBase::AddStatefulEntriesBase;

  void runOnOperation() override {
    auto main = getOperation().lookupSymbol<func::FuncOp>("main");
    if (!main)
      return;
    NearMisses misses;
    FailureOr<Decoder> decoder = findDecoder(main, namedPairs(*pairs), misses);
    if (failed(decoder)) {
      report(main, misses);
      if (required || !pairs.empty())
        signalPassFailure();
      return;
    }
    std::optional<int64_t> capacity = chooseCapacity(main, *decoder);
    if (!capacity)
      return signalPassFailure();
    addEntries(main, *decoder, *capacity);
    main.emitRemark() << "state: recognised, " << decoder->pairs.size()
                      << " buffers with room for " << *capacity << " tokens";
    if (!keepStateless)
      main.erase();
  }

private:
  void report(func::FuncOp main, const NearMisses &misses) {
    bool isError = required || !pairs.empty();
    if (isError)
      main.emitError("the model is no decoder whose state could be kept; "
                     "compile it with --entry=stateless, or name its inputs "
                     "and outputs that belong together by --state IN=OUT");
    for (const NearMiss &miss : misses) {
      if (isError)
        emitError(miss.where) << miss.reason;
      else
        emitRemark(miss.where) << "state: not recognised, " << miss.reason;
    }
  }

  /// Empty, after an error, if the model does not allow what was asked for.
  std::optional<int64_t> chooseCapacity(func::FuncOp main,
                                        const Decoder &decoder) {
    int64_t wanted = context != 0 ? context.getValue() : defaultContext;
    int64_t most = std::min(wanted, decoder.positionsKnown.value_or(wanted));
    while (most > 1 &&
           !allowsCapacity(main, decoder, most, std::min<int64_t>(chunk, most)))
      --most;
    if (most < 2) {
      main.emitError() << "a state of " << wanted
                       << " tokens contradicts the sizes of the model; check "
                          "--context and --dim";
      return std::nullopt;
    }
    if (context != 0 && most < wanted) {
      main.emitError() << "--context=" << wanted << ": the model knows " << most
                       << " positions and no more";
      return std::nullopt;
    }
    return most;
  }

  void addEntries(func::FuncOp main, const Decoder &decoder, int64_t capacity) {
    EntryRequest request{"decode", 1, capacity, !allLogits};
    makeEntry(main, decoder, request);
    if (!decoder.count || chunk < 2)
      return;
    request.name = "prefill";
    request.count = std::min<int64_t>(chunk, capacity);
    makeEntry(main, decoder, request);
  }

  static constexpr int64_t defaultContext = 512;
};

} // namespace
} // namespace lmcc
