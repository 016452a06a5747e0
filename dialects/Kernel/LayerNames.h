//===- LayerNames.h - One name for those of equal layers --------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_DIALECTS_KERNEL_LAYERNAMES_H
#define LMCC_DIALECTS_KERNEL_LAYERNAMES_H

#include "mlir/IR/Location.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace lmcc::kernel {

/// The origin of an operation that stands for those at `locations`, one of each
/// of some equal layers, from the first layer on.
mlir::Location locationOfLayers(llvm::ArrayRef<mlir::Location> locations);

/// The locations of the layers in such an origin; none in any other location.
llvm::ArrayRef<mlir::Location> layersAt(mlir::Location location);

/// The names in a location, each once: those of the ONNX nodes that an
/// operation comes from. What it stands for in several layers has one name, see
/// nameOfLayers.
llvm::SmallVector<std::string> namesIn(mlir::Location location);

/// A name for what equal layers call `names`, from the first layer on. Numbers
/// that rise evenly become a formula over the layer in braces, others that
/// differ become `{..}`:
///
///   layers.0.mlp, layers.1.mlp   layers.{layer}.mlp
///   MatMul_88, MatMul_125        MatMul_{88 + 37 * layer}
///
/// The first of names that differ in more than numbers.
std::string nameOfLayers(llvm::ArrayRef<llvm::StringRef> names);

/// `name` without what stands in the braces of nameOfLayers, as the start of an
/// identifier.
std::string withoutLayer(llvm::StringRef name);

} // namespace lmcc::kernel

#endif // LMCC_DIALECTS_KERNEL_LAYERNAMES_H
