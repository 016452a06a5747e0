//===- Evaluation.cpp - Evaluating operations written as text -------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluation.h"
#include "dialects/Weight/Weight.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Parser/Parser.h"

using namespace mlir;

namespace lmcc::graph {

Evaluation::Evaluation() {
  context.loadDialect<GraphDialect, weight::WeightDialect, func::FuncDialect>();
  context.getDiagEngine().registerHandler([&](Diagnostic &diagnostic) {
    if (error.empty())
      error = diagnostic.str();
    return success();
  });
}

std::string Evaluation::takeError() { return std::exchange(error, ""); }

OwningOpRef<ModuleOp> Evaluation::parse(const std::string &module) {
  return parseSourceString<ModuleOp>(module, &context);
}

template <typename T> static std::string print(T printable) {
  std::string text;
  llvm::raw_string_ostream(text) << printable;
  return text;
}

std::string Evaluation::value(const std::string &text) {
  return print(parseAttribute(text, &context));
}

HostTensor Evaluation::tensor(const std::string &text) {
  return *HostTensor::fromAttribute(
      cast<ElementsAttr>(parseAttribute(text, &context)));
}

std::string Evaluation::text(const HostTensor &tensor) {
  return print(tensor.toAttribute(
      RankedTensorType::get(tensor.getShape(), tensor.getElementType())));
}

std::string Evaluation::compute(const std::string &op, const Texts &operands,
                                const SymbolValues &symbols) {
  SmallVector<HostTensor> tensors;
  std::string module = "func.func @test(";
  for (auto [place, operand] : llvm::enumerate(operands)) {
    tensors.push_back(tensor(operand));
    auto type = RankedTensorType::get(tensors.back().getShape(),
                                      tensors.back().getElementType());
    module +=
        (place ? ", %" : "%") + std::to_string(place) + ": " + print(type);
  }
  module += ") {\n %result = " + op + "\n return\n}";
  OwningOpRef<ModuleOp> parsed = parse(module);
  if (!parsed)
    return takeError();
  auto function = *parsed->getOps<func::FuncOp>().begin();
  FailureOr<HostTensor> result =
      evaluate(&function.getBody().front().front(), tensors, symbols);
  return failed(result) ? takeError() : text(*result);
}

Evaluation::Texts Evaluation::call(const std::string &module,
                                   const Texts &arguments) {
  OwningOpRef<ModuleOp> parsed = parse(module);
  if (!parsed)
    return {takeError()};
  auto function = *parsed->getOps<func::FuncOp>().begin();
  SmallVector<HostTensor> tensors;
  for (const std::string &argument : arguments)
    tensors.push_back(tensor(argument));
  FailureOr<SymbolValues> symbols = bindSymbols(function, tensors);
  if (failed(symbols))
    return {takeError()};
  FailureOr<SmallVector<HostTensor>> results = evaluateFunction(
      function, tensors, *symbols,
      [](Operation *op, ArrayRef<HostTensor>) -> FailureOr<HostTensor> {
        return op->emitError("not an operation of the graph dialect");
      });
  if (failed(results))
    return {takeError()};
  Texts texts;
  for (const HostTensor &result : *results)
    texts.push_back(text(result));
  return texts;
}

} // namespace lmcc::graph
