//===- Node.h - One ONNX node while it is translated ------------*- C++ -*-===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What an operator's translation sees: inputs as graph values, attributes with
// defaults, sizes and constants behind inputs, and a builder. A translation is
// one small function; the tables of all families are in Operators.h.
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_COMPILER_IMPORT_NODE_H
#define LMCC_COMPILER_IMPORT_NODE_H

#include "dialects/Graph/Builder.h"
#include "dialects/Graph/ShapeValues.h"

namespace lmcc::onnx {
class AttributeProto;
class NodeProto;
} // namespace lmcc::onnx

namespace lmcc::import {

class GraphImporter;

class Node {
public:
  using Value = mlir::Value;

  Node(GraphImporter &importer, const onnx::NodeProto &proto, int64_t version);

  llvm::StringRef operatorName() const;
  /// Version of the operator set that the model declares for the node's domain.
  int64_t version() const { return opsetVersion; }
  graph::Builder &builder() const;
  graph::DimSpace &space() const { return builder().space(); }

  // Inputs and outputs. An omitted optional input is null.
  unsigned inputCount() const;
  unsigned outputCount() const;
  Value input(unsigned position) const;
  bool hasInput(unsigned position) const { return bool(input(position)); }
  /// Whether it is a tensor of 4-bit numbers, which are bytes here.
  bool hasNibbles(unsigned position) const;
  /// Whether anything names the output.
  bool wantsOutput(unsigned position) const;
  void setOutput(unsigned position, Value value);

  // Attributes; a value of the wrong kind is reported and the default used.
  bool hasAttribute(llvm::StringRef name) const;
  int64_t integer(llvm::StringRef name, int64_t otherwise) const;
  double number(llvm::StringRef name, double otherwise) const;
  std::string text(llvm::StringRef name, llvm::StringRef otherwise) const;
  std::optional<llvm::SmallVector<int64_t>>
  integers(llvm::StringRef name) const;
  std::optional<llvm::SmallVector<double>> numbers(llvm::StringRef name) const;
  /// A tensor attribute as a constant or weight; null if absent.
  Value tensor(llvm::StringRef name) const;
  const onnx::AttributeProto *attribute(llvm::StringRef name) const;

  // What is known of an input at compile time.
  /// Its elements as sizes; nothing if any is unknown.
  std::optional<graph::ShapeValues::Elements> sizes(unsigned position) const;
  /// Its elements as numbers; nothing if any is unknown or no number.
  std::optional<llvm::SmallVector<int64_t>> numbers(unsigned position) const;
  /// A single float or integer constant (a tensor with one element).
  std::optional<double> constantScalar(unsigned position) const;
  /// A list that older opsets have as attribute `name` and newer ones as input
  /// `position`. Outer optional: failed (reported); inner: absent.
  mlir::FailureOr<std::optional<llvm::SmallVector<int64_t>>>
  integersFrom(llvm::StringRef name, unsigned position) const;

  /// Reports the node as unsupported: operator, input types, opset, `reason`,
  /// and `wayOut`, what the model's owner can do. Always fails.
  mlir::LogicalResult unsupported(const llvm::Twine &reason,
                                  const llvm::Twine &wayOut) const;
  /// Sets the only output; fails if `value` is null (already reported).
  mlir::LogicalResult finish(Value value);

  const onnx::NodeProto &proto() const { return node; }
  GraphImporter &importer() const { return owner; }

private:
  GraphImporter &owner;
  const onnx::NodeProto &node;
  int64_t opsetVersion;
};

} // namespace lmcc::import

#endif // LMCC_COMPILER_IMPORT_NODE_H
