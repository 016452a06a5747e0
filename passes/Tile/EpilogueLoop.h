//===- EpilogueLoop.h - The epilogue of a product over memory ---*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_TILE_EPILOGUELOOP_H
#define LMCC_PASSES_TILE_EPILOGUELOOP_H

#include "dialects/Kernel/Kernel.h"

namespace lmcc {

/// Stores the epilogue of `product` in `output` `[rows, columns]`, as a loop
/// over the `sums` of these places and the parts of the extras that belong to
/// them.
void loopEpilogue(mlir::OpBuilder &builder, kernel::PanelProductOp product,
                  mlir::Value sums, llvm::ArrayRef<mlir::Value> extras,
                  mlir::Value output);

} // namespace lmcc

#endif // LMCC_PASSES_TILE_EPILOGUELOOP_H
