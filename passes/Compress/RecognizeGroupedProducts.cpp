//===- RecognizeGroupedProducts.cpp - Weights of a model in groups --------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Builder.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Compress/GroupedMatrices.h"
#include "passes/Compress/Passes.h"

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_RECOGNIZEGROUPEDPRODUCTS
#include "passes/Compress/Passes.h.inc"

namespace {

class GroupedProducts {
public:
  GroupedProducts(func::FuncOp function, GroupedMatrices &matrices,
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
    bool areBytes =
        allRowsAreBytes || product->hasAttr(graph::byteRowsAttrName);
    llvm::Expected<GroupedMatrix> found = matrices.get(ops, matrix, areBytes);
    if (!found) {
      emitRemark(product.getLoc())
          << "quantised: not, " << llvm::toString(found.takeError());
      return;
    }
    remark(product, *found, areBytes);
    product.getResult().replaceAllUsesWith(
        found->isOneGroup()
            ? build.mul(build.matmul(product.getLhs(), found->numbers),
                        found->scales)
            : multiply(rowsOf(product.getLhs(), *found, areBytes), *found));
    product.erase();
    if (matrix->use_empty())
      matrix.erase();
  }

  static void remark(graph::MatmulOp product, const GroupedMatrix &matrix,
                     bool areBytes) {
    auto type = cast<RankedTensorType>(product.getRhs().getType());
    auto text = emitRemark(product.getLoc())
                << "quantised: as in the model, weights of "
                << type.getDimSize(0) << " x " << type.getDimSize(1) << " in "
                << matrix.bits << " bits, a scale ";
    if (matrix.zeros || matrix.offsets)
      text << "and a zero point of " << (matrix.zeros ? 8 : 32) << " bits ";
    bool hasOneScale =
        matrix.isOneGroup() || matrix.block == type.getDimSize(0);
    if (hasOneScale)
      text << "for each column";
    else
      text << "for each " << matrix.block << " of a column";
    if (!hasOneScale && matrix.block != matrix.group)
      text << ", which take the place of " << matrix.group;
    text << "; rows "
         << (areBytes ? "in 8 bits, a scale for each" : "as they are");
  }

  /// A left side; without scales the elements are floats.
  struct Rows {
    Value elements, scales;
  };

  /// What `input` becomes for a matrix: once for all of the same groups.
  const Rows &rowsOf(Value input, const GroupedMatrix &matrix, bool areBytes) {
    Rows &rows = known[{input, int64_t{areBytes}, matrix.block}];
    if (rows.elements)
      return rows;
    OpBuilder::InsertionGuard guard(ops);
    ops.setInsertionPointAfterValue(input);
    rows.elements =
        inWholeGroups(build, input, graph::Builder::rankOf(input) - 1,
                      matrix.block, matrix.group);
    if (areBytes) {
      rows.scales = build.rowScales(rows.elements);
      rows.elements =
          build.quantizeRows(rows.elements, rows.scales, ops.getI8Type());
    }
    return rows;
  }

  Value multiply(const Rows &rows, const GroupedMatrix &matrix) {
    Value result =
        build.groupedMatmul(rows.elements, matrix.numbers, matrix.scales,
                            matrix.zeros, /*areBytes=*/matrix.bits == 8);
    if (matrix.offsets) {
      Value rest = build.matmul(sumsOf(rows.elements, matrix), matrix.offsets);
      rest.getDefiningOp()->setDiscardableAttr(
          graph::keptAttrName, ops.getStringAttr(graph::quantizedByModel));
      result = build.add(result, rest);
    }
    return rows.scales ? build.mul(result, rows.scales) : result;
  }

  /// The sums of the groups of each row, as floats: those of bytes are exact.
  Value sumsOf(Value rows, const GroupedMatrix &matrix) {
    Value &sums = groupSums[{rows, matrix.group}];
    if (sums)
      return sums;
    OpBuilder::InsertionGuard guard(ops);
    ops.setInsertionPointAfterValue(rows);
    bool areBytes = graph::Builder::elementOf(rows).isInteger(8);
    Value numbers = areBytes ? build.cast(rows, ops.getI32Type()) : rows;
    graph::DimSpace::Sizes sizes = build.sizesOf(rows);
    sizes.back() = space.number(*space.constant(sizes.back()) / matrix.group);
    sizes.push_back(space.number(matrix.group));
    int64_t last = static_cast<int64_t>(sizes.size()) - 1;
    sums = build.cast(build.reduce(graph::Reduction::sum,
                                   build.reshape(numbers, sizes), {last},
                                   /*keep=*/false),
                      ops.getF32Type());
    return sums;
  }

  func::FuncOp function;
  GroupedMatrices &matrices;
  bool allRowsAreBytes;
  graph::DimSpace space;
  OpBuilder ops;
  graph::Builder build;
  /// By rows, whether they become bytes, and the block.
  DenseMap<std::tuple<Value, int64_t, int64_t>, Rows> known;
  /// By rows and the group.
  DenseMap<std::pair<Value, int64_t>, Value> groupSums;
};

struct RecognizeGroupedProducts
    : impl::RecognizeGroupedProductsBase<RecognizeGroupedProducts> {
  using RecognizeGroupedProductsBase::RecognizeGroupedProductsBase;
  RecognizeGroupedProducts(graph::FileTable files, bool allRowsAreBytes)
      : files(std::move(files)) {
    byteRows = allRowsAreBytes;
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    GroupedMatrices matrices(module, files);
    for (auto function : module.getOps<func::FuncOp>())
      GroupedProducts(function, matrices, byteRows).run();
  }

private:
  graph::FileTable files;
};

} // namespace

std::unique_ptr<Pass>
createRecognizeGroupedProducts(const graph::FileTable &files,
                               bool allRowsAreBytes) {
  return std::make_unique<RecognizeGroupedProducts>(files, allRowsAreBytes);
}

} // namespace lmcc
