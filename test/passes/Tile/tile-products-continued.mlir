// RUN: lmcc-opt %s --lmcc-tile-products --cse --mlir-print-local-scope | FileCheck %s

// A product that continues sums does so in every tile, and only where the depth
// begins.

module attributes {target.machine = #target.machine<name = "blocks of 16", vector_bits = 256, tile_rows = 4, panel_columns = 8, depth_block = 16, alignment = 64>} {

// CHECK-LABEL: func.func @whole_panels(
func.func @whole_panels(%x: memref<12x40xf32>, %w: memref<2x40x8xf32>, %y: memref<12x16xf32>) {
  // CHECK-COUNT-3: kernel.panel_product %{{.*}} maps [] continues :
  // CHECK-NOT:     kernel.panel_product
  kernel.panel_product %x, %w into %y maps [] continues : memref<12x40xf32>, memref<2x40x8xf32>, memref<12x16xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// The sums of the last panel's columns go through the local array.
// CHECK-LABEL: func.func @last_panel(
// CHECK-SAME:      memref<4x7xf32>, %{{.*}}: memref<1x7x8xf32>, %[[Y:.*]]: memref<4x5xf32>)
func.func @last_panel(%x: memref<4x7xf32>, %w: memref<1x7x8xf32>, %y: memref<4x5xf32>) {
  // CHECK:      %[[LOCAL:.*]] = memref.alloca() : memref<4x8xf32>
  // CHECK:      %[[OLD:.*]] = memref.subview %[[Y]][%{{.*}}, 0] [4, 5] [1, 1]
  // CHECK-NEXT: %[[SUMS:.*]] = memref.subview %[[LOCAL]][0, 0] [4, 5] [1, 1]
  // CHECK-NEXT: linalg.generic {{.*}} ins(%[[OLD]] : {{.*}}) outs(%[[SUMS]] : {{.*}})
  // CHECK:      %[[PANEL:.*]] = memref.subview %[[LOCAL]][0, 0] [4, 8] [1, 1]
  // CHECK:      kernel.panel_product %{{.*}} into %[[PANEL]] maps [] continues :
  // CHECK:      linalg.generic {{.*}} ins(%[[SUMS]] : {{.*}}) outs(%[[OLD]] : {{.*}})
  kernel.panel_product %x, %w into %y maps [] continues : memref<4x7xf32>, memref<1x7x8xf32>, memref<4x5xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
}
