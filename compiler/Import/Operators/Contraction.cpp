//===- Contraction.cpp - Matrix products ----------------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/Operators/Families.h"

#include <cmath>

using namespace mlir;

namespace lmcc::import {

//===----------------------------------------------------------------------===//
// MatMul
//===----------------------------------------------------------------------===//

static LogicalResult translateMatMul(Node &node) {
  if (failed(requireNumber(node)))
    return failure();
  return node.finish(
      matrixProduct(node.builder(), node.input(0), node.input(1)));
}

/// Fails, with a report, unless a product with an integer stays one.
static LogicalResult requireScalable(Node &node, double factor) {
  if (isa<FloatType>(Builder::elementOf(node.input(0))) ||
      factor == std::floor(factor))
    return success();
  return node.unsupported("integers are scaled by a fraction",
                          "cast the operands to float32");
}

static Value scaled(Builder &builder, Value input, double factor) {
  return factor == 1 ? input : builder.mul(input, like(builder, input, factor));
}

static LogicalResult translateFusedMatMul(Node &node) {
  Builder &builder = node.builder();
  double alpha = node.number("alpha", 1);
  if (failed(requireNumber(node)) || failed(requireScalable(node, alpha)))
    return failure();
  if (node.integer("transBatchA", 0) || node.integer("transBatchB", 0))
    return node.unsupported("it moves batch axes",
                            "optimise the model at a lower level");
  // Transposing a vector means nothing.
  auto operand = [&](unsigned position, StringRef flag) {
    Value input = node.input(position);
    return node.integer(flag, 0) && Builder::rankOf(input) > 1
               ? swapLastAxes(builder, input)
               : input;
  };
  Value product =
      matrixProduct(builder, operand(0, "transA"), operand(1, "transB"));
  return node.finish(scaled(builder, product, alpha));
}

//===----------------------------------------------------------------------===//
// Gemm
//===----------------------------------------------------------------------===//

/// alpha * A' * B' + beta * C; null has been reported.
static Value generalProduct(Node &node) {
  Builder &builder = node.builder();
  double alpha = node.number("alpha", 1), beta = node.number("beta", 1);
  if (failed(requireNumber(node)) || failed(requireScalable(node, alpha)) ||
      failed(requireScalable(node, beta)))
    return {};
  Value a = node.input(0), b = node.input(1);
  if (Builder::rankOf(a) != 2 || Builder::rankOf(b) != 2)
    return builder.error("Gemm needs two matrices, but has ranks " +
                         Twine(Builder::rankOf(a)) + " and " +
                         Twine(Builder::rankOf(b)));
  if (node.integer("transA", 0))
    a = swapLastAxes(builder, a);
  if (node.integer("transB", 0))
    b = swapLastAxes(builder, b);
  Value product = scaled(builder, builder.matmul(a, b), alpha);
  if (Value addend = node.input(2))
    product = builder.add(product, scaled(builder, addend, beta));
  return product;
}

static LogicalResult translateGemm(Node &node) {
  return node.finish(generalProduct(node));
}

static LogicalResult translateFusedGemm(Node &node) {
  Builder &builder = node.builder();
  Value product = generalProduct(node);
  std::string activation = node.text("activation", "");
  if (!product)
    return failure();
  if (activation == "Relu")
    product = maximum(builder, product, like(builder, product, 0));
  else if (activation == "Tanh")
    product = builder.unary<graph::TanhOp>(product);
  else if (activation == "Sigmoid")
    product = builder.unary<graph::SigmoidOp>(product);
  else if (!activation.empty())
    return node.unsupported("its activation is not Relu, Tanh or Sigmoid",
                            "optimise the model at a lower level");
  return node.finish(product);
}

void addContractionOperators(OperatorTable &table) {
  table.add("MatMul", needs<2, translateMatMul>);
  table.add("Gemm", needs<2, translateGemm>, 7);
  table.add("com.microsoft::FusedMatMul", needs<2, translateFusedMatMul>);
  table.add("com.microsoft::TransposeMatMul", needs<2, translateFusedMatMul>);
  table.add("com.microsoft::FusedGemm", needs<2, translateFusedGemm>);
  addEinsumOperators(table);
  addConvolutionOperators(table);
  addPoolingOperators(table);
}

} // namespace lmcc::import
