//===- TileShape.h - How much of a product one tile holds -------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_TILE_TILESHAPE_H
#define LMCC_PASSES_TILE_TILESHAPE_H

#include "dialects/Kernel/Kernel.h"
#include "dialects/Target/Target.h"

namespace lmcc {

/// What registers and multipliers of a machine want of a tile.
struct TileShape {
  int64_t rows;
  /// One row has one sum per vector of a panel, and each waits for the one
  /// before it: several panels at once keep the multipliers busy.
  int64_t panelsOfOneRow;
  /// Whether the epilogue of several rows is a loop of its own, over stored
  /// sums: it wants the registers that sums fill to half, for the constants of
  /// a polynomial of the carried header.
  bool loopsEpilogue;

  static TileShape of(kernel::PanelProductOp product,
                      target::MachineAttr machine);
};

} // namespace lmcc

#endif // LMCC_PASSES_TILE_TILESHAPE_H
