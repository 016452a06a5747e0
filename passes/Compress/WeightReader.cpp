//===- WeightReader.cpp - The numbers of weights --------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Compress/WeightReader.h"

using namespace mlir;

namespace lmcc {

/// What is borrowed from a file may lie at any address.
static FailureOr<graph::HostTensor> aligned(const graph::HostTensor &tensor) {
  if (tensor.isAligned<int32_t>())
    return tensor;
  std::optional<graph::HostTensor> copy =
      graph::HostTensor::allocate(tensor.getElementType(), tensor.getShape());
  if (!copy)
    return failure();
  llvm::copy(tensor.bytes(), copy->mutableBytes());
  return *copy;
}

FailureOr<graph::HostTensor>
WeightReader::read(weight::GetOp get, DerivedWeights::Recipe recipe) const {
  weight::DataOp derived = DerivedWeights::derive(dataOf(get), recipe);
  ScopedDiagnosticHandler silence(get->getContext(),
                                  [](Diagnostic &) { return success(); });
  FailureOr<graph::HostTensor> result = graph::evaluateWeight(derived, files);
  derived->erase();
  if (failed(result))
    return failure();
  return aligned(*result);
}

} // namespace lmcc
