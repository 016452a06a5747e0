// RUN: lmcc-opt %s --split-input-file --verify-diagnostics --lmcc-vectorize-products --canonicalize --cse --mlir-print-local-scope | FileCheck %s

// A vector holds words of one column: each row and column has a vector of sums,
// whose lanes are added up behind the loop. Every four columns have one.
module attributes {target.machine = #target.machine<name = "columns", vector_bits = 128, tile_rows = 2, panel_columns = 16, depth_block = 256, alignment = 64, sums_lanes = true>} {
// CHECK-LABEL: func.func @two_rows(
// CHECK-SAME:      %[[X:[^:]*]]: memref<2x12xi32>, %[[W:[^:]*]]: memref<1x3x64xi32>, %[[Y:[^:]*]]: memref<2x16xi32>)
// CHECK:         %[[ZERO:.*]] = arith.constant dense<0> : vector<4xi32>
// CHECK:         %[[SUMS:.*]]:8 = scf.for %[[K:.*]] = %c0 to %c3 step %c1 iter_args(%[[A:[^ ]*]] = %[[ZERO]],
// CHECK-NEXT:      %[[AT:.*]] = affine.apply affine_map<(d0) -> (d0 * 4)>(%[[K]])
// CHECK-NEXT:      %[[R0:.*]] = vector.load %[[X]][%c0, %[[AT]]] : memref<2x12xi32>, vector<4xi32>
// CHECK-NEXT:      %[[R1:.*]] = vector.load %[[X]][%c1, %[[AT]]] : memref<2x12xi32>, vector<4xi32>
// CHECK-NEXT:      %[[W0:.*]] = vector.load %[[W]][%c0, %[[K]], %c0] : memref<1x3x64xi32>, vector<4xi32>
// CHECK-NEXT:      kernel.dot_lanes %[[A]], %[[W0]], %[[R0]] : vector<4xi32>
// CHECK-NEXT:      kernel.dot_lanes %{{.*}}, %[[W0]], %[[R1]] : vector<4xi32>
// CHECK-NEXT:      %[[W1:.*]] = vector.load %[[W]][%c0, %[[K]], %c4] : memref<1x3x64xi32>, vector<4xi32>
// CHECK-COUNT-6:   kernel.dot_lanes
// CHECK-NEXT:      scf.yield
// CHECK:         %[[EVEN:.*]] = vector.shuffle %[[SUMS]]#0, %[[SUMS]]#1 [0, 2, 4, 6]
// CHECK:         %[[ODD:.*]] = vector.shuffle %[[SUMS]]#0, %[[SUMS]]#1 [1, 3, 5, 7]
// CHECK:         %[[PAIRS:.*]] = arith.addi %[[EVEN]], %[[ODD]] : vector<4xi32>
// CHECK:         %[[OTHERS:.*]] = arith.addi
// CHECK:         %[[FIRST:.*]] = vector.shuffle %[[PAIRS]], %[[OTHERS]] [0, 2, 4, 6]
// CHECK:         %[[SECOND:.*]] = vector.shuffle %[[PAIRS]], %[[OTHERS]] [1, 3, 5, 7]
// CHECK:         %[[COLUMNS:.*]] = arith.addi %[[FIRST]], %[[SECOND]] : vector<4xi32>
// CHECK:         scf.for
// CHECK:           vector.load %[[W]][%c0, %{{.*}}, %c16]
// CHECK:         scf.for
// CHECK:           vector.load %[[W]][%c0, %{{.*}}, %c32]
// CHECK:         scf.for
// CHECK:           vector.load %[[W]][%c0, %{{.*}}, %c48]
// CHECK:         vector.store %[[COLUMNS]], %[[Y]][%c0, %c0]
// CHECK-COUNT-7: vector.store
// CHECK-NOT:     vector.store
func.func @two_rows(%x: memref<2x12xi32>, %w: memref<1x3x64xi32>, %y: memref<2x16xi32>) {
  kernel.panel_product %x, %w into %y maps [] column_words 4 : memref<2x12xi32>, memref<1x3x64xi32>, memref<2x16xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}

// One row takes twice as many.
// CHECK-LABEL: func.func @one_row(
// CHECK:         scf.for
// CHECK-COUNT-8:   kernel.dot_lanes
// CHECK-NEXT:      scf.yield
// CHECK:         scf.for
// CHECK-COUNT-8:   kernel.dot_lanes
// CHECK-NEXT:      scf.yield
// CHECK-NOT:     scf.for
func.func @one_row(%x: memref<1x12xi32>, %w: memref<1x3x64xi32>, %y: memref<1x16xi32>) {
  kernel.panel_product %x, %w into %y maps [] column_words 4 : memref<1x12xi32>, memref<1x3x64xi32>, memref<1x16xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}
}

// -----

// Words of a column that are no vector.
module attributes {target.machine = #target.machine<name = "columns", vector_bits = 128, tile_rows = 2, panel_columns = 16, depth_block = 256, alignment = 64, sums_lanes = true>} {
func.func @two_words(%x: memref<2x12xi32>, %w: memref<1x6x32xi32>, %y: memref<2x16xi32>) {
  // expected-error @below {{is no tile; run lmcc-tile-products first}}
  kernel.panel_product %x, %w into %y maps [] column_words 2 : memref<2x12xi32>, memref<1x6x32xi32>, memref<2x16xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}
}
