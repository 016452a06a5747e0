//===- Cases.cpp - What a program gets and what it should give ------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Driver/Cases.h"

#include "compiler/Import/Importer.h"
#include "compiler/Import/TensorType.h"
#include "dialects/Graph/Evaluate/Evaluate.h"

using namespace mlir;
using namespace lmcc;
using namespace lmcc::driver;
using graph::HostTensor;

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

/// The code of ONNX for an element type of the graph dialect.
static int32_t codeOf(Type element) {
  constexpr int32_t lastCode = 26;
  for (int32_t code = 1; code <= lastCode; ++code)
    if (import::elementType(code, element.getContext()) == element)
      return code;
  llvm_unreachable("not an element type of the graph dialect");
}

SmallVector<int32_t> driver::outputTypes(func::FuncOp main) {
  return llvm::map_to_vector(main.getResultTypes(), [](Type type) {
    return codeOf(cast<RankedTensorType>(type).getElementType());
  });
}

std::string driver::outputName(func::FuncOp main, unsigned position) {
  auto name =
      main.getResultAttrOfType<StringAttr>(position, graph::nameAttrName);
  return name ? name.str() : "output_" + std::to_string(position);
}

/// The tensors as the evaluator wants them. They borrow the bytes.
static FailureOr<SmallVector<HostTensor>>
borrowInputs(func::FuncOp main, ArrayRef<verify::Tensor> inputs) {
  SmallVector<HostTensor> tensors;
  for (const verify::Tensor &input : inputs) {
    Type element = import::elementType(input.elementType, main.getContext());
    std::optional<HostTensor> tensor;
    if (element)
      tensor = HostTensor::borrow(element, input.dims, input.bytes);
    if (!tensor)
      return main.emitError() << "cannot be fed with "
                              << verify::elementTypeName(input.elementType)
                              << verify::dimsText(input.dims);
    tensors.push_back(*tensor);
  }
  return tensors;
}

//===----------------------------------------------------------------------===//
// Cases
//===----------------------------------------------------------------------===//

/// Adds those outputs to `expected` that are not there yet.
static LogicalResult evaluateOutputs(func::FuncOp main,
                                     ArrayRef<HostTensor> inputs,
                                     const graph::FileTable &files,
                                     Case &result) {
  auto evaluateWeight = [&](Operation *op,
                            ArrayRef<HostTensor>) -> FailureOr<HostTensor> {
    if (auto get = dyn_cast<weight::GetOp>(op))
      return graph::evaluateWeight(get, files);
    return op->emitError() << "'" << op->getName() << "' has no value here";
  };
  FailureOr<SmallVector<HostTensor>> outputs =
      graph::evaluateFunction(main, inputs, result.symbols, evaluateWeight);
  if (failed(outputs))
    return failure();
  for (const HostTensor &output :
       ArrayRef(*outputs).drop_front(result.expected.size()))
    result.expected.push_back({"", codeOf(output.getElementType()),
                               output.getShape().vec(), output.bytes().vec()});
  return success();
}

FailureOr<report::Sample> driver::sampleOf(func::FuncOp main,
                                           ArrayRef<verify::Tensor> inputs) {
  FailureOr<SmallVector<HostTensor>> tensors = borrowInputs(main, inputs);
  if (failed(tensors))
    return failure();
  FailureOr<graph::SymbolValues> symbols = graph::bindSymbols(main, *tensors);
  if (failed(symbols))
    return failure();
  return report::Sample{std::move(*tensors), std::move(*symbols)};
}

std::vector<verify::Tensor>
driver::freeInputs(DataSet set, ArrayRef<import::ModelInput> inputs,
                   const llvm::StringMap<import::DenseTensor> &bound) {
  std::vector<verify::Tensor> result;
  for (auto [input, tensor] : llvm::zip_equal(inputs, set.inputs))
    if (!bound.contains(input.name))
      result.push_back(std::move(tensor));
  return result;
}

static LogicalResult prepareCase(func::FuncOp main,
                                 const graph::FileTable &files, Case &result) {
  FailureOr<report::Sample> sample = sampleOf(main, result.inputs);
  if (failed(sample))
    return failure();
  result.symbols = sample->symbols;
  if (result.expected.size() > main.getNumResults())
    return main.emitError()
           << "has " << main.getNumResults() << " outputs, but there are "
           << result.expected.size() << " golden ones";
  if (result.expected.size() < main.getNumResults() &&
      failed(evaluateOutputs(main, sample->inputs, files, result)))
    return failure();
  for (auto [position, tensor] : llvm::enumerate(result.expected))
    tensor.name = outputName(main, position);
  return success();
}

FailureOr<std::vector<Case>>
driver::prepareCases(func::FuncOp main, std::vector<DataSet> sets,
                     ArrayRef<import::ModelInput> inputs,
                     const llvm::StringMap<import::DenseTensor> &bound,
                     const graph::FileTable &files) {
  std::vector<Case> cases;
  for (DataSet &set : sets) {
    Case &result = cases.emplace_back();
    result.label = std::move(set.label);
    result.expected = std::move(set.outputs);
    result.inputs = freeInputs(std::move(set), inputs, bound);
    if (failed(prepareCase(main, files, result)))
      return main.emitError()
             << "the test set " << result.label << " does not suit the model";
  }
  return cases;
}
