// RUN: lmcc-opt %s --lmcc-graph-to-kernel --cse --mlir-print-local-scope --split-input-file | FileCheck %s

// Axes that stay neighbours move as one. The axis that is contiguous in the
// input and the last one are the rows and columns of a matrix.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @transpose(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[Y:[^:]*]]: memref<?xf32>)
// CHECK-DAG:     %[[XV:.*]] = memref.reinterpret_cast %[[X]] to offset: [0], sizes: [4, 6], strides: [1, 4]
// CHECK-DAG:     %[[YV:.*]] = memref.reinterpret_cast %[[Y]] to offset: [0], sizes: [4, 6], strides: [6, 1]
// CHECK-DAG:     %[[FROM:.*]] = memref.subview %[[XV]][0, 0] [4, 6] [1, 1]
// CHECK-DAG:     %[[TO:.*]] = memref.subview %[[YV]][0, 0] [4, 6] [1, 1]
// CHECK:         linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], {{.*}} ins(%[[FROM]] : {{.*}}) outs(%[[TO]] : {{.*}})
func.func @main(%x: tensor<2x3x4xf32>) -> tensor<4x2x3xf32> {
  %0 = graph.group (%a = %x) : (tensor<2x3x4xf32>) -> tensor<4x2x3xf32> {
    %1 = graph.transpose %a [2, 0, 1] : tensor<2x3x4xf32> -> tensor<4x2x3xf32>
    graph.yield %1 : tensor<4x2x3xf32>
  }
  return %0 : tensor<4x2x3xf32>
}
}

// -----

// A matrix for each place of the other axes.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @transpose(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[Y:[^:]*]]: memref<?xf32>)
// CHECK-DAG:     %[[XV:.*]] = memref.reinterpret_cast %[[X]] to offset: [0], sizes: [3, 4, 2], strides: [8, 1, 4]
// CHECK-DAG:     %[[YV:.*]] = memref.reinterpret_cast %[[Y]] to offset: [0], sizes: [3, 4, 2], strides: [8, 2, 1]
// CHECK:         scf.for %[[I:.*]] =
// CHECK-DAG:       %[[FROM:.*]] = memref.subview %[[XV]][%[[I]], 0, 0] [1, 4, 2] [1, 1, 1]
// CHECK-DAG:       %[[TO:.*]] = memref.subview %[[YV]][%[[I]], 0, 0] [1, 4, 2] [1, 1, 1]
// CHECK:           linalg.generic {{.*}} ins(%[[FROM]] : {{.*}}) outs(%[[TO]] : {{.*}})
func.func @main(%x: tensor<3x2x4xf32>) -> tensor<3x4x2xf32> {
  %0 = graph.group (%a = %x) : (tensor<3x2x4xf32>) -> tensor<3x4x2xf32> {
    %1 = graph.transpose %a [0, 2, 1] : tensor<3x2x4xf32> -> tensor<3x4x2xf32>
    graph.yield %1 : tensor<3x4x2xf32>
  }
  return %0 : tensor<3x4x2xf32>
}
}

// -----

// Bytes move one by one.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @transpose(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xi8>, %[[Y:[^:]*]]: memref<?xi8>)
// CHECK-DAG:     %[[XV:.*]] = memref.reinterpret_cast %[[X]] to offset: [0], sizes: [6, 4], strides: [4, 1]
// CHECK-DAG:     %[[YV:.*]] = memref.reinterpret_cast %[[Y]] to offset: [0], sizes: [4, 6], strides: [6, 1]
// CHECK:         linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1, d0)>, affine_map<(d0, d1) -> (d0, d1)>], {{.*}} ins(%[[XV]] : {{.*}}) outs(%[[YV]] : {{.*}})
func.func @main(%x: tensor<2x3x4xi8>) -> tensor<4x2x3xi8> {
  %0 = graph.group (%a = %x) : (tensor<2x3x4xi8>) -> tensor<4x2x3xi8> {
    %1 = graph.transpose %a [2, 0, 1] : tensor<2x3x4xi8> -> tensor<4x2x3xi8>
    graph.yield %1 : tensor<4x2x3xi8>
  }
  return %0 : tensor<4x2x3xi8>
}
}

// -----

// Each operand is copied behind the one before it; what lies behind the axis
// moves along.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @concat(
// CHECK-SAME:      %[[A:[^:]*]]: memref<?xf32>, %[[B:[^:]*]]: memref<?xf32>, %[[Y:[^:]*]]: memref<?xf32>)
// CHECK:         %[[YV:.*]] = memref.reinterpret_cast %[[Y]] to offset: [0], sizes: [2, 20]
// CHECK:         %[[AV:.*]] = memref.reinterpret_cast %[[A]] to offset: [0], sizes: [2, 12]
// CHECK:         %[[YA:.*]] = memref.subview %[[YV]][0, 0] [2, 12] [1, 1]
// CHECK:         linalg.generic {{.*}} ins(%[[AV]] : {{.*}}) outs(%[[YA]] : {{.*}})
// CHECK:         %[[BV:.*]] = memref.reinterpret_cast %[[B]] to offset: [0], sizes: [2, 8]
// CHECK:         %[[YB:.*]] = memref.subview %[[YV]][0, 12] [2, 8] [1, 1]
// CHECK:         linalg.generic {{.*}} ins(%[[BV]] : {{.*}}) outs(%[[YB]] : {{.*}})
func.func @main(%x: tensor<2x3x4xf32>, %y: tensor<2x2x4xf32>) -> tensor<2x5x4xf32> {
  %0 = graph.group (%a = %x, %b = %y) : (tensor<2x3x4xf32>, tensor<2x2x4xf32>) -> tensor<2x5x4xf32> {
    %1 = graph.concat %a, %b axis 1 : tensor<2x3x4xf32>, tensor<2x2x4xf32> -> tensor<2x5x4xf32>
    graph.yield %1 : tensor<2x5x4xf32>
  }
  return %0 : tensor<2x5x4xf32>
}
}

// -----

// Forward steps are a view.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @slice(
// CHECK:         %[[PART:.*]] = memref.subview %{{.*}}[0, 1, 0] [2, 2, 2] [1, 1, 3]
// CHECK:         linalg.generic {{.*}} ins(%[[PART]] : {{.*}})
func.func @main(%x: tensor<2x3x4xf32>) -> tensor<2x2x2xf32> {
  %0 = graph.group (%a = %x) : (tensor<2x3x4xf32>) -> tensor<2x2x2xf32> {
    %1 = graph.slice %a from <0, 1, 0> step [1, 1, 3] : tensor<2x3x4xf32> -> tensor<2x2x2xf32>
    graph.yield %1 : tensor<2x2x2xf32>
  }
  return %0 : tensor<2x2x2xf32>
}
}

// -----

// Backward steps are loops.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @slice(
// CHECK:         scf.for %[[I:.*]] = {{.*}} {
// CHECK:           scf.for %[[J:.*]] = {{.*}} {
// CHECK:             scf.for %[[K:.*]] = {{.*}} {
// CHECK:               %[[FROM:.*]] = affine.apply affine_map<(d0) -> (d0 * -2 + 2)>(%[[J]])
// CHECK:               %[[E:.*]] = memref.load %{{.*}}[%[[I]], %[[FROM]], %[[K]]]
// CHECK:               memref.store %[[E]], %{{.*}}[%[[I]], %[[J]], %[[K]]]
func.func @main(%x: tensor<2x3x4xf32>) -> tensor<2x2x4xf32> {
  %0 = graph.group (%a = %x) : (tensor<2x3x4xf32>) -> tensor<2x2x4xf32> {
    %1 = graph.slice %a from <0, 2, 0> step [1, -2, 1] : tensor<2x3x4xf32> -> tensor<2x2x4xf32>
    graph.yield %1 : tensor<2x2x4xf32>
  }
  return %0 : tensor<2x2x4xf32>
}
}

// -----

// The border first, then what is left of the input where it is cut.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @pad(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[V:[^:]*]]: memref<?xf32>, %[[Y:[^:]*]]: memref<?xf32>)
// CHECK:         %[[E:.*]] = memref.load
// CHECK:         linalg.generic
// CHECK:           linalg.yield %[[E]]
// CHECK:         %[[FROM:.*]] = memref.subview %{{.*}}[0, 0, 1] [2, 3, 3] [1, 1, 1]
// CHECK:         %[[TO:.*]] = memref.subview %{{.*}}[0, 1, 0] [2, 3, 3] [1, 1, 1]
// CHECK:         linalg.generic {{.*}} ins(%[[FROM]] : {{.*}}) outs(%[[TO]] : {{.*}})
func.func @main(%x: tensor<2x3x4xf32>, %v: tensor<f32>) -> tensor<2x5x3xf32> {
  %0 = graph.group (%a = %x, %b = %v) : (tensor<2x3x4xf32>, tensor<f32>) -> tensor<2x5x3xf32> {
    %1 = graph.pad constant %a, %b low [0, 1, -1] : tensor<2x3x4xf32>, tensor<f32> -> tensor<2x5x3xf32>
    graph.yield %1 : tensor<2x5x3xf32>
  }
  return %0 : tensor<2x5x3xf32>
}
}

// -----

// Outside the input is zero, and an unsigned comparison sees both ends.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @patches(
// CHECK:         %[[AT:.*]] = affine.apply affine_map<(d0, d1) -> (d0 * 2 + d1 * 3 - 1)>(%{{.*}}, %{{.*}})
// CHECK:         %[[IN:.*]] = arith.cmpi ult, %[[AT]], %{{.*}} : index
// CHECK:         scf.if %[[IN]] -> (f32) {
// CHECK:           memref.load %{{.*}}[%{{.*}}, %{{.*}}, %[[AT]]]
// CHECK:         } else {
// CHECK:           arith.constant 0.000000e+00 : f32
func.func @main(%x: tensor<2x3x8xf32>) -> tensor<2x4x3x2xf32> {
  %0 = graph.group (%a = %x) : (tensor<2x3x8xf32>) -> tensor<2x4x3x2xf32> {
    %1 = graph.patches %a strides [2] dilations [3] low [1] : tensor<2x3x8xf32> -> tensor<2x4x3x2xf32>
    graph.yield %1 : tensor<2x4x3x2xf32>
  }
  return %0 : tensor<2x4x3x2xf32>
}
}

// -----

// Sizes of the model become numbers of the result's type.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @dim_values(
// CHECK-SAME:      %[[Y:[^:]*]]: memref<?xi64>, %[[N:[^:]*]]: index)
// CHECK:         %[[A:.*]] = arith.index_cast %[[N]] : index to i64
// CHECK:         memref.store %[[A]]
// CHECK:         %[[B:.*]] = arith.index_cast %{{.*}} : index to i64
// CHECK:         memref.store %[[B]]
// CHECK-LABEL: func.func @run(
// CHECK:         %[[SUM:.*]] = affine.apply affine_map<()[s0] -> (s0 + 1)>
// CHECK:         call @dim_values(%{{.*}}, %[[SUM]])
func.func @main() -> tensor<2xi64>
    attributes {graph.symbols = [#graph.symbol<"n", 1, 7>]} {
  %0 = graph.group () : () -> tensor<2xi64> {
    %1 = graph.dim_values <n + 1, 3> : tensor<2xi64>
    graph.yield %1 : tensor<2xi64>
  }
  return %0 : tensor<2xi64>
}
}

// -----

// Numbers from 0 on.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @iota(
// CHECK:         scf.for %[[I:.*]] = {{.*}} {
// CHECK:           %[[E:.*]] = arith.index_cast %[[I]] : index to i32
// CHECK:           memref.store %[[E]], %{{.*}}[%[[I]]]
func.func @main() -> tensor<5xi32> {
  %0 = graph.group () : () -> tensor<5xi32> {
    %1 = graph.iota : tensor<5xi32>
    graph.yield %1 : tensor<5xi32>
  }
  return %0 : tensor<5xi32>
}
}
