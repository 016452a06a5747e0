//===- QuantizeTables.cpp - Tables that are looked up, in 8 bits ----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Builder.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Compress/DerivedWeights.h"
#include "passes/Compress/Passes.h"
#include "passes/Compress/QuantizedMatrix.h"

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_QUANTIZETABLES
#include "passes/Compress/Passes.h.inc"

namespace {

RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

/// The table, if rows of one are looked up.
weight::GetOp tableOf(graph::GatherOp gather) {
  auto table = gather.getInput().getDefiningOp<weight::GetOp>();
  return table && gather.getAxis() == 0 && typeOf(table).getRank() == 2 &&
                 typeOf(table).getElementType().isF32()
             ? table
             : weight::GetOp();
}

Value transposed(OpBuilder &recipe, Value matrix) {
  RankedTensorType type = typeOf(matrix);
  return graph::TransposeOp::create(
      recipe, matrix.getLoc(),
      RankedTensorType::get({type.getDimSize(1), type.getDimSize(0)},
                            type.getElementType()),
      matrix, ArrayRef<int64_t>{1, 0});
}

// Rows of the table are columns of its transpose, so that the recipe is that of
// a product with the transpose, step by step.
Value bytes(OpBuilder &recipe, Value table) {
  return transposed(recipe, quantizedNumbers(recipe, transposed(recipe, table),
                                             WeightForm()));
}

Value rowScales(OpBuilder &recipe, Value table) {
  return columnScales(recipe, transposed(recipe, table));
}

struct QuantizeTables : impl::QuantizeTablesBase<QuantizeTables> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    DerivedWeights weights(module);
    for (auto function : module.getOps<func::FuncOp>()) {
      SmallVector<graph::GatherOp> lookups;
      function.walk([&](graph::GatherOp op) {
        if (tableOf(op))
          lookups.push_back(op);
      });
      graph::DimSpace space = graph::DimSpace::of(function);
      for (graph::GatherOp lookup : lookups)
        quantize(lookup, space, weights);
    }
  }

private:
  static void quantize(graph::GatherOp lookup, graph::DimSpace &space,
                       DerivedWeights &weights) {
    weight::GetOp table = tableOf(lookup);
    emitRemark(lookup.getLoc())
        << "quantised: table of " << typeOf(table).getDimSize(0) << " x "
        << typeOf(table).getDimSize(1) << " in 8 bits, a scale for each row";
    OpBuilder ops(lookup);
    graph::Builder build(ops, space);
    build.setLocation(lookup.getLoc());
    Value indices = lookup.getIndices();
    Value rows =
        build.gather(weights.get(ops, table, "quantized", bytes), indices, 0);
    Value scales =
        build.gather(weights.get(ops, table, "scales", rowScales), indices, 0);
    lookup.getResult().replaceAllUsesWith(
        build.mul(build.cast(rows, ops.getF32Type()),
                  build.unsqueeze(scales, {graph::Builder::rankOf(scales)})));
    lookup.erase();
    if (table->use_empty())
      table.erase();
  }
};

} // namespace
} // namespace lmcc
