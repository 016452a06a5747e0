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
//===----------------------------------------------------------------------===//

#include "dialects/Kernel/Kernel.h"
#include "dialects/Kernel/Views.h"
#include "dialects/Target/Target.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "passes/Tile/Passes.h"

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_TILEPRODUCTS
#include "passes/Tile/Passes.h.inc"

namespace {

using kernel::PanelProductOp;
using Index = OpFoldResult;

class ProductTiler {
public:
  ProductTiler(PanelProductOp product, int64_t tileRows)
      : product(product), builder(product), location(product.getLoc()),
        tileRows(tileRows),
        width(cast<MemRefType>(product.getPanels().getType()).getDimSize(2)) {
    SmallVector<Index> sizes = kernel::sizesOf(product.getOutput());
    rows = sizes[0];
    columns = sizes[1];
    depth = kernel::sizesOf(product.getLhs())[1];
  }

  bool isTile() {
    std::optional<int64_t> rowCount = getConstantIntValue(rows);
    return rowCount && *rowCount <= tileRows &&
           getConstantIntValue(columns) == width &&
           cast<MemRefType>(product.getPanels().getType()).getDimSize(0) == 1;
  }

  void run() {
    Index fullPanels = kernel::floorDivide(builder, location, columns, width);
    loop(builder.getIndexAttr(0), fullPanels, 1, [&](Index panel) {
      overRows([&](Index row, int64_t count) {
        fullTile(panel, row, count);
      });
    });

    Index rest = kernel::remainder(builder, location, columns, width);
    if (getConstantIntValue(rest) == 0)
      return;
    local = localTile();
    if (getConstantIntValue(rest)) {
      lastPanel(fullPanels, rest);
      return;
    }
    Value some = arith::CmpIOp::create(
        builder, location, arith::CmpIPredicate::ne, value(rest),
        arith::ConstantIndexOp::create(builder, location, 0));
    auto branch = scf::IfOp::create(builder, location, some);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(branch.thenBlock());
    lastPanel(fullPanels, rest);
  }

private:
  Value value(Index index) {
    return getValueOrCreateConstantIndexOp(builder, location, index);
  }

  /// A loop, or nothing where the range is surely empty.
  void loop(Index from, Index to, int64_t step,
            function_ref<void(Index)> body) {
    if (isEqualConstantIntOrValue(from, to))
      return;
    auto forOp = scf::ForOp::create(
        builder, location, value(from), value(to),
        arith::ConstantIndexOp::create(builder, location, step));
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(forOp.getBody());
    body(forOp.getInductionVar());
  }

  /// Every row once: tiles of `tileRows`, then halves of that down to 1.
  void overRows(function_ref<void(Index row, int64_t count)> body) {
    Index start = builder.getIndexAttr(0);
    for (int64_t count = tileRows; count >= 1; count /= 2) {
      // start + (rows - start) floordiv count * count; start is a multiple of
      // the previous, larger count, and so of this one for powers of two.
      Index whole = kernel::floorDivide(
          builder, location,
          kernel::addSizes(builder, location, rows,
                           kernel::multiplySizes(builder, location, start,
                                                 builder.getIndexAttr(-1))),
          count);
      Index end = kernel::addSizes(
          builder, location, start,
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

  Index firstColumn(Index panel) {
    return kernel::multiplySizes(builder, location, panel,
                                 builder.getIndexAttr(width));
  }

  /// The operands of a tile's product: rows of the left side and one panel.
  std::pair<Value, Value> factors(Index panel, Index row, int64_t count) {
    Index zero = builder.getIndexAttr(0), one = builder.getIndexAttr(1);
    return {subview(product.getLhs(), {row, zero},
                    {builder.getIndexAttr(count), depth}),
            subview(product.getPanels(), {panel, zero, zero},
                    {one, depth, builder.getIndexAttr(width)})};
  }

  void fullTile(Index panel, Index row, int64_t count) {
    Index rowCount = builder.getIndexAttr(count);
    Index columnCount = builder.getIndexAttr(width);
    Index column = firstColumn(panel);
    auto [lhs, panels] = factors(panel, row, count);
    Value output =
        subview(product.getOutput(), {row, column}, {rowCount, columnCount});
    SmallVector<Value> extras;
    for (unsigned number = 0; number < product.getExtras().size(); ++number)
      extras.push_back(extraTile(number, row, column, rowCount, columnCount));
    auto tile = PanelProductOp::create(builder, location, lhs, panels, output,
                                       extras, product.getExtraMaps());
    IRMapping mapping;
    product.getEpilogue().cloneInto(&tile.getEpilogue(), mapping);
  }

  /// An array on the stack, made once at the start of the function.
  Value localTile() {
    OpBuilder::InsertionGuard guard(builder);
    auto function = product->getParentOfType<func::FuncOp>();
    builder.setInsertionPointToStart(&function.getBody().front());
    return memref::AllocaOp::create(
        builder, location,
        MemRefType::get({tileRows, width}, builder.getF32Type()));
  }

  void lastPanel(Index panel, Index columnCount) {
    overRows([&](Index row, int64_t count) {
      partialTile(panel, row, count, columnCount);
    });
  }

  /// Sums of a whole panel into the local array, then the epilogue over the
  /// columns that exist.
  void partialTile(Index panel, Index row, int64_t count, Index columnCount) {
    Index zero = builder.getIndexAttr(0), rowCount = builder.getIndexAttr(count);
    auto [lhs, panels] = factors(panel, row, count);
    Value sums =
        subview(local, {zero, zero}, {rowCount, builder.getIndexAttr(width)});
    auto tile = PanelProductOp::create(builder, location, lhs, panels, sums,
                                       ValueRange(), builder.getArrayAttr({}));
    {
      OpBuilder::InsertionGuard guard(builder);
      Block *block = builder.createBlock(&tile.getEpilogue(), {},
                                         builder.getF32Type(), location);
      kernel::YieldOp::create(builder, location, block->getArguments());
    }
    Index column = firstColumn(panel);
    SmallVector<Value> inputs = {
        subview(local, {zero, zero}, {rowCount, columnCount})};
    SmallVector<AffineMap> maps = {builder.getMultiDimIdentityMap(2)};
    for (unsigned number = 0; number < product.getExtras().size(); ++number) {
      inputs.push_back(extraTile(number, row, column, rowCount, columnCount));
      maps.push_back(
          cast<AffineMapAttr>(product.getExtraMaps()[number]).getValue());
    }
    maps.push_back(builder.getMultiDimIdentityMap(2));
    Value output =
        subview(product.getOutput(), {row, column}, {rowCount, columnCount});
    storeEpilogue(inputs, output, maps);
  }

  void storeEpilogue(ArrayRef<Value> inputs, Value output,
                     ArrayRef<AffineMap> maps) {
    SmallVector<utils::IteratorType> parallel(2, utils::IteratorType::parallel);
    Block &epilogue = product.getEpilogue().front();
    linalg::GenericOp::create(
        builder, location, inputs, output, maps, parallel,
        [&](OpBuilder &body, Location, ValueRange arguments) {
          IRMapping mapping;
          mapping.map(epilogue.getArguments(),
                      arguments.take_front(epilogue.getNumArguments()));
          for (Operation &op : epilogue.without_terminator())
            body.clone(op, mapping);
          auto yield = cast<kernel::YieldOp>(epilogue.getTerminator());
          linalg::YieldOp::create(
              body, location,
              mapping.lookupOrDefault(yield.getValues().front()));
        });
  }

  PanelProductOp product;
  OpBuilder builder;
  Location location;
  int64_t tileRows, width;
  Index rows, columns, depth;
  Value local;
};

struct TileProducts : impl::TileProductsBase<TileProducts> {
  void runOnOperation() override {
    int64_t tileRows = target::machineFor(getOperation()).getTileRows();
    SmallVector<PanelProductOp> products;
    getOperation().walk([&](PanelProductOp op) { products.push_back(op); });
    for (PanelProductOp product : products) {
      ProductTiler tiler(product, tileRows);
      if (tiler.isTile())
        continue;
      tiler.run();
      product.erase();
    }
  }
};

} // namespace
} // namespace lmcc
