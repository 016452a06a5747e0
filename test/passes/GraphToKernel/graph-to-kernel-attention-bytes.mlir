// RUN: lmcc-opt %s --lmcc-graph-to-kernel --cse --mlir-print-local-scope --split-input-file | FileCheck %s

// Queries and keys are read as words; keys, unsigned, are packed as columns, and
// values into words of four keys, the last two of which are not there. Scales
// are filled up to blocks. What unsigned keys hold too much is where sums start.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 24, depth_block = 256, alignment = 64, unsigned_rows = true>} {
// CHECK-LABEL: func.func private @pack_keys(
// CHECK:         %[[WORDS:.*]] = kernel.words %{{.*}} : memref<?xi8> to memref<?xi32>
// CHECK:         memref.reinterpret_cast %[[WORDS]] to offset: [0], sizes: [2, 4, 70], strides: [4, 1, 8]
// CHECK:         memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [2, 5, 4, 16], strides: [320, 64, 16, 1]

// CHECK-LABEL: func.func private @pack_scales(
// CHECK:         memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [2, 1, 70], strides: [1, 1, 2]
// CHECK:         memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [2, 2, 1, 64], strides: [128, 64, 64, 1]

// CHECK-LABEL: func.func private @pack_values(
// CHECK:         memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [2, 17, 4, 16], strides: [16, 128, 32, 1]
// CHECK:         %[[TO:.*]] = memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [2, 1, 18, 16], strides: [288, 288, 16, 1]
// CHECK:         linalg.generic
// CHECK-COUNT-4:   arith.extui %{{.*}} : i8 to i32
// CHECK:         memref.subview %[[TO]][%{{.*}}, 0, 17, 0] [1, 1, 1, 16]
// CHECK:         linalg.generic
// CHECK-COUNT-4:   arith.muli

// CHECK-LABEL: func.func private @group_starts(
// CHECK-SAME:      kernel.summary = "-128 times the sum of each group"

// CHECK-LABEL: func.func private @attention(
// CHECK-SAME:      kernel.args = ["q", "k", "q_scales", "starts", "k_scales", "v_scales", "v", "y"]
// CHECK-DAG:     %[[BYTES:.*]] = memref.alloca() {alignment = 4 : i64} : memref<256xi8>
// CHECK-DAG:     %[[AVERAGES:.*]] = memref.alloca() : memref<4x16xf32>
// CHECK:         %[[BYTE_WORDS:.*]] = kernel.words %[[BYTES]] : memref<256xi8> to memref<?xi32>
// CHECK:         %[[WEIGHTS:.*]] = memref.reinterpret_cast %[[BYTE_WORDS]] to offset: [0], sizes: [4, 16]
// CHECK:         kernel.panel_product %{{.*}} into %{{.*}} extras(%{{.*}}, %{{.*}}) maps [affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0)>] starts(
// CHECK-NEXT:    ^bb0(%[[SUM:.*]]: i32, %[[KS:.*]]: f32, %[[QS:.*]]: f32):
// CHECK-NEXT:      %[[F:.*]] = arith.sitofp %[[SUM]]
// CHECK-NEXT:      %[[FK:.*]] = arith.mulf %[[F]], %[[KS]]
// CHECK-NEXT:      %[[S:.*]] = arith.mulf %[[FK]], %[[QS]]
// CHECK-NEXT:      kernel.yield %[[S]]
// CHECK:         kernel.row_reduce max_number
// CHECK:         arith.shli
// CHECK:         kernel.row_reduce max_number
// CHECK-NEXT:    ^bb0(%[[E:.*]]: f32, %[[VS:.*]]: f32):
// CHECK-NEXT:      arith.mulf %[[E]], %[[VS]]
// CHECK:         arith.trunci %{{.*}} : i32 to i8
// CHECK:         %[[SEEN:.*]] = memref.subview %[[WEIGHTS]][0, 0] [4, %{{.*}}]
// CHECK:         kernel.panel_product %[[SEEN]], %{{.*}} into %[[OUT:.*]] extras(%[[OUT]], %{{.*}}, %{{.*}}) maps [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0)>] :
// CHECK-NEXT:    ^bb0(%[[SUM:.*]]: i32, %[[OLD:.*]]: f32, %[[KEPT:.*]]: f32, %[[FACTOR:.*]]: f32):
// CHECK-NEXT:      %[[F:.*]] = arith.sitofp %[[SUM]]
// CHECK-NEXT:      %[[O:.*]] = arith.mulf %[[OLD]], %[[KEPT]]
// CHECK-NEXT:      math.fma %[[F]], %[[FACTOR]], %[[O]]
func.func @main(%q: tensor<8x2x16xi8>, %k: tensor<70x2x16xui8>, %v: tensor<70x2x16xi8>, %qs: tensor<8x2x1xf32>, %ks: tensor<70x2x1xf32>, %vs: tensor<70x2x1xf32>) -> tensor<2x8x16xf32> {
  %0 = graph.group (%gq = %q, %gk = %k, %gv = %v, %gqs = %qs, %gks = %ks, %gvs = %vs) : (tensor<8x2x16xi8>, tensor<70x2x16xui8>, tensor<70x2x16xi8>, tensor<8x2x1xf32>, tensor<70x2x1xf32>, tensor<70x2x1xf32>) -> tensor<2x8x16xf32> {
    %1 = graph.transpose %gq [1, 0, 2] : tensor<8x2x16xi8> -> tensor<2x8x16xi8>
    %2 = graph.transpose %gk [1, 0, 2] : tensor<70x2x16xui8> -> tensor<2x70x16xui8>
    %3 = graph.transpose %gv [1, 0, 2] : tensor<70x2x16xi8> -> tensor<2x70x16xi8>
    %4 = graph.transpose %gqs [1, 0, 2] : tensor<8x2x1xf32> -> tensor<2x8x1xf32>
    %5 = graph.transpose %gks [1, 0, 2] : tensor<70x2x1xf32> -> tensor<2x70x1xf32>
    %6 = graph.transpose %gvs [1, 0, 2] : tensor<70x2x1xf32> -> tensor<2x70x1xf32>
    %7 = graph.attention %1, %2, %3 scales(%4, %5, %6 : tensor<2x8x1xf32>, tensor<2x70x1xf32>, tensor<2x70x1xf32>) : tensor<2x8x16xi8>, tensor<2x70x16xui8>, tensor<2x70x16xi8> -> tensor<2x8x16xf32> {
    ^bb0(%s: tensor<2x8x70xf32>):
      graph.yield %s : tensor<2x8x70xf32>
    }
    graph.yield %7 : tensor<2x8x16xf32>
  }
  return %0 : tensor<2x8x16xf32>
}
}
