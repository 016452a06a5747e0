//===- VisibleKeys.cpp - Which keys a row can give weight to --------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/GraphToKernel/VisibleKeys.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>
#include <limits>

using namespace mlir;
using lmcc::graph::Comparison;
using lmcc::graph::typeOf;

namespace lmcc {

bool variesAlong(Value inside, int64_t axisFromBack) {
  RankedTensorType type = typeOf(inside);
  return type.getRank() >= axisFromBack &&
         type.getDimSize(type.getRank() - axisFromBack) != 1;
}

namespace {

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

/// `keyFactor * key + rowFactor * row + offset`
struct LinearPlace {
  int64_t keyFactor, rowFactor;
  AffineExpr offset;
};

class Places {
public:
  explicit Places(const graph::DimSpace &space) : space(space) {}

  std::optional<LinearPlace> of(Value value) {
    auto entry = known.find(value);
    if (entry != known.end())
      return entry->second;
    Operation *op = value.getDefiningOp();
    // What is wider may wrap around.
    bool isNarrow = typeOf(value).getElementType().isSignlessInteger(32);
    std::optional<LinearPlace> place =
        op && isNarrow ? compute(op) : std::nullopt;
    return known[value] = place;
  }

  /// a + factor * b
  std::optional<LinearPlace> combine(std::optional<LinearPlace> a,
                                     std::optional<LinearPlace> b,
                                     int64_t factor) const {
    if (!a || !b)
      return std::nullopt;
    return LinearPlace{
        a->keyFactor + factor * b->keyFactor,
        a->rowFactor + factor * b->rowFactor,
        space.add(a->offset, space.multiply(b->offset, space.number(factor)))};
  }

private:
  std::optional<LinearPlace> compute(Operation *op) {
    return llvm::TypeSwitch<Operation *, std::optional<LinearPlace>>(op)
        .Case([&](graph::IotaOp iota) { return position(iota); })
        .Case([&](graph::ConstantOp constant) {
          auto element = *constant.getValue().value_begin<Attribute>();
          return fixed(space.number(cast<IntegerAttr>(element).getInt()));
        })
        .Case([&](graph::DimValuesOp sizes) {
          return fixed(space.expressions(sizes.getValues()).front());
        })
        .Case([&](graph::AddOp sum) {
          return combine(of(sum.getLhs()), of(sum.getRhs()), 1);
        })
        .Case([&](graph::SubOp difference) {
          return combine(of(difference.getLhs()), of(difference.getRhs()), -1);
        })
        .Case([&](graph::NegOp negated) {
          return combine(fixed(space.number(0)), of(negated.getInput()), -1);
        })
        .Default([](Operation *) { return std::nullopt; });
  }

  std::optional<LinearPlace> fixed(AffineExpr offset) const {
    return LinearPlace{0, 0, offset};
  }

  std::optional<LinearPlace> position(graph::IotaOp iota) const {
    int64_t fromBack =
        iota.getType().getRank() - static_cast<int64_t>(iota.getAxis());
    if (fromBack > 2)
      return std::nullopt;
    return LinearPlace{fromBack == 1, fromBack == 2, space.number(0)};
  }

  const graph::DimSpace &space;
  DenseMap<Value, std::optional<LinearPlace>> known;
};

/// The comparison `key (comparison) limit`.
struct KeyComparison {
  graph::CompareOp op;
  Comparison comparison;
  KeyLimit limit;
};

Comparison mirrored(Comparison comparison) {
  switch (comparison) {
  case Comparison::lt: return Comparison::gt;
  case Comparison::le: return Comparison::ge;
  case Comparison::gt: return Comparison::lt;
  case Comparison::ge: return Comparison::le;
  case Comparison::eq: return Comparison::eq;
  }
  llvm_unreachable("all comparisons are listed");
}

/// `op` solved for the key, if it compares one.
std::optional<KeyComparison> solve(graph::CompareOp op, Places &places,
                                   const graph::DimSpace &space) {
  if (!typeOf(op.getLhs()).getElementType().isSignlessInteger(32))
    return std::nullopt;
  Comparison comparison = op.getComparison();
  std::optional<LinearPlace> left = places.of(op.getLhs());
  std::optional<LinearPlace> right = places.of(op.getRhs());
  Value value;
  if (left && right) {
    left = places.combine(left, right, -1);
  } else {
    value = op.getRhs();
    if (!left) {
      std::swap(left, right);
      value = op.getLhs();
      comparison = mirrored(comparison);
    }
    if (!left || variesAlong(value, 1))
      return std::nullopt;
  }
  // keyFactor * key + rest (comparison) value
  int64_t sign = left->keyFactor;
  if (sign != 1 && sign != -1)
    return std::nullopt;
  if (sign == -1)
    comparison = mirrored(comparison);
  KeyLimit limit = {-sign * left->rowFactor,
                    space.multiply(left->offset, space.number(-sign)), value,
                    value ? sign : 0};
  return KeyComparison{op, comparison, limit};
}

//===----------------------------------------------------------------------===//
// Hidden scores
//===----------------------------------------------------------------------===//

/// What is known of the elements of a value.
struct Knowledge {
  /// Of booleans.
  std::optional<bool> truth;
  /// Of numbers: their value, or an upper bound.
  std::optional<double> exact, most;

  std::optional<double> bound() const { return exact ? exact : most; }
};

/// Follows a region where the result of one comparison is known.
class HiddenScores {
public:
  HiddenScores(graph::CompareOp assumed, bool truth) {
    known[assumed.getResult()].truth = truth;
  }

  Knowledge of(Value value) {
    auto entry = known.find(value);
    if (entry != known.end())
      return entry->second;
    Operation *op = value.getDefiningOp();
    Knowledge result = op ? compute(op) : Knowledge();
    return known[value] = result;
  }

private:
  /// Scores and what is added to them lie below this where nothing hides them.
  static constexpr double ordinary = 0x1p125;

  Knowledge compute(Operation *op) {
    return llvm::TypeSwitch<Operation *, Knowledge>(op)
        .Case([&](graph::ConstantOp constant) { return number(constant); })
        .Case([&](graph::AndOp both) { return combine(both, false); })
        .Case([&](graph::OrOp either) { return combine(either, true); })
        .Case([&](graph::NotOp negated) {
          Knowledge x = of(negated.getInput());
          if (x.truth)
            x.truth = !*x.truth;
          return x;
        })
        .Case([&](graph::SelectOp select) { return choose(select); })
        .Case([&](graph::CastOp cast) { return convert(cast); })
        .Case([&](graph::BroadcastOp repeated) {
          return of(repeated.getInput());
        })
        .Case([&](graph::AddOp sum) {
          return add(of(sum.getLhs()), of(sum.getRhs()));
        })
        .Case([&](graph::SubOp difference) {
          return subtract(of(difference.getLhs()), of(difference.getRhs()));
        })
        .Case([&](graph::MulOp product) {
          Knowledge a = of(product.getLhs()), b = of(product.getRhs());
          return b.exact ? scale(a, *b.exact)
                         : (a.exact ? scale(b, *a.exact) : Knowledge());
        })
        .Case([&](graph::DivOp quotient) {
          Knowledge b = of(quotient.getRhs());
          return b.exact ? scale(of(quotient.getLhs()), 1 / *b.exact)
                         : Knowledge();
        })
        .Case([&](graph::MinOp least) {
          std::optional<double> a = of(least.getLhs()).bound(),
                                b = of(least.getRhs()).bound();
          return atMost(a && b ? std::min(*a, *b) : (a ? a : b));
        })
        .Default([](Operation *) { return Knowledge(); });
  }

  static bool isFloat(Value value) {
    return typeOf(value).getElementType().isF32();
  }
  static Knowledge exactly(double value) {
    Knowledge result;
    // As the operation rounds it.
    result.exact = static_cast<float>(value);
    return result;
  }
  static Knowledge atMost(std::optional<double> value) {
    Knowledge result;
    result.most = value;
    return result;
  }

  static Knowledge number(graph::ConstantOp constant) {
    Knowledge result;
    auto element = *constant.getValue().value_begin<Attribute>();
    if (auto integer = dyn_cast<IntegerAttr>(element);
        integer && integer.getType().isInteger(1))
      result.truth = integer.getValue().getBoolValue();
    else if (isFloat(constant))
      result.exact = cast<FloatAttr>(element).getValueAsDouble();
    return result;
  }

  /// A condition of two, decided by one that is `decisive`.
  Knowledge combine(Operation *op, bool decisive) {
    Knowledge a = of(op->getOperand(0)), b = of(op->getOperand(1)), result;
    if (a.truth == decisive || b.truth == decisive)
      result.truth = decisive;
    else if (a.truth && b.truth)
      result.truth = !decisive;
    return result;
  }

  Knowledge choose(graph::SelectOp select) {
    Knowledge condition = of(select.getCondition());
    Knowledge a = of(select.getLhs()), b = of(select.getRhs());
    if (condition.truth)
      return *condition.truth ? a : b;
    if (a.bound() && b.bound())
      return atMost(std::max(*a.bound(), *b.bound()));
    return {};
  }

  Knowledge convert(graph::CastOp cast) {
    Knowledge input = of(cast.getInput());
    if (isFloat(cast) && input.truth)
      return exactly(*input.truth ? 1 : 0);
    return {};
  }

  Knowledge add(const Knowledge &a, const Knowledge &b) {
    if (a.exact && b.exact)
      return exactly(*a.exact + *b.exact);
    if (!a.bound() && !b.bound())
      return {};
    return atMost(a.bound().value_or(ordinary) + b.bound().value_or(ordinary));
  }

  Knowledge subtract(const Knowledge &a, const Knowledge &b) {
    if (a.exact && b.exact)
      return exactly(*a.exact - *b.exact);
    if (!a.bound() || b.most)
      return {};
    return atMost(*a.bound() + (b.exact ? -*b.exact : ordinary));
  }

  static Knowledge scale(const Knowledge &a, double factor) {
    if (a.exact)
      return exactly(*a.exact * factor);
    if (a.most && factor > 0 && std::isfinite(factor))
      return atMost(*a.most * factor);
    return {};
  }

  DenseMap<Value, Knowledge> known;
};

//===----------------------------------------------------------------------===//
// Limits
//===----------------------------------------------------------------------===//

class LimitFinder {
public:
  LimitFinder(graph::AttentionOp attention, const graph::DimSpace &space)
      : attention(attention), space(space) {
    graph::DimSpace::Sizes sizes = space.sizes(typeOf(attention.scores()));
    rows = sizes[sizes.size() - 2];
    keys = sizes.back();
  }

  VisibleKeys run() {
    Places places(space);
    for (auto compare : attention.getAdjust().getOps<graph::CompareOp>())
      if (auto solved = solve(compare, places, space))
        consider(*solved);
    return found;
  }

private:
  /// Tries the keys behind the limit and those in front of it.
  void consider(const KeyComparison &compared) {
    Comparison comparison = compared.comparison;
    bool isBelow = comparison == Comparison::lt || comparison == Comparison::le;
    bool isAbove = comparison == Comparison::gt || comparison == Comparison::ge;
    // The comparison has one result behind `x + behind` and in front of
    // `x + front`.
    bool isStrict =
        comparison == Comparison::lt || comparison == Comparison::ge;
    int64_t behind = isStrict ? -1 : 0;
    int64_t front = comparison == Comparison::eq ? 0 : behind + 1;
    KeyLimit last = shifted(compared.limit, behind);
    if (isUseful(last) && hides(compared.op, isAbove))
      found.last.push_back(last);
    KeyLimit first = shifted(compared.limit, front);
    if (!startsInFront(first) && hides(compared.op, isBelow))
      found.first.push_back(first);
  }

  KeyLimit shifted(KeyLimit limit, int64_t by) const {
    limit.offset = space.add(limit.offset, space.number(by));
    return limit;
  }

  /// Whether some row may have keys behind its last one.
  bool isUseful(const KeyLimit &last) const {
    if (last.value || last.rowFactor < 0)
      return true;
    AffineExpr behind = space.subtract(last.offset, keys);
    return space.range(behind).low < -1;
  }

  /// Whether no row has keys in front of its first one.
  bool startsInFront(const KeyLimit &first) const {
    if (first.value)
      return false;
    AffineExpr lastRow = space.subtract(rows, space.number(1));
    AffineExpr furthest = first.offset;
    if (first.rowFactor > 0)
      furthest = space.add(
          furthest, space.multiply(lastRow, space.number(first.rowFactor)));
    std::optional<int64_t> high = space.range(furthest).high;
    return high && *high <= 0;
  }

  bool hides(graph::CompareOp op, bool truth) {
    HiddenScores scores(op, truth);
    std::optional<double> most = scores.of(attention.adjustedScores()).bound();
    // Below what real scores reach.
    constexpr double farBelow = -1000;
    if (!most || !(*most <= farBelow))
      return false;
    if (std::isinf(*most))
      return true;
    // exp is 0 from a difference of 87.4 on; the rest covers rounding.
    double bound =
        std::max<double>(*most, std::numeric_limits<float>::lowest());
    double least = bound + std::max(88.0, std::abs(bound) * 0x1p-20);
    auto rounded = std::nextafter(static_cast<float>(least), 0.0f);
    found.leastMaximum =
        std::max(rounded, found.leastMaximum.value_or(rounded));
    return true;
  }

  graph::AttentionOp attention;
  const graph::DimSpace &space;
  AffineExpr rows, keys;
  VisibleKeys found;
};

} // namespace

VisibleKeys visibleKeysOf(graph::AttentionOp attention,
                          const graph::DimSpace &space) {
  return LimitFinder(attention, space).run();
}

} // namespace lmcc
