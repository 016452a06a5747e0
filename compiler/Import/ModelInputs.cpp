//===- ModelInputs.cpp - What a model declares of itself ------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/ModelInputs.h"

#include "compiler/Import/Onnx.pb.h"
#include "compiler/Import/Scope.h"
#include "compiler/Import/SizeNames.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

namespace lmcc::import {

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

std::vector<ModelInput> declaredInputs(const ModelFile &file) {
  const onnx::GraphProto &graph = file.model().graph();
  llvm::StringSet<> initializers;
  for (const onnx::TensorProto &tensor : graph.initializer())
    initializers.insert(tensor.name());

  SizeNames names(graph);
  std::vector<ModelInput> inputs;
  for (const onnx::ValueInfoProto &declared : graph.input()) {
    if (initializers.contains(declared.name()))
      continue;
    const onnx::TypeProto::Tensor &type = declared.type().tensor_type();
    ModelInput input{declared.name(), type.elem_type(), type.has_shape(), {}};
    for (auto [axis, dim] : llvm::enumerate(type.shape().dim())) {
      if (dim.has_dim_value())
        input.sizes.push_back({"", dim.dim_value()});
      else
        input.sizes.push_back({names.nameOf(dim, declared.name(), axis), 0});
    }
    inputs.push_back(std::move(input));
  }
  return inputs;
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

using Nodes = google::protobuf::RepeatedPtrField<onnx::NodeProto>;

/// Ends, because the importer has walked the same calls.
static uint64_t countNodesIn(const Nodes &nodes,
                             const FunctionLibrary &functions) {
  uint64_t count = 0;
  for (const onnx::NodeProto &node : nodes) {
    if (const onnx::FunctionProto *function = functions.find(node))
      count += countNodesIn(function->node(), functions);
    else if (node.op_type() != "Constant")
      ++count;
  }
  return count;
}

uint64_t countNodes(const ModelFile &file) {
  FunctionLibrary functions;
  // A function that is defined twice would have been reported.
  llvm::cantFail(functions.add(file.model().functions()));
  return countNodesIn(file.model().graph().node(), functions);
}

} // namespace lmcc::import
