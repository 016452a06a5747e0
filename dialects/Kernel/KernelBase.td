//===- KernelBase.td - The kernel dialect and its class of operations -----===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_KERNEL_BASE_TD
#define LMCC_KERNEL_BASE_TD

include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"

def Kernel_Dialect : Dialect {
  let name = "kernel";
  let cppNamespace = "::lmcc::kernel";
  let summary = "Products over packed panels, rows, and the static schedule";
  let description = [{
    Kernels are `func.func` on flat buffers; schedules, such as `@run`, are
    functions that call them. This dialect adds the structured operations that
    tile and vectorise by rules of their own, and what a schedule needs besides
    calls.
  }];
  let useDefaultAttributePrinterParser = 1;
}

class Kernel_Op<string mnemonic, list<Trait> traits = []>
    : Op<Kernel_Dialect, mnemonic, traits>;

#endif // LMCC_KERNEL_BASE_TD
