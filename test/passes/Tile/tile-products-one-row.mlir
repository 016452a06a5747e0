// RUN: lmcc-opt %s --lmcc-tile-products --cse --canonicalize --mlir-print-local-scope | FileCheck %s

// Panels of two vectors: one row takes four of them at a time for eight sums.

module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// Ten panels are two times four and one time two.
// CHECK-LABEL: func.func @one_row(
// CHECK-SAME:      %[[X:[^:]*]]: memref<1x7xf32>, %[[W:[^:]*]]: memref<10x7x16xf32>, %[[Y:[^:]*]]: memref<1x160xf32>, %[[B:[^:]*]]: memref<160xf32>)
func.func @one_row(%x: memref<1x7xf32>, %w: memref<10x7x16xf32>, %y: memref<1x160xf32>, %b: memref<160xf32>) {
  // CHECK-DAG:  %[[C0:.*]] = arith.constant 0 : index
  // CHECK-DAG:  %[[C4:.*]] = arith.constant 4 : index
  // CHECK-DAG:  %[[C8:.*]] = arith.constant 8 : index
  // CHECK:      scf.for %[[P:.*]] = %[[C0]] to %[[C8]] step %[[C4]] {
  // CHECK:        %[[FOUR:.*]] = memref.subview %[[W]][%[[P]], 0, 0] [4, 7, 16] [1, 1, 1]
  // CHECK:        %[[OUT:.*]] = memref.subview %[[Y]][0, %{{.*}}] [1, 64] [1, 1]
  // CHECK:        %[[BIAS:.*]] = memref.subview %[[B]][%{{.*}}] [64] [1]
  // CHECK:        kernel.panel_product %{{.*}}, %[[FOUR]] into %[[OUT]] extras(%[[BIAS]])
  // CHECK:      %[[TWO:.*]] = memref.subview %[[W]][8, 0, 0] [2, 7, 16] [1, 1, 1]
  // CHECK:      %[[LAST:.*]] = memref.subview %[[Y]][0, 128] [1, 32] [1, 1]
  // CHECK:      kernel.panel_product %{{.*}}, %[[TWO]] into %[[LAST]]
  // CHECK-NOT:  kernel.panel_product
  // CHECK:      return
  kernel.panel_product %x, %w into %y extras(%b) maps [affine_map<(i, j) -> (j)>] : memref<1x7xf32>, memref<10x7x16xf32>, memref<1x160xf32>, memref<160xf32> {
  ^bb0(%sum: f32, %e: f32):
    %0 = arith.addf %sum, %e : f32
    kernel.yield %0 : f32
  }
  return
}

// What is left may end within its last panel, behind a whole vector.
// CHECK-LABEL: func.func @ends_behind_a_vector(
// CHECK-SAME:      %{{[^:]*}}: memref<1x7xf32>, %[[W:[^:]*]]: memref<6x7x16xf32>, %[[Y:[^:]*]]: memref<1x88xf32>)
func.func @ends_behind_a_vector(%x: memref<1x7xf32>, %w: memref<6x7x16xf32>, %y: memref<1x88xf32>) {
  // CHECK-NOT:  memref.alloca
  // CHECK:      memref.subview %[[W]][0, 0, 0] [4, 7, 16] [1, 1, 1]
  // CHECK:      kernel.panel_product
  // CHECK:      %[[TWO:.*]] = memref.subview %[[W]][4, 0, 0] [2, 7, 16] [1, 1, 1]
  // CHECK:      %[[LAST:.*]] = memref.subview %[[Y]][0, 64] [1, 24] [1, 1]
  // CHECK:      kernel.panel_product %{{.*}}, %[[TWO]] into %[[LAST]]
  // CHECK:      return
  kernel.panel_product %x, %w into %y maps [] : memref<1x7xf32>, memref<6x7x16xf32>, memref<1x88xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// Where it ends within a vector, only the columns of the last panel take the
// local array.
// CHECK-LABEL: func.func @ends_within_a_vector(
// CHECK-SAME:      %{{[^:]*}}: memref<1x7xf32>, %[[W:[^:]*]]: memref<6x7x16xf32>, %[[Y:[^:]*]]: memref<1x85xf32>)
func.func @ends_within_a_vector(%x: memref<1x7xf32>, %w: memref<6x7x16xf32>, %y: memref<1x85xf32>) {
  // CHECK:      %[[LOCAL:.*]] = memref.alloca() : memref<1x8xf32>
  // CHECK:      memref.subview %[[W]][0, 0, 0] [4, 7, 16] [1, 1, 1]
  // CHECK:      memref.subview %[[W]][4, 0, 0] [1, 7, 16] [1, 1, 1]
  // CHECK:      memref.subview %[[Y]][0, 64] [1, 16] [1, 1]
  // CHECK:      %[[PANEL:.*]] = memref.subview %[[W]][5, 0, 0] [1, 7, 16] [1, 1, 1]
  // CHECK:      kernel.panel_product %{{.*}}, %[[PANEL]] into %{{.*}} : {{.*}}, memref<1x8xf32
  // CHECK:      memref.subview %[[LOCAL]][0, 0] [1, 5] [1, 1]
  // CHECK:      memref.subview %[[Y]][0, 80] [1, 5] [1, 1]
  // CHECK:      return
  kernel.panel_product %x, %w into %y maps [] : memref<1x7xf32>, memref<6x7x16xf32>, memref<1x85xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// Rows that are not known to be one take the ladder.
// CHECK-LABEL: func.func @perhaps_one_row(
func.func @perhaps_one_row(%from: memref<?xf32>, %w: memref<4x7x16xf32>, %to: memref<?xf32>, %n: index) {
  // CHECK:      scf.for %[[P:.*]] =
  // CHECK:        memref.subview %{{.*}}[%[[P]], 0, 0] [1, 7, 16] [1, 1, 1]
  // CHECK-NOT:    [4, 7, 16]
  // CHECK:      return
  %x = memref.reinterpret_cast %from to offset: [0], sizes: [%n, 7], strides: [7, 1] : memref<?xf32> to memref<?x7xf32, strided<[7, 1]>>
  %y = memref.reinterpret_cast %to to offset: [0], sizes: [%n, 64], strides: [64, 1] : memref<?xf32> to memref<?x64xf32, strided<[64, 1]>>
  kernel.panel_product %x, %w into %y maps [] : memref<?x7xf32, strided<[7, 1]>>, memref<4x7x16xf32>, memref<?x64xf32, strided<[64, 1]>> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
}
