// RUN: lmcc-opt %s --split-input-file --lmcc-graph-to-kernel --mlir-print-local-scope | FileCheck %s

// Where the machine sums lanes, panels of weights hold a vector's bytes of each
// column side by side, here sixteen. A table that is looked up in them reads as
// many at a time.
module attributes {target.machine = #target.machine<name = "lanes", vector_bits = 128, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64, sums_lanes = true>} {
// CHECK-NOT:   weight.data @table
// CHECK:       weight.data @head_panels : tensor<3x2x16x16xi8>
// CHECK-NOT:   weight.data
weight.data @table : tensor<40x32xi8> {
  %0 = weight.file "m.bin" offset 0 : tensor<32x40xi8>
  %1 = graph.transpose %0 [1, 0] : tensor<32x40xi8> -> tensor<40x32xi8>
  weight.yield %1 : tensor<40x32xi8>
}
weight.data @head : tensor<32x40xi8> {
  %0 = weight.file "m.bin" offset 0 : tensor<32x40xi8>
  weight.yield %0 : tensor<32x40xi8>
}
// CHECK-LABEL: func.func private @gather(
// CHECK:         memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [3, 2, 16, 16], strides: [512, 256, 16, 1]
// CHECK:         scf.for %{{.*}} = %{{.*}} to %c16
// CHECK-LABEL: func.func private @matmul(
// CHECK:         %[[X:.*]] = memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [3, 8], strides: [8, 1]
// CHECK:         %[[P:.*]] = memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [3, 2, 64], strides: [128, 64, 1]
// CHECK:         kernel.panel_product %[[X]], %[[P]] into %{{.*}} maps [] streams column_words 4 : memref<3x8xi32
func.func @main(%i: tensor<3xi64>) -> tensor<3x40xi32> {
  %t = weight.get @table : tensor<40x32xi8>
  %w = weight.get @head : tensor<32x40xi8>
  %0 = graph.group (%a = %t, %b = %i) : (tensor<40x32xi8>, tensor<3xi64>) -> tensor<3x32xi8> {
    %2 = graph.gather %a, %b axis 0 : tensor<40x32xi8>, tensor<3xi64> -> tensor<3x32xi8>
    graph.yield %2 : tensor<3x32xi8>
  }
  %1 = graph.group (%a = %0, %b = %w) : (tensor<3x32xi8>, tensor<32x40xi8>) -> tensor<3x40xi32> {
    %2 = graph.matmul %a, %b : tensor<3x32xi8>, tensor<32x40xi8> -> tensor<3x40xi32>
    graph.yield %2 : tensor<3x40xi32>
  }
  return %1 : tensor<3x40xi32>
}
}

// -----

// Words of four stay: a depth that does not fill vectors, columns that fill
// none, and bytes that are computed.
module attributes {target.machine = #target.machine<name = "lanes", vector_bits = 128, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64, sums_lanes = true>} {
// CHECK-DAG:   weight.data @shallow_panels : tensor<1x6x16x4xi8>
// CHECK-DAG:   weight.data @narrow_panels : tensor<1x8x2x4xi8>
weight.data @shallow : tensor<24x16xi8> {
  %0 = weight.file "m.bin" offset 0 : tensor<24x16xi8>
  weight.yield %0 : tensor<24x16xi8>
}
weight.data @narrow : tensor<32x2xi8> {
  %0 = weight.file "m.bin" offset 384 : tensor<32x2xi8>
  weight.yield %0 : tensor<32x2xi8>
}
// CHECK-NOT:     column_words
// CHECK-COUNT-3: kernel.panel_product
// CHECK-NOT:     column_words
func.func @main(%x: tensor<3x24xi8>, %y: tensor<3x32xi8>, %m: tensor<32x16xi8>) -> (tensor<3x16xi32>, tensor<3x2xi32>, tensor<3x16xi32>) {
  %w = weight.get @shallow : tensor<24x16xi8>
  %v = weight.get @narrow : tensor<32x2xi8>
  %0 = graph.group (%a = %x, %b = %w) : (tensor<3x24xi8>, tensor<24x16xi8>) -> tensor<3x16xi32> {
    %3 = graph.matmul %a, %b : tensor<3x24xi8>, tensor<24x16xi8> -> tensor<3x16xi32>
    graph.yield %3 : tensor<3x16xi32>
  }
  %1 = graph.group (%a = %y, %b = %v) : (tensor<3x32xi8>, tensor<32x2xi8>) -> tensor<3x2xi32> {
    %3 = graph.matmul %a, %b : tensor<3x32xi8>, tensor<32x2xi8> -> tensor<3x2xi32>
    graph.yield %3 : tensor<3x2xi32>
  }
  %2 = graph.group (%a = %y, %b = %m) : (tensor<3x32xi8>, tensor<32x16xi8>) -> tensor<3x16xi32> {
    %3 = graph.matmul %a, %b : tensor<3x32xi8>, tensor<32x16xi8> -> tensor<3x16xi32>
    graph.yield %3 : tensor<3x16xi32>
  }
  return %0, %1, %2 : tensor<3x16xi32>, tensor<3x2xi32>, tensor<3x16xi32>
}
}
