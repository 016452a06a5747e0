//===- IntegerProducts.cpp - Products of quantised matrices ---------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/Operators/Families.h"

using namespace mlir;

namespace lmcc::import {

namespace {
/// What parameters of a matrix belong to.
enum class Along { rows, columns };
} // namespace

/// One parameter for all, or one per row or column, in a form that broadcasts
/// with the matrix.
static Value parameter(Builder &builder, Value values, Along along) {
  if (!values)
    return {};
  AffineExpr count = builder.space().product(builder.sizesOf(values));
  if (builder.space().constant(count) == 1)
    return toScalar(builder, values);
  return along == Along::rows && Builder::rankOf(values) == 1
             ? builder.unsqueeze(values, {1})
             : values;
}

/// A matrix as i32, less its zero point if it has one.
static Value centred(Builder &builder, Value matrix, Value zeroPoint,
                     Along along) {
  Type wide = builder.operations().getI32Type();
  Value input = builder.cast(matrix, wide);
  if (!zeroPoint)
    return input;
  return builder.sub(input,
                     parameter(builder, builder.cast(zeroPoint, wide), along));
}

static Value scaleOf(Builder &builder, Value values, Along along) {
  return parameter(
      builder, builder.cast(values, builder.operations().getF32Type()), along);
}

/// Fails, with a report, unless input `position` holds integers.
static LogicalResult requireIntegers(Node &node, unsigned position) {
  Type element = Builder::elementOf(node.input(position));
  if (isa<IntegerType>(element) && !element.isInteger(1))
    return success();
  return node.unsupported("input " + Twine(position) + " is not quantised",
                          "quantise to 8-bit integers");
}

//===----------------------------------------------------------------------===//
// Standard operators
//===----------------------------------------------------------------------===//

static LogicalResult translateMatMulInteger(Node &node) {
  if (failed(requireIntegers(node, 0)) || failed(requireIntegers(node, 1)))
    return failure();
  Builder &builder = node.builder();
  Value a = centred(builder, node.input(0), node.input(2), Along::rows);
  Value b = centred(builder, node.input(1), node.input(3), Along::columns);
  return node.finish(matrixProduct(builder, a, b));
}

/// Operands are a, scale, zero point, b, scale, zero point, then scale and zero
/// point of the result.
static LogicalResult translateQLinearMatMul(Node &node) {
  if (failed(requireIntegers(node, 0)) || failed(requireIntegers(node, 3)))
    return failure();
  Builder &builder = node.builder();
  Value a = centred(builder, node.input(0), node.input(2), Along::rows);
  Value b = centred(builder, node.input(3), node.input(5), Along::columns);
  Value sum = matrixProduct(builder, a, b);
  Value scaleOfA = scaleOf(builder, node.input(1), Along::rows);
  Value scaleOfSum =
      builder.mul(scaleOfA, scaleOf(builder, node.input(4), Along::columns));
  Value factor =
      builder.div(scaleOfSum, scaleOf(builder, node.input(6), Along::rows));
  return node.finish(requantize(
      builder, sum, factor, parameter(builder, node.input(7), Along::rows)));
}

//===----------------------------------------------------------------------===//
// Fused operators
//===----------------------------------------------------------------------===//

/// Operands are a, scale, zero point, b, scale, zero point, an i32 addend in
/// units of both scales, and for an integer result its scale and zero point.
static LogicalResult translateQGemm(Node &node) {
  if (failed(requireIntegers(node, 0)) || failed(requireIntegers(node, 3)))
    return failure();
  Builder &builder = node.builder();
  // Zero points belong to rows and columns of the product, not of what is
  // transposed.
  bool transposeA = node.integer("transA", 0);
  bool transposeB = node.integer("transB", 0);
  Value a = centred(builder, node.input(0), node.input(2),
                    transposeA ? Along::columns : Along::rows);
  Value b = centred(builder, node.input(3), node.input(5),
                    transposeB ? Along::rows : Along::columns);
  if (transposeA)
    a = swapLastAxes(builder, a);
  if (transposeB)
    b = swapLastAxes(builder, b);
  Value sum = matrixProduct(builder, a, b);
  if (Value addend = node.input(6))
    sum = builder.add(sum, addend);
  Value scaleOfA = scaleOf(builder, node.input(1), Along::rows);
  Value scale =
      builder.mul(scaleOfA, scaleOf(builder, node.input(4), Along::columns));
  if (double alpha = node.number("alpha", 1); alpha != 1)
    scale = builder.mul(scale, like(builder, scale, alpha));
  if (!node.hasInput(7))
    return node.finish(builder.mul(
        builder.cast(sum, builder.operations().getF32Type()), scale));
  if (!node.hasInput(8))
    return node.unsupported("its result has a scale, but no zero point",
                            "save the model at the basic level");
  scale = builder.div(scale, scaleOf(builder, node.input(7), Along::rows));
  return node.finish(requantize(
      builder, sum, scale, parameter(builder, node.input(8), Along::rows)));
}

/// The integers `sum` times `scale` as `element`, plus `bias` if there is one.
static LogicalResult finishScaled(Node &node, Value sum, Value scale,
                                  Type element, Value bias) {
  Builder &builder = node.builder();
  Value numbers = builder.cast(sum, builder.operations().getF32Type());
  Value result = builder.cast(builder.mul(numbers, scale), element);
  return node.finish(bias ? builder.add(result, bias) : result);
}

/// Operands are a, b, their scales, their zero points and a float bias.
static LogicalResult translateMatMulIntegerToFloat(Node &node) {
  if (failed(requireIntegers(node, 0)) || failed(requireIntegers(node, 1)))
    return failure();
  Builder &builder = node.builder();
  Value a = centred(builder, node.input(0), node.input(4), Along::rows);
  Value b = centred(builder, node.input(1), node.input(5), Along::columns);
  Value scaleOfA = scaleOf(builder, node.input(2), Along::rows);
  return finishScaled(
      node, matrixProduct(builder, a, b),
      builder.mul(scaleOfA, scaleOf(builder, node.input(3), Along::columns)),
      Builder::elementOf(node.input(2)), node.input(6));
}

/// Operands are a in floats, which is quantised first, then b, its scale, its
/// zero point and a float bias.
static LogicalResult translateDynamicQuantizeMatMul(Node &node) {
  if (failed(requireFloat(node)) || failed(requireIntegers(node, 1)))
    return failure();
  Builder &builder = node.builder();
  QuantizedTensor rows = quantizeDynamically(builder, node.input(0));
  Value a = centred(builder, rows.bytes, rows.zeroPoint, Along::rows);
  Value b = centred(builder, node.input(1), node.input(3), Along::columns);
  Value scaleOfA = scaleOf(builder, rows.scale, Along::rows);
  return finishScaled(
      node, matrixProduct(builder, a, b),
      builder.mul(scaleOfA, scaleOf(builder, node.input(2), Along::columns)),
      Builder::elementOf(node.input(0)), node.input(4));
}

//===----------------------------------------------------------------------===//
// Weights of a few bits
//===----------------------------------------------------------------------===//

/// The numbers of `bits` bits in each byte, the lowest first, as a last axis.
static Value unpack(Builder &builder, Value bytes, int64_t bits) {
  if (bits == 8)
    return builder.unsqueeze(bytes, {Builder::rankOf(bytes)});
  SmallVector<APInt> powers;
  for (int64_t shift = 0; shift < 8; shift += bits)
    powers.push_back(APInt(8, uint64_t(1) << shift));
  auto type = RankedTensorType::get({static_cast<int64_t>(powers.size())},
                                    Builder::elementOf(bytes));
  Value column = builder.unsqueeze(bytes, {Builder::rankOf(bytes)});
  Value shifted = builder.div(
      column, builder.constant(DenseElementsAttr::get(type, powers)));
  return builder.binary<graph::ModOp>(
      shifted, like(builder, bytes, static_cast<double>(1 << bits)));
}

namespace {
/// The geometry of a matrix `[columns, depth]` in blocks along its depth.
struct BlockedMatrix {
  int64_t columns, depth, bits, blockSize;

  int64_t blocks() const { return llvm::divideCeil(depth, blockSize); }
  int64_t perByte() const { return 8 / bits; }
};
} // namespace

static FailureOr<BlockedMatrix> blockedMatrix(Node &node) {
  BlockedMatrix matrix = {node.integer("N", 0), node.integer("K", 0),
                          node.integer("bits", 4),
                          node.integer("block_size", 0)};
  constexpr int64_t most = int64_t(1) << 31;
  bool isWhole = (matrix.bits == 2 || matrix.bits == 4 || matrix.bits == 8) &&
                 matrix.blockSize >= 1 && matrix.blockSize <= most &&
                 matrix.blockSize * matrix.bits % 8 == 0;
  if (node.hasInput(4))
    return node.unsupported("g_idx (input 4) reorders its depth",
                            "quantise without act-order (desc_act)");
  if (isWhole && matrix.columns >= 1 && matrix.columns <= most &&
      matrix.depth >= 1 && matrix.depth <= most)
    return matrix;
  return node.unsupported("it has blocks of " + Twine(matrix.blockSize) +
                              " numbers of " + Twine(matrix.bits) +
                              " bits, N=" + Twine(matrix.columns) +
                              " and K=" + Twine(matrix.depth),
                          "use 2, 4 or 8 bits in blocks of whole bytes");
}

/// Zero points `[columns, blocks, 1]`: floats, or packed like the weights, each
/// column from a whole byte on.
static Value blockZeroPoints(Node &node, const BlockedMatrix &matrix,
                             Type element) {
  Builder &builder = node.builder();
  graph::DimSpace &space = node.space();
  AffineExpr columns = space.number(matrix.columns);
  AffineExpr blocks = space.number(matrix.blocks());
  Value zeros = node.input(3);
  if (!zeros)
    return builder.scalar(element, static_cast<double>(1 << (matrix.bits - 1)));
  if (isa<IntegerType>(Builder::elementOf(zeros))) {
    int64_t bytes = llvm::divideCeil(matrix.blocks(), matrix.perByte());
    Value apart =
        unpack(builder, builder.reshape(zeros, {columns, space.number(bytes)}),
               matrix.bits);
    Value all = builder.reshape(
        apart, {columns, space.number(bytes * matrix.perByte())});
    zeros = sliceAxis(builder, all, 1, space.number(0), blocks);
  }
  return builder.reshape(builder.cast(zeros, element),
                         {columns, blocks, space.number(1)});
}

/// Operands are a, the packed matrix, scales, zero points, group indices and
/// bias; the matrix is transposed.
static LogicalResult translateMatMulNBits(Node &node) {
  FailureOr<BlockedMatrix> matrix = blockedMatrix(node);
  if (failed(requireFloat(node)) || failed(matrix))
    return failure();
  Builder &builder = node.builder();
  graph::DimSpace &space = node.space();
  if (!Builder::elementOf(node.input(1)).isUnsignedInteger(8))
    return node.unsupported("its matrix does not consist of bytes",
                            "the model is not valid; export it again");
  Type element = Builder::elementOf(node.input(0));
  AffineExpr columns = space.number(matrix->columns);
  AffineExpr blocks = space.number(matrix->blocks());
  AffineExpr blockBytes = space.number(matrix->blockSize / matrix->perByte());

  Value bytes = builder.reshape(node.input(1), {columns, blocks, blockBytes});
  if (!bytes)
    return failure();
  Value numbers =
      builder.reshape(unpack(builder, bytes, matrix->bits),
                      {columns, blocks, space.number(matrix->blockSize)});
  Value centre = builder.sub(builder.cast(numbers, element),
                             blockZeroPoints(node, *matrix, element));
  Value scales = builder.reshape(builder.cast(node.input(2), element),
                                 {columns, blocks, space.number(1)});
  Value rows = builder.reshape(
      builder.mul(centre, scales),
      {columns, space.number(matrix->blocks() * matrix->blockSize)});
  Value weights =
      sliceAxis(builder, rows, 1, space.number(0), space.number(matrix->depth));
  Value result =
      matrixProduct(builder, node.input(0), swapLastAxes(builder, weights));
  // Of the levels, which are lower bounds, this is the one of bytes.
  constexpr int64_t levelOfBytes = 4;
  auto product =
      result ? result.getDefiningOp<graph::MatmulOp>() : graph::MatmulOp();
  if (product && node.integer("accuracy_level", 0) == levelOfBytes)
    product->setDiscardableAttr(graph::byteRowsAttrName,
                                builder.operations().getUnitAttr());
  if (Value bias = node.input(5))
    result = builder.add(result, bias);
  return node.finish(result);
}

void addIntegerProductOperators(OperatorTable &table) {
  table.add("MatMulInteger", needs<2, translateMatMulInteger>, 10);
  table.add("QLinearMatMul", needs<8, translateQLinearMatMul>, 10);
  table.add("com.microsoft::QGemm", needs<6, translateQGemm>);
  table.add("com.microsoft::MatMulIntegerToFloat",
            needs<4, translateMatMulIntegerToFloat>);
  table.add("com.microsoft::DynamicQuantizeMatMul",
            needs<3, translateDynamicQuantizeMatMul>);
  table.add("com.microsoft::MatMulNBits", needs<3, translateMatMulNBits>);
}

} // namespace lmcc::import
