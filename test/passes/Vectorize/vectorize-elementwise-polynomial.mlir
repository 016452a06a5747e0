// RUN: lmcc-opt %s --lmcc-vectorize-elementwise --cse --mlir-print-local-scope --split-input-file | FileCheck %s

module attributes {target.machine = #target.machine<name = "by lane", vector_bits = 128, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64, depth_step = 4>} {

// Four vectors share the constants of a polynomial.
// CHECK-LABEL: func.func @four(
// CHECK:         scf.for %{{.*}} = %c0 to %c2 step %c1
// CHECK:           scf.for %{{.*}} = %c0 to %c32 step %c16
// CHECK-COUNT-4:     math.erf %{{.*}} : vector<4xf32>
// CHECK-NOT:         math.erf
func.func @four(%x: memref<2x32xf32>, %y: memref<2x32xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<2x32xf32>) outs(%y : memref<2x32xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = math.erf %a : f32
    linalg.yield %0 : f32
  }
  return
}

// Registers hold all constants of an exponential.
// CHECK-LABEL: func.func @two(
// CHECK:         scf.for %{{.*}} = %c0 to %c32 step %c8
// CHECK-COUNT-2:   math.exp %{{.*}} : vector<4xf32>
// CHECK-NOT:       math.exp
func.func @two(%x: memref<32xf32>, %y: memref<32xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<32xf32>) outs(%y : memref<32xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = math.exp %a : f32
    linalg.yield %0 : f32
  }
  return
}

// Not where vectors would be left, nor for anything shorter.
// CHECK-LABEL: func.func @keep_rest(
// CHECK:         scf.for %{{.*}} = %c0 to %c24 step %c4
// CHECK:           math.erf
// CHECK-NOT:       math.erf
func.func @keep_rest(%x: memref<24xf32>, %y: memref<24xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<24xf32>) outs(%y : memref<24xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = math.erf %a : f32
    linalg.yield %0 : f32
  }
  return
}

// CHECK-LABEL: func.func @keep_short(
// CHECK:         scf.for %{{.*}} = %c0 to %c32 step %c4
func.func @keep_short(%x: memref<32xf32>, %y: memref<32xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<32xf32>) outs(%y : memref<32xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.addf %a, %a : f32
    linalg.yield %0 : f32
  }
  return
}
}

// -----

module attributes {target.machine = #target.machine<name = "operands from memory", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
// CHECK-LABEL: func.func @keep_one(
// CHECK:         scf.for %{{.*}} = %c0 to %c64 step %c8
// CHECK:           math.erf
// CHECK-NOT:       math.erf
func.func @keep_one(%x: memref<64xf32>, %y: memref<64xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<64xf32>) outs(%y : memref<64xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = math.erf %a : f32
    linalg.yield %0 : f32
  }
  return
}
}
