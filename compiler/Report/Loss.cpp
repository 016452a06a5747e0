//===- Loss.cpp - What compressing a model costs --------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Report/Loss.h"

#include "dialects/Graph/Evaluate/Evaluate.h"
#include "dialects/Graph/Evaluate/Numbers.h"
#include "llvm/ADT/MapVector.h"
#include <array>
#include <cmath>

using namespace mlir;
using namespace lmcc;
using namespace lmcc::report;
using graph::HostTensor;

//===----------------------------------------------------------------------===//
// Differences
//===----------------------------------------------------------------------===//

void Difference::add(const HostTensor &got, const HostTensor &want) {
  for (auto [a, b] :
       llvm::zip_equal(graph::numbersOf(got), graph::numbersOf(want))) {
    // What is masked may be infinite in both.
    if (std::isinf(b) && a == b)
      continue;
    squares += (a - b) * (a - b);
    gotSquares += a * a;
    wantSquares += b * b;
    products += a * b;
  }
}

double Difference::relative() const {
  if (wantSquares == 0)
    return squares == 0 ? 0 : HUGE_VAL;
  return std::sqrt(squares / wantSquares);
}

double Difference::cosine() const {
  double lengths = std::sqrt(gotSquares) * std::sqrt(wantSquares);
  return lengths == 0 ? 1 : products / lengths;
}

const OutputLoss *Loss::worstOutput() const {
  auto worst = llvm::max_element(outputs, [](const auto &a, const auto &b) {
    return a.difference.relative() < b.difference.relative();
  });
  return worst == outputs.end() ? nullptr : &*worst;
}

//===----------------------------------------------------------------------===//
// Layers
//===----------------------------------------------------------------------===//

static bool isFloat(Type type) {
  return isa<FloatType>(cast<RankedTensorType>(type).getElementType());
}

static StringRef weightOf(Value value) {
  auto get = value.getDefiningOp<weight::GetOp>();
  return get ? get.getWeight() : "";
}

/// Whether `now` does with the same weight what `before` does.
static bool isSame(Operation *before, Operation *now) {
  return before->getName() == now->getName() &&
         llvm::equal(llvm::map_range(before->getOperands(), weightOf),
                     llvm::map_range(now->getOperands(), weightOf));
}

/// Whether `op` may be compressed.
static bool isLayer(Operation &op) {
  if (isa<graph::AttentionOp>(op))
    return true;
  return isa<graph::MatmulOp, graph::GatherOp>(op) &&
         isFloat(op.getResult(0).getType()) &&
         llvm::any_of(op.getOperands(),
                      [](Value value) { return !weightOf(value).empty(); });
}

namespace {
/// Which operation of the compressed function stands for which of the original.
struct Layers {
  Layers(func::FuncOp original, func::FuncOp compressed);

  /// By the operation that was compressed.
  llvm::DenseMap<Operation *, Location> before;
  /// By that whose result has taken its place.
  llvm::DenseMap<Operation *, Location> now;
};
} // namespace

Layers::Layers(func::FuncOp original, func::FuncOp compressed) {
  llvm::DenseMap<Location, Operation *> found;
  for (Operation &op : original.front()) {
    if (isLayer(op))
      if (auto [place, isNew] = found.try_emplace(op.getLoc(), &op); !isNew)
        place->second = nullptr;
  }
  llvm::DenseMap<Location, Operation *> last;
  for (Operation &op : compressed.front())
    if (Operation *layer = found.lookup(op.getLoc());
        layer && op.getResultTypes() == layer->getResultTypes())
      last[op.getLoc()] = &op;
  for (auto [location, op] : last)
    if (Operation *layer = found.lookup(location); !isSame(layer, op)) {
      before.try_emplace(layer, location);
      now.try_emplace(op, location);
    }
}

//===----------------------------------------------------------------------===//
// Evaluation
//===----------------------------------------------------------------------===//

/// Results by the location of their layer.
using LayerResults = llvm::DenseMap<Location, HostTensor>;

static FailureOr<HostTensor> evaluateOp(Operation *op,
                                        ArrayRef<HostTensor> operands,
                                        const graph::SymbolValues &symbols,
                                        const graph::FileTable &files) {
  if (auto get = dyn_cast<weight::GetOp>(op))
    return graph::evaluateWeight(get, files);
  return graph::evaluate(op, operands, symbols);
}

namespace {
/// The compressed function evaluated twice at once, so that a weight is
/// computed once: all compressed, and with each layer replaced by what it gave
/// before.
class CompressedRun {
public:
  CompressedRun(const Layers &layers, const Sample &sample,
                const LayerResults &want, const graph::FileTable &files)
      : layers(layers), sample(sample), want(want), files(files) {}

  /// The results with everything compressed. Calls `compare` with what each
  /// layer gives alone and gave before.
  FailureOr<SmallVector<HostTensor>>
  run(Block &block,
      llvm::function_ref<void(Location, const HostTensor &, const HostTensor &)>
          compare);

private:
  static constexpr unsigned all = 0, alone = 1;
  struct Tensors {
    std::array<HostTensor, 2> lanes;
    unsigned uses;
  };

  void define(Value value, HostTensor first, HostTensor second) {
    if (!value.use_empty())
      live.try_emplace(value,
                       Tensors{{std::move(first), std::move(second)},
                               static_cast<unsigned>(value.getNumUses())});
  }
  /// The operands of `op` in both lanes; forgets those that nothing else uses.
  std::array<SmallVector<HostTensor>, 2> take(Operation *op);

  const Layers &layers;
  const Sample &sample;
  const LayerResults &want;
  const graph::FileTable &files;
  llvm::DenseMap<Value, Tensors> live;
};
} // namespace

std::array<SmallVector<HostTensor>, 2> CompressedRun::take(Operation *op) {
  std::array<SmallVector<HostTensor>, 2> operands;
  for (Value operand : op->getOperands()) {
    auto entry = live.find(operand);
    for (unsigned lane : {all, alone})
      operands[lane].push_back(entry->second.lanes[lane]);
    if (--entry->second.uses == 0)
      live.erase(entry);
  }
  return operands;
}

FailureOr<SmallVector<HostTensor>> CompressedRun::run(
    Block &block,
    llvm::function_ref<void(Location, const HostTensor &, const HostTensor &)>
        compare) {
  for (auto [value, tensor] :
       llvm::zip_equal(block.getArguments(), sample.inputs))
    define(value, tensor, tensor);
  for (Operation &op : block.without_terminator()) {
    auto operands = take(&op);
    auto first = evaluateOp(&op, operands[all], sample.symbols, files);
    if (failed(first))
      return failure();
    if (op.getNumOperands() == 0) {
      define(op.getResult(0), *first, *first);
      continue;
    }
    auto second = evaluateOp(&op, operands[alone], sample.symbols, files);
    if (failed(second))
      return failure();
    if (auto layer = layers.now.find(&op); layer != layers.now.end()) {
      const HostTensor &before = want.find(layer->second)->second;
      compare(layer->second, *second, before);
      second = before;
    }
    define(op.getResult(0), std::move(*first), std::move(*second));
  }
  return take(block.getTerminator())[all];
}

//===----------------------------------------------------------------------===//
// The whole model
//===----------------------------------------------------------------------===//

/// The results whose loss counts.
static SmallVector<unsigned> comparedResults(func::FuncOp function) {
  SmallVector<unsigned> floats, others;
  for (OpOperand &result : function.front().getTerminator()->getOpOperands()) {
    if (!isFloat(result.get().getType()))
      continue;
    floats.push_back(result.getOperandNumber());
    Operation *op = result.get().getDefiningOp();
    bool isState = isa_and_present<graph::ConcatOp, graph::ScatterElementsOp,
                                   graph::ScatterNdOp>(op) &&
                   isa<BlockArgument>(op->getOperand(0));
    if (!isState)
      others.push_back(result.getOperandNumber());
  }
  return others.empty() ? floats : others;
}

/// The results of `original`, and of its layers in `results`.
static FailureOr<SmallVector<HostTensor>>
runOriginal(func::FuncOp original, const Layers &layers, const Sample &sample,
            const graph::FileTable &files, LayerResults &results) {
  return graph::evaluateBlock(
      original.front(), sample.inputs,
      [&](Operation *op, ArrayRef<HostTensor> operands) {
        auto result = evaluateOp(op, operands, sample.symbols, files);
        if (auto layer = layers.before.find(op);
            succeeded(result) && layer != layers.before.end())
          results.try_emplace(layer->second, *result);
        return result;
      });
}

FailureOr<Loss> report::measureLoss(func::FuncOp original,
                                    func::FuncOp compressed,
                                    ArrayRef<Sample> samples,
                                    const graph::FileTable &files) {
  Layers layers(original, compressed);
  llvm::MapVector<Location, Difference> ofLayers;
  Loss loss;
  for (unsigned result : comparedResults(original))
    loss.outputs.push_back({result, Difference()});
  for (const Sample &sample : samples) {
    LayerResults want;
    auto before = runOriginal(original, layers, sample, files, want);
    if (failed(before))
      return failure();
    CompressedRun run(layers, sample, want, files);
    auto now =
        run.run(compressed.front(), [&](Location where, const HostTensor &got,
                                        const HostTensor &wanted) {
          ofLayers[where].add(got, wanted);
        });
    if (failed(now))
      return failure();
    for (auto &[result, difference] : loss.outputs)
      difference.add((*now)[result], (*before)[result]);
  }
  loss.samples = samples.size();
  for (auto &[where, difference] : ofLayers)
    loss.layers.push_back({where, difference});
  llvm::sort(loss.layers, [](const auto &a, const auto &b) {
    return a.difference.relative() > b.difference.relative();
  });
  return loss;
}
