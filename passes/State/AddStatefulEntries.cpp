//===- AddStatefulEntries.cpp - Functions that keep their state -----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/State/Causality.h"
#include "passes/State/EntryMaker.h"
#include "passes/State/GrowingForm.h"
#include "passes/State/Passes.h"

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_ADDSTATEFULENTRIES
#include "passes/State/Passes.h.inc"

namespace {

struct AddStatefulEntries : impl::AddStatefulEntriesBase<AddStatefulEntries> {
  using AddStatefulEntriesBase::AddStatefulEntriesBase;
  AddStatefulEntries(AddStatefulEntriesOptions options, graph::FileTable files)
      : AddStatefulEntriesBase(std::move(options)), files(std::move(files)) {}

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
    EntryRequest request{"decode", 1, *capacity, allLogits};
    func::FuncOp decode = makeEntry(main, *decoder, request);
    if (!canDecode(decode, *decoder, misses)) {
      decode.erase();
      return refuse(main, misses);
    }
    addPrefill(main, *decoder, request);
    main.emitRemark() << "state: recognised, " << decoder->pairs.size()
                      << " buffers with room for " << *capacity << " tokens";
    if (!keepStateless)
      main.setPrivate();
  }

private:
  /// An error where the user wants a state.
  void refuse(func::FuncOp main, const NearMisses &misses) {
    bool isError = required || !pairs.empty();
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

  /// Masks of ones must hide nothing. Without masks there is nothing to show.
  bool canDecode(func::FuncOp decode, const Decoder &decoder,
                 NearMisses &misses) {
    bool hasMask = llvm::any_of(decoder.inputs, [](const auto &input) {
      return input.second == InputRole::mask;
    });
    NearMisses hidden;
    Sight sight = sightOf(decode, files, hidden);
    if (sight != Sight::causal && (sight != Sight::unknown || hasMask)) {
      misses.append(hidden);
      return false;
    }
    if (decoder.length && failed(makeStateGrow(decode, files, misses)))
      return false;
    storeAsRead(decode);
    return true;
  }

  /// Several tokens at a time, if none sees those behind it.
  void addPrefill(func::FuncOp main, const Decoder &decoder,
                  EntryRequest request) {
    if (!decoder.count || chunk < 2)
      return;
    request.name = "prefill";
    request.count = std::min<int64_t>(chunk, request.capacity);
    func::FuncOp prefill = makeEntry(main, decoder, request);
    NearMisses misses;
    if (sightOf(prefill, files, misses) == Sight::causal &&
        (!decoder.length || succeeded(makeStateGrow(prefill, files, misses)))) {
      storeAsRead(prefill);
      if (!allLogits)
        keepLastLogits(prefill);
      return;
    }
    for (const NearMiss &miss : misses)
      emitRemark(miss.where)
          << "state: tokens are computed one by one, " << miss.reason;
    prefill.erase();
  }

  /// None, and a miss, if the model does not allow what was asked for.
  std::optional<int64_t> chooseCapacity(func::FuncOp main,
                                        const Decoder &decoder,
                                        NearMisses &misses) {
    int64_t wanted = context != 0 ? context.getValue() : defaultContext;
    int64_t most = std::min(wanted, decoder.mostTokens.value_or(wanted));
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

  static constexpr int64_t defaultContext = 512;

  graph::FileTable files;
};

} // namespace

std::unique_ptr<Pass>
createAddStatefulEntries(AddStatefulEntriesOptions options,
                         const graph::FileTable &files) {
  return std::make_unique<AddStatefulEntries>(std::move(options), files);
}

} // namespace lmcc
