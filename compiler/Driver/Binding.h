//===- Binding.h - Inputs that become constants -----------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_DRIVER_BINDING_H
#define LMCC_COMPILER_DRIVER_BINDING_H

#include "compiler/Driver/DataSets.h"
#include "compiler/Import/Importer.h"

namespace lmcc::driver {

/// Reads the tensors of `--bind`.
llvm::Expected<llvm::StringMap<import::DenseTensor>>
readBoundInputs(llvm::ArrayRef<Options::BoundInput> bound);

/// Adds to `options.boundInputs` the inputs without whose values the model
/// cannot be imported, with their values in `set`.
///
/// Which these are is found by trying. Candidates are int32 and int64 scalars
/// and lists of at most 64 elements; one of them is bound only if the import
/// fails without it while all others are bound. Where the import fails even
/// with all of them, all stay bound, so that its errors are about the rest.
void bindShapeInputs(mlir::MLIRContext *context, import::ModelFile &file,
                     llvm::ArrayRef<import::ModelInput> inputs,
                     const DataSet &set, import::ImportOptions &options);

/// An error if a set has another value for a bound input: nothing in the set
/// would then be about the program.
llvm::Error checkBoundValues(llvm::ArrayRef<DataSet> sets,
                             llvm::ArrayRef<import::ModelInput> inputs,
                             const llvm::StringMap<import::DenseTensor> &bound);

} // namespace lmcc::driver

#endif // LMCC_COMPILER_DRIVER_BINDING_H
