//===- Pipeline.cpp - The phases of a compilation -------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Pipeline/Pipeline.h"

#include "dialects/Graph/Graph.h"
#include "dialects/Kernel/Kernel.h"
#include "dialects/Target/Target.h"
#include "dialects/Weight/Weight.h"
#include "passes/Compress/Passes.h"
#include "passes/Fuse/Passes.h"
#include "passes/GraphToKernel/Passes.h"
#include "passes/Normalize/Passes.h"
#include "passes/PlanMemory/Passes.h"
#include "passes/RollLayers/Passes.h"
#include "passes/State/Decoder.h"
#include "passes/State/Passes.h"
#include "passes/Tile/Passes.h"
#include "passes/Vectorize/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace lmcc::pipeline {

static AddStatefulEntriesOptions stateOptions(const Options &options) {
  AddStatefulEntriesOptions result;
  result.context = options.context;
  result.chunk = options.chunk;
  result.allLogits = options.allLogits;
  result.required = options.entries != Entries::Automatic;
  result.keepStateless = options.entries != Entries::Stateful;
  result.pairs = llvm::to_vector(options.state);
  return result;
}

static QuantizeProductsOptions productOptions(const Options &options) {
  QuantizeProductsOptions result;
  result.keep = llvm::to_vector(options.keep);
  switch (options.storage) {
  case Storage::Float:
  case Storage::Halves: result.bits = 16; break;
  case Storage::Bytes:
  case Storage::BytesWithBytes: result.bits = 8; break;
  case Storage::Nibbles:
  case Storage::NibblesWithBytes: result.bits = 4; break;
  }
  result.floatRows =
      options.storage == Storage::Bytes || options.storage == Storage::Nibbles;
  // A head that is tied to a table is stored as the table is.
  result.headBits = options.tableBits != 0 ? options.tableBits
                                           : std::max<int64_t>(result.bits, 8);
  result.group = options.group;
  return result;
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

static const Phase table[] = {
    {"imported",
     "ONNX nodes are operations of ours, weights stay in their file",
     [](OpPassManager &, const Options &) {}},

    {"normalized", "one spelling per idea, sizes bounded, constants folded",
     [](OpPassManager &module, const Options &options) {
       auto tidy = [&] {
         module.nest<func::FuncOp>().addPass(createCanonicalizerPass());
         module.nest<func::FuncOp>().addPass(createCSEPass());
       };
       tidy();
       module.addPass(createFoldConstants());
       // Folding merges equal weights; what reads them is then equal as well.
       tidy();
       module.nest<func::FuncOp>().addPass(createSimplifyMovement());
       // After folding: epsilons and factors must be constants.
       module.nest<func::FuncOp>().addPass(createRecognizeNorms());
       module.nest<func::FuncOp>().addPass(createRecognizeActivations());
       // After the activations, which make the softmax.
       module.nest<func::FuncOp>().addPass(createRegroupBatches());
       module.nest<func::FuncOp>().addPass(createRecognizeAttention());
       // Before movement: moves meet where a scale stood between them.
       module.nest<func::FuncOp>().addPass(createFoldScales());
       // Keys become rows again, whatever the model made of them.
       module.nest<func::FuncOp>().addPass(createSimplifyMovement());
       if (options.entries != Entries::Stateless) {
         // After attention is one operation: masks end there.
         module.addPass(
             createAddStatefulEntries(stateOptions(options), options.files));
         // Masks and positions of the new functions follow from their sizes.
         module.addPass(createFoldConstants());
         module.nest<func::FuncOp>().addPass(createSimplifyMovement());
       }
       // After movement: fewer moves stand between a mask and its attention.
       module.nest<func::FuncOp>().addPass(createSinkMasks(options.files));
       // After scales and state, which look through a rotation step by step.
       module.nest<func::FuncOp>().addPass(createRecognizeRotaryEmbedding());
       // After the norms, which are made of reductions.
       module.nest<func::FuncOp>().addPass(createLowerReductions());
       tidy();
       // What the rewrites left on constants alone, and what that leaves.
       module.addPass(createFoldConstants());
       module.nest<func::FuncOp>().addPass(createSimplifyMovement());
       tidy();
     }},

    {compressedPhase, "every weight says how it is stored",
     [](OpPassManager &module, const Options &options) {
       // First: what a model has quantised keeps its meaning.
       module.addPass(createRecognizeByteProducts(options.files));
       // After it: where both sides are bytes, weights of 4 bits are as well.
       module.addPass(
           createRecognizeGroupedProducts(options.files, options.byteRows));
       if (options.storage != Storage::Float)
         module.addPass(createQuantizeProducts(productOptions(options)));
       if (options.tableBits != 0)
         module.addPass(
             createQuantizeTables({options.tableBits, options.group}));
       // Before a quotient becomes two products of one tensor.
       module.nest<func::FuncOp>().addPass(createDelayMoves());
       // After the above, which knows what was dequantised by its scale.
       module.nest<func::FuncOp>().addPass(createReplaceDivisions());
       // After divisions, which are looked at up to the byte.
       module.nest<func::FuncOp>().addPass(createKeepFloats());
       if (options.byteAttention)
         module.addPass(createQuantizeAttention());
       // After what reads rows of it as bytes.
       if (options.byteCache)
         module.addPass(createQuantizeCache());
       // After everything that quantises rows.
       module.addPass(createOffsetRows());
       // A table and the product it is tied to have the same scales.
       module.addPass(createFoldConstants());
     }},

    {fusedPhase, "every operation sits in a group, one group per kernel",
     [](OpPassManager &module, const Options &) {
       // What nobody calls has served as the meaning of the others.
       module.addPass(createSymbolDCEPass());
       module.nest<func::FuncOp>().addPass(createFormGroups());
     }},

    {"kernels", "loops, native vectors and instructions of the target",
     [](OpPassManager &module, const Options &options) {
       module.addPass(createGraphToKernel());
       // Before tiling: a chunk of rows is a product like others.
       module.addPass(createChunkRows({options.arenaBytes}));
       OpPassManager &kernel = module.nest<func::FuncOp>();
       kernel.addPass(createTileProducts());
       // After tiling: a product is expanded once it fits the registers.
       kernel.addPass(createVectorizeProducts());
       kernel.addPass(createVectorizeRows());
       // After the rows: their epilogues are elementwise.
       kernel.addPass(createVectorizeElementwise());
       // Last: all the above look through views, the emitter does not.
       kernel.addPass(createFlattenAccess());
       kernel.addPass(createCanonicalizerPass());
       kernel.addPass(createCSEPass());
       // After common sizes and weights are one value, and before the memory
       // plan, which gives a loop's buffers one place for all layers.
       kernel.addPass(createRollLayers());
     }},

    {"placed", "every buffer has its offset in the one arena",
     [](OpPassManager &module, const Options &options) {
       module.addPass(createPlanMemory({options.arenaBytes}));
       // Last: the text of the kernels is final.
       module.addPass(createBoundStack());
     }},
};

//===----------------------------------------------------------------------===//
// Running it
//===----------------------------------------------------------------------===//

SizeBounds boundsOfState(func::FuncOp main, const SizeBounds &given,
                         Options &options) {
  if (options.entries == Entries::Stateless)
    return {};
  NearMisses ignored;
  FailureOr<StateSizes> sizes = sizesOfState(
      findStatePairs(main, namedPairs(options.state), ignored), ignored);
  if (failed(sizes))
    return {};
  auto known = given.find(sizes->past.getValue());
  if (options.context == 0 && known != given.end())
    options.context = known->second.second;
  constexpr int64_t defaultContext = 512;
  int64_t context = options.context != 0 ? options.context : defaultContext;
  SizeBounds chosen;
  chosen[sizes->past.getValue()] = {0, context};
  if (sizes->count)
    chosen[sizes->count.getValue()] = {1, std::min(options.chunk, context)};
  for (StringAttr name : sizes->batch)
    chosen[name.getValue()] = {1, 1};
  return chosen;
}

ArrayRef<Phase> phases() { return table; }

const Phase *findPhase(StringRef name) {
  const Phase *found = llvm::find_if(
      table, [&](const Phase &phase) { return phase.name == name; });
  return found == std::end(table) ? nullptr : found;
}

void registerDialects(DialectRegistry &registry) {
  registry.insert<func::FuncDialect, graph::GraphDialect, kernel::KernelDialect,
                  target::TargetDialect, weight::WeightDialect>();
}

LogicalResult runPhases(ModuleOp module, const Options &options,
                        const Phase &last,
                        function_ref<LogicalResult(const Phase &)> starting) {
  for (const Phase &phase : table) {
    // One manager per phase, so that a phase that is printed is complete.
    PassManager passes(module.getContext());
    phase.addPasses(passes, options);
    if (!passes.empty()) {
      if (failed(starting(phase)) || failed(passes.run(module)))
        return failure();
    }
    if (&phase == &last)
      break;
  }
  return success();
}

} // namespace lmcc::pipeline
