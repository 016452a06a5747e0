// RUN: lmcc-opt %s --lmcc-graph-to-kernel --mlir-print-local-scope | FileCheck %s

// A caller aligns bytes to one, words want four: what comes from outside is
// copied, once for all products of it.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
weight.data @w : tensor<8x16xi8> {
  %0 = weight.file "m.bin" offset 0 : tensor<8x16xi8>
  weight.yield %0 : tensor<8x16xi8>
}
// CHECK-LABEL: func.func @run(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xi8>
// CHECK:         %[[COPY:.*]] = kernel.buffer 24 : memref<?xi8>
// CHECK-NEXT:    call @copy(%[[X]], %[[COPY]])
// CHECK-NOT:     call @copy
// CHECK:         call @matmul(%[[COPY]],
// CHECK-NOT:     call @copy
// CHECK:         call @matmul(%[[COPY]],
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
