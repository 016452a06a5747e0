//===- Emit.h - A placed module as C++ and weights --------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The last step: it prints and never decides. A placed module holds
//
//  - the module attribute `target.machine`;
//  - `weight.data`, which become the sections of the blob in this order;
//  - kernels, `func.func` with `kernel.kernel`: structured control flow on flat
//    buffers, see Forms.h for what they may contain;
//  - schedules, such as `@run`: calls of kernels on slots, weights, inputs and
//    outputs, with the attributes that Contract.h describes.
//
// The output is the same on every run: neither time, place, user nor the number
// of threads are in it.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_EMIT_EMIT_H
#define LMCC_COMPILER_EMIT_EMIT_H

#include "compiler/Emit/Blob.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/LogicalResult.h"

#include <string>

namespace lmcc::emit {

/// How the weights reach the program that uses the model.
enum class BlobMode {
  File,   ///< It loads `<m>_weights.bin` itself.
  Incbin, ///< `<m>_weights.S` links the file as `<m>_weights`.
  Array,  ///< So does `<m>_weights.cpp`, as text.
};

struct EmitOptions {
  /// `<m>`. Made an identifier by `identifierOf(name, "model")`.
  std::string name;
  /// Where the output goes. Need not exist; its parent is created, too.
  std::string folder;
  /// Of lmcc, for comments and the manifest.
  std::string version;
  BlobMode blob = BlobMode::Incbin;
  /// Functions that choose a token, for a decoder that keeps its state.
  bool sampler = false;
  /// That evaluate weights; 0: one per processor.
  unsigned threads = 0;
};

/// Writes the output of the placed module to `options.folder`. All files are
/// complete before the first one appears there: a folder that does not exist
/// yet appears at once, in an existing one files of these names are replaced
/// and others left alone, except the weights in the form of another BlobMode.
/// Fails with a diagnostic, at the operation where there is one.
mlir::LogicalResult writeOutput(mlir::ModuleOp module,
                                const EmitOptions &options,
                                WeightEvaluator evaluate);

} // namespace lmcc::emit

#endif // LMCC_COMPILER_EMIT_EMIT_H
