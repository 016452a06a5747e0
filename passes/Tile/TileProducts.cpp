//===- TileProducts.cpp - Cut panel products into register tiles ----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The panel is the outer loop: one panel of the right side stays in the cache
// while all rows pass under it, and with few rows each panel is read once.
//
// With few rows the machine multiplies about as fast as memory delivers
// weights, if it waits for neither: the next block of a panel is fetched while
// the rows pass under this one.
//
//===----------------------------------------------------------------------===//

#include "dialects/Kernel/Kernel.h"
#include "dialects/Kernel/Views.h"
#include "dialects/Target/Target.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "passes/Tile/EpilogueLoop.h"
#include "passes/Tile/Passes.h"
#include "passes/Tile/TileShape.h"

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_TILEPRODUCTS
#include "passes/Tile/Passes.h.inc"

namespace {

using kernel::PanelProductOp;
using Index = OpFoldResult;

class ProductTiler {
public:
  ProductTiler(PanelProductOp product, target::MachineAttr machine)
      : product(product), machine(machine), builder(product),
        location(product.getLoc()), shape(TileShape::of(product, machine)),
        depthBlock(machine.getDepthBlock()), width(product.panelWidth()),
        lanes(std::min<int64_t>(machine.lanes(), width)),
        fetchesAhead(product.getStreams() && machine.getPrefetchBytes() != 0) {
    SmallVector<Index> sizes = kernel::sizesOf(product.getOutput());
    rows = sizes[0];
    columns = sizes[1];
    depth = kernel::sizesOf(product.getLhs())[1];
  }

  bool isTile() {
    std::optional<int64_t> rowCount = getConstantIntValue(rows);
    std::optional<int64_t> columnCount = getConstantIntValue(columns);
    if (!rowCount || !columnCount || *columnCount % lanes != 0)
      return false;
    return *rowCount == 1 ? *columnCount <= shape.panelsOfOneRow * width
                          : *rowCount <= shape.rows && *columnCount <= width;
  }

  void run() {
    Index zero = builder.getIndexAttr(0);
    Index fullPanels = kernel::floorDivide(builder, location, columns, width);
    int64_t together =
        getConstantIntValue(rows) == 1 ? shape.panelsOfOneRow : 1;
    Index several = kernel::multiplySizes(
        builder, location,
        kernel::floorDivide(builder, location, fullPanels, together),
        builder.getIndexAttr(together));
    loop(zero, several, together,
         [&](Index panel) { wholeVectors(panel, together * width); });
    if (std::optional<int64_t> known = getConstantIntValue(columns)) {
      lastColumns(*getConstantIntValue(several), *known % (together * width));
      return;
    }
    if (together > 1)
      loop(several, fullPanels, 1,
           [&](Index panel) { wholeVectors(panel, width); });
    lastPanel(fullPanels);
  }

private:
  Value value(Index index) {
    return getValueOrCreateConstantIndexOp(builder, location, index);
  }

  void loop(Index from, Index to, int64_t step,
            function_ref<void(Index)> body) {
    kernel::loop(builder, location, from, to, step, body);
  }

  /// Every row once: tiles of the shape's rows, then one with the rows that are
  /// left.
  void overRows(function_ref<void(Index row, int64_t count)> body) {
    std::optional<int64_t> known = getConstantIntValue(rows);
    if (!known) {
      overUnknownRows(body);
      return;
    }
    int64_t rest = *known % shape.rows;
    Index whole = builder.getIndexAttr(*known - rest);
    loop(builder.getIndexAttr(0), whole, shape.rows,
         [&](Index row) { body(row, shape.rows); });
    if (rest != 0)
      body(whole, rest);
  }

  /// Tiles of the shape's rows, then halves of that down to 1.
  void overUnknownRows(function_ref<void(Index row, int64_t count)> body) {
    Index start = builder.getIndexAttr(0);
    for (int64_t count = shape.rows; count >= 1; count /= 2) {
      // start + (rows - start) floordiv count * count; start is a multiple of
      // the previous, larger count, and so of this one for powers of two.
      Index whole = kernel::floorDivide(
          builder, location,
          kernel::addSizes(builder, location, rows,
                           kernel::multiplySizes(builder, location, start,
                                                 builder.getIndexAttr(-1))),
          count);
      Index end =
          kernel::addSizes(builder, location, start,
                           kernel::multiplySizes(builder, location, whole,
                                                 builder.getIndexAttr(count)));
      loop(start, end, count, [&](Index row) { body(row, count); });
      start = end;
    }
  }

  Value subview(Value buffer, ArrayRef<Index> offsets, ArrayRef<Index> sizes) {
    SmallVector<Index> steps(offsets.size(), builder.getIndexAttr(1));
    return memref::SubViewOp::create(builder, location, buffer, offsets, sizes,
                                     steps);
  }

  /// The part of extra `number` that belongs to a tile.
  Value extraTile(unsigned number, Index row, Index column, Index rowCount,
                  Index columnCount) {
    auto map = cast<AffineMapAttr>(product.getExtraMaps()[number]).getValue();
    SmallVector<Index> offsets, sizes;
    for (AffineExpr result : map.getResults()) {
      bool isRow = cast<AffineDimExpr>(result).getPosition() == 0;
      offsets.push_back(isRow ? row : column);
      sizes.push_back(isRow ? rowCount : columnCount);
    }
    Value extra = product.getExtras()[number];
    return sizes.empty() ? extra : subview(extra, offsets, sizes);
  }

  /// Whether sums of blocks of the depth are stored in the output, which then
  /// has their type and holds no extra.
  bool needsBlocks() {
    std::optional<int64_t> deep = getConstantIntValue(depth);
    // A panel of words has a quarter of the steps; its sums have another type
    // than the output.
    return deep && product.sumType().isF32() && !product.getGroup() &&
           machine.cutsDepth(*deep, getConstantIntValue(rows)) &&
           llvm::none_of(product.getExtras(), [&](Value extra) {
             return kernel::baseOf(extra) ==
                    kernel::baseOf(product.getOutput());
           });
  }

  /// A part of the depth: where it starts, whether sums come from the block
  /// before it, and whether the epilogue follows.
  struct Block {
    Index start, steps;
    bool continues = false, isLast = true;
  };

  /// `columnCount` columns from `panel` on, for all rows.
  void wholeVectors(Index panel, int64_t columnCount) {
    auto block = [&](Index start, Index steps, bool continues, bool isLast) {
      overRows([&](Index row, int64_t count) {
        fullTile(panel, row, count, {start, steps, continues, isLast},
                 columnCount);
      });
    };
    Index zero = builder.getIndexAttr(0);
    if (!needsBlocks()) {
      block(zero, depth, product.getContinues(), /*isLast=*/true);
      return;
    }
    int64_t deep = *getConstantIntValue(depth);
    int64_t even = llvm::divideCeil(deep, llvm::divideCeil(deep, depthBlock));
    int64_t last = (deep - 1) / even * even;
    Index steps = builder.getIndexAttr(even);
    block(zero, steps, product.getContinues(), /*isLast=*/false);
    loop(steps, builder.getIndexAttr(last), even, [&](Index start) {
      block(start, steps, /*continues=*/true, /*isLast=*/false);
    });
    block(builder.getIndexAttr(last), builder.getIndexAttr(deep - last),
          /*continues=*/true, /*isLast=*/true);
  }

  Index firstColumn(Index panel) {
    return kernel::multiplySizes(builder, location, panel,
                                 builder.getIndexAttr(width));
  }

  /// The operands of a tile's product: rows of the left side, with their signs
  /// if they have some, and panels, with their zero points or their order.
  struct Factors {
    Value lhs, panels, signs, zeros, order;
  };

  Factors factors(Index panel, Index row, int64_t count, Index start,
                  Index steps, int64_t panelCount = 1) {
    Index zero = builder.getIndexAttr(0);
    SmallVector<Index> sizes = kernel::sizesOf(product.getPanels());
    sizes[0] = builder.getIndexAttr(panelCount);
    // Groups and words of columns are never cut.
    if (!product.getGroup() && !product.getColumnWords())
      sizes[1] = steps;
    auto rowsOf = [&](Value matrix) {
      return subview(matrix, {row, start},
                     {builder.getIndexAttr(count), steps});
    };
    return {rowsOf(product.getLhs()),
            subview(product.getPanels(), {panel, start, zero}, sizes),
            product.getSigns() ? rowsOf(product.getSigns()) : Value(),
            partOf(product.getZeros(), panel, panelCount),
            partOf(product.getOrder(), panel, panelCount)};
  }

  /// `count` places of the first axis of an operand, from `first` on; null if
  /// there is no operand.
  Value partOf(Value operand, Index first, int64_t count) {
    if (!operand)
      return {};
    SmallVector<Index> sizes = kernel::sizesOf(operand);
    SmallVector<Index> offsets(sizes.size(), builder.getIndexAttr(0));
    offsets[0] = first;
    sizes[0] = builder.getIndexAttr(count);
    return subview(operand, offsets, sizes);
  }

  /// With what sums start in the tile of `count` rows at `row`.
  Value startsOf(Index row, int64_t count) {
    return partOf(product.getStarts(), row, count);
  }

  /// What lies behind a block of a panel (behind the last one, the weights of
  /// another product, often the next), for the tile at `row`: equal parts
  /// for all whole tiles, so that memory delivers it all the time; all of it
  /// for the only tile, and for those that follow an unknown number of whole
  /// ones.
  Value aheadOf(Index panel, Index row, int64_t count, const Block &block) {
    std::optional<int64_t> known = getConstantIntValue(rows);
    if (!fetchesAhead || product.getGroup() || product.getColumnWords() ||
        known == 1)
      return {};
    // The tiles before it have fetched all.
    if (known && *known > 2 * shape.rows && count < shape.rows)
      return {};
    Index end = kernel::addSizes(builder, location, block.start, block.steps);
    kernel::Address next =
        kernel::addressOf(builder, location, product.getPanels(),
                          {panel, end, builder.getIndexAttr(0)});
    if (count < shape.rows || known == shape.rows)
      return kernel::viewAt(builder, location, next,
                            {block.steps, builder.getIndexAttr(width)});
    Index part = elementsPerStep();
    Index before = kernel::multiplySizes(
        builder, location,
        kernel::floorDivide(builder, location, row, shape.rows),
        kernel::multiplySizes(builder, location, block.steps, part));
    next.index = kernel::addSizes(builder, location, next.index, before);
    // Of two tiles or more no part is larger than half a row. One that turns
    // out to be the only one fetches every other half.
    Index half = builder.getIndexAttr(llvm::divideCeil(width, 2));
    return kernel::viewAt(builder, location, next, {block.steps, half},
                          {part, builder.getIndexAttr(1)});
  }

  /// The panels behind the `count` of a tile of groups, if it is the only one
  /// of its rows. A row of groups computes so much for each byte that its loads
  /// do not reach far enough ahead.
  Value panelsBehind(Index panel, int64_t count) {
    if (!fetchesAhead || !product.getGroup() || getConstantIntValue(rows) != 1)
      return {};
    SmallVector<Index> sizes = kernel::sizesOf(product.getPanels());
    Index zero = builder.getIndexAttr(0), number = builder.getIndexAttr(count);
    Index behind = kernel::addSizes(builder, location, panel, number);
    kernel::Address first = kernel::addressOf(
        builder, location, product.getPanels(), {behind, zero, zero});
    Index row = kernel::multiplySizes(builder, location, sizes[2], number);
    return kernel::viewAt(builder, location, first, {sizes[1], row});
  }

  /// Of a row of a panel, the part that each step of a whole tile fetches.
  Index elementsPerStep() {
    if (std::optional<int64_t> known = getConstantIntValue(rows))
      return builder.getIndexAttr(
          llvm::divideCeil(width, std::max<int64_t>(*known / shape.rows, 2)));
    // There is a whole tile, so rows are not 0.
    int64_t all = width * shape.rows;
    Index sum = kernel::addSizes(builder, location, rows,
                                 builder.getIndexAttr(all - 1));
    return arith::DivUIOp::create(builder, location, value(sum), value(rows))
        .getResult();
  }

  /// `columns` columns from `panel` on, whole vectors.
  void fullTile(Index panel, Index row, int64_t count, const Block &block,
                int64_t columns) {
    Index rowCount = builder.getIndexAttr(count);
    Index columnCount = builder.getIndexAttr(columns);
    Index column = firstColumn(panel), zero = builder.getIndexAttr(0);
    int64_t panelCount = llvm::divideCeil(columns, width);
    Factors tileFactors =
        factors(panel, row, count, block.start, block.steps, panelCount);
    Value output =
        subview(product.getOutput(), {row, column}, {rowCount, columnCount});
    Value ahead = product.getGroup() ? panelsBehind(panel, panelCount)
                                     : aheadOf(panel, row, count, block);
    if (!block.isLast) {
      plainProduct(tileFactors, output, block.continues, {}, ahead);
      return;
    }
    if (shape.loopsEpilogue && count > 1) {
      if (!block.continues && !wholeTile)
        wholeTile = localTile(width);
      Value sums = block.continues ? output
                                   : subview(wholeTile, {zero, zero},
                                             {rowCount, columnCount});
      plainProduct(tileFactors, sums, block.continues, startsOf(row, count),
                   ahead);
      epilogueOver(sums, output, row, column);
      return;
    }
    SmallVector<Value> extras;
    for (unsigned number = 0; number < product.getExtras().size(); ++number)
      extras.push_back(extraTile(number, row, column, rowCount, columnCount));
    auto tile = PanelProductOp::create(
        builder, location, tileFactors.lhs, tileFactors.panels, output, extras,
        ahead, startsOf(row, count), tileFactors.signs, tileFactors.zeros,
        tileFactors.order, product.getExtraMaps(), block.continues,
        product.getStreams(), product.getColumnWordsAttr(),
        product.getGroupAttr(), product.getBytes(), product.getWideScales(),
        product.getFullRange());
    IRMapping mapping;
    product.getEpilogue().cloneInto(&tile.getEpilogue(), mapping);
  }

  /// Stores the sums as they are.
  void plainProduct(const Factors &factors, Value output, bool continues,
                    Value starts, Value ahead) {
    auto tile = PanelProductOp::create(
        builder, location, factors.lhs, factors.panels, output, ValueRange(),
        ahead, starts, factors.signs, factors.zeros, factors.order,
        builder.getArrayAttr({}), continues, product.getStreams(),
        product.getColumnWordsAttr(), product.getGroupAttr(),
        product.getBytes(), product.getWideScales(), product.getFullRange());
    OpBuilder::InsertionGuard guard(builder);
    mlir::Block *body = builder.createBlock(&tile.getEpilogue(), {},
                                            product.sumType(), location);
    kernel::YieldOp::create(builder, location, body->getArguments());
  }

  /// An array on the stack, made once at the start of the function.
  Value localTile(int64_t columnCount) {
    OpBuilder::InsertionGuard guard(builder);
    auto function = product->getParentOfType<func::FuncOp>();
    builder.setInsertionPointToStart(&function.getBody().front());
    int64_t rowCount =
        std::min(getConstantIntValue(rows).value_or(shape.rows), shape.rows);
    return memref::AllocaOp::create(
        builder, location,
        MemRefType::get({rowCount, columnCount}, product.sumType()));
  }

  /// The columns behind the whole tiles, `columnCount` of them from `panel` on.
  void lastColumns(int64_t panel, int64_t columnCount) {
    int64_t partial = columnCount % lanes == 0 ? 0 : columnCount % width;
    if (partial != columnCount)
      wholeVectors(builder.getIndexAttr(panel), columnCount - partial);
    if (partial == 0)
      return;
    Value local = localTile(llvm::alignTo(partial, lanes));
    Index last = builder.getIndexAttr(panel + columnCount / width);
    overRows([&](Index row, int64_t count) {
      partialTile(last, row, count, builder.getIndexAttr(partial), local);
    });
  }

  /// The columns behind the last full panel, if it turns out that there are
  /// any.
  void lastPanel(Index panel) {
    Value local = localTile(width);
    Index rest = kernel::remainder(builder, location, columns, width);
    Value some = arith::CmpIOp::create(
        builder, location, arith::CmpIPredicate::ne, value(rest),
        arith::ConstantIndexOp::create(builder, location, 0));
    auto branch = scf::IfOp::create(builder, location, some);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(branch.thenBlock());
    overRows([&](Index row, int64_t count) {
      partialTile(panel, row, count, rest, local);
    });
  }

  /// Sums of whole vectors into the local array, then the epilogue over the
  /// columns that exist.
  void partialTile(Index panel, Index row, int64_t count, Index columnCount,
                   Value local) {
    Index zero = builder.getIndexAttr(0),
          rowCount = builder.getIndexAttr(count);
    int64_t computed = cast<MemRefType>(local.getType()).getDimSize(1);
    Factors tileFactors = factors(panel, row, count, zero, depth);
    Index column = firstColumn(panel);
    auto sums = [&] {
      return subview(local, {zero, zero}, {rowCount, columnCount});
    };
    auto result = [&] {
      return subview(product.getOutput(), {row, column},
                     {rowCount, columnCount});
    };
    if (product.getContinues())
      copy(result(), sums());
    plainProduct(tileFactors,
                 subview(local, {zero, zero},
                         {rowCount, builder.getIndexAttr(computed)}),
                 product.getContinues(), startsOf(row, count),
                 aheadOf(panel, row, count, {zero, depth}));
    Value some = sums(), output = result();
    epilogueOver(some, output, row, column);
  }

  /// The epilogue as a loop over the sums of the tile at `row` and `column`.
  void epilogueOver(Value sums, Value output, Index row, Index column) {
    SmallVector<Index> sizes = kernel::sizesOf(output);
    SmallVector<Value> extras;
    for (unsigned number = 0; number < product.getExtras().size(); ++number)
      extras.push_back(extraTile(number, row, column, sizes[0], sizes[1]));
    loopEpilogue(builder, product, sums, extras, output);
  }

  void copy(Value from, Value to) {
    linalg::GenericOp::create(
        builder, location, from, to,
        SmallVector<AffineMap>(2, builder.getMultiDimIdentityMap(2)),
        SmallVector<utils::IteratorType>(2, utils::IteratorType::parallel),
        [&](OpBuilder &body, Location, ValueRange elements) {
          linalg::YieldOp::create(body, location, elements.front());
        });
  }

  PanelProductOp product;
  target::MachineAttr machine;
  OpBuilder builder;
  Location location;
  TileShape shape;
  int64_t depthBlock, width, lanes;
  bool fetchesAhead;
  /// The array of the sums over which an epilogue loops.
  Value wholeTile;
  Index rows, columns, depth;
};

struct TileProducts : impl::TileProductsBase<TileProducts> {
  void runOnOperation() override {
    target::MachineAttr machine = target::machineFor(getOperation());
    SmallVector<PanelProductOp> products;
    getOperation().walk([&](PanelProductOp op) { products.push_back(op); });
    for (PanelProductOp product : products) {
      ProductTiler tiler(product, machine);
      if (tiler.isTile())
        continue;
      tiler.run();
      product.erase();
    }
  }
};

} // namespace
} // namespace lmcc
