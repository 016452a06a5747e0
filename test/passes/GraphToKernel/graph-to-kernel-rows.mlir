// RUN: lmcc-opt %s --lmcc-graph-to-kernel --cse --mlir-print-local-scope --split-input-file | FileCheck %s

// The maximum of a row only shifts it; a row of minus infinities is not shifted,
// and a sum of 0 divides nothing.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @softmax(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[Y:[^:]*]]: memref<?xf32>, %[[N:[^:]*]]: index)
// CHECK:         scf.for %[[I:.*]] = %{{.*}} to %[[N]] step
// CHECK:           %[[XR:.*]] = memref.subview %{{.*}}[%[[I]], 0] [1, 4] [1, 1]
// CHECK:           %[[YR:.*]] = memref.subview %{{.*}}[%[[I]], 0] [1, 4] [1, 1]
// CHECK:           %[[MAX:.*]] = kernel.row_reduce max_number %[[XR]]
// CHECK:           %[[LOW:.*]] = arith.constant 0xFF800000 : f32
// CHECK:           %[[MASKED:.*]] = arith.cmpf oeq, %[[MAX]], %[[LOW]]
// CHECK:           %[[SHIFT:.*]] = arith.select %[[MASKED]], %{{.*}}, %[[MAX]]
// CHECK:           linalg.generic {{.*}} ins(%[[XR]] : {{.*}}) outs(%[[YR]] : {{.*}})
// CHECK:             %[[D:.*]] = arith.subf %{{.*}}, %[[SHIFT]]
// CHECK:             math.exp %[[D]]
// CHECK:           %[[SUM:.*]] = kernel.row_reduce sum %[[YR]]
// CHECK:           %[[EMPTY:.*]] = arith.cmpf oeq, %[[SUM]], %{{.*}}
// CHECK:           %[[Q:.*]] = arith.divf %{{.*}}, %[[SUM]]
// CHECK:           %[[SCALE:.*]] = arith.select %[[EMPTY]], %{{.*}}, %[[Q]]
// CHECK:           linalg.generic {{.*}} ins(%[[YR]] : {{.*}}) outs(%[[YR]] : {{.*}})
// CHECK:             arith.mulf %{{.*}}, %[[SCALE]]
func.func @main(%x: tensor<?x4xf32, #graph.dims<n, 4>>) -> tensor<?x4xf32, #graph.dims<n, 4>>
    attributes {graph.symbols = [#graph.symbol<"n", 1, 7>]} {
  %0 = graph.group (%a = %x) : (tensor<?x4xf32, #graph.dims<n, 4>>) -> tensor<?x4xf32, #graph.dims<n, 4>> {
    %1 = graph.softmax %a : tensor<?x4xf32, #graph.dims<n, 4>>
    graph.yield %1 : tensor<?x4xf32, #graph.dims<n, 4>>
  }
  return %0 : tensor<?x4xf32, #graph.dims<n, 4>>
}
}

// -----

// Two passes: the mean, then the squares of what is left. The epsilon is an
// argument, so that layers share the kernel.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @layer_norm(
// CHECK-SAME:      %[[E:[^:]*]]: f32)
// CHECK-SAME:      kernel.args = ["x", "gain", "bias", "y", "rows", "epsilon"]
// CHECK:         %[[COUNT:.*]] = arith.constant 4.000000e+00 : f32
// CHECK:         scf.for
// CHECK:           %[[SUM:.*]] = kernel.row_reduce sum %[[XR:[^ ]*]] :
// CHECK:           %[[MEAN:.*]] = arith.divf %[[SUM]], %[[COUNT]]
// CHECK:           %[[SQUARES:.*]] = kernel.row_reduce sum %[[XR]] :
// CHECK:             %[[D:.*]] = arith.subf %{{.*}}, %[[MEAN]]
// CHECK:             arith.mulf %[[D]], %[[D]]
// CHECK:           %[[VARIANCE:.*]] = arith.divf %[[SQUARES]], %[[COUNT]]
// CHECK:           %[[V:.*]] = arith.addf %[[VARIANCE]], %[[E]]
// CHECK:           %[[ROOT:.*]] = math.sqrt %[[V]]
// CHECK:           %[[SCALE:.*]] = arith.divf %{{.*}}, %[[ROOT]]
// CHECK:           linalg.generic
// CHECK:           ^bb0(%[[X:[^:]*]]: f32, %[[G:[^:]*]]: f32, %[[B:[^:]*]]: f32, %{{.*}}: f32):
// CHECK:             %[[C:.*]] = arith.subf %[[X]], %[[MEAN]]
// CHECK:             %[[S:.*]] = arith.mulf %[[C]], %[[SCALE]]
// CHECK:             math.fma %[[S]], %[[G]], %[[B]]
func.func @main(%x: tensor<?x4xf32, #graph.dims<n, 4>>, %g: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<?x4xf32, #graph.dims<n, 4>>
    attributes {graph.symbols = [#graph.symbol<"n", 1, 7>]} {
  %0 = graph.group (%a = %x, %c = %g, %d = %b) : (tensor<?x4xf32, #graph.dims<n, 4>>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4xf32, #graph.dims<n, 4>> {
    %1 = graph.layer_norm %a, %c bias %d : tensor<4xf32> epsilon 0.5 : tensor<?x4xf32, #graph.dims<n, 4>>, tensor<4xf32>
    graph.yield %1 : tensor<?x4xf32, #graph.dims<n, 4>>
  }
  return %0 : tensor<?x4xf32, #graph.dims<n, 4>>
}
}

// -----

// The number of columns may be known at run time only.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @rms_norm(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[G:[^:]*]]: memref<?xf32>, %[[Y:[^:]*]]: memref<?xf32>, %[[N:[^:]*]]: index, %[[E:[^:]*]]: f32)
// CHECK:         %[[INT:.*]] = arith.index_cast %[[N]] : index to i64
// CHECK:         %[[COUNT:.*]] = arith.sitofp %[[INT]] : i64 to f32
// CHECK:         scf.for
// CHECK:           %[[SQUARES:.*]] = kernel.row_reduce sum
// CHECK:             arith.mulf
// CHECK:           arith.divf %[[SQUARES]], %[[COUNT]]
func.func @main(%x: tensor<2x?xf32, #graph.dims<2, n>>, %g: tensor<?xf32, #graph.dims<n>>) -> tensor<2x?xf32, #graph.dims<2, n>>
    attributes {graph.symbols = [#graph.symbol<"n", 1, 7>]} {
  %0 = graph.group (%a = %x, %c = %g) : (tensor<2x?xf32, #graph.dims<2, n>>, tensor<?xf32, #graph.dims<n>>) -> tensor<2x?xf32, #graph.dims<2, n>> {
    %1 = graph.rms_norm %a, %c epsilon 0.5 : tensor<2x?xf32, #graph.dims<2, n>>, tensor<?xf32, #graph.dims<n>>
    graph.yield %1 : tensor<2x?xf32, #graph.dims<2, n>>
  }
  return %0 : tensor<2x?xf32, #graph.dims<2, n>>
}
}

// -----

// One row needs no loop.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @reduce(
// CHECK-NOT:     scf.for
// CHECK:         %[[R:.*]] = kernel.row_reduce max %{{.*}} : memref<3xf32
// CHECK:         memref.store %[[R]]
func.func @main(%x: tensor<1x3xf32>) -> tensor<1x1xf32> {
  %0 = graph.group (%a = %x) : (tensor<1x3xf32>) -> tensor<1x1xf32> {
    %1 = graph.reduce max %a axes [1] : tensor<1x3xf32> -> tensor<1x1xf32>
    graph.yield %1 : tensor<1x1xf32>
  }
  return %0 : tensor<1x1xf32>
}
}

// -----

// Integers are combined one by one, unsigned ones as such.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @reduce(
// CHECK-SAME:      memref<?xi8>
// CHECK-NOT:     kernel.row_reduce
// CHECK:         %[[START:.*]] = arith.constant -1 : i8
// CHECK:         %[[R:.*]] = scf.for {{.*}} iter_args(%[[S:.*]] = %[[START]]) -> (i8) {
// CHECK:           %[[E:.*]] = memref.load
// CHECK:           arith.minui %[[S]], %[[E]] : i8
// CHECK:         memref.store %[[R]]
func.func @main(%x: tensor<2x3xui8>) -> tensor<2x1xui8> {
  %0 = graph.group (%a = %x) : (tensor<2x3xui8>) -> tensor<2x1xui8> {
    %1 = graph.reduce min %a axes [1] : tensor<2x3xui8> -> tensor<2x1xui8>
    graph.yield %1 : tensor<2x1xui8>
  }
  return %0 : tensor<2x1xui8>
}
}

// -----

// The last one among equals, NaN above all.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @arg_max(
// CHECK:         scf.for {{.*}} -> (index, f32) {
// CHECK:           %[[NEXT:.*]] = memref.load
// CHECK:           arith.cmpf uge, %[[NEXT]], %[[BEST:.*]] : f32
// CHECK:           arith.cmpf ord, %[[BEST]], %[[BEST]] : f32
// CHECK:           arith.cmpf uno, %[[NEXT]], %[[NEXT]] : f32
// CHECK:         arith.index_cast %{{.*}} : index to i32
func.func @main(%x: tensor<2x3xf32>) -> tensor<2x1xi32> {
  %0 = graph.group (%a = %x) : (tensor<2x3xf32>) -> tensor<2x1xi32> {
    %1 = graph.arg_max %a axis 1 last : tensor<2x3xf32> -> tensor<2x1xi32>
    graph.yield %1 : tensor<2x1xi32>
  }
  return %0 : tensor<2x1xi32>
}
}

// -----

// From the end, each sum without its own element.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @cumulative_sum(
// CHECK:         scf.for %[[J:.*]] = {{.*}} iter_args(%[[S:.*]] = %{{.*}}) -> (i64) {
// CHECK:           %[[AT:.*]] = affine.apply affine_map<(d0) -> (-d0 + 2)>(%[[J]])
// CHECK:           %[[E:.*]] = memref.load %{{.*}}[%{{.*}}, %[[AT]]]
// CHECK:           %[[T:.*]] = arith.addi %[[S]], %[[E]] : i64
// CHECK:           memref.store %[[S]], %{{.*}}[%{{.*}}, %[[AT]]]
// CHECK:           scf.yield %[[T]]
func.func @main(%x: tensor<2x3xi64>) -> tensor<2x3xi64> {
  %0 = graph.group (%a = %x) : (tensor<2x3xi64>) -> tensor<2x3xi64> {
    %1 = graph.cumulative_sum %a axis 1 exclusive reverse : tensor<2x3xi64>
    graph.yield %1 : tensor<2x3xi64>
  }
  return %0 : tensor<2x3xi64>
}
}
