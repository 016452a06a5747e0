//===- Binding.cpp - Inputs that become constants -------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Driver/Binding.h"

#include "compiler/Import/TensorType.h"

#include "llvm/ADT/STLExtras.h"

using namespace lmcc;
using namespace lmcc::driver;
using llvm::Error;
using llvm::Expected;

using BoundInputs = llvm::StringMap<import::DenseTensor>;

Expected<BoundInputs>
driver::readBoundInputs(llvm::ArrayRef<Options::BoundInput> bound) {
  BoundInputs tensors;
  for (const auto &[input, file] : bound) {
    Expected<import::DenseTensor> tensor = import::readTensorFile(file);
    if (!tensor)
      return tensor.takeError();
    tensors.try_emplace(input, std::move(*tensor));
  }
  return tensors;
}

//===----------------------------------------------------------------------===//
// Shape inputs
//===----------------------------------------------------------------------===//

/// Whether the values of `input` may be a shape, axes, or a length.
static bool mayBeShape(const import::ModelInput &input,
                       const verify::Tensor &value) {
  constexpr int64_t longest = 64;
  const verify::ElementType *type = verify::findElementType(input.elementType);
  return input.hasShape && type && type->kind == verify::ElementKind::Signed &&
         type->bits >= 32 && value.dims.size() <= 1 &&
         (value.dims.empty() || value.dims.front() <= longest);
}

static bool canBeImported(mlir::MLIRContext *context, import::ModelFile &file,
                          const import::ImportOptions &options) {
  mlir::ScopedDiagnosticHandler silence(
      context, [](mlir::Diagnostic &) { return mlir::success(); });
  return bool(import::importModel(context, file, options));
}

void driver::bindShapeInputs(mlir::MLIRContext *context,
                             import::ModelFile &file,
                             llvm::ArrayRef<import::ModelInput> inputs,
                             const DataSet &set,
                             import::ImportOptions &options) {
  if (canBeImported(context, file, options))
    return;
  llvm::SmallVector<llvm::StringRef> candidates;
  for (auto [input, value] : llvm::zip_equal(inputs, set.inputs)) {
    if (!mayBeShape(input, value) || options.boundInputs.contains(input.name))
      continue;
    options.boundInputs[input.name] = {input.name, value.elementType,
                                       value.dims, value.bytes};
    candidates.push_back(input.name);
  }
  if (!canBeImported(context, file, options))
    return;
  for (llvm::StringRef name : candidates) {
    auto bound = options.boundInputs.find(name);
    import::DenseTensor value = std::move(bound->second);
    options.boundInputs.erase(bound);
    if (!canBeImported(context, file, options))
      options.boundInputs[name] = std::move(value);
  }
}

Error driver::checkBoundValues(llvm::ArrayRef<DataSet> sets,
                               llvm::ArrayRef<import::ModelInput> inputs,
                               const BoundInputs &bound) {
  for (const DataSet &set : sets)
    for (auto [input, value] : llvm::zip_equal(inputs, set.inputs)) {
      auto constant = bound.find(input.name);
      if (constant == bound.end() || (constant->second.dims == value.dims &&
                                      constant->second.bytes == value.bytes))
        continue;
      return llvm::createFileError(
          set.label,
          llvm::createStringError(
              "has another value for the input " + import::quoted(input.name) +
              " than the one it is bound to; verify such sets one by one"));
    }
  return Error::success();
}
