//===- VectorizeElementwise.cpp - Elementwise loops and vectors -----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Kernel/Kernel.h"
#include "dialects/Kernel/Polynomials.h"
#include "dialects/Kernel/Views.h"
#include "dialects/Target/Target.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/Vectorize/Lanes.h"
#include "passes/Vectorize/Neighbours.h"
#include "passes/Vectorize/Passes.h"
#include "passes/Vectorize/TransposedCopy.h"

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_VECTORIZEELEMENTWISE
#include "passes/Vectorize/Passes.h.inc"

namespace {

using Index = OpFoldResult;

class ElementwiseExpander {
public:
  ElementwiseExpander(linalg::GenericOp generic, target::MachineAttr machine)
      : generic(generic), machine(machine), builder(generic),
        location(generic.getLoc()), rank(generic.getNumLoops()),
        machineLanes(machine.lanes()), neighbours(findNeighbours(generic)) {}

  LogicalResult run() {
    if (generic.getNumParallelLoops() != rank || generic->getNumResults() != 0)
      return generic.emitOpError("is not elementwise on buffers");
    for (unsigned axis = 0; axis < rank; ++axis)
      sizes.push_back(sizeOfLoop(axis));
    SmallVector<Index> place;
    nest(place);
    return success();
  }

private:
  AffineMap mapOf(OpOperand &operand) {
    return generic.getMatchingIndexingMap(&operand);
  }

  Index sizeOfLoop(unsigned axis) {
    for (OpOperand &operand : generic->getOpOperands())
      for (auto [result, expression] :
           llvm::enumerate(mapOf(operand).getResults()))
        if (auto dim = dyn_cast<AffineDimExpr>(expression);
            dim && dim.getPosition() == axis)
          return kernel::sizesOf(operand.get())[result];
    llvm_unreachable("linalg verifies that every loop has a size");
  }

  /// Loops over all axes but the last, which runs in vectors where it can.
  void nest(SmallVector<Index> &place) {
    if (place.size() == rank) {
      body(place, 1);
      return;
    }
    Index size = sizes[place.size()];
    bool isInnermost = place.size() + 1 == rank;
    if (!isInnermost || !innermostIsVector()) {
      loop(builder.getIndexAttr(0), size, 1, [&](Index at) {
        place.push_back(at);
        nest(place);
        place.pop_back();
      });
      return;
    }
    Index whole = wholeSteps(size, machineLanes);
    auto run = [&](int64_t lanes) {
      return [&, lanes](Index at) {
        place.push_back(at);
        body(place, lanes);
        place.pop_back();
      };
    };
    Index start = builder.getIndexAttr(0);
    if (storesBytesOnly()) {
      Index quads = wholeSteps(size, vectorsOfNarrow * machineLanes);
      loop(start, quads, vectorsOfNarrow * machineLanes, [&](Index at) {
        place.push_back(at);
        narrowedBody(place);
        place.pop_back();
      });
      start = quads;
    }
    if (int64_t together = vectorsTogether(size) * machineLanes;
        together > machineLanes) {
      loop(start, whole, together, [&](Index at) {
        for (int64_t first = 0; first < together; first += machineLanes)
          run(machineLanes)(kernel::addSizes(builder, location, at,
                                             builder.getIndexAttr(first)));
      });
      return;
    }
    loop(start, whole, machineLanes, run(machineLanes));
    loop(whole, size, 1, run(1));
  }

  /// How many vectors a turn takes. They share the constants of polynomials on
  /// machines that take no operand from memory: two where registers hold all of
  /// these, four where they would be loaded again in each turn.
  int64_t vectorsTogether(Index size) {
    int64_t constants =
        kernel::polynomialConstants(generic.getRegion().front());
    if (!machine.multipliesByLane() || !neighbours.empty() || constants == 0)
      return 1;
    int64_t vectors = constants > 16 ? 4 : 2;
    std::optional<int64_t> known = getConstantIntValue(size);
    return known && *known % (vectors * machineLanes) == 0 ? vectors : 1;
  }

  Index wholeSteps(Index size, int64_t step) {
    return kernel::multiplySizes(
        builder, location, kernel::floorDivide(builder, location, size, step),
        builder.getIndexAttr(step));
  }

  /// Machines narrow the integers of several vectors together.
  bool storesBytesOnly() {
    return generic.getNumDpsInits() == 1 && neighbours.empty() &&
           cast<MemRefType>(generic.getDpsInits().front().getType())
               .getElementType()
               .isInteger(8);
  }

  /// Four vectors from `place` on, which are stored as one of bytes.
  void narrowedBody(SmallVector<Index> &place) {
    Index first = place.back();
    SmallVector<Value> words;
    Lanes lanes(builder, location, machineLanes);
    for (int64_t number = 0; number < vectorsOfNarrow; ++number) {
      place.back() =
          kernel::addSizes(builder, location, first,
                           builder.getIndexAttr(number * machineLanes));
      auto truncation =
          bodyAt(lanes, place).front().getDefiningOp<arith::TruncIOp>();
      words.push_back(truncation.getIn());
      truncation.erase();
    }
    place.back() = first;
    auto bytes =
        VectorType::get({vectorsOfNarrow * machineLanes}, builder.getI8Type());
    Value narrow = kernel::NarrowOp::create(builder, location, bytes, words[0],
                                            words[1], words[2], words[3]);
    OpOperand &output = generic.getDpsInitsMutable()[0];
    lanes.store(narrow, output.get(), indicesOf(output, place));
  }

  void loop(Index from, Index to, int64_t step,
            function_ref<void(Index)> inner) {
    if (isEqualConstantIntOrValue(from, to))
      return;
    if (isEqualConstantIntOrValue(from, builder.getIndexAttr(0)) &&
        getConstantIntValue(to) == step) {
      inner(from);
      return;
    }
    auto value = [&](Index index) {
      return getValueOrCreateConstantIndexOp(builder, location, index);
    };
    auto forOp = scf::ForOp::create(
        builder, location, value(from), value(to),
        arith::ConstantIndexOp::create(builder, location, step));
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(forOp.getBody());
    inner(forOp.getInductionVar());
  }

  bool innermostIsVector() {
    if (machineLanes == 1 || !canWiden(generic.getRegion().front()))
      return false;
    for (OpOperand &operand : generic->getOpOperands()) {
      auto type = cast<MemRefType>(operand.get().getType());
      Type element = type.getElementType();
      if (!element.isF32() && !element.isInteger(32) && !element.isInteger(1) &&
          !element.isInteger(8))
        return false;
      AffineMap map = mapOf(operand);
      if (!map.isFunctionOfDim(rank - 1) || hasNeighbour(operand)) {
        // Vectors of bytes exist on their way from and to memory only.
        if (element.isInteger(8))
          return false;
        continue;
      }
      // The innermost axis must be the contiguous one.
      unsigned last = map.getNumResults() - 1;
      auto dim = dyn_cast<AffineDimExpr>(map.getResult(last));
      if (!dim || dim.getPosition() != rank - 1 ||
          !kernel::isUnitStride(operand.get(), last) ||
          map.getSubMap(llvm::to_vector(llvm::seq(0u, last)))
              .isFunctionOfDim(rank - 1))
        return false;
    }
    // Every lane of a store needs a place of its own.
    return llvm::all_of(generic.getDpsInitsMutable(), [&](OpOperand &output) {
      return mapOf(output).isFunctionOfDim(rank - 1);
    });
  }

  bool hasNeighbour(OpOperand &operand) {
    unsigned number = operand.getOperandNumber();
    return llvm::any_of(neighbours, [&](const Neighbours &pair) {
      return pair.first == number || pair.second == number;
    });
  }

  SmallVector<Index> indicesOf(OpOperand &operand, ArrayRef<Index> place) {
    SmallVector<Index> indices;
    for (AffineExpr expression : mapOf(operand).getResults())
      indices.push_back(affine::makeComposedFoldedAffineApply(
          builder, location, AffineMap::get(rank, 0, expression), place));
    return indices;
  }

  void body(ArrayRef<Index> place, int64_t count) {
    Lanes lanes(builder, location, count);
    store(lanes, bodyAt(lanes, place), place);
  }

  /// What the region yields at `place`.
  SmallVector<Value> bodyAt(Lanes &lanes, ArrayRef<Index> place) {
    int64_t count = lanes.count();
    Block &block = generic.getRegion().front();
    SmallVector<Value> arguments(block.getNumArguments());
    if (count > 1)
      for (const Neighbours &pair : neighbours)
        if (!block.getArgument(pair.first).use_empty() ||
            !block.getArgument(pair.second).use_empty())
          std::tie(arguments[pair.first], arguments[pair.second]) =
              loadNeighbours(builder, location, addressOf(pair, place), count);
    for (OpOperand &operand : generic->getOpOperands()) {
      Value &argument = arguments[operand.getOperandNumber()];
      if (argument || generic.getMatchingBlockArgument(&operand).use_empty())
        continue;
      SmallVector<Index> indices = indicesOf(operand, place);
      bool moves = rank > 0 && mapOf(operand).isFunctionOfDim(rank - 1);
      argument = moves || count == 1 ? lanes.load(operand.get(), indices)
                                     : lanes.loadSplat(operand.get(), indices);
    }
    return cloneBody(lanes, block, arguments, place);
  }

  void store(Lanes &lanes, ArrayRef<Value> results, ArrayRef<Index> place) {
    unsigned firstOutput = generic.getNumDpsInputs();
    if (lanes.count() > 1)
      for (const Neighbours &pair : neighbours)
        if (pair.first >= firstOutput)
          storeNeighbours(builder, location, addressOf(pair, place),
                          results[pair.first - firstOutput],
                          results[pair.second - firstOutput]);
    for (auto [output, result] :
         llvm::zip(generic.getDpsInitsMutable(), results))
      if (lanes.count() == 1 || !hasNeighbour(output))
        lanes.store(result, output.get(), indicesOf(output, place));
  }

  /// Where the neighbours of the pairs at `place` begin.
  kernel::Address addressOf(const Neighbours &pair, ArrayRef<Index> place) {
    OpOperand &first = generic->getOpOperand(pair.first);
    return kernel::addressOf(builder, location, first.get(),
                             indicesOf(first, place));
  }

  SmallVector<Value> cloneBody(Lanes &lanes, Block &block,
                               ArrayRef<Value> arguments,
                               ArrayRef<Index> place) {
    if (lanes.count() > 1) {
      // Unused arguments need some value to map to.
      SmallVector<Value> all(arguments);
      for (auto [value, argument] : llvm::zip(all, block.getArguments()))
        if (!value)
          value = argument;
      return lanes.clone(block, all);
    }
    IRMapping mapping;
    for (auto [argument, value] : llvm::zip(block.getArguments(), arguments))
      if (value)
        mapping.map(argument, value);
    for (Operation &op : block.without_terminator()) {
      if (auto position = dyn_cast<linalg::IndexOp>(op))
        mapping.map(position.getResult(),
                    getValueOrCreateConstantIndexOp(builder, location,
                                                    place[position.getDim()]));
      else
        builder.clone(op, mapping);
    }
    SmallVector<Value> results;
    for (Value operand : block.getTerminator()->getOperands())
      results.push_back(mapping.lookupOrDefault(operand));
    return results;
  }

  linalg::GenericOp generic;
  target::MachineAttr machine;
  OpBuilder builder;
  Location location;
  unsigned rank;
  int64_t machineLanes;
  SmallVector<Neighbours> neighbours;
  SmallVector<Index> sizes;
  static constexpr int64_t vectorsOfNarrow = 4;
};

struct VectorizeElementwise
    : impl::VectorizeElementwiseBase<VectorizeElementwise> {
  void runOnOperation() override {
    target::MachineAttr machine = target::machineFor(getOperation());
    int64_t lanes = machine.lanes();
    SmallVector<linalg::GenericOp> generics;
    getOperation().walk([&](linalg::GenericOp op) { generics.push_back(op); });
    for (linalg::GenericOp generic : generics) {
      if (lanes > 1 && isTransposedCopy(generic))
        expandTransposedCopy(generic, lanes);
      else if (failed(ElementwiseExpander(generic, machine).run()))
        return signalPassFailure();
      generic.erase();
    }
  }
};

} // namespace
} // namespace lmcc
