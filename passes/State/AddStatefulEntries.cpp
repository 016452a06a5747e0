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
    if (failed(decoder))
      return refuse(main, misses);
    std::optional<int64_t> capacity = chooseCapacity(main, *decoder, misses);
    if (!capacity)
      return refuse(main, misses);
    addEntries(main, *decoder, *capacity);
    main.emitRemark() << "state: recognised, " << decoder->pairs.size()
                      << " buffers with room for " << *capacity << " tokens";
    if (!keepStateless)
      main.erase();
  }

private:
  /// An error where the user wants a state.
  void refuse(func::FuncOp main, const NearMisses &misses) {
    bool isError = required || !pairs.empty() || context != 0;
    if (isError) {
      main.emitError("the model is no decoder whose state could be kept; "
                     "compile it with --entry=stateless, or name its inputs "
                     "and outputs that belong together by --state IN=OUT");
      signalPassFailure();
    }
    for (const NearMiss &miss : misses) {
      if (isError)
        emitError(miss.where) << miss.reason;
      else
        emitRemark(miss.where) << "state: not recognised, " << miss.reason;
    }
  }

  /// None, and a miss, if the model does not allow what was asked for.
  std::optional<int64_t> chooseCapacity(func::FuncOp main,
                                        const Decoder &decoder,
                                        NearMisses &misses) {
    int64_t wanted = context != 0 ? context.getValue() : defaultContext;
    int64_t most = std::min(wanted, decoder.positionsKnown.value_or(wanted));
    while (most > 1 &&
           !allowsCapacity(main, decoder, most, std::min<int64_t>(chunk, most)))
      --most;
    std::string reason;
    if (most < 2)
      reason = ("a state of " + Twine(wanted) +
                " tokens contradicts the sizes of the model; check --context "
                "and --dim")
                   .str();
    else if (context != 0 && most < wanted)
      reason = ("--context=" + Twine(wanted) + ": the model knows " +
                Twine(most) + " positions and no more")
                   .str();
    if (reason.empty())
      return most;
    misses.push_back({main.getLoc(), reason});
    return std::nullopt;
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
