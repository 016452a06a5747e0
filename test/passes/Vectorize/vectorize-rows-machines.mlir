// RUN: lmcc-opt %s --lmcc-vectorize-rows --cse --mlir-print-local-scope --split-input-file | FileCheck %s

// The order of a sum does not depend on the machine: 32 lanes, however many
// vectors they are, folded by halves.

module attributes {target.machine = #target.machine<name = "x86-64-v4", vector_bits = 512, tile_rows = 8, panel_columns = 32, depth_block = 256, alignment = 64>} {
// CHECK-LABEL: func.func @sixteen_lanes(
func.func @sixteen_lanes(%x: memref<32xf32>) -> f32 {
  // CHECK:         scf.for {{.*}} -> (vector<16xf32>, vector<16xf32>) {
  // CHECK-COUNT-2: arith.addf %{{.*}} : vector<16xf32>
  // CHECK:         scf.yield
  // CHECK:         arith.addf %{{.*}} : vector<16xf32>
  // CHECK:         arith.addf %{{.*}} : vector<8xf32>
  // CHECK:         arith.addf %{{.*}} : vector<4xf32>
  // CHECK:         arith.addf %{{.*}} : vector<2xf32>
  // CHECK:         arith.addf %{{.*}} : f32
  // CHECK-NOT:     arith.addf
  // CHECK:         return
  %0 = kernel.row_reduce sum %x : memref<32xf32> -> f32 {
  ^bb0(%e: f32):
    kernel.yield %e : f32
  }
  return %0 : f32
}
}

// -----

module attributes {target.machine = #target.machine<name = "neon", vector_bits = 128, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 16>} {
// CHECK-LABEL: func.func @four_lanes(
func.func @four_lanes(%x: memref<32xf32>) -> f32 {
  // CHECK:         %[[S:.*]]:8 = scf.for
  // CHECK-COUNT-8: arith.addf %{{.*}} : vector<4xf32>
  // CHECK:         scf.yield
  // Lane l of 32 and lane l + 16 are four vectors apart.
  // CHECK:         arith.addf %[[S]]#0, %[[S]]#4 : vector<4xf32>
  // CHECK-NEXT:    arith.addf %[[S]]#1, %[[S]]#5 : vector<4xf32>
  // CHECK-NEXT:    arith.addf %[[S]]#2, %[[S]]#6 : vector<4xf32>
  // CHECK-NEXT:    arith.addf %[[S]]#3, %[[S]]#7 : vector<4xf32>
  // CHECK-COUNT-3: arith.addf %{{.*}} : vector<4xf32>
  // CHECK:         arith.addf %{{.*}} : vector<2xf32>
  // CHECK:         arith.addf %{{.*}} : f32
  // CHECK-NOT:     arith.addf
  // CHECK:         return
  %0 = kernel.row_reduce sum %x : memref<32xf32> -> f32 {
  ^bb0(%e: f32):
    kernel.yield %e : f32
  }
  return %0 : f32
}
}

// -----

module attributes {target.machine = #target.machine<name = "scalar", vector_bits = 32, tile_rows = 4, panel_columns = 4, depth_block = 256, alignment = 16>} {
// CHECK-LABEL: func.func @one_lane(
func.func @one_lane(%x: memref<33xf32>) -> f32 {
  // CHECK:         memref.alloca() : memref<32xf32>
  // CHECK-NOT:     vector
  // CHECK:         %[[S:.*]]:32 = scf.for
  // CHECK:         scf.yield
  // CHECK:         %[[L0:.*]] = arith.addf %[[S]]#0, %{{.*}} : f32
  // CHECK:         %[[L16:.*]] = arith.addf %[[S]]#16, %{{.*}} : f32
  // CHECK:         arith.addf %[[L0]], %[[L16]] : f32
  // CHECK:         return
  %0 = kernel.row_reduce sum %x : memref<33xf32> -> f32 {
  ^bb0(%e: f32):
    kernel.yield %e : f32
  }
  return %0 : f32
}
}

// -----

// A vector of more than 32 lanes is used in part.
module attributes {target.machine = #target.machine<name = "64 lanes", vector_bits = 2048, tile_rows = 4, panel_columns = 64, depth_block = 256, alignment = 256>} {
// CHECK-LABEL: func.func @sixty_four_lanes(
func.func @sixty_four_lanes(%x: memref<64xf32>) -> f32 {
  // CHECK-NOT: vector<64xf32>
  // CHECK:     scf.for {{.*}} -> (vector<32xf32>) {
  // CHECK:     arith.addf %{{.*}} : vector<16xf32>
  // CHECK:     return
  %0 = kernel.row_reduce sum %x : memref<64xf32> -> f32 {
  ^bb0(%e: f32):
    kernel.yield %e : f32
  }
  return %0 : f32
}
}
