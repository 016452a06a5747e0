//===- Samples.cpp - Inputs for one run of a model ------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Report/Samples.h"

#include "dialects/Graph/Evaluate/Numbers.h"
#include "dialects/Graph/FunctionSizes.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/SetVector.h"
#include <random>

using namespace mlir;
using namespace lmcc;
using namespace lmcc::report;
using graph::HostTensor;

//===----------------------------------------------------------------------===//
// What an input means
//===----------------------------------------------------------------------===//

namespace {
enum class Meaning { Index, Position, Mask, Number };

/// What the elements of an input are for.
struct Purpose {
  Meaning meaning;
  /// Rows of the smallest table, for indices and positions.
  int64_t rows = std::numeric_limits<int64_t>::max();
};
} // namespace

/// Rows of the smallest table in which the elements of `input` are looked up,
/// if there is one. Moves and arithmetic on the way are looked through.
static std::optional<int64_t> rowsLookedUp(BlockArgument input) {
  std::optional<int64_t> rows;
  llvm::SetVector<Value> pending;
  pending.insert(input);
  for (size_t next = 0; next < pending.size(); ++next)
    for (OpOperand &use : pending[next].getUses()) {
      Operation *op = use.getOwner();
      if (auto gather = dyn_cast<graph::GatherOp>(op)) {
        if (&use == &gather.getIndicesMutable()) {
          int64_t size = gather.getInput().getType().getDimSize(
              static_cast<unsigned>(gather.getAxis()));
          if (!ShapedType::isDynamic(size))
            rows = std::min(size, rows.value_or(size));
        }
      } else if (op->hasTrait<graph::Elementwise>() ||
                 isa<graph::ReshapeOp, graph::BroadcastOp, graph::TransposeOp,
                     graph::SliceOp, graph::ConcatOp>(op)) {
        pending.insert(op->getResult(0));
      }
    }
  return rows;
}

/// A name decides only where uses look alike.
static Purpose purposeOf(BlockArgument input) {
  auto function = cast<func::FuncOp>(input.getOwner()->getParentOp());
  auto attribute = function.getArgAttrOfType<StringAttr>(input.getArgNumber(),
                                                         graph::nameAttrName);
  StringRef name = attribute ? attribute.getValue() : "";
  Type element = cast<RankedTensorType>(input.getType()).getElementType();
  if (name.contains_insensitive("mask") || element.isInteger(1))
    return {Meaning::Mask};
  if (isa<FloatType>(element))
    return {Meaning::Number};
  std::optional<int64_t> rows = rowsLookedUp(input);
  if (name.contains_insensitive("pos"))
    return {Meaning::Position, rows.value_or(Purpose().rows)};
  return rows ? Purpose{Meaning::Index, std::max<int64_t>(*rows, 1)}
              : Purpose{Meaning::Mask};
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

namespace {
/// The elements of one input. Distributions of the standard library differ
/// from one library to the next, its generators do not.
class Elements {
public:
  Elements(Purpose purpose, unsigned seed) : purpose(purpose), random(seed) {}

  void fill(HostTensor &tensor) {
    int64_t rowLength = tensor.getRank() == 0 ? 1 : tensor.getShape().back();
    graph::fillWithNumbers(
        tensor, [&](int64_t place) { return next(place % rowLength); });
  }

private:
  double next(int64_t column) {
    switch (purpose.meaning) {
    case Meaning::Mask: return 1;
    case Meaning::Position:
      return static_cast<double>(std::min(column, purpose.rows - 1));
    case Meaning::Index:
      return static_cast<double>(random() %
                                 static_cast<uint64_t>(purpose.rows));
    case Meaning::Number: return normal();
    }
    llvm_unreachable("unknown meaning");
  }

  /// The sum of twelve numbers between 0 and 1 has deviation 1.
  double normal() {
    double sum = -6;
    for (int i = 0; i < 12; ++i)
      sum += static_cast<double>(random() >> 11) * 0x1p-53;
    return sum;
  }

  Purpose purpose;
  std::mt19937_64 random;
};
} // namespace

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

/// The size of what a decoder has seen before; empty if there is none.
static StringRef pastOf(func::FuncOp function) {
  StringRef past;
  auto module = function->getParentOfType<ModuleOp>();
  module.walk([&](func::FuncOp other) {
    auto decoding =
        other->getAttrOfType<DictionaryAttr>(graph::decodingAttrName);
    if (auto name = decoding ? decoding.getAs<StringAttr>("past") : nullptr)
      past = name.getValue();
  });
  return past;
}

/// Free sizes of `wanted` where their bounds allow it.
static graph::SymbolValues chooseSizes(func::FuncOp function, int64_t wanted) {
  graph::DimSpace space = graph::DimSpace::of(function);
  StringRef past = pastOf(function);
  graph::SymbolValues sizes;
  for (const auto &[name, range] : space.freeSymbols()) {
    int64_t size = name == past ? 0 : wanted;
    sizes[name] =
        std::max(range.low, std::min(size, range.high.value_or(size)));
  }
  return sizes;
}

static FailureOr<Sample> sampleOf(func::FuncOp function, int64_t wanted) {
  graph::SymbolValues sizes = chooseSizes(function, wanted);
  Sample sample;
  for (BlockArgument argument : function.getArguments()) {
    auto type = cast<RankedTensorType>(argument.getType());
    auto shape = graph::concreteShape(type, sizes, function.getLoc());
    if (failed(shape))
      return failure();
    auto tensor = HostTensor::allocate(type.getElementType(), *shape);
    if (!tensor)
      return failure();
    Elements(purposeOf(argument), argument.getArgNumber()).fill(*tensor);
    sample.inputs.push_back(std::move(*tensor));
  }
  FailureOr<graph::SymbolValues> symbols =
      graph::bindSymbols(function, sample.inputs);
  if (failed(symbols))
    return failure();
  sample.symbols = std::move(*symbols);
  return sample;
}

FailureOr<Sample> report::generateSample(func::FuncOp function) {
  // What does not fit is tried with other sizes.
  ScopedDiagnosticHandler silence(function.getContext(),
                                  [](Diagnostic &) { return success(); });
  for (int64_t wanted = 32; wanted >= 1; wanted /= 2)
    if (FailureOr<Sample> sample = sampleOf(function, wanted);
        succeeded(sample))
      return sample;
  return failure();
}
