// RUN: lmcc-opt %s --lmcc-vectorize-elementwise --canonicalize --cse --mlir-print-local-scope | FileCheck %s

module attributes {target.machine = #target.machine<name = "4 lanes", vector_bits = 128, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// Six pairs of neighbours in each row: four at a time are two vectors, the
// others go one by one. All of a pair is read before any of it is written.
// CHECK-LABEL: func.func @neighbours(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[Y:[^:]*]]: memref<?xf32>)
// CHECK:         scf.for %[[I:.*]] = %c0 to %c5 step %c1 {
// CHECK:           %[[P:.*]] = affine.apply affine_map<(d0) -> (d0 * 12)>(%[[I]])
// CHECK-NEXT:      %[[V0:.*]] = vector.load %[[X]][%[[P]]] : memref<?xf32>, vector<4xf32>
// CHECK-NEXT:      %[[Q:.*]] = affine.apply affine_map<(d0) -> (d0 * 12 + 4)>(%[[I]])
// CHECK-NEXT:      %[[V1:.*]] = vector.load %[[X]][%[[Q]]] : memref<?xf32>, vector<4xf32>
// CHECK-NEXT:      %[[A:.*]] = vector.shuffle %[[V0]], %[[V1]] [0, 2, 4, 6]
// CHECK-NEXT:      %[[B:.*]] = vector.shuffle %[[V0]], %[[V1]] [1, 3, 5, 7]
// CHECK-NEXT:      %[[D:.*]] = arith.subf %[[A]], %[[B]] : vector<4xf32>
// CHECK-NEXT:      %[[S:.*]] = arith.addf %[[A]], %[[B]] : vector<4xf32>
// CHECK-NEXT:      %[[R0:.*]] = vector.shuffle %[[D]], %[[S]] [0, 4, 1, 5]
// CHECK-NEXT:      vector.store %[[R0]], %[[Y]][%[[P]]]
// CHECK-NEXT:      %[[R1:.*]] = vector.shuffle %[[D]], %[[S]] [2, 6, 3, 7]
// CHECK-NEXT:      vector.store %[[R1]], %[[Y]][%[[Q]]]
// CHECK-NEXT:      scf.for %{{.*}} = %c4 to %c6 step %c1 {
// CHECK:             memref.load
// CHECK:             memref.load
// CHECK:             memref.store
// CHECK:             memref.store
func.func @neighbours(%x: memref<?xf32>, %y: memref<?xf32>) {
  %v = memref.reinterpret_cast %x to offset: [0], sizes: [5, 2, 6], strides: [12, 1, 2] : memref<?xf32> to memref<5x2x6xf32, strided<[12, 1, 2]>>
  %w = memref.reinterpret_cast %y to offset: [0], sizes: [5, 2, 6], strides: [12, 1, 2] : memref<?xf32> to memref<5x2x6xf32, strided<[12, 1, 2]>>
  %v0 = memref.subview %v[0, 0, 0] [5, 1, 6] [1, 1, 1] : memref<5x2x6xf32, strided<[12, 1, 2]>> to memref<5x6xf32, strided<[12, 2]>>
  %v1 = memref.subview %v[0, 1, 0] [5, 1, 6] [1, 1, 1] : memref<5x2x6xf32, strided<[12, 1, 2]>> to memref<5x6xf32, strided<[12, 2], offset: 1>>
  %w0 = memref.subview %w[0, 0, 0] [5, 1, 6] [1, 1, 1] : memref<5x2x6xf32, strided<[12, 1, 2]>> to memref<5x6xf32, strided<[12, 2]>>
  %w1 = memref.subview %w[0, 1, 0] [5, 1, 6] [1, 1, 1] : memref<5x2x6xf32, strided<[12, 1, 2]>> to memref<5x6xf32, strided<[12, 2], offset: 1>>
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%v0, %v1 : memref<5x6xf32, strided<[12, 2]>>, memref<5x6xf32, strided<[12, 2], offset: 1>>)
      outs(%w0, %w1 : memref<5x6xf32, strided<[12, 2]>>, memref<5x6xf32, strided<[12, 2], offset: 1>>) {
  ^bb0(%a: f32, %b: f32, %out0: f32, %out1: f32):
    %0 = arith.subf %a, %b : f32
    %1 = arith.addf %a, %b : f32
    linalg.yield %0, %1 : f32, f32
  }
  return
}

// The same elements twice, neighbours of two buffers, and ones that are further
// apart are no pairs; nor is an input one with an output.
// CHECK-LABEL: func.func @others(
// CHECK-NOT:     vector
// CHECK:         return
func.func @others(%x: memref<?xf32>, %y: memref<?xf32>, %z: memref<8xf32>) {
  %v = memref.reinterpret_cast %x to offset: [0], sizes: [4, 8], strides: [1, 2] : memref<?xf32> to memref<4x8xf32, strided<[1, 2]>>
  %w = memref.reinterpret_cast %y to offset: [0], sizes: [4, 8], strides: [1, 2] : memref<?xf32> to memref<4x8xf32, strided<[1, 2]>>
  %v0 = memref.subview %v[0, 0] [1, 8] [1, 1] : memref<4x8xf32, strided<[1, 2]>> to memref<8xf32, strided<[2]>>
  %v1 = memref.subview %v[1, 0] [1, 8] [1, 1] : memref<4x8xf32, strided<[1, 2]>> to memref<8xf32, strided<[2], offset: 1>>
  %v3 = memref.subview %v[3, 0] [1, 8] [1, 1] : memref<4x8xf32, strided<[1, 2]>> to memref<8xf32, strided<[2], offset: 3>>
  %w1 = memref.subview %w[1, 0] [1, 8] [1, 1] : memref<4x8xf32, strided<[1, 2]>> to memref<8xf32, strided<[2], offset: 1>>
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%v0, %v0, %v3, %w1 : memref<8xf32, strided<[2]>>, memref<8xf32, strided<[2]>>, memref<8xf32, strided<[2], offset: 3>>, memref<8xf32, strided<[2], offset: 1>>)
      outs(%z : memref<8xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32, %d: f32, %out: f32):
    %0 = arith.addf %a, %b : f32
    %1 = arith.addf %c, %d : f32
    %2 = arith.addf %0, %1 : f32
    linalg.yield %2 : f32
  }
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%v0 : memref<8xf32, strided<[2]>>) outs(%v1 : memref<8xf32, strided<[2], offset: 1>>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.negf %a : f32
    linalg.yield %0 : f32
  }
  return
}
}
