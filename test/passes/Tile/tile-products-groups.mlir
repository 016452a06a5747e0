// RUN: lmcc-opt %s --lmcc-tile-products --mlir-print-local-scope | FileCheck %s
// RUN: lmcc-opt %s --lmcc-tile-products --lmcc-vectorize-products --cse --mlir-print-local-scope | FileCheck %s --check-prefix=FETCH

module attributes {target.machine = #target.machine<name = "machine", vector_bits = 128, tile_rows = 4, panel_columns = 8, depth_block = 4, alignment = 64, prefetch_bytes = 256>} {

// Half the rows of the machine's tile, whose registers hold a sum of integers
// and one of floats for each. All groups are in one tile, though the depth
// would be cut, and rows that share panels fetch nothing ahead. The columns of the last panel go
// through an array of float sums.
// CHECK-LABEL: func.func @groups(
// CHECK-SAME:      %[[X:[^:]*]]: memref<5x16xi32>, %[[W:[^:]*]]: memref<2x2x36xi32>, %[[Y:[^:]*]]: memref<5x13xf32>, %[[S:[^:]*]]: memref<5x2xi32>
// CHECK:         %[[LOCAL:.*]] = memref.alloca() : memref<2x8xf32>
// CHECK-NOT:     ahead
// CHECK:         scf.for %[[PANEL:[^ ]*]] =
// CHECK:           scf.for %[[ROW:[^ ]*]] =
// CHECK:           %[[X0:.*]] = memref.subview %[[X]][%[[ROW]], 0] [2, 16]
// CHECK:           %[[W0:.*]] = memref.subview %[[W]][%[[PANEL]], 0, 0] [1, 2, 36]
// CHECK:           %[[S0:.*]] = memref.subview %[[S]][%[[ROW]], 0] [2, 2]
// CHECK-NEXT:      kernel.panel_product %[[X0]], %[[W0]] into %{{.*}} extras(%{{.*}}) maps [affine_map<(d0, d1) -> (d0)>] streams group 32 starts(%[[S0]] :
// CHECK-NEXT:      ^bb0(%{{.*}}: f32, %{{.*}}: f32):
// CHECK:         %[[X1:.*]] = memref.subview %[[X]][4, 0] [1, 16]
// CHECK:         %[[S1:.*]] = memref.subview %[[S]][4, 0] [1, 2]
// CHECK-NEXT:    kernel.panel_product %[[X1]], %{{.*}} starts(%[[S1]] :
// The last panel.
// CHECK:         scf.for %[[ROW:[^ ]*]] = {{.*}} {
// CHECK:           %[[W2:.*]] = memref.subview %[[W]][1, 0, 0] [1, 2, 36]
// CHECK:           %[[SUMS:.*]] = memref.subview %[[LOCAL]][0, 0] [2, 8]
// CHECK:           %[[S2:.*]] = memref.subview %[[S]][%[[ROW]], 0] [2, 2]
// CHECK-NEXT:      kernel.panel_product %{{.*}}, %[[W2]] into %{{.*}} maps [] streams group 32 starts(%[[S2]] :
// CHECK-NEXT:      ^bb0(%[[SUM:.*]]: f32):
// CHECK-NEXT:        kernel.yield %[[SUM]] : f32
// CHECK:           memref.subview %[[Y]][%[[ROW]], 8] [2, 5]
// CHECK:           linalg.generic
// CHECK:             arith.mulf
func.func @groups(%x: memref<5x16xi32>, %w: memref<2x2x36xi32>, %y: memref<5x13xf32>, %s: memref<5x2xi32>, %scales: memref<5xf32>) {
  kernel.panel_product %x, %w into %y extras(%scales) maps [affine_map<(i, j) -> (i)>] streams group 32 starts(%s : memref<5x2xi32>)
      : memref<5x16xi32>, memref<2x2x36xi32>, memref<5x13xf32>, memref<5xf32> {
  ^bb0(%sum: f32, %scale: f32):
    %0 = arith.mulf %sum, %scale : f32
    kernel.yield %0 : f32
  }
  return
}

// Zero points go with the panels.
// CHECK-LABEL: func.func @zeros(
// CHECK-SAME:      %[[Z:[^:]*]]: memref<2x2x8xi8>)
// CHECK:         %[[Z0:.*]] = memref.subview %[[Z]][%{{.*}}, 0, 0] [1, 2, 8]
// CHECK:         kernel.panel_product {{.*}} group 32 bytes wide_scales starts({{.*}}) zeros(%[[Z0]] :
// CHECK:         %[[Z1:.*]] = memref.subview %[[Z]][1, 0, 0] [1, 2, 8]
// CHECK:         kernel.panel_product {{.*}} group 32 bytes wide_scales starts({{.*}}) zeros(%[[Z1]] :
func.func @zeros(%x: memref<2x64xf32>, %w: memref<2x2x72xi32>, %y: memref<2x13xf32>, %s: memref<2x2xf32>, %z: memref<2x2x8xi8>) {
  kernel.panel_product %x, %w into %y maps [] streams group 32 bytes wide_scales starts(%s : memref<2x2xf32>) zeros(%z : memref<2x2x8xi8>)
      : memref<2x64xf32>, memref<2x2x72xi32>, memref<2x13xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// Of one row one panel: the sums of a group do not wait for those before it. The
// next panel is fetched, a group of it in each turn.
// CHECK-LABEL: func.func @one_row(
// CHECK-SAME:      %{{[^:]*}}: memref<1x16xi32>, %[[W:[^:]*]]: memref<8x2x36xi32>
// CHECK:         scf.for %[[PANEL:[^ ]*]] =
// CHECK:           memref.subview %[[W]][%[[PANEL]], 0, 0] [1, 2, 36]
// CHECK:           affine.apply affine_map<(d0) -> (d0 * 72 + 72)>(%[[PANEL]])
// CHECK:           %[[NEXT:.*]] = memref.reinterpret_cast %[[W]] to offset: [%{{.*}}], sizes: [2, 36], strides: [36, 1]
// CHECK:           kernel.panel_product {{.*}} streams ahead(%[[NEXT]] : {{.*}}) group 32 {{.*}} : memref<1x16xi32, {{.*}}>, memref<1x2x36xi32, {{.*}}>, memref<1x8xf32
// FETCH-LABEL: func.func @one_row(
// FETCH:         scf.for %[[PANEL:[^ ]*]] =
// FETCH:           %[[AT:.*]] = affine.apply affine_map<(d0) -> (d0 * 72 + 72)>(%[[PANEL]])
// FETCH:           %[[NEXT:.*]] = memref.reinterpret_cast %{{.*}} to offset: [%[[AT]]]
// FETCH:           scf.for %[[GROUP:[^ ]*]] =
// FETCH-NEXT:        memref.prefetch %[[NEXT]][%[[GROUP]], %c0], read, locality<2>, data
// FETCH-NOT:         memref.prefetch
// FETCH:             vector.load
func.func @one_row(%x: memref<1x16xi32>, %w: memref<8x2x36xi32>, %y: memref<1x64xf32>, %s: memref<1x2xi32>) {
  kernel.panel_product %x, %w into %y maps [] streams group 32 starts(%s : memref<1x2xi32>)
      : memref<1x16xi32>, memref<8x2x36xi32>, memref<1x64xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
}
