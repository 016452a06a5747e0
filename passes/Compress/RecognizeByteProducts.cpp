//===- RecognizeByteProducts.cpp - Products that a model has quantised ----===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// With rows of `x - zero` and a matrix of `w + rest`, where w is one matrix of
// bytes or the sum of two, a sum over the depth is
//
//   sum (x - zero) * (w + rest)
//     = sum x * w  -  zero * (sum w + depth * rest)  +  rest * sum x
//
// modulo 2^32: a product of bytes, what is known of its columns, and where
// there is a rest the sum of each row. Where both sides are computed, see
// ActivationProducts.h.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Builder.h"
#include "dialects/Target/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Compress/ActivationProducts.h"
#include "passes/Compress/ByteMatrices.h"
#include "passes/Compress/ByteTensors.h"
#include "passes/Compress/ConstantNumber.h"
#include "passes/Compress/Passes.h"
#include "passes/Compress/ScaledBytes.h"

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_RECOGNIZEBYTEPRODUCTS
#include "passes/Compress/Passes.h.inc"

namespace {

/// So that no sum of products of two differences of bytes exceeds an i32.
constexpr int64_t deepest = INT32_MAX / (255 * 255);

class FunctionRecognizer {
public:
  FunctionRecognizer(func::FuncOp function, ByteMatrices &matrices)
      : function(function), matrices(matrices),
        space(graph::DimSpace::of(function)), ops(function.getContext()),
        build(ops, space),
        activations(build, target::machineFor(function).getUnsignedRows()) {}

  void run() {
    SmallVector<graph::GatherOp> lookups;
    function.walk([&](graph::GatherOp op) { lookups.push_back(op); });
    for (graph::GatherOp lookup : lookups)
      lookUpBytes(lookup);
    SmallVector<graph::CastOp> conversions;
    function.walk([&](graph::CastOp op) { conversions.push_back(op); });
    for (graph::CastOp conversion : conversions)
      cancel(conversion);
    SmallVector<graph::MatmulOp> products;
    function.walk([&](graph::MatmulOp op) {
      Type element = op.getType().getElementType();
      if ((element.isF32() || element.isSignlessInteger(32)) &&
          !op.isByteProduct())
        products.push_back(op);
    });
    for (graph::MatmulOp product : products)
      visit(product);
    // Moves of bytes that nothing came of, and what was dequantised.
    for (Operation &op :
         llvm::make_early_inc_range(llvm::reverse(function.front())))
      if (isOpTriviallyDead(&op))
        op.erase();
  }

private:
  //===--------------------------------------------------------------------===//
  // Tables
  //===--------------------------------------------------------------------===//

  /// Rows of a table that was dequantised with one scale are dequantised when
  /// they have been looked up: the same product of the same numbers.
  void lookUpBytes(graph::GatherOp lookup) {
    auto table = lookup.getInput().getDefiningOp<weight::GetOp>();
    if (!table || lookup.getAxis() != 0 || graph::Builder::rankOf(table) != 2 ||
        !graph::Builder::elementOf(table).isF32() ||
        !matrices.isOfIntegers(table))
      return;
    ops.setInsertionPoint(lookup);
    build.setLocation(lookup.getLoc());
    llvm::Expected<ScaledBytes> stored =
        matrices.side(build, table, /*axisFromBack=*/1);
    if (!stored) {
      llvm::consumeError(stored.takeError());
      return;
    }
    if (!stored->scale || graph::Builder::rankOf(stored->scale) != 0)
      return;
    auto type = cast<RankedTensorType>(table.getType());
    emitRemark(lookup.getLoc())
        << "quantised: as in the model, table of " << type.getDimSize(0)
        << " x " << type.getDimSize(1) << " in 8 bits";
    Value rows = build.gather(stored->bytes, lookup.getIndices(), 0);
    if (stored->zero)
      rows = build.sub(build.cast(rows, ops.getI32Type()), stored->zero);
    lookup.getResult().replaceAllUsesWith(
        build.mul(build.cast(rows, ops.getF32Type()), stored->scale));
    lookup.erase();
  }

  //===--------------------------------------------------------------------===//
  // Numbers that are quantised again
  //===--------------------------------------------------------------------===//

  /// `round(x / scale) + zero` as a byte, where x was dequantised so: what a
  /// difference below 256 loses in two roundings is no half.
  void cancel(graph::CastOp conversion) {
    Value input = conversion.getInput();
    if (!conversion.getType().getElementType().isInteger(8) ||
        !graph::Builder::elementOf(input).isF32())
      return;
    double zero = 0;
    if (auto sum = input.getDefiningOp<graph::AddOp>()) {
      std::optional<double> number = numberOf(sum.getRhs());
      if (!number)
        return;
      zero = *number;
      input = sum.getLhs();
    }
    auto round = input.getDefiningOp<graph::RoundOp>();
    auto ratio =
        round ? round.getInput().getDefiningOp<graph::DivOp>() : graph::DivOp();
    if (!ratio)
      return;
    std::optional<double> scale = numberOf(ratio.getRhs());
    constexpr double smallest = 0x1p-100, largest = 0x1p100;
    if (!scale || !(*scale >= smallest && *scale <= largest))
      return;
    ScaledBytes rows = rowFinder.find(ratio.getLhs());
    if (rows && rows.bytes.getType() == conversion.getType() && rows.scale &&
        numberOf(rows.scale) == scale &&
        (rows.zero ? numberOf(rows.zero) == zero : zero == 0))
      conversion.getResult().replaceAllUsesWith(rows.bytes);
  }

  //===--------------------------------------------------------------------===//
  // Products
  //===--------------------------------------------------------------------===//

  void visit(graph::MatmulOp product) {
    auto matrix = product.getRhs().getDefiningOp<weight::GetOp>();
    ScaledBytes rows = rowFinder.find(product.getLhs()), columns;
    if (!matrix)
      columns = columnFinder.find(product.getRhs());
    // Bytes of weights are limited where they are stored, nowhere else.
    if (columns && columns.bytes.getDefiningOp<weight::GetOp>())
      columns = {};
    if (!matrix && !columns)
      columns = activations.columnsOf(product.getRhs());
    bool isRightOfIntegers = matrix ? matrices.isOfIntegers(matrix)
                                    : columns || isOfBytes(product.getRhs());
    bool isInteger = !product.getType().getElementType().isF32();
    auto left = product.getLhs().getDefiningOp<weight::GetOp>();
    bool isLeftOfIntegers =
        left ? matrices.isOfIntegers(left) : isOfBytes(product.getLhs());
    if (!(isInteger || (isRightOfIntegers && isLeftOfIntegers)))
      return;
    llvm::Error error = rewrite(product, matrix, left, rows, columns);
    if (error)
      emitRemark(product.getLoc())
          << "quantised: not, " << llvm::toString(std::move(error));
  }

  llvm::Error multiplySides(graph::MatmulOp product, const ScaledBytes &rows,
                            const ScaledBytes &columns) {
    if (!rows)
      return noRows();
    AffineExpr depth = build.sizesOf(product.getLhs()).back();
    std::optional<int64_t> most = space.range(depth).high;
    bool isInteger = !product.getType().getElementType().isF32();
    if (!isInteger && (!most || *most > deepest))
      return llvm::createStringError("its depth of " + space.text(depth) +
                                     " may exceed " + Twine(deepest));
    ops.setInsertionPoint(product);
    build.setLocation(product.getLoc());
    emitRemark(product.getLoc())
        << "quantised: as in the model, rows of " << signOf(rows)
        << " bytes, columns of " << signOf(columns) << " bytes";
    finish(product, activations.sumOf(rows, columns), rows.scale,
           columns.scale);
    return llvm::Error::success();
  }

  /// Whatever its zero points and scales belong to.
  bool isOfBytes(Value value) {
    return rowFinder.find(value) || columnFinder.find(value);
  }

  static llvm::Error noRows() {
    return llvm::createStringError("its left side is not made of bytes with "
                                   "one zero point and scale for each row");
  }

  static StringRef signOf(const ScaledBytes &side) {
    bool isUnsigned = graph::Builder::elementOf(side.bytes).isUnsignedInteger();
    return isUnsigned ? "unsigned" : "signed";
  }

  /// With the weights on the right and on the left, if there are any, and what
  /// is known of computed sides.
  llvm::Error rewrite(graph::MatmulOp product, weight::GetOp right,
                      weight::GetOp left, const ScaledBytes &rows,
                      const ScaledBytes &columns) {
    if (left && columns)
      return rewriteAsComputed(product, left, /*axisFromBack=*/1, rows,
                               columns);
    if (columns)
      return multiplySides(product, rows, columns);
    if (right && graph::Builder::rankOf(right) > 2)
      return rewriteAsComputed(product, right, /*axisFromBack=*/2, rows,
                               columns);
    return multiplyMatrix(product, right, rows);
  }

  /// A weight that is no matrix on the right, with its scales along the axis
  /// `axisFromBack` from the back: 1 for rows, 2 for columns.
  llvm::Error rewriteAsComputed(graph::MatmulOp product, weight::GetOp weight,
                                int64_t axisFromBack, ScaledBytes rows,
                                ScaledBytes columns) {
    ops.setInsertionPoint(product);
    build.setLocation(product.getLoc());
    llvm::Expected<ScaledBytes> side =
        matrices.side(build, weight, axisFromBack);
    if (!side)
      return side.takeError();
    (axisFromBack == 1 ? rows : columns) = *side;
    return multiplySides(product, rows, columns);
  }

  llvm::Error multiplyMatrix(graph::MatmulOp product, weight::GetOp matrix,
                             const ScaledBytes &rows) {
    if (!matrix)
      return llvm::createStringError(
          "its right side is neither a weight matrix nor bytes with one zero "
          "point and scale for each column");
    if (!matrices.isOfIntegers(matrix))
      return llvm::createStringError("its weight is not made of integers");
    if (!rows)
      return noRows();
    auto type = cast<RankedTensorType>(matrix.getType());
    int64_t depth = type.getDimSize(0);
    ops.setInsertionPoint(product);
    build.setLocation(product.getLoc());
    llvm::Expected<ByteMatrix> bytes = matrices.get(build, matrix);
    if (!bytes)
      return bytes.takeError();
    emitRemark(product.getLoc())
        << "quantised: as in the model, rows of " << signOf(rows)
        << " bytes, weights of " << depth << " x " << type.getDimSize(1)
        << " in 8 bits"
        << (bytes->excess ? ", and a second product for what exceeds them"
                          : "");
    matrices.completeWords(ops, *bytes);
    finish(product, sumOf(rows, *bytes, depth), rows.scale, bytes->scales);
    return llvm::Error::success();
  }

  void finish(graph::MatmulOp product, Value sum, Value rowScale,
              Value columnScale) {
    bool isInteger = !product.getType().getElementType().isF32();
    product.getResult().replaceAllUsesWith(
        isInteger ? sum : scaled(sum, rowScale, columnScale));
    product.erase();
  }

  /// The exact sum, in i32.
  Value sumOf(const ScaledBytes &rows, const ByteMatrix &matrix,
              int64_t depth) {
    int64_t last = graph::Builder::rankOf(rows.bytes) - 1;
    Value words = inWholeWords(build, rows.bytes, last);
    Value sum = build.matmul(words, matrix.bytes);
    if (matrix.excess)
      sum = build.add(sum, build.matmul(words, matrix.excess));
    Type i32 = ops.getI32Type();
    if (rows.zero && numberOf(rows.zero) != 0.0) {
      Value columns = matrix.negativeSums;
      if (matrix.rest)
        columns = build.sub(columns,
                            build.mul(matrix.rest, build.scalar(i32, depth)));
      sum = build.add(sum, build.mul(columns, rows.zero));
    }
    if (matrix.rest) {
      Value total = build.reduce(graph::Reduction::sum,
                                 build.cast(rows.bytes, i32), {last}, true);
      sum = build.add(sum, build.mul(matrix.rest, total));
    }
    return sum;
  }

  /// What the sum stands for. Scales that are constants become one.
  Value scaled(Value sum, Value rowScale, Value columnScale) {
    Value result = build.cast(sum, ops.getF32Type());
    if (!rowScale && !columnScale)
      return result;
    if (!rowScale || !columnScale)
      return build.mul(result, rowScale ? rowScale : columnScale);
    bool isKnownColumn = isa_and_nonnull<graph::ConstantOp, weight::GetOp>(
        columnScale.getDefiningOp());
    if (isKnownColumn && numberOf(rowScale))
      return build.mul(result, build.mul(columnScale, rowScale));
    return build.mul(build.mul(result, columnScale), rowScale);
  }

  func::FuncOp function;
  ByteMatrices &matrices;
  graph::DimSpace space;
  OpBuilder ops;
  graph::Builder build;
  ActivationProducts activations;
  ScaledBytesFinder rowFinder{build, /*axisFromBack=*/1};
  ScaledBytesFinder columnFinder{build, /*axisFromBack=*/2};
};

struct RecognizeByteProducts
    : impl::RecognizeByteProductsBase<RecognizeByteProducts> {
  RecognizeByteProducts() = default;
  explicit RecognizeByteProducts(graph::FileTable files)
      : files(std::move(files)) {}

  void runOnOperation() override {
    ModuleOp module = getOperation();
    ByteMatrices matrices(module, files);
    for (auto function : module.getOps<func::FuncOp>())
      FunctionRecognizer(function, matrices).run();
  }

private:
  graph::FileTable files;
};

} // namespace

std::unique_ptr<Pass>
createRecognizeByteProducts(const graph::FileTable &files) {
  return std::make_unique<RecognizeByteProducts>(files);
}

} // namespace lmcc
