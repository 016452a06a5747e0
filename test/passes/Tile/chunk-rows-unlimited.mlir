// RUN: lmcc-opt %s --lmcc-chunk-rows --split-input-file --mlir-print-local-scope --cse | FileCheck %s
// RUN: lmcc-opt %s --lmcc-chunk-rows --split-input-file --verify-diagnostics -o /dev/null

// Without a limit chunks have 128 rows, which costs nothing.
module attributes {target.machine = #target.machine<name = "tiles of 2", vector_bits = 128, tile_rows = 2, panel_columns = 16, depth_block = 256, alignment = 16>} {
func.func private @up(%x: memref<?xf32>, %w: memref<?xf32>, %y: memref<?xf32>) attributes {kernel.kernel, kernel.args = ["x", "w", "y"], kernel.summary = "matmul"} {
  %xv = memref.reinterpret_cast %x to offset: [0], sizes: [256, 4], strides: [4, 1] : memref<?xf32> to memref<256x4xf32, strided<[4, 1]>>
  %wv = memref.reinterpret_cast %w to offset: [0], sizes: [1, 4, 16], strides: [64, 16, 1] : memref<?xf32> to memref<1x4x16xf32, strided<[64, 16, 1]>>
  %yv = memref.reinterpret_cast %y to offset: [0], sizes: [256, 16], strides: [16, 1] : memref<?xf32> to memref<256x16xf32, strided<[16, 1]>>
  kernel.panel_product %xv, %wv into %yv maps [] : memref<256x4xf32, strided<[4, 1]>>, memref<1x4x16xf32, strided<[64, 16, 1]>>, memref<256x16xf32, strided<[16, 1]>> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
func.func private @down(%x: memref<?xf32>, %w: memref<?xf32>, %e: memref<?xf32>, %y: memref<?xf32>) attributes {kernel.kernel, kernel.args = ["x", "w", "e", "y"], kernel.summary = "matmul + add"} {
  %xv = memref.reinterpret_cast %x to offset: [0], sizes: [256, 16], strides: [16, 1] : memref<?xf32> to memref<256x16xf32, strided<[16, 1]>>
  %wv = memref.reinterpret_cast %w to offset: [0], sizes: [1, 16, 4], strides: [64, 4, 1] : memref<?xf32> to memref<1x16x4xf32, strided<[64, 4, 1]>>
  %ev = memref.reinterpret_cast %e to offset: [0], sizes: [256, 4], strides: [4, 1] : memref<?xf32> to memref<256x4xf32, strided<[4, 1]>>
  %yv = memref.reinterpret_cast %y to offset: [0], sizes: [256, 4], strides: [4, 1] : memref<?xf32> to memref<256x4xf32, strided<[4, 1]>>
  kernel.panel_product %xv, %wv into %yv extras(%ev) maps [affine_map<(i, j) -> (i, j)>] : memref<256x16xf32, strided<[16, 1]>>, memref<1x16x4xf32, strided<[64, 4, 1]>>, memref<256x4xf32, strided<[4, 1]>>, memref<256x4xf32, strided<[4, 1]>> {
  ^bb0(%sum: f32, %r: f32):
    %0 = arith.addf %sum, %r : f32
    kernel.yield %0 : f32
  }
  return
}
// CHECK: func.func private @up_down(
// CHECK-SAME: by turns on 128 rows
// CHECK-LABEL: func.func @run(
// expected-remark @below {{memory: --arena=512 can be kept, with fewer rows a turn in 1 place}}
func.func @run(%in: memref<?xf32>, %out: memref<?xf32>, %u: memref<?xf32>, %d: memref<?xf32>) {
  %w = kernel.buffer 4096 : memref<?xf32>
  call @up(%in, %u, %w) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  call @down(%w, %d, %in, %out) : (memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  return
}
}

// -----

// Fewer than twice as many stay together; a limit would change that.
module attributes {target.machine = #target.machine<name = "tiles of 2", vector_bits = 128, tile_rows = 2, panel_columns = 16, depth_block = 256, alignment = 16>} {
// CHECK-LABEL: func.func private @up(
// CHECK-NOT: scf.for
func.func private @up(%x: memref<?xf32>, %w: memref<?xf32>, %y: memref<?xf32>) attributes {kernel.kernel, kernel.args = ["x", "w", "y"], kernel.summary = "matmul"} {
  %xv = memref.reinterpret_cast %x to offset: [0], sizes: [128, 4], strides: [4, 1] : memref<?xf32> to memref<128x4xf32, strided<[4, 1]>>
  %wv = memref.reinterpret_cast %w to offset: [0], sizes: [1, 4, 16], strides: [64, 16, 1] : memref<?xf32> to memref<1x4x16xf32, strided<[64, 16, 1]>>
  %yv = memref.reinterpret_cast %y to offset: [0], sizes: [128, 16], strides: [16, 1] : memref<?xf32> to memref<128x16xf32, strided<[16, 1]>>
  kernel.panel_product %xv, %wv into %yv maps [] : memref<128x4xf32, strided<[4, 1]>>, memref<1x4x16xf32, strided<[64, 16, 1]>>, memref<128x16xf32, strided<[16, 1]>> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
func.func private @down(%x: memref<?xf32>, %w: memref<?xf32>, %e: memref<?xf32>, %y: memref<?xf32>) attributes {kernel.kernel, kernel.args = ["x", "w", "e", "y"], kernel.summary = "matmul + add"} {
  %xv = memref.reinterpret_cast %x to offset: [0], sizes: [128, 16], strides: [16, 1] : memref<?xf32> to memref<128x16xf32, strided<[16, 1]>>
  %wv = memref.reinterpret_cast %w to offset: [0], sizes: [1, 16, 4], strides: [64, 4, 1] : memref<?xf32> to memref<1x16x4xf32, strided<[64, 4, 1]>>
  %ev = memref.reinterpret_cast %e to offset: [0], sizes: [128, 4], strides: [4, 1] : memref<?xf32> to memref<128x4xf32, strided<[4, 1]>>
  %yv = memref.reinterpret_cast %y to offset: [0], sizes: [128, 4], strides: [4, 1] : memref<?xf32> to memref<128x4xf32, strided<[4, 1]>>
  kernel.panel_product %xv, %wv into %yv extras(%ev) maps [affine_map<(i, j) -> (i, j)>] : memref<128x16xf32, strided<[16, 1]>>, memref<1x16x4xf32, strided<[64, 4, 1]>>, memref<128x4xf32, strided<[4, 1]>>, memref<128x4xf32, strided<[4, 1]>> {
  ^bb0(%sum: f32, %r: f32):
    %0 = arith.addf %sum, %r : f32
    kernel.yield %0 : f32
  }
  return
}
// CHECK-LABEL: func.func @run(
// expected-remark @below {{memory: --arena=512 can be kept, with fewer rows a turn in 1 place}}
func.func @run(%in: memref<?xf32>, %out: memref<?xf32>, %u: memref<?xf32>, %d: memref<?xf32>) {
  // CHECK: call @up(
  // CHECK: call @down(
  %w = kernel.buffer 2048 : memref<?xf32>
  call @up(%in, %u, %w) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  call @down(%w, %d, %in, %out) : (memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  return
}
}

// -----

// Nothing to gain where another set of buffers is as large.
module attributes {target.machine = #target.machine<name = "tiles of 2", vector_bits = 128, tile_rows = 2, panel_columns = 16, depth_block = 256, alignment = 16>} {
// CHECK-LABEL: func.func private @up(
// CHECK-NOT: scf.for
func.func private @up(%x: memref<?xf32>, %w: memref<?xf32>, %y: memref<?xf32>) attributes {kernel.kernel, kernel.args = ["x", "w", "y"], kernel.summary = "matmul"} {
  %xv = memref.reinterpret_cast %x to offset: [0], sizes: [256, 4], strides: [4, 1] : memref<?xf32> to memref<256x4xf32, strided<[4, 1]>>
  %wv = memref.reinterpret_cast %w to offset: [0], sizes: [1, 4, 16], strides: [64, 16, 1] : memref<?xf32> to memref<1x4x16xf32, strided<[64, 16, 1]>>
  %yv = memref.reinterpret_cast %y to offset: [0], sizes: [256, 16], strides: [16, 1] : memref<?xf32> to memref<256x16xf32, strided<[16, 1]>>
  kernel.panel_product %xv, %wv into %yv maps [] : memref<256x4xf32, strided<[4, 1]>>, memref<1x4x16xf32, strided<[64, 16, 1]>>, memref<256x16xf32, strided<[16, 1]>> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
func.func private @down(%x: memref<?xf32>, %w: memref<?xf32>, %e: memref<?xf32>, %y: memref<?xf32>) attributes {kernel.kernel, kernel.args = ["x", "w", "e", "y"], kernel.summary = "matmul + add"} {
  %xv = memref.reinterpret_cast %x to offset: [0], sizes: [256, 16], strides: [16, 1] : memref<?xf32> to memref<256x16xf32, strided<[16, 1]>>
  %wv = memref.reinterpret_cast %w to offset: [0], sizes: [1, 16, 4], strides: [64, 4, 1] : memref<?xf32> to memref<1x16x4xf32, strided<[64, 4, 1]>>
  %ev = memref.reinterpret_cast %e to offset: [0], sizes: [256, 4], strides: [4, 1] : memref<?xf32> to memref<256x4xf32, strided<[4, 1]>>
  %yv = memref.reinterpret_cast %y to offset: [0], sizes: [256, 4], strides: [4, 1] : memref<?xf32> to memref<256x4xf32, strided<[4, 1]>>
  kernel.panel_product %xv, %wv into %yv extras(%ev) maps [affine_map<(i, j) -> (i, j)>] : memref<256x16xf32, strided<[16, 1]>>, memref<1x16x4xf32, strided<[64, 4, 1]>>, memref<256x4xf32, strided<[4, 1]>>, memref<256x4xf32, strided<[4, 1]>> {
  ^bb0(%sum: f32, %r: f32):
    %0 = arith.addf %sum, %r : f32
    kernel.yield %0 : f32
  }
  return
}
func.func private @fill(memref<?xf32>)
// CHECK-LABEL: func.func @run(
func.func @run(%in: memref<?xf32>, %out: memref<?xf32>, %u: memref<?xf32>, %d: memref<?xf32>) {
  // CHECK: call @up(
  // CHECK: call @down(
  %w = kernel.buffer 4096 : memref<?xf32>
  call @up(%in, %u, %w) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  call @down(%w, %d, %in, %out) : (memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  %other = kernel.buffer 4096 : memref<?xf32>
  call @fill(%other) : (memref<?xf32>) -> ()
  return
}
}
