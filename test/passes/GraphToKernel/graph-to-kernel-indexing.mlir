// RUN: lmcc-opt %s --lmcc-graph-to-kernel --cse --mlir-print-local-scope --split-input-file | FileCheck %s

// Indices are checked before they are used; a negative one counts from the end.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @check_indices(
// CHECK-SAME:      %[[I:[^:]*]]: memref<?xi64>, %[[N:[^:]*]]: index) -> i1
// CHECK:         %[[HIGH:.*]] = arith.index_cast %[[N]] : index to i64
// CHECK:         %[[LOW:.*]] = arith.subi %{{.*}}, %[[HIGH]] : i64
// CHECK:         %[[ALL:.*]] = scf.for
// CHECK:           arith.cmpi sge, %[[E:.*]], %[[LOW]] : i64
// CHECK:           arith.cmpi slt, %[[E]], %[[HIGH]] : i64
// CHECK:         return %[[ALL]] : i1
// CHECK-LABEL: func.func private @gather(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[SIZE:[^:]*]]: index
// CHECK:           %[[RAW:.*]] = memref.load %{{.*}} : memref<3xi64
// CHECK:           %[[AT:.*]] = arith.index_cast %[[RAW]] : i64 to index
// CHECK:           %[[NEGATIVE:.*]] = arith.cmpi slt, %[[RAW]], %{{.*}} : i64
// CHECK:           %[[BACK:.*]] = arith.addi %[[AT]], %[[SIZE]] : index
// CHECK:           %[[ROW:.*]] = arith.select %[[NEGATIVE]], %[[BACK]], %[[AT]] : index
// CHECK:           memref.subview %{{.*}}[0, %[[ROW]], 0] [1, 1, 4] [1, 1, 1]
// CHECK-LABEL: func.func @run(
// CHECK:         %[[INSIDE:.*]] = call @check_indices(
// CHECK-NEXT:    kernel.require %[[INSIDE]] else index_out_of_range
// CHECK-NEXT:    call @gather(
func.func @main(%x: tensor<?x4xf32, #graph.dims<n, 4>>, %i: tensor<3xi64>) -> tensor<3x4xf32>
    attributes {graph.symbols = [#graph.symbol<"n", 1, 7>]} {
  %0 = graph.group (%a = %x, %b = %i) : (tensor<?x4xf32, #graph.dims<n, 4>>, tensor<3xi64>) -> tensor<3x4xf32> {
    %1 = graph.gather %a, %b axis 0 : tensor<?x4xf32, #graph.dims<n, 4>>, tensor<3xi64> -> tensor<3x4xf32>
    graph.yield %1 : tensor<3x4xf32>
  }
  return %0 : tensor<3x4xf32>
}
}

// -----

// One index and one limit are checked once, another limit again, by one kernel
// that takes the limits as arguments.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func @run(
// CHECK:         call @check_indices(%[[I:[^,]*]], %c-5_i64, %c5_i64)
// CHECK:         call @gather(
// CHECK-NOT:     call @check_indices(
// CHECK:         call @gather(
// CHECK:         call @check_indices(%[[I]], %c-7_i64, %c7_i64)
// CHECK:         call @gather_2(
func.func @main(%x: tensor<5x4xf32>, %y: tensor<7x4xf32>, %i: tensor<3xi64>) -> (tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>) {
  %0 = graph.group (%a = %x, %b = %i) : (tensor<5x4xf32>, tensor<3xi64>) -> tensor<3x4xf32> {
    %3 = graph.gather %a, %b axis 0 : tensor<5x4xf32>, tensor<3xi64> -> tensor<3x4xf32>
    graph.yield %3 : tensor<3x4xf32>
  }
  %1 = graph.group (%a = %x, %b = %i) : (tensor<5x4xf32>, tensor<3xi64>) -> tensor<3x4xf32> {
    %3 = graph.gather %a, %b axis 0 : tensor<5x4xf32>, tensor<3xi64> -> tensor<3x4xf32>
    graph.yield %3 : tensor<3x4xf32>
  }
  %2 = graph.group (%a = %y, %b = %i) : (tensor<7x4xf32>, tensor<3xi64>) -> tensor<3x4xf32> {
    %3 = graph.gather %a, %b axis 0 : tensor<7x4xf32>, tensor<3xi64> -> tensor<3x4xf32>
    graph.yield %3 : tensor<3x4xf32>
  }
  return %0, %1, %2 : tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>
}
}

// -----

// Each entry of a tuple has a limit of its own; updates meet a copy of the input.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @scatter_nd(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[Y:[^:]*]]: memref<?xf32>,
// CHECK:         %[[FROM:.*]] = memref.reinterpret_cast %[[X]] to offset: [0], sizes: [24]
// CHECK:         %[[TO:.*]] = memref.reinterpret_cast %[[Y]] to offset: [0], sizes: [24]
// CHECK:         linalg.generic {{.*}} ins(%[[FROM]] : {{.*}}) outs(%[[TO]] : {{.*}})
// CHECK:         %[[YV:.*]] = memref.reinterpret_cast %[[Y]] to offset: [0], sizes: [2, 3, 4]
// CHECK:         scf.for %[[ROW:.*]] = {{.*}} {
// CHECK:           scf.for %[[K:.*]] = {{.*}} {
// CHECK:             %[[OLD:.*]] = memref.load %[[YV]][%[[A:.*]], %[[B:.*]], %[[K]]]
// CHECK:             %[[U:.*]] = memref.load %{{.*}}[%[[ROW]], %[[K]]]
// CHECK:             %[[NEW:.*]] = arith.addf %[[OLD]], %[[U]]
// CHECK:             memref.store %[[NEW]], %[[YV]][%[[A]], %[[B]], %[[K]]]
// CHECK-LABEL: func.func @run(
// CHECK:         call @check_indices
// CHECK:         kernel.require
// CHECK:         call @check_indices
// CHECK:         kernel.require
// CHECK:         call @scatter_nd(
func.func @main(%x: tensor<2x3x4xf32>, %i: tensor<5x2xi64>, %u: tensor<5x4xf32>) -> tensor<2x3x4xf32> {
  %0 = graph.group (%a = %x, %b = %i, %c = %u) : (tensor<2x3x4xf32>, tensor<5x2xi64>, tensor<5x4xf32>) -> tensor<2x3x4xf32> {
    %1 = graph.scatter_nd add %a, %b, %c : tensor<2x3x4xf32>, tensor<5x2xi64>, tensor<5x4xf32>
    graph.yield %1 : tensor<2x3x4xf32>
  }
  return %0 : tensor<2x3x4xf32>
}
}

// -----

// One element per index, along the axis.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @gather_elements(
// CHECK:         scf.for %[[I:.*]] = {{.*}} {
// CHECK:           scf.for %[[J:.*]] = {{.*}} {
// CHECK:             memref.load %{{.*}}[%[[I]], %[[J]]] : memref<2x2xi32
// CHECK:             %[[AT:.*]] = arith.select
// CHECK:             %[[E:.*]] = memref.load %{{.*}}[%[[I]], %[[AT]]] : memref<2x3xf32
// CHECK:             memref.store %[[E]], %{{.*}}[%[[I]], %[[J]]]
func.func @main(%x: tensor<2x3xf32>, %i: tensor<2x2xi32>) -> tensor<2x2xf32> {
  %0 = graph.group (%a = %x, %b = %i) : (tensor<2x3xf32>, tensor<2x2xi32>) -> tensor<2x2xf32> {
    %1 = graph.gather_elements %a, %b axis 1 : tensor<2x3xf32>, tensor<2x2xi32> -> tensor<2x2xf32>
    graph.yield %1 : tensor<2x2xf32>
  }
  return %0 : tensor<2x2xf32>
}
}

// -----

// Batches of tuples: the first axis of both goes along.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @gather_nd(
// CHECK:         scf.for %[[B:.*]] = {{.*}} {
// CHECK:           scf.for %[[C:.*]] = {{.*}} {
// CHECK:             %[[ROW:.*]] = affine.apply affine_map<(d0, d1) -> (d0 + d1 * 5)>(%[[C]], %[[B]])
// CHECK:             memref.load %{{.*}}[%[[ROW]], %{{.*}}] : memref<10x1xi64
// CHECK:             %[[AT:.*]] = arith.select
// CHECK:             memref.subview %{{.*}}[%[[B]], %[[AT]], 0] [1, 1, 4] [1, 1, 1]
// CHECK:             memref.subview %{{.*}}[%[[B]], %[[C]], 0] [1, 1, 4] [1, 1, 1]
func.func @main(%x: tensor<2x3x4xf32>, %i: tensor<2x5x1xi64>) -> tensor<2x5x4xf32> {
  %0 = graph.group (%a = %x, %b = %i) : (tensor<2x3x4xf32>, tensor<2x5x1xi64>) -> tensor<2x5x4xf32> {
    %1 = graph.gather_nd %a, %b batch_axes 1 : tensor<2x3x4xf32>, tensor<2x5x1xi64> -> tensor<2x5x4xf32>
    graph.yield %1 : tensor<2x5x4xf32>
  }
  return %0 : tensor<2x5x4xf32>
}
}

// -----

// The larger of both stays.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @scatter_elements(
// CHECK:         %[[OLD:.*]] = memref.load %[[Y:.*]][%[[AT:.*]], %[[J:.*]]] : memref<5x6xi8
// CHECK:         %[[U:.*]] = memref.load
// CHECK:         %[[NEW:.*]] = arith.maxsi %[[OLD]], %[[U]] : i8
// CHECK:         memref.store %[[NEW]], %[[Y]][%[[AT]], %[[J]]]
func.func @main(%x: tensor<5x6xi8>, %i: tensor<2x6xi64>, %u: tensor<2x6xi8>) -> tensor<5x6xi8> {
  %0 = graph.group (%a = %x, %b = %i, %c = %u) : (tensor<5x6xi8>, tensor<2x6xi64>, tensor<2x6xi8>) -> tensor<5x6xi8> {
    %1 = graph.scatter_elements max %a, %b, %c axis 0 : tensor<5x6xi8>, tensor<2x6xi64>, tensor<2x6xi8>
    graph.yield %1 : tensor<5x6xi8>
  }
  return %0 : tensor<5x6xi8>
}
}

// -----

// The caller's own integers choose rows of a weight: there a negative index is
// a mistake. Those of a computed tensor count from the end.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

weight.data @table : tensor<9x4xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<9x4xf32>
  weight.yield %0 : tensor<9x4xf32>
}
// CHECK-LABEL: func.func @run(
// CHECK:         call @check_indices(%{{.*}}, %c0_i64, %c9_i64)
// CHECK:         call @check_indices(%{{.*}}, %c-9_i64, %c9_i64)
// A small weight is a constant.
// CHECK:         call @check_indices(%{{.*}}, %c0_i64, %c2_i64)
func.func @main(%tokens: tensor<3xi64>) -> (tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x1xf32>) {
  %w = weight.get @table : tensor<9x4xf32>
  %c = graph.constant dense<[[1.5], [2.5]]> : tensor<2x1xf32>
  %0 = graph.group (%a = %w, %b = %tokens) : (tensor<9x4xf32>, tensor<3xi64>) -> tensor<3x4xf32> {
    %3 = graph.gather %a, %b axis 0 : tensor<9x4xf32>, tensor<3xi64> -> tensor<3x4xf32>
    graph.yield %3 : tensor<3x4xf32>
  }
  %1 = graph.group (%a = %tokens) : (tensor<3xi64>) -> tensor<3xi64> {
    %3 = graph.neg %a : tensor<3xi64>
    graph.yield %3 : tensor<3xi64>
  }
  %2 = graph.group (%a = %w, %b = %1) : (tensor<9x4xf32>, tensor<3xi64>) -> tensor<3x4xf32> {
    %3 = graph.gather %a, %b axis 0 : tensor<9x4xf32>, tensor<3xi64> -> tensor<3x4xf32>
    graph.yield %3 : tensor<3x4xf32>
  }
  %4 = graph.group (%a = %c, %b = %tokens) : (tensor<2x1xf32>, tensor<3xi64>) -> tensor<3x1xf32> {
    %3 = graph.gather %a, %b axis 0 : tensor<2x1xf32>, tensor<3xi64> -> tensor<3x1xf32>
    graph.yield %3 : tensor<3x1xf32>
  }
  return %0, %2, %4 : tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x1xf32>
}
}
