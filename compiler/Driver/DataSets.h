//===- DataSets.h - The test data of one verification -----------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_DRIVER_DATASETS_H
#define LMCC_COMPILER_DRIVER_DATASETS_H

#include "compiler/Driver/Options.h"
#include "compiler/Import/ModelInputs.h"
#include "compiler/Import/TensorFile.h"
#include "compiler/Verify/Tensor.h"

namespace lmcc::driver {

/// One test set in memory.
struct DataSet {
  /// For messages: the name of its folder, or its path if two have that name.
  std::string label;
  /// One per declared input.
  std::vector<verify::Tensor> inputs;
  /// Golden outputs in the order of the model's; the evaluator stands in for
  /// those that are missing.
  std::vector<verify::Tensor> outputs;
};

/// Reads the sets in all `folders`. An error where the data of an input is
/// missing, or has another type, rank or fixed size than declared.
llvm::Expected<std::vector<DataSet>>
readDataSets(llvm::ArrayRef<std::string> folders,
             llvm::ArrayRef<import::ModelInput> inputs);

/// For each named size the smallest and largest value in the sets. An error
/// where one set gives two values to one size. Inputs in `bound` do not count:
/// they have the sizes of what they are bound to.
llvm::Expected<SizeBounds>
boundsOf(llvm::ArrayRef<DataSet> sets,
         llvm::ArrayRef<import::ModelInput> inputs,
         const llvm::StringMap<import::DenseTensor> &bound);

} // namespace lmcc::driver

#endif // LMCC_COMPILER_DRIVER_DATASETS_H
