// RUN: lmcc-opt %s --lmcc-vectorize-elementwise --canonicalize --cse --mlir-print-local-scope | FileCheck %s

module attributes {target.machine = #target.machine<name = "4 lanes", vector_bits = 128, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// A square of 4 x 4 is four vectors along the rows of the source, exchanged in
// two steps. Rows and columns that are left go one by one.
// CHECK-LABEL: func.func @transposed(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[Y:[^:]*]]: memref<6x9xf32>)
// CHECK:         scf.for %[[J:.*]] = %c0 to %c8 step %c4 {
// CHECK:           %[[A0:.*]] = affine.apply affine_map<(d0) -> (d0 * 10)>(%[[J]])
// CHECK-NEXT:      %[[V0:.*]] = vector.load %[[X]][%[[A0]]] : memref<?xf32>, vector<4xf32>
// CHECK-NEXT:      %[[A1:.*]] = affine.apply affine_map<(d0) -> (d0 * 10 + 10)>(%[[J]])
// CHECK-NEXT:      %[[V1:.*]] = vector.load %[[X]][%[[A1]]]
// CHECK:           %[[V2:.*]] = vector.load
// CHECK:           %[[V3:.*]] = vector.load
// CHECK-NEXT:      %[[W0:.*]] = vector.shuffle %[[V0]], %[[V1]] [0, 4, 2, 6]
// CHECK-NEXT:      %[[W1:.*]] = vector.shuffle %[[V0]], %[[V1]] [1, 5, 3, 7]
// CHECK-NEXT:      %[[W2:.*]] = vector.shuffle %[[V2]], %[[V3]] [0, 4, 2, 6]
// CHECK-NEXT:      %[[W3:.*]] = vector.shuffle %[[V2]], %[[V3]] [1, 5, 3, 7]
// CHECK-NEXT:      %[[R0:.*]] = vector.shuffle %[[W0]], %[[W2]] [0, 1, 4, 5]
// CHECK-NEXT:      %[[R2:.*]] = vector.shuffle %[[W0]], %[[W2]] [2, 3, 6, 7]
// CHECK-NEXT:      %[[R1:.*]] = vector.shuffle %[[W1]], %[[W3]] [0, 1, 4, 5]
// CHECK-NEXT:      %[[R3:.*]] = vector.shuffle %[[W1]], %[[W3]] [2, 3, 6, 7]
// CHECK-NEXT:      vector.store %[[R0]], %[[Y]][%c0, %[[J]]]
// CHECK-NEXT:      vector.store %[[R1]], %[[Y]][%c1, %[[J]]]
// CHECK-NEXT:      vector.store %[[R2]], %[[Y]][%c2, %[[J]]]
// CHECK-NEXT:      vector.store %[[R3]], %[[Y]][%c3, %[[J]]]
// CHECK:         scf.for %[[I:.*]] = %c0 to %c4 step %c1 {
// CHECK-NEXT:      memref.load %{{.*}}[%[[I]], %c8]
// CHECK-NEXT:      memref.store %{{.*}}, %[[Y]][%[[I]], %c8]
// CHECK:         scf.for %[[I2:.*]] = %c4 to %c6 step %c1 {
// CHECK-NEXT:      scf.for %[[J2:.*]] = %c0 to %c9 step %c1 {
func.func @transposed(%x: memref<?xf32>, %y: memref<6x9xf32>) {
  %v = memref.reinterpret_cast %x to offset: [0], sizes: [6, 9], strides: [1, 10] : memref<?xf32> to memref<6x9xf32, strided<[1, 10]>>
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%v : memref<6x9xf32, strided<[1, 10]>>) outs(%y : memref<6x9xf32>) {
  ^bb0(%a: f32, %out: f32):
    linalg.yield %a : f32
  }
  return
}

// More than a copy, or an input that is contiguous along both.
// CHECK-LABEL: func.func @others(
// CHECK-NOT:     vector.shuffle
// CHECK:         return
func.func @others(%x: memref<?xf32>, %y: memref<6x8xf32>) {
  %v = memref.reinterpret_cast %x to offset: [0], sizes: [6, 8], strides: [1, 10] : memref<?xf32> to memref<6x8xf32, strided<[1, 10]>>
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%v : memref<6x8xf32, strided<[1, 10]>>) outs(%y : memref<6x8xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.addf %a, %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%y : memref<6x8xf32>) outs(%y : memref<6x8xf32>) {
  ^bb0(%a: f32, %out: f32):
    linalg.yield %a : f32
  }
  return
}
}
