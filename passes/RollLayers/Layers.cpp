//===- Layers.cpp - What the layers of a loop share and hand on -----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A loop makes the calls of its layers in their order, so picking every buffer
// by the number of the layer would always be right. It would also keep all of
// them in memory at once. The roles below are those that do not: the buffers of
// the loop live as long as those of the single layers did.
//
//===----------------------------------------------------------------------===//

#include "passes/RollLayers/Layers.h"

#include "dialects/Kernel/Kernel.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace lmcc {

bool Layers::ByPointer::operator()(const Values &a, const Values &b) const {
  return std::lexicographical_compare(
      a.begin(), a.end(), b.begin(), b.end(), [](Value x, Value y) {
        return x.getAsOpaquePointer() < y.getAsOpaquePointer();
      });
}

static size_t countUses(Value value) {
  return std::distance(value.use_begin(), value.use_end());
}

Layers::Layers(const Steps &steps, size_t first, size_t period, size_t count)
    : first(first), period(period), count(count), steps(steps) {
  collect();
}

void Layers::collect() {
  std::map<Values, size_t, ByPointer> known;
  places.resize(period);
  for (size_t at = 0; at < period; ++at)
    for (unsigned operand = 0; operand < step(0, at)->getNumOperands();
         ++operand) {
      Values values;
      for (size_t layer = 0; layer < count; ++layer)
        values.push_back(step(layer, at)->getOperand(operand));
      auto [place, isNew] = known.try_emplace(values, families.size());
      if (isNew) {
        byTail[Values(values.begin() + 1, values.end())].push_back(
            families.size());
        families.push_back({std::move(values), Role::Same, 0, at, at, 0});
      }
      Family &family = families[place->second];
      ++family.places;
      family.lastStep = at;
      places[at].push_back(place->second);
    }
}

size_t Layers::carried() const {
  return llvm::count_if(
      families, [](const Family &family) { return family.role == Role::Left; });
}

size_t Layers::usesBefore(Value value) const {
  return llvm::count_if(value.getUsers(), [&](Operation *user) {
    return steps.numberOf(user) < first;
  });
}

size_t Layers::usesBehind(Value value) const {
  return llvm::count_if(value.getUsers(), [&](Operation *user) {
    return steps.numberOf(user) >= first + period * count;
  });
}

//===----------------------------------------------------------------------===//
// Roles
//===----------------------------------------------------------------------===//

/// As many uses as the family has places are those in its own layer.
bool Layers::isOwn(const Family &family) const {
  return llvm::all_of(family.values, [&](Value value) {
    return value.getDefiningOp<kernel::BufferOp>() &&
           countUses(value) == family.places;
  });
}

bool Layers::isOwnResult(const Family &family) const {
  for (auto [layer, value] : llvm::enumerate(family.values)) {
    size_t number = steps.numberOf(value.getDefiningOp());
    size_t begin = first + layer * period;
    if (number < begin || number >= begin + period ||
        countUses(value) != family.places)
      return false;
  }
  return true;
}

/// Whether nothing but these places uses the buffers while there are layers,
/// and a layer takes one for the last time before it leaves the next one.
bool Layers::areTaken(const Family &left, const Family &taken) const {
  if (taken.lastStep >= left.firstStep)
    return false;
  Value start = taken.values.front(), end = left.values.back();
  if (countUses(start) != taken.places + usesBefore(start) ||
      countUses(end) != left.places + usesBehind(end))
    return false;
  return llvm::all_of(ArrayRef(left.values).drop_back(), [&](Value value) {
    return countUses(value) == left.places + taken.places;
  });
}

bool Layers::hand(Family &left) {
  bool areBuffers = llvm::all_of(left.values, [](Value value) {
    return value.getDefiningOp<kernel::BufferOp>();
  });
  auto next = byTail.find(Values(left.values.begin(), left.values.end() - 1));
  if (!areBuffers || next == byTail.end())
    return false;
  for (size_t number : next->second) {
    Family &taken = families[number];
    if (!areTaken(left, taken))
      continue;
    left.role = Role::Left;
    left.taken = number;
    taken.role = Role::Taken;
    return true;
  }
  return false;
}

std::optional<Obstacle> Layers::findRoles() {
  for (Family &family : families) {
    if (llvm::all_equal(family.values) || family.role == Role::Taken)
      continue;
    Value second = family.values[1];
    Source source = sourceOf(second);
    if (source == Source::Result) {
      if (!isOwnResult(family))
        return Obstacle{second.getLoc(), "a check of another layer is used"};
      family.role = Role::Own;
    } else if (source == Source::Buffer && isOwn(family)) {
      family.role = Role::Own;
    } else if (source != Source::Buffer || !hand(family)) {
      family.role = Role::Picked;
    }
  }
  return findPicked();
}

/// Buffers that are all in use before the loop, or all behind it, lie in memory
/// all at once in any case.
std::optional<Obstacle> Layers::findPicked() {
  bool allBefore = true, allBehind = true;
  const Family *last = nullptr;
  for (const Family &family : families) {
    if (family.role != Role::Picked ||
        sourceOf(family.values[1]) != Source::Buffer)
      continue;
    last = &family;
    for (Value value : family.values) {
      allBefore &= usesBefore(value) > 0;
      allBehind &= usesBehind(value) > 0;
    }
  }
  if (!last || allBefore || allBehind)
    return std::nullopt;
  return Obstacle{last->values[1].getLoc(),
                  "what a layer leaves here is used when the next one writes "
                  "its own, or by a layer behind that"};
}

} // namespace lmcc
