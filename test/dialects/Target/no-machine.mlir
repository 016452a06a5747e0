// RUN: lmcc-opt %s --lmcc-tile-products --mlir-print-local-scope | FileCheck %s --check-prefix=TILE
// RUN: lmcc-opt %s --lmcc-vectorize-elementwise --mlir-print-local-scope | FileCheck %s --check-prefix=ELEMENTWISE
// RUN: lmcc-opt %s --lmcc-vectorize-rows --mlir-print-local-scope | FileCheck %s --check-prefix=ROWS
// RUN: lmcc-opt %s --lmcc-plan-memory --mlir-print-local-scope | FileCheck %s --check-prefix=MEMORY

// A module without a machine is compiled for generic C++: tiles of 4 rows,
// no vectors, an alignment of 16 bytes.

// TILE-LABEL: func.func @product(
// TILE-SAME:      %[[X:[^:]*]]: memref<5x3xf32>
// TILE:         memref.subview %[[X]][%{{.*}}, 0] [4, 3] [1, 1]
// TILE:         memref.subview %[[X]][4, 0] [1, 3] [1, 1]
func.func @product(%x: memref<5x3xf32>, %w: memref<1x3x4xf32>, %y: memref<5x4xf32>) {
  kernel.panel_product %x, %w into %y maps [] : memref<5x3xf32>, memref<1x3x4xf32>, memref<5x4xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// ELEMENTWISE-LABEL: func.func @elementwise(
// ELEMENTWISE-NOT:     vector<
// ELEMENTWISE:         math.exp %{{.*}} : f32
func.func @elementwise(%x: memref<8xf32>) {
  linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
      ins(%x : memref<8xf32>) outs(%x : memref<8xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = math.exp %in : f32
    linalg.yield %0 : f32
  }
  return
}

// ROWS-LABEL: func.func @row(
// ROWS-NOT:     vector<
// ROWS:         return %{{.*}} : f32
func.func @row(%x: memref<32xf32>) -> f32 {
  %0 = kernel.row_reduce sum %x : memref<32xf32> -> f32 {
  ^bb0(%e: f32):
    kernel.yield %e : f32
  }
  return %0 : f32
}

func.func private @kernel(memref<?xi8>)

// MEMORY-LABEL: func.func @run(
// MEMORY:         kernel.slot 0 bytes 16 : memref<?xi8>
func.func @run() {
  %0 = kernel.buffer 1 : memref<?xi8>
  call @kernel(%0) : (memref<?xi8>) -> ()
  return
}
