//===- Weights.cpp - The bytes of weights ---------------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Most large weights are stored transposed by exporters and then packed. The
// transposed matrix would only be written to be read once, so a transpose that
// is only packed passes its input on and the packing walks it the other way.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Evaluate/Weights.h"
#include "dialects/Graph/Evaluate/Evaluate.h"
#include "dialects/Graph/Evaluate/QuantizedWeights.h"
#include "dialects/Graph/Evaluate/Strides.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace lmcc::graph {

static FailureOr<HostTensor> readFile(weight::FileOp op,
                                      const FileTable &files) {
  RankedTensorType type = cast<RankedTensorType>(op.getType());
  auto file = files.find(op.getFile());
  if (file == files.end())
    return op.emitError() << "there is no file \"" << op.getFile() << "\"";
  std::optional<int64_t> bytes =
      tensorBytes(type.getElementType(), type.getShape());
  if (!bytes)
    return op.emitError() << type << " is no tensor of the host";
  uint64_t offset = op.getOffset(), fileBytes = file->second.size();
  if (offset > fileBytes || static_cast<uint64_t>(*bytes) > fileBytes - offset)
    return op.emitError() << "needs " << *bytes << " bytes from " << offset
                          << " on, but \"" << op.getFile() << "\" has "
                          << fileBytes
                          << "; is the download of the model complete?";
  return *HostTensor::borrow(type.getElementType(), type.getShape(),
                             file->second.slice(offset, *bytes));
}

/// Whether `op` swaps the axes of a matrix for packing only, and so passes on
/// the matrix itself.
static bool isDeferred(TransposeOp op) {
  return op && op.getPermutation() == ArrayRef<int64_t>{1, 0} &&
         llvm::all_of(op->getUsers(), llvm::IsaPred<weight::PackOp>);
}

/// `input` is the operand, or its transpose if that was deferred.
static FailureOr<HostTensor> pack(weight::PackOp op, const HostTensor &input) {
  auto type = cast<RankedTensorType>(op.getInput().getType());
  auto resultType = cast<RankedTensorType>(op.getType());
  std::optional<HostTensor> result =
      HostTensor::allocate(resultType.getElementType(), resultType.getShape());
  if (!result)
    return op.emitError() << "no memory for a tensor of type " << resultType;

  int64_t depth = type.getDimSize(0), columns = type.getDimSize(1);
  int64_t width = resultType.getDimSize(2);
  int64_t steps = resultType.getRank() == 4 ? resultType.getDimSize(3) : 1;
  int64_t depthStride = columns, columnStride = 1;
  if (isDeferred(op.getInput().getDefiningOp<TransposeOp>())) {
    depthStride = 1;
    columnStride = depth;
  }
  int64_t bytes = input.getElementBytes();
  int64_t full = columns / width, rest = columns % width;
  int64_t turns = depth / steps;
  copyStrided(
      bytes, {full, turns, width, steps},
      {input.bytes().data(),
       {width * columnStride, steps * depthStride, columnStride, depthStride}},
      {result->mutableBytes(), {depth * width, width * steps, steps, 1}});
  if (rest == 0)
    return *result;
  uint8_t *last = result->mutableBytes() + full * depth * width * bytes;
  std::memset(last, 0, depth * width * bytes);
  copyStrided(bytes, {turns, rest, steps},
              {input.bytes().data() + full * width * columnStride * bytes,
               {steps * depthStride, columnStride, depthStride}},
              {last, {width * steps, steps, 1}});
  return *result;
}

FailureOr<HostTensor> evaluateWeight(weight::DataOp data,
                                     const FileTable &files) {
  const SymbolValues noSymbols;
  auto evaluateOp =
      [&](Operation *op,
          ArrayRef<HostTensor> operands) -> FailureOr<HostTensor> {
    if (auto transpose = dyn_cast<TransposeOp>(op); isDeferred(transpose))
      return operands[0];
    return llvm::TypeSwitch<Operation *, FailureOr<HostTensor>>(op)
        .Case([&](weight::FileOp file) { return readFile(file, files); })
        .Case([&](weight::PackOp packOp) { return pack(packOp, operands[0]); })
        .Case<weight::QuantizeOp, weight::PackGroupsOp, weight::OrderStepsOp>(
            [&](auto other) {
              return compute(other, operands[0], operands[1]);
            })
        .Case<weight::ScalesOp, weight::ColumnSumsOp, weight::PairStepsOp>(
            [&](auto other) { return compute(other, operands[0]); })
        .Default(
            [&](Operation *) { return evaluate(op, operands, noSymbols); });
  };
  FailureOr<SmallVector<HostTensor>> results =
      evaluateBlock(data.getBody().front(), {}, evaluateOp);
  if (failed(results))
    return failure();
  return std::move(results->front());
}

FailureOr<HostTensor> evaluateWeight(weight::GetOp get,
                                     const FileTable &files) {
  auto data = SymbolTable::lookupNearestSymbolFrom<weight::DataOp>(
      get, get.getWeightAttr());
  if (!data)
    return get.emitError() << "there is no weight " << get.getWeightAttr();
  return evaluateWeight(data, files);
}

} // namespace lmcc::graph
