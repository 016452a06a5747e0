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
#include "passes/Compress/QuantizedMatrix.h"
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

/// The file ranges of tables whose rows are looked up. What is computed from
/// one of them alone, such as its transpose, is tied to it.
class Tables {
public:
  explicit Tables(ModuleOp module) : symbols(module) {
    module.walk([&](graph::GatherOp gather) {
      auto table = gather.getInput().getDefiningOp<weight::GetOp>();
      if (table && gather.getAxis() == 0)
        if (weight::FileOp file = onlyFileOf(table))
          files.insert({file.getFileAttr(), file.getOffset()});
    });
  }

  bool areTiedTo(weight::GetOp matrix) const {
    weight::FileOp file = onlyFileOf(matrix);
    return file && files.contains({file.getFileAttr(), file.getOffset()});
  }

private:
  weight::FileOp onlyFileOf(weight::GetOp get) const {
    auto data = symbols.lookup<weight::DataOp>(get.getWeight());
    auto files =
        llvm::to_vector(data.getBody().front().getOps<weight::FileOp>());
    return files.size() == 1 ? files.front() : weight::FileOp();
  }

  SymbolTable symbols;
  llvm::DenseSet<std::pair<StringAttr, int64_t>> files;
};

class FunctionQuantizer {
public:
  FunctionQuantizer(func::FuncOp function, DerivedWeights &weights,
                    const KeptProducts &kept, const Tables &tables,
                    WeightForm form)
      : function(function), weights(weights), kept(kept), tables(tables),
        form(form), space(graph::DimSpace::of(function)),
        ops(function.getContext()), build(ops, space) {}

  void run() {
    SmallVector<graph::MatmulOp> products;
    function.walk([&](graph::MatmulOp op) {
      if (op.getType().getElementType().isF32())
        products.push_back(op);
    });
    for (graph::MatmulOp product : products) {
      std::string reason = reasonToKeep(product);
      if (reason.empty()) {
        quantize(product);
        continue;
      }
      emitRemark(product.getLoc()) << "quantised: not, " << reason;
      product->setDiscardableAttr(graph::keptAttrName,
                                  ops.getStringAttr(reason));
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
    if (depth == 0 || depth % graph::wordBytes != 0)
      return "its depth of " + std::to_string(depth) + " is no multiple of " +
             std::to_string(graph::wordBytes);
    return kept.contains(product, matrix.getWeight()) ? "it is to be kept" : "";
  }

  /// Whether it computes an output, by operations on elements and moves.
  static bool isHead(graph::MatmulOp product) {
    Operation *op = product;
    while (op->hasOneUse()) {
      op = *op->user_begin();
      if (isa<func::ReturnOp>(op))
        return true;
      if (!op->hasTrait<graph::Elementwise>() &&
          !isa<graph::ReshapeOp, graph::TransposeOp, graph::SliceOp>(op))
        return false;
    }
    return false;
  }

  /// The form of the weights of one product.
  WeightForm formOf(graph::MatmulOp product) const {
    weight::GetOp matrix = matrixOf(product);
    int64_t depth = cast<RankedTensorType>(matrix.getType()).getDimSize(0);
    bool keepsBytes = form.bits == 8 || depth % form.group != 0 ||
                      isHead(product) || tables.areTiedTo(matrix);
    return keepsBytes ? WeightForm() : form;
  }

  void quantize(graph::MatmulOp product) {
    weight::GetOp matrix = matrixOf(product);
    WeightForm chosen = formOf(product);
    remark(product, chosen);
    Rows rows = rowsOf(product);
    ops.setInsertionPoint(product);
    build.setLocation(product.getLoc());
    Value scaled = chosen.group == 0 ? byColumns(rows, matrix)
                                     : byGroups(rows, matrix, chosen);
    product.getResult().replaceAllUsesWith(build.mul(scaled, rows.scales));
    product.erase();
    if (matrix->use_empty())
      matrix.erase();
  }

  static void remark(graph::MatmulOp product, WeightForm chosen) {
    auto type = cast<RankedTensorType>(product.getRhs().getType());
    auto text = emitRemark(product.getLoc())
                << "quantised: weights of " << type.getDimSize(0) << " x "
                << type.getDimSize(1) << " in " << chosen.bits
                << " bits, a scale for each ";
    if (chosen.group == 0)
      text << "column";
    else
      text << chosen.group << " of a column";
    text << "; rows in 8 bits, a scale for each";
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

  Value byColumns(const Rows &rows, weight::GetOp matrix) {
    Value numbers = numbersOf(matrix, "quantized", WeightForm());
    Value sum = build.matmul(rows.bytes, numbers);
    return build.mul(build.cast(sum, ops.getF32Type()),
                     weights.get(ops, matrix, "scales", columnScales));
  }

  Value byGroups(const Rows &rows, weight::GetOp matrix, WeightForm chosen) {
    Value scales = weights.get(ops, matrix, "group_scales",
                               [&](OpBuilder &recipe, Value source) {
                                 return groupScales(recipe, source, chosen);
                               });
    return build.groupedMatmul(rows.bytes, numbersOf(matrix, "nibbles", chosen),
                               scales);
  }

  Value numbersOf(weight::GetOp matrix, StringRef suffix, WeightForm chosen) {
    return weights.get(ops, matrix, suffix,
                       [&](OpBuilder &recipe, Value source) {
                         return quantizedNumbers(recipe, source, chosen);
                       });
  }

  func::FuncOp function;
  DerivedWeights &weights;
  const KeptProducts &kept;
  const Tables &tables;
  WeightForm form;
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
    if ((bits != 4 && bits != 8) || group <= 0 || group % 32 != 0) {
      module.emitError() << "weights of " << bits.getValue()
                         << " bits in groups of " << group.getValue()
                         << ": use 8 or 4, and a multiple of 32";
      return signalPassFailure();
    }
    DerivedWeights weights(module);
    Tables tables(module);
    WeightForm form = bits == 4 ? WeightForm{bits, group} : WeightForm();
    for (auto function : module.getOps<func::FuncOp>())
      FunctionQuantizer(function, weights, kept, tables, form).run();
  }
};

} // namespace
} // namespace lmcc
