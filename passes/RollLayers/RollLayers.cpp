//===- RollLayers.cpp - One loop of equal layers --------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs behind everything that changes calls or their arguments, so that what is
// equal looks equal, and before the memory plan, which gives a buffer of the
// body one place for all layers.
//
//===----------------------------------------------------------------------===//

#include "dialects/Kernel/Kernel.h"
#include "dialects/Kernel/LayerNames.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "passes/RollLayers/Layers.h"
#include "passes/RollLayers/Passes.h"

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_ROLLLAYERS
#include "passes/RollLayers/Passes.h.inc"

namespace {

/// A loop has to be worth its header and its tables. Two turns will do if each
/// has two layers.
constexpr size_t fewestLayers = 3, fewestStepsSaved = 8;

size_t stepsSaved(const Run &run) { return (run.turns() - 1) * run.period; }

//===----------------------------------------------------------------------===//
// Rewriting
//===----------------------------------------------------------------------===//

/// Replaces layers by a loop.
class Rolling {
public:
  explicit Rolling(const Layers &layers)
      : layers(layers), start(layers.step(0, 0)), builder(start),
        standIns(layers.families.size()) {}

  void run() {
    hoistValues();
    makeLoop();
    fillBody();
    leave();
    eraseLayers();
  }

private:
  /// Sizes, weights and buffers between the steps are there before the loop.
  void hoistValues() {
    Operation *last = layers.step(layers.count - 1, layers.period - 1);
    SmallVector<Operation *> between;
    for (Operation *op = start; op != last; op = op->getNextNode())
      if (!Steps::isStep(*op))
        between.push_back(op);
    for (Operation *op : between)
      op->moveBefore(start);
  }

  Location locationOf(const Family &family) {
    SmallVector<Location> locations;
    for (Value value : family.values)
      locations.push_back(value.getLoc());
    return kernel::locationOfLayers(locations);
  }

  void makeLoop() {
    builder.setInsertionPoint(start);
    Location location = start->getLoc();
    auto number = [&](size_t value) -> Value {
      return arith::ConstantIndexOp::create(builder, location, value);
    };
    SmallVector<Value> inits;
    for (const Family &family : layers.families)
      if (family.role == Role::Left)
        inits.push_back(layers.families[family.taken].values.front());
    loop = scf::ForOp::create(builder, location, number(0),
                              number(layers.count), number(1), inits);
    if (!inits.empty())
      builder.setInsertionPointToEnd(loop.getBody());
    else
      builder.setInsertionPoint(loop.getBody()->getTerminator());
    Block::BlockArgListType arguments = loop.getRegionIterArgs();
    for (const Family &family : layers.families)
      if (family.role == Role::Left) {
        standIns[family.taken] = arguments.front();
        arguments = arguments.drop_front();
      }
  }

  /// What stands for the values of `family` in the body; made at its first use,
  /// which is at `location`.
  Value standIn(const Family &family, Location location) {
    Value &value = standIns[&family - layers.families.data()];
    if (value)
      return value;
    value = family.values.front();
    if (family.role == Role::Picked) {
      value = kernel::PickOp::create(builder, location, value.getType(),
                                     loop.getInductionVar(), family.values);
    } else if (auto buffer = value.getDefiningOp<kernel::BufferOp>();
               buffer && family.role != Role::Same) {
      value = kernel::BufferOp::create(
          builder, locationOf(family), value.getType(),
          buffer.getElementsAttr(), buffer.getCountAttr());
    }
    return value;
  }

  /// Moves the first layer into the loop.
  void fillBody() {
    for (size_t at = 0; at < layers.period; ++at) {
      Operation *step = layers.step(0, at);
      SmallVector<Location> locations;
      for (size_t layer = 0; layer < layers.count; ++layer)
        locations.push_back(layers.step(layer, at)->getLoc());
      Location location = kernel::locationOfLayers(locations);
      SmallVector<Value> operands;
      for (unsigned operand = 0; operand < step->getNumOperands(); ++operand)
        operands.push_back(standIn(layers.familyOf(at, operand), location));
      step->remove();
      builder.insert(step);
      step->setOperands(operands);
      step->setLoc(location);
    }
  }

  /// What the last layer leaves, the loop leaves.
  void leave() {
    SmallVector<Value> left;
    auto results = loop.getResults();
    for (const Family &family : layers.families) {
      if (family.role != Role::Left)
        continue;
      left.push_back(standIns[&family - layers.families.data()]);
      Value end = family.values.back();
      end.replaceUsesWithIf(results.front(), [&](OpOperand &use) {
        return loop->isBeforeInBlock(
            loop->getBlock()->findAncestorOpInBlock(*use.getOwner()));
      });
      results = results.drop_front();
    }
    if (!left.empty())
      scf::YieldOp::create(builder, loop.getLoc(), left);
  }

  void eraseLayers() {
    SmallVector<kernel::BufferOp> buffers;
    for (const Family &family : layers.families)
      if (family.role == Role::Own || family.role == Role::Left)
        for (Value value : family.values)
          if (auto buffer = value.getDefiningOp<kernel::BufferOp>())
            buffers.push_back(buffer);
    for (size_t layer = layers.count - 1; layer > 0; --layer)
      for (size_t at = layers.period; at > 0; --at)
        layers.step(layer, at - 1)->erase();
    for (kernel::BufferOp buffer : buffers)
      buffer.erase();
  }

  const Layers &layers;
  Operation *start;
  OpBuilder builder;
  SmallVector<Value> standIns; ///< By family.
  scf::ForOp loop;
};

//===----------------------------------------------------------------------===//
// Choosing
//===----------------------------------------------------------------------===//

/// Makes all the loops of one schedule.
class Roller {
public:
  explicit Roller(func::FuncOp schedule)
      : name(schedule.getSymName()), schedule(schedule.getBody().front()) {}

  void run() {
    while (rollOnce()) {
    }
  }

private:
  bool rollOnce() {
    Steps steps(schedule);
    std::vector<Run> runs = steps.runs();
    llvm::erase_if(runs,
                   [](Run run) { return stepsSaved(run) < fewestStepsSaved; });
    // The earliest of the shortest of those that save most.
    llvm::sort(runs, [](const Run &a, const Run &b) {
      return std::make_tuple(stepsSaved(b), a.period, a.first) <
             std::make_tuple(stepsSaved(a), b.period, b.first);
    });
    if (runs.size() > mostRuns)
      runs.resize(mostRuns);
    std::optional<Obstacle> first;
    for (const Run &run : runs) {
      std::optional<Obstacle> obstacle;
      if (std::optional<Layers> layers = choose(steps, run, obstacle)) {
        Run rolled{layers->first, run.period, layers->count * run.period};
        size_t inTurn = steps.layersInTurn(rolled);
        InFlightDiagnostic remark = emitRemark(steps[rolled.first]->getLoc());
        remark << "layers: " << countsOf(steps, rolled) << " are one loop of '"
               << name << "'";
        if (inTurn > 1)
          remark << ", " << inTurn << " in each turn";
        remark.report();
        reportNeighbours(steps, rolled);
        Rolling(*layers).run();
        return true;
      }
      if (!first)
        first = obstacle;
    }
    if (first) {
      emitRemark(first->where)
          << "layers: " << countsOf(steps, runs.front()) << " are no loop of '"
          << name << "': " << first->what;
      reportNeighbours(steps, runs.front());
    }
    return false;
  }

  static std::string countsOf(const Steps &steps, const Run &run) {
    size_t inTurn = steps.layersInTurn(run);
    return (Twine(run.turns() * inTurn) + " equal layers of " +
            Twine(run.period / inTurn) + " steps")
        .str();
  }

  /// As many turns as can be, from where they hand on fewest buffers. What
  /// reads an input or leaves an output may have to stay outside, at either
  /// end.
  static std::optional<Layers> choose(const Steps &steps, const Run &run,
                                      std::optional<Obstacle> &obstacle) {
    size_t fewest = steps.layersInTurn(run) > 1 ? 2 : fewestLayers;
    if (run.turns() < fewest)
      obstacle = Obstacle{steps[run.first]->getLoc(), "they are too few"};
    size_t tries = 0;
    for (size_t count = run.turns(); count >= fewest; --count) {
      std::optional<Layers> best;
      Run rolled{run.first, run.period, count * run.period};
      if (stepsSaved(rolled) < fewestStepsSaved)
        break;
      for (; rolled.end() <= run.end() && tries < mostTries; ++rolled.first) {
        ++tries;
        Layers layers(steps, rolled.first, run.period, count);
        std::optional<Obstacle> found = layers.findRoles();
        if (!found && (!best || layers.carried() < best->carried()))
          best.emplace(std::move(layers));
        if (found && !obstacle)
          obstacle = found;
      }
      if (best)
        return best;
    }
    return std::nullopt;
  }

  static void reportNeighbours(const Steps &steps, const Run &run) {
    SmallVector<size_t> before, behind;
    for (size_t step = run.first; step > 0; --step)
      before.push_back(step - 1);
    for (size_t step = run.end(); step < steps.size(); ++step)
      behind.push_back(step);
    reportNeighbour(steps, before, run.period, run.period);
    reportNeighbour(steps, behind, run.period, -run.period);
  }

  /// Tells the first difference between a layer of `period` steps, which come
  /// first in `beside`, and its neighbour, which is `distance` steps further.
  static void reportNeighbour(const Steps &steps, ArrayRef<size_t> beside,
                              size_t period, size_t distance) {
    size_t alike = 0;
    std::optional<size_t> different;
    for (size_t step : beside.take_front(period)) {
      if (steps.areAlike(step + distance, step))
        ++alike;
      else if (!different)
        different = step;
    }
    // What shares less is no layer.
    if (different && 2 * alike > period)
      emitRemark(steps[*different]->getLoc())
          << "layers: differs from the layer beside it: "
          << steps.difference(*different + distance, *different);
  }

  /// Longer lists of runs, and more places for a loop in one of them, would
  /// take time and find only scraps.
  static constexpr size_t mostRuns = 32, mostTries = 1000;

  StringRef name;
  Block &schedule;
};

struct RollLayers : impl::RollLayersBase<RollLayers> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (!kernel::isKernel(function) && function.getBody().hasOneBlock())
      Roller(function).run();
  }
};

} // namespace
} // namespace lmcc
