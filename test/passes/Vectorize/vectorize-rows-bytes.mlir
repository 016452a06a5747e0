// RUN: lmcc-opt %s --lmcc-vectorize-rows --cse --mlir-print-local-scope | FileCheck %s

module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// Bytes are loaded as vectors, and widened where they are loaded. A sum of
// integers starts at 0.
// CHECK-LABEL: func.func @sum(
// CHECK-SAME:      %[[X:[^:]*]]: memref<64xi8>)
// CHECK:         %[[ZERO:.*]] = arith.constant dense<0> : vector<8xi32>
// CHECK:         %[[S:.*]]:4 = scf.for %[[J:.*]] = %{{.*}} to %{{.*}} step %{{.*}} iter_args(%[[A0:.*]] = %[[ZERO]], %[[A1:.*]] = %[[ZERO]], %{{.*}} = %[[ZERO]], %{{.*}} = %[[ZERO]])
// CHECK-NEXT:      %[[X0:.*]] = vector.load %[[X]][%[[J]]] : memref<64xi8>, vector<8xi8>
// CHECK-NEXT:      %[[E0:.*]] = arith.extsi %[[X0]] : vector<8xi8> to vector<8xi32>
// CHECK-NEXT:      %[[N0:.*]] = arith.addi %[[A0]], %[[E0]] : vector<8xi32>
// CHECK:         %[[F:.*]] = arith.addi %[[S]]#0, %[[S]]#2 : vector<8xi32>
// CHECK-NOT:     arith.addf
// CHECK:         %[[R:.*]] = arith.addi %{{.*}}, %{{.*}} : i32
// CHECK-NEXT:    return %[[R]]
func.func @sum(%x: memref<64xi8>) -> i32 {
  %0 = kernel.row_reduce sum %x : memref<64xi8> -> i32 {
  ^bb0(%e: i8):
    %1 = arith.extsi %e : i8 to i32
    kernel.yield %1 : i32
  }
  return %0 : i32
}

// A last block of unsigned bytes: mapped to integers one by one.
// CHECK-LABEL: func.func @last_block(
// CHECK:         %[[LOCAL:.*]] = memref.alloca() : memref<32xi32>
// CHECK:         %[[ZERO:.*]] = arith.constant dense<0> : vector<8xi32>
// CHECK:         vector.store %[[ZERO]], %[[LOCAL]]
// CHECK:         scf.for
// CHECK:           %[[E:.*]] = arith.extui %{{.*}} : i8 to i32
// CHECK-NEXT:      memref.store %[[E]], %[[LOCAL]]
func.func @last_block(%x: memref<6xi8>) -> i32 {
  %0 = kernel.row_reduce sum %x : memref<6xi8> -> i32 {
  ^bb0(%e: i8):
    %1 = arith.extui %e : i8 to i32
    kernel.yield %1 : i32
  }
  return %0 : i32
}

// Words of bytes are loaded as vectors, and so are their dot products.
// CHECK-LABEL: func.func @words(
// CHECK-SAME:      %[[X:[^:]*]]: memref<32xi32>)
// CHECK:         %[[ONES:.*]] = arith.constant dense<16843009> : vector<8xi32>
// CHECK:         %[[W:.*]] = vector.load %[[X]][%{{.*}}] : memref<32xi32>, vector<8xi32>
// CHECK-NEXT:    kernel.dot4 %[[W]], %[[W]], %[[ONES]] small_rows : vector<8xi32>
func.func @words(%x: memref<32xi32>) -> i32 {
  %0 = kernel.row_reduce sum %x : memref<32xi32> -> i32 {
  ^bb0(%e: i32):
    %ones = arith.constant 0x01010101 : i32
    %1 = kernel.dot4 %e, %e, %ones small_rows : i32
    kernel.yield %1 : i32
  }
  return %0 : i32
}

// Bytes with gaps, and bytes that are computed with, are read one by one.
// CHECK-LABEL: func.func @gaps(
// CHECK-NOT:     vector.load %{{.*}} : memref<{{.*}}xi8
// CHECK:         memref.load %{{.*}} : memref<64xi8, strided<[2]>>
// CHECK-LABEL: func.func @computes(
// CHECK-NOT:     vector.load %{{.*}} : memref<{{.*}}xi8
// CHECK:         memref.load %{{.*}} : memref<64xi8>
// CHECK:         arith.addi %{{.*}}, %{{.*}} : i8
func.func @gaps(%x: memref<64xi8, strided<[2]>>) -> i32 {
  %0 = kernel.row_reduce sum %x : memref<64xi8, strided<[2]>> -> i32 {
  ^bb0(%e: i8):
    %1 = arith.extsi %e : i8 to i32
    kernel.yield %1 : i32
  }
  return %0 : i32
}
func.func @computes(%x: memref<64xi8>) -> i32 {
  %0 = kernel.row_reduce sum %x : memref<64xi8> -> i32 {
  ^bb0(%e: i8):
    %1 = arith.addi %e, %e : i8
    %2 = arith.extsi %1 : i8 to i32
    kernel.yield %2 : i32
  }
  return %0 : i32
}
}
