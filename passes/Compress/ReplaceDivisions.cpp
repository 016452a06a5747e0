//===- ReplaceDivisions.cpp - Quotients without a division ----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// With 1/d = high + low to twice the precision, high not above 1/d, and
// low the float next to the rest,
//
//   x / d = x * high + x * low,
//
// computed as one product and one fused multiply-add, differs from the rounded
// quotient only where x / d lies next to the middle of two floats (Brisebarre,
// Muller and Raina, "Accelerating correctly rounded floating-point division
// when the divisor is known in advance", 2004). Whether that happens is asked
// of every number that matters.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Builder.h"
#include "dialects/Target/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Compress/ConstantNumber.h"
#include "passes/Compress/Passes.h"
#include <cmath>
#include <limits>

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_REPLACEDIVISIONS
#include "passes/Compress/Passes.h.inc"

namespace {

std::optional<float> floatOf(Value value) {
  std::optional<double> number = numberOf(value);
  if (!number || !graph::Builder::elementOf(value).isF32())
    return std::nullopt;
  return static_cast<float>(*number);
}

/// 1 / divisor as a sum; `low` is not negative, so that infinities stay.
struct Inverse {
  explicit Inverse(float divisor) {
    double exact = 1.0 / static_cast<double>(divisor);
    high = static_cast<float>(exact);
    if (static_cast<double>(high) > exact)
      high = std::nextafter(high, 0.0f);
    // The remainder of the division is exact, and `low` its quotient rounded.
    double rest =
        std::fma(-static_cast<double>(high), static_cast<double>(divisor), 1.0);
    low = static_cast<float>(rest / static_cast<double>(divisor));
  }
  float times(float x) const {
    return low == 0 ? x * high : std::fma(x, high, x * low);
  }
  float high, low;
};

/// Whether quotients that become bytes are the same once they are rounded. The
/// two ways differ by one unit in the last place at most, so they can only
/// round to different integers where the quotient is that near to a half; and
/// beyond 512 every byte is at its limit, for zero points are bytes, too.
bool roundsAlike(float divisor, const Inverse &inverse) {
  constexpr int largest = 512, neighbours = 8;
  for (int whole = 0; whole <= largest; ++whole) {
    auto x = static_cast<float>((whole + 0.5) * static_cast<double>(divisor));
    for (int step = 0; step < neighbours; ++step)
      x = std::nextafter(x, 0.0f);
    for (int step = 0; step <= 2 * neighbours; ++step) {
      if (std::nearbyint(x / divisor) != std::nearbyint(inverse.times(x)))
        return false;
      x = std::nextafter(x, std::numeric_limits<float>::infinity());
    }
  }
  return true;
}

/// Bytes less a zero point, times a scale.
struct Dequantized {
  int low;
  float scale;
};

/// Whether `value` is `cast(integers) * scale` with integers made of bytes.
std::optional<Dequantized> dequantized(Value value) {
  auto product = value.getDefiningOp<graph::MulOp>();
  std::optional<float> scale =
      product ? floatOf(product.getRhs()) : std::nullopt;
  auto number =
      scale ? product.getLhs().getDefiningOp<graph::CastOp>() : graph::CastOp();
  if (!number)
    return std::nullopt;
  Value integers = number.getInput();
  int64_t zero = 0;
  if (auto difference = integers.getDefiningOp<graph::SubOp>()) {
    std::optional<double> number = numberOf(difference.getRhs());
    auto wide = difference.getLhs().getDefiningOp<graph::CastOp>();
    // Narrower differences may wrap around.
    if (!number || !wide || !graph::Builder::elementOf(wide).isInteger(32))
      return std::nullopt;
    zero = static_cast<int64_t>(*number);
    integers = wide.getInput();
  }
  Type element = graph::Builder::elementOf(integers);
  int64_t low = element.isUnsignedInteger() ? 0 : -128;
  if (!element.isInteger(8) || zero < low || zero > low + 255)
    return std::nullopt;
  return Dequantized{static_cast<int>(low - zero), *scale};
}

/// Whether the quotients of all that was dequantised so are the same.
bool dividesAlike(const Dequantized &numbers, float divisor,
                  const Inverse &inverse) {
  for (int step = 0; step < 256; ++step) {
    float x = static_cast<float>(numbers.low + step) * numbers.scale;
    if (!std::isfinite(x) || x / divisor != inverse.times(x))
      return false;
  }
  return true;
}

/// Whether nothing but bytes is made of `rounded`, perhaps with a zero point.
bool becomesBytes(Value rounded) {
  return llvm::all_of(rounded.getUsers(), [&](Operation *user) {
    if (isa<graph::CastOp>(user))
      return graph::Builder::elementOf(user->getResult(0)).isInteger(8);
    auto sum = dyn_cast<graph::AddOp>(user);
    std::optional<float> zero =
        sum && sum.getLhs() == rounded ? floatOf(sum.getRhs()) : std::nullopt;
    return zero && std::fabs(*zero) <= 255 &&
           llvm::all_of(sum->getUsers(), [](Operation *next) {
             return isa<graph::CastOp>(next) &&
                    graph::Builder::elementOf(next->getResult(0)).isInteger(8);
           });
  });
}

bool isAlike(graph::DivOp division, float divisor, const Inverse &inverse) {
  if (std::optional<Dequantized> numbers = dequantized(division.getLhs()))
    if (dividesAlike(*numbers, divisor, inverse))
      return true;
  return llvm::all_of(division->getUsers(),
                      [](Operation *user) {
                        return isa<graph::RoundOp>(user) &&
                               becomesBytes(user->getResult(0));
                      }) &&
         roundsAlike(divisor, inverse);
}

void replace(graph::DivOp division) {
  std::optional<float> divisor = floatOf(division.getRhs());
  // So that neither an inverse nor what it is made of is denormal.
  constexpr float smallest = 0x1p-60f, largest = 0x1p60f;
  if (!divisor || !(*divisor >= smallest && *divisor <= largest) ||
      division.getLhs().getType() != division.getType())
    return;
  Inverse inverse(*divisor);
  if (!isAlike(division, *divisor, inverse))
    return;
  OpBuilder ops(division);
  auto type = cast<RankedTensorType>(division.getRhs().getType());
  auto number = [&](float value) -> Value {
    return graph::ConstantOp::create(ops, division.getLoc(), type,
                                     DenseElementsAttr::get(type, value));
  };
  Value x = division.getLhs(), high = number(inverse.high), result;
  if (inverse.low == 0) {
    result = graph::MulOp::create(ops, division.getLoc(), division.getType(), x,
                                  high);
  } else {
    Value low = graph::MulOp::create(ops, division.getLoc(), division.getType(),
                                     x, number(inverse.low));
    result = graph::FmaOp::create(ops, division.getLoc(), division.getType(), x,
                                  high, low);
  }
  division.getResult().replaceAllUsesWith(result);
  division.erase();
}

struct ReplaceDivisions : impl::ReplaceDivisionsBase<ReplaceDivisions> {
  void runOnOperation() override {
    // Scalar code may have no instruction for a fused multiply-add.
    if (target::machineFor(getOperation()).lanes() == 1)
      return;
    SmallVector<graph::DivOp> divisions;
    getOperation().walk([&](graph::DivOp op) {
      if (op.getType().getElementType().isF32())
        divisions.push_back(op);
    });
    for (graph::DivOp division : divisions)
      replace(division);
  }
};

} // namespace
} // namespace lmcc
