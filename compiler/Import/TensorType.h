//===- TensorType.h - ONNX types as MLIR types and as text ------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_IMPORT_TENSORTYPE_H
#define LMCC_COMPILER_IMPORT_TENSORTYPE_H

#include "dialects/Graph/DimSpace.h"

namespace lmcc::import {

/// More axes than any exporter writes; a hostile file could ask for millions.
inline constexpr int64_t maximumRank = 32;
/// More elements than this in one tensor are taken for a mistake.
inline constexpr int64_t maximumElements = int64_t(1) << 40;

/// The type of elements of a TensorProto.DataType: signed integers are
/// signless, unsigned ones are not, BOOL is `i1`. Null for types that the graph
/// dialect does not have.
mlir::Type elementType(int32_t dataType, mlir::MLIRContext *context);

/// `type` in the words of ONNX: "float32[batch, 128]".
std::string typeText(mlir::RankedTensorType type, const graph::DimSpace &space);

/// Text from the model in quotes, cut if it is very long and with everything
/// but printable ASCII escaped, so that it is safe to print.
std::string quoted(llvm::StringRef text);

/// The location of what the model calls `name`; very long names are cut.
mlir::Location namedLocation(llvm::StringRef name, mlir::MLIRContext *context);

/// Fails, with an error at `location`, if a tensor of `type` may have more than
/// maximumElements elements, where sizes without an upper bound count with
/// their lower one, or if one of its sizes is too long an expression.
mlir::LogicalResult checkSizes(mlir::RankedTensorType type,
                               const graph::DimSpace &space,
                               mlir::Location location);

} // namespace lmcc::import

#endif // LMCC_COMPILER_IMPORT_TENSORTYPE_H
