//===- QuantizeProducts.cpp - Weights and rows in 8 bits ------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Builder.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Compress/DerivedWeights.h"
#include "passes/Compress/Passes.h"
#include "llvm/Support/GlobPattern.h"

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_QUANTIZEPRODUCTS
#include "passes/Compress/Passes.h.inc"

namespace {

/// Which products a user wants to keep.
class KeptProducts {
public:
  LogicalResult parse(ArrayRef<std::string> texts, Location location) {
    for (const std::string &text : texts) {
      llvm::Expected<llvm::GlobPattern> pattern =
          llvm::GlobPattern::create(text);
      if (!pattern)
        return emitError(location)
               << "'" << text
               << "' is no pattern: " << llvm::toString(pattern.takeError());
      patterns.push_back(std::move(*pattern));
    }
    return success();
  }

  bool contains(graph::MatmulOp product, StringRef weight) const {
    return matches(weight) || product.getLoc()
                                  ->walk([&](Location part) {
                                    auto named = dyn_cast<NameLoc>(part);
                                    return named && matches(named.getName())
                                               ? WalkResult::interrupt()
                                               : WalkResult::advance();
                                  })
                                  .wasInterrupted();
  }

private:
  bool matches(StringRef name) const {
    return llvm::any_of(patterns, [&](const llvm::GlobPattern &pattern) {
      return pattern.match(name);
    });
  }

  SmallVector<llvm::GlobPattern> patterns;
};

class FunctionQuantizer {
public:
  FunctionQuantizer(func::FuncOp function, DerivedWeights &weights,
                    const KeptProducts &kept)
      : function(function), weights(weights), kept(kept),
        space(graph::DimSpace::of(function)), ops(function.getContext()),
        build(ops, space) {}

  void run() {
    SmallVector<graph::MatmulOp> products;
    function.walk([&](graph::MatmulOp op) {
      if (op.getType().getElementType().isF32())
        products.push_back(op);
    });
    for (graph::MatmulOp product : products) {
      std::string reason = reasonToKeep(product);
      if (reason.empty())
        quantize(product);
      else
        emitRemark(product.getLoc()) << "quantised: not, " << reason;
    }
  }

private:
  static weight::GetOp matrixOf(graph::MatmulOp product) {
    auto get = product.getRhs().getDefiningOp<weight::GetOp>();
    return get && cast<RankedTensorType>(get.getType()).getRank() == 2
               ? get
               : weight::GetOp();
  }

  /// Empty if there is none.
  std::string reasonToKeep(graph::MatmulOp product) const {
    weight::GetOp matrix = matrixOf(product);
    if (!matrix)
      return "its right side is no weight matrix";
    int64_t depth = cast<RankedTensorType>(matrix.getType()).getDimSize(0);
    if (depth % graph::wordBytes != 0)
      return "its depth of " + std::to_string(depth) + " is no multiple of " +
             std::to_string(graph::wordBytes);
    return kept.contains(product, matrix.getWeight()) ? "it is to be kept" : "";
  }

  void quantize(graph::MatmulOp product) {
    weight::GetOp matrix = matrixOf(product);
    auto type = cast<RankedTensorType>(matrix.getType());
    emitRemark(product.getLoc())
        << "quantised: weights of " << type.getDimSize(0) << " x "
        << type.getDimSize(1)
        << " in 8 bits, a scale for each column; rows in 8 "
           "bits, a scale for each";
    Rows rows = rowsOf(product);
    ops.setInsertionPoint(product);
    build.setLocation(product.getLoc());
    Value sum = build.matmul(rows.bytes, bytesOf(matrix));
    Value scaled =
        build.mul(build.cast(sum, ops.getF32Type()), columnScalesOf(matrix));
    product.getResult().replaceAllUsesWith(build.mul(scaled, rows.scales));
    product.erase();
    if (matrix->use_empty())
      matrix.erase();
  }

  struct Rows {
    Value scales, bytes;
  };

  /// The quantised left side, computed once for all products of it.
  Rows rowsOf(graph::MatmulOp product) {
    Value input = product.getLhs();
    Rows &rows = quantized[input];
    if (rows.bytes)
      return rows;
    ops.setInsertionPointAfterValue(input);
    build.setLocation(input.getLoc());
    rows.scales = build.rowScales(input);
    rows.bytes = build.quantizeRows(input, rows.scales, ops.getI8Type());
    return rows;
  }

  static constexpr int64_t bits = 8;

  static Value scales(OpBuilder &recipe, Value matrix) {
    auto type = cast<RankedTensorType>(matrix.getType());
    return weight::ScalesOp::create(
        recipe, matrix.getLoc(),
        RankedTensorType::get({1, type.getDimSize(1)}, recipe.getF32Type()),
        matrix, bits);
  }

  Value bytesOf(weight::GetOp matrix) {
    return weights.get(
        ops, matrix, "quantized", [](OpBuilder &recipe, Value source) -> Value {
          auto type = cast<RankedTensorType>(source.getType());
          return weight::QuantizeOp::create(
              recipe, source.getLoc(), type.clone(recipe.getI8Type()), source,
              scales(recipe, source), bits);
        });
  }

  Value columnScalesOf(weight::GetOp matrix) {
    return weights.get(
        ops, matrix, "scales", [](OpBuilder &recipe, Value source) -> Value {
          Value row = scales(recipe, source);
          auto type = cast<RankedTensorType>(row.getType());
          return graph::ReshapeOp::create(
              recipe, source.getLoc(),
              RankedTensorType::get(type.getDimSize(1), type.getElementType()),
              row);
        });
  }

  func::FuncOp function;
  DerivedWeights &weights;
  const KeptProducts &kept;
  graph::DimSpace space;
  OpBuilder ops;
  graph::Builder build;
  DenseMap<Value, Rows> quantized;
};

struct QuantizeProducts : impl::QuantizeProductsBase<QuantizeProducts> {
  using QuantizeProductsBase::QuantizeProductsBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    KeptProducts kept;
    if (failed(kept.parse(ArrayRef<std::string>(keep), module.getLoc())))
      return signalPassFailure();
    DerivedWeights weights(module);
    for (auto function : module.getOps<func::FuncOp>())
      FunctionQuantizer(function, weights, kept).run();
  }
};

} // namespace
} // namespace lmcc
