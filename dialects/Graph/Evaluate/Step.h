//===- Step.h - The computation of one operation ----------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the files of the evaluator share; not for its users.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_DIALECTS_GRAPH_EVALUATE_STEP_H
#define LMCC_DIALECTS_GRAPH_EVALUATE_STEP_H

#include "dialects/Graph/Evaluate/Evaluate.h"

namespace lmcc::graph {

/// One operation on its way: operands have the shapes and element types of
/// their types, the result has its own and indeterminate elements.
struct Step {
  llvm::ArrayRef<HostTensor> operands;
  const SymbolValues &symbols;
  HostTensor result;
};

// Each fills `step.result`, or reports an error at the operation.

llvm::LogicalResult computeElementwise(mlir::Operation *op, Step &step);

// Movement.cpp
llvm::LogicalResult compute(TransposeOp op, Step &step);
llvm::LogicalResult compute(BroadcastOp op, Step &step);
llvm::LogicalResult compute(ConcatOp op, Step &step);
llvm::LogicalResult compute(SliceOp op, Step &step);
llvm::LogicalResult compute(PadOp op, Step &step);
llvm::LogicalResult compute(PatchesOp op, Step &step);
llvm::LogicalResult compute(DiagonalsOp op, Step &step);
llvm::LogicalResult compute(IotaOp op, Step &step);
llvm::LogicalResult compute(DimValuesOp op, Step &step);

// Indexing.cpp
llvm::LogicalResult compute(GatherOp op, Step &step);
llvm::LogicalResult compute(GatherElementsOp op, Step &step);
llvm::LogicalResult compute(GatherNdOp op, Step &step);
llvm::LogicalResult compute(LookUpColumnsOp op, Step &step);
llvm::LogicalResult compute(ScatterElementsOp op, Step &step);
llvm::LogicalResult compute(ScatterNdOp op, Step &step);

// ByteProducts.cpp
llvm::LogicalResult computeByteProduct(MatmulOp op, Step &step);
llvm::LogicalResult computeGroupedProduct(MatmulOp op, Step &step);
/// Of floats with a matrix of bytes.
llvm::LogicalResult computeProductWithBytes(MatmulOp op, Step &step);

// Contraction.cpp
/// To be called before Eigen multiplies: it splits sums by the size of the
/// caches, and the same ones for every host keep the bits of a product.
void fixBlocking();
/// The product of floats. Batch axes broadcast; the right matrices are
/// `[depth, columns]`, or `[columns, depth]` if they are transposed.
void multiply(const HostTensor &left, const HostTensor &right,
              HostTensor &result, bool rightIsTransposed);
llvm::LogicalResult compute(MatmulOp op, Step &step);
llvm::LogicalResult compute(SoftmaxOp op, Step &step);
llvm::LogicalResult compute(LayerNormOp op, Step &step);
llvm::LogicalResult compute(RmsNormOp op, Step &step);
llvm::LogicalResult compute(AttentionOp op, Step &step);

// ByteAttention.cpp
/// The same with scales: computes `scores`, which `adjust` then changes.
llvm::LogicalResult computeByteAttention(
    AttentionOp op, Step &step, HostTensor &scores,
    llvm::function_ref<mlir::FailureOr<HostTensor>(const HostTensor &)> adjust);

// RotaryEmbedding.cpp
llvm::LogicalResult compute(RotaryEmbeddingOp op, Step &step);

// Quantization.cpp
llvm::LogicalResult compute(RowScalesOp op, Step &step);
llvm::LogicalResult compute(QuantizeRowsOp op, Step &step);

// Reduction.cpp
llvm::LogicalResult compute(ReduceOp op, Step &step);
llvm::LogicalResult compute(ArgMaxOp op, Step &step);
llvm::LogicalResult compute(CumulativeSumOp op, Step &step);

} // namespace lmcc::graph

#endif // LMCC_DIALECTS_GRAPH_EVALUATE_STEP_H
