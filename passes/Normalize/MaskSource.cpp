//===- MaskSource.cpp - What masks are computed from ----------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Normalize/MaskSource.h"
#include "mlir/IR/Diagnostics.h"
#include "passes/Normalize/BandedConstant.h"
#include "passes/Normalize/Diagonals.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;
using lmcc::graph::Comparison;
using lmcc::graph::typeOf;

namespace lmcc {

/// A constant of one value, however many elements it has.
static std::optional<Attribute> uniformElement(Operation *op) {
  auto constant = dyn_cast_or_null<graph::ConstantOp>(op);
  auto dense = constant ? dyn_cast<DenseElementsAttr>(constant.getValue())
                        : DenseElementsAttr();
  if (!dense || dense.empty() || !dense.isSplat())
    return std::nullopt;
  return dense.getSplatValue<Attribute>();
}

MaskSource::MaskSource(graph::Builder &build, OpBuilder outside, Sizes scores,
                       const graph::FileTable &files, AddOperand addOperand)
    : build(build), outside(outside), scores(std::move(scores)), files(files),
      addOperand(std::move(addOperand)),
      region(build, static_cast<int64_t>(this->scores.size())) {
  region.setLimit([this](Value argument, int64_t low, int64_t high) {
    return limit(argument, low, high);
  });
}

Value MaskSource::compute(Value value) {
  return compute(placeInScores(build.space(), value, scores));
}

Value MaskSource::compute(const PlacedValue &value) {
  for (const auto &[other, result] : known)
    if (other == value)
      return result;
  Value result;
  if (steps < maximumSteps && belongsInside(value)) {
    ++steps;
    result = write(value);
    --steps;
  }
  if (!result && !mustCompute)
    result = read(value);
  if (result)
    known.push_back({value, result});
  return result;
}

//===----------------------------------------------------------------------===//
// What is worth it
//===----------------------------------------------------------------------===//

bool MaskSource::isMatrix(const PlacedValue &value) const {
  auto rank = static_cast<int64_t>(scores.size());
  return value.variesAlong(rank - 2) && value.variesAlong(rank - 1);
}

bool MaskSource::belongsInside(const PlacedValue &value) {
  if (mustCompute || isMatrix(value) ||
      uniformElement(value.value.getDefiningOp()))
    return true;
  // Integers are places that are compared, floats are better read.
  if (!isa<FloatType>(typeOf(value.value).getElementType()) &&
      isPositional(value.value))
    return true;
  // With one row a causal mask is a vector, too.
  unsigned looks = 256;
  return comparesKeys(value, looks);
}

/// Whether places of keys are compared on the way to `value`.
bool MaskSource::comparesKeys(const PlacedValue &value, unsigned &looks) {
  Operation *op = value.value.getDefiningOp();
  auto lastAxis = static_cast<int64_t>(scores.size()) - 1;
  if (!op || looks == 0 || !value.variesAlong(lastAxis))
    return false;
  --looks;
  auto operands = operandsAt(build.space(), op, value.places);
  if (!operands)
    return false;
  return llvm::any_of(*operands, [&](const PlacedValue &operand) {
    return (isa<graph::CompareOp>(op) && operand.variesAlong(lastAxis) &&
            isPositional(operand.value)) ||
           comparesKeys(operand, looks);
  });
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

Value MaskSource::write(const PlacedValue &value) {
  Operation *op = value.value.getDefiningOp();
  if (!op)
    return {};
  if (auto operands = operandsAt(build.space(), op, value.places))
    return op->hasTrait<graph::Elementwise>() ? writeSame(op, *operands)
                                              : compute(operands->front());
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](graph::IotaOp iota) {
        return writePosition(value.places[iota.getAxis()]);
      })
      .Case([&](graph::DimValuesOp sizes) {
        return sizes.getValues().getRank() == 1
                   ? region.size(
                         build.space().expressions(sizes.getValues()).front())
                   : Value();
      })
      .Case([&](graph::GatherOp gather) {
        return writeDiagonals(gather, value.places);
      })
      .Case([&](graph::ConcatOp concat) {
        return writeConcat(concat, value.places);
      })
      .Case<graph::ConstantOp, weight::GetOp>(
          [&](auto) { return writeConstant(op, value.places); })
      .Default([](Operation *) { return Value(); });
}

Value MaskSource::writeSame(Operation *op, ArrayRef<PlacedValue> operands) {
  SmallVector<Value> inside;
  for (const PlacedValue &operand : operands) {
    inside.push_back(compute(operand));
    if (!inside.back())
      return {};
  }
  return region.apply(op, inside);
}

Value MaskSource::writePosition(const Place &place, int64_t shift) {
  graph::DimSpace &space = build.space();
  AffineExpr offset = space.add(place.offset, space.number(shift));
  return place.axis ? region.position(*place.axis, scores[*place.axis], offset)
                    : region.size(offset);
}

/// The part that an index falls into. Where it falls into another one, a part
/// is computed outside of its bounds, which places allow and memory does not.
Value MaskSource::writeConcat(graph::ConcatOp op, const Places &places) {
  graph::DimSpace &space = build.space();
  const Place &along = places[op.getAxis()];
  if (!llvm::all_of(op.getInputs(),
                    [](Value input) { return isPositional(input); }))
    return {};
  llvm::SaveAndRestore<bool> noMemory(mustCompute, true);
  Value result;
  AffineExpr end = space.number(0);
  SmallVector<AffineExpr> starts;
  for (Value input : op.getInputs()) {
    starts.push_back(end);
    end = space.add(end, space.sizes(typeOf(input))[op.getAxis()]);
  }
  for (size_t part = starts.size(); part-- > 0;) {
    Places inner(places);
    inner[op.getAxis()].offset = space.subtract(along.offset, starts[part]);
    Value value = compute({op.getInputs()[part], inner});
    if (!value)
      return {};
    if (!result) {
      result = value;
      continue;
    }
    Value isBefore = region.compare(Comparison::lt, writePosition(along),
                                    region.size(starts[part + 1]));
    result = region.select(isBefore, value, result);
  }
  return result;
}

/// A table that is looked up by the distance of two places is read once per
/// distance.
Value MaskSource::writeDiagonals(graph::GatherOp op, const Places &places) {
  graph::DimSpace &space = build.space();
  auto batchAxes = static_cast<int64_t>(scores.size()) - 2;
  int64_t first = op.getAxis();
  int64_t count = typeOf(op.getIndices()).getRank();
  Places chosen(ArrayRef(places).slice(first, count));
  Places rest(ArrayRef(places).take_front(first));
  rest.push_back({batchAxes, space.number(0)});
  llvm::append_range(rest, ArrayRef(places).drop_front(first + count));
  bool hasOtherRows = llvm::any_of(rest, [&](const Place &place) {
    return place.axis && *place.axis > batchAxes;
  });
  if (mustCompute || hasOtherRows ||
      llvm::count_if(
          rest, [&](const Place &one) { return one.axis == batchAxes; }) > 1)
    return {};
  Value argument;
  {
    OpBuilder &ops = build.operations();
    OpBuilder::InsertionGuard guard(ops);
    ops.setInsertionPoint(outside.getInsertionBlock(),
                          outside.getInsertionPoint());
    Value indices = alongDiagonals(build, {op.getIndices(), chosen}, scores);
    if (!indices)
      return {};
    Sizes whole(ArrayRef(scores).drop_back(2));
    whole.push_back(build.sizesOf(indices).front());
    Value bias = build.gather(op.getInput(), indices, op.getAxis());
    argument = addOperand(aligned({bias, rest}, whole));
  }
  return build.diagonals(argument, scores[batchAxes], scores.back());
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

std::optional<graph::HostTensor> MaskSource::elementsOf(Operation *op) const {
  if (auto constant = dyn_cast<graph::ConstantOp>(op))
    return graph::HostTensor::fromAttribute(constant.getValue());
  // Without the files of the model there is nothing to look at.
  if (files.empty())
    return std::nullopt;
  ScopedDiagnosticHandler silence(op->getContext(),
                                  [](Diagnostic &) { return success(); });
  FailureOr<graph::HostTensor> value =
      graph::evaluateWeight(cast<weight::GetOp>(op), files);
  return succeeded(value) ? std::optional(*value) : std::nullopt;
}

Value MaskSource::writeConstant(Operation *op, const Places &places) {
  if (std::optional<Attribute> element = uniformElement(op))
    return region.uniform(typeOf(op->getResult(0)).getElementType(), *element);
  SmallVector<const Place *> moving;
  for (const Place &place : places)
    if (place.axis)
      moving.push_back(&place);
  auto type = typeOf(op->getResult(0));
  bool isWhole =
      static_cast<size_t>(llvm::count_if(type.getShape(), [](int64_t size) {
        return size != 1;
      })) == moving.size();
  if (!isWhole)
    return {};
  auto constant = dyn_cast<graph::ConstantOp>(op);
  if (moving.size() == 1 && constant) {
    std::optional<int64_t> start =
        startOfCounting(cast<DenseElementsAttr>(constant.getValue()));
    return start ? writePosition(*moving.front(), *start) : Value();
  }
  if (moving.size() != 2)
    return {};
  std::optional<graph::HostTensor> elements = elementsOf(op);
  return elements ? writeBand(*elements, places) : Value();
}

/// What depends on the difference of two places, as comparisons of them.
Value MaskSource::writeBand(const graph::HostTensor &tensor,
                            const Places &places) {
  auto lastAxis = static_cast<int64_t>(scores.size()) - 1;
  auto axisAt = [&](int64_t axisOfScores) -> int64_t {
    return llvm::find_if(
               places,
               [&](const Place &place) { return place.axis == axisOfScores; }) -
           places.begin();
  };
  auto rank = static_cast<int64_t>(places.size());
  int64_t rows = axisAt(lastAxis - 1), keys = axisAt(lastAxis);
  if (rows == rank || keys == rank)
    return {};
  constexpr size_t mostRuns = 3;
  std::optional<Band> band = bandOf(tensor, rows, keys, mostRuns);
  if (!band)
    return {};
  auto value = [&](size_t run) {
    return region.uniform(tensor.getElementType(), band->values[run]);
  };
  auto compare = [&](Comparison comparison, size_t run) {
    return region.compare(comparison, writePosition(places[keys]),
                          writePosition(places[rows], band->ends[run]));
  };
  switch (band->values.size()) {
  case 1: return value(0);
  case 2: return region.select(compare(Comparison::le, 0), value(0), value(1));
  default:
    if (band->values[0] != band->values[2])
      return {};
    return region.select(build.binary<graph::AndOp>(compare(Comparison::gt, 0),
                                                    compare(Comparison::le, 1)),
                         value(1), value(0));
  }
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

/// The part of a tensor that `whole` meets, with an axis for each of its sizes.
Value MaskSource::aligned(const PlacedValue &placed,
                          ArrayRef<AffineExpr> whole) {
  graph::DimSpace &space = build.space();
  Sizes starts, sizes, moving, shape(whole.size(), space.number(1));
  SmallVector<int64_t> axes;
  for (const Place &place : placed.places) {
    starts.push_back(place.offset);
    sizes.push_back(place.axis ? whole[*place.axis] : space.number(1));
    if (!place.axis)
      continue;
    shape[*place.axis] = whole[*place.axis];
    moving.push_back(whole[*place.axis]);
    axes.push_back(*place.axis);
  }
  Value part = build.slice(placed.value, starts, sizes,
                           SmallVector<int64_t>(sizes.size(), 1));
  auto order =
      llvm::to_vector(llvm::seq<int64_t>(0, static_cast<int64_t>(axes.size())));
  llvm::sort(order, [&](int64_t a, int64_t b) { return axes[a] < axes[b]; });
  if (llvm::is_sorted(order))
    return build.reshape(part, shape);
  return build.reshape(build.transpose(build.reshape(part, moving), order),
                       shape);
}

Value MaskSource::read(const PlacedValue &placed) {
  OpBuilder &ops = build.operations();
  OpBuilder::InsertionGuard guard(ops);
  ops.setInsertionPoint(outside.getInsertionBlock(),
                        outside.getInsertionPoint());
  Value tensor = aligned(placed, scores);
  if (isMatrix(placed))
    matricesRead.push_back(placed.value);
  Value argument = addOperand(tensor);
  tensorOfArgument[argument] = tensor;
  return argument;
}

Value MaskSource::limit(Value argument, int64_t low, int64_t high) {
  Value tensor = tensorOfArgument.lookup(argument);
  constexpr int64_t farthest = int64_t(1) << 30;
  if (!tensor || !typeOf(tensor).getElementType().isSignlessInteger(64) ||
      low < -farthest || high > farthest)
    return {};
  if (isMatrix(placeInScores(build.space(), tensor, scores)))
    return {};
  OpBuilder &ops = build.operations();
  OpBuilder::InsertionGuard guard(ops);
  ops.setInsertionPoint(outside.getInsertionBlock(),
                        outside.getInsertionPoint());
  auto bound = [&](int64_t value) {
    return build.scalar(ops.getI64Type(), static_cast<double>(value));
  };
  Value inside = build.binary<graph::MinOp>(
      build.binary<graph::MaxOp>(tensor, bound(low - 1)), bound(high + 1));
  return addOperand(build.cast(inside, ops.getI32Type()));
}

} // namespace lmcc
