//===- ModelInputs.cpp - What a model declares of itself ------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Driver/ModelInputs.h"

#include "compiler/Import/Onnx.pb.h"
#include "compiler/Import/Scope.h"
#include "compiler/Verify/Tensor.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/raw_ostream.h"

using namespace lmcc;
using namespace lmcc::driver;
using Dimension = onnx::TensorShapeProto::Dimension;
using llvm::StringRef;
using llvm::Twine;

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

namespace {
/// Gives names to the sizes that have none, as the importer does.
class SizeNames {
public:
  explicit SizeNames(const onnx::GraphProto &graph) {
    for (const onnx::ValueInfoProto &input : graph.input())
      for (const Dimension &dim : input.type().tensor_type().shape().dim())
        if (!dim.dim_param().empty())
          names.insert(dim.dim_param());
  }

  std::string nameFor(StringRef input, size_t axis) {
    std::string name = (input + "_dim_" + Twine(axis)).str();
    for (char &c : name)
      if (!llvm::isAlnum(c))
        c = '_';
    while (!names.insert(name).second)
      name += '_';
    return name;
  }

private:
  llvm::StringSet<> names;
};
} // namespace

std::vector<ModelInput> driver::declaredInputs(const import::ModelFile &file) {
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
      else if (!dim.dim_param().empty())
        input.sizes.push_back({dim.dim_param(), 0});
      else
        input.sizes.push_back({names.nameFor(declared.name(), axis), 0});
    }
    inputs.push_back(std::move(input));
  }
  return inputs;
}

std::string driver::describeInput(const ModelInput &input) {
  std::string text = verify::elementTypeName(input.elementType);
  llvm::raw_string_ostream stream(text);
  stream << "[";
  llvm::interleaveComma(input.sizes, stream, [&](const ModelInput::Size &size) {
    if (size.name.empty())
      stream << size.number;
    else
      stream.write_escaped(size.name, /*UseHexEscapes=*/true);
  });
  stream << "]";
  return text;
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

using Nodes = google::protobuf::RepeatedPtrField<onnx::NodeProto>;

/// Ends, because the importer has walked the same calls.
static uint64_t countNodesIn(const Nodes &nodes,
                             const import::FunctionLibrary &functions) {
  uint64_t count = 0;
  for (const onnx::NodeProto &node : nodes) {
    if (const onnx::FunctionProto *function = functions.find(node))
      count += countNodesIn(function->node(), functions);
    else if (node.op_type() != "Constant")
      ++count;
  }
  return count;
}

uint64_t driver::countNodes(const import::ModelFile &file) {
  import::FunctionLibrary functions;
  // A function that is defined twice would have been reported.
  llvm::cantFail(functions.add(file.model().functions()));
  return countNodesIn(file.model().graph().node(), functions);
}
