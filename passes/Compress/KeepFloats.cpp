//===- KeepFloats.cpp - What becomes a byte only to be a float again ------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Builder.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Iterators.h"
#include "passes/Compress/ConstantNumber.h"
#include "passes/Compress/Passes.h"
#include <cmath>

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_KEEPFLOATS
#include "passes/Compress/Passes.h.inc"

namespace {

bool isByteZeroPoint(std::optional<double> number) {
  return number && *number >= 0 && *number <= 255 &&
         *number == std::floor(*number);
}

/// A float that is `bytes` less a zero point.
struct Difference {
  graph::CastOp result;
  int64_t zero;
};

/// What `user` makes of bytes, if it ends as a float.
std::optional<Difference> differenceOf(Operation *user) {
  auto wide = dyn_cast<graph::CastOp>(user);
  if (!wide)
    return std::nullopt;
  if (wide.getType().getElementType().isF32())
    return Difference{wide, 0};
  auto minus =
      wide.getType().getElementType().isInteger(32) && wide->hasOneUse()
          ? dyn_cast<graph::SubOp>(*wide->user_begin())
          : graph::SubOp();
  auto result =
      minus && minus.getLhs() == wide.getResult() && minus->hasOneUse()
          ? dyn_cast<graph::CastOp>(*minus->user_begin())
          : graph::CastOp();
  std::optional<double> zero = result ? numberOf(minus.getRhs()) : std::nullopt;
  if (!isByteZeroPoint(zero) || !result.getType().getElementType().isF32() ||
      minus.getType() != wide.getType())
    return std::nullopt;
  return Difference{result, static_cast<int64_t>(*zero)};
}

/// A rounded float, to which a zero point is added before it becomes a byte.
struct Rounded {
  Value number;
  int64_t zero;
};

std::optional<Rounded> roundedBefore(graph::CastOp conversion) {
  Value input = conversion.getInput();
  int64_t zero = 0;
  if (auto sum = input.getDefiningOp<graph::AddOp>()) {
    std::optional<double> number = numberOf(sum.getRhs());
    if (!isByteZeroPoint(number) || sum.getLhs().getType() != sum.getType())
      return std::nullopt;
    zero = static_cast<int64_t>(*number);
    input = sum.getLhs();
  }
  if (!input.getDefiningOp<graph::RoundOp>() ||
      !graph::Builder::elementOf(input).isF32())
    return std::nullopt;
  return Rounded{input, zero};
}

void keepFloats(graph::CastOp conversion) {
  std::optional<Rounded> rounded = roundedBefore(conversion);
  if (!rounded || conversion->use_empty())
    return;
  SmallVector<Difference> differences;
  for (Operation *user : conversion->getUsers()) {
    std::optional<Difference> difference = differenceOf(user);
    if (!difference || difference->zero != rounded->zero)
      return;
    differences.push_back(*difference);
  }
  OpBuilder ops(conversion);
  auto scalar = RankedTensorType::get({}, ops.getF32Type());
  auto number = [&](int64_t value) -> Value {
    return graph::ConstantOp::create(
        ops, conversion.getLoc(), scalar,
        DenseElementsAttr::get(scalar, static_cast<float>(value)));
  };
  Value limited = graph::LimitOp::create(
      ops, conversion.getLoc(), rounded->number.getType(), rounded->number,
      number(-rounded->zero), number(255 - rounded->zero));
  for (Difference &difference : differences)
    difference.result.getResult().replaceAllUsesWith(limited);
}

struct KeepFloats : impl::KeepFloatsBase<KeepFloats> {
  void runOnOperation() override {
    SmallVector<graph::CastOp> conversions;
    getOperation().walk([&](graph::CastOp op) {
      if (op.getType().getElementType().isUnsignedInteger(8))
        conversions.push_back(op);
    });
    for (graph::CastOp conversion : conversions)
      keepFloats(conversion);
    // Also inside of attention.
    getOperation().walk<WalkOrder::PostOrder, ReverseIterator>(
        [](Operation *op) {
          if (isOpTriviallyDead(op))
            op->erase();
        });
  }
};

} // namespace
} // namespace lmcc
