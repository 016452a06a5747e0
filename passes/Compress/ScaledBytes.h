//===- ScaledBytes.h - Values as bytes with a scale -------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_COMPRESS_SCALEDBYTES_H
#define LMCC_PASSES_COMPRESS_SCALEDBYTES_H

#include "dialects/Graph/Builder.h"
#include "llvm/ADT/DenseMap.h"

namespace lmcc {

/// A value as `(bytes - zero) * scale`.
struct ScaledBytes {
  /// i8 or ui8, of the shape of the value. Null if it is nothing of the kind.
  mlir::Value bytes;
  /// i32 in the range of the bytes, and f32; null where they are 0 and 1. One
  /// number for all, or for all along one axis.
  mlir::Value zero, scale;

  explicit operator bool() const { return bytes != nullptr; }
};

/// Whether `patches` reads nothing outside of its input, which would be 0.
bool staysInside(const graph::DimSpace &space, graph::PatchesOp patches);

/// Whether `op` only moves or pads the bytes of its first operand: what is
/// added to them may be added in front of it, and to the padding.
bool isMoveOfBytes(const graph::DimSpace &space, mlir::Operation *op);

/// Looks through what dequantises and moves bytes.
class ScaledBytesFinder {
public:
  /// What has one zero point and one scale along axis `axisFromBack` from the
  /// back: 1 for rows, 2 for columns.
  ScaledBytesFinder(graph::Builder &build, int64_t axisFromBack)
      : build(build), axisFromBack(axisFromBack) {}

  /// Bytes that have to be moved first are moved behind the move of `value`.
  ScaledBytes find(mlir::Value value);

private:
  ScaledBytes compute(mlir::Value value);
  ScaledBytes centred(graph::SubOp difference);
  ScaledBytes scaled(graph::MulOp product, mlir::Value value,
                     mlir::Value scale);
  ScaledBytes moved(mlir::Operation *move);

  bool isUniform(mlir::Value value) const;
  mlir::Value surrounded(graph::PatchesOp patches, const ScaledBytes &rows);

  graph::Builder &build;
  int64_t axisFromBack;
  llvm::DenseMap<mlir::Value, ScaledBytes> known;
};

} // namespace lmcc

#endif // LMCC_PASSES_COMPRESS_SCALEDBYTES_H
