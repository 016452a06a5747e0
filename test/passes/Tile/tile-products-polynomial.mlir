// RUN: lmcc-opt %s --split-input-file --lmcc-tile-products --mlir-print-local-scope | FileCheck %s

// Epilogues that compute a polynomial of many constants.

module attributes {target.machine = #target.machine<name = "by lane", vector_bits = 128, tile_rows = 2, panel_columns = 8, depth_block = 4, alignment = 64, depth_step = 4>} {

// Sums leave the registers, and the epilogue is a loop over them.
// CHECK-LABEL: func.func @apart(
// CHECK-SAME:      %{{[^:]*}}: memref<4x3xi32>, %{{[^:]*}}: memref<2x3x8xi32>, %[[Y:[^:]*]]: memref<4x16xf32>, %[[S:[^:]*]]: memref<16xf32>)
// CHECK:         %[[LOCAL:.*]] = memref.alloca() : memref<2x8xi32>
// CHECK:         scf.for
// CHECK:           scf.for
// CHECK:             %[[OUT:.*]] = memref.subview %[[Y]]
// CHECK:             %[[SUMS:.*]] = memref.subview %[[LOCAL]][0, 0] [2, 8] [1, 1]
// CHECK:             kernel.panel_product {{.*}} into %[[SUMS]] maps [] :
// CHECK-NEXT:        ^bb0(%[[SUM:.*]]: i32):
// CHECK-NEXT:          kernel.yield %[[SUM]] : i32
// CHECK:             %[[SCALES:.*]] = memref.subview %[[S]]
// CHECK:             linalg.generic {{.*}} ins(%[[SUMS]], %[[SCALES]] : {{.*}}) outs(%[[OUT]] : {{.*}}) {
// CHECK:               arith.sitofp
// CHECK:               math.erf
func.func @apart(%x: memref<4x3xi32>, %w: memref<2x3x8xi32>, %y: memref<4x16xf32>, %scales: memref<16xf32>) {
  kernel.panel_product %x, %w into %y extras(%scales) maps [affine_map<(d0, d1) -> (d1)>] : memref<4x3xi32>, memref<2x3x8xi32>, memref<4x16xf32>, memref<16xf32> {
  ^bb0(%sum: i32, %scale: f32):
    %0 = arith.sitofp %sum : i32 to f32
    %1 = arith.mulf %0, %scale : f32
    %2 = math.erf %1 : f32
    kernel.yield %2 : f32
  }
  return
}

// Sums of blocks are in the output already.
// CHECK-LABEL: func.func @last_block(
// CHECK-NOT:     memref.alloca
// CHECK:         kernel.panel_product {{.*}} into %[[FIRST:.*]] maps [] :
// CHECK-NOT:     linalg.generic
// CHECK:         kernel.panel_product {{.*}} into %[[OUT:.*]] maps [] continues :
// CHECK:         linalg.generic {{.*}} ins(%[[OUT]] : {{.*}}) outs(%[[OUT]] : {{.*}}) {
// CHECK:           math.erf
func.func @last_block(%x: memref<4x8xf32>, %w: memref<1x8x8xf32>, %y: memref<4x8xf32>) {
  kernel.panel_product %x, %w into %y maps [] : memref<4x8xf32>, memref<1x8x8xf32>, memref<4x8xf32> {
  ^bb0(%sum: f32):
    %0 = math.erf %sum : f32
    kernel.yield %0 : f32
  }
  return
}

// One row, and an epilogue without a polynomial, stay with the sums.
// CHECK-LABEL: func.func @keep_one_row(
// CHECK-NOT:     linalg.generic
// CHECK:         math.erf
// CHECK-NOT:     linalg.generic
// CHECK:         return
func.func @keep_one_row(%x: memref<1x3xi32>, %w: memref<2x3x8xi32>, %y: memref<1x16xf32>) {
  kernel.panel_product %x, %w into %y maps [] : memref<1x3xi32>, memref<2x3x8xi32>, memref<1x16xf32> {
  ^bb0(%sum: i32):
    %0 = arith.sitofp %sum : i32 to f32
    %1 = math.erf %0 : f32
    kernel.yield %1 : f32
  }
  return
}

// CHECK-LABEL: func.func @keep_short(
// CHECK-NOT:     linalg.generic
// CHECK:         math.exp
// CHECK-NOT:     linalg.generic
// CHECK:         return
func.func @keep_short(%x: memref<4x3xi32>, %w: memref<2x3x8xi32>, %y: memref<4x16xf32>) {
  kernel.panel_product %x, %w into %y maps [] : memref<4x3xi32>, memref<2x3x8xi32>, memref<4x16xf32> {
  ^bb0(%sum: i32):
    %0 = arith.sitofp %sum : i32 to f32
    %1 = math.exp %0 : f32
    kernel.yield %1 : f32
  }
  return
}
}

// -----

module attributes {target.machine = #target.machine<name = "operands from memory", vector_bits = 256, tile_rows = 2, panel_columns = 8, depth_block = 4, alignment = 64>} {
// CHECK-LABEL: func.func @keep_in_registers(
// CHECK-NOT:     linalg.generic
// CHECK:         math.erf
// CHECK-NOT:     linalg.generic
// CHECK:         return
func.func @keep_in_registers(%x: memref<4x3xi32>, %w: memref<2x3x8xi32>, %y: memref<4x16xf32>) {
  kernel.panel_product %x, %w into %y maps [] : memref<4x3xi32>, memref<2x3x8xi32>, memref<4x16xf32> {
  ^bb0(%sum: i32):
    %0 = arith.sitofp %sum : i32 to f32
    %1 = math.erf %0 : f32
    kernel.yield %1 : f32
  }
  return
}
}
