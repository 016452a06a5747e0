//===- RecognizeNibbleProducts.cpp - Weights of a model in 4 bits ---------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Builder.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Compress/NibbleMatrices.h"
#include "passes/Compress/Passes.h"

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_RECOGNIZENIBBLEPRODUCTS
#include "passes/Compress/Passes.h.inc"

namespace {

class NibbleProducts {
public:
  NibbleProducts(func::FuncOp function, NibbleMatrices &matrices,
                 bool allRowsAreBytes)
      : function(function), matrices(matrices),
        allRowsAreBytes(allRowsAreBytes), space(graph::DimSpace::of(function)),
        ops(function.getContext()), build(ops, space) {}

  void run() {
    SmallVector<graph::MatmulOp> products;
    function.walk([&](graph::MatmulOp op) { products.push_back(op); });
    for (graph::MatmulOp product : products)
      visit(product);
  }

private:
  void visit(graph::MatmulOp product) {
    auto matrix = product.getRhs().getDefiningOp<weight::GetOp>();
    if (!matrix || graph::Builder::rankOf(matrix) != 2 ||
        !graph::Builder::elementOf(matrix).isF32() ||
        !matrices.isOfIntegers(matrix))
      return;
    ops.setInsertionPoint(product);
    build.setLocation(product.getLoc());
    llvm::Expected<NibbleMatrix> nibbles = matrices.get(ops, matrix);
    if (!nibbles) {
      emitRemark(product.getLoc())
          << "quantised: not, " << llvm::toString(nibbles.takeError());
      return;
    }
    bool areBytes =
        allRowsAreBytes || product->hasAttr(graph::byteRowsAttrName);
    remark(product, *nibbles, areBytes);
    product.getResult().replaceAllUsesWith(
        multiply(rowsOf(product.getLhs(), *nibbles, areBytes), *nibbles));
    product.erase();
    if (matrix->use_empty())
      matrix.erase();
  }

  static void remark(graph::MatmulOp product, const NibbleMatrix &nibbles,
                     bool areBytes) {
    auto type = cast<RankedTensorType>(product.getRhs().getType());
    emitRemark(product.getLoc())
        << "quantised: as in the model, weights of " << type.getDimSize(0)
        << " x " << type.getDimSize(1) << " in 4 bits, a scale for each "
        << nibbles.group << " of a column; rows "
        << (areBytes ? "in 8 bits, a scale for each" : "as they are");
  }

  /// A left side; without scales the elements are floats.
  struct Rows {
    Value elements, scales;
  };

  /// What `input` becomes for a matrix: once for all of the same groups.
  const Rows &rowsOf(Value input, const NibbleMatrix &nibbles, bool areBytes) {
    int64_t depth = graph::Builder::typeOf(nibbles.numbers).getDimSize(0);
    Rows &rows = known[{input, depth * 2 + areBytes}];
    if (rows.elements)
      return rows;
    OpBuilder::InsertionGuard guard(ops);
    ops.setInsertionPointAfterValue(input);
    rows.elements = completed(input, depth);
    if (areBytes) {
      rows.scales = build.rowScales(rows.elements);
      rows.elements =
          build.quantizeRows(rows.elements, rows.scales, ops.getI8Type());
    }
    return rows;
  }

  /// Rows with elements of 0 up to `depth`.
  Value completed(Value rows, int64_t depth) {
    int64_t own = *space.constant(build.sizesOf(rows).back());
    if (own == depth)
      return rows;
    SmallVector<int64_t> low(graph::Builder::rankOf(rows), 0), high = low;
    high.back() = depth - own;
    return build.pad(graph::PadMode::constant, rows,
                     build.scalar(ops.getF32Type(), 0), low, high);
  }

  Value multiply(const Rows &rows, const NibbleMatrix &nibbles) {
    Value result =
        build.groupedMatmul(rows.elements, nibbles.numbers, nibbles.scales);
    if (nibbles.offsets)
      result = build.add(result, build.matmul(sumsOf(rows.elements, nibbles),
                                              nibbles.offsets));
    return rows.scales ? build.mul(result, rows.scales) : result;
  }

  /// The sums of the groups of each row, as floats: those of bytes are exact.
  Value sumsOf(Value rows, const NibbleMatrix &nibbles) {
    Value &sums = groupSums[{rows, nibbles.group}];
    if (sums)
      return sums;
    OpBuilder::InsertionGuard guard(ops);
    ops.setInsertionPointAfterValue(rows);
    bool areBytes = graph::Builder::elementOf(rows).isInteger(8);
    Value numbers = areBytes ? build.cast(rows, ops.getI32Type()) : rows;
    graph::DimSpace::Sizes sizes = build.sizesOf(rows);
    sizes.back() = space.number(*space.constant(sizes.back()) / nibbles.group);
    sizes.push_back(space.number(nibbles.group));
    int64_t last = static_cast<int64_t>(sizes.size()) - 1;
    sums = build.cast(build.reduce(graph::Reduction::sum,
                                   build.reshape(numbers, sizes), {last},
                                   /*keep=*/false),
                      ops.getF32Type());
    return sums;
  }

  func::FuncOp function;
  NibbleMatrices &matrices;
  bool allRowsAreBytes;
  graph::DimSpace space;
  OpBuilder ops;
  graph::Builder build;
  /// By rows, and the depth and kind, or the group.
  DenseMap<std::pair<Value, int64_t>, Rows> known;
  DenseMap<std::pair<Value, int64_t>, Value> groupSums;
};

struct RecognizeNibbleProducts
    : impl::RecognizeNibbleProductsBase<RecognizeNibbleProducts> {
  using RecognizeNibbleProductsBase::RecognizeNibbleProductsBase;
  RecognizeNibbleProducts(graph::FileTable files, bool allRowsAreBytes)
      : files(std::move(files)) {
    byteRows = allRowsAreBytes;
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    NibbleMatrices matrices(module, files);
    for (auto function : module.getOps<func::FuncOp>())
      NibbleProducts(function, matrices, byteRows).run();
  }

private:
  graph::FileTable files;
};

} // namespace

std::unique_ptr<Pass>
createRecognizeNibbleProducts(const graph::FileTable &files,
                              bool allRowsAreBytes) {
  return std::make_unique<RecognizeNibbleProducts>(files, allRowsAreBytes);
}

} // namespace lmcc
