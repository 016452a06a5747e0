//===- Compression.cpp - Compress, and tell what that costs ---------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Driver/Compression.h"

#include "compiler/Emit/Contract.h"
#include "dialects/Kernel/Kernel.h"
#include <fmt/format.h>

using namespace mlir;
using namespace lmcc;
using namespace lmcc::driver;
using report::LayerLoss;

void driver::chooseStorage(const Options &options, bool isModelQuantized,
                           pipeline::Options &passes) {
  using pipeline::Storage;
  bool byDefault = options.target->quantizesByDefault && !isModelQuantized;
  passes.storage = options.storage.value_or(byDefault ? Storage::BytesWithBytes
                                                      : Storage::Float);
  int64_t tableBits = passes.storage == Storage::Float    ? 0
                      : passes.storage == Storage::Halves ? 16
                                                          : 8;
  passes.tableBits = options.tableBits.value_or(tableBits);
}

bool driver::isQuantizing(const pipeline::Options &passes) {
  return passes.storage != pipeline::Storage::Float || passes.tableBits != 0 ||
         passes.byteAttention || passes.byteRows;
}

//===----------------------------------------------------------------------===//
// Watching
//===----------------------------------------------------------------------===//

LogicalResult
Compression::useSets(func::FuncOp main, std::vector<DataSet> sets,
                     ArrayRef<import::ModelInput> inputs,
                     const llvm::StringMap<import::DenseTensor> &bound) {
  for (DataSet &set : sets) {
    std::string label = set.label;
    tensors.push_back(freeInputs(std::move(set), inputs, bound));
    FailureOr<report::Sample> sample = sampleOf(main, tensors.back());
    if (failed(sample))
      return main.emitError() << "--calibration: the test set " << label
                              << " does not suit the model";
    samples.push_back(std::move(*sample));
  }
  return success();
}

void Compression::begin(ModuleOp module) {
  if (!isQuantizing(passes))
    return;
  original = module.clone();
  llvm::DenseSet<std::pair<StringAttr, int64_t>> seen;
  module.walk([&](weight::FileOp file) {
    if (!seen.insert({file.getFileAttr(), file.getOffset()}).second)
      return;
    auto type = cast<RankedTensorType>(file.getType());
    parameters += type.getNumElements();
    parameterBytes +=
        *graph::tensorBytes(type.getElementType(), type.getShape());
  });
}

LogicalResult Compression::end(ModuleOp module) {
  if (!original)
    return success();
  auto main = module.lookupSymbol<func::FuncOp>("main");
  for (unsigned position = 0; position < main.getNumResults(); ++position)
    outputs.push_back(outputName(main, position));
  countFloats(main);
  if (options.measuresLoss && failed(measure(main)))
    return failure();
  original = nullptr;
  samples.clear();
  tensors.clear();
  return success();
}

void Compression::countFloats(func::FuncOp compressed) {
  compressed.walk([&](Operation *op) {
    auto attention = dyn_cast<graph::AttentionOp>(op);
    attentions += attention && !attention.isQuantized();
    auto product = dyn_cast<graph::MatmulOp>(op);
    products += product != nullptr;
    auto reason = op->getAttrOfType<StringAttr>(graph::keptAttrName);
    if (reason)
      kept.push_back({console.placeOf(op->getLoc()), reason.str()});
    else if (product && product.getRhs().getType().getElementType().isF32())
      kept.push_back({console.placeOf(op->getLoc()), "as in the model"});
  });
}

LogicalResult Compression::measure(func::FuncOp compressed) {
  auto main = original->lookupSymbol<func::FuncOp>("main");
  bool isGenerated = samples.empty();
  if (isGenerated)
    if (auto sample = report::generateSample(main); succeeded(sample))
      samples.push_back(std::move(*sample));
  if (!samples.empty()) {
    console.progress("measuring the loss");
    // What was made up may not suit the model, which is no fault of it.
    std::optional<ScopedDiagnosticHandler> silence;
    if (isGenerated)
      silence.emplace(main.getContext(),
                      [](Diagnostic &) { return success(); });
    FailureOr<report::Loss> measured =
        report::measureLoss(main, compressed, samples, passes.files);
    if (succeeded(measured))
      loss = std::move(*measured);
    else if (!isGenerated)
      return failure();
  }
  if (loss)
    explainLoss();
  return checkLoss(compressed);
}

void Compression::explainLoss() const {
  if (!options.explain)
    return;
  for (const auto &[where, difference] : loss->layers)
    emitRemark(where) << "loss: "
                      << fmt::format("{:.2e} of the result, cosine {:.6f}",
                                     difference.relative(),
                                     difference.cosine());
}

LogicalResult Compression::checkLoss(func::FuncOp main) const {
  if (!options.maxLoss)
    return success();
  const report::OutputLoss *worst = loss ? loss->worstOutput() : nullptr;
  if (!worst)
    return main.emitError("--max-loss: the loss cannot be measured on inputs "
                          "that are made up; give test sets with "
                          "--calibration=DIR");
  double relative = worst->difference.relative();
  if (relative <= *options.maxLoss)
    return success();
  auto error = main.emitError() << fmt::format(
                   "--max-loss={}: the output '{}' changes by {:.2e} "
                   "(relative L2); keep the layers that change most as they "
                   "are with --keep, or store more bits with --quantize",
                   *options.maxLoss, outputs[worst->result], relative);
  constexpr size_t shown = 5;
  for (const LayerLoss &layer : ArrayRef(loss->layers).take_front(shown))
    error.attachNote(layer.where)
        << fmt::format("changes its result by {:.2e} (relative L2)",
                       layer.difference.relative());
  return error;
}

//===----------------------------------------------------------------------===//
// The summary
//===----------------------------------------------------------------------===//

static std::string bytesText(uint64_t bytes) {
  if (bytes < 10'000)
    return fmt::format("{} bytes", bytes);
  if (bytes < 1'000'000)
    return fmt::format("{:.1f} kB", static_cast<double>(bytes) * 1e-3);
  return fmt::format("{:.2f} MB", static_cast<double>(bytes) * 1e-6);
}

static std::string storageText(const pipeline::Options &passes) {
  using pipeline::Storage;
  std::string text;
  switch (passes.storage) {
  case Storage::Float: text = "products as in the model"; break;
  case Storage::Halves: text = "f16"; break;
  case Storage::Bytes: text = "w8"; break;
  case Storage::Nibbles:
    text = fmt::format("w4 in groups of {}", passes.group);
    break;
  case Storage::BytesWithBytes: text = "w8a8"; break;
  case Storage::NibblesWithBytes:
    text = fmt::format("w4a8 in groups of {}", passes.group);
    break;
  }
  if (passes.byteRows)
    text += ", rows of those that it has quantised in 8 bits";
  if (passes.tableBits != 0)
    text += fmt::format(", tables in {} bits", passes.tableBits);
  if (passes.byteAttention)
    text += passes.byteCache ? ", attention and cache in 8 bits"
                             : ", attention in 8 bits";
  return text;
}

std::string Compression::lossText() const {
  if (!options.measuresLoss)
    return "not measured";
  const report::OutputLoss *worst = loss ? loss->worstOutput() : nullptr;
  if (!worst)
    return "not measured: no inputs could be made up; see --calibration";
  std::string text = fmt::format(
      "{} changes by {:.2e} (relative L2), cosine {:.6f}, on {}",
      outputs[worst->result], worst->difference.relative(),
      worst->difference.cosine(),
      options.calibration.empty() ? std::string("inputs made up")
                                  : fmt::format("{} set{}", loss->samples,
                                                loss->samples == 1 ? "" : "s"));
  if (!loss->layers.empty()) {
    const LayerLoss &layer = loss->layers.front();
    text += fmt::format("; most by {}, {:.2e}", console.placeOf(layer.where),
                        layer.difference.relative());
  }
  return text;
}

std::string Compression::floatText() const {
  std::string text = "norms, activations";
  if (attentions != 0)
    text += fmt::format(", {} attention{}", attentions,
                        attentions == 1 ? "" : "s");
  if (kept.empty())
    return text + "; no product";
  text += fmt::format("; {} of {} products: {}, {}", kept.size(), products,
                      kept.front().name, kept.front().reason);
  return kept.size() == 1 ? text : text + ", ...";
}

void Compression::summarize(ModuleOp placed, llvm::raw_ostream &out) const {
  FailureOr<std::vector<emit::Contract>> contracts =
      emit::readContracts(placed);
  FailureOr<emit::BlobLayout> layout = emit::layoutBlob(placed);
  if (failed(contracts) || failed(layout))
    return;
  uint64_t work = 0, stack = 0, capacity = 0;
  std::string functions;
  for (emit::Contract &contract : *contracts) {
    work = std::max(work, contract.arenaBytes);
    stack = std::max(stack, contract.stackBytes.value_or(0));
    capacity = std::max(capacity, contract.capacity.value_or(0));
    functions +=
        (functions.empty() ? "" : ", ") + contract.schedule.getSymName().str();
  }
  auto state = static_cast<uint64_t>(
      kernel::stateBytes(placed, options.target->alignmentBytes));
  std::string ofState = state == 0
                            ? ""
                            : fmt::format(" ({} of it state for {} tokens)",
                                          bytesText(state), capacity);
  out << fmt::format("weights: {}, were {} ({:.2f} bytes each): {}\n",
                     bytesText(layout->totalBytes), bytesText(parameterBytes),
                     static_cast<double>(layout->totalBytes) /
                         static_cast<double>(std::max<uint64_t>(parameters, 1)),
                     storageText(passes))
      << fmt::format("memory:  arena {}{}, stack {}\n", bytesText(work + state),
                     ofState, bytesText(stack))
      << fmt::format("calls:   {}\n", functions)
      << fmt::format("loss:    {}\n", lossText())
      << fmt::format("float:   {}\n", floatText());
}
