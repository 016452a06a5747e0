//===- Importer.cpp - From an ONNX model to the graph dialect -------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Import/Importer.h"

#include "compiler/Import/Finalize.h"
#include "compiler/Import/GraphImporter.h"
#include "compiler/Import/Onnx.pb.h"
#include "compiler/Import/Signature.h"
#include "compiler/Import/TensorType.h"
#include "dialects/Weight/Weight.h"

#include "mlir/IR/Verifier.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace lmcc::import {

/// What can be said of a model before its nodes are looked at.
static LogicalResult checkModel(const onnx::ModelProto &model,
                                Location location) {
  constexpr int64_t newestPlausible = 100;
  if (model.has_ir_version() &&
      (model.ir_version() < 1 || model.ir_version() > newestPlausible))
    return emitError(location)
           << "ir_version " << model.ir_version()
           << " is absurd; the file is damaged or no ONNX model";
  if (!model.has_graph())
    return emitError(location) << "the model has no graph";
  if (model.graph().output_size() == 0)
    return emitError(location) << "the model has no outputs; list what it "
                                  "computes as graph outputs";
  return success();
}

/// Ends `function` with `outputs` and names arguments and results.
static void addSignature(func::FuncOp function, ArrayRef<Value> outputs,
                         const Signature &signature,
                         const onnx::GraphProto &graph, OpBuilder &ops) {
  ops.setInsertionPointToEnd(&function.front());
  func::ReturnOp::create(ops, function.getLoc(), outputs);
  function.setFunctionType(ops.getFunctionType(
      function.front().getArgumentTypes(), ValueRange(outputs).getTypes()));
  for (auto [position, name] : llvm::enumerate(signature.argumentNames()))
    function.setArgAttr(position, graph::nameAttrName, ops.getStringAttr(name));
  for (auto [position, output] : llvm::enumerate(graph.output()))
    function.setResultAttr(position, graph::nameAttrName,
                           ops.getStringAttr(output.name()));
}

/// A --dim for a size that does not exist is most likely a misspelt name.
static void warnOfUnknownDims(func::FuncOp function,
                              const ImportOptions &options,
                              const Signature &signature,
                              const graph::DimSpace &space) {
  llvm::StringSet<> used;
  for (const graph::DimSpace::FreeSymbol &symbol :
       graph::mentionedSymbols(function, space))
    used.insert(symbol.name);
  SmallVector<StringRef> names(options.dims.keys());
  llvm::sort(names);
  for (StringRef name : names)
    if (!used.contains(name) && !signature.declares(name))
      emitWarning(function.getLoc())
          << "--dim " << quoted(name) << " is no size of the model";
}

static void boundOpenSizes(func::FuncOp function, const ImportOptions &options,
                           graph::Builder &builder) {
  if (!options.proposeBounds)
    return;
  graph::DimSpace &space = builder.space();
  auto proposed = options.proposeBounds(function);
  for (const graph::DimSpace::FreeSymbol &symbol : space.freeSymbols())
    if (auto range = proposed.find(symbol.name);
        range != proposed.end() && !symbol.range.high)
      space.bound(symbol.name, range->second.first, range->second.second);
  graph::updateSizes(function, builder);
}

/// Fills the body of `function`; problems have been reported.
static LogicalResult importFunction(func::FuncOp function, ModelFile &file,
                                    const ImportOptions &options,
                                    SymbolTable &symbols,
                                    const MessageLimit &messages) {
  const onnx::GraphProto &graph = file.model().graph();
  OpBuilder ops = OpBuilder::atBlockEnd(function.addEntryBlock());
  graph::DimSpace space(function.getContext());
  graph::Builder builder(ops, space);
  builder.setLocation(function.getLoc());
  Constants constants(file, function, symbols);

  Signature signature(graph, options, space);
  llvm::StringMap<Value> inputs = signature.declare(function, constants);
  GraphImporter importer(file.model(), options, constants, builder, messages);
  SmallVector<Value> outputs = importer.importMain(inputs);
  if (messages.errors() != 0)
    return failure();

  addSignature(function, outputs, signature, graph, ops);
  eraseUnused(function);
  graph::updateSizes(function, builder);
  boundOpenSizes(function, options, builder);
  warnOfUnknownDims(function, options, signature, space);
  return recordSizes(function, space);
}

OwningOpRef<ModuleOp> importModel(MLIRContext *context, ModelFile &file,
                                  const ImportOptions &options) {
  context->loadDialect<func::FuncDialect, graph::GraphDialect,
                       weight::WeightDialect>();
  Location location = namedLocation(file.baseName(), context);
  OwningOpRef<ModuleOp> module = ModuleOp::create(location);
  unsigned errors;
  {
    MessageLimit messages(context, options.maximumMessages);
    if (succeeded(checkModel(file.model(), location))) {
      SymbolTable symbols(*module);
      auto function = func::FuncOp::create(location, "main",
                                           FunctionType::get(context, {}, {}));
      symbols.insert(function);
      bool isSound =
          succeeded(importFunction(function, file, options, symbols, messages));
      if (isSound && failed(verify(*module)))
        emitError(location) << "the imported model is not consistent; this is "
                               "a mistake in lmcc, please report it";
    }
    errors = messages.errors();
  }
  if (errors > options.maximumMessages)
    emitError(location) << errors - options.maximumMessages
                        << " more errors are not shown";
  if (errors != 0)
    return {};
  return module;
}

} // namespace lmcc::import
