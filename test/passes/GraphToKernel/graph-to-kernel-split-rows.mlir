// RUN: lmcc-opt %s --split-input-file --lmcc-graph-to-kernel --mlir-print-local-scope | FileCheck %s

// Where the machine wants small rows, several rows are split once for all
// products of them: magnitudes, signs, and what the sums start with.
module attributes {target.machine = #target.machine<name = "split", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64, split_rows = true>} {
weight.data @w : tensor<8x16xi8> {
  %0 = weight.file "m.bin" offset 0 : tensor<8x16xi8>
  weight.yield %0 : tensor<8x16xi8>
}
// CHECK-LABEL: func.func private @split_rows(
// CHECK:         %[[X:.*]] = kernel.words
// CHECK:         scf.for
// CHECK:           linalg.generic
// CHECK:             %[[HIGH:.*]] = arith.shrsi %[[WORD:.*]], %c7_i32
// CHECK:             %[[ONES:.*]] = arith.andi %[[HIGH]], %c16843009_i32
// CHECK:             %[[ABOVE:.*]] = arith.shli %[[ONES]], %c8_i32
// CHECK:             %[[SIGNS:.*]] = arith.subi %[[ABOVE]], %[[ONES]]
// CHECK:             %[[LESS:.*]] = arith.xori %[[WORD]], %[[SIGNS]]
// CHECK:             %[[MAGNITUDES:.*]] = arith.addi %[[LESS]], %[[ONES]]
// CHECK:             linalg.yield %[[MAGNITUDES]]
// CHECK:           linalg.generic
// CHECK:           %[[SUM:.*]] = kernel.row_reduce sum
// CHECK:             kernel.dot4 %{{.*}} small_rows : i32
// CHECK:           %[[START:.*]] = arith.subi %{{.*}}, %[[SUM]]
// CHECK:           memref.store %[[START]]
// CHECK-LABEL: func.func private @matmul(
// CHECK:         kernel.panel_product {{.*}} starts(%{{.*}} : memref<3x1xi32{{.*}}>) signs(%{{.*}} : memref<3x2xi32, strided<[4, 1], offset: 2>>)
// CHECK-LABEL: func.func @run(
// CHECK:         %[[WORDS:.*]] = kernel.buffer 12 : memref<?xi32>
// CHECK:         %[[STARTS:.*]] = kernel.buffer 3 : memref<?xi32>
// CHECK:         call @split_rows(%{{.*}}, %[[WORDS]], %[[STARTS]])
// CHECK-NOT:     call @split_rows
// CHECK:         call @matmul({{.*}}%[[WORDS]]
// CHECK-NOT:     call @split_rows
// CHECK:         call @matmul({{.*}}%[[WORDS]]
func.func @main(%x: tensor<3x8xi8>) -> (tensor<3x16xi32>, tensor<3x16xi32>) {
  %w = weight.get @w : tensor<8x16xi8>
  %0 = graph.group (%a = %x, %b = %w) : (tensor<3x8xi8>, tensor<8x16xi8>) -> tensor<3x16xi32> {
    %2 = graph.matmul %a, %b : tensor<3x8xi8>, tensor<8x16xi8> -> tensor<3x16xi32>
    graph.yield %2 : tensor<3x16xi32>
  }
  %1 = graph.group (%a = %x, %b = %w) : (tensor<3x8xi8>, tensor<8x16xi8>) -> tensor<3x16xi32> {
    %2 = graph.matmul %a, %b : tensor<3x8xi8>, tensor<8x16xi8> -> tensor<3x16xi32>
    graph.yield %2 : tensor<3x16xi32>
  }
  return %0, %1 : tensor<3x16xi32>, tensor<3x16xi32>
}
}

// -----

// One row stays as it is: its product waits for the weights.
module attributes {target.machine = #target.machine<name = "split", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64, split_rows = true>} {
weight.data @w : tensor<8x16xi8> {
  %0 = weight.file "m.bin" offset 0 : tensor<8x16xi8>
  weight.yield %0 : tensor<8x16xi8>
}
// CHECK-LABEL: func.func @run(
// CHECK-NOT:     split_rows
// CHECK:         call @matmul(
// CHECK-NOT:     signs
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x16xi32> {
  %w = weight.get @w : tensor<8x16xi8>
  %0 = graph.group (%a = %x, %b = %w) : (tensor<1x8xi8>, tensor<8x16xi8>) -> tensor<1x16xi32> {
    %1 = graph.matmul %a, %b : tensor<1x8xi8>, tensor<8x16xi8> -> tensor<1x16xi32>
    graph.yield %1 : tensor<1x16xi32>
  }
  return %0 : tensor<1x16xi32>
}
}

// -----

// Weights that meet products only have their steps in pairs, in panels and in the
// order beside them, which several rows and single ones share.
module attributes {target.machine = #target.machine<name = "split", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64, split_rows = true>} {
// CHECK-LABEL: weight.data @w_order : tensor<2x3xi16> {
// CHECK:         %[[P:.*]] = weight.pack %{{.*}} : tensor<8x24xi8> -> tensor<2x2x16x4xi8>
// CHECK:         %[[O:.*]] = weight.pair_steps %[[P]] : tensor<2x2x16x4xi8> -> tensor<2x3xi16>
// CHECK:         weight.yield %[[O]]
// CHECK-LABEL: weight.data @w_panels : tensor<2x2x16x4xi8> {
// CHECK:         %[[P:.*]] = weight.pack
// CHECK:         %[[O:.*]] = weight.pair_steps %[[P]]
// CHECK:         %[[PAIRS:.*]] = weight.order_steps %[[P]], %[[O]]
// CHECK:         weight.yield %[[PAIRS]]
weight.data @w : tensor<8x24xi8> {
  %0 = weight.file "m.bin" offset 0 : tensor<8x24xi8>
  weight.yield %0 : tensor<8x24xi8>
}
// CHECK:         kernel.panel_product {{.*}} signs(%{{.*}}) order(%{{.*}} : memref<2x3xi16, strided<[3, 1]>>) : memref<3x2xi32
// CHECK-LABEL: func.func private @matmul_2(
// CHECK:         kernel.panel_product %{{.*}} maps [] streams order(%{{.*}} : memref<2x3xi16, strided<[3, 1]>>) : memref<1x2xi32,
// CHECK-LABEL: func.func @run(
// CHECK:         weight.get @w_panels : memref<?xi8>
// CHECK:         weight.get @w_order : memref<?xi16>
// CHECK-NOT:     weight.get @w :
func.func @main(%x: tensor<3x8xi8>, %y: tensor<1x8xi8>) -> (tensor<3x24xi32>, tensor<1x24xi32>) {
  %w = weight.get @w : tensor<8x24xi8>
  %0 = graph.group (%a = %x, %b = %w) : (tensor<3x8xi8>, tensor<8x24xi8>) -> tensor<3x24xi32> {
    %2 = graph.matmul %a, %b : tensor<3x8xi8>, tensor<8x24xi8> -> tensor<3x24xi32>
    graph.yield %2 : tensor<3x24xi32>
  }
  %1 = graph.group (%a = %y, %b = %w) : (tensor<1x8xi8>, tensor<8x24xi8>) -> tensor<1x24xi32> {
    %2 = graph.matmul %a, %b : tensor<1x8xi8>, tensor<8x24xi8> -> tensor<1x24xi32>
    graph.yield %2 : tensor<1x24xi32>
  }
  return %0, %1 : tensor<3x24xi32>, tensor<1x24xi32>
}
}

// -----

// No pairs: columns that fill no vector, a single step, more steps than an order
// has numbers for, and panels in which rows are looked up.
module attributes {target.machine = #target.machine<name = "split", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64, split_rows = true>} {
weight.data @few_columns : tensor<8x4xi8> {
  %0 = weight.file "m.bin" offset 0 : tensor<8x4xi8>
  weight.yield %0 : tensor<8x4xi8>
}
weight.data @one_step : tensor<4x16xi8> {
  %0 = weight.file "m.bin" offset 32 : tensor<4x16xi8>
  weight.yield %0 : tensor<4x16xi8>
}
weight.data @deep : tensor<131072x16xi8> {
  %0 = weight.file "m.bin" offset 256 : tensor<131072x16xi8>
  weight.yield %0 : tensor<131072x16xi8>
}
weight.data @table : tensor<16x8xi8> {
  %0 = weight.file "m.bin" offset 128 : tensor<16x8xi8>
  weight.yield %0 : tensor<16x8xi8>
}
weight.data @head : tensor<8x16xi8> {
  %0 = weight.file "m.bin" offset 128 : tensor<16x8xi8>
  %1 = graph.transpose %0 [1, 0] : tensor<16x8xi8> -> tensor<8x16xi8>
  weight.yield %1 : tensor<8x16xi8>
}
// CHECK-LABEL: func.func @run(
// CHECK-NOT:     xi16
// CHECK:         return
func.func @main(%x: tensor<1x8xi8>, %y: tensor<1x4xi8>, %z: tensor<1x131072xi8>, %token: tensor<1xi64>) -> (tensor<1x4xi32>, tensor<1x16xi32>, tensor<1x16xi32>, tensor<1x16xi32>, tensor<1x8xi8>) {
  %deep = weight.get @deep : tensor<131072x16xi8>
  %few = weight.get @few_columns : tensor<8x4xi8>
  %one = weight.get @one_step : tensor<4x16xi8>
  %table = weight.get @table : tensor<16x8xi8>
  %head = weight.get @head : tensor<8x16xi8>
  %0 = graph.group (%a = %x, %b = %few) : (tensor<1x8xi8>, tensor<8x4xi8>) -> tensor<1x4xi32> {
    %4 = graph.matmul %a, %b : tensor<1x8xi8>, tensor<8x4xi8> -> tensor<1x4xi32>
    graph.yield %4 : tensor<1x4xi32>
  }
  %1 = graph.group (%a = %y, %b = %one) : (tensor<1x4xi8>, tensor<4x16xi8>) -> tensor<1x16xi32> {
    %4 = graph.matmul %a, %b : tensor<1x4xi8>, tensor<4x16xi8> -> tensor<1x16xi32>
    graph.yield %4 : tensor<1x16xi32>
  }
  %2 = graph.group (%a = %x, %b = %head) : (tensor<1x8xi8>, tensor<8x16xi8>) -> tensor<1x16xi32> {
    %4 = graph.matmul %a, %b : tensor<1x8xi8>, tensor<8x16xi8> -> tensor<1x16xi32>
    graph.yield %4 : tensor<1x16xi32>
  }
  %5 = graph.group (%a = %z, %b = %deep) : (tensor<1x131072xi8>, tensor<131072x16xi8>) -> tensor<1x16xi32> {
    %4 = graph.matmul %a, %b : tensor<1x131072xi8>, tensor<131072x16xi8> -> tensor<1x16xi32>
    graph.yield %4 : tensor<1x16xi32>
  }
  %3 = graph.group (%t = %table, %i = %token) : (tensor<16x8xi8>, tensor<1xi64>) -> tensor<1x8xi8> {
    %4 = graph.gather %t, %i axis 0 : tensor<16x8xi8>, tensor<1xi64> -> tensor<1x8xi8>
    graph.yield %4 : tensor<1x8xi8>
  }
  return %0, %1, %2, %5, %3 : tensor<1x4xi32>, tensor<1x16xi32>, tensor<1x16xi32>, tensor<1x16xi32>, tensor<1x8xi8>
}
}
