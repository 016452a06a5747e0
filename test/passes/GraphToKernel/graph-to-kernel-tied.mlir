// RUN: lmcc-opt %s --split-input-file --lmcc-graph-to-kernel --mlir-print-local-scope | FileCheck %s

// A table whose rows are looked up, and which is also the right side of a
// product, is stored as the panels of the product alone: row i of the table is
// column i, in panel i floordiv 16.

module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-NOT:   weight.data @table :
// CHECK-NOT:   weight.data @table.transpose :
// CHECK:       weight.data @table.transpose_panels : tensor<3x4x16xf32>
// CHECK-NOT:   weight.data
weight.data @table : tensor<40x4xf32> {
  %0 = weight.file "m.bin" offset 0 : tensor<40x4xf32>
  weight.yield %0 : tensor<40x4xf32>
}
weight.data @table.transpose : tensor<4x40xf32> {
  %0 = weight.file "m.bin" offset 0 : tensor<40x4xf32>
  %1 = graph.transpose %0 [1, 0] : tensor<40x4xf32> -> tensor<4x40xf32>
  weight.yield %1 : tensor<4x40xf32>
}

// CHECK-LABEL: func.func private @gather(
// CHECK-SAME:      %[[W:[^:]*]]: memref<?xf32>
// CHECK:         %[[PANELS:.*]] = memref.reinterpret_cast %[[W]] to offset: [0], sizes: [3, 4, 16, 1], strides: [64, 16, 1, 1]
// CHECK:         scf.for
// CHECK:           %[[ROW:.*]] = arith.select
// CHECK:           %[[PANEL:.*]] = affine.apply affine_map<(d0) -> (d0 floordiv 16)>(%[[ROW]])
// CHECK:           %[[COLUMN:.*]] = affine.apply affine_map<(d0) -> (d0 mod 16)>(%[[ROW]])
// CHECK:           memref.subview %[[PANELS]][%[[PANEL]], 0, %[[COLUMN]], 0] [1, 4, 1, 1] [1, 1, 1, 1]
// CHECK-LABEL: func.func @run(
// CHECK:         %[[TABLE:.*]] = weight.get @table.transpose_panels
// CHECK:         call @gather(%[[TABLE]]
// CHECK:         %[[PANELS:.*]] = weight.get @table.transpose_panels
// CHECK:         call @matmul(%{{.*}}, %[[PANELS]]
func.func @main(%i: tensor<3xi64>) -> tensor<3x40xf32> {
  %t = weight.get @table : tensor<40x4xf32>
  %w = weight.get @table.transpose : tensor<4x40xf32>
  %0 = graph.group (%a = %t, %b = %i) : (tensor<40x4xf32>, tensor<3xi64>) -> tensor<3x4xf32> {
    %2 = graph.gather %a, %b axis 0 : tensor<40x4xf32>, tensor<3xi64> -> tensor<3x4xf32>
    graph.yield %2 : tensor<3x4xf32>
  }
  %1 = graph.group (%a = %0, %b = %w) : (tensor<3x4xf32>, tensor<4x40xf32>) -> tensor<3x40xf32> {
    %2 = graph.matmul %a, %b : tensor<3x4xf32>, tensor<4x40xf32> -> tensor<3x40xf32>
    graph.yield %2 : tensor<3x40xf32>
  }
  return %1 : tensor<3x40xf32>
}
}

// -----

// Another table, one that something else reads, and one that no product reads
// transposed are stored as they are.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-DAG:   weight.data @other : tensor<40x4xf32>
// CHECK-DAG:   weight.data @read : tensor<40x4xf32>
// CHECK-DAG:   weight.data @head_panels : tensor<3x4x16xf32>
// CHECK-DAG:   weight.data @read.transpose_panels : tensor<3x4x16xf32>
weight.data @other : tensor<40x4xf32> {
  %0 = weight.file "m.bin" offset 0 : tensor<40x4xf32>
  weight.yield %0 : tensor<40x4xf32>
}
weight.data @head : tensor<4x40xf32> {
  %0 = weight.file "m.bin" offset 640 : tensor<40x4xf32>
  %1 = graph.transpose %0 [1, 0] : tensor<40x4xf32> -> tensor<4x40xf32>
  weight.yield %1 : tensor<4x40xf32>
}
weight.data @read : tensor<40x4xf32> {
  %0 = weight.file "m.bin" offset 1280 : tensor<40x4xf32>
  weight.yield %0 : tensor<40x4xf32>
}
weight.data @read.transpose : tensor<4x40xf32> {
  %0 = weight.file "m.bin" offset 1280 : tensor<40x4xf32>
  %1 = graph.transpose %0 [1, 0] : tensor<40x4xf32> -> tensor<4x40xf32>
  weight.yield %1 : tensor<4x40xf32>
}

// CHECK-LABEL: func.func @run(
// CHECK-DAG:     weight.get @other :
// CHECK-DAG:     weight.get @read :
// CHECK-DAG:     weight.get @head_panels :
// CHECK-DAG:     weight.get @read.transpose_panels :
func.func @main(%i: tensor<3xi64>) -> (tensor<3x40xf32>, tensor<3x40xf32>, tensor<40x4xf32>) {
  %other = weight.get @other : tensor<40x4xf32>
  %head = weight.get @head : tensor<4x40xf32>
  %read = weight.get @read : tensor<40x4xf32>
  %readT = weight.get @read.transpose : tensor<4x40xf32>
  %0 = graph.group (%a = %other, %b = %i) : (tensor<40x4xf32>, tensor<3xi64>) -> tensor<3x4xf32> {
    %5 = graph.gather %a, %b axis 0 : tensor<40x4xf32>, tensor<3xi64> -> tensor<3x4xf32>
    graph.yield %5 : tensor<3x4xf32>
  }
  %1 = graph.group (%a = %read, %b = %i) : (tensor<40x4xf32>, tensor<3xi64>) -> tensor<3x4xf32> {
    %5 = graph.gather %a, %b axis 0 : tensor<40x4xf32>, tensor<3xi64> -> tensor<3x4xf32>
    graph.yield %5 : tensor<3x4xf32>
  }
  %2 = graph.group (%a = %0, %b = %head) : (tensor<3x4xf32>, tensor<4x40xf32>) -> tensor<3x40xf32> {
    %5 = graph.matmul %a, %b : tensor<3x4xf32>, tensor<4x40xf32> -> tensor<3x40xf32>
    graph.yield %5 : tensor<3x40xf32>
  }
  %3 = graph.group (%a = %1, %b = %readT) : (tensor<3x4xf32>, tensor<4x40xf32>) -> tensor<3x40xf32> {
    %5 = graph.matmul %a, %b : tensor<3x4xf32>, tensor<4x40xf32> -> tensor<3x40xf32>
    graph.yield %5 : tensor<3x40xf32>
  }
  %4 = graph.group (%a = %read) : (tensor<40x4xf32>) -> tensor<40x4xf32> {
    %5 = graph.neg %a : tensor<40x4xf32>
    graph.yield %5 : tensor<40x4xf32>
  }
  return %2, %3, %4 : tensor<3x40xf32>, tensor<3x40xf32>, tensor<40x4xf32>
}
}

// -----

// The same in bytes: four of a row lie together, in words of the panels.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-NOT:   weight.data @table
// CHECK:       weight.data @head_panels : tensor<3x2x16x4xi8>
// CHECK-NOT:   weight.data
weight.data @table : tensor<40x8xi8> {
  %0 = weight.file "m.bin" offset 0 : tensor<8x40xi8>
  %1 = graph.transpose %0 [1, 0] : tensor<8x40xi8> -> tensor<40x8xi8>
  weight.yield %1 : tensor<40x8xi8>
}
weight.data @head : tensor<8x40xi8> {
  %0 = weight.file "m.bin" offset 0 : tensor<8x40xi8>
  weight.yield %0 : tensor<8x40xi8>
}

// CHECK-LABEL: func.func private @gather(
// CHECK-SAME:      %[[W:[^:]*]]: memref<?xi8>
// CHECK:         %[[PANELS:.*]] = memref.reinterpret_cast %[[W]] to offset: [0], sizes: [3, 2, 16, 4], strides: [128, 64, 4, 1]
// CHECK:         scf.for %[[BYTE:.*]] = %{{.*}} to %c4
// CHECK:           memref.subview %[[PANELS]][%{{.*}}, 0, %{{.*}}, %[[BYTE]]] [1, 2, 1, 1] [1, 1, 1, 1]
// CHECK-LABEL: func.func private @matmul(
// CHECK:         %[[XW:.*]] = kernel.words %{{.*}} : memref<?xi8> to memref<?xi32>
// CHECK:         %[[X:.*]] = memref.reinterpret_cast %[[XW]] to offset: [0], sizes: [3, 2], strides: [2, 1]
// CHECK:         %[[WW:.*]] = kernel.words %{{.*}} : memref<?xi8> to memref<?xi32>
// CHECK:         %[[P:.*]] = memref.reinterpret_cast %[[WW]] to offset: [0], sizes: [3, 2, 16], strides: [32, 16, 1]
// CHECK:         kernel.panel_product %[[X]], %[[P]] into %{{.*}} : memref<3x2xi32
func.func @main(%i: tensor<3xi64>) -> tensor<3x40xi32> {
  %t = weight.get @table : tensor<40x8xi8>
  %w = weight.get @head : tensor<8x40xi8>
  %0 = graph.group (%a = %t, %b = %i) : (tensor<40x8xi8>, tensor<3xi64>) -> tensor<3x8xi8> {
    %2 = graph.gather %a, %b axis 0 : tensor<40x8xi8>, tensor<3xi64> -> tensor<3x8xi8>
    graph.yield %2 : tensor<3x8xi8>
  }
  %1 = graph.group (%a = %0, %b = %w) : (tensor<3x8xi8>, tensor<8x40xi8>) -> tensor<3x40xi32> {
    %2 = graph.matmul %a, %b : tensor<3x8xi8>, tensor<8x40xi8> -> tensor<3x40xi32>
    graph.yield %2 : tensor<3x40xi32>
  }
  return %1 : tensor<3x40xi32>
}
}
