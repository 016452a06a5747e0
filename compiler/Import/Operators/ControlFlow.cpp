//===- ControlFlow.cpp - Operators that contain graphs --------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/GraphImporter.h"
#include "compiler/Import/Onnx.pb.h"
#include "compiler/Import/Operators.h"

using namespace mlir;

namespace lmcc::import {

/// The branch of an If; null, which has been reported, if it has none.
static const onnx::GraphProto *branchOf(const Node &node, StringRef name) {
  const onnx::AttributeProto *attribute = node.attribute(name);
  if (!attribute || !attribute->has_g()) {
    node.builder().error("has no graph " + name);
    return nullptr;
  }
  const onnx::GraphProto &graph = attribute->g();
  if (graph.input_size() != 0) {
    node.builder().error("its graph " + name +
                         " has inputs, which nothing "
                         "provides");
    return nullptr;
  }
  if (static_cast<unsigned>(graph.output_size()) != node.outputCount()) {
    node.builder().error("has " + Twine(node.outputCount()) +
                         " outputs, but its graph " + name + " has " +
                         Twine(graph.output_size()));
    return nullptr;
  }
  return &graph;
}

/// The branch that is taken stands in place of the node.
static LogicalResult translateIf(Node &node) {
  std::optional<SmallVector<int64_t>> condition = node.numbers(0u);
  if (!condition)
    return node.unsupported(
        "its condition is not known at compile time",
        "give the input that it depends on with --bind NAME=VALUE, or the size "
        "with --dim NAME=SIZE, and compile one model per case");
  if (condition->size() != 1) {
    node.builder().error("its condition has " + Twine(condition->size()) +
                         " elements instead of one");
    return failure();
  }
  const onnx::GraphProto *branch =
      branchOf(node, condition->front() != 0 ? "then_branch" : "else_branch");
  if (!branch)
    return failure();
  for (auto [position, value] :
       llvm::enumerate(node.importer().importSubgraph(*branch)))
    node.setOutput(position, value);
  return success();
}

static LogicalResult refuseLoop(Node &node) {
  return node.unsupported("loops are not compiled",
                          "export the model without torch.jit.script, so that "
                          "the loop is unrolled, or keep the loop outside the "
                          "model");
}

void addControlFlowOperators(OperatorTable &table) {
  table.add("If", translateIf);
  table.add("Loop", refuseLoop);
  table.add("Scan", refuseLoop);
}

} // namespace lmcc::import
