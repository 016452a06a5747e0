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

using namespace mlir;

namespace lmcc {

static MemRefType flatBuffer(Type graphElement) {
  return MemRefType::get({ShapedType::kDynamic}, bufferElement(graphElement));
}

static Type elementOf(Type tensor) {
  return cast<RankedTensorType>(tensor).getElementType();
}

Schedule::Schedule(KernelPool &pool, func::FuncOp graph, StringRef name,
                   graph::DimSpace &space)
    : pool(pool), space(space), body(graph.getContext()) {
  auto list = graph->getAttrOfType<ArrayAttr>(graph::symbolsAttrName);
  symbols = list ? list.size() : 0;
  for (unsigned number = 0; number < graph.getNumArguments(); ++number)
    if (!graph.getArgAttr(number, graph::stateAttrName))
      inputs.push_back(number);
  SmallVector<Type> arguments(symbols, body.getIndexType());
  for (unsigned number : inputs)
    arguments.push_back(
        flatBuffer(elementOf(graph.getArgumentTypes()[number])));
  for (Type type : graph.getResultTypes())
    arguments.push_back(flatBuffer(elementOf(type)));

  body.setInsertionPointToEnd(pool.getModule().getBody());
  function = func::FuncOp::create(body, graph.getLoc(), name,
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

/// A free size; that of the state and that of new tokens have a role.
DictionaryAttr Schedule::dimContract(graph::SymbolAttr symbol,
                                     DictionaryAttr decoding) {
  NamedAttrList entry;
  entry.set("name", symbol.getName());
  entry.set("low", body.getI64IntegerAttr(symbol.getLow()));
  entry.set("high", body.getI64IntegerAttr(symbol.getHigh()));
  for (StringRef role : {"past", "count"})
    if (decoding && decoding.get(role) == symbol.getName())
      entry.set("role", body.getStringAttr(role));
  return entry.getDictionary(body.getContext());
}

DictionaryAttr Schedule::contract(func::FuncOp graph) {
  SmallVector<Attribute> dims, in, out;
  auto decoding = graph->getAttrOfType<DictionaryAttr>(graph::decodingAttrName);
  if (auto list = graph->getAttrOfType<ArrayAttr>(graph::symbolsAttrName))
    for (auto symbol : list.getAsRange<graph::SymbolAttr>())
      dims.push_back(dimContract(symbol, decoding));
  for (unsigned i : inputs)
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
  NamedAttrList all;
  for (StringRef property : {"all_logits", "capacity"})
    if (decoding && decoding.contains(property))
      all.set(property, decoding.get(property));
  all.set("demands", body.getArrayAttr(demands));
  all.set("dims", body.getArrayAttr(dims));
  all.set("inputs", body.getArrayAttr(in));
  all.set("outputs", body.getArrayAttr(out));
  return all.getDictionary(body.getContext());
}

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

Value Schedule::input(BlockArgument argument) {
  auto place = llvm::find(inputs, argument.getArgNumber()) - inputs.begin();
  return function.getArgument(symbols + static_cast<unsigned>(place));
}
Value Schedule::output(unsigned number) {
  return function.getArgument(symbols + inputs.size() + number);
}

Value Schedule::state(Location location, kernel::StateOp state) {
  auto type = cast<MemRefType>(state.getType());
  return kernel::GetStateOp::create(
      body, location, flatBuffer(type.getElementType()), state.getSymName());
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
  AffineMapAttr sizes;
  if (!isa<AffineConstantExpr>(count))
    sizes = AffineMapAttr::get(
        AffineMap::get(0, symbols, count, body.getContext()));
  return kernel::BufferOp::create(body, location, flatBuffer(element), *most,
                                  sizes)
      .getResult();
}

Value Schedule::weight(Location location, StringRef name) {
  auto data = pool.getModule().lookupSymbol<weight::DataOp>(name);
  return weight::GetOp::create(body, location,
                               flatBuffer(elementOf(data.getType())), name);
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
  func::FuncOp kernel = pool.kernel(k, result, name, summary, function);
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
  return func::CallOp::create(body, location, kernel, operands);
}

void Schedule::finishWithout(Value output, Operation *last) {
  OpBuilder builder(last);
  builder.setInsertionPointAfter(last);
  kernel::FinishWithoutOp::create(builder, last->getLoc(), output);
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
