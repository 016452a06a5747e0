//===- QuantizeAttention.cpp - Attention of rows of bytes -----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Builder.h"
#include "dialects/Target/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Compress/Passes.h"

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_QUANTIZEATTENTION
#include "passes/Compress/Passes.h.inc"

namespace {

class AttentionQuantizer {
public:
  AttentionQuantizer(func::FuncOp function, bool areKeysUnsigned)
      : function(function), space(graph::DimSpace::of(function)),
        ops(function.getContext()), build(ops, space),
        keyElement(IntegerType::get(ops.getContext(), 8,
                                    areKeysUnsigned ? IntegerType::Unsigned
                                                    : IntegerType::Signless)) {}

  void run() {
    SmallVector<graph::AttentionOp> attentions;
    function.walk([&](graph::AttentionOp op) { attentions.push_back(op); });
    for (graph::AttentionOp attention : attentions) {
      std::string reason = reasonToKeep(attention);
      auto remark = emitRemark(attention.getLoc()) << "attention in 8 bits: ";
      if (!reason.empty()) {
        remark << "not, " << reason;
        continue;
      }
      remark << "a scale for each query, key and value";
      quantize(attention);
    }
  }

private:
  /// Empty if there is none.
  static std::string reasonToKeep(graph::AttentionOp attention) {
    if (!attention.getType().getElementType().isF32())
      return "it is not of float32";
    RankedTensorType query = graph::typeOf(attention.getQuery());
    int64_t depth = query.getShape().back();
    if (ShapedType::isDynamic(depth))
      return "the length of its queries is no number";
    if (depth == 0 || depth % graph::wordBytes != 0)
      return "the length of its queries, " + std::to_string(depth) +
             ", is no multiple of " + std::to_string(graph::wordBytes);
    return "";
  }

  struct Rows {
    Value bytes, scales;
  };

  void quantize(graph::AttentionOp attention) {
    Type i8 = ops.getI8Type();
    Rows query = rowsOf(attention.getQuery(), i8);
    Rows key = rowsOf(attention.getKey(), keyElement);
    Rows value = rowsOf(attention.getValue(), i8);
    attention.getQueryMutable().assign(query.bytes);
    attention.getKeyMutable().assign(key.bytes);
    attention.getValueMutable().assign(value.bytes);
    attention.getScalesMutable().assign(
        {query.scales, key.scales, value.scales});
  }

  /// Bytes are moved instead of floats: rows are quantised in front of
  /// transposes that keep them.
  Rows rowsOf(Value input, Type element) {
    Rows &rows = quantized[{input, element}];
    if (rows.bytes)
      return rows;
    Rows made;
    auto transpose = input.getDefiningOp<graph::TransposeOp>();
    if (transpose && transpose.getPermutation().back() ==
                         transpose.getType().getRank() - 1) {
      Rows source = rowsOf(transpose.getInput(), element);
      startAt(input);
      made.bytes = build.transpose(source.bytes, transpose.getPermutation());
      made.scales = build.transpose(source.scales, transpose.getPermutation());
    } else {
      startAt(input);
      made.scales = build.rowScales(input);
      made.bytes = build.quantizeRows(input, made.scales, element);
    }
    return quantized[{input, element}] = made;
  }

  void startAt(Value input) {
    ops.setInsertionPointAfterValue(input);
    build.setLocation(input.getLoc());
  }

  func::FuncOp function;
  graph::DimSpace space;
  OpBuilder ops;
  graph::Builder build;
  Type keyElement;
  DenseMap<std::pair<Value, Type>, Rows> quantized;
};

struct QuantizeAttention : impl::QuantizeAttentionBase<QuantizeAttention> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    bool areUnsigned = target::machineFor(module).getUnsignedRows();
    for (auto function : module.getOps<func::FuncOp>())
      AttentionQuantizer(function, areUnsigned).run();
  }
};

} // namespace
} // namespace lmcc
