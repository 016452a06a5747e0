//===- Signature.h - The inputs of a model ----------------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which inputs are arguments, which are constants, and what their sizes are
// called. Names of sizes are plain names: `past + 1` is a symbol like any
// other. What outputs declare is not read at all.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_IMPORT_SIGNATURE_H
#define LMCC_COMPILER_IMPORT_SIGNATURE_H

#include "compiler/Import/Constants.h"
#include "compiler/Import/Importer.h"
#include "compiler/Import/SizeNames.h"
#include "dialects/Graph/DimSpace.h"

namespace lmcc::onnx {
class GraphProto;
class TypeProto_Tensor;
class ValueInfoProto;
} // namespace lmcc::onnx

namespace lmcc::import {

class Signature {
public:
  Signature(const onnx::GraphProto &graph, const ImportOptions &options,
            graph::DimSpace &space);

  /// Adds one argument to `function` per input that the caller provides, and
  /// constants for the bound ones. The values of all inputs by name; null ones
  /// have been reported.
  llvm::StringMap<mlir::Value> declare(mlir::func::FuncOp function,
                                       Constants &constants);
  /// The names of the arguments, in order.
  llvm::ArrayRef<llvm::StringRef> argumentNames() const { return arguments; }
  /// Whether an input has a size called `name`.
  bool declares(llvm::StringRef name) const { return sizeNames.contains(name); }

private:
  struct Input {
    llvm::StringRef name;
    graph::DimSpace::Sizes sizes;
    mlir::Type element;
  };

  std::optional<Input> read(const onnx::ValueInfoProto &input,
                            mlir::Location location);
  std::optional<graph::DimSpace::Sizes>
  readSizes(const onnx::TypeProto_Tensor &type, llvm::StringRef input,
            mlir::Location location);
  void applyBounds(mlir::Location location);
  mlir::Value bind(const Input &input, const DenseTensor &tensor,
                   Constants &constants, mlir::Location location);

  const onnx::GraphProto &graph;
  const ImportOptions &options;
  graph::DimSpace &space;
  SizeNames sizeNames;
  llvm::SmallVector<llvm::StringRef> arguments;
};

} // namespace lmcc::import

#endif // LMCC_COMPILER_IMPORT_SIGNATURE_H
