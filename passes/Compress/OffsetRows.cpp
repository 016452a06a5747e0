//===- OffsetRows.cpp - Unsigned rows for machines that want them ---------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Builder.h"
#include "dialects/Target/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Compress/DerivedWeights.h"
#include "passes/Compress/Passes.h"

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_OFFSETROWS
#include "passes/Compress/Passes.h.inc"

namespace {

/// What is added to a signed byte to make it an unsigned one.
constexpr int64_t offset = 128;

bool multipliesAWeight(OpOperand &use) {
  auto product = dyn_cast<graph::MatmulOp>(use.getOwner());
  return product && product.isByteProduct() && use.getOperandNumber() == 0 &&
         product.getRhs().getDefiningOp<weight::GetOp>();
}

struct OffsetRows : impl::OffsetRowsBase<OffsetRows> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (!target::machineFor(module).getUnsignedRows())
      return;
    DerivedWeights weights(module);
    module.walk([&](graph::QuantizeRowsOp rows) {
      if (llvm::all_of(rows->getUses(), multipliesAWeight))
        addOffset(rows, weights);
    });
  }

private:
  static void addOffset(graph::QuantizeRowsOp rows, DerivedWeights &weights) {
    Type byte = IntegerType::get(rows.getContext(), 8, IntegerType::Unsigned);
    rows.getResult().setType(
        cast<RankedTensorType>(rows.getType()).clone(byte));
    for (Operation *user : llvm::to_vector(rows->getUsers()))
      correct(cast<graph::MatmulOp>(user), weights);
  }

  static void correct(graph::MatmulOp product, DerivedWeights &weights) {
    OpBuilder builder(product.getContext());
    builder.setInsertionPointAfter(product);
    auto matrix = product.getRhs().getDefiningOp<weight::GetOp>();
    Value tooMuch = weights.get(
        builder, matrix, "sums", [](OpBuilder &recipe, Value source) -> Value {
          auto type = cast<RankedTensorType>(source.getType());
          return weight::ColumnSumsOp::create(
              recipe, source.getLoc(),
              RankedTensorType::get(type.getDimSize(1), recipe.getI32Type()),
              source, -offset);
        });
    auto sum = graph::AddOp::create(builder, product.getLoc(),
                                    product.getType(), product, tooMuch);
    product.getResult().replaceAllUsesExcept(sum, sum);
  }
};

} // namespace
} // namespace lmcc
