//===- lmcc-opt.cpp - Run single passes on text ---------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Graph.h"
#include "dialects/Kernel/Kernel.h"
#include "dialects/Target/Target.h"
#include "dialects/Weight/Weight.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "passes/Compress/Passes.h"
#include "passes/Fuse/Passes.h"
#include "passes/GraphToKernel/Passes.h"
#include "passes/Normalize/Passes.h"
#include "passes/PlanMemory/Passes.h"
#include "passes/RollLayers/Passes.h"
#include "passes/State/Passes.h"
#include "passes/Tile/Passes.h"
#include "passes/Vectorize/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  mlir::registerAllPasses();
  registry.insert<lmcc::graph::GraphDialect, lmcc::kernel::KernelDialect,
                  lmcc::target::TargetDialect, lmcc::weight::WeightDialect>();
  lmcc::registerCompressPasses();
  lmcc::registerFusePasses();
  lmcc::registerGraphToKernelPasses();
  lmcc::registerNormalizePasses();
  lmcc::registerPlanMemoryPasses();
  lmcc::registerRollLayersPasses();
  lmcc::registerStatePasses();
  lmcc::registerTilePasses();
  lmcc::registerVectorizePasses();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "lmcc pass driver\n", registry));
}
