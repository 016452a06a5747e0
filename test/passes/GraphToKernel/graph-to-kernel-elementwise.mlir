// RUN: lmcc-opt %s --lmcc-graph-to-kernel --cse --mlir-print-local-scope --split-input-file | FileCheck %s

// Axes that all operands have, or repeat, together are one: here two of four.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @add(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[B:[^:]*]]: memref<?xf32>, %[[Y:[^:]*]]: memref<?xf32>)
// CHECK-DAG:     %[[XV:.*]] = memref.reinterpret_cast %[[X]] to offset: [0], sizes: [6, 20], strides: [20, 1]
// CHECK-DAG:     %[[BV:.*]] = memref.reinterpret_cast %[[B]] to offset: [0], sizes: [20], strides: [1]
// CHECK-DAG:     %[[YV:.*]] = memref.reinterpret_cast %[[Y]] to offset: [0], sizes: [6, 20], strides: [20, 1]
// CHECK:         linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%[[XV]], %[[BV]] : {{.*}}) outs(%[[YV]] : {{.*}})
func.func @main(%x: tensor<2x3x4x5xf32>, %b: tensor<4x5xf32>) -> tensor<2x3x4x5xf32> {
  %0 = graph.group (%a = %x, %c = %b) : (tensor<2x3x4x5xf32>, tensor<4x5xf32>) -> tensor<2x3x4x5xf32> {
    %1 = graph.add %a, %c : tensor<2x3x4x5xf32>, tensor<4x5xf32> -> tensor<2x3x4x5xf32>
    graph.yield %1 : tensor<2x3x4x5xf32>
  }
  return %0 : tensor<2x3x4x5xf32>
}
}

// -----

// Axes of size 1 are no loops, and a repeated axis in the middle splits the others.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @add(
// CHECK:         memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [2, 5], strides: [5, 1]
// CHECK:         iterator_types = ["parallel", "parallel", "parallel"]
// CHECK-SAME:    memref<2x3x5xf32
func.func @main(%x: tensor<2x3x1x5xf32>, %b: tensor<2x1x1x5xf32>) -> tensor<2x3x1x5xf32> {
  %0 = graph.group (%a = %x, %c = %b) : (tensor<2x3x1x5xf32>, tensor<2x1x1x5xf32>) -> tensor<2x3x1x5xf32> {
    %1 = graph.add %a, %c : tensor<2x3x1x5xf32>, tensor<2x1x1x5xf32> -> tensor<2x3x1x5xf32>
    graph.yield %1 : tensor<2x3x1x5xf32>
  }
  return %0 : tensor<2x3x1x5xf32>
}
}

// -----

// Nothing but one element.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @abs(
// CHECK:         linalg.generic {indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []}
func.func @main(%x: tensor<f32>) -> tensor<f32> {
  %0 = graph.group (%a = %x) : (tensor<f32>) -> tensor<f32> {
    %1 = graph.abs %a : tensor<f32>
    graph.yield %1 : tensor<f32>
  }
  return %0 : tensor<f32>
}
}

// -----

// A broadcast on its own is a copy.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @broadcast(
// CHECK:         linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>]
// CHECK-NEXT:    ^bb0(%[[E:.*]]: f32, %{{.*}}: f32):
// CHECK-NEXT:      linalg.yield %[[E]]
func.func @main(%x: tensor<3xf32>) -> tensor<2x3xf32> {
  %0 = graph.group (%a = %x) : (tensor<3xf32>) -> tensor<2x3xf32> {
    %1 = graph.broadcast %a : tensor<3xf32> -> tensor<2x3xf32>
    graph.yield %1 : tensor<2x3xf32>
  }
  return %0 : tensor<2x3xf32>
}
}

// -----

// Buffers have no signedness; the operations do.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @div_compare(
// CHECK-SAME:      memref<?xi8>
// CHECK:         %[[Q:.*]] = arith.divui %{{.*}}, %[[B:.*]] : i8
// CHECK:         arith.cmpi ult, %[[Q]], %[[B]] : i8
func.func @main(%x: tensor<2x3xui8>, %y: tensor<2x3xui8>) -> tensor<2x3xi1> {
  %0 = graph.group (%a = %x, %b = %y) : (tensor<2x3xui8>, tensor<2x3xui8>) -> tensor<2x3xi1> {
    %2 = graph.div %a, %b : tensor<2x3xui8>, tensor<2x3xui8> -> tensor<2x3xui8>
    %1 = graph.compare lt %2, %b : tensor<2x3xui8>, tensor<2x3xui8> -> tensor<2x3xi1>
    graph.yield %1 : tensor<2x3xi1>
  }
  return %0 : tensor<2x3xi1>
}
}

// -----

// NaN is not equal to zero, so it is true.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @cast(
// CHECK:         arith.cmpf une, %{{.*}}, %{{.*}} : f32
func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xi1> {
  %0 = graph.group (%a = %x) : (tensor<2x3xf32>) -> tensor<2x3xi1> {
    %1 = graph.cast %a : tensor<2x3xf32> -> tensor<2x3xi1>
    graph.yield %1 : tensor<2x3xi1>
  }
  return %0 : tensor<2x3xi1>
}
}

// -----

// A float becomes a byte by way of i32, and what computes with the byte goes on
// from there.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @cast_sub(
// CHECK:         %[[L:.*]] = kernel.to_byte unsigned %{{.*}} : f32 to i32
// CHECK:         %[[D:.*]] = arith.subi %[[L]], %{{.*}} : i32
// CHECK:         %[[F:.*]] = arith.sitofp %[[D]] : i32 to f32
// CHECK:         %[[O:.*]] = kernel.to_byte %[[F]] : f32 to i32
// CHECK:         %[[B:.*]] = arith.trunci %[[O]] : i32 to i8
// CHECK:         linalg.yield %[[B]] : i8
func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xi8> {
  %z = graph.constant dense<7> : tensor<i32>
  %0 = graph.group (%a = %x, %b = %z) : (tensor<2x3xf32>, tensor<i32>) -> tensor<2x3xi8> {
    %1 = graph.cast %a : tensor<2x3xf32> -> tensor<2x3xui8>
    %2 = graph.cast %1 : tensor<2x3xui8> -> tensor<2x3xi32>
    %3 = graph.sub %2, %b : tensor<2x3xi32>, tensor<i32> -> tensor<2x3xi32>
    %4 = graph.cast %3 : tensor<2x3xi32> -> tensor<2x3xf32>
    %5 = graph.cast %4 : tensor<2x3xf32> -> tensor<2x3xi8>
    graph.yield %5 : tensor<2x3xi8>
  }
  return %0 : tensor<2x3xi8>
}
}
