// RUN: lmcc-opt %s --lmcc-graph-to-kernel --canonicalize --cse --mlir-print-local-scope --split-input-file | FileCheck %s

// A row sees the keys up to its place; minus infinity hides the others whatever
// the scores are. A tile of four rows ends behind its last row, and so does the
// sum of values in its last block.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @attention(
// CHECK:         scf.for %[[I:.*]] = %{{.*}} to %c128 step %c4 {
// CHECK:           %[[END:.*]] = affine.apply affine_map<(d0) -> (d0 + 4)>(%[[I]])
// CHECK-NEXT:      %[[MOST:.*]] = arith.minsi %[[END]], %c128
// CHECK-NEXT:      %[[SEEN:.*]] = arith.maxsi %[[MOST]], %c0
// CHECK:           %[[BLOCKS:.*]] = affine.apply affine_map<(d0) -> ((d0 + 63) floordiv 64)>(%[[SEEN]])
// CHECK-NEXT:      scf.for %[[B:.*]] = %c0 to %[[BLOCKS]] step %c1 {
// CHECK:             kernel.panel_product
// CHECK:             %[[LEFT:.*]] = affine.apply affine_map<(d0, d1) -> (d0 - d1 * 64)>(%[[SEEN]], %[[B]])
// CHECK-NEXT:        %[[VALID:.*]] = arith.minsi %[[LEFT]], %c64
// CHECK:             memref.subview %{{.*}}[0, 0] [4, %[[VALID]]]
// CHECK:             kernel.panel_product %{{.*}} continues
// CHECK-NOT:       scf.if
func.func @main(%q: tensor<128x8xf32>) -> tensor<128x8xf32> {
  %0 = graph.group (%gq = %q) : (tensor<128x8xf32>) -> tensor<128x8xf32> {
    %1 = graph.attention %gq, %gq, %gq : tensor<128x8xf32>, tensor<128x8xf32>, tensor<128x8xf32> -> tensor<128x8xf32> {
    ^bb0(%s: tensor<128x128xf32>):
      %low = graph.constant dense<0xFF800000> : tensor<f32>
      %key = graph.iota axis 1 : tensor<1x128xi32>
      %row = graph.iota : tensor<128x1xi32>
      %2 = graph.compare le %key, %row : tensor<1x128xi32>, tensor<128x1xi32> -> tensor<128x128xi1>
      %3 = graph.select %2, %s, %low : tensor<128x128xi1>, tensor<128x128xf32>, tensor<f32> -> tensor<128x128xf32>
      graph.yield %3 : tensor<128x128xf32>
    }
    graph.yield %1 : tensor<128x8xf32>
  }
  return %0 : tensor<128x8xf32>
}
}

// -----

// The lowest float hides a key only beside larger scores. Where a row of the
// tile has none, all blocks are computed.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 1, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @attention(
// CHECK-SAME:      %[[KEYS:[^:,]*]]: index, %[[ALL:[^:,]*]]: index, %[[PAST:[^:,]*]]: index
// CHECK-DAG:     %[[LEAST:.*]] = arith.constant -2.{{.*}}E+38 : f32
// CHECK:         scf.for %[[I:.*]] = %c0 to %c3 step %c1 {
// CHECK:           %[[END:.*]] = affine.apply affine_map<(d0)[s0] -> (d0 + s0 + 1)>(%[[I]])[%[[PAST]]]
// CHECK-NEXT:      %[[MOST:.*]] = arith.minsi %[[KEYS]], %[[END]]
// CHECK-NEXT:      %[[SEEN:.*]] = arith.maxsi %[[MOST]], %c0
// CHECK:           scf.for %[[LOOK:.*]] = %c0 to %c2 step %c1 {
// CHECK-NEXT:        %[[MAX:.*]] = memref.load %{{.*}}[%c0] : memref<8xf32>
// CHECK-NEXT:        %[[OPEN:.*]] = arith.cmpf olt, %[[MAX]], %[[LEAST]]
// CHECK-NEXT:        scf.if %[[OPEN]] {
// CHECK-NEXT:          %[[FIRST:.*]] = arith.cmpi eq, %[[LOOK]], %c0
// CHECK:               %[[RANGE:.*]] = arith.select %[[FIRST]], %[[SEEN]], %[[KEYS]] : index
// CHECK:               %[[BLOCKS:.*]] = affine.apply affine_map<(d0) -> ((d0 + 63) floordiv 64)>(%[[RANGE]])
// CHECK-NEXT:          scf.for %{{.*}} = %c0 to %[[BLOCKS]]
func.func @main(%q: tensor<3x8xf32>, %k: tensor<?x8xf32, #graph.dims<past + 3, 8>>, %p: tensor<1x?xf32, #graph.dims<1, past + 3>>) -> tensor<3x8xf32>
    attributes {graph.symbols = [#graph.symbol<"past", 0, 100>]} {
  %0 = graph.group (%gq = %q, %gk = %k, %gp = %p) : (tensor<3x8xf32>, tensor<?x8xf32, #graph.dims<past + 3, 8>>, tensor<1x?xf32, #graph.dims<1, past + 3>>) -> tensor<3x8xf32> {
    %1 = graph.attention %gq, %gk, %gk extras(%gp) : tensor<3x8xf32>, tensor<?x8xf32, #graph.dims<past + 3, 8>>, tensor<?x8xf32, #graph.dims<past + 3, 8>>, tensor<1x?xf32, #graph.dims<1, past + 3>> -> tensor<3x8xf32> {
    ^bb0(%s: tensor<3x?xf32, #graph.dims<3, past + 3>>, %pad: tensor<1x?xf32, #graph.dims<1, past + 3>>):
      %zero = graph.constant dense<0.0> : tensor<f32>
      %low = graph.constant dense<-3.40282347E+38> : tensor<f32>
      %key = graph.iota axis 1 : tensor<1x?xi32, #graph.dims<1, past + 3>>
      %row = graph.iota : tensor<3x1xi32>
      %past = graph.dim_values <past> : tensor<i32>
      %2 = graph.sub %key, %past : tensor<1x?xi32, #graph.dims<1, past + 3>>, tensor<i32> -> tensor<1x?xi32, #graph.dims<1, past + 3>>
      %3 = graph.compare gt %2, %row : tensor<1x?xi32, #graph.dims<1, past + 3>>, tensor<3x1xi32> -> tensor<3x?xi1, #graph.dims<3, past + 3>>
      %4 = graph.select %3, %low, %zero : tensor<3x?xi1, #graph.dims<3, past + 3>>, tensor<f32>, tensor<f32> -> tensor<3x?xf32, #graph.dims<3, past + 3>>
      %5 = graph.add %4, %pad : tensor<3x?xf32, #graph.dims<3, past + 3>>, tensor<1x?xf32, #graph.dims<1, past + 3>> -> tensor<3x?xf32, #graph.dims<3, past + 3>>
      %6 = graph.add %s, %5 : tensor<3x?xf32, #graph.dims<3, past + 3>>, tensor<3x?xf32, #graph.dims<3, past + 3>> -> tensor<3x?xf32, #graph.dims<3, past + 3>>
      graph.yield %6 : tensor<3x?xf32, #graph.dims<3, past + 3>>
    }
    graph.yield %1 : tensor<3x8xf32>
  }
  return %0 : tensor<3x8xf32>
}
}

// -----

// A window has keys in front of it, too, and a place that the caller gives is
// read for every row of the tile.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 2, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @attention(
// CHECK:         scf.for %[[I:.*]] = %c0 to %c4 step %c2 {
// CHECK:           %[[A:.*]] = memref.load %{{.*}}[%[[I]]]
// CHECK:           %[[A64:.*]] = arith.index_cast %[[A]] : i32 to index
// CHECK:           affine.apply affine_map<(d0) -> (d0 - 20)>(%[[A64]])
// CHECK:           %[[NEXT:.*]] = affine.apply affine_map<(d0) -> (d0 + 1)>(%[[I]])
// CHECK:           memref.load %{{.*}}[%[[NEXT]]]
// CHECK:           %[[LEAST:.*]] = arith.minsi
// CHECK:           %[[FROM:.*]] = arith.maxsi %[[LEAST]], %c0
// CHECK:           arith.maxsi
// CHECK:           %[[BEGIN:.*]] = affine.apply affine_map<(d0) -> (d0 floordiv 64)>
// CHECK:           %[[END:.*]] = affine.apply affine_map<(d0) -> ((d0 + 63) floordiv 64)>
// CHECK-NEXT:      scf.for %{{.*}} = %[[BEGIN]] to %[[END]] step %c1 {
func.func @main(%q: tensor<4x8xf32>, %k: tensor<200x8xf32>, %p: tensor<4x1xi32>) -> tensor<4x8xf32> {
  %0 = graph.group (%gq = %q, %gk = %k, %gp = %p) : (tensor<4x8xf32>, tensor<200x8xf32>, tensor<4x1xi32>) -> tensor<4x8xf32> {
    %1 = graph.attention %gq, %gk, %gk extras(%gp) : tensor<4x8xf32>, tensor<200x8xf32>, tensor<200x8xf32>, tensor<4x1xi32> -> tensor<4x8xf32> {
    ^bb0(%s: tensor<4x200xf32>, %place: tensor<4x1xi32>):
      %low = graph.constant dense<0xFF800000> : tensor<f32>
      %window = graph.constant dense<20> : tensor<i32>
      %key = graph.iota axis 1 : tensor<1x200xi32>
      %moved = graph.add %key, %window : tensor<1x200xi32>, tensor<i32> -> tensor<1x200xi32>
      %2 = graph.compare le %key, %place : tensor<1x200xi32>, tensor<4x1xi32> -> tensor<4x200xi1>
      %3 = graph.compare ge %moved, %place : tensor<1x200xi32>, tensor<4x1xi32> -> tensor<4x200xi1>
      %4 = graph.and %2, %3 : tensor<4x200xi1>, tensor<4x200xi1> -> tensor<4x200xi1>
      %5 = graph.select %4, %s, %low : tensor<4x200xi1>, tensor<4x200xf32>, tensor<f32> -> tensor<4x200xf32>
      graph.yield %5 : tensor<4x200xf32>
    }
    graph.yield %1 : tensor<4x8xf32>
  }
  return %0 : tensor<4x8xf32>
}
}

// -----

// A score may exceed what is added to it here, and the last row of a decoder
// sees everything: no limit.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @attention(
// CHECK-NOT:     arith.maxsi
// CHECK-NOT:     scf.if
// CHECK-LABEL: func.func private @attention_2(
// CHECK-NOT:     arith.maxsi
// CHECK-NOT:     scf.if
// CHECK-LABEL: func.func @run(
func.func @main(%q: tensor<128x8xf32>, %one: tensor<1x8xf32>) -> (tensor<128x8xf32>, tensor<1x8xf32>) {
  %0 = graph.group (%gq = %q) : (tensor<128x8xf32>) -> tensor<128x8xf32> {
    %1 = graph.attention %gq, %gq, %gq : tensor<128x8xf32>, tensor<128x8xf32>, tensor<128x8xf32> -> tensor<128x8xf32> {
    ^bb0(%s: tensor<128x128xf32>):
      %zero = graph.constant dense<0.0> : tensor<f32>
      %low = graph.constant dense<-1.0e9> : tensor<f32>
      %key = graph.iota axis 1 : tensor<1x128xi32>
      %row = graph.iota : tensor<128x1xi32>
      %2 = graph.compare le %key, %row : tensor<1x128xi32>, tensor<128x1xi32> -> tensor<128x128xi1>
      %3 = graph.select %2, %zero, %low : tensor<128x128xi1>, tensor<f32>, tensor<f32> -> tensor<128x128xf32>
      %4 = graph.add %s, %3 : tensor<128x128xf32>, tensor<128x128xf32> -> tensor<128x128xf32>
      graph.yield %4 : tensor<128x128xf32>
    }
    graph.yield %1 : tensor<128x8xf32>
  }
  %5 = graph.group (%gq = %one, %gk = %q) : (tensor<1x8xf32>, tensor<128x8xf32>) -> tensor<1x8xf32> {
    %6 = graph.attention %gq, %gk, %gk : tensor<1x8xf32>, tensor<128x8xf32>, tensor<128x8xf32> -> tensor<1x8xf32> {
    ^bb0(%s: tensor<1x128xf32>):
      %low = graph.constant dense<0xFF800000> : tensor<f32>
      %key = graph.iota axis 1 : tensor<1x128xi32>
      %row = graph.constant dense<127> : tensor<i32>
      %7 = graph.compare le %key, %row : tensor<1x128xi32>, tensor<i32> -> tensor<1x128xi1>
      %8 = graph.select %7, %s, %low : tensor<1x128xi1>, tensor<1x128xf32>, tensor<f32> -> tensor<1x128xf32>
      graph.yield %8 : tensor<1x128xf32>
    }
    graph.yield %6 : tensor<1x8xf32>
  }
  return %0, %5 : tensor<128x8xf32>, tensor<1x8xf32>
}
}
