// RUN: lmcc-opt %s --lmcc-tile-products --cse --mlir-print-local-scope --split-input-file | FileCheck %s

module attributes {target.machine = #target.machine<name = "tiles of 8 x 32", vector_bits = 512, tile_rows = 8, panel_columns = 32, depth_block = 256, alignment = 64>} {

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

// 127 = 15 * 8 + 7, under each of three panels.
// CHECK-LABEL: func.func @rest_of_rows(
// CHECK-SAME:      %[[X:[^:]*]]: memref<127x5xf32>, %[[W:[^:]*]]: memref<3x5x32xf32>, %[[Y:[^:]*]]: memref<127x96xf32>)
func.func @rest_of_rows(%x: memref<127x5xf32>, %w: memref<3x5x32xf32>, %y: memref<127x96xf32>) {
  // CHECK-NOT:  memref.alloca
  // CHECK-DAG:  %[[C0:.*]] = arith.constant 0 : index
  // CHECK-DAG:  %[[C1:.*]] = arith.constant 1 : index
  // CHECK-DAG:  %[[C3:.*]] = arith.constant 3 : index
  // CHECK:      scf.for %[[P:.*]] = %[[C0]] to %[[C3]] step %[[C1]] {
  // CHECK-DAG:    %[[C120:.*]] = arith.constant 120 : index
  // CHECK-DAG:    %[[C8:.*]] = arith.constant 8 : index
  // CHECK:        scf.for %[[I:.*]] = %[[C0]] to %[[C120]] step %[[C8]] {
  // CHECK-NEXT:     %[[J:.*]] = affine.apply affine_map<(d0) -> (d0 * 32)>(%[[P]])
  // CHECK-NEXT:     %[[ROWS:.*]] = memref.subview %[[X]][%[[I]], 0] [8, 5] [1, 1]
  // CHECK-NEXT:     %[[PANEL:.*]] = memref.subview %[[W]][%[[P]], 0, 0] [1, 5, 32] [1, 1, 1]
  // CHECK-NEXT:     %[[OUT:.*]] = memref.subview %[[Y]][%[[I]], %[[J]]] [8, 32] [1, 1]
  // CHECK-NEXT:     kernel.panel_product %[[ROWS]], %[[PANEL]] into %[[OUT]] maps []
  // CHECK-NEXT:     ^bb0(%[[S:.*]]: f32):
  // CHECK-NEXT:       %[[E:.*]] = math.exp %[[S]]
  // CHECK-NEXT:       kernel.yield %[[E]]
  // CHECK-NEXT:     }
  // CHECK-NEXT:   }
  // CHECK:        memref.subview %[[X]][120, 0] [7, 5] [1, 1]
  // CHECK:        memref.subview %[[Y]][120, %{{.*}}] [7, 32] [1, 1]
  // CHECK:        kernel.panel_product
  // CHECK-NOT:    kernel.panel_product
  // CHECK-NOT:  scf.for
  // CHECK:      return
  kernel.panel_product %x, %w into %y maps [] : memref<127x5xf32>, memref<3x5x32xf32>, memref<127x96xf32> {
  ^bb0(%sum: f32):
    %0 = math.exp %sum : f32
    kernel.yield %0 : f32
  }
  return
}

// Fewer rows than a tile has are one tile.
// CHECK-LABEL: func.func @few_rows(
// CHECK-SAME:      %[[X:[^:]*]]: memref<6x5xf32>
func.func @few_rows(%x: memref<6x5xf32>, %w: memref<2x5x32xf32>, %y: memref<6x64xf32>) {
  // CHECK:     memref.subview %[[X]][0, 0] [6, 5] [1, 1]
  // CHECK-NOT: memref.subview %[[X]]
  // CHECK:     return
  kernel.panel_product %x, %w into %y maps [] : memref<6x5xf32>, memref<2x5x32xf32>, memref<6x64xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// A number of rows that is known at run time only goes down a ladder.
// CHECK-LABEL: func.func @dynamic_rows(
// CHECK-SAME:      %[[N:[^:]*]]: index)
func.func @dynamic_rows(%from: memref<?xf32>, %w: memref<2x5x32xf32>, %to: memref<?xf32>, %n: index) {
  // CHECK-DAG:  %[[X:.*]] = memref.reinterpret_cast %{{.*}} sizes: [%[[N]], 5]
  // CHECK-DAG:  %[[C0:.*]] = arith.constant 0 : index
  // CHECK:      scf.for %{{.*}} = %[[C0]] to %{{.*}} step
  // CHECK-DAG:    %[[TO8:.*]] = affine.apply affine_map<()[s0] -> ((s0 floordiv 8) * 8)>()[%[[N]]]
  // CHECK-DAG:    %[[C8:.*]] = arith.constant 8 : index
  // CHECK:        scf.for %[[I8:.*]] = %[[C0]] to %[[TO8]] step %[[C8]] {
  // CHECK:          memref.subview %[[X]][%[[I8]], 0] [8, 5]
  // CHECK-DAG:    %[[TO4:.*]] = affine.apply affine_map<()[s0] -> ((s0 floordiv 8) * 8 + ((s0 mod 8) floordiv 4) * 4)>()[%[[N]]]
  // CHECK-DAG:    %[[C4:.*]] = arith.constant 4 : index
  // CHECK:        scf.for %[[I4:.*]] = %[[TO8]] to %[[TO4]] step %[[C4]] {
  // CHECK:          memref.subview %[[X]][%[[I4]], 0] [4, 5]
  // CHECK:        scf.for %[[I2:.*]] = %[[TO4]] to %[[TO2:.*]] step
  // CHECK:          memref.subview %[[X]][%[[I2]], 0] [2, 5]
  // CHECK:        scf.for %[[I1:.*]] = %[[TO2]] to %[[N]] step
  // CHECK:          memref.subview %[[X]][%[[I1]], 0] [1, 5]
  // CHECK-NOT:  scf.for
  // CHECK:      return
  %x = memref.reinterpret_cast %from to offset: [0], sizes: [%n, 5], strides: [5, 1] : memref<?xf32> to memref<?x5xf32, strided<[5, 1]>>
  %y = memref.reinterpret_cast %to to offset: [0], sizes: [%n, 64], strides: [64, 1] : memref<?xf32> to memref<?x64xf32, strided<[64, 1]>>
  kernel.panel_product %x, %w into %y maps [] : memref<?x5xf32, strided<[5, 1]>>, memref<2x5x32xf32>, memref<?x64xf32, strided<[64, 1]>> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

//===----------------------------------------------------------------------===//
// Extras
//===----------------------------------------------------------------------===//

// Each tile takes its part of the row, of the column and of the whole, and the
// one element as it is.
// CHECK-LABEL: func.func @extras(
// CHECK-SAME:      %[[R:[^:]*]]: memref<64xf32>, %[[C:[^:]*]]: memref<8xf32>, %[[O:[^:]*]]: memref<f32>, %[[F:[^:]*]]: memref<8x64xi1>)
func.func @extras(%x: memref<8x5xf32>, %w: memref<2x5x32xf32>, %y: memref<8x64xf32>,
                  %row: memref<64xf32>, %column: memref<8xf32>, %one: memref<f32>, %whole: memref<8x64xi1>) {
  // CHECK:      scf.for %[[P:.*]] = {{.*}} {
  // CHECK:        scf.for %[[I:.*]] = {{.*}} {
  // CHECK:          %[[J:.*]] = affine.apply affine_map<(d0) -> (d0 * 32)>(%[[P]])
  // CHECK:          %[[RT:.*]] = memref.subview %[[R]][%[[J]]] [32] [1]
  // CHECK-NEXT:     %[[CT:.*]] = memref.subview %[[C]][%[[I]]] [8] [1]
  // CHECK-NEXT:     %[[FT:.*]] = memref.subview %[[F]][%[[I]], %[[J]]] [8, 32] [1, 1]
  // CHECK-NEXT:     kernel.panel_product %{{.*}} extras(%[[RT]], %[[CT]], %[[O]], %[[FT]])
  // CHECK-SAME:       maps [affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> ()>, affine_map<(d0, d1) -> (d0, d1)>]
  kernel.panel_product %x, %w into %y extras(%row, %column, %one, %whole)
      maps [affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> ()>, affine_map<(i, j) -> (i, j)>]
      : memref<8x5xf32>, memref<2x5x32xf32>, memref<8x64xf32>, memref<64xf32>, memref<8xf32>, memref<f32>, memref<8x64xi1> {
  ^bb0(%sum: f32, %r: f32, %c: f32, %o: f32, %f: i1):
    %0 = arith.select %f, %sum, %r : f32
    kernel.yield %0 : f32
  }
  return
}

//===----------------------------------------------------------------------===//
// Left alone
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @leave_a_tile(
// CHECK-SAME:      %[[X:[^:]*]]: memref<8x5xf32>, %[[W:[^:]*]]: memref<1x5x32xf32>, %[[Y:[^:]*]]: memref<8x32xf32>)
func.func @leave_a_tile(%x: memref<8x5xf32>, %w: memref<1x5x32xf32>, %y: memref<8x32xf32>) {
  // CHECK-NEXT: kernel.panel_product %[[X]], %[[W]] into %[[Y]]
  // CHECK-NOT:  scf.for
  kernel.panel_product %x, %w into %y maps [] : memref<8x5xf32>, memref<1x5x32xf32>, memref<8x32xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  // CHECK:      return
  return
}

// CHECK-LABEL: func.func @leave_fewer_rows(
// CHECK-SAME:      %[[X:[^:]*]]: memref<3x5xf32>, %[[W:[^:]*]]: memref<1x5x32xf32>, %[[Y:[^:]*]]: memref<3x32xf32>)
func.func @leave_fewer_rows(%x: memref<3x5xf32>, %w: memref<1x5x32xf32>, %y: memref<3x32xf32>) {
  // CHECK-NEXT: kernel.panel_product %[[X]], %[[W]] into %[[Y]]
  kernel.panel_product %x, %w into %y maps [] : memref<3x5xf32>, memref<1x5x32xf32>, memref<3x32xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// CHECK-LABEL: func.func @cut_one_row_too_many(
// CHECK-SAME:      %[[X:[^:]*]]: memref<9x5xf32>
func.func @cut_one_row_too_many(%x: memref<9x5xf32>, %w: memref<1x5x32xf32>, %y: memref<9x32xf32>) {
  // CHECK: memref.subview %[[X]][%{{.*}}, 0] [8, 5] [1, 1]
  // CHECK: memref.subview %[[X]][8, 0] [1, 5] [1, 1]
  kernel.panel_product %x, %w into %y maps [] : memref<9x5xf32>, memref<1x5x32xf32>, memref<9x32xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
}

// -----

// A tile of 6 rows: the rungs are 6, 3 and 1.
module attributes {target.machine = #target.machine<name = "tiles of 6 x 8", vector_bits = 128, tile_rows = 6, panel_columns = 8, depth_block = 256, alignment = 16>} {
// CHECK-LABEL: func.func @six_rows(
func.func @six_rows(%from: memref<?xf32>, %w: memref<2x5x8xf32>, %to: memref<?xf32>, %n: index) {
  // CHECK: %[[X:.*]] = memref.reinterpret_cast %{{.*}} sizes: [%{{.*}}, 5]
  // CHECK: memref.subview %[[X]][%{{.*}}, 0] [6, 5]
  // CHECK: memref.subview %[[X]][%{{.*}}, 0] [3, 5]
  // CHECK: memref.subview %[[X]][%{{.*}}, 0] [1, 5]
  // CHECK-NOT: , 5] [1, 1]
  // CHECK: return
  %x = memref.reinterpret_cast %from to offset: [0], sizes: [%n, 5], strides: [5, 1] : memref<?xf32> to memref<?x5xf32, strided<[5, 1]>>
  %y = memref.reinterpret_cast %to to offset: [0], sizes: [%n, 16], strides: [16, 1] : memref<?xf32> to memref<?x16xf32, strided<[16, 1]>>
  kernel.panel_product %x, %w into %y maps [] : memref<?x5xf32, strided<[5, 1]>>, memref<2x5x8xf32>, memref<?x16xf32, strided<[16, 1]>> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
}

// -----

// A machine with single rows.
module attributes {target.machine = #target.machine<name = "scalar", vector_bits = 32, tile_rows = 1, panel_columns = 3, depth_block = 256, alignment = 4>} {
// CHECK-LABEL: func.func @single_rows(
// CHECK-SAME:      %[[X:[^:]*]]: memref<7x5xf32>
func.func @single_rows(%x: memref<7x5xf32>, %w: memref<2x5x3xf32>, %y: memref<7x6xf32>) {
  // CHECK:     %[[C7:.*]] = arith.constant 7 : index
  // CHECK:     scf.for %[[I:.*]] = %{{.*}} to %[[C7]] step
  // CHECK:       memref.subview %[[X]][%[[I]], 0] [1, 5]
  // CHECK-NOT: memref.subview %[[X]]
  // CHECK:     return
  kernel.panel_product %x, %w into %y maps [] : memref<7x5xf32>, memref<2x5x3xf32>, memref<7x6xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
}
