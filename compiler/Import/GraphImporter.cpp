//===- GraphImporter.cpp - Translates the nodes of a model ----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/GraphImporter.h"

#include "compiler/Import/NodeOrder.h"
#include "compiler/Import/Onnx.pb.h"
#include "compiler/Import/Operators.h"
#include "compiler/Import/TensorType.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;
using google::protobuf::RepeatedPtrField;

namespace lmcc::import {

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

Named *GraphImporter::find(StringRef name) {
  for (Scope *place = scope; place; place = place->outer) {
    auto known = place->names.find(name);
    if (known != place->names.end())
      return &known->second;
    if (const onnx::TensorProto *tensor = place->initializers.lookup(name)) {
      Named &result = place->names[name];
      result.value = tensors.value(
          *tensor, name, namedLocation(name, ops.space().getContext()));
      return &result;
    }
  }
  return nullptr;
}

Value GraphImporter::lookup(StringRef name) {
  Named *named = find(name);
  return named ? named->value : Value();
}

void GraphImporter::define(StringRef name, Value value) {
  scope->names[name] = {value, /*isOmitted=*/false, /*problem=*/""};
}

void GraphImporter::forgetOutputs(const onnx::NodeProto &node) {
  for (const std::string &output : node.output())
    if (!output.empty())
      define(output, Value());
}

/// Reports what is wrong with the inputs of `node`; false if one is unknown.
bool GraphImporter::inputsAreKnown(const onnx::NodeProto &node) {
  bool areKnown = true;
  for (const std::string &input : node.input()) {
    if (input.empty())
      continue;
    Named *named = find(input);
    if (!named) {
      ops.error("reads " + quoted(input) + ", which nothing computes");
      areKnown = false;
      continue;
    }
    if (!named->problem.empty())
      ops.error("its input " + quoted(input) + " " + named->problem);
    named->problem.clear();
    areKnown &= !named->isUnknown();
  }
  return areKnown;
}

SmallVector<Value> GraphImporter::outputsOf(
    const RepeatedPtrField<onnx::ValueInfoProto> &outputs) {
  SmallVector<Value> results;
  for (const onnx::ValueInfoProto &output : outputs) {
    Named *named = find(output.name());
    if (!named)
      ops.error("the output " + quoted(output.name()) +
                " is computed by no node");
    else if (!named->problem.empty())
      ops.error("the output " + quoted(output.name()) + " " + named->problem);
    results.push_back(named ? named->value : Value());
  }
  return results;
}

//===----------------------------------------------------------------------===//
// Graphs
//===----------------------------------------------------------------------===//

static SmallVector<StringRef>
namesOf(const RepeatedPtrField<onnx::ValueInfoProto> &values) {
  SmallVector<StringRef> names;
  for (const onnx::ValueInfoProto &value : values)
    names.push_back(value.name());
  return names;
}

SmallVector<Value>
GraphImporter::importMain(const llvm::StringMap<Value> &inputs) {
  Frame top;
  Scope names;
  llvm::SaveAndRestore inFrame(frame, static_cast<const Frame *>(&top));
  llvm::SaveAndRestore inScope(scope, &names);
  const onnx::GraphProto &graph = model.graph();

  for (const auto &input : inputs)
    define(input.getKey(), input.getValue());
  bool isSound = true;
  auto check = [&](llvm::Error error) {
    if (!error)
      return;
    ops.error(llvm::toString(std::move(error)));
    isSound = false;
  };
  check(top.addVersions(model.opset_import()));
  check(functions.add(model.functions()));
  check(names.addInitializers(graph));
  check(names.checkOutputs(graph.node()));
  if (!isSound || !importBody(graph.node(), namesOf(graph.output())))
    return SmallVector<Value>(graph.output_size());
  return outputsOf(graph.output());
}

SmallVector<Value>
GraphImporter::importSubgraph(const onnx::GraphProto &graph) {
  SmallVector<Value> failed(graph.output_size());
  if (!enterNesting())
    return failed;
  llvm::SaveAndRestore deeper(nesting, nesting + 1);
  Scope names(scope);
  llvm::SaveAndRestore inScope(scope, &names);
  llvm::Error error = names.addInitializers(graph);
  if (!error)
    error = names.checkOutputs(graph.node());
  if (error) {
    ops.error(llvm::toString(std::move(error)));
    return failed;
  }
  if (!importBody(graph.node(), namesOf(graph.output())))
    return failed;
  return outputsOf(graph.output());
}

/// Translates what `outputs` need; false if there is no order for the nodes or
/// there are too many, which has been reported.
bool GraphImporter::importBody(const Nodes &nodes,
                               ArrayRef<StringRef> outputs) {
  bool wasExhausted = nodeCount > options.maximumNodes;
  nodeCount = std::min<uint64_t>(uint64_t(nodeCount) + nodes.size(),
                                 uint64_t(options.maximumNodes) + 1);
  if (nodeCount > options.maximumNodes) {
    if (!wasExhausted)
      ops.error("the model has more than " + Twine(options.maximumNodes) +
                " nodes, with functions counted once per call");
    return false;
  }
  llvm::Expected<SmallVector<unsigned>> order = orderNodes(nodes, outputs);
  if (!order) {
    ops.error(llvm::toString(order.takeError()));
    return false;
  }
  for (unsigned position : *order)
    importNode(nodes[position], position);
  return true;
}

bool GraphImporter::enterNesting() {
  if (nesting < options.maximumNesting)
    return true;
  ops.error("subgraphs and functions are nested more than " +
            Twine(options.maximumNesting) + " deep");
  return false;
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

/// What the model's owner can do about an operator that is not known.
static StringRef wayOutOf(StringRef domain) {
  if (domain == "com.microsoft.nchwc")
    return "the model was optimised for one machine: save it from ONNX Runtime "
           "at the extended level or below";
  if (domain == "com.microsoft")
    return "export without this fusion, or save the model from ONNX Runtime at "
           "the basic level";
  if (domain.empty())
    return "export the model with other operators, or cut this part off and "
           "compute it outside the model";
  return "export the model with the standard operators, or define this one as "
         "a function in the model";
}

/// Which of two values of one attribute counts, nobody can know.
static bool attributesAreDistinct(const onnx::NodeProto &node,
                                  graph::Builder &ops) {
  llvm::StringSet<> names;
  for (const onnx::AttributeProto &attribute : node.attribute())
    if (!names.insert(attribute.name()).second) {
      ops.error("has the attribute " + quoted(attribute.name()) + " twice");
      return false;
    }
  return true;
}

void GraphImporter::importNode(const onnx::NodeProto &node, unsigned position) {
  Location around = ops.getLocation();
  std::string name = frame->path + nodeName(node, position);
  ops.setLocation(namedLocation(name, ops.space().getContext()));
  auto restore = llvm::scope_exit([&] { ops.setLocation(around); });

  if (!attributesAreDistinct(node, ops))
    return forgetOutputs(node);
  if (const onnx::FunctionProto *function = functions.find(node))
    return callFunction(node, *function);

  StringRef domain = canonicalDomain(node.domain());
  std::optional<int64_t> version = frame->version(domain);
  Node translated(*this, node, version.value_or(0));
  const OperatorTable::Entry *entry =
      OperatorTable::get().find(domain, node.op_type());
  LogicalResult isKnown = success();
  if (node.op_type().empty())
    isKnown = translated.unsupported("the node does not say what it computes",
                                     "export the model again");
  else if (!entry)
    isKnown =
        translated.unsupported("the operator is not known", wayOutOf(domain));
  else if (!version)
    isKnown = translated.unsupported("the model imports no version of the ONNX "
                                     "operator set",
                                     "add it to opset_import");
  else if (*version < entry->since)
    isKnown = translated.unsupported(
        "it is understood from version " + Twine(entry->since) + " on",
        "convert the model with onnx.version_converter");
  if (succeeded(isKnown) && inputsAreKnown(node))
    return translate(translated, entry->translate);
  forgetOutputs(node);
}

void GraphImporter::translate(Node &node, LogicalResult (*function)(Node &)) {
  unsigned errors = messages.errors();
  if (succeeded(function(node)))
    return finishOutputs(node);
  if (messages.errors() == errors)
    (void)node.unsupported("it could not be translated",
                           "this is a mistake in lmcc; please report it");
  forgetOutputs(node.proto());
}

/// Checks what the translation of `node` has made of its outputs.
void GraphImporter::finishOutputs(const Node &node) {
  for (const auto &[position, output] :
       llvm::enumerate(node.proto().output())) {
    if (output.empty())
      continue;
    auto [entry, isNew] = scope->names.try_emplace(output);
    Named &named = entry->second;
    if (isNew) {
      named.problem = ("is output " + Twine(position) + " of " +
                       node.operatorName() + ", which is not supported")
                          .str();
    } else if (named.value) {
      bool isSensible = succeeded(checkSizes(graph::typeOf(named.value),
                                             ops.space(), ops.getLocation()));
      named.value = isSensible ? folded(named.value) : Value();
    }
  }
}

/// Shape arithmetic is done as soon as it is met: `value` as a constant, or as
/// sizes of the model, if it is known to be that.
Value GraphImporter::folded(Value value) {
  RankedTensorType type = graph::typeOf(value);
  Operation *op = value.getDefiningOp();
  if (!op || isa<graph::ConstantOp, graph::DimValuesOp>(op) ||
      !type.getElementType().isInteger() || !type.hasStaticShape())
    return value;
  std::optional<graph::ShapeValues::Elements> elements = values.known(value);
  if (!elements)
    return value;
  SmallVector<APInt> numbers;
  for (AffineExpr element : *elements)
    if (std::optional<int64_t> number = ops.space().constant(element))
      numbers.push_back(APInt(type.getElementTypeBitWidth(),
                              static_cast<uint64_t>(*number),
                              /*isSigned=*/true, /*implicitTrunc=*/true));
  if (numbers.size() == elements->size())
    return ops.constant(DenseElementsAttr::get(type, numbers));
  bool canHoldSizes = type.getElementType().isSignlessInteger(32) ||
                      type.getElementType().isSignlessInteger(64);
  if (!canHoldSizes || type.getRank() > 1)
    return value;
  return type.getRank() == 0
             ? ops.dimValue(elements->front(), type.getElementType())
             : ops.dimValues(*elements, type.getElementType());
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

/// What a function sees as the input that `node` gives it at `position`.
Named GraphImporter::argument(const onnx::NodeProto &node, int position) {
  if (position >= node.input_size() || node.input(position).empty())
    return {Value(), /*isOmitted=*/true, /*problem=*/""};
  if (Named *named = find(node.input(position)))
    return *named;
  ops.error("reads " + quoted(node.input(position)) +
            ", which nothing computes");
  return {};
}

void GraphImporter::bindAttributes(const onnx::NodeProto &node,
                                   Frame &callee) const {
  for (const onnx::AttributeProto &attribute : node.attribute()) {
    const onnx::AttributeProto *value = &attribute;
    if (!attribute.ref_attr_name().empty())
      value = boundAttribute(attribute.ref_attr_name());
    if (value)
      callee.attributes.try_emplace(attribute.name(), value);
  }
  // Defaults stand for what the call does not give.
  for (const onnx::AttributeProto &attribute :
       callee.function->attribute_proto())
    callee.attributes.try_emplace(attribute.name(), &attribute);
}

void GraphImporter::callFunction(const onnx::NodeProto &node,
                                 const onnx::FunctionProto &function) {
  forgetOutputs(node);
  for (const Frame *open = frame; open; open = open->caller)
    if (open->function == &function) {
      ops.error("the function " + quoted(function.name()) + " calls itself");
      return;
    }
  if (node.input_size() > function.input_size() ||
      node.output_size() > function.output_size()) {
    ops.error("calls the function " + quoted(function.name()) + " with " +
              Twine(node.input_size()) + " inputs and " +
              Twine(node.output_size()) + " outputs, but it has " +
              Twine(function.input_size()) + " and " +
              Twine(function.output_size()));
    return;
  }
  if (!enterNesting())
    return;
  llvm::SaveAndRestore deeper(nesting, nesting + 1);

  Frame callee;
  callee.function = &function;
  callee.caller = frame;
  callee.path = cast<NameLoc>(ops.getLocation()).getName().str() + "/";
  bindAttributes(node, callee);
  Scope inner;
  for (auto [position, input] : llvm::enumerate(function.input()))
    inner.names[input] = argument(node, position);
  llvm::Error error = callee.addVersions(function.opset_import());
  if (!error)
    error = inner.checkOutputs(function.node());
  if (error) {
    ops.error("function " + quoted(function.name()) + ": " +
              llvm::toString(std::move(error)));
    return;
  }

  SmallVector<std::pair<StringRef, Named>> results;
  {
    llvm::SaveAndRestore inFrame(frame, static_cast<const Frame *>(&callee));
    llvm::SaveAndRestore inScope(scope, &inner);
    SmallVector<StringRef> outputs(function.output().begin(),
                                   function.output().end());
    if (!importBody(function.node(), outputs))
      return;
    for (auto [outside, inside] : llvm::zip(node.output(), outputs)) {
      Named *named = find(inside);
      if (!named)
        ops.error("the output " + quoted(inside) + " of function " +
                  quoted(function.name()) + " is computed by no node");
      results.push_back({outside, named ? *named : Named()});
    }
  }
  for (auto &[name, named] : results)
    if (!name.empty())
      scope->names[name] = std::move(named);
}

} // namespace lmcc::import
