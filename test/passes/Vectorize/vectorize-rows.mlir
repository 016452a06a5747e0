// RUN: lmcc-opt %s --lmcc-vectorize-rows --cse --mlir-print-local-scope --split-input-file | FileCheck %s

module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

//===----------------------------------------------------------------------===//
// Blocks and fold
//===----------------------------------------------------------------------===//

// Two whole blocks: 32 canonical lanes are four vectors, and no last block.
// Lane l then meets lanes l + 16, l + 8, l + 4, l + 2 and l + 1.
// CHECK-LABEL: func.func @whole_blocks(
// CHECK-SAME:      %[[X:[^:]*]]: memref<64xf32>)
func.func @whole_blocks(%x: memref<64xf32>) -> f32 {
  // CHECK-NOT:  memref.alloca
  // CHECK-DAG:  %[[Z:.*]] = arith.constant dense<0.000000e+00> : vector<8xf32>
  // CHECK-DAG:  %[[C0:.*]] = arith.constant 0 : index
  // CHECK-DAG:  %[[C32:.*]] = arith.constant 32 : index
  // CHECK-DAG:  %[[C64:.*]] = arith.constant 64 : index
  // CHECK:      %[[S:.*]]:4 = scf.for %[[J:.*]] = %[[C0]] to %[[C64]] step %[[C32]]
  // CHECK-SAME:     iter_args(%[[A0:.*]] = %[[Z]], %[[A1:.*]] = %[[Z]], %[[A2:.*]] = %[[Z]], %[[A3:.*]] = %[[Z]])
  // CHECK-NEXT:   %[[X0:.*]] = vector.load %[[X]][%[[J]]]
  // CHECK-NEXT:   %[[N0:.*]] = arith.addf %[[A0]], %[[X0]] : vector<8xf32>
  // CHECK-NEXT:   %[[J8:.*]] = affine.apply affine_map<(d0) -> (d0 + 8)>(%[[J]])
  // CHECK-NEXT:   %[[X1:.*]] = vector.load %[[X]][%[[J8]]]
  // CHECK-NEXT:   %[[N1:.*]] = arith.addf %[[A1]], %[[X1]] : vector<8xf32>
  // CHECK-NEXT:   %[[J16:.*]] = affine.apply affine_map<(d0) -> (d0 + 16)>(%[[J]])
  // CHECK-NEXT:   %[[X2:.*]] = vector.load %[[X]][%[[J16]]]
  // CHECK-NEXT:   %[[N2:.*]] = arith.addf %[[A2]], %[[X2]] : vector<8xf32>
  // CHECK-NEXT:   %[[J24:.*]] = affine.apply affine_map<(d0) -> (d0 + 24)>(%[[J]])
  // CHECK-NEXT:   %[[X3:.*]] = vector.load %[[X]][%[[J24]]]
  // CHECK-NEXT:   %[[N3:.*]] = arith.addf %[[A3]], %[[X3]] : vector<8xf32>
  // CHECK-NEXT:   scf.yield %[[N0]], %[[N1]], %[[N2]], %[[N3]]
  // CHECK:      %[[F0:.*]] = arith.addf %[[S]]#0, %[[S]]#2 : vector<8xf32>
  // CHECK-NEXT: %[[F1:.*]] = arith.addf %[[S]]#1, %[[S]]#3 : vector<8xf32>
  // CHECK-NEXT: %[[F8:.*]] = arith.addf %[[F0]], %[[F1]] : vector<8xf32>
  // CHECK-NEXT: %[[L4:.*]] = vector.extract_strided_slice %[[F8]] {offsets = [0], sizes = [4], strides = [1]}
  // CHECK-NEXT: %[[H4:.*]] = vector.extract_strided_slice %[[F8]] {offsets = [4], sizes = [4], strides = [1]}
  // CHECK-NEXT: %[[F4:.*]] = arith.addf %[[L4]], %[[H4]] : vector<4xf32>
  // CHECK-NEXT: %[[L2:.*]] = vector.extract_strided_slice %[[F4]] {offsets = [0], sizes = [2], strides = [1]}
  // CHECK-NEXT: %[[H2:.*]] = vector.extract_strided_slice %[[F4]] {offsets = [2], sizes = [2], strides = [1]}
  // CHECK-NEXT: %[[F2:.*]] = arith.addf %[[L2]], %[[H2]] : vector<2xf32>
  // CHECK-NEXT: %[[L1:.*]] = vector.extract %[[F2]][0]
  // CHECK-NEXT: %[[H1:.*]] = vector.extract %[[F2]][1]
  // CHECK-NEXT: %[[R:.*]] = arith.addf %[[L1]], %[[H1]] : f32
  // CHECK-NEXT: return %[[R]]
  %0 = kernel.row_reduce sum %x : memref<64xf32> -> f32 {
  ^bb0(%e: f32):
    kernel.yield %e : f32
  }
  return %0 : f32
}

//===----------------------------------------------------------------------===//
// The last block
//===----------------------------------------------------------------------===//

// 70 = 2 * 32 + 6: six mapped elements go to the front of a block of neutral
// values, which is then combined like any other. Neutral values are not mapped.
// CHECK-LABEL: func.func @last_block(
// CHECK-SAME:      %[[X:[^:]*]]: memref<70xf32>, %[[M:[^:]*]]: f32)
func.func @last_block(%x: memref<70xf32>, %mean: f32) -> f32 {
  // CHECK:      %[[LOCAL:.*]] = memref.alloca() : memref<32xf32>
  // CHECK-DAG:  %[[Z:.*]] = arith.constant dense<0.000000e+00> : vector<8xf32>
  // CHECK-DAG:  %[[C64:.*]] = arith.constant 64 : index
  // CHECK:      %[[S:.*]]:4 = scf.for %{{.*}} = %{{.*}} to %[[C64]] step
  // CHECK:        %[[MV:.*]] = vector.broadcast %[[M]] : f32 to vector<8xf32>
  // CHECK:        arith.subf %{{.*}}, %[[MV]] : vector<8xf32>
  // CHECK:      }
  // CHECK:      vector.store %[[Z]], %[[LOCAL]]
  // CHECK:      vector.store %[[Z]], %[[LOCAL]]
  // CHECK:      vector.store %[[Z]], %[[LOCAL]]
  // CHECK:      vector.store %[[Z]], %[[LOCAL]]
  // CHECK:      %[[C6:.*]] = arith.constant 6 : index
  // CHECK:      scf.for %[[I:.*]] = %{{.*}} to %[[C6]] step
  // CHECK-NEXT:   %[[J:.*]] = affine.apply affine_map<(d0) -> (d0 + 64)>(%[[I]])
  // CHECK-NEXT:   %[[E:.*]] = memref.load %[[X]][%[[J]]]
  // CHECK-NEXT:   %[[D:.*]] = arith.subf %[[E]], %[[M]] : f32
  // CHECK-NEXT:   %[[Q:.*]] = arith.mulf %[[D]], %[[D]] : f32
  // CHECK-NEXT:   memref.store %[[Q]], %[[LOCAL]][%[[I]]]
  // CHECK-NEXT: }
  // CHECK:      %[[B0:.*]] = vector.load %[[LOCAL]]
  // CHECK-NEXT: arith.addf %[[S]]#0, %[[B0]] : vector<8xf32>
  // CHECK-NEXT: %[[B1:.*]] = vector.load %[[LOCAL]]
  // CHECK-NEXT: arith.addf %[[S]]#1, %[[B1]] : vector<8xf32>
  // CHECK-NEXT: %[[B2:.*]] = vector.load %[[LOCAL]]
  // CHECK-NEXT: arith.addf %[[S]]#2, %[[B2]] : vector<8xf32>
  // CHECK-NEXT: %[[B3:.*]] = vector.load %[[LOCAL]]
  // CHECK-NEXT: arith.addf %[[S]]#3, %[[B3]] : vector<8xf32>
  %0 = kernel.row_reduce sum %x : memref<70xf32> -> f32 {
  ^bb0(%e: f32):
    %1 = arith.subf %e, %mean : f32
    %2 = arith.mulf %1, %1 : f32
    kernel.yield %2 : f32
  }
  return %0 : f32
}

// CHECK-LABEL: func.func @last_block_only(
func.func @last_block_only(%x: memref<6xf32>) -> f32 {
  // CHECK:      memref.alloca() : memref<32xf32>
  // CHECK-DAG:  %[[C6:.*]] = arith.constant 6 : index
  // CHECK:      scf.for %{{.*}} = %{{.*}} to %[[C6]] step
  // CHECK-NOT:  scf.for
  // CHECK:      return
  %0 = kernel.row_reduce sum %x : memref<6xf32> -> f32 {
  ^bb0(%e: f32):
    kernel.yield %e : f32
  }
  return %0 : f32
}

// CHECK-LABEL: func.func @dynamic_length(
// CHECK-SAME:      %[[N:[^:]*]]: index)
func.func @dynamic_length(%buffer: memref<?xf32>, %n: index) -> f32 {
  // CHECK:      %[[LOCAL:.*]] = memref.alloca() : memref<32xf32>
  // CHECK:      %[[X:.*]] = memref.reinterpret_cast
  // CHECK:      %[[WHOLE:.*]] = affine.apply affine_map<()[s0] -> ((s0 floordiv 32) * 32)>()[%[[N]]]
  // CHECK:      scf.for %{{.*}} = %{{.*}} to %[[WHOLE]] step
  // CHECK:      %[[REST:.*]] = affine.apply affine_map<()[s0] -> (s0 mod 32)>()[%[[N]]]
  // CHECK:      scf.for %[[I:.*]] = %{{.*}} to %[[REST]] step
  // CHECK-NEXT:   %[[J:.*]] = affine.apply affine_map<(d0)[s0] -> (d0 + (s0 floordiv 32) * 32)>(%[[I]])[%[[N]]]
  // CHECK-NEXT:   %[[E:.*]] = memref.load %[[X]][%[[J]]]
  // CHECK-NEXT:   memref.store %[[E]], %[[LOCAL]][%[[I]]]
  %x = memref.reinterpret_cast %buffer to offset: [0], sizes: [%n], strides: [1] : memref<?xf32> to memref<?xf32, strided<[1]>>
  %0 = kernel.row_reduce sum %x : memref<?xf32, strided<[1]>> -> f32 {
  ^bb0(%e: f32):
    kernel.yield %e : f32
  }
  return %0 : f32
}

// The local array is made once, however many rows there are.
// CHECK-LABEL: func.func @inside_a_loop(
func.func @inside_a_loop(%x: memref<6xf32>, %y: memref<?xf32>, %n: index) {
  // CHECK:     memref.alloca() : memref<32xf32>
  // CHECK:     scf.for
  // CHECK-NOT: memref.alloca
  // CHECK:     return
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %0 = kernel.row_reduce sum %x : memref<6xf32> -> f32 {
    ^bb0(%e: f32):
      kernel.yield %e : f32
    }
    memref.store %0, %y[%i] : memref<?xf32>
  }
  return
}

//===----------------------------------------------------------------------===//
// Combinations and their neutral values
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @product(
func.func @product(%x: memref<32xf32>) -> f32 {
  // CHECK: arith.constant dense<1.000000e+00> : vector<8xf32>
  // CHECK: arith.mulf %{{.*}} : vector<8xf32>
  // CHECK: %[[R:.*]] = arith.mulf %{{.*}} : f32
  // CHECK: return %[[R]]
  %0 = kernel.row_reduce product %x : memref<32xf32> -> f32 {
  ^bb0(%e: f32):
    kernel.yield %e : f32
  }
  return %0 : f32
}

// CHECK-LABEL: func.func @max(
func.func @max(%x: memref<32xf32>) -> f32 {
  // CHECK: arith.constant dense<0xFF800000> : vector<8xf32>
  // CHECK: arith.maximumf %{{.*}} : vector<8xf32>
  // CHECK: %[[R:.*]] = arith.maximumf %{{.*}} : f32
  // CHECK: return %[[R]]
  %0 = kernel.row_reduce max %x : memref<32xf32> -> f32 {
  ^bb0(%e: f32):
    kernel.yield %e : f32
  }
  return %0 : f32
}

// CHECK-LABEL: func.func @min(
func.func @min(%x: memref<32xf32>) -> f32 {
  // CHECK: arith.constant dense<0x7F800000> : vector<8xf32>
  // CHECK: arith.minimumf %{{.*}} : vector<8xf32>
  // CHECK: %[[R:.*]] = arith.minimumf %{{.*}} : f32
  // CHECK: return %[[R]]
  %0 = kernel.row_reduce min %x : memref<32xf32> -> f32 {
  ^bb0(%e: f32):
    kernel.yield %e : f32
  }
  return %0 : f32
}

// CHECK-LABEL: func.func @max_number(
func.func @max_number(%x: memref<32xf32>) -> f32 {
  // CHECK: arith.constant dense<0xFF800000> : vector<8xf32>
  // CHECK: arith.maxnumf %{{.*}} : vector<8xf32>
  // CHECK: %[[R:.*]] = arith.maxnumf %{{.*}} : f32
  // CHECK: return %[[R]]
  %0 = kernel.row_reduce max_number %x : memref<32xf32> -> f32 {
  ^bb0(%e: f32):
    kernel.yield %e : f32
  }
  return %0 : f32
}

// CHECK-LABEL: func.func @two_rows(
// CHECK-SAME:      %[[X:[^:]*]]: memref<32xf32>, %[[Y:[^:]*]]: memref<32xf32>)
func.func @two_rows(%x: memref<32xf32>, %y: memref<32xf32>) -> f32 {
  // CHECK:      %[[A:.*]] = vector.load %[[X]]
  // CHECK-NEXT: %[[B:.*]] = vector.load %[[Y]]
  // CHECK-NEXT: arith.mulf %[[A]], %[[B]] : vector<8xf32>
  %0 = kernel.row_reduce sum %x, %y : memref<32xf32>, memref<32xf32> -> f32 {
  ^bb0(%a: f32, %b: f32):
    %1 = arith.mulf %a, %b : f32
    kernel.yield %1 : f32
  }
  return %0 : f32
}

//===----------------------------------------------------------------------===//
// Element by element
//===----------------------------------------------------------------------===//

// A strided row keeps the 32 lanes, one scalar each.
// CHECK-LABEL: func.func @strided_row(
func.func @strided_row(%x: memref<32xf32, strided<[3]>>) -> f32 {
  // CHECK-NOT:      vector
  // CHECK:          scf.for {{.*}} -> (f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32)
  // CHECK-COUNT-32: arith.addf %{{.*}} : f32
  // CHECK:          scf.yield
  // Folded by halves: 16 + 8 + 4 + 2 + 1.
  // CHECK-COUNT-31: arith.addf %{{.*}} : f32
  // CHECK-NOT:      arith.addf
  // CHECK:          return
  %0 = kernel.row_reduce sum %x : memref<32xf32, strided<[3]>> -> f32 {
  ^bb0(%e: f32):
    kernel.yield %e : f32
  }
  return %0 : f32
}

// CHECK-LABEL: func.func @row_of_integers(
func.func @row_of_integers(%x: memref<32xi64>) -> f32 {
  // CHECK-NOT: vector
  // CHECK:     arith.sitofp %{{.*}} : i64 to f32
  // CHECK:     return
  %0 = kernel.row_reduce sum %x : memref<32xi64> -> f32 {
  ^bb0(%e: i64):
    %1 = arith.sitofp %e : i64 to f32
    kernel.yield %1 : f32
  }
  return %0 : f32
}
}
