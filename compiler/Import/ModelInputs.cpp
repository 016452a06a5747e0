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

/// Ends, because the importer walks the same calls.
static void
walkNodesIn(const Nodes &nodes, const FunctionLibrary &functions,
            llvm::function_ref<void(const onnx::NodeProto &)> visit) {
  for (const onnx::NodeProto &node : nodes) {
    if (const onnx::FunctionProto *function = functions.find(node))
      walkNodesIn(function->node(), functions, visit);
    else
      visit(node);
  }
}

static void walkNodes(const ModelFile &file,
                      llvm::function_ref<void(const onnx::NodeProto &)> visit) {
  FunctionLibrary functions;
  // A function that is defined twice has been reported.
  llvm::cantFail(functions.add(file.model().functions()));
  walkNodesIn(file.model().graph().node(), functions, visit);
}

uint64_t countNodes(const ModelFile &file) {
  uint64_t count = 0;
  walkNodes(file, [&](const onnx::NodeProto &node) {
    count += node.op_type() != "Constant";
  });
  return count;
}

bool isQuantized(const ModelFile &file) {
  bool found = false;
  walkNodes(file, [&](const onnx::NodeProto &node) {
    llvm::StringRef name = node.op_type();
    found |= name.contains_insensitive("quant") || name.contains("Integer") ||
             name.contains("NBits") || name.starts_with("QLinear") ||
             name.starts_with("QGemm") || name.starts_with("QAttention");
  });
  return found;
}

} // namespace lmcc::import
