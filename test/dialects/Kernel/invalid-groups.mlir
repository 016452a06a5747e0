// RUN: lmcc-opt %s --split-input-file --verify-diagnostics

func.func @c10_zeros_without_groups(%x: memref<2x16xf32>, %w: memref<1x16x4xf32>, %y: memref<2x4xf32>, %s: memref<2x1xf32>, %z: memref<1x1x4xi8>) {
  // expected-error @below {{has zeros or bytes without groups}}
  kernel.panel_product %x, %w into %y maps [] starts(%s : memref<2x1xf32>) zeros(%z : memref<1x1x4xi8>) : memref<2x16xf32>, memref<1x16x4xf32>, memref<2x4xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c10_bytes_without_groups(%x: memref<2x16xf32>, %w: memref<1x16x4xf32>, %y: memref<2x4xf32>) {
  // expected-error @below {{has zeros or bytes without groups}}
  kernel.panel_product %x, %w into %y maps [] bytes : memref<2x16xf32>, memref<1x16x4xf32>, memref<2x4xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c10_zeros_without_starts(%x: memref<2x32xf32>, %w: memref<1x2x20xi32>, %y: memref<2x4xf32>, %z: memref<1x2x4xi8>) {
  // expected-error @below {{has zeros, but no starts that they multiply}}
  kernel.panel_product %x, %w into %y maps [] group 16 bytes wide_scales zeros(%z : memref<1x2x4xi8>) : memref<2x32xf32>, memref<1x2x20xi32>, memref<2x4xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c10_zeros_of_other_columns(%x: memref<2x32xf32>, %w: memref<1x2x20xi32>, %y: memref<2x4xf32>, %s: memref<2x2xf32>, %z: memref<1x2x8xi8>) {
  // expected-error @below {{zeros are [count, groups, 4] of i8, not 'memref<1x2x8xi8>'}}
  kernel.panel_product %x, %w into %y maps [] group 16 bytes wide_scales starts(%s : memref<2x2xf32>) zeros(%z : memref<1x2x8xi8>) : memref<2x32xf32>, memref<1x2x20xi32>, memref<2x4xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}

// -----

func.func @c8_integer_starts_of_floats(%x: memref<2x32xf32>, %w: memref<1x2x20xi32>, %y: memref<2x4xf32>, %s: memref<2x2xi32>, %z: memref<1x2x4xi8>) {
  // expected-error @below {{starts are [rows, groups] of f32, not 'memref<2x2xi32>'}}
  kernel.panel_product %x, %w into %y maps [] group 16 bytes wide_scales starts(%s : memref<2x2xi32>) zeros(%z : memref<1x2x4xi8>) : memref<2x32xf32>, memref<1x2x20xi32>, memref<2x4xf32> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
