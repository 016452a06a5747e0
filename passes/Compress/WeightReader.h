//===- WeightReader.h - The numbers of weights ------------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_COMPRESS_WEIGHTREADER_H
#define LMCC_PASSES_COMPRESS_WEIGHTREADER_H

#include "dialects/Graph/Evaluate/Weights.h"
#include "passes/Compress/DerivedWeights.h"

namespace lmcc {

/// Looks at the numbers of the weights of a module as it was: not at those that
/// are made meanwhile.
class WeightReader {
public:
  WeightReader(mlir::ModuleOp module, const graph::FileTable &files)
      : symbols(module), files(files) {}

  /// What the recipe of `get` ends with.
  mlir::Value resultOf(weight::GetOp get) const {
    return dataOf(get).getValue();
  }
  /// What `recipe` computes of it, elements of 4 bytes. Fails in silence: the
  /// weight stays as it is, and the error comes when that is written.
  mlir::FailureOr<graph::HostTensor> read(weight::GetOp get,
                                          DerivedWeights::Recipe recipe) const;

private:
  weight::DataOp dataOf(weight::GetOp get) const {
    return symbols.lookup<weight::DataOp>(get.getWeight());
  }

  mlir::SymbolTable symbols;
  const graph::FileTable &files;
};

} // namespace lmcc

#endif // LMCC_PASSES_COMPRESS_WEIGHTREADER_H
