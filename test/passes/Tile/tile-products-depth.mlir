// RUN: lmcc-opt %s --lmcc-tile-products --cse --mlir-print-local-scope | FileCheck %s

// A depth that is cut into blocks of 16.

module attributes {target.machine = #target.machine<name = "blocks of 16", vector_bits = 256, tile_rows = 4, panel_columns = 8, depth_block = 16, alignment = 64>} {

// 40 = 14 + 14 + 12: the first block starts the sums, the others continue them,
// and the last one has the epilogue. All rows pass under a block before the
// next one begins.
// CHECK-LABEL: func.func @three_blocks(
// CHECK-SAME:      %[[X:[^:]*]]: memref<12x40xf32>, %[[W:[^:]*]]: memref<2x40x8xf32>, %[[Y:[^:]*]]: memref<12x16xf32>, %[[R:[^:]*]]: memref<16xf32>)
func.func @three_blocks(%x: memref<12x40xf32>, %w: memref<2x40x8xf32>, %y: memref<12x16xf32>, %row: memref<16xf32>) {
  // CHECK:      scf.for %[[P:.*]] = {{.*}} {
  // CHECK:        scf.for %[[I0:.*]] = {{.*}} {
  // CHECK:          memref.subview %[[X]][%[[I0]], 0] [4, 14] [1, 1]
  // CHECK:          memref.subview %[[W]][%[[P]], 0, 0] [1, 14, 8] [1, 1, 1]
  // CHECK:          %[[OUT0:.*]] = memref.subview %[[Y]][%[[I0]], %{{.*}}] [4, 8] [1, 1]
  // CHECK-NEXT:     kernel.panel_product %{{.*}} into %[[OUT0]] maps [] :
  // CHECK-NEXT:     ^bb0(%[[S0:.*]]: f32):
  // CHECK-NEXT:       kernel.yield %[[S0]] : f32
  // CHECK-DAG:    %[[C14:.*]] = arith.constant 14 : index
  // CHECK-DAG:    %[[C28:.*]] = arith.constant 28 : index
  // CHECK:        scf.for %[[K:.*]] = %[[C14]] to %[[C28]] step %[[C14]] {
  // CHECK:          scf.for %[[I1:.*]] = {{.*}} {
  // CHECK:            memref.subview %[[X]][%[[I1]], %[[K]]] [4, 14] [1, 1]
  // CHECK:            memref.subview %[[W]][%[[P]], %[[K]], 0] [1, 14, 8] [1, 1, 1]
  // CHECK:            kernel.panel_product %{{.*}} maps [] continues :
  // CHECK-NEXT:       ^bb0(%[[S1:.*]]: f32):
  // CHECK-NEXT:         kernel.yield %[[S1]] : f32
  // CHECK:        scf.for %[[I2:.*]] = {{.*}} {
  // CHECK:          memref.subview %[[X]][%[[I2]], 28] [4, 12] [1, 1]
  // CHECK:          memref.subview %[[W]][%[[P]], 28, 0] [1, 12, 8] [1, 1, 1]
  // CHECK:          %[[RT:.*]] = memref.subview %[[R]]
  // CHECK:          kernel.panel_product %{{.*}} extras(%[[RT]]) maps [affine_map<(d0, d1) -> (d1)>] continues :
  // CHECK:            arith.addf
  // CHECK-NOT:  scf.for
  // CHECK:      return
  kernel.panel_product %x, %w into %y extras(%row) maps [affine_map<(i, j) -> (j)>]
      : memref<12x40xf32>, memref<2x40x8xf32>, memref<12x16xf32>, memref<16xf32> {
  ^bb0(%sum: f32, %r: f32):
    %0 = arith.addf %sum, %r : f32
    kernel.yield %0 : f32
  }
  return
}

// Two whole blocks have no block between them. Two tiles of rows read a panel
// twice, which is enough to keep it in the cache.
// CHECK-LABEL: func.func @two_blocks(
// CHECK-SAME:      %[[X:[^:]*]]: memref<8x32xf32>
func.func @two_blocks(%x: memref<8x32xf32>, %w: memref<1x32x8xf32>, %y: memref<8x8xf32>) {
  // CHECK:     memref.subview %[[X]][%{{.*}}, 0] [4, 16] [1, 1]
  // CHECK:     memref.subview %[[X]][%{{.*}}, 16] [4, 16] [1, 1]
  // CHECK:     kernel.panel_product {{.*}} continues
  // CHECK-NOT: memref.subview %[[X]]
  // CHECK:     return
  kernel.panel_product %x, %w into %y maps [] : memref<8x32xf32>, memref<1x32x8xf32>, memref<8x8xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// CHECK-LABEL: func.func @keep_one_block(
// CHECK-SAME:      %[[X:[^:]*]]: memref<12x16xf32>
func.func @keep_one_block(%x: memref<12x16xf32>, %w: memref<1x16x8xf32>, %y: memref<12x8xf32>) {
  // CHECK-NOT: continues
  // CHECK:     memref.subview %[[X]][%{{.*}}, 0] [4, 16] [1, 1]
  // CHECK-NOT: continues
  // CHECK:     return
  kernel.panel_product %x, %w into %y maps [] : memref<12x16xf32>, memref<1x16x8xf32>, memref<12x8xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// Rows of one tile read each panel once, whatever its depth.
// CHECK-LABEL: func.func @keep_rows_of_one_tile(
// CHECK-SAME:      %[[X:[^:]*]]: memref<4x40xf32>
func.func @keep_rows_of_one_tile(%x: memref<4x40xf32>, %w: memref<2x40x8xf32>, %y: memref<4x16xf32>) {
  // CHECK-NOT: continues
  // CHECK:     memref.subview %[[X]][%{{.*}}, 0] [4, 40] [1, 1]
  // CHECK-NOT: continues
  // CHECK:     return
  kernel.panel_product %x, %w into %y maps [] : memref<4x40xf32>, memref<2x40x8xf32>, memref<4x16xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// An extra in the place of the output would be gone after the first block.
// CHECK-LABEL: func.func @keep_extra_in_place(
// CHECK-SAME:      %[[X:[^:]*]]: memref<12x40xf32>
func.func @keep_extra_in_place(%x: memref<12x40xf32>, %w: memref<2x40x8xf32>, %flat: memref<?xf32>) {
  // CHECK-NOT: continues
  // CHECK:     memref.subview %[[X]][%{{.*}}, 0] [4, 40] [1, 1]
  // CHECK-NOT: continues
  // CHECK:     return
  %y = memref.reinterpret_cast %flat to offset: [0], sizes: [12, 16], strides: [16, 1]
      : memref<?xf32> to memref<12x16xf32, strided<[16, 1]>>
  kernel.panel_product %x, %w into %y extras(%y) maps [affine_map<(i, j) -> (i, j)>]
      : memref<12x40xf32>, memref<2x40x8xf32>, memref<12x16xf32, strided<[16, 1]>>, memref<12x16xf32, strided<[16, 1]>> {
  ^bb0(%sum: f32, %r: f32):
    %0 = arith.addf %sum, %r : f32
    kernel.yield %0 : f32
  }
  return
}

// Columns behind the last full panel keep their sums in the local array, for
// the whole depth.
// CHECK-LABEL: func.func @rest_of_columns(
// CHECK-SAME:      %[[X:[^:]*]]: memref<12x40xf32>
func.func @rest_of_columns(%x: memref<12x40xf32>, %w: memref<1x40x8xf32>, %y: memref<12x5xf32>) {
  // CHECK:     memref.alloca() : memref<4x8xf32>
  // CHECK-NOT: continues
  // CHECK:     memref.subview %[[X]][%{{.*}}, 0] [4, 40] [1, 1]
  // CHECK-NOT: continues
  // CHECK:     return
  kernel.panel_product %x, %w into %y maps [] : memref<12x40xf32>, memref<1x40x8xf32>, memref<12x5xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
}
