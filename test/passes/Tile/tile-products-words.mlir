// RUN: lmcc-opt %s --lmcc-tile-products --mlir-print-local-scope | FileCheck %s

module attributes {target.machine = #target.machine<name = "machine", vector_bits = 128, tile_rows = 2, panel_columns = 4, depth_block = 4, alignment = 64>} {

// Sums of words have another type than the output: a depth that would be cut
// into blocks stays whole, and the columns behind the last whole panel go
// through an array of sums.
// CHECK-LABEL: func.func @words(
// CHECK:         %[[LOCAL:.*]] = memref.alloca() : memref<2x4xi32>
// CHECK:         kernel.panel_product {{.*}} : memref<2x9xi32, {{.*}}>, memref<1x9x4xi32, {{.*}}>, memref<2x4xf32
// CHECK:         kernel.panel_product {{.*}} into %{{.*}} maps [] : memref<2x9xi32, {{.*}}>, memref<1x9x4xi32, {{.*}}>, memref<2x4xi32
// CHECK-NEXT:    ^bb0(%[[SUM:.*]]: i32):
// CHECK-NEXT:      kernel.yield %[[SUM]] : i32
// CHECK:         linalg.generic
// CHECK:           arith.sitofp %{{.*}} : i32 to f32
func.func @words(%x: memref<4x9xi32>, %w: memref<2x9x4xi32>, %y: memref<4x6xf32>) {
  kernel.panel_product %x, %w into %y maps [] : memref<4x9xi32>, memref<2x9x4xi32>, memref<4x6xf32> {
  ^bb0(%sum: i32):
    %0 = arith.sitofp %sum : i32 to f32
    kernel.yield %0 : f32
  }
  return
}
// Tiles take their rows of the signs, and of what sums start with.
// CHECK-LABEL: func.func @signs(
// CHECK-SAME:      %{{[^:]*}}: memref<4x9xi32>, %{{[^:]*}}: memref<1x9x4xi32>, %{{[^:]*}}: memref<4x4xf32>, %[[S:[^:]*]]: memref<4x1xi32>, %[[SIGNS:[^:]*]]: memref<4x9xi32>)
// CHECK:         scf.for
// CHECK:         scf.for %[[I:.*]] = %
// CHECK-DAG:       %[[START:.*]] = memref.subview %[[S]][%[[I]], 0] [2, 1] [1, 1]
// CHECK-DAG:       %[[SIGN:.*]] = memref.subview %[[SIGNS]][%[[I]], 0] [2, 9] [1, 1]
// CHECK:           kernel.panel_product {{.*}} starts(%[[START]] : {{.*}}) signs(%[[SIGN]] : {{.*}})
func.func @signs(%x: memref<4x9xi32>, %w: memref<1x9x4xi32>, %y: memref<4x4xf32>, %s: memref<4x1xi32>, %signs: memref<4x9xi32>) {
  kernel.panel_product %x, %w into %y maps [] starts(%s : memref<4x1xi32>) signs(%signs : memref<4x9xi32>) : memref<4x9xi32>, memref<1x9x4xi32>, memref<4x4xf32> {
  ^bb0(%sum: i32):
    %0 = arith.sitofp %sum : i32 to f32
    kernel.yield %0 : f32
  }
  return
}

// A tile has the order of its panel.
// CHECK-LABEL: func.func @order(
// CHECK-SAME:      %[[ORDER:[^:]*]]: memref<2x10xi16>)
// CHECK:         scf.for %[[P:.*]] = %
// CHECK:           scf.for
// CHECK-DAG:         %[[O:.*]] = memref.subview %[[ORDER]][%[[P]], 0] [1, 10] [1, 1]
// CHECK:             kernel.panel_product {{.*}} order(%[[O]] : {{.*}}) : memref<2x9xi32, {{.*}}>, memref<1x9x4xi32
func.func @order(%x: memref<4x9xi32>, %w: memref<2x9x4xi32>, %y: memref<4x8xi32>, %order: memref<2x10xi16>) {
  kernel.panel_product %x, %w into %y maps [] order(%order : memref<2x10xi16>) : memref<4x9xi32>, memref<2x9x4xi32>, memref<4x8xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}

// One row takes its panels one by one, too, and the last columns have the order
// of theirs.
// CHECK-LABEL: func.func @order_of_one_row(
// CHECK-SAME:      %[[ORDER:[^:]*]]: memref<2x10xi16>)
// CHECK:         memref.subview %[[ORDER]][%{{.*}}, 0] [1, 10] [1, 1]
// CHECK:         memref.subview %[[ORDER]][1, 0] [1, 10] [1, 1]
// CHECK-NOT:     memref.subview %[[ORDER]]
// CHECK:         return
func.func @order_of_one_row(%x: memref<1x9xi32>, %w: memref<2x9x4xi32>, %y: memref<1x6xi32>, %order: memref<2x10xi16>) {
  kernel.panel_product %x, %w into %y maps [] order(%order : memref<2x10xi16>) : memref<1x9xi32>, memref<2x9x4xi32>, memref<1x6xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}

// Words of columns are never cut along the depth, and tiles take all of it.
// CHECK-LABEL: func.func @column_words(
// CHECK-SAME:      %[[X:[^:]*]]: memref<4x32xi32>, %[[W:[^:]*]]: memref<2x8x16xi32>
// CHECK:         scf.for
// CHECK:           %[[PANEL:.*]] = memref.subview %[[W]][%{{.*}}, 0, 0] [1, 8, 16] [1, 1, 1]
// CHECK:           kernel.panel_product %{{.*}}, %[[PANEL]] into %{{.*}} maps [] column_words 4 : memref<2x32xi32, {{.*}}>, memref<1x8x16xi32, {{.*}}>, memref<2x4xi32
func.func @column_words(%x: memref<4x32xi32>, %w: memref<2x8x16xi32>, %y: memref<4x8xi32>) {
  kernel.panel_product %x, %w into %y maps [] column_words 4 : memref<4x32xi32>, memref<2x8x16xi32>, memref<4x8xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}
}
