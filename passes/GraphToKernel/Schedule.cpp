//===- Schedule.cpp - The flat list of kernel calls -----------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/GraphToKernel/Schedule.h"
#include "dialects/Graph/Graph.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/SymbolTable.h"

using namespace mlir;

namespace lmcc {

static MemRefType flatBuffer(Type graphElement) {
  return MemRefType::get({ShapedType::kDynamic}, bufferElement(graphElement));
}

static Type elementOf(Type tensor) {
  return cast<RankedTensorType>(tensor).getElementType();
}

Schedule::Schedule(ModuleOp module, func::FuncOp graph, graph::DimSpace &space)
    : module(module), space(space), body(module.getContext()) {
  auto list = graph->getAttrOfType<ArrayAttr>(graph::symbolsAttrName);
  symbols = list ? list.size() : 0;
  inputs = graph.getNumArguments();
  SmallVector<Type> arguments(symbols, body.getIndexType());
  for (Type type : graph.getArgumentTypes())
    arguments.push_back(flatBuffer(elementOf(type)));
  for (Type type : graph.getResultTypes())
    arguments.push_back(flatBuffer(elementOf(type)));

  body.setInsertionPointToEnd(module.getBody());
  function = func::FuncOp::create(body, graph.getLoc(), kernel::scheduleName,
                                  body.getFunctionType(arguments, {}));
  function->setAttr(kernel::contractAttrName, contract(graph));
  body.setInsertionPointToStart(function.addEntryBlock());
}

//===----------------------------------------------------------------------===//
// The contract
//===----------------------------------------------------------------------===//

DictionaryAttr Schedule::tensorContract(Attribute name, Type type) {
  auto tensor = cast<RankedTensorType>(type);
  AffineMap sizes =
      AffineMap::get(0, symbols, space.sizes(tensor), body.getContext());
  return body.getDictionaryAttr(
      {body.getNamedAttr("name", name ? name : body.getStringAttr("")),
       body.getNamedAttr("type", TypeAttr::get(tensor.getElementType())),
       body.getNamedAttr("sizes", AffineMapAttr::get(sizes))});
}

DictionaryAttr Schedule::contract(func::FuncOp graph) {
  SmallVector<Attribute> dims, in, out;
  if (auto list = graph->getAttrOfType<ArrayAttr>(graph::symbolsAttrName))
    for (auto symbol : list.getAsRange<graph::SymbolAttr>())
      dims.push_back(body.getDictionaryAttr(
          {body.getNamedAttr("name", symbol.getName()),
           body.getNamedAttr("low", body.getI64IntegerAttr(symbol.getLow())),
           body.getNamedAttr("high",
                             body.getI64IntegerAttr(symbol.getHigh()))}));
  for (unsigned i = 0; i < graph.getNumArguments(); ++i)
    in.push_back(tensorContract(graph.getArgAttr(i, graph::nameAttrName),
                                graph.getArgumentTypes()[i]));
  for (unsigned i = 0; i < graph.getNumResults(); ++i)
    out.push_back(tensorContract(graph.getResultAttr(i, graph::nameAttrName),
                                 graph.getResultTypes()[i]));
  SmallVector<Attribute> demands;
  if (auto list = graph->getAttrOfType<ArrayAttr>(graph::demandsAttrName))
    for (auto demand : list.getAsRange<DictionaryAttr>()) {
      NamedAttrList copy(demand);
      auto size = cast<graph::DimsAttr>(demand.get("size"));
      copy.set("size",
               AffineMapAttr::get(AffineMap::get(
                   0, symbols, space.expressions(size), body.getContext())));
      demands.push_back(copy.getDictionary(body.getContext()));
    }
  return body.getDictionaryAttr(
      {body.getNamedAttr("demands", body.getArrayAttr(demands)),
       body.getNamedAttr("dims", body.getArrayAttr(dims)),
       body.getNamedAttr("inputs", body.getArrayAttr(in)),
       body.getNamedAttr("outputs", body.getArrayAttr(out))});
}

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

Value Schedule::input(unsigned number) {
  return function.getArgument(symbols + number);
}
Value Schedule::output(unsigned number) {
  return function.getArgument(symbols + inputs + number);
}

FailureOr<Value> Schedule::allocate(Location location, RankedTensorType type) {
  return allocate(location, type.getElementType(),
                  space.product(space.sizes(type)));
}

FailureOr<Value> Schedule::allocate(Location location, Type element,
                                    AffineExpr count) {
  std::optional<int64_t> most = space.range(count).high;
  if (!most)
    return emitError(location) << "needs a buffer of " << space.text(count)
                               << " elements, which has no upper bound";
  return kernel::BufferOp::create(body, location, flatBuffer(element), *most)
      .getResult();
}

Value Schedule::weight(Location location, StringRef name) {
  auto data = module.lookupSymbol<weight::DataOp>(name);
  return weight::GetOp::create(body, location,
                               flatBuffer(elementOf(data.getType())), name);
}

std::string Schedule::freeName(StringRef wanted) {
  std::string name = wanted.str();
  for (unsigned number = 2; module.lookupSymbol(name); ++number)
    name = (wanted + "_" + Twine(number)).str();
  return name;
}

Value Schedule::packedWeight(Location location, StringRef name, int64_t width) {
  StringAttr &panels = packed[{body.getStringAttr(name), width}];
  if (!panels) {
    auto data = module.lookupSymbol<weight::DataOp>(name);
    auto matrix = cast<RankedTensorType>(data.getType());
    auto type = RankedTensorType::get(
        {llvm::divideCeilSigned(matrix.getDimSize(1), width),
         matrix.getDimSize(0), width},
        matrix.getElementType());
    panels = body.getStringAttr(freeName((name + "_panels").str()));
    OpBuilder builder(data);
    builder.setInsertionPointAfter(data);
    auto copy = cast<weight::DataOp>(builder.clone(*data));
    copy.setSymNameAttr(panels);
    copy.setTypeAttr(TypeAttr::get(type));
    auto yield = cast<weight::YieldOp>(copy.getBody().front().getTerminator());
    builder.setInsertionPoint(yield);
    yield.getValueMutable().assign(
        weight::PackOp::create(builder, data.getLoc(), type, yield.getValue()));
  }
  return weight(location, panels.getValue());
}

StringRef Schedule::constantWeight(Location location, ElementsAttr value) {
  StringAttr &name = constants[value];
  if (!name) {
    name = body.getStringAttr(freeName("constant"));
    OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
    auto type = cast<RankedTensorType>(value.getType());
    auto data =
        weight::DataOp::create(builder, location, name, TypeAttr::get(type));
    builder.createBlock(&data.getBody());
    Value element = graph::ConstantOp::create(builder, location, type, value);
    weight::YieldOp::create(builder, location, element);
  }
  return name.getValue();
}

Value Schedule::constant(Location location, ElementsAttr value) {
  return weight(location, constantWeight(location, value));
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

Value Schedule::size(Location location, AffineExpr expression) {
  SmallVector<Value> operands(function.getArguments().take_front(symbols));
  return affine::AffineApplyOp::create(
      body, location, AffineMap::get(0, symbols, expression), operands);
}

func::CallOp Schedule::call(KernelBuilder &k, Value result, StringRef name,
                            StringRef summary) {
  Location location = k.location();
  func::FuncOp candidate = k.finish(result);
  std::string text;
  llvm::raw_string_ostream stream(text);
  candidate->print(stream, OpPrintingFlags().useLocalScope());

  func::FuncOp &known = kernels[text];
  if (known) {
    candidate.erase();
  } else {
    unsigned &used = names[name];
    std::string unique = used++ ? (name + "_" + Twine(used)).str() : name.str();
    candidate.setSymName(freeName(unique));
    candidate->setAttr(kernel::summaryAttrName, body.getStringAttr(summary));
    module.insert(function, candidate);
    known = candidate;
  }
  SmallVector<Value> operands;
  for (const KernelBuilder::Actual &actual : k.actuals()) {
    if (actual.buffer)
      operands.push_back(actual.buffer);
    else if (actual.size)
      operands.push_back(size(location, actual.size));
    else
      operands.push_back(
          arith::ConstantOp::create(body, location, actual.constant));
  }
  return func::CallOp::create(body, location, known, operands);
}

void Schedule::require(Location location, Value condition,
                       kernel::Status status) {
  kernel::RequireOp::create(body, location, condition, status);
}

void Schedule::countProduct(ArrayRef<AffineExpr> sizes) {
  // Sizes have upper bounds whose products fit; see `allocate`.
  multiplyAccumulates += space.range(space.product(sizes)).high.value_or(0);
}

void Schedule::finish(Location location) {
  function->setAttr(kernel::macsAttrName,
                    body.getI64IntegerAttr(multiplyAccumulates));
  func::ReturnOp::create(body, location);
}

} // namespace lmcc
