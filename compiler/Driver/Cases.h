//===- Cases.h - What a program gets and what it should give ----*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_DRIVER_CASES_H
#define LMCC_COMPILER_DRIVER_CASES_H

#include "compiler/Driver/DataSets.h"
#include "compiler/Report/Samples.h"
#include "dialects/Graph/Evaluate/Weights.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace lmcc::driver {

/// A test set as the program sees it.
struct Case {
  std::string label;
  /// The values of the free symbols by name.
  graph::SymbolValues symbols;
  /// Those that the caller provides, in order: bound ones are left out.
  std::vector<verify::Tensor> inputs;
  /// One per output of the program, with the output's name.
  std::vector<verify::Tensor> expected;
};

/// Makes a case of each set. `main` is the function that the importer made,
/// before any pass; it is evaluated where a set has no golden output. Failures
/// have been reported.
mlir::FailureOr<std::vector<Case>>
prepareCases(mlir::func::FuncOp main, std::vector<DataSet> sets,
             llvm::ArrayRef<import::ModelInput> inputs,
             const llvm::StringMap<import::DenseTensor> &bound,
             const graph::FileTable &files);

/// The tensors of a set that a caller provides, in order: bound ones are left
/// out.
std::vector<verify::Tensor>
freeInputs(DataSet set, llvm::ArrayRef<import::ModelInput> inputs,
           const llvm::StringMap<import::DenseTensor> &bound);

/// `inputs`, whose bytes are borrowed, as arguments of `main`. Failures have
/// been reported.
mlir::FailureOr<report::Sample> sampleOf(mlir::func::FuncOp main,
                                         llvm::ArrayRef<verify::Tensor> inputs);

/// The model's name of a result of `main`.
std::string outputName(mlir::func::FuncOp main, unsigned position);

/// The TensorProto.DataType of each output of `main`.
llvm::SmallVector<int32_t> outputTypes(mlir::func::FuncOp main);

} // namespace lmcc::driver

#endif // LMCC_COMPILER_DRIVER_CASES_H
