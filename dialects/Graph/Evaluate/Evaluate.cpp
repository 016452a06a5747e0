//===- Evaluate.cpp - Operations, blocks and functions --------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Evaluate/Evaluate.h"
#include "dialects/Graph/Evaluate/Step.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace lmcc::graph {

//===----------------------------------------------------------------------===//
// One operation
//===----------------------------------------------------------------------===//

static std::string shapeText(ArrayRef<int64_t> shape) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << "[";
  llvm::interleaveComma(shape, stream);
  stream << "]";
  return text;
}

/// Whether `value` is a tensor of the type under the symbols.
static LogicalResult checkTensor(Location location, const Twine &what,
                                 Type type, const HostTensor &value,
                                 const SymbolValues &symbols) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || tensor.getElementType() != value.getElementType())
    return emitError(location)
           << what << " has type " << type << ", but got a tensor of "
           << value.getElementType();
  FailureOr<SmallVector<int64_t>> shape =
      concreteShape(tensor, symbols, location);
  if (failed(shape))
    return failure();
  if (ArrayRef<int64_t>(*shape) != value.getShape())
    return emitError(location)
           << what << " has shape " << shapeText(*shape)
           << ", but got a tensor of shape " << shapeText(value.getShape());
  return success();
}

static FailureOr<HostTensor> fromConstant(ConstantOp op) {
  if (auto tensor =
          HostTensor::fromAttribute(cast<ElementsAttr>(op.getValueAttr())))
    return *tensor;
  return op.emitError("the elements of the constant cannot be read");
}

static FailureOr<HostTensor> reshape(Operation *op, const HostTensor &input,
                                     ArrayRef<int64_t> shape) {
  std::optional<int64_t> bytes = tensorBytes(input.getElementType(), shape);
  if (!bytes || static_cast<uint64_t>(*bytes) != input.bytes().size())
    return op->emitError() << "the " << input.getNumElements()
                           << " elements of shape "
                           << shapeText(input.getShape())
                           << " cannot have shape " << shapeText(shape);
  return input.reshaped(shape);
}

static FailureOr<HostTensor> evaluateGroup(GroupOp op,
                                           ArrayRef<HostTensor> operands,
                                           const SymbolValues &symbols) {
  FailureOr<SmallVector<HostTensor>> results =
      evaluateBlock(op.getBody().front(), operands,
                    [&](Operation *inner, ArrayRef<HostTensor> innerOperands) {
                      return evaluate(inner, innerOperands, symbols);
                    });
  if (failed(results))
    return failure();
  return std::move(results->front());
}

static LogicalResult computeStep(Operation *op, Step &step) {
  if (op->hasTrait<Elementwise>())
    return computeElementwise(op, step);
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case<TransposeOp, BroadcastOp, ConcatOp, SliceOp, PadOp, PatchesOp,
            DiagonalsOp, IotaOp, DimValuesOp, GatherOp, GatherElementsOp,
            GatherNdOp, ScatterElementsOp, ScatterNdOp, MatmulOp, SoftmaxOp,
            LayerNormOp, RmsNormOp, AttentionOp, RotaryEmbeddingOp, ReduceOp,
            ArgMaxOp, CumulativeSumOp, RowScalesOp, QuantizeRowsOp,
            LookUpColumnsOp>(
          [&](auto concrete) { return compute(concrete, step); })
      .Default([](Operation *other) {
        return other->emitError() << other->getName() << " has no value";
      });
}

FailureOr<HostTensor> evaluate(Operation *op, ArrayRef<HostTensor> operands,
                               const SymbolValues &symbols) {
  if (auto constant = dyn_cast<ConstantOp>(op))
    return fromConstant(constant);
  if (op->getNumOperands() != operands.size() || op->getNumResults() != 1)
    return op->emitError() << op->getName() << " cannot be computed from "
                           << operands.size() << " tensors";
  Location location = op->getLoc();
  for (auto [place, type] : llvm::enumerate(op->getOperandTypes()))
    if (failed(checkTensor(location, "operand " + Twine(place), type,
                           operands[place], symbols)))
      return failure();
  if (auto group = dyn_cast<GroupOp>(op))
    return evaluateGroup(group, operands, symbols);

  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  FailureOr<SmallVector<int64_t>> shape =
      concreteShape(type, symbols, location);
  if (failed(shape))
    return failure();
  if (isa<ReshapeOp>(op))
    return reshape(op, operands[0], *shape);
  std::optional<HostTensor> result =
      HostTensor::allocate(type.getElementType(), *shape);
  if (!result)
    return op->emitError() << "no memory for a tensor of "
                           << type.getElementType() << " with shape "
                           << shapeText(*shape);
  Step step = {operands, symbols, std::move(*result)};
  if (failed(computeStep(op, step)))
    return failure();
  return std::move(step.result);
}

//===----------------------------------------------------------------------===//
// Blocks and functions
//===----------------------------------------------------------------------===//

namespace {
/// The values of a block that are still needed.
class LiveTensors {
public:
  void define(Value value, HostTensor tensor) {
    if (!value.use_empty())
      tensors.try_emplace(value, std::move(tensor), value.getNumUses());
  }

  /// The operands of `op`; forgets those that nothing else uses.
  SmallVector<HostTensor> take(Operation *op) {
    SmallVector<HostTensor> operands;
    for (Value operand : op->getOperands()) {
      auto entry = tensors.find(operand);
      auto &[tensor, uses] = entry->second;
      operands.push_back(tensor);
      if (--uses == 0)
        tensors.erase(entry);
    }
    return operands;
  }

private:
  llvm::DenseMap<Value, std::pair<HostTensor, unsigned>> tensors;
};
} // namespace

FailureOr<SmallVector<HostTensor>> evaluateBlock(Block &block,
                                                 ArrayRef<HostTensor> arguments,
                                                 EvaluateOp evaluateOp) {
  if (block.getNumArguments() != arguments.size())
    return block.getParentOp()->emitError()
           << "takes " << block.getNumArguments() << " tensors, but got "
           << arguments.size();
  LiveTensors live;
  for (auto [value, tensor] : llvm::zip_equal(block.getArguments(), arguments))
    live.define(value, tensor);
  for (Operation &op : block.without_terminator()) {
    SmallVector<HostTensor> operands = live.take(&op);
    if (op.getNumResults() != 1)
      return op.emitError() << op.getName() << " has no tensor as its value";
    FailureOr<HostTensor> result = evaluateOp(&op, operands);
    if (failed(result))
      return failure();
    live.define(op.getResult(0), std::move(*result));
  }
  return live.take(block.getTerminator());
}

FailureOr<SmallVector<HostTensor>>
evaluateFunction(func::FuncOp function, ArrayRef<HostTensor> arguments,
                 const SymbolValues &symbols, EvaluateOp evaluateOther) {
  if (!llvm::hasSingleElement(function.getBody()))
    return function.emitError("a function must be one block to be evaluated");
  for (auto [place, pair] :
       llvm::enumerate(llvm::zip(function.getArgumentTypes(), arguments)))
    if (failed(checkTensor(function.getLoc(), "argument " + Twine(place),
                           std::get<0>(pair), std::get<1>(pair), symbols)))
      return failure();
  return evaluateBlock(function.getBody().front(), arguments,
                       [&](Operation *op, ArrayRef<HostTensor> operands) {
                         return isa_and_nonnull<GraphDialect>(op->getDialect())
                                    ? evaluate(op, operands, symbols)
                                    : evaluateOther(op, operands);
                       });
}

} // namespace lmcc::graph
