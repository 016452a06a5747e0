// RUN: lmcc-opt %s --split-input-file --lmcc-graph-to-kernel --canonicalize --cse --mlir-print-local-scope | FileCheck %s

// A table of 4-bit numbers and the product with its transpose read the same
// panels. Row i of the table is column i: one word for 8 of its elements in
// every row of words, and a half of a word of scales.

module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK:       weight.data @table.nibbles_panels : tensor<3x2x72xi32>
// CHECK-NOT:   weight.data
weight.data @table.nibbles : tensor<64x40xi8> {
  %0 = weight.file "m.bin" offset 0 : tensor<64x40xf32>
  %1 = weight.scales %0 bits 4 : tensor<64x40xf32> -> tensor<2x40xf32>
  %2 = weight.quantize %0, %1 bits 4 : tensor<64x40xf32>, tensor<2x40xf32> -> tensor<64x40xi8>
  weight.yield %2 : tensor<64x40xi8>
}
weight.data @table.group_scales : tensor<2x40xf32> {
  %0 = weight.file "m.bin" offset 0 : tensor<64x40xf32>
  %1 = weight.scales %0 bits 4 : tensor<64x40xf32> -> tensor<2x40xf32>
  weight.yield %1 : tensor<2x40xf32>
}

// CHECK-LABEL: func.func private @look_up_columns(
// CHECK-SAME:      kernel.args = ["w", "indices", "y"]
// CHECK-DAG:     %[[PANELS:.*]] = memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [3, 2, 72], strides: [144, 72, 1]
// CHECK-DAG:     %[[Y:.*]] = memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [3, 2, 32], strides: [64, 32, 1]
// CHECK:         scf.for %[[ROW:.*]] = %c0 to %c3
// CHECK:           %[[CHOSEN:.*]] = arith.select
// CHECK-DAG:       %[[PANEL:.*]] = affine.apply affine_map<(d0) -> (d0 floordiv 16)>(%[[CHOSEN]])
// CHECK:           scf.for %[[G:.*]] = %c0 to %c2
// CHECK:             %[[PAIR:.*]] = memref.load %[[PANELS]][%[[PANEL]], %[[G]], %{{.*}}]
// CHECK-DAG:         %[[LOW:.*]] = arith.shli %[[PAIR]], %c16_i32
// CHECK-DAG:         %[[HIGH:.*]] = arith.andi %[[PAIR]], %c-65536_i32
// CHECK:             %[[BITS:.*]] = arith.select %{{.*}}, %[[LOW]], %[[HIGH]]
// CHECK:             %[[SCALE:.*]] = arith.bitcast %[[BITS]] : i32 to f32
// CHECK:             scf.for %[[N:.*]] = %c0 to %c4
// CHECK:               %[[WORD:.*]] = memref.load %[[PANELS]][%[[PANEL]], %[[G]], %{{.*}}]
// CHECK:               %[[NIBBLE:.*]] = arith.andi %[[WORD]], %c15_i32
// CHECK:               %[[NUMBER:.*]] = arith.subi %[[NIBBLE]], %c8_i32
// CHECK:               %[[FLOAT:.*]] = arith.sitofp %[[NUMBER]]
// CHECK:               %[[E:.*]] = arith.mulf %[[FLOAT]], %[[SCALE]]
// CHECK:               memref.store %[[E]], %[[Y]][%[[ROW]], %[[G]], %{{.*}}]
// CHECK:               arith.shrui %[[WORD]], %c28_i32
// CHECK-LABEL: func.func @run(
// CHECK:         %[[TABLE:.*]] = weight.get @table.nibbles_panels
// CHECK:         call @check_indices(
// CHECK:         call @look_up_columns(%[[TABLE]]
// CHECK:         call @matmul(%{{.*}}, %[[TABLE]]
func.func @main(%i: tensor<3xi64>) -> tensor<3x40xf32> {
  %t = weight.get @table.nibbles : tensor<64x40xi8>
  %s = weight.get @table.group_scales : tensor<2x40xf32>
  %0 = graph.group (%a = %t, %b = %s, %c = %i) : (tensor<64x40xi8>, tensor<2x40xf32>, tensor<3xi64>) -> tensor<3x64xf32> {
    %2 = graph.look_up_columns %a, %b at %c : tensor<64x40xi8>, tensor<2x40xf32>, tensor<3xi64> -> tensor<3x64xf32>
    graph.yield %2 : tensor<3x64xf32>
  }
  %1 = graph.group (%a = %0, %b = %t, %c = %s) : (tensor<3x64xf32>, tensor<64x40xi8>, tensor<2x40xf32>) -> tensor<3x40xf32> {
    %2 = graph.matmul %a, %b scales(%c : tensor<2x40xf32>) : tensor<3x64xf32>, tensor<64x40xi8> -> tensor<3x40xf32>
    graph.yield %2 : tensor<3x40xf32>
  }
  return %1 : tensor<3x40xf32>
}
}
