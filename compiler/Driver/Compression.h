//===- Compression.h - Compress, and tell what that costs -------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_DRIVER_COMPRESSION_H
#define LMCC_COMPILER_DRIVER_COMPRESSION_H

#include "compiler/Driver/Cases.h"
#include "compiler/Driver/Diagnostics.h"
#include "compiler/Report/Loss.h"
#include "mlir/IR/OwningOpRef.h"

namespace lmcc::driver {

/// How weights are stored that the user has said nothing about. A model that
/// has been quantised is taken as it is.
void chooseStorage(const Options &options, bool isModelQuantized,
                   pipeline::Options &passes);

/// Whether lmcc quantises anything.
bool isQuantizing(const pipeline::Options &passes);

/// Watches a model while it is compressed.
class Compression {
public:
  Compression(const Options &options, const pipeline::Options &passes,
              Console &console)
      : options(options), passes(passes), console(console) {}

  /// Sets for all declared inputs, to measure on. Failures have been reported.
  mlir::LogicalResult
  useSets(mlir::func::FuncOp main, std::vector<DataSet> sets,
          llvm::ArrayRef<import::ModelInput> inputs,
          const llvm::StringMap<import::DenseTensor> &bound);

  /// Keeps the module as it is before anything is compressed.
  void begin(mlir::ModuleOp module);

  /// Measures what has been done to it; an error where that is more than the
  /// user allows. Failures have been reported.
  mlir::LogicalResult end(mlir::ModuleOp module);

  /// Five lines; `placed` is the module when everything has been done.
  void summarize(mlir::ModuleOp placed, llvm::raw_ostream &out) const;

private:
  mlir::LogicalResult measure(mlir::func::FuncOp compressed);
  mlir::LogicalResult checkLoss(mlir::func::FuncOp main) const;
  void explainLoss() const;
  void countFloats(mlir::func::FuncOp compressed);
  std::string lossText() const;
  std::string floatText() const;

  const Options &options;
  const pipeline::Options &passes;
  Console &console;
  /// Of the sets, and the samples that borrow them.
  std::vector<std::vector<verify::Tensor>> tensors;
  std::vector<report::Sample> samples;
  mlir::OwningOpRef<mlir::ModuleOp> original;
  std::optional<report::Loss> loss;

  /// Names of the outputs.
  std::vector<std::string> outputs;
  /// Of the parameters in the model's files.
  uint64_t parameters = 0, parameterBytes = 0;
  /// That stay float.
  uint64_t attentions = 0, products = 0;
  struct Kept {
    std::string name, reason;
  };
  std::vector<Kept> kept;
};

} // namespace lmcc::driver

#endif // LMCC_COMPILER_DRIVER_COMPRESSION_H
