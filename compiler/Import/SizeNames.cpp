//===- SizeNames.cpp - What the sizes of inputs are called ----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/SizeNames.h"

#include "compiler/Import/Onnx.pb.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"

using Dimension = lmcc::onnx::TensorShapeProto::Dimension;

namespace lmcc::import {

SizeNames::SizeNames(const onnx::GraphProto &graph) {
  for (const onnx::ValueInfoProto &input : graph.input())
    for (const Dimension &dim : input.type().tensor_type().shape().dim())
      if (!dim.dim_param().empty())
        names.insert(dim.dim_param());
}

std::string SizeNames::nameOf(const Dimension &dim, llvm::StringRef input,
                              size_t axis) {
  if (!dim.dim_param().empty())
    return dim.dim_param();
  std::string name = (input + "_dim_" + llvm::Twine(axis)).str();
  for (char &c : name)
    if (!llvm::isAlnum(c))
      c = '_';
  while (!names.insert(name).second)
    name += '_';
  return name;
}

} // namespace lmcc::import
