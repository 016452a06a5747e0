//===- ModelInputs.h - What a model declares of itself ----------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_IMPORT_MODELINPUTS_H
#define LMCC_COMPILER_IMPORT_MODELINPUTS_H

#include "compiler/Import/ModelFile.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lmcc::import {

/// One input that a caller provides, as the model declares it.
struct ModelInput {
  struct Size {
    /// Empty for a number.
    std::string name;
    int64_t number = 0;
  };

  std::string name;
  /// A TensorProto.DataType of ONNX; 0 if the input is no tensor.
  int32_t elementType = 0;
  bool hasShape = false;
  std::vector<Size> sizes;
};

/// The inputs that are not initializers, in order: `input_N.pb` of a test set
/// is for number N. Sizes without a name are called as the importer calls them.
std::vector<ModelInput> declaredInputs(const ModelFile &file);

// Both are about models that have been imported, which shows that their
// functions are sound.

/// The nodes of a model without Constant nodes; those of a function count once
/// per call.
uint64_t countNodes(const ModelFile &file);

/// Whether an operator that quantises, or that computes with what is
/// quantised, occurs among them.
bool isQuantized(const ModelFile &file);

} // namespace lmcc::import

#endif // LMCC_COMPILER_IMPORT_MODELINPUTS_H
