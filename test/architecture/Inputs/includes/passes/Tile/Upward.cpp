//===- Upward.cpp - A snippet for a check ---------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Driver/Driver.h"
#include "dialects/Kernel/Kernel.h"
#include "dialects/Graph/Graph.h"
#include "passes/Tile/Passes.h"
#include "passes/Fuse/Passes.h"
#include "mlir/Pass/Pass.h"
