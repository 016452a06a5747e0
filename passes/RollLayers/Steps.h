//===- Steps.h - What a schedule does, one after the other ------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_ROLLLAYERS_STEPS_H
#define LMCC_PASSES_ROLLLAYERS_STEPS_H

#include "mlir/IR/Block.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/DenseMap.h"

#include <string>
#include <vector>

namespace lmcc {

/// Where an operand of a step comes from.
enum class Source {
  Buffer,   ///< A buffer of the schedule, or what a loop leaves in one.
  Argument, ///< An input, an output or a size of the model.
  Given,    ///< Something with a name, such as a weight.
  Result,   ///< Of a step.
  Number    ///< A constant, or a size computed from the arguments.
};

Source sourceOf(mlir::Value value);

/// `length` steps from `first` on, each of which repeats the one `period`
/// before it.
struct Run {
  size_t first, period, length;

  /// How often the period is there.
  size_t turns() const { return length / period; }
  size_t end() const { return first + length; }
};

/// The operations of a schedule that happen at a time, calls and checks, in
/// their order. All others only name values.
class Steps {
public:
  explicit Steps(mlir::Block &schedule);

  static bool isStep(mlir::Operation &operation);

  size_t size() const { return steps.size(); }
  mlir::Operation *operator[](size_t step) const { return steps[step]; }
  /// The step that is or holds `user`.
  size_t numberOf(mlir::Operation *user) const;

  /// Whether step `b` may be the same as `a` in another layer.
  bool areAlike(size_t a, size_t b) const;
  /// How `b` differs from `a`, which it is not alike, as the end of a sentence
  /// about `b`.
  std::string difference(size_t a, size_t b) const;

  /// All runs of at least two turns that cannot be made longer.
  std::vector<Run> runs() const;
  /// How many equal layers a turn of `run` consists of, up to three.
  size_t layersInTurn(const Run &run) const;

private:
  mlir::Block &schedule;
  std::vector<mlir::Operation *> steps;
  llvm::DenseMap<mlir::Operation *, size_t> numbers;
};

} // namespace lmcc

#endif // LMCC_PASSES_ROLLLAYERS_STEPS_H
