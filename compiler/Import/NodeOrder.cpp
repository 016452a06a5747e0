//===- NodeOrder.cpp - Which nodes are needed, and when -------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// ONNX demands sorted nodes, but tools that edit graphs append theirs at the
// end. A sorted model keeps its order.
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/NodeOrder.h"

#include "compiler/Import/Onnx.pb.h"
#include "compiler/Import/TensorType.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/Twine.h"

#include <queue>

using google::protobuf::RepeatedPtrField;
using llvm::Expected;
using llvm::SmallVector;
using llvm::StringRef;
using llvm::Twine;

namespace lmcc::import {

std::string nodeName(const onnx::NodeProto &node, unsigned position) {
  if (!node.name().empty())
    return node.name();
  for (const std::string &output : node.output())
    if (!output.empty())
      return output;
  return (node.op_type().empty() ? "node" : node.op_type()) + "_" +
         std::to_string(position);
}

static void addReadNames(const onnx::NodeProto &node, llvm::StringSet<> &names);

/// Adds the names that `graph` takes from around it.
static void addCaptures(const onnx::GraphProto &graph,
                        llvm::StringSet<> &names) {
  llvm::StringSet<> read, own;
  for (const onnx::ValueInfoProto &input : graph.input())
    own.insert(input.name());
  for (const onnx::TensorProto &initializer : graph.initializer())
    own.insert(initializer.name());
  for (const onnx::NodeProto &node : graph.node()) {
    addReadNames(node, read);
    for (const std::string &output : node.output())
      own.insert(output);
  }
  for (const onnx::ValueInfoProto &output : graph.output())
    read.insert(output.name());
  for (const auto &name : read)
    if (!own.contains(name.getKey()))
      names.insert(name.getKey());
}

/// Adds the names of all values that `node` reads.
static void addReadNames(const onnx::NodeProto &node,
                         llvm::StringSet<> &names) {
  for (const std::string &input : node.input())
    names.insert(input);
  for (const onnx::AttributeProto &attribute : node.attribute()) {
    if (attribute.has_g())
      addCaptures(attribute.g(), names);
    for (const onnx::GraphProto &graph : attribute.graphs())
      addCaptures(graph, names);
  }
}

namespace {
/// Nodes by position, and which of them must come before which.
class Dependences {
public:
  explicit Dependences(const RepeatedPtrField<onnx::NodeProto> &nodes)
      : nodes(nodes), needed(nodes.size()), waitsFor(nodes.size()),
        readers(nodes.size()) {}

  llvm::Error addProducers();
  void addNeeded(llvm::ArrayRef<StringRef> outputs);
  Expected<SmallVector<unsigned>> sorted();

private:
  void need(StringRef name, SmallVector<unsigned> &open);
  llvm::Error cycle() const;

  const RepeatedPtrField<onnx::NodeProto> &nodes;
  llvm::StringMap<unsigned> producers;
  std::vector<bool> needed;
  std::vector<unsigned> waitsFor;
  std::vector<SmallVector<unsigned, 2>> readers;
};
} // namespace

llvm::Error Dependences::addProducers() {
  for (int position = 0; position < nodes.size(); ++position)
    for (const std::string &output : nodes[position].output()) {
      if (output.empty())
        continue;
      auto [entry, isNew] = producers.try_emplace(output, position);
      if (!isNew)
        return llvm::createStringError(
            "the name " + quoted(output) + " is computed twice, by " +
            quoted(nodeName(nodes[entry->second], entry->second)) + " and by " +
            quoted(nodeName(nodes[position], position)));
    }
  return llvm::Error::success();
}

void Dependences::need(StringRef name, SmallVector<unsigned> &open) {
  auto producer = producers.find(name);
  if (producer == producers.end() || needed[producer->second])
    return;
  needed[producer->second] = true;
  open.push_back(producer->second);
}

void Dependences::addNeeded(llvm::ArrayRef<StringRef> outputs) {
  SmallVector<unsigned> open;
  for (StringRef output : outputs)
    need(output, open);
  while (!open.empty()) {
    unsigned position = open.pop_back_val();
    llvm::StringSet<> names;
    addReadNames(nodes[position], names);
    for (const auto &name : names) {
      need(name.getKey(), open);
      auto producer = producers.find(name.getKey());
      if (producer == producers.end())
        continue;
      readers[producer->second].push_back(position);
      ++waitsFor[position];
    }
  }
}

Expected<SmallVector<unsigned>> Dependences::sorted() {
  std::priority_queue<unsigned, std::vector<unsigned>, std::greater<>> ready;
  for (int position = 0; position < nodes.size(); ++position)
    if (needed[position] && waitsFor[position] == 0)
      ready.push(position);
  SmallVector<unsigned> order;
  while (!ready.empty()) {
    unsigned position = ready.top();
    ready.pop();
    order.push_back(position);
    for (unsigned reader : readers[position])
      if (--waitsFor[reader] == 0)
        ready.push(reader);
  }
  if (order.size() != static_cast<size_t>(llvm::count(needed, true)))
    return cycle();
  return order;
}

llvm::Error Dependences::cycle() const {
  constexpr unsigned shown = 5;
  std::string names;
  unsigned count = 0;
  for (int position = 0; position < nodes.size(); ++position)
    if (waitsFor[position] != 0 && ++count <= shown)
      names += (count == 1 ? "" : ", ") +
               quoted(nodeName(nodes[position], position));
  if (count > shown)
    names += " and " + std::to_string(count - shown) + " more";
  return llvm::createStringError(
      "nodes wait for each other in a circle, or for such nodes: " + names);
}

Expected<SmallVector<unsigned>>
orderNodes(const RepeatedPtrField<onnx::NodeProto> &nodes,
           llvm::ArrayRef<StringRef> outputs) {
  Dependences dependences(nodes);
  if (llvm::Error error = dependences.addProducers())
    return error;
  dependences.addNeeded(outputs);
  return dependences.sorted();
}

} // namespace lmcc::import
