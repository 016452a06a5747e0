//===- VectorizeProducts.cpp - Product tiles on native vectors ------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Kernel/Kernel.h"
#include "dialects/Kernel/Views.h"
#include "dialects/Target/Target.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/Vectorize/ColumnSums.h"
#include "passes/Vectorize/FetchAhead.h"
#include "passes/Vectorize/GroupPanels.h"
#include "passes/Vectorize/Lanes.h"
#include "passes/Vectorize/Passes.h"
#include "passes/Vectorize/RowElements.h"
#include "passes/Vectorize/WordSteps.h"

#include <numeric>

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_VECTORIZEPRODUCTS
#include "passes/Vectorize/Passes.h.inc"

namespace {

using kernel::PanelProductOp;
using Index = OpFoldResult;

/// One tile; the sums are numbered row by row, vector by vector.
class TileExpander {
public:
  TileExpander(PanelProductOp product, target::MachineAttr machine)
      : product(product), builder(product), location(product.getLoc()),
        panelType(cast<MemRefType>(product.getPanels().getType())),
        rows(output().getDimSize(0)), width(product.panelWidth()),
        lanes(builder, location, std::min<int64_t>(machine.lanes(), width)),
        panels(product, builder, lanes, machine.getUnsignedRows()),
        elements(product, builder, lanes, machine),
        panelVectors(width / lanes.count()),
        vectors(output().getDimSize(1) / lanes.count()),
        depthStep(machine.getDepthStep()), ahead(product, machine, builder),
        wordSteps(product, machine, builder),
        columnSums(product, builder, lanes), shares(sharesOfOneRow()) {}

  LogicalResult run() {
    if (product.getOrder() && !wordSteps.takesOrder())
      return product.emitOpError("has an order, for machines that split rows");
    if (ShapedType::isDynamic(rows) ||
        width % (lanes.count() * (product.getGroup() ? 2 : 1)) != 0 ||
        ShapedType::isDynamic(panelType.getDimSize(0)) ||
        (panelType.getDimSize(0) != 1 && (rows != 1 || product.getOrder())) ||
        !columnSums.fitLanes() || output().isDynamicDim(1) ||
        output().getDimSize(1) != vectors * lanes.count())
      return product.emitOpError("is no tile; run lmcc-tile-products first");
    SmallVector<Value> sums = product.getGroup()         ? overGroups()
                              : product.getColumnWords() ? columnSums.all()
                                                         : overDepth();
    size_t together = hasLongEpilogue() ? 4 : 1;
    for (size_t first = 0; first < sums.size(); first += together)
      finish(static_cast<int64_t>(first),
             ArrayRef(sums).slice(first).take_front(together));
    return success();
  }

private:
  MemRefType output() {
    return cast<MemRefType>(product.getOutput().getType());
  }

  Index number(int64_t value) { return builder.getIndexAttr(value); }

  Value value(Index index) {
    return getValueOrCreateConstantIndexOp(builder, location, index);
  }

  /// The sums, row by row.
  SmallVector<Value> overDepth() {
    SmallVector<Value> carried;
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t vector = 0; vector < vectors; ++vector)
        carried.push_back(startOf(row, vector));
    carried.append((shares - 1) * vectors, zeros());
    Index depth = kernel::sizesOf(product.getLhs())[1];
    int64_t turn = stepsOfTurn(depth);
    Index whole = kernel::multiplySizes(
        builder, location, kernel::floorDivide(builder, location, depth, turn),
        number(turn));
    if (ahead.carriesPlace())
      carried.push_back(ahead.firstPlace());
    if (product.getOrder()) {
      whole = elements.pairedSteps();
      carried = overPairs(whole, carried);
    } else {
      carried = overSteps(number(0), whole, turn, carried);
    }
    carried = overSteps(whole, depth, 1, carried);
    for (int64_t place = vectors; place < shares * vectors; ++place) {
      Value &sum = carried[place % vectors];
      sum = arith::AddIOp::create(builder, location, sum, carried[place]);
    }
    carried.truncate(rows * vectors);
    return carried;
  }

  /// Where the depth is not known to be whole turns, a turn takes one vector of
  /// a row at most: what is left goes step by step. So it does for one row,
  /// whose loads are weights nearly all: GCC pairs fewer of them in a longer
  /// turn.
  int64_t stepsOfTurn(Index depth) {
    std::optional<int64_t> known = getConstantIntValue(depth);
    int64_t steps = depthStep;
    while (elements.takesVectors(steps / 2) &&
           (rows == 1 || !known || *known % steps != 0))
      steps /= 2;
    return std::max(steps, shares);
  }

  Value startOf(int64_t row, int64_t vector) {
    if (product.getContinues())
      return lanes.load(product.getOutput(),
                        {number(row), number(vector * lanes.count())});
    if (product.getStarts())
      return lanes.loadSplat(product.getStarts(), {number(row), number(0)});
    return zeros();
  }

  /// In how many shares the steps of one row of words are summed, so that the
  /// sums of one panel do not wait for each other.
  int64_t sharesOfOneRow() {
    bool isOfWords = product.sumType().isInteger(32);
    return rows == 1 && isOfWords && !product.getContinues() &&
                   !product.getOrder()
               ? std::max<int64_t>(target::independentSums / vectors, 1)
               : 1;
  }

  Value zeros() { return zerosOf(product.sumType()); }
  Value zerosOf(Type type) {
    return lanes.constant(type, builder.getZeroAttr(type));
  }

  /// `sum` and the product of a row's step with the weights of that step;
  /// `signs` of the row are null if it has none.
  Value multiplyAdd(Value row, Value signs, Value weights, Value sum) {
    if (product.sumType().isF32())
      return math::FmaOp::create(builder, location, row, weights, sum);
    return wordSteps.add(row, signs, weights, sum);
  }

  //===--------------------------------------------------------------------===//
  // Groups of numbers
  //===--------------------------------------------------------------------===//

  /// The scaled sums of all groups.
  SmallVector<Value> overGroups() {
    Index groups = kernel::sizesOf(product.getPanels())[1];
    SmallVector<Value> none(rows * vectors, zeros());
    auto loop = scf::ForOp::create(builder, location, value(number(0)),
                                   value(groups), value(number(1)), none);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    SmallVector<Value> sums(loop.getRegionIterArgs());
    ahead.ofStep(loop.getInductionVar());
    SmallVector<Value> ofGroup = sumsOfGroup(loop.getInductionVar());
    for (int64_t vector = 0; vector < vectors; ++vector) {
      Value scale = panels.scale(loop.getInductionVar(), vector);
      for (int64_t row = 0; row < rows; ++row) {
        int64_t place = row * vectors + vector;
        Value sum = ofGroup[place];
        if (!multipliesFloats())
          sum =
              arith::SIToFPOp::create(builder, location, scale.getType(), sum);
        sums[place] =
            math::FmaOp::create(builder, location, sum, scale, sums[place]);
      }
    }
    scf::YieldOp::create(builder, location, sums);
    return loop.getResults();
  }

  SmallVector<Value> sumsOfGroup(Index group) {
    SmallVector<Value> sums = startsOfGroup(group);
    int64_t wordRows = groupSize() / panels.stepsOfWord();
    turnWordRows = std::gcd(wordRows, mostWordRows);
    if (wordRows == turnWordRows) {
      addTurn(group, number(0), sums);
      return sums;
    }
    auto loop = scf::ForOp::create(builder, location, value(number(0)),
                                   value(number(wordRows)),
                                   value(number(turnWordRows)), sums);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    sums = SmallVector<Value>(loop.getRegionIterArgs());
    addTurn(group, loop.getInductionVar(), sums);
    scf::YieldOp::create(builder, location, sums);
    return loop.getResults();
  }

  SmallVector<Value> startsOfGroup(Index group) {
    if (!product.getStarts())
      return SmallVector<Value>(rows * vectors, zerosOf(factorType()));
    SmallVector<Value> zeroPoints, starts;
    for (int64_t vector = 0; product.getZeros() && vector < vectors; ++vector)
      zeroPoints.push_back(panels.zero(group, vector, multipliesFloats()));
    for (int64_t row = 0; row < rows; ++row) {
      Value start = lanes.loadSplat(product.getStarts(), {number(row), group});
      if (zeroPoints.empty())
        starts.append(vectors, start);
      for (Value zero : zeroPoints)
        starts.push_back(
            multipliesFloats()
                ? Value(arith::MulFOp::create(builder, location, start, zero))
                : arith::MulIOp::create(builder, location, start, zero));
    }
    return starts;
  }

  /// Adds the rows of words from `first` on.
  void addTurn(Index group, Index first, MutableArrayRef<Value> sums) {
    if (multipliesFloats()) {
      for (int64_t u = 0; u < turnWordRows; ++u)
        addFloats(group, kernel::addSizes(builder, location, first, number(u)),
                  sums);
      return;
    }
    int64_t factors = panels.factorsOfWord();
    Index word = kernel::addSizes(
        builder, location,
        kernel::multiplySizes(builder, location, group,
                              number(groupSize() / bytesOfWord)),
        kernel::multiplySizes(builder, location, first, number(factors)));
    elements.load(word, factors * turnWordRows);
    SmallVector<SmallVector<Value>> left(rows);
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t u = 0; u < factors * turnWordRows; ++u)
        left[row].push_back(elements.inAllLanes(row, u));
    for (int64_t u = 0; u < turnWordRows; ++u) {
      Index wordRow = kernel::addSizes(builder, location, first, number(u));
      for (int64_t vector = 0; vector < vectors; ++vector) {
        Value words = panels.words(group, wordRow, vector);
        if (wordSteps.pairsNumbers()) {
          Value numbers[] = {panels.factor(words, 0), panels.factor(words, 1)};
          for (int64_t row = 0; row < rows; ++row) {
            Value &sum = sums[row * vectors + vector];
            sum = wordSteps.addNumberPair(
                ArrayRef(left[row]).slice(factors * u, factors), numbers, sum);
          }
          continue;
        }
        for (int64_t place = 0; place < factors; ++place) {
          Value factor = panels.factor(words, place);
          for (int64_t row = 0; row < rows; ++row) {
            Value &sum = sums[row * vectors + vector];
            sum = wordSteps.addNumbers(left[row][factors * u + place], factor,
                                       sum);
          }
        }
      }
    }
  }

  /// Adds the products of floats with the numbers of one row of words, in order
  /// of the depth.
  void addFloats(Index group, Index wordRow, MutableArrayRef<Value> sums) {
    Index first = kernel::addSizes(
        builder, location,
        kernel::multiplySizes(builder, location, group, number(groupSize())),
        kernel::multiplySizes(builder, location, wordRow,
                              number(panels.stepsOfWord())));
    SmallVector<Value> words;
    for (int64_t vector = 0; vector < vectors; ++vector)
      words.push_back(panels.signedWords(group, wordRow, vector));
    int64_t turn = std::min(depthStep, panels.stepsOfWord());
    for (int64_t step = 0; step < panels.stepsOfWord(); ++step) {
      int64_t element = step % turn;
      if (element == 0)
        elements.load(kernel::addSizes(builder, location, first, number(step)),
                      turn);
      SmallVector<Value> weights;
      for (Value ofColumns : words)
        weights.push_back(panels.number(ofColumns, step));
      addStep(element, weights, sums);
    }
  }

  Type factorType() {
    return cast<MemRefType>(product.getLhs().getType()).getElementType();
  }
  bool multipliesFloats() { return factorType().isF32(); }

  int64_t groupSize() { return panels.groupSize(); }

  //===--------------------------------------------------------------------===//
  // Steps of the depth
  //===--------------------------------------------------------------------===//

  /// What is carried after the steps from `begin` to `end`, `step` of them a
  /// turn: the sums, and the place of the next row ahead if that is carried.
  SmallVector<Value> overSteps(Index begin, Index end, int64_t step,
                               SmallVector<Value> carried) {
    if (isEqualConstantIntOrValue(begin, end))
      return carried;
    auto loop = scf::ForOp::create(builder, location, value(begin), value(end),
                                   value(number(step)), carried);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    carried = SmallVector<Value>(loop.getRegionIterArgs());
    Index first = loop.getInductionVar();
    elements.load(first, step);
    for (int64_t u = 0; u < step; ++u) {
      Index k = kernel::addSizes(builder, location, first, number(u));
      ahead.next(k, carried);
      addStep(u, weightsOf(k), carried);
    }
    scf::YieldOp::create(builder, location, carried);
    return loop.getResults();
  }

  /// The weights of step `k`, vector by vector.
  SmallVector<Value> weightsOf(Index k) {
    SmallVector<Value> weights;
    for (int64_t vector = 0; vector < vectors; ++vector)
      weights.push_back(
          widened(lanes.load(product.getPanels(),
                             {number(vector / panelVectors), k,
                              number(vector % panelVectors * lanes.count())})));
    return weights;
  }

  /// What is carried after the steps below `end`, which are in pairs.
  SmallVector<Value> overPairs(Index end, SmallVector<Value> carried) {
    auto loop = scf::ForOp::create(builder, location, value(number(0)),
                                   value(end), value(number(2)), carried);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    carried = SmallVector<Value>(loop.getRegionIterArgs());
    Index first = loop.getInductionVar();
    Index second = kernel::addSizes(builder, location, first, number(1));
    for (Index k : {first, second})
      ahead.next(k, carried);
    elements.load(first, 2);
    SmallVector<Value> weightsOfFirst = weightsOf(first);
    SmallVector<Value> weightsOfSecond = weightsOf(second);
    for (int64_t row = 0; row < rows; ++row) {
      auto stepOf = [&](int64_t u) -> WordSteps::Step {
        return {elements.inAllLanes(row, u), elements.signsInAllLanes(row, u),
                Value()};
      };
      WordSteps::Step one = stepOf(0), other = stepOf(1);
      for (int64_t vector = 0; vector < vectors; ++vector) {
        one.columns = weightsOfFirst[vector];
        other.columns = weightsOfSecond[vector];
        Value &sum = carried[row * vectors + vector];
        sum = wordSteps.addPair(one, other, sum);
      }
    }
    scf::YieldOp::create(builder, location, carried);
    return loop.getResults();
  }

  /// Weights that are narrower than the rows, converted.
  Value widened(Value weights) {
    Type wide = lanes.typeOf(builder.getF32Type());
    if (panelType.getElementType().isInteger(8))
      return arith::SIToFPOp::create(builder, location, wide, weights);
    if (panelType.getElementType().isF16())
      return arith::ExtFOp::create(builder, location, wide, weights);
    return weights;
  }

  /// Adds the products of step number `u` of a turn, with its `weights`.
  /// Where several vectors of each row wait in registers, a vector of weights
  /// meets all rows, so that it is in one for a short time; elsewhere an
  /// element of a row meets all weights, for g++ moves floats about otherwise.
  void addStep(int64_t u, ArrayRef<Value> weights,
               MutableArrayRef<Value> carried) {
    int64_t share = u % shares; // Of one row, or there is one.
    auto add = [&](Value element, Value signs, int64_t row, int64_t vector) {
      Value &sum = carried[(share + row) * vectors + vector];
      sum = multiplyAdd(element, signs, weights[vector], sum);
    };
    if (elements.fillSeveralVectors()) {
      for (int64_t vector = 0; vector < vectors; ++vector)
        for (int64_t row = 0; row < rows; ++row)
          add(elements.inAllLanes(row, u), elements.signsInAllLanes(row, u),
              row, vector);
      return;
    }
    for (int64_t row = 0; row < rows; ++row) {
      Value signs = elements.signsInAllLanes(row, u);
      Value element = elements.inAllLanes(row, u);
      for (int64_t vector = 0; vector < vectors; ++vector)
        add(element, signs, row, vector);
    }
  }

  /// Each operation of an epilogue waits for the one before it. Of a long one,
  /// a processor that looks ahead sees little else; two side by side keep it
  /// busy.
  bool hasLongEpilogue() {
    constexpr int64_t longest = 16;
    return lanes.count() > 1 &&
           llvm::range_size(product.getEpilogue().front()) > longest;
  }

  /// The epilogue of some vectors of sums, of which `first` is the number of
  /// the first one, and their stores.
  void finish(int64_t first, ArrayRef<Value> sums) {
    SmallVector<SmallVector<Value>> arguments;
    for (auto [at, sum] : llvm::enumerate(sums)) {
      int64_t place = first + static_cast<int64_t>(at);
      arguments.push_back({sum});
      loadExtras(place / vectors, place % vectors * lanes.count(),
                 arguments.back());
    }
    SmallVector<SmallVector<Value>> results =
        lanes.cloneTogether(product.getEpilogue().front(), arguments);
    for (auto [at, result] : llvm::enumerate(results)) {
      int64_t place = first + static_cast<int64_t>(at);
      lanes.store(
          result.front(), product.getOutput(),
          {number(place / vectors), number(place % vectors * lanes.count())});
    }
  }

  void loadExtras(int64_t row, int64_t column, SmallVector<Value> &arguments) {
    for (auto [extra, map] :
         llvm::zip(product.getExtras(),
                   product.getExtraMaps().getAsValueRange<AffineMapAttr>())) {
      SmallVector<Index> place;
      for (AffineExpr result : map.getResults())
        place.push_back(number(
            cast<AffineDimExpr>(result).getPosition() == 0 ? row : column));
      bool alongRow = map.isFunctionOfDim(1);
      arguments.push_back(alongRow ? lanes.load(extra, place)
                                   : lanes.loadSplat(extra, place));
    }
  }

  PanelProductOp product;
  OpBuilder builder;
  Location location;
  MemRefType panelType;
  int64_t rows, width;
  Lanes lanes;
  GroupPanels panels;
  RowElements elements;
  /// Of one panel, and of the tile, which may end within its last panel.
  int64_t panelVectors, vectors;
  /// Steps of a turn of the loop.
  int64_t depthStep;
  FetchAhead ahead;
  WordSteps wordSteps;
  ColumnSums columnSums;
  int64_t shares;
  /// Of a row.
  static constexpr int64_t bytesOfWord = 4;
  /// Rows of words of a group that are added in one turn.
  int64_t turnWordRows = 0;
  static constexpr int64_t mostWordRows = 4;
};

struct VectorizeProducts : impl::VectorizeProductsBase<VectorizeProducts> {
  void runOnOperation() override {
    target::MachineAttr machine = target::machineFor(getOperation());
    SmallVector<PanelProductOp> products;
    getOperation().walk([&](PanelProductOp op) { products.push_back(op); });
    for (PanelProductOp product : products) {
      if (failed(TileExpander(product, machine).run()))
        return signalPassFailure();
      product.erase();
    }
  }
};

} // namespace
} // namespace lmcc
