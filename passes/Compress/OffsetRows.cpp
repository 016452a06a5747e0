//===- OffsetRows.cpp - Rows of bytes as the machine multiplies them ------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Builder.h"
#include "dialects/Target/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Compress/ByteTensors.h"
#include "passes/Compress/DerivedWeights.h"
#include "passes/Compress/Passes.h"
#include "passes/Compress/ScaledBytes.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_OFFSETROWS
#include "passes/Compress/Passes.h.inc"

namespace {

bool multipliesAWeight(OpOperand &use) {
  auto product = dyn_cast<graph::MatmulOp>(use.getOwner());
  return product && product.isByteProduct() && use.getOperandNumber() == 0 &&
         product.getRhs().getDefiningOp<weight::GetOp>();
}

/// Gives the products of one function rows of bytes of type `wanted`.
class RowOffsetter {
public:
  RowOffsetter(func::FuncOp function, bool areUnsigned, DerivedWeights &weights)
      : function(function), space(graph::DimSpace::of(function)),
        ops(function.getContext()), build(ops, space), weights(weights),
        wanted(IntegerType::get(function.getContext(), 8,
                                areUnsigned ? IntegerType::Unsigned
                                            : IntegerType::Signless)),
        step(offsetTo(wanted)) {}

  void run() {
    llvm::SetVector<Value> rows;
    function.walk([&](graph::MatmulOp op) {
      if (multipliesAWeight(op.getLhsMutable()) &&
          graph::Builder::elementOf(op.getLhs()) != wanted)
        rows.insert(op.getLhs());
    });
    for (Value row : rows)
      offsetRows(row);
  }

private:
  void offsetRows(Value rows) {
    SmallVector<graph::MatmulOp> products;
    for (OpOperand &use : rows.getUses())
      if (multipliesAWeight(use))
        products.push_back(cast<graph::MatmulOp>(use.getOwner()));
    Value moved = changedOnce(rows);
    for (graph::MatmulOp product : products) {
      product.getLhsMutable().assign(moved);
      correct(product);
    }
  }

  /// `rows`, each number plus `step`.
  Value changedBytes(Value rows) {
    auto quantized = rows.getDefiningOp<graph::QuantizeRowsOp>();
    if (quantized && llvm::all_of(rows.getUses(), multipliesAWeight)) {
      rows.setType(cast<RankedTensorType>(rows.getType()).clone(wanted));
      return rows;
    }
    if (isMoveOfBytes(space, rows.getDefiningOp()) && isForProductsOnly(rows))
      return moveAnew(rows);
    ops.setInsertionPointAfterValue(rows);
    build.setLocation(rows.getLoc());
    auto conversion = rows.getDefiningOp<graph::CastOp>();
    bool isRounded =
        conversion && graph::Builder::elementOf(conversion.getInput()).isF32();
    Value result = isRounded
                       ? build.cast(plus(limited(conversion), step), wanted)
                       : offsetBytes(build, rows);
    if (isRounded)
      replaceOtherUses(rows, result);
    return result;
  }

  /// Whether nothing but products with weights comes of `use`, behind moves.
  /// Those moves are made anew, with the bytes that the machine wants.
  bool isForProducts(OpOperand &use) const {
    return multipliesAWeight(use) ||
           (isMoveOfBytes(space, use.getOwner()) &&
            use.getOperandNumber() == 0 &&
            isForProductsOnly(use.getOwner()->getResult(0)));
  }

  bool isForProductsOnly(Value rows) const {
    return !rows.use_empty() &&
           llvm::all_of(rows.getUses(),
                        [this](OpOperand &use) { return isForProducts(use); });
  }

  /// The bytes change where they are computed.
  Value moveAnew(Value rows) {
    Operation *move = rows.getDefiningOp();
    move->setOperand(0, changedOnce(move->getOperand(0)));
    if (auto pad = dyn_cast<graph::PadOp>(move)) {
      ops.setInsertionPoint(pad);
      build.setLocation(pad.getLoc());
      pad.getValueMutable().assign(offsetBytes(build, pad.getValue()));
    }
    rows.setType(cast<RankedTensorType>(rows.getType()).clone(wanted));
    return rows;
  }

  Value changedOnce(Value rows) {
    Value known = changed.lookup(rows);
    if (!known) {
      known = changedBytes(rows);
      changed[rows] = known;
    }
    return known;
  }

  /// What the conversion of a float to a byte gives, as i32.
  Value limited(graph::CastOp conversion) {
    Type i32 = ops.getI32Type();
    int64_t low = wanted.isUnsigned() ? -byteOffset : 0;
    Value number = build.cast(conversion.getInput(), i32);
    return build.binary<graph::MinOp>(
        build.binary<graph::MaxOp>(number, build.scalar(i32, low)),
        build.scalar(i32, low + 2 * byteOffset - 1));
  }

  Value plus(Value numbers, int64_t addend) {
    return build.add(numbers, build.scalar(ops.getI32Type(), addend));
  }

  /// Who wants the numbers themselves computes them from those that are stored.
  void replaceOtherUses(Value rows, Value moved) {
    for (OpOperand &use : llvm::make_early_inc_range(rows.getUses())) {
      if (isForProducts(use))
        continue;
      Operation *user = use.getOwner();
      ops.setInsertionPoint(user);
      Value numbers = plus(build.cast(moved, ops.getI32Type()), -step);
      auto conversion = dyn_cast<graph::CastOp>(user);
      Type element =
          graph::Builder::elementOf(conversion ? user->getResult(0) : rows);
      Value original = build.cast(numbers, element);
      if (conversion)
        conversion.getResult().replaceAllUsesWith(original);
      else
        use.set(original);
    }
  }

  /// Takes away what the product of `step` with each column is, with what is
  /// added to each column already.
  void correct(graph::MatmulOp product) {
    build.setLocation(product.getLoc());
    auto sum = product->hasOneUse()
                   ? dyn_cast<graph::AddOp>(*product->user_begin())
                   : graph::AddOp();
    if (sum && sum.getLhs() == product.getResult() &&
        graph::Builder::rankOf(sum.getRhs()) == 1) {
      ops.setInsertionPoint(sum);
      sum.getRhsMutable().assign(
          build.add(sum.getRhs(), correctionOf(product)));
      return;
    }
    ops.setInsertionPointAfter(product);
    Value right = build.add(product, correctionOf(product));
    product.getResult().replaceAllUsesExcept(right, right.getDefiningOp());
  }

  Value correctionOf(graph::MatmulOp product) {
    return weights.get(
        ops, product.getRhs().getDefiningOp<weight::GetOp>(), "sums",
        [&](graph::Builder &inside, Value source) -> Value {
          return weight::ColumnSumsOp::create(
              inside.operations(), inside.getLocation(),
              RankedTensorType::get(graph::typeOf(source).getDimSize(1),
                                    ops.getI32Type()),
              source, -step);
        });
  }

  func::FuncOp function;
  graph::DimSpace space;
  OpBuilder ops;
  graph::Builder build;
  DerivedWeights &weights;
  IntegerType wanted;
  /// What is added to the bytes of rows that are not as they are wanted.
  int64_t step;
  /// What was changed already.
  llvm::DenseMap<Value, Value> changed;
};

struct OffsetRows : impl::OffsetRowsBase<OffsetRows> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    bool areUnsigned = target::machineFor(module).getUnsignedRows();
    DerivedWeights weights(module);
    for (auto function : module.getOps<func::FuncOp>())
      RowOffsetter(function, areUnsigned, weights).run();
  }
};

} // namespace
} // namespace lmcc
