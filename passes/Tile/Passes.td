//===- Passes.td - Records of the tiling passes ---------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_PASSES_TILE_PASSES
#define LMCC_PASSES_TILE_PASSES

include "mlir/Pass/PassBase.td"

def ChunkRows : Pass<"lmcc-chunk-rows", "::mlir::ModuleOp"> {
  let summary = "Let products take turns on chunks of rows, for a smaller arena";
  let description = [{
    Where neighbouring calls are products that compute row by row, and a buffer
    is mentioned by them alone, one kernel computes all of them for a chunk of
    rows and then for the next. The buffer has room for one chunk. A limit for
    the arena (`arena`) makes chunks of as many rows as keep to it, halving 128
    down to four tiles of the machine; fewer rows would wait for weights, which
    every chunk reads again. Without a limit there are chunks of 128 rows, if
    there are at least twice as many.

    Before:

    ```mlir
    %wide = kernel.buffer 196608 : memref<?xf32>
    call @matmul_gelu(%x, %up, %wide) : ...
    call @matmul_add(%wide, %down, %x, %y) : ...
    ```

    After, with chunks of 32 of 128 rows:

    ```mlir
    %wide = kernel.buffer 49152 : memref<?xf32>
    call @matmul_gelu_matmul_add(%x, %up, %wide, %down, %y) : ...
    ```

    Left alone: what does not lower the largest set of buffers that live at one
    time; kernels that are more than one product with an epilogue; neighbours of
    which one writes what another does not read by row. Changes no number: the
    rows of a product do not see each other.
  }];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::lmcc::kernel::KernelDialect", "::lmcc::target::TargetDialect"
  ];
  let options = [Option<"arenaBytes", "arena", "int64_t", "0",
      "Bytes that the arena may have; 0: as many as it needs">];
}

def TileProducts : Pass<"lmcc-tile-products", "::mlir::func::FuncOp"> {
  let summary = "Cut panel products into register tiles";
  let description = [{
    Walks the panels, and under each panel the rows: a main loop in steps of the
    machine's tile, then a tile of the rows that are left, or, where the number of
    rows is known at run time only, a ladder of smaller ones (8, 4, 2, 1), so that
    every tile has a number of rows and none touches a row that does not exist. Each
    tile is again a `kernel.panel_product`, of one panel. A single row of
    floats takes several panels at once, as many as give it eight sums that do
    not wait for each other, and at the end what is left of them.

    A depth that would push the panel out of the first cache before the next
    rows come is cut into even blocks: the sums of all rows are stored after a
    block and taken up again by the next one, and the last block has the
    epilogue. Rows that fit one tile have one block, and so has a
    product with an extra in the place of its output.

    Where the panels are weights (`streams`), a tile also fetches what lies
    behind its block into the second cache, a row for each step of its depth;
    several tiles share the block, in equal parts. A single row does so only with
    groups.

    Behind the last full panel only the vectors that have columns are multiplied.
    Columns that end within a vector (panels are padded with zeros) go into a
    small local array, from which the epilogue stores only those that exist.

    On a machine that multiplies by lane, an epilogue of several rows that computes
    erf is a loop over the sums, which a local array holds: sums in registers would
    leave too few to the constants of its polynomials.

    Before:

    ```mlir
    kernel.panel_product %x, %w into %y maps []
      : memref<127x64xf32>, memref<3x64x32xf32>, memref<127x96xf32> {...}
    ```

    After, with a tile of 8 rows:

    ```mlir
    scf.for %p = %c0 to %c3 step %c1 {
      scf.for %i = %c0 to %c120 step %c8 {
        // one tile of 8 x 32
      }
      // one tile of 7 x 32
    }
    ```

    Left alone: a product of whole vectors that is one tile. Changes no number:
    every sum keeps its order.
  }];
  let dependentDialects = ["::lmcc::target::TargetDialect",
                           "::mlir::affine::AffineDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect"];
}

#endif // LMCC_PASSES_TILE_PASSES
