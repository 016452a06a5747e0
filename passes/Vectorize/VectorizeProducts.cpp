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
#include "passes/Vectorize/Lanes.h"
#include "passes/Vectorize/Passes.h"

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
        rows(cast<MemRefType>(product.getOutput().getType()).getDimSize(0)),
        lanes(builder, location,
              std::min<int64_t>(machine.lanes(), panelType.getDimSize(2))),
        panelVectors(panelType.getDimSize(2) / lanes.count()),
        vectors(panelType.getDimSize(0) * panelVectors),
        depthStep(machine.getDepthStep()),
        prefetched(machine.getPrefetchBytes() / sizeof(float)),
        fetches(product.getAhead() && prefetched != 0),
        carriesPlace(fetches && kernel::isDynamicStride(product.getAhead(), 0)),
        hasUnsignedRows(machine.getUnsignedRows()) {}

  LogicalResult run() {
    auto output = cast<MemRefType>(product.getOutput().getType());
    if (ShapedType::isDynamic(rows) ||
        panelType.getDimSize(2) % lanes.count() != 0 ||
        ShapedType::isDynamic(panelType.getDimSize(0)) ||
        (panelType.getDimSize(0) != 1 && rows != 1) ||
        output.getDimSize(1) != vectors * lanes.count())
      return product.emitOpError("is no tile; run lmcc-tile-products first");
    SmallVector<Value> sums = overDepth();
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t vector = 0; vector < vectors; ++vector)
        finish(row, vector * lanes.count(), sums[row * vectors + vector]);
    return success();
  }

private:
  Index number(int64_t value) { return builder.getIndexAttr(value); }

  Value value(Index index) {
    return getValueOrCreateConstantIndexOp(builder, location, index);
  }

  /// The sums, row by row.
  SmallVector<Value> overDepth() {
    SmallVector<Value> carried;
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t vector = 0; vector < vectors; ++vector)
        carried.push_back(
            product.getContinues()
                ? lanes.load(product.getOutput(),
                             {number(row), number(vector * lanes.count())})
                : zeros());
    Index depth = kernel::sizesOf(product.getLhs())[1];
    Index whole = kernel::multiplySizes(
        builder, location,
        kernel::floorDivide(builder, location, depth, depthStep),
        number(depthStep));
    if (carriesPlace) {
      kernel::Address first =
          kernel::addressOf(builder, location, product.getAhead(), {});
      aheadBase = first.base;
      carried.push_back(value(first.index));
    }
    carried = overSteps(number(0), whole, depthStep, carried);
    carried = overSteps(whole, depth, 1, carried);
    carried.truncate(rows * vectors);
    return carried;
  }

  Value zeros() {
    Type type = product.sumType();
    return lanes.constant(type, builder.getZeroAttr(type));
  }

  /// `sum` and the product of a row's step with the weights of that step.
  Value multiplyAdd(Value row, Value weights, Value sum) {
    if (product.sumType().isF32())
      return math::FmaOp::create(builder, location, row, weights, sum);
    return kernel::Dot4Op::create(builder, location, sum, weights, row,
                                  hasUnsignedRows);
  }

  /// What is carried after the steps from `begin` to `end`, `step` of them a
  /// turn: the sums, and the place of the next prefetch if `carriesPlace`.
  SmallVector<Value> overSteps(Index begin, Index end, int64_t step,
                               SmallVector<Value> carried) {
    if (isEqualConstantIntOrValue(begin, end))
      return carried;
    auto loop = scf::ForOp::create(builder, location, value(begin), value(end),
                                   value(number(step)), carried);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    carried.assign(loop.getRegionIterArgs().begin(),
                   loop.getRegionIterArgs().end());
    Index first = loop.getInductionVar();
    SmallVector<Value> left = loadRows(first, step);
    for (int64_t u = 0; u < step; ++u)
      oneStep(kernel::addSizes(builder, location, first, number(u)), u, left,
              carried);
    scf::YieldOp::create(builder, location, carried);
    return loop.getResults();
  }

  /// A vector of steps of each row, if a turn takes as many as there are lanes.
  SmallVector<Value> loadRows(Index first, int64_t step) {
    SmallVector<Value> left;
    if (step > 1 && step == lanes.count() &&
        kernel::isUnitStride(product.getLhs(), 1))
      for (int64_t row = 0; row < rows; ++row)
        left.push_back(lanes.load(product.getLhs(), {number(row), first}));
    return left;
  }

  /// Adds step `k` to what is `carried`: it is lane `lane` of `left`, if that
  /// was loaded.
  void oneStep(Index k, int64_t lane, ArrayRef<Value> left,
               MutableArrayRef<Value> carried) {
    if (carriesPlace)
      fetchAt(carried.back());
    else
      fetchAhead(k);
    SmallVector<Value> weights;
    for (int64_t vector = 0; vector < vectors; ++vector)
      weights.push_back(
          lanes.load(product.getPanels(),
                     {number(vector / panelVectors), k,
                      number(vector % panelVectors * lanes.count())}));
    for (int64_t row = 0; row < rows; ++row) {
      Value one = left.empty()
                      ? lanes.loadSplat(product.getLhs(), {number(row), k})
                      : lanes.splat(vector::ExtractOp::create(builder, location,
                                                              left[row], lane));
      for (int64_t vector = 0; vector < vectors; ++vector) {
        Value &sum = carried[row * vectors + vector];
        sum = multiplyAdd(one, weights[vector], sum);
      }
    }
  }

  /// One row of what lies ahead, line by line.
  void fetchAhead(Index step) {
    Value ahead = product.getAhead();
    overLines(
        [&](Index element) { fetch(ahead, {value(step), value(element)}); });
  }

  /// The same from index `place` of the flat buffer, which moves to the next
  /// row.
  void fetchAt(Value &place) {
    Value ahead = product.getAhead();
    overLines([&](Index element) {
      fetch(aheadBase,
            value(kernel::addSizes(builder, location, place, element)));
    });
    place = value(kernel::addSizes(
        builder, location, place,
        kernel::strideOf(builder, location, ahead, /*axis=*/0)));
  }

  /// The first element of each line of a row of what lies ahead, if any.
  void overLines(function_ref<void(Index element)> body) {
    if (!fetches)
      return;
    int64_t row = cast<MemRefType>(product.getAhead().getType()).getDimSize(1);
    for (int64_t element = 0; element < row; element += prefetched)
      body(number(element));
  }

  void fetch(Value buffer, ValueRange place) {
    memref::PrefetchOp::create(builder, location, buffer, place,
                               /*isWrite=*/false, secondCache,
                               /*isDataCache=*/true);
  }

  /// The epilogue of one vector of sums, and its store.
  void finish(int64_t row, int64_t column, Value sum) {
    SmallVector<Value> arguments = {sum};
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
    SmallVector<Value> results =
        lanes.clone(product.getEpilogue().front(), arguments);
    lanes.store(results.front(), product.getOutput(),
                {number(row), number(column)});
  }

  PanelProductOp product;
  OpBuilder builder;
  Location location;
  MemRefType panelType;
  int64_t rows;
  Lanes lanes;
  /// Of one panel, and of all panels of the tile.
  int64_t panelVectors, vectors;
  /// Steps of a turn of the loop.
  int64_t depthStep;
  /// Elements that one prefetch brings.
  int64_t prefetched;
  bool fetches;
  /// Whether the loop adds the stride of what lies ahead at each step: to
  /// multiply it by the step would take a multiplier, which the sums want.
  bool carriesPlace;
  /// The flat buffer whose index is carried.
  Value aheadBase;
  /// Whether words of a row hold unsigned bytes.
  bool hasUnsignedRows;
  /// The locality hint of a prefetch, from 0 (none) to 3 (the first cache).
  static constexpr unsigned secondCache = 2;
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
