//===- Passes.td - Record of the crossing from graph to kernels -----------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_GRAPHTOKERNEL_PASSES
#define LMCC_PASSES_GRAPHTOKERNEL_PASSES

include "mlir/Pass/PassBase.td"

def GraphToKernel : Pass<"lmcc-graph-to-kernel", "::mlir::ModuleOp"> {
  let summary = "Turn groups into kernels on buffers and a flat schedule";
  let description = [{
    Each `graph.group` becomes a call of a kernel function. Kernels work on
    flat buffers, written as destinations; weights, scalars and sizes that are
    no numbers are arguments, so equal groups of different layers share one
    kernel (equal text is one function). Each function of the graph becomes a
    schedule, `@main` under the name `@run`, that allocates one buffer per value,
    at the upper bound of its size. Schedules share kernels and weights.
    A result takes the place of an operand instead if no later group reads that,
    and the kernel reads each element no later than it writes the one at its
    place: elementwise kernels, softmax and norms, and the epilogue of a product,
    unless blocks of its depth leave sums in the output before the epilogue runs.
    If one product cannot take the place of its residual for that, none does, and
    of several operands the one whose buffer is oldest gives its place: so every
    layer leaves its result where the one before it did. Buffers of the caller,
    states and weights are never written over.

    A product's right side that is a weight is packed into column panels at
    compile time (`weight.pack` joins the weight's region); one that is computed
    is packed by a kernel of its own into the arena. On a machine with
    `split_rows`, a kernel of its own splits rows of bytes into magnitudes and
    signs, once for all products of them; one row stays whole. Panels of bytes
    hold words of four steps. On a machine with `split_rows`, those of weights
    that fill vectors have these in pairs, as far as their sums fit 16 bits
    (`weight.pair_steps`), and the order of each panel is a weight beside it. On a
    machine with `sums_lanes`, those of weights whose depth is whole vectors of
    bytes hold such vectors of each column.

    A table of which rows are looked up, and nothing else, and whose transpose is
    such a right side (a tied embedding) is not stored: its rows are columns of
    the panels.

    Before:

    ```mlir
    func.func @main(%x: tensor<?x64xf32, #graph.dims<rows, 64>>) -> ... {
      %w = weight.get @w : tensor<64x96xf32>
      %0 = graph.group (%a = %x, %b = %w) : ... { graph.matmul ... }
      return %0
    }
    ```

    After:

    ```mlir
    func.func private @matmul_64x96(%0: memref<?xf32>, %1: memref<?xf32>,
                                    %2: memref<?xf32>, %rows: index) {...}
    func.func @run(%rows: index, %in: memref<?xf32>, %out: memref<?xf32>) {
      %w = weight.get @w_panels : memref<?xf32>
      call @matmul_64x96(%in, %w, %out, %rows) : ...
      return
    }
    ```

    Refused: a group whose operations have no kernel, with the operation named.
    Changes no number.
  }];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::lmcc::kernel::KernelDialect", "::lmcc::target::TargetDialect",
    "::lmcc::weight::WeightDialect"
  ];
}

#endif // LMCC_PASSES_GRAPHTOKERNEL_PASSES
