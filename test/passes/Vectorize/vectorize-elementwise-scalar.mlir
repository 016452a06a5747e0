// RUN: lmcc-opt %s --lmcc-vectorize-elementwise --cse --mlir-print-local-scope | FileCheck %s

// What stays scalar although the machine has vectors.

module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

//===----------------------------------------------------------------------===//
// Other element types
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @long_integers(
func.func @long_integers(%x: memref<16xi64>, %y: memref<16xi64>) {
  // CHECK-NOT: vector
  // CHECK:     arith.addi %{{.*}} : i64
  // CHECK:     return
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<16xi64>) outs(%y : memref<16xi64>) {
  ^bb0(%a: i64, %out: i64):
    %0 = arith.addi %a, %a : i64
    linalg.yield %0 : i64
  }
  return
}

// CHECK-LABEL: func.func @halves(
func.func @halves(%x: memref<16xf16>, %y: memref<16xf32>) {
  // CHECK-NOT: vector
  // CHECK:     arith.extf %{{.*}} : f16 to f32
  // CHECK:     return
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<16xf16>) outs(%y : memref<16xf32>) {
  ^bb0(%a: f16, %out: f32):
    %0 = arith.extf %a : f16 to f32
    linalg.yield %0 : f32
  }
  return
}

// Floats on both ends, doubles in between.
// CHECK-LABEL: func.func @doubles_on_the_way(
func.func @doubles_on_the_way(%x: memref<16xf32>, %y: memref<16xf32>) {
  // CHECK-NOT: vector
  // CHECK:     math.exp %{{.*}} : f64
  // CHECK:     return
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<16xf32>) outs(%y : memref<16xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.extf %a : f32 to f64
    %1 = math.exp %0 : f64
    %2 = arith.truncf %1 : f64 to f32
    linalg.yield %2 : f32
  }
  return
}

//===----------------------------------------------------------------------===//
// Other places
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @transposed_operand(
// CHECK-SAME:      %[[X:[^:]*]]: memref<16x3xf32>
func.func @transposed_operand(%x: memref<16x3xf32>, %y: memref<3x16xf32>) {
  // CHECK-NOT: vector
  // CHECK:     scf.for %[[I:.*]] = {{.*}} {
  // CHECK:       scf.for %[[J:.*]] = {{.*}} {
  // CHECK:         memref.load %[[X]][%[[J]], %[[I]]]
  // CHECK-NOT: vector
  // CHECK:     return
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<16x3xf32>) outs(%y : memref<3x16xf32>) {
  ^bb0(%a: f32, %out: f32):
    linalg.yield %a : f32
  }
  return
}

// CHECK-LABEL: func.func @strided_operand(
func.func @strided_operand(%x: memref<16xf32, strided<[2]>>, %y: memref<16xf32>) {
  // CHECK-NOT: vector
  // CHECK:     memref.store
  // CHECK:     return
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<16xf32, strided<[2]>>) outs(%y : memref<16xf32>) {
  ^bb0(%a: f32, %out: f32):
    linalg.yield %a : f32
  }
  return
}

// CHECK-LABEL: func.func @diagonal(
// CHECK-SAME:      %[[X:[^:]*]]: memref<16x16xf32>
func.func @diagonal(%x: memref<16x16xf32>, %y: memref<16xf32>) {
  // CHECK-NOT: vector
  // CHECK:     scf.for %[[I:.*]] = {{.*}} {
  // CHECK:       memref.load %[[X]][%[[I]], %[[I]]]
  // CHECK:     return
  linalg.generic {indexing_maps = [affine_map<(i) -> (i, i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<16x16xf32>) outs(%y : memref<16xf32>) {
  ^bb0(%a: f32, %out: f32):
    linalg.yield %a : f32
  }
  return
}

// The place itself is a number, which vectors do not have.
// CHECK-LABEL: func.func @position(
func.func @position(%y: memref<3x16xi32>) {
  // CHECK-NOT:  vector
  // CHECK:      scf.for %{{.*}} = {{.*}} {
  // CHECK:        scf.for %[[J:.*]] = {{.*}} {
  // CHECK-NEXT:     %[[P:.*]] = arith.index_cast %[[J]] : index to i32
  // CHECK-NEXT:     memref.store %[[P]]
  // CHECK-NOT:  linalg.index
  // CHECK:      return
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} outs(%y : memref<3x16xi32>) {
  ^bb0(%out: i32):
    %0 = linalg.index 1 : index
    %1 = arith.index_cast %0 : index to i32
    linalg.yield %1 : i32
  }
  return
}
}
