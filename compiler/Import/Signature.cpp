//===- Signature.cpp - The inputs of a model ------------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/Signature.h"

#include "compiler/Import/ElementType.h"
#include "compiler/Import/Onnx.pb.h"
#include "compiler/Import/TensorType.h"

#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace lmcc::import {

Signature::Signature(const onnx::GraphProto &graph,
                     const ImportOptions &options, graph::DimSpace &space)
    : graph(graph), options(options), space(space), sizeNames(graph) {}

//===----------------------------------------------------------------------===//
// Declared types
//===----------------------------------------------------------------------===//

std::optional<graph::DimSpace::Sizes>
Signature::readSizes(const onnx::TypeProto_Tensor &type, StringRef input,
                     Location location) {
  if (type.shape().dim_size() > maximumRank) {
    emitError(location) << "the input has " << type.shape().dim_size()
                        << " axes; at most " << maximumRank << " are accepted";
    return std::nullopt;
  }
  graph::DimSpace::Sizes sizes;
  for (auto [axis, dim] : llvm::enumerate(type.shape().dim())) {
    if (!dim.has_dim_value()) {
      sizes.push_back(space.symbol(sizeNames.nameOf(dim, input, axis)));
      continue;
    }
    if (dim.dim_value() < 0 || dim.dim_value() > INT32_MAX) {
      emitError(location) << "axis " << axis << " of the input has size "
                          << dim.dim_value()
                          << (dim.dim_value() < 0
                                  ? ", but sizes are not negative; give a size "
                                    "that is open a name (dim_param)"
                                  : ", which is absurd");
      return std::nullopt;
    }
    sizes.push_back(space.number(dim.dim_value()));
  }
  return sizes;
}

std::optional<Signature::Input>
Signature::read(const onnx::ValueInfoProto &input, Location location) {
  if (!input.type().has_tensor_type()) {
    emitError(location) << "unsupported: the input is no tensor; export the "
                           "model with tensors as inputs";
    return std::nullopt;
  }
  const onnx::TypeProto_Tensor &type = input.type().tensor_type();
  Type element = elementType(type.elem_type(), space.getContext());
  if (!element) {
    emitError(location) << "unsupported: the input is a tensor of "
                        << elementTypeName(type.elem_type());
    return std::nullopt;
  }
  if (!type.has_shape()) {
    emitError(location) << "unsupported: the input declares no shape; the "
                           "number of its axes must be known, their sizes need "
                           "not";
    return std::nullopt;
  }
  std::optional<graph::DimSpace::Sizes> sizes =
      readSizes(type, input.name(), location);
  if (!sizes)
    return std::nullopt;
  return Input{input.name(), std::move(*sizes), element};
}

//===----------------------------------------------------------------------===//
// Bounds and bound inputs
//===----------------------------------------------------------------------===//

void Signature::applyBounds(Location location) {
  SmallVector<StringRef> names(options.dims.keys());
  llvm::sort(names); // Symbols are created in an order that is always the same.
  for (StringRef name : names) {
    auto [low, high] = options.dims.lookup(name);
    if (low < 0 || low > high || high > INT32_MAX)
      emitError(location) << "the bounds of " << quoted(name) << " are " << low
                          << ".." << high << "; they must rise and lie in 0.."
                          << INT32_MAX;
    else
      space.bound(name, low, high);
  }
}

/// The constant for a bound input, whose declared sizes become its own.
Value Signature::bind(const Input &input, const DenseTensor &tensor,
                      Constants &constants, Location location) {
  Value value = constants.value(tensor, location);
  if (!value)
    return {};
  auto type = cast<RankedTensorType>(value.getType());
  auto declared = space.type(input.sizes, input.element);
  bool agrees = type.getElementType() == input.element &&
                type.getRank() == declared.getRank();
  for (int64_t axis = 0; agrees && axis < type.getRank(); ++axis)
    agrees =
        space.unify(input.sizes[axis], space.number(type.getDimSize(axis)));
  if (agrees)
    return value;
  emitError(location) << "the input is declared as "
                      << typeText(declared, space) << ", but bound to "
                      << typeText(type, space);
  return {};
}

llvm::StringMap<Value> Signature::declare(func::FuncOp function,
                                          Constants &constants) {
  llvm::StringSet<> initializers;
  for (const onnx::TensorProto &tensor : graph.initializer())
    initializers.insert(tensor.name());

  // Symbols are numbered in the order in which the inputs mention them, so all
  // declarations are read before anything is made of them.
  llvm::StringMap<Value> values;
  SmallVector<Input> inputs;
  for (const onnx::ValueInfoProto &input : graph.input()) {
    if (initializers.contains(input.name()))
      continue; // Old models list initializers among the inputs.
    Location location = namedLocation(input.name(), space.getContext());
    if (input.name().empty())
      emitError(location) << "an input has no name";
    else if (!values.try_emplace(input.name()).second)
      emitError(location) << "there are two inputs of this name";
    else if (std::optional<Input> declared = read(input, location))
      inputs.push_back(std::move(*declared));
    if (sizeNames.size() > options.maximumSymbols) {
      emitError(location) << "the inputs declare more than "
                          << options.maximumSymbols << " different sizes";
      return values;
    }
  }
  applyBounds(function.getLoc());

  for (const Input &input : inputs) {
    Location location = namedLocation(input.name, space.getContext());
    auto bound = options.boundInputs.find(input.name);
    if (bound != options.boundInputs.end()) {
      values[input.name] = bind(input, bound->second, constants, location);
      continue;
    }
    RankedTensorType type = space.type(input.sizes, input.element);
    if (failed(checkSizes(type, space, location)))
      continue;
    values[input.name] = function.front().addArgument(type, location);
    arguments.push_back(input.name);
  }
  for (StringRef name : options.boundInputs.keys())
    if (!values.contains(name))
      emitError(function.getLoc())
          << "there is no input " << quoted(name) << " to bind";
  return values;
}

} // namespace lmcc::import
