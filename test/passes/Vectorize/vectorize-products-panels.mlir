// RUN: lmcc-opt %s --lmcc-vectorize-products --cse --canonicalize --mlir-print-local-scope | FileCheck %s

// One row over two panels of two vectors: four sums from one element of the
// row; neighbouring panels lie a whole panel apart, their columns side by side.

module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func @two_panels(
// CHECK-SAME:      %[[X:[^:]*]]: memref<1x7xf32>, %[[W:[^:]*]]: memref<2x7x16xf32>, %[[Y:[^:]*]]: memref<1x32xf32>)
func.func @two_panels(%x: memref<1x7xf32>, %w: memref<2x7x16xf32>, %y: memref<1x32xf32>) {
  // CHECK-DAG:  %[[C0:.*]] = arith.constant 0 : index
  // CHECK-DAG:  %[[C1:.*]] = arith.constant 1 : index
  // CHECK-DAG:  %[[C8:.*]] = arith.constant 8 : index
  // CHECK:      %[[SUMS:.*]]:4 = scf.for %[[K:.*]] = %[[C0]] to %{{.*}} step %[[C1]]
  // CHECK:        %[[W0:.*]] = vector.load %[[W]][%[[C0]], %[[K]], %[[C0]]]
  // CHECK:        %[[W1:.*]] = vector.load %[[W]][%[[C0]], %[[K]], %[[C8]]]
  // CHECK:        %[[W2:.*]] = vector.load %[[W]][%[[C1]], %[[K]], %[[C0]]]
  // CHECK:        %[[W3:.*]] = vector.load %[[W]][%[[C1]], %[[K]], %[[C8]]]
  // CHECK:        %[[ALL:.*]] = vector.broadcast %{{.*}} : f32 to vector<8xf32>
  // CHECK-NEXT:   math.fma %[[ALL]], %[[W0]]
  // CHECK-NEXT:   math.fma %[[ALL]], %[[W1]]
  // CHECK-NEXT:   math.fma %[[ALL]], %[[W2]]
  // CHECK-NEXT:   math.fma %[[ALL]], %[[W3]]
  // CHECK:      vector.store %[[SUMS]]#0, %[[Y]][%[[C0]], %[[C0]]]
  // CHECK:      vector.store %[[SUMS]]#3, %[[Y]][%[[C0]], %{{.*}}]
  kernel.panel_product %x, %w into %y maps [] : memref<1x7xf32>, memref<2x7x16xf32>, memref<1x32xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
}
