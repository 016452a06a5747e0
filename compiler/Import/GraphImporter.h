//===- GraphImporter.h - Translates the nodes of a model --------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Walks graphs and function bodies and keeps track of what names mean; what
// operators mean is in the table of Operators.h.
//
// A node that cannot be translated is reported, and its outputs are unknown
// from then on. Nodes that read unknown values are only looked up in the table,
// so that one run names every operator of a model that is missing.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_IMPORT_GRAPHIMPORTER_H
#define LMCC_COMPILER_IMPORT_GRAPHIMPORTER_H

#include "compiler/Import/Constants.h"
#include "compiler/Import/Importer.h"
#include "compiler/Import/MessageLimit.h"
#include "compiler/Import/Scope.h"
#include "dialects/Graph/Builder.h"
#include "dialects/Graph/ShapeValues.h"

namespace lmcc::import {

class Node;

class GraphImporter {
public:
  using Value = mlir::Value;
  using Nodes = google::protobuf::RepeatedPtrField<onnx::NodeProto>;

  GraphImporter(const onnx::ModelProto &model, const ImportOptions &options,
                Constants &constants, graph::Builder &builder,
                const MessageLimit &messages)
      : model(model), options(options), tensors(constants), ops(builder),
        messages(messages), values(builder.space()) {}

  /// The values of the model's outputs, for `inputs` by name (a null one could
  /// not be declared). Null values have been reported.
  llvm::SmallVector<Value> importMain(const llvm::StringMap<Value> &inputs);

  // For the translation of nodes.

  graph::Builder &builder() { return ops; }
  graph::ShapeValues &shapes() { return values; }
  Constants &constants() { return tensors; }
  /// The value of a name; null if it is unknown or left out.
  Value lookup(llvm::StringRef name);
  /// Makes `name` stand for `value`; null is an unknown value.
  void define(llvm::StringRef name, Value value);
  /// The attribute of the function call that is being translated.
  const onnx::AttributeProto *boundAttribute(llvm::StringRef name) const {
    return frame->attributes.lookup(name);
  }
  /// Translates `graph` in place; it sees the names around it. The values of
  /// its outputs; null ones have been reported.
  llvm::SmallVector<Value> importSubgraph(const onnx::GraphProto &graph);

private:
  bool importBody(const Nodes &nodes, llvm::ArrayRef<llvm::StringRef> outputs);
  void importNode(const onnx::NodeProto &node, unsigned position);
  void translate(Node &node, mlir::LogicalResult (*function)(Node &));
  void callFunction(const onnx::NodeProto &node,
                    const onnx::FunctionProto &function);
  void bindAttributes(const onnx::NodeProto &node, Frame &callee) const;
  Named argument(const onnx::NodeProto &node, int position);
  llvm::SmallVector<Value> outputsOf(
      const google::protobuf::RepeatedPtrField<onnx::ValueInfoProto> &outputs);

  Named *find(llvm::StringRef name);
  bool inputsAreKnown(const onnx::NodeProto &node);
  void forgetOutputs(const onnx::NodeProto &node);
  void finishOutputs(const Node &node);
  Value folded(Value value);
  bool enterNesting();

  const onnx::ModelProto &model;
  const ImportOptions &options;
  Constants &tensors;
  graph::Builder &ops;
  const MessageLimit &messages;
  graph::ShapeValues values;
  FunctionLibrary functions;

  Scope *scope = nullptr;
  const Frame *frame = nullptr;
  unsigned nesting = 0;
  unsigned nodeCount = 0;
};

} // namespace lmcc::import

#endif // LMCC_COMPILER_IMPORT_GRAPHIMPORTER_H
