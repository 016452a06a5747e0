// RUN: lmcc-opt %s --lmcc-graph-to-kernel --cse --mlir-print-local-scope --split-input-file | FileCheck %s

// Keys are packed as columns, blocks of 64 of them in panels of 16; values and the
// result are used where they lie, through the transposes. One block of keys after the
// other: scores, mask, weights, average.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 24, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @pack_keys(
// CHECK:         memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [2, 16, 128], strides: [16, 1, 32]
// CHECK:         memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [2, 8, 16, 16], strides: [2048, 256, 16, 1]

// CHECK-LABEL: func.func private @attention(
// CHECK-SAME:      %[[Q:[^:]*]]: memref<?xf32>, %[[K:[^:]*]]: memref<?xf32>, %[[V:[^:]*]]: memref<?xf32>, %[[Y:[^:]*]]: memref<?xf32>, %[[M:[^:]*]]: memref<?xf32>, %[[SCALE:[^:]*]]: f32)
// CHECK-DAG:     %[[LARGEST:.*]] = memref.alloca() : memref<8xf32>
// CHECK-DAG:     %[[AVERAGES:.*]] = memref.alloca() : memref<4x16xf32>
// CHECK-DAG:     %[[SUMS:.*]] = memref.alloca() : memref<4x32xf32>
// CHECK-DAG:     %[[WEIGHTS:.*]] = memref.alloca() : memref<4x64xf32>
// CHECK-DAG:     %[[QV:.*]] = memref.reinterpret_cast %[[Q]] to offset: [0], sizes: [2, 8, 16], strides: [16, 32, 1]
// CHECK-DAG:     %[[KV:.*]] = memref.reinterpret_cast %[[K]] to offset: [0], sizes: [2, 8, 16, 16], strides: [2048, 256, 16, 1]
// CHECK-DAG:     %[[VV:.*]] = memref.reinterpret_cast %[[V]] to offset: [0], sizes: [2, 1, 128, 16], strides: [16, 16, 32, 1]
// CHECK-DAG:     %[[YV:.*]] = memref.reinterpret_cast %[[Y]] to offset: [0], sizes: [2, 8, 16], strides: [16, 32, 1]
// CHECK-DAG:     %[[MV:.*]] = memref.reinterpret_cast %[[M]] to offset: [0], sizes: [2, 128], strides: [0, 1]
// CHECK:         scf.for %[[H:.*]] =
// CHECK:           scf.for %[[I:.*]] =
// CHECK:             scf.for %[[B:.*]] =
// CHECK:               %[[PANEL:.*]] = affine.apply affine_map<(d0) -> (d0 * 4)>(%[[B]])
// CHECK:               %[[ROWS:.*]] = memref.subview %[[QV]][%[[H]], %[[I]], 0] [1, 4, 16]
// CHECK:               %[[BLOCK:.*]] = memref.subview %[[KV]][%[[H]], %[[PANEL]], 0, 0] [1, 4, 16, 16]
// CHECK:               kernel.panel_product %[[ROWS]], %[[BLOCK]] into %{{.*}} maps [] :
// CHECK:               linalg.generic
// CHECK:                 arith.mulf %{{.*}}, %[[SCALE]]
// CHECK:                 arith.addf
// CHECK:               scf.for %[[LINE:.*]] = %{{.*}} to %c4
// CHECK:                 kernel.row_reduce max_number
// CHECK:                 arith.maxnumf
// CHECK:                 memref.store %{{.*}}[%[[LINE]]] : memref<8xf32>
// CHECK:               arith.select
// CHECK:               linalg.generic {{.*}}memref<8xf32>
// CHECK:                 math.exp
// CHECK:               linalg.generic {{.*}}memref<4x64xf32
// CHECK:                 math.exp
// CHECK:               linalg.generic {{.*}}memref<4x32xf32
// CHECK:                 arith.mulf
// CHECK-NEXT:            arith.addf
// CHECK-NEXT:            arith.addf
// CHECK:               linalg.generic {{.*}}memref<4x16xf32
// CHECK:                 arith.mulf
// CHECK:               memref.subview %[[VV]][%[[H]], 0, %{{.*}}, 0] [1, 1, 64, 16]
// CHECK:               kernel.panel_product %{{.*}} maps [] continues :
// CHECK:             scf.for
// CHECK:               kernel.row_reduce sum
// CHECK:               memref.subview %[[YV]][%[[H]], %{{.*}}, 0] [1, 1, 16]
// CHECK-LABEL: func.func @run(
// CHECK-SAME:    kernel.macs = 65536
func.func @main(%q: tensor<8x2x16xf32>, %k: tensor<128x2x16xf32>, %v: tensor<128x2x16xf32>, %m: tensor<1x1x128xf32>) -> tensor<8x2x16xf32> {
  %0 = graph.group (%gq = %q, %gk = %k, %gv = %v, %gm = %m) : (tensor<8x2x16xf32>, tensor<128x2x16xf32>, tensor<128x2x16xf32>, tensor<1x1x128xf32>) -> tensor<8x2x16xf32> {
    %1 = graph.transpose %gq [1, 0, 2] : tensor<8x2x16xf32> -> tensor<2x8x16xf32>
    %2 = graph.transpose %gk [1, 0, 2] : tensor<128x2x16xf32> -> tensor<2x128x16xf32>
    %3 = graph.transpose %gv [1, 0, 2] : tensor<128x2x16xf32> -> tensor<2x128x16xf32>
    %4 = graph.attention %1, %2, %3 extras(%gm) : tensor<2x8x16xf32>, tensor<2x128x16xf32>, tensor<2x128x16xf32>, tensor<1x1x128xf32> -> tensor<2x8x16xf32> {
    ^bb0(%s: tensor<2x8x128xf32>, %mask: tensor<1x1x128xf32>):
      %c = graph.constant dense<0.25> : tensor<f32>
      %6 = graph.mul %s, %c : tensor<2x8x128xf32>, tensor<f32> -> tensor<2x8x128xf32>
      %7 = graph.add %6, %mask : tensor<2x8x128xf32>, tensor<1x1x128xf32> -> tensor<2x8x128xf32>
      graph.yield %7 : tensor<2x8x128xf32>
    }
    %5 = graph.transpose %4 [1, 0, 2] : tensor<2x8x16xf32> -> tensor<8x2x16xf32>
    graph.yield %5 : tensor<8x2x16xf32>
  }
  return %0 : tensor<8x2x16xf32>
}
}

// -----

// The last block has fewer keys: only the panels that hold one are multiplied, the
// other places get no weight, and nothing behind the last value is read. Several heads of queries step through one head
// of keys.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 24, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @attention(
// CHECK-SAME:      %[[KEYS:[^:,]*]]: index
// CHECK:         memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [3, 2, {{.*}}, 8, 16], strides: [{{.*}}, 0, 128, 16, 1]
// CHECK:         %[[FIRST:.*]] = affine.apply affine_map<(d0) -> (d0 * 64)>
// CHECK:         %[[LEFT:.*]] = affine.apply affine_map<(d0)[s0] -> (d0 * -64 + s0)>(%{{.*}})[%[[KEYS]]]
// CHECK:         %[[VALID:.*]] = arith.minsi %[[LEFT]], %{{.*}} : index
// CHECK:         %[[USED:.*]] = affine.apply affine_map<(d0) -> ((d0 + 15) floordiv 16)>(%[[VALID]])
// CHECK:         scf.for %[[PANEL:.*]] = %{{.*}} to %[[USED]]
// CHECK:           affine.apply affine_map<(d0, d1) -> (d0 + d1 * 4)>(%[[PANEL]], %{{.*}})
// CHECK:           %[[COLUMN:.*]] = affine.apply affine_map<(d0) -> (d0 * 16)>(%[[PANEL]])
// CHECK:           %[[SCORES:.*]] = memref.subview %{{.*}}[0, %[[COLUMN]]] [4, 16] [1, 1]
// CHECK:           kernel.panel_product %{{.*}} into %[[SCORES]] maps [] :
// CHECK:         memref.subview %{{.*}}[0, %[[VALID]]] [4, %{{.*}}] [1, 1]
// CHECK:         arith.constant 0xFF800000 : f32
// CHECK:         memref.subview %{{.*}}, 0, %[[FIRST]], 0] [1, 1, 1, %[[VALID]], 8]
// CHECK:         kernel.panel_product %{{.*}} maps [] continues :
func.func @main(%q: tensor<3x2x8x8xf32>, %k: tensor<3x1x?x8xf32, #graph.dims<3, 1, n, 8>>, %v: tensor<3x1x?x8xf32, #graph.dims<3, 1, n, 8>>) -> tensor<3x2x8x8xf32>
    attributes {graph.symbols = [#graph.symbol<"n", 1, 100>]} {
  %0 = graph.group (%gq = %q, %gk = %k, %gv = %v) : (tensor<3x2x8x8xf32>, tensor<3x1x?x8xf32, #graph.dims<3, 1, n, 8>>, tensor<3x1x?x8xf32, #graph.dims<3, 1, n, 8>>) -> tensor<3x2x8x8xf32> {
    %1 = graph.attention %gq, %gk, %gv : tensor<3x2x8x8xf32>, tensor<3x1x?x8xf32, #graph.dims<3, 1, n, 8>>, tensor<3x1x?x8xf32, #graph.dims<3, 1, n, 8>> -> tensor<3x2x8x8xf32> {
    ^bb0(%s: tensor<3x2x8x?xf32, #graph.dims<3, 2, 8, n>>):
      graph.yield %s : tensor<3x2x8x?xf32, #graph.dims<3, 2, 8, n>>
    }
    graph.yield %1 : tensor<3x2x8x8xf32>
  }
  return %0 : tensor<3x2x8x8xf32>
}
}

// -----

// Places of a tile and a block are those of its first row and key plus a
// counter; a size is an argument, a flag is a byte.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 24, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @attention(
// CHECK-SAME:      %[[FLAGS:[^:,]*]]: memref<?xi1>
// CHECK-SAME:      %[[PAST:[^:,]*]]: index, %[[LOW:[^:,]*]]: f32)
// CHECK:         %[[COUNT:.*]] = memref.alloca() : memref<64xi32>
// CHECK:         scf.for
// CHECK:           memref.store %{{.*}}, %[[COUNT]]
// CHECK:         scf.for %[[I:.*]] = %{{.*}} to %{{.*}} step %c4
// CHECK:           scf.for %[[B:.*]] =
// CHECK-NEXT:        %[[KEY:.*]] = affine.apply affine_map<(d0) -> (d0 * 64)>(%[[B]])
// CHECK:             %[[KEY32:.*]] = arith.index_cast %[[KEY]] : index to i32
// CHECK:             %[[ROW32:.*]] = arith.index_cast %[[I]] : index to i32
// CHECK:             %[[PAST32:.*]] = arith.index_cast %[[PAST]] : index to i32
// CHECK:             linalg.generic
// CHECK-NEXT:        ^bb0(%[[F:.*]]: i1, %[[CK:.*]]: i32, %[[CR:.*]]: i32, %[[S:.*]]: f32, %{{.*}}: f32):
// CHECK-DAG:           %[[K:.*]] = arith.addi %[[CK]], %[[KEY32]]
// CHECK-DAG:           %[[R:.*]] = arith.addi %[[CR]], %[[ROW32]]
// CHECK:               %[[P:.*]] = arith.addi %[[R]], %[[PAST32]]
// CHECK:               %[[SEEN:.*]] = arith.cmpi sle, %[[K]], %[[P]]
// CHECK:               %[[BOTH:.*]] = arith.andi %[[SEEN]], %[[F]]
// CHECK:               %[[A:.*]] = arith.select %[[BOTH]], %[[S]], %[[LOW]]
// CHECK:               linalg.yield %[[A]]
func.func @main(%q: tensor<4x8xf32>, %k: tensor<?x8xf32, #graph.dims<past + 4, 8>>, %f: tensor<1x?xi1, #graph.dims<1, past + 4>>) -> tensor<4x8xf32>
    attributes {graph.symbols = [#graph.symbol<"past", 0, 60>]} {
  %0 = graph.group (%gq = %q, %gk = %k, %gf = %f) : (tensor<4x8xf32>, tensor<?x8xf32, #graph.dims<past + 4, 8>>, tensor<1x?xi1, #graph.dims<1, past + 4>>) -> tensor<4x8xf32> {
    %1 = graph.attention %gq, %gk, %gk extras(%gf) : tensor<4x8xf32>, tensor<?x8xf32, #graph.dims<past + 4, 8>>, tensor<?x8xf32, #graph.dims<past + 4, 8>>, tensor<1x?xi1, #graph.dims<1, past + 4>> -> tensor<4x8xf32> {
    ^bb0(%s: tensor<4x?xf32, #graph.dims<4, past + 4>>, %flag: tensor<1x?xi1, #graph.dims<1, past + 4>>):
      %low = graph.constant dense<0xFF800000> : tensor<f32>
      %key = graph.iota axis 1 : tensor<1x?xi32, #graph.dims<1, past + 4>>
      %row = graph.iota : tensor<4x1xi32>
      %past = graph.dim_values <past> : tensor<i32>
      %2 = graph.add %row, %past : tensor<4x1xi32>, tensor<i32> -> tensor<4x1xi32>
      %3 = graph.compare le %key, %2 : tensor<1x?xi32, #graph.dims<1, past + 4>>, tensor<4x1xi32> -> tensor<4x?xi1, #graph.dims<4, past + 4>>
      %4 = graph.and %3, %flag : tensor<4x?xi1, #graph.dims<4, past + 4>>, tensor<1x?xi1, #graph.dims<1, past + 4>> -> tensor<4x?xi1, #graph.dims<4, past + 4>>
      %5 = graph.select %4, %s, %low : tensor<4x?xi1, #graph.dims<4, past + 4>>, tensor<4x?xf32, #graph.dims<4, past + 4>>, tensor<f32> -> tensor<4x?xf32, #graph.dims<4, past + 4>>
      graph.yield %5 : tensor<4x?xf32, #graph.dims<4, past + 4>>
    }
    graph.yield %1 : tensor<4x8xf32>
  }
  return %0 : tensor<4x8xf32>
}
}

// -----

// One row of queries in each of six heads, of which three share keys and values:
// the three are the rows of a tile, and each key is read once for them.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 24, depth_block = 256, alignment = 64>} {
// CHECK-LABEL: func.func private @attention(
// CHECK-DAG:     %[[QV:.*]] = memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [2, 3, 16], strides: [48, 16, 1]
// CHECK-DAG:     %[[VV:.*]] = memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [2, 1, 64, 16], strides: [1024, 16, 16, 1]
// CHECK:         memref.subview %[[QV]][%{{.*}}, 0, 0] [1, 3, 16]
// CHECK:         memref.subview %[[VV]][%{{.*}}, 0, %{{.*}}, 0] [1, 1, 64, 16]
// CHECK-NOT:     memref.subview %[[QV]][
// CHECK:         return
func.func @main(%q: tensor<2x3x1x16xf32>, %k: tensor<2x1x64x16xf32>, %v: tensor<2x1x64x16xf32>) -> tensor<2x3x1x16xf32> {
  %0 = graph.group (%gq = %q, %gk = %k, %gv = %v) : (tensor<2x3x1x16xf32>, tensor<2x1x64x16xf32>, tensor<2x1x64x16xf32>) -> tensor<2x3x1x16xf32> {
    %1 = graph.attention %gq, %gk, %gv : tensor<2x3x1x16xf32>, tensor<2x1x64x16xf32>, tensor<2x1x64x16xf32> -> tensor<2x3x1x16xf32> {
    ^bb0(%s: tensor<2x3x1x64xf32>):
      graph.yield %s : tensor<2x3x1x64xf32>
    }
    graph.yield %1 : tensor<2x3x1x16xf32>
  }
  return %0 : tensor<2x3x1x16xf32>
}
}

// -----

// Positions of rows in the mask need rows.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 24, depth_block = 256, alignment = 64>} {
// CHECK-LABEL: func.func private @attention(
// CHECK:         memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [2, 3, 1, 16], strides: [48, 16, 16, 1]
func.func @main(%q: tensor<2x3x1x16xf32>, %k: tensor<2x1x64x16xf32>, %v: tensor<2x1x64x16xf32>) -> tensor<2x3x1x16xf32> {
  %0 = graph.group (%gq = %q, %gk = %k, %gv = %v) : (tensor<2x3x1x16xf32>, tensor<2x1x64x16xf32>, tensor<2x1x64x16xf32>) -> tensor<2x3x1x16xf32> {
    %1 = graph.attention %gq, %gk, %gv : tensor<2x3x1x16xf32>, tensor<2x1x64x16xf32>, tensor<2x1x64x16xf32> -> tensor<2x3x1x16xf32> {
    ^bb0(%s: tensor<2x3x1x64xf32>):
      %2 = graph.iota : tensor<1x1xi32>
      %3 = graph.cast %2 : tensor<1x1xi32> -> tensor<1x1xf32>
      %4 = graph.add %s, %3 : tensor<2x3x1x64xf32>, tensor<1x1xf32> -> tensor<2x3x1x64xf32>
      graph.yield %4 : tensor<2x3x1x64xf32>
    }
    graph.yield %1 : tensor<2x3x1x16xf32>
  }
  return %0 : tensor<2x3x1x16xf32>
}
}

// -----

// One row further, the same diagonal belongs to the key behind: the vector is
// read as a matrix from its element rows - 1 on.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 24, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @attention(
// CHECK-SAME:      %[[B:[^:,]*]]: memref<?xf32>) attributes
// CHECK:         memref.reinterpret_cast %[[B]] to offset: [3], sizes: [2, 4, 6], strides: [9, -1, 1]
func.func @main(%q: tensor<2x4x8xf32>, %k: tensor<2x6x8xf32>, %b: tensor<2x9xf32>) -> tensor<2x4x8xf32> {
  %0 = graph.group (%gq = %q, %gk = %k, %gb = %b) : (tensor<2x4x8xf32>, tensor<2x6x8xf32>, tensor<2x9xf32>) -> tensor<2x4x8xf32> {
    %1 = graph.attention %gq, %gk, %gk extras(%gb) : tensor<2x4x8xf32>, tensor<2x6x8xf32>, tensor<2x6x8xf32>, tensor<2x9xf32> -> tensor<2x4x8xf32> {
    ^bb0(%s: tensor<2x4x6xf32>, %bias: tensor<2x9xf32>):
      %2 = graph.diagonals %bias : tensor<2x9xf32> -> tensor<2x4x6xf32>
      %3 = graph.add %s, %2 : tensor<2x4x6xf32>, tensor<2x4x6xf32> -> tensor<2x4x6xf32>
      graph.yield %3 : tensor<2x4x6xf32>
    }
    graph.yield %1 : tensor<2x4x8xf32>
  }
  return %0 : tensor<2x4x8xf32>
}
}
