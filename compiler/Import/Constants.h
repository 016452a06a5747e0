//===- Constants.h - Tensors of the model as values -------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_IMPORT_CONSTANTS_H
#define LMCC_COMPILER_IMPORT_CONSTANTS_H

#include "compiler/Import/ModelFile.h"
#include "compiler/Import/TensorFile.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"

namespace lmcc::import {

/// Makes constants and weights at the start of a function, each tensor once.
///
/// Small tensors become `graph.constant`. Of large ones the bytes stay in their
/// file: they become a `weight.data` in front of the function and a
/// `weight.get`.
class Constants {
public:
  /// `function` is a symbol of `symbols` and has a body.
  Constants(ModelFile &file, mlir::func::FuncOp function,
            mlir::SymbolTable &symbols)
      : file(file), function(function), symbols(symbols) {}

  /// The value of a tensor of the model; a weight is named after `name`. Null
  /// after an error at `location` if the tensor has no valid data or a type
  /// that cannot be compiled.
  mlir::Value value(const onnx::TensorProto &tensor, llvm::StringRef name,
                    mlir::Location location);

  /// The value of a tensor that lies in no file of the model, always a
  /// constant. Null after an error, as above.
  mlir::Value value(const DenseTensor &tensor, mlir::Location location);

  /// Whether `value` is such a tensor of 4-bit numbers, which are bytes here.
  bool hasNibbles(mlir::Value value) const { return nibbles.contains(value); }

private:
  mlir::Value constant(mlir::RankedTensorType type,
                       llvm::ArrayRef<uint8_t> bytes, mlir::Location location);
  mlir::Value weight(mlir::RankedTensorType type, const TensorBytes &bytes,
                     llvm::StringRef name, mlir::Location location,
                     bool areNibbles);
  /// A builder behind what this class has put into the function.
  mlir::OpBuilder builder();
  mlir::Value added(mlir::Operation *op);

  ModelFile &file;
  mlir::func::FuncOp function;
  mlir::SymbolTable &symbols;
  mlir::Operation *last = nullptr;
  llvm::DenseMap<const onnx::TensorProto *, mlir::Value> byTensor;
  llvm::DenseSet<mlir::Value> nibbles;
  /// By file, offset and type.
  llvm::DenseMap<std::tuple<unsigned, uint64_t, mlir::Type>, mlir::Value>
      byPlace;
};

} // namespace lmcc::import

#endif // LMCC_COMPILER_IMPORT_CONSTANTS_H
