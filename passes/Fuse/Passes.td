//===- Passes.td - Records of the fusing passes ---------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_FUSE_PASSES
#define LMCC_PASSES_FUSE_PASSES

include "mlir/Pass/PassBase.td"

def DelayMoves : Pass<"lmcc-delay-moves", "::mlir::func::FuncOp"> {
  let summary = "Compute elements before they are moved";
  let description = [{
    An elementwise operation of one tensor and single numbers is computed before
    the reshapes and transposes in front of it, so that it runs in the epilogue of
    the product, or with the elementwise operations, that made the tensor.

    Before:

    ```mlir
    %0 = graph.matmul %x, %w : ... -> tensor<8x64xf32>
    %1 = graph.transpose %0 [1, 0] : tensor<8x64xf32> -> tensor<64x8xf32>
    %2 = graph.mul %1, %scale : tensor<64x8xf32>, tensor<f32> -> ...
    ```

    After:

    ```mlir
    %0 = graph.matmul %x, %w : ... -> tensor<8x64xf32>
    %1 = graph.mul %0, %scale : tensor<8x64xf32>, tensor<f32> -> ...
    %2 = graph.transpose %1 [1, 0] : tensor<8x64xf32> -> tensor<64x8xf32>
    ```

    Left alone: moves that others read as well, or of what no such kernel makes.
    Changes no number.
  }];
  let dependentDialects = ["::lmcc::graph::GraphDialect"];
}

def FormGroups : Pass<"lmcc-form-groups", "::mlir::func::FuncOp"> {
  let summary = "Put operations that become one kernel into one group";
  let description = [{
    Walks the function backwards. An elementwise operation, or a matrix product
    of float32 or of bytes with a weight, joins the group of its users if it has users in that group only
    and computes the very shape of the group's result; everything else starts a
    group of its own. A group holds at most one product: its elementwise
    operations then run in the product's epilogue, in registers. There, floats
    may be rounded to bytes once, and bytes be widened; a product of bytes may
    store them.

    Before:

    ```mlir
    %0 = graph.matmul %x, %w : ...
    %1 = graph.add %0, %b : ...
    %2 = graph.gelu %1 : ...
    ```

    After:

    ```mlir
    %2 = graph.group (%a = %x, %c = %w, %d = %b) : ... {
      %3 = graph.matmul %a, %c : ...
      %4 = graph.add %3, %d : ...
      %5 = graph.gelu %4 : ...
      graph.yield %5 : ...
    }
    ```

    Transposes that keep the last axis together join an attention that reads or
    makes their rows, or a rotary embedding that reads them: they become strides.

    Left alone: `graph.reshape`, `graph.constant` and `weight.get`, which are
    no work; an operation with users in two groups, since it would be computed
    twice. Changes no number.
  }];
  let dependentDialects = ["::lmcc::graph::GraphDialect"];
}

#endif // LMCC_PASSES_FUSE_PASSES
