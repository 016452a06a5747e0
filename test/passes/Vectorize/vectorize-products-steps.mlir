// RUN: lmcc-opt %s --split-input-file --lmcc-vectorize-products --canonicalize --cse --mlir-print-local-scope | FileCheck %s

// Several steps of depth in one turn of the loop.

module attributes {target.machine = #target.machine<name = "by lane", vector_bits = 128, tile_rows = 2, panel_columns = 4, depth_block = 256, alignment = 64, depth_step = 4>} {

// As many steps as lanes: a row's four elements are one load, and each is taken
// by its lane. What four does not divide goes step by step.
// CHECK-LABEL: func.func @by_lane(
// CHECK-SAME:      %[[X:[^:]*]]: memref<2x10xf32>, %[[W:[^:]*]]: memref<1x10x4xf32>
func.func @by_lane(%x: memref<2x10xf32>, %w: memref<1x10x4xf32>, %y: memref<2x4xf32>) {
  // CHECK:      %[[SUMS:.*]]:2 = scf.for %[[K:.*]] = %c0 to %c8 step %c4 iter_args(%[[A:.*]] = %{{.*}}, %[[B:.*]] = %{{.*}})
  // CHECK-NEXT:   %[[X0:.*]] = vector.load %[[X]][%c0, %[[K]]] : {{.*}}, vector<4xf32>
  // CHECK-NEXT:   %[[X1:.*]] = vector.load %[[X]][%c1, %[[K]]] : {{.*}}, vector<4xf32>
  // CHECK-NEXT:   %[[W0:.*]] = vector.load %[[W]][%c0, %[[K]], %c0]
  // CHECK-NEXT:   %[[E0:.*]] = vector.extract %[[X0]][0]
  // CHECK-NEXT:   %[[S0:.*]] = vector.broadcast %[[E0]]
  // CHECK-NEXT:   %[[A0:.*]] = math.fma %[[S0]], %[[W0]], %[[A]]
  // CHECK:        vector.extract %[[X1]][0]
  // CHECK:        math.fma %{{.*}}, %[[W0]], %[[B]]
  // CHECK:        vector.load %[[W]]
  // CHECK:        vector.extract %[[X0]][1]
  // CHECK:        math.fma %{{.*}}, %{{.*}}, %[[A0]]
  // CHECK:        vector.extract %[[X1]][3]
  // CHECK:        scf.yield
  // CHECK:      scf.for %{{.*}} = %c8 to %c10 step %c1 iter_args(%{{.*}} = %[[SUMS]]#0, %{{.*}} = %[[SUMS]]#1)
  // CHECK:        memref.load %[[X]]
  // CHECK-NOT:    vector.extract
  // CHECK:        scf.yield
  kernel.panel_product %x, %w into %y maps [] : memref<2x10xf32>, memref<1x10x4xf32>, memref<2x4xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// Elements of a row that do not lie side by side are loaded one by one.
// CHECK-LABEL: func.func @keep_rows_with_gaps(
func.func @keep_rows_with_gaps(%x: memref<2x8xf32, strided<[16, 2]>>, %w: memref<1x8x4xf32>, %y: memref<2x4xf32>) {
  // CHECK:         scf.for %{{.*}} = %c0 to %c8 step %c4
  // CHECK-NOT:     vector.extract
  // CHECK-COUNT-8: memref.load
  // CHECK-NOT:     memref.load
  // CHECK:         return
  kernel.panel_product %x, %w into %y maps [] : memref<2x8xf32, strided<[16, 2]>>, memref<1x8x4xf32>, memref<2x4xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
}

// -----

module attributes {target.machine = #target.machine<name = "two steps", vector_bits = 256, tile_rows = 2, panel_columns = 8, depth_block = 256, alignment = 64, depth_step = 2>} {
// Fewer steps than lanes are only unrolled; a depth that is known only at run
// time keeps the loop over the rest.
// CHECK-LABEL: func.func @unrolled(
func.func @unrolled(%x: memref<2x?xf32>, %w: memref<1x?x8xf32>, %y: memref<2x8xf32>, %flat: memref<?xf32>, %depth: index) {
  %x1 = memref.reinterpret_cast %flat to offset: [0], sizes: [2, %depth], strides: [64, 1] : memref<?xf32> to memref<2x?xf32, strided<[64, 1]>>
  // CHECK:         %[[WHOLE:.*]] = affine.apply affine_map<{{.*}}((s0 floordiv 2) * 2)>()[%{{.*}}]
  // CHECK:         scf.for %{{.*}} = %c0 to %[[WHOLE]] step %c2
  // CHECK-COUNT-4: math.fma
  // CHECK:         scf.for %{{.*}} = %[[WHOLE]] to %{{.*}} step %c1
  // CHECK-COUNT-2: math.fma
  kernel.panel_product %x1, %w into %y maps [] : memref<2x?xf32, strided<[64, 1]>>, memref<1x?x8xf32>, memref<2x8xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
}

// -----

module attributes {target.machine = #target.machine<name = "two vectors", vector_bits = 128, tile_rows = 2, panel_columns = 4, depth_block = 256, alignment = 64, depth_step = 8>} {
// Two vectors of a row lie side by side, so that one instruction may load both.
// CHECK-LABEL: func.func @two_vectors(
// CHECK-SAME:      %[[X:[^:]*]]: memref<2x16xf32>
func.func @two_vectors(%x: memref<2x16xf32>, %w: memref<1x16x4xf32>, %y: memref<2x4xf32>) {
  // CHECK:         scf.for %[[K:.*]] = %c0 to %c16 step %c8
  // CHECK-NEXT:      %[[X00:.*]] = vector.load %[[X]][%c0, %[[K]]]
  // CHECK-NEXT:      %[[BEHIND:.*]] = affine.apply affine_map<(d0) -> (d0 + 4)>(%[[K]])
  // CHECK-NEXT:      %[[X01:.*]] = vector.load %[[X]][%c0, %[[BEHIND]]]
  // CHECK:           vector.extract %[[X00]][3]
  // CHECK:           vector.extract %[[X01]][0]
  // CHECK:           scf.yield
  // CHECK-NOT:     scf.for
  kernel.panel_product %x, %w into %y maps [] : memref<2x16xf32>, memref<1x16x4xf32>, memref<2x4xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// Eight does not divide the depth: a turn takes one vector, and no step is left.
// CHECK-LABEL: func.func @one_vector(
func.func @one_vector(%x: memref<2x12xf32>, %w: memref<1x12x4xf32>, %y: memref<2x4xf32>) {
  // CHECK:         scf.for %{{.*}} = %c0 to %c12 step %c4
  // CHECK-COUNT-8: math.fma
  // CHECK-NOT:     math.fma
  // CHECK-NOT:     scf.for
  // CHECK:         return
  kernel.panel_product %x, %w into %y maps [] : memref<2x12xf32>, memref<1x12x4xf32>, memref<2x4xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
}
