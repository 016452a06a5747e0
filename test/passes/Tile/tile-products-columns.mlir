// RUN: lmcc-opt %s --split-input-file --lmcc-tile-products --cse --mlir-print-local-scope | FileCheck %s

// Columns behind the last full panel.

module attributes {target.machine = #target.machine<name = "tiles of 4 x 16", vector_bits = 512, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// One full panel, and 5 of the 16 columns of the second: its sums go to the
// local array, from which the epilogue stores those that exist.
// CHECK-LABEL: func.func @static_rest(
// CHECK-SAME:      %[[X:[^:]*]]: memref<4x7xf32>, %[[W:[^:]*]]: memref<2x7x16xf32>, %[[Y:[^:]*]]: memref<4x21xf32>,
// CHECK-SAME:      %[[R:[^:]*]]: memref<21xf32>, %[[C:[^:]*]]: memref<4xf32>, %[[O:[^:]*]]: memref<f32>, %[[F:[^:]*]]: f32)
func.func @static_rest(%x: memref<4x7xf32>, %w: memref<2x7x16xf32>, %y: memref<4x21xf32>,
                       %row: memref<21xf32>, %column: memref<4xf32>, %one: memref<f32>, %factor: f32) {
  // CHECK:      %[[LOCAL:.*]] = memref.alloca() : memref<4x16xf32>
  // The full panel is stored directly.
  // CHECK:      scf.for
  // CHECK:        scf.for
  // CHECK:          memref.subview %[[Y]][%{{.*}}, %{{.*}}] [4, 16] [1, 1]
  // CHECK:          kernel.panel_product
  // CHECK:      scf.for %[[I:.*]] = {{.*}} {
  // CHECK-NEXT:   %[[ROWS:.*]] = memref.subview %[[X]][%[[I]], 0] [4, 7] [1, 1]
  // CHECK-NEXT:   %[[PANEL:.*]] = memref.subview %[[W]][1, 0, 0] [1, 7, 16] [1, 1, 1]
  // CHECK-NEXT:   %[[SUMS:.*]] = memref.subview %[[LOCAL]][0, 0] [4, 16] [1, 1]
  // CHECK-NEXT:   kernel.panel_product %[[ROWS]], %[[PANEL]] into %[[SUMS]] maps []
  // CHECK-NEXT:   ^bb0(%[[S:.*]]: f32):
  // CHECK-NEXT:     kernel.yield %[[S]] : f32
  // CHECK-NEXT:   }
  // CHECK-NEXT:   %[[SOME:.*]] = memref.subview %[[LOCAL]][0, 0] [4, 5] [1, 1]
  // CHECK-NEXT:   %[[OUT:.*]] = memref.subview %[[Y]][%[[I]], 16] [4, 5] [1, 1]
  // CHECK-NEXT:   %[[RT:.*]] = memref.subview %[[R]][16] [5] [1]
  // CHECK-NEXT:   %[[CT:.*]] = memref.subview %[[C]][%[[I]]] [4] [1]
  // CHECK-NEXT:   linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> ()>, affine_map<(d0, d1) -> (d0, d1)>]
  // CHECK-SAME:     ins(%[[SOME]], %[[RT]], %[[CT]], %[[O]] : {{.*}}) outs(%[[OUT]] : {{.*}}) {
  // CHECK-NEXT:   ^bb0(%[[SUM:.*]]: f32, %[[RE:.*]]: f32, %[[CE:.*]]: f32, %[[OE:.*]]: f32, %{{.*}}: f32):
  // CHECK-NEXT:     %[[A:.*]] = math.fma %[[SUM]], %[[CE]], %[[RE]]
  // CHECK-NEXT:     %[[B:.*]] = arith.subf %[[A]], %[[OE]]
  // CHECK-NEXT:     %[[D:.*]] = arith.mulf %[[B]], %[[F]]
  // CHECK-NEXT:     linalg.yield %[[D]]
  // CHECK:      return
  kernel.panel_product %x, %w into %y extras(%row, %column, %one)
      maps [affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> ()>]
      : memref<4x7xf32>, memref<2x7x16xf32>, memref<4x21xf32>, memref<21xf32>, memref<4xf32>, memref<f32> {
  ^bb0(%sum: f32, %r: f32, %c: f32, %o: f32):
    %0 = math.fma %sum, %c, %r : f32
    %1 = arith.subf %0, %o : f32
    %2 = arith.mulf %1, %factor : f32
    kernel.yield %2 : f32
  }
  return
}

// CHECK-LABEL: func.func @rest_only(
// CHECK-SAME:      %[[X:[^:]*]]: memref<2x7xf32>, %[[W:[^:]*]]: memref<1x7x16xf32>, %[[Y:[^:]*]]: memref<2x5xf32>)
func.func @rest_only(%x: memref<2x7xf32>, %w: memref<1x7x16xf32>, %y: memref<2x5xf32>) {
  // CHECK:      kernel.panel_product
  // CHECK:      memref.subview %[[Y]][0, 0] [2, 5] [1, 1]
  // CHECK:      linalg.generic
  // CHECK-NOT:  kernel.panel_product
  // CHECK:      return
  kernel.panel_product %x, %w into %y maps [] : memref<2x7xf32>, memref<1x7x16xf32>, memref<2x5xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// The rest walks the rows like the panels before it; the sums of each tile start
// at the front of the local array.
// CHECK-LABEL: func.func @rows_of_the_rest(
// CHECK-SAME:      %[[X:[^:]*]]: memref<7x7xf32>
func.func @rows_of_the_rest(%x: memref<7x7xf32>, %w: memref<1x7x16xf32>, %y: memref<7x5xf32>) {
  // CHECK: %[[LOCAL:.*]] = memref.alloca() : memref<4x16xf32>
  // CHECK: memref.subview %[[LOCAL]][0, 0] [4, 16] [1, 1]
  // CHECK: memref.subview %[[LOCAL]][0, 0] [4, 5] [1, 1]
  // CHECK: memref.subview %[[LOCAL]][0, 0] [3, 16] [1, 1]
  // CHECK: memref.subview %[[LOCAL]][0, 0] [3, 5] [1, 1]
  kernel.panel_product %x, %w into %y maps [] : memref<7x7xf32>, memref<1x7x16xf32>, memref<7x5xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// A number of columns that is known at run time may leave no rest.
// CHECK-LABEL: func.func @dynamic_rest(
// CHECK-SAME:      %[[X:[^:]*]]: memref<4x7xf32>, %[[W:[^:]*]]: memref<?x7x16xf32>, %[[TO:[^:]*]]: memref<?xf32>, %[[N:[^:]*]]: index)
func.func @dynamic_rest(%x: memref<4x7xf32>, %w: memref<?x7x16xf32>, %to: memref<?xf32>, %n: index) {
  // CHECK:      %[[LOCAL:.*]] = memref.alloca() : memref<4x16xf32>
  // CHECK:      %[[Y:.*]] = memref.reinterpret_cast %[[TO]]
  // CHECK:      %[[FULL:.*]] = affine.apply affine_map<()[s0] -> (s0 floordiv 16)>()[%[[N]]]
  // CHECK:      scf.for %[[P:.*]] = %{{.*}} to %[[FULL]] step
  // CHECK:        memref.subview %[[W]][%[[P]], 0, 0] [1, 7, 16]
  // CHECK:      %[[REST:.*]] = affine.apply affine_map<()[s0] -> (s0 mod 16)>()[%[[N]]]
  // CHECK:      %[[SOME:.*]] = arith.cmpi ne, %[[REST]], %{{.*}} : index
  // CHECK:      scf.if %[[SOME]] {
  // CHECK:        memref.subview %[[W]][%[[FULL]], 0, 0] [1, 7, 16]
  // CHECK:        %[[J:.*]] = affine.apply affine_map<()[s0] -> ((s0 floordiv 16) * 16)>()[%[[N]]]
  // CHECK:        kernel.panel_product
  // CHECK:        %[[IN:.*]] = memref.subview %[[LOCAL]][0, 0] [4, %[[REST]]] [1, 1]
  // CHECK:        %[[OUT:.*]] = memref.subview %[[Y]][%{{.*}}, %[[J]]] [4, %[[REST]]] [1, 1]
  // CHECK:        linalg.generic {{.*}} ins(%[[IN]] : {{.*}}) outs(%[[OUT]] : {{.*}}) {
  %y = memref.reinterpret_cast %to to offset: [0], sizes: [4, %n], strides: [%n, 1] : memref<?xf32> to memref<4x?xf32, strided<[?, 1]>>
  kernel.panel_product %x, %w into %y maps [] : memref<4x7xf32>, memref<?x7x16xf32>, memref<4x?xf32, strided<[?, 1]>> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// The local array is made once, however often the product runs, and has no more
// rows than that.
// CHECK-LABEL: func.func @inside_a_batch_loop(
func.func @inside_a_batch_loop(%x: memref<2x7xf32>, %w: memref<1x7x16xf32>, %y: memref<2x5xf32>, %n: index) {
  // CHECK:     memref.alloca() : memref<2x16xf32>
  // CHECK:     scf.for
  // CHECK-NOT: memref.alloca
  // CHECK:     return
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %b = %c0 to %n step %c1 {
    kernel.panel_product %x, %w into %y maps [] : memref<2x7xf32>, memref<1x7x16xf32>, memref<2x5xf32> {
    ^bb0(%sum: f32):
      kernel.yield %sum : f32
    }
  }
  return
}
}

// -----

module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 24, depth_block = 256, alignment = 64, prefetch_bytes = 32>} {

// Behind the last full panel only the vectors that have columns are multiplied.
// Whole vectors are stored directly. All tiles fetch what lies behind them.
// CHECK-LABEL: func.func @one_vector_left(
// CHECK-SAME:      %[[X:[^:]*]]: memref<6x7xf32>, %[[W:[^:]*]]: memref<?xf32>, %[[Y:[^:]*]]: memref<6x32xf32>)
func.func @one_vector_left(%x: memref<6x7xf32>, %flat: memref<?xf32>, %y: memref<6x32xf32>) {
  // CHECK-NOT:  memref.alloca
  // CHECK:      scf.for
  // CHECK:        memref.subview %[[Y]][%{{.*}}, %{{.*}}] [4, 24] [1, 1]
  // CHECK:        kernel.panel_product {{.*}} streams ahead
  // CHECK:      scf.for %[[I:.*]] = {{.*}} {
  // CHECK:        memref.subview %[[X]][%[[I]], 0] [4, 7] [1, 1]
  // CHECK:        memref.subview %[[Y]][%[[I]], 24] [4, 8] [1, 1]
  // CHECK:        kernel.panel_product {{.*}} streams ahead
  // CHECK:      memref.subview %[[Y]][4, 24] [2, 8] [1, 1]
  // CHECK:      kernel.panel_product {{.*}} streams ahead
  // CHECK:      return
  %w = memref.reinterpret_cast %flat to offset: [0], sizes: [2, 7, 24], strides: [168, 24, 1] : memref<?xf32> to memref<2x7x24xf32>
  kernel.panel_product %x, %w into %y maps [] streams : memref<6x7xf32>, memref<2x7x24xf32>, memref<6x32xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// Columns that end within a vector take no more of the local array than that.
// CHECK-LABEL: func.func @two_vectors_left(
func.func @two_vectors_left(%x: memref<8x7xf32>, %w: memref<2x7x24xf32>, %y: memref<8x37xf32>) {
  // CHECK:      %[[LOCAL:.*]] = memref.alloca() : memref<4x16xf32>
  // CHECK:      memref.subview %[[LOCAL]][0, 0] [4, 16] [1, 1]
  // CHECK:      memref.subview %[[LOCAL]][0, 0] [4, 13] [1, 1]
  // CHECK:      return
  kernel.panel_product %x, %w into %y maps [] : memref<8x7xf32>, memref<2x7x24xf32>, memref<8x37xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// Whole vectors that are one tile stay as they are.
// CHECK-LABEL: func.func @keep_part_of_a_panel(
func.func @keep_part_of_a_panel(%x: memref<3x7xf32>, %w: memref<1x7x24xf32>, %y: memref<3x16xf32>) {
  // CHECK-NEXT: kernel.panel_product %{{.*}}, %{{.*}} into %{{.*}} : memref<3x7xf32>, memref<1x7x24xf32>, memref<3x16xf32>
  // CHECK-NOT:  memref.subview
  // CHECK:      return
  kernel.panel_product %x, %w into %y maps [] : memref<3x7xf32>, memref<1x7x24xf32>, memref<3x16xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
}
