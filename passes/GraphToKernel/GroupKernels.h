//===- GroupKernels.h - A kernel body for each kind of group ----*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_GRAPHTOKERNEL_GROUPKERNELS_H
#define LMCC_PASSES_GRAPHTOKERNEL_GROUPKERNELS_H

#include "dialects/Graph/Graph.h"
#include "dialects/Target/Target.h"
#include "passes/GraphToKernel/KernelBuilder.h"

namespace lmcc {

/// Where a group input is: a flat buffer of the schedule or a single constant.
struct GroupInput {
  mlir::Value buffer;
  mlir::TypedAttr scalar;
  /// In elements, by axis; none where the buffer is dense and row-major.
  graph::DimSpace::Sizes strides;
  /// Where it is not 0, the buffer holds the transpose of the matrix in column
  /// panels of that width, so many steps of a column side by side.
  int64_t transposedPanels = 0, stepsTogether = 1;
};

/// A group whose kernel is being built. `inputs` are those of the group, in
/// order; `output` is the flat destination buffer.
struct GroupSite {
  graph::GroupOp group;
  llvm::SmallVector<GroupInput> inputs;
  mlir::Value output;

  /// `matmul_add_gelu`: the operations of the group, each once, as the name of
  /// its kernel.
  std::string name();
  /// `matmul + add + add + gelu`: all of them, for readers.
  std::string summary();
  /// The operations of the group, without the yield.
  llvm::SmallVector<mlir::Operation *> members();
  /// The last one, which computes the result.
  mlir::Operation *root();
  /// The product of the group, if it has one.
  graph::MatmulOp product();
  /// The same, if it runs over column panels: one of floats, of whole words of
  /// bytes, or of groups of a weight.
  graph::MatmulOp panelProduct();
  /// The attention of the group, if it has one.
  graph::AttentionOp attention();
  /// The input that `value`, an argument of the group's region, stands for.
  const GroupInput &inputOf(mlir::Value value) const;
  /// What the kernel's text calls the buffer of `input`: `y` where the result
  /// takes its place, else `wanted`.
  llvm::StringRef role(const GroupInput &input, llvm::StringRef wanted) const {
    return input.buffer == output ? "y" : wanted;
  }
};

/// Where the elements of a value of a group lie: in the buffer of one of the
/// group's inputs, or in its output, with strides in elements.
struct StridedTensor {
  mlir::Value buffer;
  graph::DimSpace::Sizes sizes, strides;
};
/// What an attention of bytes reads besides queries and keys. The strides of
/// the last two axes, which are rows and columns, mean nothing.
struct ByteOperands {
  /// Of each matrix of keys and of values, a scale for each key of all blocks.
  StridedTensor keyScales, valueScales;
  /// Of each matrix `[panels, room, width]` words, of four keys each; there is
  /// room for at least ceil(keys / 4).
  StridedTensor values;
  mlir::AffineExpr room;
  /// Where keys are unsigned: -128 times the sum of each query.
  std::optional<StridedTensor> starts;
};
/// How keys are the columns of panels.
struct KeyPanels {
  /// The keys after which an attention rescales what it has.
  int64_t block = 0;
  /// Columns of a panel. A part of a block, so that the last block of a few
  /// keys need not be read to its end.
  int64_t width = 0;
};
/// Those of up to `keys` keys. The block is part of the numbers (rule N7 in
/// docs/Numerics.md), and half as long if there are never more keys.
KeyPanels keyPanels(const graph::DimSpace &space, mlir::AffineExpr keys,
                    target::MachineAttr machine);

/// What an attention reads: for each place of the batch axes of `keys`, the key
/// operand, `[panels, depth, width]`, bytes as words. The strides of the last
/// two axes of `keys` mean nothing.
struct AttentionPanels {
  StridedTensor keys;
  KeyPanels panels;
  std::optional<ByteOperands> bytes;
};
/// All of `buffer`, row-major, as a tensor of `type`.
StridedTensor denseTensor(const graph::DimSpace &space, mlir::Value buffer,
                          mlir::Type type);
/// `value`, an argument of the group's region or a transpose of one.
StridedTensor stridedOperand(const graph::DimSpace &space, GroupSite &site,
                             mlir::Value value);
/// A tensor of bytes as one of words along its last axis, which is contiguous
/// and whose length divides all other strides.
StridedTensor asWords(const graph::DimSpace &space, StridedTensor tensor);
/// `value`, the result of the group's region or what a transpose makes it of.
StridedTensor stridedResult(const graph::DimSpace &space, GroupSite &site,
                            mlir::Value value);

/// The widest panels that divide `columns`: whole vectors if there are any.
int64_t dividingPanelWidth(int64_t columns, target::MachineAttr machine);

/// The width of the panels of a grouped product: an even number of vectors.
int64_t groupedPanelWidth(int64_t lanes, int64_t widest);
/// The width of the column panels of a product with `columns` columns (null if
/// they are no number) on a machine with `lanes` lanes and panels of `widest`.
int64_t panelWidth(std::optional<int64_t> columns, int64_t lanes,
                   int64_t widest);

/// A `[batch.., rows, columns]` view of the buffer of `value`, a tensor that
/// broadcasts to that batch: stride 0 along batch axes it repeats.
mlir::Value batchMatrix(KernelBuilder &k, mlir::Value buffer, mlir::Value value,
                        llvm::ArrayRef<mlir::AffineExpr> batch,
                        mlir::AffineExpr rows, mlir::AffineExpr columns);

// Each builds the body and says whether it could.
/// Any number of elementwise operations and broadcasts.
llvm::LogicalResult buildElementwiseKernel(GroupSite &site, KernelBuilder &k);
/// The packed right side of a product in panels of `width` columns. For a
/// grouped one, the width of its numbers and scales, what sums of groups start
/// with, and the zero points that this is multiplied by; starts also where
/// `rows`, the left side, was split (see `buildSplitRowsKernel`). Panels of
/// bytes may have an order of their own, of the steps of each.
struct PackedSide {
  mlir::Value panels, starts, zeros, rows, order;
  int64_t width = 0, bits = 4;
  /// Words of a column of bytes that lie side by side.
  int64_t columnWords = 1;
  bool hasWideScales = false;
  /// Whether bytes may be -128, which those of weights are not.
  bool hasFullRange = false;

  /// Words of a group of `size` steps in a panel.
  int64_t groupWords(int64_t size) const {
    return width * (size * bits + (hasWideScales ? 32 : 16)) / 32;
  }
};
/// A product with its epilogue.
llvm::LogicalResult buildProductKernel(GroupSite &site, KernelBuilder &k,
                                       const PackedSide &right);
/// Columns of a matrix in groups, which are read from the panels of products.
llvm::LogicalResult buildLookUpKernel(GroupSite &site, KernelBuilder &k,
                                      const PackedSide &table);
/// For each group of `group` bytes or floats of `rows`, [.., depth], their sum
/// times -`offset`: what a product with numbers plus `offset` has too much,
/// negated.
void buildGroupStartsKernel(const StridedTensor &rows, mlir::Value starts,
                            int64_t group, int64_t offset, KernelBuilder &k);
/// Splits `rows`, [.., depth] of bytes: for each row its magnitudes and then
/// its signs, as words, and the sum of the magnitudes of its negative numbers,
/// as a `kernel.panel_product` with signs reads them.
void buildSplitRowsKernel(const StridedTensor &rows, mlir::Value split,
                          mlir::Value starts, KernelBuilder &k);
/// A product of integers or f64, element by element: exact, whatever the order.
llvm::LogicalResult buildPlainProductKernel(GroupSite &site, KernelBuilder &k);
/// Packs `matrix` ([batch.., depth, columns] of f32 or words) into `panels`.
void buildPackKernel(const StridedTensor &matrix, mlir::Value panels,
                     int64_t width, KernelBuilder &k);
/// Packs `matrix` ([batch.., depth, columns] of bytes) into `panels` of `width`
/// columns, of words: each holds four steps of a column, or 0 behind the last.
void buildPackWordsKernel(const StridedTensor &matrix, mlir::Value panels,
                          int64_t width, KernelBuilder &k);
/// An attention that streams over its keys.
llvm::LogicalResult buildAttentionKernel(GroupSite &site, KernelBuilder &k,
                                         const AttentionPanels &panels);
/// A rotary embedding; its input may be a transpose that keeps rows together.
llvm::LogicalResult buildRotaryKernel(GroupSite &site, KernelBuilder &k);
/// softmax, layer_norm, rms_norm, reduce along the last axis.
llvm::LogicalResult buildRowKernel(GroupSite &site, KernelBuilder &k);
/// transpose, concat, slice, pad, patches, iota, dim_values.
llvm::LogicalResult buildMovementKernel(GroupSite &site, KernelBuilder &k);
/// gather and scatter in all forms.
llvm::LogicalResult buildIndexingKernel(GroupSite &site, KernelBuilder &k);
/// arg_max and cumulative_sum along the last axis.
llvm::LogicalResult buildScanKernel(GroupSite &site, KernelBuilder &k);

/// Whether the group's kernel may store its result where `operand`, an argument
/// of its region, lies: it reads each element no later than it writes the one
/// at the same place, and is no slower for it.
bool mayOverwrite(GroupSite &site, mlir::BlockArgument operand,
                  const graph::DimSpace &space, target::MachineAttr machine);

/// Whether the last thing that the group does is to add `operand` to what comes
/// of its product, element by element.
bool isResidual(GroupSite &site, mlir::BlockArgument operand,
                const graph::DimSpace &space, target::MachineAttr machine);
/// Whether the group has a residual that it may not overwrite. The inputs of
/// the site need not be known.
bool keepsResidual(GroupSite &site, const graph::DimSpace &space,
                   target::MachineAttr machine);

/// The index at `place` of `indices`, from the end of an axis of `size` if it
/// is negative.
mlir::OpFoldResult loadIndex(KernelBuilder &k, mlir::Value indices,
                             llvm::ArrayRef<mlir::OpFoldResult> place,
                             mlir::AffineExpr size);
/// Computes whether every index lies in [-limit, limit), or in [0, limit) if
/// negative ones do not count from the end. The indices are entry `entry` of
/// `count` tuples of `length` in the buffer.
struct IndexCheck {
  mlir::Value indices;
  mlir::AffineExpr count, limit;
  int64_t length = 1, entry = 0;
  bool countsFromEnd = true;
};
mlir::Value buildIndexCheck(KernelBuilder &k, const IndexCheck &check);
/// Copies a buffer of `count` elements.
void buildCopyKernel(KernelBuilder &k, mlir::Value from, mlir::Value to,
                     mlir::AffineExpr count);

} // namespace lmcc

#endif // LMCC_PASSES_GRAPHTOKERNEL_GROUPKERNELS_H
