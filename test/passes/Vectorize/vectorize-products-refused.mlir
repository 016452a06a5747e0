// RUN: lmcc-opt %s --lmcc-vectorize-products --split-input-file --verify-diagnostics

// What lmcc-tile-products has not cut.

module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func @two_panels(%x: memref<2x5xf32>, %w: memref<2x5x8xf32>, %y: memref<2x16xf32>) {
  // expected-error @below {{is no tile; run lmcc-tile-products first}}
  kernel.panel_product %x, %w into %y maps [] : memref<2x5xf32>, memref<2x5x8xf32>, memref<2x16xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
}

// -----

module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func @columns_that_do_not_fill_the_panel(%x: memref<2x5xf32>, %w: memref<1x5x8xf32>, %y: memref<2x7xf32>) {
  // expected-error @below {{is no tile; run lmcc-tile-products first}}
  kernel.panel_product %x, %w into %y maps [] : memref<2x5xf32>, memref<1x5x8xf32>, memref<2x7xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
}

// -----

module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func @order_where_rows_are_whole(%x: memref<1x5xi32>, %w: memref<2x5x8xi32>, %y: memref<1x16xi32>, %order: memref<2x6xi16>) {
  // expected-error @below {{has an order, for machines that split rows}}
  kernel.panel_product %x, %w into %y maps [] order(%order : memref<2x6xi16>) : memref<1x5xi32>, memref<2x5x8xi32>, memref<1x16xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}
}

// -----

module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64, split_rows = true>} {
func.func @order_of_two_panels(%x: memref<1x5xi32>, %w: memref<2x5x8xi32>, %y: memref<1x16xi32>, %order: memref<2x6xi16>) {
  // expected-error @below {{is no tile; run lmcc-tile-products first}}
  kernel.panel_product %x, %w into %y maps [] order(%order : memref<2x6xi16>) : memref<1x5xi32>, memref<2x5x8xi32>, memref<1x16xi32> {
  ^bb0(%sum: i32):
    kernel.yield %sum : i32
  }
  return
}
}

// -----

module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func @unknown_rows(%from: memref<?x5xf32>, %w: memref<1x5x8xf32>, %to: memref<?x8xf32>) {
  // expected-error @below {{is no tile; run lmcc-tile-products first}}
  kernel.panel_product %from, %w into %to maps [] : memref<?x5xf32>, memref<1x5x8xf32>, memref<?x8xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
}

// -----

module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
func.func @unknown_panels(%x: memref<2x5xf32>, %w: memref<?x5x8xf32>, %y: memref<2x8xf32>) {
  // expected-error @below {{is no tile; run lmcc-tile-products first}}
  kernel.panel_product %x, %w into %y maps [] : memref<2x5xf32>, memref<?x5x8xf32>, memref<2x8xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
}
