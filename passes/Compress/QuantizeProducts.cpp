//===- QuantizeProducts.cpp - Weights of products in fewer bits -----------===//
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

/// What a user wants.
struct Wishes {
  KeptProducts kept;
  int64_t bits, headBits, group;
  bool floatRows;
};

class FunctionQuantizer {
public:
  FunctionQuantizer(func::FuncOp function, DerivedWeights &weights,
                    const Tables &tables, const Wishes &wishes)
      : function(function), weights(weights), tables(tables), wishes(wishes),
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
    if (product.isGrouped() || !graph::Builder::elementOf(matrix).isF32() ||
        product->hasAttr(graph::keptAttrName))
      return graph::quantizedByModel.str();
    int64_t depth = cast<RankedTensorType>(matrix.getType()).getDimSize(0);
    if (depth == 0 || (!wishes.floatRows && depth % graph::wordBytes != 0))
      return "its depth of " + std::to_string(depth) + " is no multiple of " +
             std::to_string(graph::wordBytes);
    return wishes.kept.contains(product, matrix.getWeight())
               ? "it is to be kept"
               : "";
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
    bool isOfHead = isHead(product) || tables.areTiedTo(matrix);
    return WeightForm::of(isOfHead ? wishes.headBits : wishes.bits,
                          wishes.group, depth);
  }

  void quantize(graph::MatmulOp product) {
    weight::GetOp matrix = matrixOf(product);
    WeightForm chosen = formOf(product);
    bool keepsRows = wishes.floatRows || chosen.bits == 16;
    remark(product, chosen, keepsRows);
    Rows rows = keepsRows ? Rows{{}, product.getLhs()} : rowsOf(product);
    ops.setInsertionPoint(product);
    build.setLocation(product.getLoc());
    Value result = multiply(rows.elements, matrix, chosen);
    if (rows.scales)
      result = build.mul(result, rows.scales);
    product.getResult().replaceAllUsesWith(result);
    product.erase();
    if (matrix->use_empty())
      matrix.erase();
  }

  static void remark(graph::MatmulOp product, WeightForm chosen,
                     bool keepsRows) {
    auto type = cast<RankedTensorType>(product.getRhs().getType());
    auto text = emitRemark(product.getLoc())
                << "quantised: weights of " << type.getDimSize(0) << " x "
                << type.getDimSize(1) << " in " << chosen.bits << " bits";
    if (chosen.group != 0)
      text << ", a scale for each " << chosen.group << " of a column";
    else if (chosen.bits != 16)
      text << ", a scale for each column";
    text << (keepsRows ? "; rows as they are"
                       : "; rows in 8 bits, a scale for each");
  }

  /// A left side; without scales the elements are floats.
  struct Rows {
    Value scales, elements;
  };

  /// The quantised left side, computed once for all products of it.
  Rows rowsOf(graph::MatmulOp product) {
    Value input = product.getLhs();
    Rows &rows = quantized[input];
    if (rows.elements)
      return rows;
    ops.setInsertionPointAfterValue(input);
    build.setLocation(input.getLoc());
    rows.scales = build.rowScales(input);
    rows.elements = build.quantizeRows(input, rows.scales, ops.getI8Type());
    return rows;
  }

  /// The product of bytes or floats with what is stored, scaled as that is.
  Value multiply(Value rows, weight::GetOp matrix, WeightForm chosen) {
    if (chosen.bits == 16)
      return build.matmul(rows, weights.get(ops, matrix, "halves", halves));
    return chosen.group == 0 ? byColumns(rows, matrix)
                             : byGroups(rows, matrix, chosen);
  }

  Value byColumns(Value rows, weight::GetOp matrix) {
    Value numbers = numbersOf(matrix, "quantized", WeightForm());
    Value sum = build.matmul(rows, numbers);
    return build.mul(build.cast(sum, ops.getF32Type()),
                     weights.get(ops, matrix, "scales", columnScales));
  }

  Value byGroups(Value rows, weight::GetOp matrix, WeightForm chosen) {
    Value scales = weights.get(ops, matrix, "group_scales",
                               [&](graph::Builder &inside, Value source) {
                                 return groupScales(inside, source, chosen);
                               });
    return build.groupedMatmul(rows, numbersOf(matrix, "nibbles", chosen),
                               scales);
  }

  Value numbersOf(weight::GetOp matrix, StringRef suffix, WeightForm chosen) {
    return weights.get(ops, matrix, suffix,
                       [&](graph::Builder &inside, Value source) {
                         return quantizedNumbers(inside, source, chosen);
                       });
  }

  func::FuncOp function;
  DerivedWeights &weights;
  const Tables &tables;
  const Wishes &wishes;
  graph::DimSpace space;
  OpBuilder ops;
  graph::Builder build;
  DenseMap<Value, Rows> quantized;
};

struct QuantizeProducts : impl::QuantizeProductsBase<QuantizeProducts> {
  using QuantizeProductsBase::QuantizeProductsBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    Wishes wishes = {{}, bits, headBits, group, floatRows || bits == 16};
    if (failed(
            wishes.kept.parse(ArrayRef<std::string>(keep), module.getLoc())) ||
        failed(verifyForm(module, bits, group)) ||
        failed(verifyForm(module, headBits, group)))
      return signalPassFailure();
    DerivedWeights weights(module);
    Tables tables(module);
    for (auto function : module.getOps<func::FuncOp>())
      FunctionQuantizer(function, weights, tables, wishes).run();
  }
};

} // namespace
} // namespace lmcc
