//===- SizeNames.h - What the sizes of inputs are called --------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_IMPORT_SIZENAMES_H
#define LMCC_COMPILER_IMPORT_SIZENAMES_H

#include "llvm/ADT/StringSet.h"

#include <string>

namespace lmcc::onnx {
class GraphProto;
class TensorShapeProto_Dimension;
} // namespace lmcc::onnx

namespace lmcc::import {

/// The names of the sizes that inputs of a model have. Those that the model
/// leaves open without a name are given one, which depends on the order in
/// which they are asked for.
class SizeNames {
public:
  explicit SizeNames(const onnx::GraphProto &graph);

  /// The name of `dim`, which is no number: the model's, or a new one made from
  /// the input and the axis.
  std::string nameOf(const onnx::TensorShapeProto_Dimension &dim,
                     llvm::StringRef input, size_t axis);

  bool contains(llvm::StringRef name) const { return names.contains(name); }
  /// How many names there are, with those given so far.
  size_t size() const { return names.size(); }

private:
  llvm::StringSet<> names;
};

} // namespace lmcc::import

#endif // LMCC_COMPILER_IMPORT_SIZENAMES_H
