//===- LayerTensors.h - Inputs and outputs that belong to layers *- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_EMIT_LAYERTENSORS_H
#define LMCC_COMPILER_EMIT_LAYERTENSORS_H

#include "compiler/Emit/Contract.h"
#include "dialects/Kernel/Kernel.h"

#include <optional>

namespace lmcc::emit {

/// Where the layers of a loop find a tensor in the caller's list of inputs, or
/// of outputs: layer n at `first + n * step`.
struct LayerTensors {
  bool areOutputs;
  int64_t first, step;
};

/// What `pick` chooses from, if these are inputs, or outputs, in even steps.
std::optional<LayerTensors> layerTensors(const Contract &contract,
                                         kernel::PickOp pick);

/// Whether the schedule needs the input or output `argument` by a name. Else
/// nothing reads it but loops that find it in the list.
bool isNamed(const Contract &contract, mlir::BlockArgument argument);

/// Whether the schedule needs the list of outputs, or that of inputs.
bool needsList(const Contract &contract, bool ofOutputs);

} // namespace lmcc::emit

#endif // LMCC_COMPILER_EMIT_LAYERTENSORS_H
