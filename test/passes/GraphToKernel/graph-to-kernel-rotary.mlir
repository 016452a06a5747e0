// RUN: lmcc-opt %s --lmcc-graph-to-kernel --cse --mlir-print-local-scope --split-input-file | FileCheck %s

// First and second halves are two views of the input, whose heads lie apart,
// of the result and of the angles, which repeat for each head.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @rotary_embedding(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[C:[^:]*]]: memref<?xf32>, %[[S:[^:]*]]: memref<?xf32>, %[[Y:[^:]*]]: memref<?xf32>)
// CHECK-DAG:     %[[XV:.*]] = memref.reinterpret_cast %[[X]] to offset: [0], sizes: [3, 5, 2, 8], strides: [16, 48, 8, 1]
// CHECK-DAG:     %[[YV:.*]] = memref.reinterpret_cast %[[Y]] to offset: [0], sizes: [3, 5, 2, 8], strides: [80, 16, 8, 1]
// CHECK-DAG:     %[[A:.*]] = memref.subview %[[XV]][0, 0, 0, 0] [3, 5, 1, 8]
// CHECK-DAG:     %[[B:.*]] = memref.subview %[[XV]][0, 0, 1, 0] [3, 5, 1, 8]
// CHECK-DAG:     %[[CV:.*]] = memref.reinterpret_cast %[[C]] to offset: [0], sizes: [3, 5, 2, 8], strides: [0, 16, 8, 1]
// CHECK-DAG:     %[[CA:.*]] = memref.subview %[[CV]][0, 0, 0, 0]
// CHECK-DAG:     %[[CB:.*]] = memref.subview %[[CV]][0, 0, 1, 0]
// CHECK-DAG:     %[[SV:.*]] = memref.reinterpret_cast %[[S]] to offset: [0], sizes: [3, 5, 2, 8], strides: [0, 16, 8, 1]
// CHECK-DAG:     %[[SA:.*]] = memref.subview %[[SV]][0, 0, 0, 0]
// CHECK-DAG:     %[[SB:.*]] = memref.subview %[[SV]][0, 0, 1, 0]
// CHECK-DAG:     %[[YA:.*]] = memref.subview %[[YV]][0, 0, 0, 0]
// CHECK-DAG:     %[[YB:.*]] = memref.subview %[[YV]][0, 0, 1, 0]
// CHECK:         linalg.generic {{.*}} ins(%[[A]], %[[B]], %[[CA]], %[[CB]], %[[SA]], %[[SB]] : {{.*}}) outs(%[[YA]], %[[YB]] : {{.*}})
// CHECK-NEXT:    ^bb0(%[[A:.*]]: f32, %[[B:.*]]: f32, %[[CA:.*]]: f32, %[[CB:.*]]: f32, %[[SA:.*]]: f32, %[[SB:.*]]: f32, %{{.*}}: f32, %{{.*}}: f32):
// CHECK-DAG:       %[[ACA:.*]] = arith.mulf %[[A]], %[[CA]]
// CHECK-DAG:       %[[BSA:.*]] = arith.mulf %[[B]], %[[SA]]
// CHECK-DAG:       %[[FIRST:.*]] = arith.subf %[[ACA]], %[[BSA]]
// CHECK-DAG:       %[[BCB:.*]] = arith.mulf %[[B]], %[[CB]]
// CHECK-DAG:       %[[ASB:.*]] = arith.mulf %[[A]], %[[SB]]
// CHECK-DAG:       %[[SECOND:.*]] = arith.addf %[[BCB]], %[[ASB]]
// CHECK:           linalg.yield %[[FIRST]], %[[SECOND]]
// CHECK-NOT:     linalg.generic
// CHECK:         return
func.func @main(%x: tensor<5x3x16xf32>, %c: tensor<5x16xf32>, %s: tensor<5x16xf32>) -> tensor<3x5x16xf32> {
  %0 = graph.group (%gx = %x, %gc = %c, %gs = %s) : (tensor<5x3x16xf32>, tensor<5x16xf32>, tensor<5x16xf32>) -> tensor<3x5x16xf32> {
    %1 = graph.transpose %gx [1, 0, 2] : tensor<5x3x16xf32> -> tensor<3x5x16xf32>
    %2 = graph.rotary_embedding %1, %gc, %gs rotated 16 : tensor<3x5x16xf32>, tensor<5x16xf32>
    graph.yield %2 : tensor<3x5x16xf32>
  }
  return %0 : tensor<3x5x16xf32>
}
}

// -----

// Neighbours share an angle. What is not rotated is copied.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @rotary_embedding(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[C:[^:]*]]: memref<?xf32>, %[[S:[^:]*]]: memref<?xf32>, %[[Y:[^:]*]]: memref<?xf32>)
// CHECK-DAG:     %[[XV:.*]] = memref.reinterpret_cast %[[X]] to offset: [0], sizes: [5, 2, 3], strides: [8, 1, 2]
// CHECK-DAG:     %[[A:.*]] = memref.subview %[[XV]][0, 0, 0] [5, 1, 3] {{.*}} to memref<5x3xf32, strided<[8, 2]>>
// CHECK-DAG:     %[[B:.*]] = memref.subview %[[XV]][0, 1, 0] [5, 1, 3] {{.*}} to memref<5x3xf32, strided<[8, 2], offset: 1>>
// CHECK-DAG:     %[[CV:.*]] = memref.reinterpret_cast %[[C]] to offset: [0], sizes: [5, 3], strides: [0, 1]
// CHECK-DAG:     %[[SV:.*]] = memref.reinterpret_cast %[[S]] to offset: [0], sizes: [5, 3], strides: [0, 1]
// CHECK:         linalg.generic {{.*}} ins(%[[A]], %[[B]], %[[CV]], %[[SV]] : {{.*}})
// CHECK:         %[[RX:.*]] = memref.subview %{{.*}}[0, 6] [5, 2]
// CHECK:         %[[RY:.*]] = memref.subview %{{.*}}[0, 6] [5, 2]
// CHECK:         linalg.generic {{.*}} ins(%[[RX]] : {{.*}}) outs(%[[RY]] : {{.*}})
func.func @main(%x: tensor<5x8xf32>, %c: tensor<1x3xf32>, %s: tensor<1x3xf32>) -> tensor<5x8xf32> {
  %0 = graph.group (%gx = %x, %gc = %c, %gs = %s) : (tensor<5x8xf32>, tensor<1x3xf32>, tensor<1x3xf32>) -> tensor<5x8xf32> {
    %1 = graph.rotary_embedding %gx, %gc, %gs rotated 6 interleaved : tensor<5x8xf32>, tensor<1x3xf32>
    graph.yield %1 : tensor<5x8xf32>
  }
  return %0 : tensor<5x8xf32>
}
}

// -----

// A pair is read before it is written: in place, and the rest is there.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @rotary_embedding(
// CHECK-SAME:      %[[C:[^:]*]]: memref<?xf32>, %[[S:[^:]*]]: memref<?xf32>, %[[Y:[^:]*]]: memref<?xf32>)
// CHECK-COUNT-1: linalg.generic
// CHECK-NOT:     linalg.generic
// CHECK:         return
func.func @main(%x: tensor<5x8xf32>, %c: tensor<5x3xf32>, %s: tensor<5x3xf32>) -> tensor<5x8xf32> {
  %0 = graph.group (%gx = %x) : (tensor<5x8xf32>) -> tensor<5x8xf32> {
    %3 = graph.neg %gx : tensor<5x8xf32>
    graph.yield %3 : tensor<5x8xf32>
  }
  %1 = graph.group (%gx = %0, %gc = %c, %gs = %s) : (tensor<5x8xf32>, tensor<5x3xf32>, tensor<5x3xf32>) -> tensor<5x8xf32> {
    %3 = graph.rotary_embedding %gx, %gc, %gs rotated 6 : tensor<5x8xf32>, tensor<5x3xf32>
    graph.yield %3 : tensor<5x8xf32>
  }
  %2 = graph.group (%gx = %1) : (tensor<5x8xf32>) -> tensor<5x8xf32> {
    %3 = graph.neg %gx : tensor<5x8xf32>
    graph.yield %3 : tensor<5x8xf32>
  }
  return %2 : tensor<5x8xf32>
}
}
