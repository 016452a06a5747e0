//===- Kernel.td - A snippet for a check ---------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

include "dialects/Graph/GraphBase.td"
include "mlir/IR/OpBase.td"
