//===- Layers.h - What the layers of a loop share and hand on ---*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_ROLLLAYERS_LAYERS_H
#define LMCC_PASSES_ROLLLAYERS_LAYERS_H

#include "passes/RollLayers/Steps.h"

#include "llvm/ADT/SmallVector.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lmcc {

/// What stands for the values of a place in the body of a loop.
enum class Role {
  Same,   ///< The one value of all layers.
  Own,    ///< A buffer or a result that a layer makes and no other sees.
  Picked, ///< One of values that are there before the loop.
  Left,   ///< A buffer that a layer makes and the next one sees.
  Taken   ///< That buffer in the next layer.
};

/// The values of one or several places in a layer, first layer first.
struct Family {
  std::vector<mlir::Value> values;
  Role role = Role::Same;
  size_t places = 0; ///< Operands of one layer that have these values.
  size_t firstStep = 0, lastStep = 0; ///< Of those, in the layer.
  size_t taken = 0; ///< Of what is Left: the family that is Taken.
};

/// Why some layers are no loop.
struct Obstacle {
  mlir::Location where;
  std::string what;
};

/// Equal layers, `count` times `period` steps, and the roles of their values.
class Layers {
public:
  Layers(const Steps &steps, size_t first, size_t period, size_t count);

  /// Whether a loop does what the layers do in no more memory; else why not.
  std::optional<Obstacle> findRoles();

  size_t first, period, count;
  std::vector<Family> families;
  /// The number of buffers that go from one layer to the next.
  size_t carried() const;
  /// Of operand `operand` of step `step` of a layer.
  const Family &familyOf(size_t step, unsigned operand) const {
    return families[places[step][operand]];
  }
  mlir::Operation *step(size_t layer, size_t step) const {
    return steps[first + layer * period + step];
  }

private:
  using Values = std::vector<mlir::Value>;
  struct ByPointer {
    bool operator()(const Values &a, const Values &b) const;
  };

  void collect();
  bool isOwn(const Family &family) const;
  bool isOwnResult(const Family &family) const;
  /// Gives `left` and the family that takes it over their roles.
  bool hand(Family &left);
  bool areTaken(const Family &left, const Family &taken) const;
  std::optional<Obstacle> findPicked();
  /// Uses of `value` before the layers, and behind them.
  size_t usesBefore(mlir::Value value) const;
  size_t usesBehind(mlir::Value value) const;

  const Steps &steps;
  std::vector<std::vector<size_t>> places;
  /// Families by their values from the second layer on.
  std::map<Values, std::vector<size_t>, ByPointer> byTail;
};

} // namespace lmcc

#endif // LMCC_PASSES_ROLLLAYERS_LAYERS_H
