//===- ShapeValues.cpp - What integers of the graph are sizes -------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/ShapeValues.h"
#include "dialects/Graph/SizePolynomial.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace lmcc::graph {

namespace {

using Elements = ShapeValues::Elements;

/// One step of a chain: the elements of an op's result from those of its
/// operands.
class Step {
public:
  Step(const DimSpace &space, ShapeValues &values)
      : space(space), values(values) {}

  std::optional<Elements> run(Operation *op) {
    return llvm::TypeSwitch<Operation *, std::optional<Elements>>(op)
        .Case([&](ConstantOp op) { return constant(op); })
        .Case([&](DimValuesOp op) {
          return Elements(space.expressions(op.getValues()));
        })
        .Case([&](IotaOp op) {
          Elements result;
          for (int64_t i = 0; i < op.getType().getNumElements(); ++i)
            result.push_back(space.number(i));
          return result;
        })
        .Case([&](ReshapeOp op) { return values.elements(op.getInput()); })
        .Case([&](CastOp op) {
          return isa<IntegerType>(typeOf(op.getInput()).getElementType())
                     ? castTo(values.elements(op.getInput()),
                              op.getType().getElementType())
                     : std::nullopt;
        })
        .Case([&](BroadcastOp op) { return broadcast(op); })
        .Case([&](ConcatOp op) { return concat(op); })
        .Case([&](SliceOp op) { return slice(op); })
        .Case([&](TransposeOp op) { return transpose(op); })
        .Case([&](GatherOp op) { return gather(op); })
        .Case([&](ScatterElementsOp op) { return scatter(op); })
        .Case([&](ReduceOp op) { return reduce(op); })
        .Case([&](NegOp op) {
          return map(op, [&](ArrayRef<AffineExpr> x) {
            return space.multiply(x[0], space.number(-1));
          });
        })
        .Case([&](AddOp op) {
          return map(op, [&](auto x) { return space.add(x[0], x[1]); });
        })
        .Case([&](SubOp op) {
          return map(op, [&](auto x) { return space.subtract(x[0], x[1]); });
        })
        .Case([&](MulOp op) {
          return map(op, [&](auto x) { return space.multiply(x[0], x[1]); });
        })
        .Case([&](DivOp op) {
          return map(op, [&](auto x) { return quotient(x[0], x[1]); });
        })
        .Case([&](ModOp op) {
          return map(op, [&](auto x) { return remainder(x[0], x[1]); });
        })
        .Case([&](MaxOp op) {
          return map(op, [&](auto x) { return larger(x[0], x[1], true); });
        })
        .Case([&](MinOp op) {
          return map(op, [&](auto x) { return larger(x[0], x[1], false); });
        })
        .Case([&](CompareOp op) {
          return map(op, [&](ArrayRef<AffineExpr> x) {
            return compare(op.getComparison(), x[0], x[1]);
          });
        })
        .Case([&](NotOp op) {
          return map(op, [&](auto x) {
            return space.subtract(space.number(1), x[0]);
          });
        })
        .Case([&](AndOp op) {
          return map(op, [&](auto x) { return space.multiply(x[0], x[1]); });
        })
        .Case([&](OrOp op) {
          return map(op, [&](auto x) { return larger(x[0], x[1], true); });
        })
        .Case([&](SelectOp op) { return select(op); })
        .Default([](Operation *) { return std::nullopt; });
  }

private:
  std::optional<Elements> constant(ConstantOp op) {
    auto dense = dyn_cast<DenseIntElementsAttr>(op.getValue());
    if (!dense)
      return std::nullopt;
    bool isUnsigned = op.getType().getElementType().isUnsignedInteger() ||
                      op.getType().getElementType().isInteger(1);
    Elements result;
    for (const APInt &value : dense.getValues<APInt>())
      result.push_back(
          space.number(isUnsigned ? static_cast<int64_t>(value.getZExtValue())
                                  : value.getSExtValue()));
    return result;
  }

  /// Narrow types keep only what surely fits; a boolean is `x != 0`.
  std::optional<Elements> castTo(std::optional<Elements> input, Type element) {
    if (!input || !element.isInteger())
      return std::nullopt;
    unsigned width = element.getIntOrFloatBitWidth();
    for (AffineExpr &value : *input) {
      if (!value)
        continue;
      SizeRange range = space.range(value);
      if (width == 1) {
        bool isZero = range.high && range.low == 0 && *range.high == 0;
        bool isNotZero = range.low > 0 || (range.high && *range.high < 0);
        value = isZero      ? space.number(0)
                : isNotZero ? space.number(1)
                            : AffineExpr();
      } else if (width < 32) {
        int64_t limit = int64_t(1) << (width - 1);
        if (range.low < (element.isUnsignedInteger() ? 0 : -limit) ||
            !range.high || *range.high >= limit)
          value = {};
      }
    }
    return input;
  }

  template <typename Function>
  std::optional<Elements> map(Operation *op, Function function) {
    RankedTensorType type = typeOf(op->getResult(0));
    SmallVector<Elements> operands;
    for (Value operand : op->getOperands()) {
      std::optional<Elements> elements = values.elements(operand);
      if (!elements)
        return std::nullopt;
      operands.push_back(spread(*elements, typeOf(operand), type));
    }
    Elements result;
    for (int64_t i = 0; i < type.getNumElements(); ++i) {
      SmallVector<AffineExpr> arguments;
      for (const Elements &operand : operands)
        if (operand[i])
          arguments.push_back(operand[i]);
      result.push_back(arguments.size() == operands.size()
                           ? AffineExpr(function(arguments))
                           : AffineExpr());
    }
    return result;
  }

  /// For every place of `to` in row-major order the element of `input`, a
  /// tensor of type `from`, at the place that `sourceOf` makes of it.
  template <typename Function>
  static Elements rearrange(const Elements &input, RankedTensorType from,
                            RankedTensorType to, Function sourceOf) {
    Elements result;
    SmallVector<int64_t> place(to.getRank(), 0);
    for (int64_t i = 0; i < to.getNumElements(); ++i) {
      int64_t source = 0;
      for (int64_t axis = 0; axis < from.getRank(); ++axis)
        source = source * from.getDimSize(axis) + sourceOf(place, axis);
      bool isInside =
          source >= 0 && source < static_cast<int64_t>(input.size());
      result.push_back(isInside ? input[source] : AffineExpr());
      for (int64_t axis = to.getRank() - 1; axis >= 0; --axis) {
        if (++place[axis] < to.getDimSize(axis))
          break;
        place[axis] = 0;
      }
    }
    return result;
  }

  /// Row-major elements of `from`, broadcast to every place of `to`.
  static Elements spread(const Elements &elements, RankedTensorType from,
                         RankedTensorType to) {
    int64_t missing = to.getRank() - from.getRank();
    return rearrange(
        elements, from, to, [&](ArrayRef<int64_t> place, int64_t axis) {
          return from.getDimSize(axis) == 1 ? 0 : place[missing + axis];
        });
  }

  std::optional<Elements> transpose(TransposeOp op) {
    std::optional<Elements> input = values.elements(op.getInput());
    if (!input)
      return std::nullopt;
    ArrayRef<int64_t> permutation = op.getPermutation();
    return rearrange(
        *input, typeOf(op.getInput()), op.getType(),
        [&](ArrayRef<int64_t> place, int64_t axis) {
          return place[llvm::find(permutation, axis) - permutation.begin()];
        });
  }

  std::optional<Elements> broadcast(BroadcastOp op) {
    std::optional<Elements> input = values.elements(op.getInput());
    if (!input)
      return std::nullopt;
    return spread(*input, typeOf(op.getInput()), op.getType());
  }

  std::optional<Elements> concat(ConcatOp op) {
    if (op.getType().getRank() != 1)
      return std::nullopt;
    Elements result;
    for (Value input : op.getInputs()) {
      std::optional<Elements> elements = values.elements(input);
      result.append(elements ? *elements
                             : Elements(typeOf(input).getDimSize(0)));
    }
    return result;
  }

  std::optional<Elements> slice(SliceOp op) {
    std::optional<Elements> input = values.elements(op.getInput());
    SmallVector<int64_t> starts;
    for (int64_t axis = 0; axis < op.getType().getRank(); ++axis)
      if (std::optional<int64_t> start = op.getStarts().getConstant(axis))
        starts.push_back(*start);
    if (!input || static_cast<int64_t>(starts.size()) != op.getType().getRank())
      return std::nullopt;
    return rearrange(*input, typeOf(op.getInput()), op.getType(),
                     [&](ArrayRef<int64_t> place, int64_t axis) {
                       return starts[axis] + place[axis] * op.getSteps()[axis];
                     });
  }

  std::optional<Elements> scatter(ScatterElementsOp op) {
    std::optional<Elements> result = values.elements(op.getInput());
    std::optional<Elements> indices = values.known(op.getIndices());
    std::optional<Elements> updates = values.elements(op.getUpdates());
    if (!result || !indices || !updates || op.getType().getRank() != 1 ||
        op.getMode() != ScatterMode::assign)
      return std::nullopt;
    auto size = static_cast<int64_t>(result->size());
    for (auto [index, update] : llvm::zip(*indices, *updates)) {
      std::optional<int64_t> place = space.constant(index);
      if (!place || *place < -size || *place >= size)
        return std::nullopt;
      (*result)[*place < 0 ? *place + size : *place] = update;
    }
    return result;
  }

  std::optional<Elements> gather(GatherOp op) {
    std::optional<Elements> input = values.elements(op.getInput());
    std::optional<Elements> indices = values.elements(op.getIndices());
    if (!input || !indices || typeOf(op.getInput()).getRank() != 1)
      return std::nullopt;
    Elements result;
    for (AffineExpr index : *indices) {
      auto number = dyn_cast_or_null<AffineConstantExpr>(index);
      int64_t size = static_cast<int64_t>(input->size());
      int64_t place = number ? number.getValue() : -size - 1;
      place = place < 0 ? place + size : place;
      result.push_back(place >= 0 && place < size ? (*input)[place]
                                                  : AffineExpr());
    }
    return result;
  }

  std::optional<Elements> reduce(ReduceOp op) {
    std::optional<Elements> input = values.known(op.getInput());
    if (!input || op.getType().getNumElements() != 1)
      return std::nullopt;
    bool isSum = op.getReduction() == Reduction::sum;
    if (!isSum && op.getReduction() != Reduction::product)
      return std::nullopt;
    AffineExpr result = space.number(isSum ? 0 : 1);
    for (AffineExpr value : *input)
      result = isSum ? space.add(result, value) : space.multiply(result, value);
    return Elements{result};
  }

  std::optional<Elements> select(SelectOp op) {
    std::optional<Elements> condition = values.elements(op.getCondition());
    std::optional<Elements> lhs = values.elements(op.getLhs());
    std::optional<Elements> rhs = values.elements(op.getRhs());
    if (!condition || !lhs || !rhs)
      return std::nullopt;
    RankedTensorType type = op.getType();
    Elements c = spread(*condition, typeOf(op.getCondition()), type);
    Elements a = spread(*lhs, typeOf(op.getLhs()), type);
    Elements b = spread(*rhs, typeOf(op.getRhs()), type);
    Elements result;
    for (auto [which, yes, no] : llvm::zip(c, a, b)) {
      auto number = dyn_cast_or_null<AffineConstantExpr>(which);
      if (number)
        result.push_back(number.getValue() ? yes : no);
      else
        result.push_back(yes == no ? yes : AffineExpr());
    }
    return result;
  }

  /// ONNX division truncates; for sizes that is the floor.
  AffineExpr quotient(AffineExpr a, AffineExpr b) {
    if (space.range(a).low < 0 || space.range(b).low < 1)
      return {};
    if (std::optional<AffineExpr> exact = space.divide(a, b))
      return *exact;
    return {};
  }

  AffineExpr remainder(AffineExpr a, AffineExpr b) {
    std::optional<int64_t> divisor = space.constant(b);
    if (!divisor || *divisor < 1 || space.range(a).low < 0)
      return {};
    return space.simplify(a % *divisor);
  }

  AffineExpr larger(AffineExpr a, AffineExpr b, bool wantLarger) {
    SizeRange difference = space.range(space.subtract(a, b));
    if (difference.low >= 0)
      return wantLarger ? a : b;
    if (difference.high && *difference.high <= 0)
      return wantLarger ? b : a;
    return {};
  }

  AffineExpr compare(Comparison comparison, AffineExpr a, AffineExpr b) {
    SizeRange d = space.range(space.subtract(a, b));
    bool below = d.high && *d.high < 0, notAbove = d.high && *d.high <= 0;
    bool above = d.low > 0, notBelow = d.low >= 0;
    auto decide = [&](bool yes, bool no) {
      return yes ? space.number(1) : no ? space.number(0) : AffineExpr();
    };
    switch (comparison) {
    case Comparison::eq: return decide(notAbove && notBelow, below || above);
    case Comparison::lt: return decide(below, notBelow);
    case Comparison::le: return decide(notAbove, above);
    case Comparison::gt: return decide(above, notAbove);
    case Comparison::ge: return decide(notBelow, below);
    }
    return {};
  }

  const DimSpace &space;
  ShapeValues &values;
};

} // namespace

std::optional<Elements> ShapeValues::elements(Value value) {
  auto [entry, isNew] = cache.try_emplace(value);
  if (isNew) {
    std::optional<Elements> result = compute(value);
    cache[value] = result;
    entry = cache.find(value);
  }
  if (!entry->second)
    return std::nullopt;
  Elements current = *entry->second;
  for (AffineExpr &element : current)
    if (element)
      element = space.simplify(element); // What was learned since.
  return current;
}

std::optional<Elements> ShapeValues::known(Value value) {
  std::optional<Elements> result = elements(value);
  if (result && llvm::all_of(*result, [](AffineExpr e) { return bool(e); }))
    return result;
  return std::nullopt;
}

std::optional<Elements> ShapeValues::compute(Value value) {
  RankedTensorType type = typeOf(value);
  Operation *op = value.getDefiningOp();
  if (!op || !type.hasStaticShape() || !type.getElementType().isInteger() ||
      type.getNumElements() > maximumShapeElements)
    return std::nullopt;
  std::optional<Elements> result = Step(space, *this).run(op);
  if (result)
    for (AffineExpr &element : *result)
      if (element && !isShortSize(element))
        element = {};
  return result;
}

} // namespace lmcc::graph
