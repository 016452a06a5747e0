//===- Remarks.cpp - What the passes did, and what they did not -----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Greedy rewriting visits an operation many times, and only the last verdict
// counts. Upstream's final policy keeps it too, but hands it out in the order
// of a hash table; here it is the order of first mention.
//
//===----------------------------------------------------------------------===//

#include "compiler/Driver/Diagnostics.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace lmcc::driver;
using remark::detail::Remark;

namespace {
/// Keeps the last remark of each name and category at each location.
class KeepLast : public remark::detail::RemarkEmittingPolicyBase {
public:
  void reportRemark(const Remark &remark) override {
    Key key{remark.getLocation().getAsOpaquePointer(), remark.getRemarkName(),
            remark.getCategoryName()};
    auto [place, isNew] = remarks.try_emplace(key, remark);
    if (!isNew)
      place->second = remark;
  }

  void finalize() override {
    for (const auto &[key, remark] : remarks)
      reportImpl(remark);
    remarks.clear();
  }

private:
  // Names and categories are literals.
  using Key = std::tuple<const void *, StringRef, StringRef>;
  llvm::MapVector<Key, Remark> remarks;
};

/// Prints remarks like other messages.
class Streamer : public remark::detail::MLIRRemarkStreamerBase {
public:
  explicit Streamer(Console &console) : console(console) {}

  void streamOptimizationRemark(const Remark &remark) override {
    std::string text = remark.getCategoryName().str();
    switch (remark.getRemarkType()) {
    case llvm::remarks::Type::Missed: text += " missed"; break;
    case llvm::remarks::Type::Failure: text += " failed"; break;
    default: break;
    }
    console.print(console.placeOf(remark.getLocation()), "remark",
                  text + ": " + messageOf(remark));
  }

private:
  /// Text as it was streamed; reasons and figures behind it.
  static std::string messageOf(const Remark &remark) {
    std::string text;
    for (const Remark::Arg &arg : remark.getArgs()) {
      if (arg.key != "Remark")
        text += text.empty() ? "" : "; ";
      if (arg.key != "Remark" && arg.key != "Reason" && arg.key != "Suggestion")
        text += arg.key + " ";
      text += arg.val;
    }
    return text;
  }

  Console &console;
};
} // namespace

void lmcc::driver::collectRemarks(MLIRContext &context, Console &console) {
  // `all` by itself enables nothing.
  remark::RemarkCategories everything;
  everything.passed = everything.missed = everything.analysis =
      everything.failed = ".*";
  // This fails for an engine with an unusable output file alone.
  (void)remark::enableOptimizationRemarks(
      context, std::make_unique<Streamer>(console),
      std::make_unique<KeepLast>(), everything);
}

void lmcc::driver::printRemarks(MLIRContext &context) {
  if (remark::detail::RemarkEngine *engine = context.getRemarkEngine())
    engine->getRemarkEmittingPolicy()->finalize();
}
