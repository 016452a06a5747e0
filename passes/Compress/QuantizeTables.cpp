//===- QuantizeTables.cpp - Tables that are looked up, in fewer bits ------===//
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
using lmcc::graph::typeOf;

namespace lmcc {
#define GEN_PASS_DEF_QUANTIZETABLES
#include "passes/Compress/Passes.h.inc"

namespace {

/// The table, if rows of one are looked up.
weight::GetOp tableOf(graph::GatherOp gather) {
  auto table = gather.getInput().getDefiningOp<weight::GetOp>();
  return table && gather.getAxis() == 0 && typeOf(table).getRank() == 2 &&
                 typeOf(table).getElementType().isF32()
             ? table
             : weight::GetOp();
}

Value transposed(graph::Builder &build, Value matrix) {
  return build.transpose(matrix, {1, 0});
}

// Rows of the table are columns of its transpose, so that the recipe is that of
// a product with the transpose, step by step.
Value bytes(graph::Builder &build, Value table) {
  return transposed(
      build, quantizedNumbers(build, transposed(build, table), WeightForm()));
}

Value halvesOfRows(graph::Builder &build, Value table) {
  return transposed(build, halves(build, transposed(build, table)));
}

Value rowScales(graph::Builder &build, Value table) {
  return columnScales(build, transposed(build, table));
}

struct QuantizeTables : impl::QuantizeTablesBase<QuantizeTables> {
  using QuantizeTablesBase::QuantizeTablesBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (failed(verifyForm(module, bits, group)))
      return signalPassFailure();
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
  void quantize(graph::GatherOp lookup, graph::DimSpace &space,
                DerivedWeights &weights) {
    weight::GetOp table = tableOf(lookup);
    WeightForm form = WeightForm::of(bits, group, typeOf(table).getDimSize(1));
    remark(lookup, typeOf(table), form);
    OpBuilder ops(lookup);
    graph::Builder build(ops, space);
    build.setLocation(lookup.getLoc());
    lookup.getResult().replaceAllUsesWith(
        rowsOf(build, table, lookup.getIndices(), form, weights));
    lookup.erase();
    if (table->use_empty())
      table.erase();
  }

  static void remark(graph::GatherOp lookup, RankedTensorType table,
                     WeightForm form) {
    auto text = emitRemark(lookup.getLoc())
                << "quantised: table of " << table.getDimSize(0) << " x "
                << table.getDimSize(1) << " in " << form.bits << " bits";
    if (form.group != 0)
      text << ", a scale for each " << form.group << " of a row";
    else if (form.bits != 16)
      text << ", a scale for each row";
  }

  /// What is looked up, as floats.
  static Value rowsOf(graph::Builder &build, weight::GetOp table, Value indices,
                      WeightForm form, DerivedWeights &weights) {
    OpBuilder &ops = build.operations();
    auto derived = [&](StringRef suffix, DerivedWeights::Recipe recipe) {
      return weights.get(ops, table, suffix, recipe);
    };
    if (form.bits == 4) {
      auto scales = [&](graph::Builder &inside, Value matrix) {
        return groupScales(inside, transposed(inside, matrix), form);
      };
      auto numbers = [&](graph::Builder &inside, Value matrix) {
        return quantizedNumbers(inside, transposed(inside, matrix), form);
      };
      Value matrix = derived("nibbles", numbers);
      return build.lookUpColumns(matrix, derived("group_scales", scales),
                                 indices);
    }
    if (form.bits == 16)
      return build.cast(
          build.gather(derived("halves", halvesOfRows), indices, 0),
          ops.getF32Type());
    Value rows = build.gather(derived("quantized", bytes), indices, 0);
    Value scales = build.gather(derived("scales", rowScales), indices, 0);
    return build.mul(build.cast(rows, ops.getF32Type()),
                     build.unsqueeze(scales, {graph::Builder::rankOf(scales)}));
  }
};

} // namespace
} // namespace lmcc
