//===- Passes.td - Record of the memory plan ------------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_PLANMEMORY_PASSES
#define LMCC_PASSES_PLANMEMORY_PASSES

include "mlir/Pass/PassBase.td"

def PlanMemory : Pass<"lmcc-plan-memory", "::mlir::ModuleOp"> {
  let summary = "Give every buffer of the schedule its place in one arena";
  let description = [{
    Each `kernel.buffer` of a schedule becomes a `kernel.slot` at a fixed offset,
    and the arena size an attribute of the schedule. Schedules run one at a time
    and share the arena. A buffer lives from the first
    call that mentions it to the last; buffers that live at the same time do
    not overlap. A buffer that the body of a loop mentions, but does not make,
    lives as long as the loop. One that a loop carries ends where the body
    mentions it for the last time, and the one that the body yields takes its
    place from there on. The remark `memory` tells the arena size and the
    largest live set, below which no plan can go, with a note for each buffer of
    that set and for what would lower it.

    With `arena` more orders of placing are tried until the arena has no more
    bytes than that; where none is found, the error tells the smallest arena,
    with the same notes.

    Before: `%0 = kernel.buffer 4096 : memref<?xf32>`

    After: `%0 = kernel.slot 16384 bytes 16384 : memref<?xf32>` in front of the
    first call, and `kernel.release %0` behind the last one.
  }];
  let dependentDialects = ["::lmcc::target::TargetDialect",
                           "::lmcc::kernel::KernelDialect"];
  let options = [Option<"arenaBytes", "arena", "int64_t", "0",
      "Bytes that the arena may have; 0: as many as it needs">];
}

def BoundStack : Pass<"lmcc-bound-stack", "::mlir::ModuleOp"> {
  let summary = "Bound the stack that each schedule needs";
  let description = [{
    Each kernel gets an attribute `kernel.stack_bytes`, a bound of its frame: its
    local arrays and, for what compilers keep besides, 2048 bytes and 64 vectors,
    or a third of the bytes of all its values where that is more. Each schedule
    gets the bound of its deepest kernel and what it and its entry point need to
    pass their arguments on. The allowance was measured: the bounds hold for g++
    12 and clang 22 at -O2 and -O3, see docs/Memory.md.

    Before: `func.func @run(...) {...}`

    After: `func.func @run(...) attributes {kernel.stack_bytes = 5136 : i64}`

    The text of kernels and schedules stays as it is.
  }];
  let dependentDialects = ["::lmcc::target::TargetDialect"];
}

#endif // LMCC_PASSES_PLANMEMORY_PASSES
