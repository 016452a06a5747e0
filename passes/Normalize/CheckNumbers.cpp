//===- CheckNumbers.cpp - Prove that passes keep the numbers --------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Evaluates every function before and after some passes on the same random
// inputs and weights, with all sizes at their lower and at their upper bounds.
// Tests of rewriting passes run it on their own input.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Evaluate/Evaluate.h"
#include "dialects/Graph/Evaluate/Weights.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "passes/Normalize/Passes.h"
#include <random>

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_CHECKNUMBERS
#include "passes/Normalize/Passes.h.inc"

namespace {

using graph::HostTensor;
using graph::SymbolValues;
using Tensors = SmallVector<HostTensor>;

//===----------------------------------------------------------------------===//
// Random tensors
//===----------------------------------------------------------------------===//

/// The same numbers for the same seed on every host.
class RandomTensors {
public:
  explicit RandomTensors(uint64_t seed) : engine(seed) {}

  /// Floats from -4 to 4. Integers from -2 to 2, which are valid indices of
  /// any axis with 3 elements, or 0 and 1 if they have no sign.
  std::optional<HostTensor> make(Type element, ArrayRef<int64_t> shape) {
    std::optional<int64_t> bytes = graph::tensorBytes(element, shape);
    if (!bytes || *bytes > maximumBytes)
      return std::nullopt;
    auto type = RankedTensorType::get(shape, element);
    return HostTensor::fromAttribute(isa<FloatType>(element) ? floats(type)
                                                             : integers(type));
  }

private:
  /// A test that needs more does not want to be evaluated.
  static constexpr int64_t maximumBytes = int64_t(1) << 28;

  DenseElementsAttr floats(RankedTensorType type) {
    const llvm::fltSemantics &semantics =
        cast<FloatType>(type.getElementType()).getFloatSemantics();
    SmallVector<APFloat> values;
    for (int64_t i = 0; i < type.getNumElements(); ++i) {
      // The distributions of the standard library differ between libraries.
      double unit = std::ldexp(static_cast<double>(engine() >> 11), -53);
      APFloat value(8 * unit - 4);
      bool isInexact = false;
      value.convert(semantics, APFloat::rmNearestTiesToEven, &isInexact);
      values.push_back(value);
    }
    return DenseElementsAttr::get(type, values);
  }

  DenseElementsAttr integers(RankedTensorType type) {
    Type element = type.getElementType();
    bool isSigned = element.isSignlessInteger() && !element.isInteger(1);
    SmallVector<APInt> values;
    for (int64_t i = 0; i < type.getNumElements(); ++i) {
      auto value = static_cast<int64_t>((engine() >> 33) % (isSigned ? 5 : 2));
      values.emplace_back(element.getIntOrFloatBitWidth(),
                          isSigned ? value - 2 : value, isSigned);
    }
    return DenseElementsAttr::get(type, values);
  }

  std::mt19937_64 engine;
};

/// Stand-ins for the files of a model.
class RandomFiles {
public:
  LogicalResult fill(ModuleOp module, RandomTensors &random) {
    WalkResult result = module.walk([&](weight::FileOp leaf) {
      auto type = cast<RankedTensorType>(leaf.getType());
      std::optional<HostTensor> tensor =
          random.make(type.getElementType(), type.getShape());
      if (!tensor || leaf.getOffset() > maximumOffset) {
        leaf.emitError("is too large to be checked");
        return WalkResult::interrupt();
      }
      std::vector<uint8_t> &bytes = contents[leaf.getFile()];
      size_t begin = leaf.getOffset(), end = begin + tensor->bytes().size();
      bytes.resize(std::max(bytes.size(), end));
      llvm::copy(tensor->bytes(), bytes.begin() + begin);
      return WalkResult::advance();
    });
    return failure(result.wasInterrupted());
  }

  graph::FileTable table() const {
    graph::FileTable files;
    for (const auto &file : contents)
      files[file.getKey()] = file.getValue();
    return files;
  }

private:
  static constexpr uint64_t maximumOffset = uint64_t(1) << 28;

  llvm::StringMap<std::vector<uint8_t>> contents;
};

//===----------------------------------------------------------------------===//
// Evaluation
//===----------------------------------------------------------------------===//

SymbolValues boundsOf(func::FuncOp function, bool upper) {
  SymbolValues values;
  if (auto symbols = function->getAttrOfType<ArrayAttr>(graph::symbolsAttrName))
    for (auto symbol : symbols.getAsRange<graph::SymbolAttr>())
      values[symbol.getName().getValue()] =
          upper ? symbol.getHigh() : symbol.getLow();
  return values;
}

FailureOr<Tensors> inputsOf(func::FuncOp function, const SymbolValues &symbols,
                            RandomTensors &random) {
  Tensors inputs;
  for (Type type : function.getArgumentTypes()) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor)
      return function.emitError("takes a value that is no tensor");
    FailureOr<SmallVector<int64_t>> shape =
        graph::concreteShape(tensor, symbols, function.getLoc());
    if (failed(shape))
      return failure();
    std::optional<HostTensor> input =
        random.make(tensor.getElementType(), *shape);
    if (!input)
      return function.emitError("takes a tensor too large to be checked");
    inputs.push_back(std::move(*input));
  }
  return inputs;
}

FailureOr<Tensors> run(func::FuncOp function, ArrayRef<HostTensor> inputs,
                       const SymbolValues &symbols,
                       const graph::FileTable &files) {
  return graph::evaluateFunction(
      function, inputs, symbols,
      [&](Operation *op, ArrayRef<HostTensor>) -> FailureOr<HostTensor> {
        if (auto get = dyn_cast<weight::GetOp>(op))
          return graph::evaluateWeight(get, files);
        return op->emitError("cannot be evaluated");
      });
}

//===----------------------------------------------------------------------===//
// Comparison
//===----------------------------------------------------------------------===//

struct Difference {
  double before = 0, after = 0;
  int64_t element = 0;
  /// By which factor the difference exceeds what is tolerated.
  double excess = 0;
};

double elementAt(DenseElementsAttr values, int64_t place) {
  if (isa<FloatType>(values.getElementType())) {
    APFloat value = values.getValues<APFloat>()[place];
    bool isInexact = false;
    value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                  &isInexact);
    return value.convertToDouble();
  }
  bool isSigned = !values.getElementType().isUnsignedInteger();
  return values.getValues<APInt>()[place].roundToDouble(isSigned);
}

/// The difference in units of `tolerance`; numbers that are alike, infinities
/// and NaN included, do not differ.
double excessOf(double before, double after, double tolerance) {
  if (before == after || (std::isnan(before) && std::isnan(after)))
    return 0;
  double excess = std::abs(before - after) / tolerance;
  return std::isnan(excess) ? HUGE_VAL : excess;
}

Difference largestDifference(const HostTensor &before, const HostTensor &after,
                             double relative, double absolute) {
  auto type = RankedTensorType::get(before.getShape(), before.getElementType());
  DenseElementsAttr old = before.toAttribute(type);
  DenseElementsAttr now = after.toAttribute(type);
  bool isExact = !isa<FloatType>(type.getElementType());
  Difference largest;
  for (int64_t place = 0; place < before.getNumElements(); ++place) {
    Difference here = {elementAt(old, place), elementAt(now, place), place};
    double tolerance =
        isExact ? 0 : absolute + relative * std::abs(here.before);
    here.excess = excessOf(here.before, here.after, tolerance);
    if (here.excess > largest.excess)
      largest = here;
  }
  return largest;
}

struct CheckNumbers : impl::CheckNumbersBase<CheckNumbers> {
  using CheckNumbersBase::CheckNumbersBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    OwningOpRef<ModuleOp> rewritten = module.clone();
    if (failed(runPasses(*rewritten)))
      return signalPassFailure();
    RandomTensors random(seed);
    RandomFiles files;
    if (failed(files.fill(module, random)))
      return signalPassFailure();
    for (auto function : module.getOps<func::FuncOp>())
      for (bool upper : {false, true})
        if (failed(compare(function, *rewritten, boundsOf(function, upper),
                           random, files.table())))
          return signalPassFailure();
  }

private:
  /// Each on the functions if it can run there, or else on the module.
  LogicalResult runPasses(ModuleOp module) {
    PassManager manager(module->getName());
    for (const std::string &pass : passes)
      if (failed(parsePassPipeline(pass, manager.nest<func::FuncOp>(),
                                   llvm::nulls())) &&
          failed(parsePassPipeline(pass, manager, llvm::nulls())))
        return emitError(module.getLoc())
               << "there is no pass `" << pass << "` to check";
    return manager.run(module);
  }

  LogicalResult compare(func::FuncOp function, ModuleOp rewritten,
                        const SymbolValues &symbols, RandomTensors &random,
                        const graph::FileTable &files) {
    auto other = rewritten.lookupSymbol<func::FuncOp>(function.getSymName());
    if (!other || other.getFunctionType() != function.getFunctionType())
      return function.emitError("has another type after the passes");
    FailureOr<Tensors> inputs = inputsOf(function, symbols, random);
    if (failed(inputs))
      return failure();
    FailureOr<Tensors> before = run(function, *inputs, symbols, files);
    FailureOr<Tensors> after = run(other, *inputs, symbols, files);
    if (failed(before) || failed(after))
      return failure();
    for (auto [place, old, now] : llvm::enumerate(*before, *after)) {
      Difference largest = largestDifference(old, now, rtol, atol);
      if (largest.excess > 1)
        return emitError(function.getLoc())
               << "result " << place << " of " << function.getSymName()
               << " changes from " << largest.before << " to " << largest.after
               << " at element " << largest.element << ", which is "
               << largest.excess << " times what is tolerated";
    }
    return success();
  }
};

} // namespace
} // namespace lmcc
