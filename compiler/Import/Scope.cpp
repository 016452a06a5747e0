//===- Scope.cpp - What names mean while a body is translated -------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/Scope.h"

#include "compiler/Import/Onnx.pb.h"
#include "compiler/Import/TensorType.h"

using google::protobuf::RepeatedPtrField;
using llvm::Error;
using llvm::StringRef;
using llvm::Twine;

namespace lmcc::import {

//===----------------------------------------------------------------------===//
// Scope
//===----------------------------------------------------------------------===//

Error Scope::addInitializers(const onnx::GraphProto &graph) {
  for (const onnx::TensorProto &tensor : graph.initializer()) {
    if (tensor.name().empty())
      continue; // Nothing can read it.
    if (!initializers.try_emplace(tensor.name(), &tensor).second)
      return llvm::createStringError("there are two initializers " +
                                     quoted(tensor.name()));
  }
  for (const onnx::SparseTensorProto &tensor : graph.sparse_initializer())
    names[tensor.values().name()].problem =
        "is a sparse initializer, which is not supported; store it as a dense "
        "tensor";
  return Error::success();
}

Error Scope::checkOutputs(
    const RepeatedPtrField<onnx::NodeProto> &nodes) const {
  for (const onnx::NodeProto &node : nodes)
    for (const std::string &output : node.output())
      if (!output.empty() &&
          (names.contains(output) || initializers.contains(output)))
        return llvm::createStringError("a node computes " + quoted(output) +
                                       ", which is also the name of an input "
                                       "or initializer");
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Frame
//===----------------------------------------------------------------------===//

StringRef canonicalDomain(StringRef domain) {
  return domain == "ai.onnx" ? "" : domain;
}

Error Frame::addVersions(
    const RepeatedPtrField<onnx::OperatorSetIdProto> &imports) {
  // Before version 7 the shapes of arithmetic are aligned by an attribute.
  constexpr int64_t oldest = 7, newest = 26;
  for (const onnx::OperatorSetIdProto &import : imports) {
    StringRef domain = canonicalDomain(import.domain());
    auto [entry, isNew] = versions.try_emplace(domain, import.version());
    if (!isNew && entry->second != import.version())
      return llvm::createStringError("operator set " + quoted(import.domain()) +
                                     " is imported in version " +
                                     Twine(entry->second) + " and in version " +
                                     Twine(import.version()));
    if (domain.empty() &&
        (import.version() < oldest || import.version() > newest))
      return llvm::createStringError(
          "unsupported: version " + Twine(import.version()) +
          " of the ONNX operator set; versions " + Twine(oldest) + " to " +
          Twine(newest) +
          " are understood: convert the model with onnx.version_converter, or "
          "export it with another opset_version");
  }
  return Error::success();
}

std::optional<int64_t> Frame::version(StringRef domain) const {
  auto entry = versions.find(domain);
  if (entry != versions.end())
    return entry->second;
  return domain.empty() ? std::nullopt : std::optional<int64_t>(1);
}

//===----------------------------------------------------------------------===//
// FunctionLibrary
//===----------------------------------------------------------------------===//

static std::string functionKey(StringRef domain, StringRef name,
                               StringRef overload) {
  // Sizes keep different triples apart, whatever characters they contain.
  domain = canonicalDomain(domain);
  return (Twine(domain.size()) + ":" + Twine(name.size()) + ":" + domain +
          name + overload)
      .str();
}

Error FunctionLibrary::add(
    const RepeatedPtrField<onnx::FunctionProto> &definitions) {
  for (const onnx::FunctionProto &function : definitions) {
    std::string key =
        functionKey(function.domain(), function.name(), function.overload());
    if (!functions.try_emplace(key, &function).second)
      return llvm::createStringError("the function " + quoted(function.name()) +
                                     " of domain " + quoted(function.domain()) +
                                     " is defined twice");
  }
  return Error::success();
}

const onnx::FunctionProto *
FunctionLibrary::find(const onnx::NodeProto &node) const {
  return functions.lookup(
      functionKey(node.domain(), node.op_type(), node.overload()));
}

} // namespace lmcc::import
