//===- QuantizedRows.h - Activations that a model quantises -----*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_COMPRESS_QUANTIZEDROWS_H
#define LMCC_PASSES_COMPRESS_QUANTIZEDROWS_H

#include "dialects/Graph/Builder.h"
#include "llvm/ADT/DenseMap.h"

namespace lmcc {

/// A value as `(bytes - zero) * scale`.
struct QuantizedRows {
  /// i8 or ui8, of the shape of the value. Null if it is nothing of the kind.
  mlir::Value bytes;
  /// i32 in the range of the bytes, and f32; null where they are 0 and 1. One
  /// number for all, or for all along one axis.
  mlir::Value zero, scale;

  explicit operator bool() const { return bytes != nullptr; }
};

/// Whether `patches` reads nothing outside of its input, which would be 0.
bool staysInside(const graph::DimSpace &space, graph::PatchesOp patches);

/// Looks through what dequantises and moves bytes.
class QuantizedRowsFinder {
public:
  /// What has one zero point and one scale along axis `axisFromBack` from the
  /// back: 1 for rows, 2 for columns.
  QuantizedRowsFinder(graph::Builder &build, int64_t axisFromBack)
      : build(build), axisFromBack(axisFromBack) {}

  /// Bytes that have to be moved first are moved behind the move of `value`.
  QuantizedRows find(mlir::Value value);

private:
  QuantizedRows compute(mlir::Value value);
  QuantizedRows centred(graph::SubOp difference);
  QuantizedRows scaled(graph::MulOp product, mlir::Value value,
                       mlir::Value scale);
  QuantizedRows moved(mlir::Operation *move);

  bool isUniform(mlir::Value value) const;
  mlir::Value surrounded(graph::PatchesOp patches, const QuantizedRows &rows);

  graph::Builder &build;
  int64_t axisFromBack;
  llvm::DenseMap<mlir::Value, QuantizedRows> known;
};

} // namespace lmcc

#endif // LMCC_PASSES_COMPRESS_QUANTIZEDROWS_H
