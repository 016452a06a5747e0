//===- LookUpKernel.cpp - Rows of tables of 4-bit numbers -----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A table lies as the panels of the product with its transpose, so that one
// that is tied to a product is stored once (see `weight.pack_groups`).
//
//===----------------------------------------------------------------------===//

#include "dialects/Kernel/Kernel.h"
#include "dialects/Kernel/Views.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "passes/GraphToKernel/GroupKernels.h"

using namespace mlir;

namespace lmcc {

namespace {

using Index = OpFoldResult;

class LookUpKernel {
public:
  LookUpKernel(GroupSite &site, KernelBuilder &k, const PackedSide &table)
      : site(site), k(k), builder(k.body()), location(k.location()),
        op(cast<graph::LookUpColumnsOp>(site.root())), table(table),
        group(op.groupSize()), word(builder.getI32Type()) {}

  void build() {
    const graph::DimSpace &space = k.space();
    AffineExpr count = space.product(
        space.sizes(cast<RankedTensorType>(op.getIndices().getType())));
    int64_t groups = op.getScales().getType().getDimSize(0);
    int64_t columns = op.getMatrix().getType().getDimSize(1);
    k.size(count, "count");
    panels =
        k.view(k.buffer(table.panels, "w"),
               {space.number(llvm::divideCeil(columns, table.width)),
                space.number(groups), space.number(table.groupWords(group))});
    Value indices = k.view(
        k.buffer(site.inputOf(op.getIndices()).buffer, "indices"), count);
    output = k.view(k.buffer(site.output, "y"),
                    {count, space.number(groups), space.number(group)});
    k.loop(k.size(count), [&](Index row) {
      Index chosen = loadIndex(k, indices, row, space.number(columns));
      Index panel = kernel::floorDivide(builder, location, chosen, table.width);
      Index column = kernel::remainder(builder, location, chosen, table.width);
      k.loop(k.number(groups),
             [&](Index place) { oneGroup(row, panel, place, column); });
    });
  }

private:
  void oneGroup(Index row, Index panel, Index place, Index column) {
    Value scale = scaleOf(panel, place, column);
    k.loop(k.number(group / nibblesOfWord), [&](Index number) {
      Index at =
          kernel::addSizes(builder, location, column,
                           kernel::multiplySizes(builder, location, number,
                                                 k.number(table.width)));
      Value words = k.load(panels, {panel, place, at});
      Index first = kernel::multiplySizes(builder, location, number,
                                          k.number(nibblesOfWord));
      for (int64_t step = 0; step < nibblesOfWord; ++step) {
        Value product = arith::MulFOp::create(builder, location,
                                              numberOf(words, step), scale);
        k.store(product, output,
                {row, place,
                 kernel::addSizes(builder, location, first, k.number(step))});
      }
    });
  }

  Value constant(int64_t value) {
    return arith::ConstantIntOp::create(builder, location, word, value);
  }

  /// The number of a step, as a float.
  Value numberOf(Value words, int64_t step) {
    int64_t half = nibblesOfWord / 2;
    Value shifted = arith::ShRUIOp::create(
        builder, location, words, constant(step % half * 8 + step / half * 4));
    Value nibble =
        arith::AndIOp::create(builder, location, shifted, constant(15));
    Value number =
        arith::SubIOp::create(builder, location, nibble, constant(8));
    return arith::SIToFPOp::create(builder, location, builder.getF32Type(),
                                   number);
  }

  Value scaleOf(Index panel, Index place, Index column) {
    int64_t first = group / nibblesOfWord * table.width;
    int64_t half = table.width / 2;
    Index own = table.hasWideScales
                    ? column
                    : kernel::remainder(builder, location, column, half);
    Value words = k.load(
        panels, {panel, place,
                 kernel::addSizes(builder, location, own, k.number(first))});
    return arith::BitcastOp::create(
        builder, location, builder.getF32Type(),
        table.hasWideScales ? words : halfOf(words, column, half));
  }

  /// The bfloat16 of a column: the lower half of its word, or the upper one.
  Value halfOf(Value words, Index column, int64_t half) {
    Value isLow =
        arith::CmpIOp::create(builder, location, arith::CmpIPredicate::slt,
                              k.value(column), k.value(k.number(half)));
    Value low = arith::ShLIOp::create(builder, location, words, constant(16));
    Value high =
        arith::AndIOp::create(builder, location, words, constant(-0x10000));
    return arith::SelectOp::create(builder, location, isLow, low, high);
  }

  GroupSite &site;
  KernelBuilder &k;
  OpBuilder &builder;
  Location location;
  graph::LookUpColumnsOp op;
  PackedSide table;
  int64_t group;
  Type word;
  Value panels, output;
  static constexpr int64_t nibblesOfWord = 8;
};

} // namespace

LogicalResult buildLookUpKernel(GroupSite &site, KernelBuilder &k,
                                const PackedSide &table) {
  if (site.members().size() != 1)
    return failure();
  LookUpKernel(site, k, table).build();
  return success();
}

} // namespace lmcc
