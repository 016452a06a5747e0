//===- Node.cpp - One ONNX node while it is translated --------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/Node.h"

#include "compiler/Import/GraphImporter.h"
#include "compiler/Import/Onnx.pb.h"
#include "compiler/Import/TensorType.h"

using namespace mlir;
using lmcc::onnx::AttributeProto;

namespace lmcc::import {

Node::Node(GraphImporter &importer, const onnx::NodeProto &proto,
           int64_t version)
    : owner(importer), node(proto), opsetVersion(version) {}

StringRef Node::operatorName() const { return node.op_type(); }

graph::Builder &Node::builder() const { return owner.builder(); }

//===----------------------------------------------------------------------===//
// Inputs and outputs
//===----------------------------------------------------------------------===//

unsigned Node::inputCount() const { return node.input_size(); }

unsigned Node::outputCount() const { return node.output_size(); }

Value Node::input(unsigned position) const {
  if (position >= inputCount() || node.input(position).empty())
    return {};
  return owner.lookup(node.input(position));
}

bool Node::wantsOutput(unsigned position) const {
  return position < outputCount() && !node.output(position).empty();
}

void Node::setOutput(unsigned position, Value value) {
  if (wantsOutput(position))
    owner.define(node.output(position), value);
}

LogicalResult Node::finish(Value value) {
  setOutput(0, value);
  return success(bool(value));
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

const AttributeProto *Node::attribute(StringRef name) const {
  for (const AttributeProto &attribute : node.attribute())
    if (name == StringRef(attribute.name()))
      return attribute.ref_attr_name().empty()
                 ? &attribute
                 : owner.boundAttribute(attribute.ref_attr_name());
  return nullptr;
}

bool Node::hasAttribute(StringRef name) const {
  return attribute(name) != nullptr;
}

/// The attribute if it is of the right kind; a wrong kind is reported. Old
/// writers leave the kind out: `hasValue` then tells whether the right field is
/// there.
template <typename HasValue>
static const AttributeProto *ofKind(const Node &node, StringRef name,
                                    AttributeProto::AttributeType kind,
                                    HasValue hasValue) {
  const AttributeProto *attribute = node.attribute(name);
  if (!attribute || attribute->type() == kind ||
      (attribute->type() == AttributeProto::UNDEFINED && hasValue(*attribute)))
    return attribute;
  node.builder().error("its attribute " + quoted(name) + " should be " +
                       AttributeProto::AttributeType_Name(kind) + ", but is " +
                       AttributeProto::AttributeType_Name(attribute->type()));
  return nullptr;
}

int64_t Node::integer(StringRef name, int64_t otherwise) const {
  const AttributeProto *found =
      ofKind(*this, name, AttributeProto::INT,
             [](const AttributeProto &a) { return a.has_i(); });
  return found ? found->i() : otherwise;
}

double Node::number(StringRef name, double otherwise) const {
  const AttributeProto *found =
      ofKind(*this, name, AttributeProto::FLOAT,
             [](const AttributeProto &a) { return a.has_f(); });
  return found ? found->f() : otherwise;
}

std::string Node::text(StringRef name, StringRef otherwise) const {
  const AttributeProto *found =
      ofKind(*this, name, AttributeProto::STRING,
             [](const AttributeProto &a) { return a.has_s(); });
  return found ? found->s() : otherwise.str();
}

std::optional<SmallVector<int64_t>> Node::integers(StringRef name) const {
  const AttributeProto *found =
      ofKind(*this, name, AttributeProto::INTS,
             [](const AttributeProto &a) { return a.ints_size() > 0; });
  if (!found)
    return std::nullopt;
  return SmallVector<int64_t>(found->ints().begin(), found->ints().end());
}

std::optional<SmallVector<double>> Node::numbers(StringRef name) const {
  const AttributeProto *found =
      ofKind(*this, name, AttributeProto::FLOATS,
             [](const AttributeProto &a) { return a.floats_size() > 0; });
  if (!found)
    return std::nullopt;
  return SmallVector<double>(found->floats().begin(), found->floats().end());
}

bool Node::hasNibbles(unsigned position) const {
  return owner.constants().hasNibbles(input(position));
}

Value Node::tensor(StringRef name) const {
  const AttributeProto *found =
      ofKind(*this, name, AttributeProto::TENSOR,
             [](const AttributeProto &a) { return a.has_t(); });
  if (!found)
    return {};
  return owner.constants().value(
      found->t(), wantsOutput(0) ? StringRef(node.output(0)) : name,
      builder().getLocation());
}

//===----------------------------------------------------------------------===//
// What is known at compile time
//===----------------------------------------------------------------------===//

std::optional<graph::ShapeValues::Elements>
Node::sizes(unsigned position) const {
  Value value = input(position);
  return value ? owner.shapes().known(value) : std::nullopt;
}

std::optional<SmallVector<int64_t>> Node::numbers(unsigned position) const {
  std::optional<graph::ShapeValues::Elements> elements = sizes(position);
  if (!elements)
    return std::nullopt;
  SmallVector<int64_t> result;
  for (AffineExpr element : *elements) {
    std::optional<int64_t> number = space().constant(element);
    if (!number)
      return std::nullopt;
    result.push_back(*number);
  }
  return result;
}

std::optional<double> Node::constantScalar(unsigned position) const {
  Value value = input(position);
  if (!value || !graph::typeOf(value).hasStaticShape() ||
      graph::typeOf(value).getNumElements() != 1)
    return std::nullopt;
  if (std::optional<SmallVector<int64_t>> integer = numbers(position))
    return static_cast<double>(integer->front());
  // One element stays one element, whatever its shape.
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<graph::ReshapeOp, graph::BroadcastOp, graph::TransposeOp>(op))
      break;
    value = op->getOperand(0);
  }
  auto constant = value.getDefiningOp<graph::ConstantOp>();
  auto floats =
      constant ? dyn_cast<DenseFPElementsAttr>(constant.getValue()) : nullptr;
  if (!floats)
    return std::nullopt;
  APFloat number = *floats.begin();
  bool losesInfo;
  number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                 &losesInfo);
  return number.convertToDouble();
}

FailureOr<std::optional<SmallVector<int64_t>>>
Node::integersFrom(StringRef name, unsigned position) const {
  if (hasAttribute(name)) {
    std::optional<SmallVector<int64_t>> list = integers(name);
    if (!list)
      return failure(); // Of the wrong kind, which has been reported.
    return list;
  }
  if (!hasInput(position))
    return std::optional<SmallVector<int64_t>>();
  if (std::optional<SmallVector<int64_t>> list = numbers(position))
    return list;
  return unsupported("its input " + quoted(name) +
                         " is not known at compile time",
                     "make it a constant, or give the sizes that it is "
                     "computed from with --dim NAME=SIZE");
}

//===----------------------------------------------------------------------===//
// Messages
//===----------------------------------------------------------------------===//

LogicalResult Node::unsupported(const Twine &reason,
                                const Twine &wayOut) const {
  std::string types;
  for (unsigned position = 0; position < inputCount(); ++position) {
    Value value = input(position);
    types += position == 0 ? "" : ", ";
    if (value)
      types += typeText(graph::typeOf(value), space());
    else
      types += node.input(position).empty() ? "none" : "unknown";
  }
  StringRef domain = canonicalDomain(node.domain());
  std::string name =
      domain.empty() ? node.op_type() : node.domain() + "::" + node.op_type();
  // The quotes of a plain name are noise, but a name may also be hostile.
  StringRef shown = name;
  std::string escaped = quoted(name);
  if (shown.empty() || StringRef(escaped).drop_front().drop_back() != shown)
    shown = escaped;
  builder().error("unsupported: " + shown + " (" + types + ") opset " +
                  Twine(opsetVersion) + ": " + reason + "; " + wayOut);
  return failure();
}

} // namespace lmcc::import
