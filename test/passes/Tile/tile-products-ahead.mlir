// RUN: lmcc-opt %s --split-input-file --lmcc-tile-products --cse --mlir-print-local-scope | FileCheck %s
// RUN: lmcc-opt %s --split-input-file --lmcc-tile-products --lmcc-vectorize-products --cse --mlir-print-local-scope | FileCheck %s --check-prefix=FETCH

// Weights that stream from memory are fetched a block ahead.

module attributes {target.machine = #target.machine<name = "fetches", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 64, alignment = 64, prefetch_bytes = 32>} {

// Of two tiles of rows each fetches one half of the next panel: 16 columns times
// 6 steps, so one half begins 48 elements behind the other.
// CHECK-LABEL: func.func @two_tiles_share(
// CHECK-SAME:      %{{[^:]*}}: memref<8x6xf32>, %[[W:[^:]*]]: memref<?xf32>
// FETCH-LABEL: func.func @two_tiles_share(
func.func @two_tiles_share(%x: memref<8x6xf32>, %flat: memref<?xf32>, %y: memref<8x32xf32>) {
  // CHECK:      scf.for %[[P:.*]] = {{.*}} {
  // CHECK:        scf.for %[[I:.*]] = {{.*}} {
  // CHECK:          %[[AT:.*]] = affine.apply affine_map<{{.*}}>(%[[P]], %[[I]])
  // CHECK:          %[[NEXT:.*]] = memref.reinterpret_cast %[[W]] to offset: [%[[AT]]], sizes: [6, 8], strides: [8, 1]
  // CHECK:          kernel.panel_product {{.*}} streams ahead(%[[NEXT]] : memref<6x8xf32, strided<[8, 1], offset: ?>>)
  // FETCH:      scf.for %[[K:.*]] = {{.*}} iter_args
  // FETCH:        memref.prefetch %{{.*}}[%{{.*}}], read, locality<2>, data : memref<6x8xf32, strided<[8, 1], offset: ?>>
  // FETCH-NOT:    memref.prefetch
  // FETCH:        vector.load
  %w = memref.reinterpret_cast %flat to offset: [0], sizes: [2, 6, 16], strides: [96, 16, 1] : memref<?xf32> to memref<2x6x16xf32>
  kernel.panel_product %x, %w into %y maps [] streams : memref<8x6xf32>, memref<2x6x16xf32>, memref<8x32xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// Of four tiles each fetches a quarter: 4 columns a step.
// CHECK-LABEL: func.func @four_tiles_share(
func.func @four_tiles_share(%x: memref<16x6xf32>, %flat: memref<?xf32>, %y: memref<16x32xf32>) {
  // CHECK: memref.reinterpret_cast %{{.*}} to offset: [%{{.*}}], sizes: [6, 8], strides: [4, 1]
  // CHECK: kernel.panel_product {{.*}} streams ahead
  %w = memref.reinterpret_cast %flat to offset: [0], sizes: [2, 6, 16], strides: [96, 16, 1] : memref<?xf32> to memref<2x6x16xf32>
  kernel.panel_product %x, %w into %y maps [] streams : memref<16x6xf32>, memref<2x6x16xf32>, memref<16x32xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// An unknown number of tiles shares alike: ceil(4 * 16 / rows) columns a step.
// The tiles of fewer rows behind them fetch all, since there may be no whole one.
// Where the columns of a step are known at run time only, the loop carries the
// place and adds them: no multiplication in it.
// CHECK-LABEL: func.func @unknown_tiles_share(
// CHECK-SAME:      %{{[^:]*}}: memref<?x6xf32>, %{{[^:]*}}: memref<?xf32>, %{{[^:]*}}: memref<?x32xf32>, %[[ROWS:.*]]: index)
// FETCH-LABEL: func.func @unknown_tiles_share(
// FETCH-SAME:      %{{[^:]*}}: memref<?x6xf32>, %[[W:[^:]*]]: memref<?xf32>,
func.func @unknown_tiles_share(%flat: memref<?x6xf32>, %weights: memref<?xf32>, %out: memref<?x32xf32>, %rows: index) {
  // CHECK:      scf.for
  // CHECK:        scf.for
  // CHECK:          %[[SUM:.*]] = affine.apply affine_map<()[s0] -> (s0 + 63)>()[%[[ROWS]]]
  // CHECK:          %[[PART:.*]] = arith.divui %[[SUM]], %[[ROWS]] : index
  // CHECK:          memref.reinterpret_cast %{{.*}} to offset: [%{{.*}}], sizes: [6, 8], strides: [%[[PART]], 1]
  // CHECK:          kernel.panel_product {{.*}} streams ahead({{.*}}) : memref<4x6xf32
  // CHECK:        scf.for
  // CHECK:          memref.reinterpret_cast %{{.*}} to offset: [%{{.*}}], sizes: [6, 16], strides: [16, 1]
  // CHECK:          kernel.panel_product {{.*}} streams ahead({{.*}}) : memref<2x6xf32
  // FETCH:      %[[PART:.*]] = arith.divui
  // FETCH:      %[[START:.*]] = affine.apply
  // FETCH:      scf.for %{{.*}} iter_args({{.*}}, %[[AT:.*]] = %[[START]])
  // FETCH-NEXT:   memref.prefetch %[[W]][%[[AT]]], read, locality<2>, data : memref<?xf32>
  // FETCH-NEXT:   %[[BEHIND:.*]] = affine.apply affine_map<(d0, d1) -> (d0 + d1)>(%[[AT]], %[[PART]])
  // FETCH:        scf.yield {{.*}}, %[[BEHIND]] :
  %w = memref.reinterpret_cast %weights to offset: [0], sizes: [2, 6, 16], strides: [96, 16, 1] : memref<?xf32> to memref<2x6x16xf32>
  %x = memref.subview %flat[0, 0] [%rows, 6] [1, 1] : memref<?x6xf32> to memref<?x6xf32, strided<[6, 1]>>
  %y = memref.subview %out[0, 0] [%rows, 32] [1, 1] : memref<?x32xf32> to memref<?x32xf32, strided<[32, 1]>>
  kernel.panel_product %x, %w into %y maps [] streams : memref<?x6xf32, strided<[6, 1]>>, memref<2x6x16xf32>, memref<?x32xf32, strided<[32, 1]>> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// A tile alone fetches all of it, 8 elements at a time.
// CHECK-LABEL: func.func @one_tile_fetches_all(
// FETCH-LABEL: func.func @one_tile_fetches_all(
func.func @one_tile_fetches_all(%x: memref<4x6xf32>, %flat: memref<?xf32>, %y: memref<4x32xf32>) {
  // CHECK: memref.reinterpret_cast %{{.*}} to offset: [%{{.*}}], sizes: [6, 16], strides: [16, 1]
  // CHECK: kernel.panel_product {{.*}} streams ahead
  // FETCH-COUNT-2: memref.prefetch
  // FETCH-NOT:     memref.prefetch
  // FETCH:         return
  %w = memref.reinterpret_cast %flat to offset: [0], sizes: [2, 6, 16], strides: [96, 16, 1] : memref<?xf32> to memref<2x6x16xf32>
  kernel.panel_product %x, %w into %y maps [] streams : memref<4x6xf32>, memref<2x6x16xf32>, memref<4x32xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// One row reads its weights faster than software asks for them, and panels that
// were packed at run time are in a cache already.
// CHECK-LABEL: func.func @keep_one_row(
func.func @keep_one_row(%x: memref<1x6xf32>, %w: memref<2x6x16xf32>, %y: memref<1x32xf32>) {
  // CHECK-NOT: ahead
  // CHECK:     return
  kernel.panel_product %x, %w into %y maps [] streams : memref<1x6xf32>, memref<2x6x16xf32>, memref<1x32xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// CHECK-LABEL: func.func @keep_activations(
func.func @keep_activations(%x: memref<8x6xf32>, %w: memref<2x6x16xf32>, %y: memref<8x32xf32>) {
  // CHECK-NOT: ahead
  // CHECK:     return
  kernel.panel_product %x, %w into %y maps [] : memref<8x6xf32>, memref<2x6x16xf32>, memref<8x32xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
}

// -----

// A machine whose record names no prefetch has none.
module attributes {target.machine = #target.machine<name = "without", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 64, alignment = 64>} {
// CHECK-LABEL: func.func @keep_without_prefetch(
func.func @keep_without_prefetch(%x: memref<8x6xf32>, %w: memref<2x6x16xf32>, %y: memref<8x32xf32>) {
  // CHECK-NOT: ahead
  // CHECK:     return
  kernel.panel_product %x, %w into %y maps [] streams : memref<8x6xf32>, memref<2x6x16xf32>, memref<8x32xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
}
