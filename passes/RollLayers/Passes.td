//===- Passes.td - Record of the loops over layers ------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_ROLLLAYERS_PASSES
#define LMCC_PASSES_ROLLLAYERS_PASSES

include "mlir/Pass/PassBase.td"

def RollLayers : Pass<"lmcc-roll-layers", "::mlir::func::FuncOp"> {
  let summary = "Make one loop of the equal layers of a schedule";
  let description = [{
    Finds runs of calls that repeat with a period, and makes an `scf.for` of
    each, so that the size of the code does not grow with the depth of a model.
    Calls repeat if they call the same kernel with the same sizes and constants.
    Weights, inputs and outputs may differ: `kernel.pick` chooses those of the
    layer. A buffer that is written in one layer and last read in the next is
    carried by the loop; one that only one layer uses is made in its body.

    Before:

    ```mlir
    %w0 = weight.get @layer.0 : memref<?xf32>
    %b = kernel.buffer 64 : memref<?xf32>
    call @matmul(%a, %w0, %b) : ...
    %w1 = weight.get @layer.1 : memref<?xf32>
    %c = kernel.buffer 64 : memref<?xf32>
    call @matmul(%b, %w1, %c) : ...
    ... // and so on up to layer 11
    ```

    After:

    ```mlir
    %last = scf.for %layer = %c0 to %c12 step %c1 iter_args(%x = %a) -> ... {
      %w = kernel.pick %layer of %w0, %w1, ... : memref<?xf32>
      %y = kernel.buffer 64 : memref<?xf32>
      func.call @matmul(%x, %w, %y) : ...
      scf.yield %y
    }
    ```

    Where a run can begin at several of its calls, the loop carries as few
    buffers as possible: it begins where a layer does. No plan of the memory is
    worse for a loop. So a carried buffer must not be read any more when the
    layer writes its successor; else the body holds two layers, whose buffers
    take turns. And buffers are picked only if all of them are in use before the
    loop, or all behind it.

    Left alone: fewer than three layers, and loops that save fewer than eight
    calls, which would be harder to read than what they replace; layers that
    differ in a kernel, a size or a constant; buffers that are used behind the
    loop as well as in the next layer. The remark `layers` tells what was rolled,
    and in what the layers next to a loop differ from it.

    Numbers: the same calls in the same order.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::scf::SCFDialect",
                           "::lmcc::kernel::KernelDialect"];
}

#endif // LMCC_PASSES_ROLLLAYERS_PASSES
