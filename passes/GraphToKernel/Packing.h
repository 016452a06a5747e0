//===- Packing.h - The panels that products run over ------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_GRAPHTOKERNEL_PACKING_H
#define LMCC_PASSES_GRAPHTOKERNEL_PACKING_H

#include "passes/GraphToKernel/GroupKernels.h"
#include "passes/GraphToKernel/ValuePlaces.h"

namespace lmcc {

/// Where the parts of split rows lie, see `buildSplitRowsKernel`.
struct SplitRows {
  mlir::Value words, starts;
};

/// How many steps of a column of `matrix` lie side by side in the panels of
/// `product`, whose right side it is: those of a word of bytes, or of a vector
/// where the machine sums lanes and bytes are weights that fill vectors.
int64_t stepsTogether(graph::MatmulOp product, mlir::Value matrix,
                      target::MachineAttr machine);

/// Packs right sides of products into column panels: weights when the blob is
/// written, what is computed by kernels of the schedule, once for each.
class Packing {
public:
  Packing(Schedule &schedule, KernelPool &pool, ValuePlaces &places,
          const graph::DimSpace &space, target::MachineAttr machine)
      : schedule(schedule), pool(pool), places(places), space(space),
        machine(machine) {}

  /// The width of panels for so many columns.
  int64_t widthFor(mlir::AffineExpr columns) const;

  /// The right side `matrix` of a product, which takes `together` steps of a
  /// column at once. Where it `mayReorder`, no one but products reads it, and
  /// those of weights on machines that split rows have steps in pairs.
  llvm::FailureOr<PackedSide> columns(mlir::Location location,
                                      mlir::Value matrix, int64_t together,
                                      bool mayReorder);
  /// That of a grouped product of numbers of `bits`, all of which are weights;
  /// without starts.
  PackedSide groups(mlir::Location location, mlir::Value matrix,
                    mlir::Value scales, int64_t bits);
  /// The starts of a product of the bytes or floats `rows` in groups of
  /// `group`, with numbers that hold `offset` more.
  llvm::FailureOr<mlir::Value> startsOf(mlir::Location location,
                                        mlir::Value rows, int64_t group,
                                        int64_t offset);
  /// The bytes `rows`, split into magnitudes and signs.
  llvm::FailureOr<SplitRows> split(mlir::Location location, mlir::Value rows);
  /// Where bytes that are read as words lie: `buffer`, that of `rows`, or an
  /// aligned copy of it if it is the caller's, who aligns elements only.
  llvm::FailureOr<mlir::Value> words(mlir::Location location, mlir::Value rows,
                                     mlir::Value buffer);
  /// A weight in column panels.
  mlir::Value weight(mlir::Location location, llvm::StringRef name,
                     int64_t width, int64_t together);
  /// Keys as columns of panels: those that a state holds, or packed here. With
  /// what an attention of bytes needs.
  llvm::FailureOr<AttentionPanels> attention(GroupSite &site);

private:
  bool hasPairs(mlir::Value matrix, int64_t width, int64_t together) const;
  llvm::FailureOr<mlir::Value> packed(mlir::Location location,
                                      mlir::Value matrix, int64_t width,
                                      int64_t together);
  llvm::FailureOr<StridedTensor> keys(GroupSite &site, int64_t width);
  llvm::FailureOr<ByteOperands> byteOperands(GroupSite &site, int64_t columns);
  llvm::FailureOr<StridedTensor> scales(GroupSite &site, mlir::Value value,
                                        int64_t columns);
  llvm::FailureOr<StridedTensor> values(GroupSite &site);
  llvm::FailureOr<StridedTensor> queryStarts(GroupSite &site);
  llvm::LogicalResult allocate(mlir::Location location, StridedTensor &tensor,
                               mlir::Type element, mlir::AffineExpr count);

  Schedule &schedule;
  KernelPool &pool;
  ValuePlaces &places;
  const graph::DimSpace &space;
  target::MachineAttr machine;
  /// By what is packed and the width.
  llvm::DenseMap<std::pair<mlir::Value, int64_t>, mlir::Value> panels;
  /// By rows, the size of a group and the offset.
  llvm::DenseMap<std::tuple<mlir::Value, int64_t, int64_t>, mlir::Value> starts;
  llvm::DenseMap<mlir::Value, SplitRows> splits;
  /// By the buffer of the caller.
  llvm::DenseMap<mlir::Value, mlir::Value> copies;
};

} // namespace lmcc

#endif // LMCC_PASSES_GRAPHTOKERNEL_PACKING_H
