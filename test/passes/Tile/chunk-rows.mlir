// RUN: lmcc-opt %s --lmcc-chunk-rows=arena=3500 --split-input-file --mlir-print-local-scope --cse | FileCheck %s

// Products that share a buffer take turns on chunks of rows, as many as a limit
// of 3500 bytes for the arena allows. A tile has 2 rows, so 8 are the fewest.

// With all 64 rows 1024 + 4096 + 1024 bytes live at once, with 32 still 4096,
// with 16 rows 3072. Both layers have one kernel; what they need no more is
// gone.
module attributes {target.machine = #target.machine<name = "tiles of 2", vector_bits = 128, tile_rows = 2, panel_columns = 16, depth_block = 256, alignment = 16>} {
func.func private @up(%x: memref<?xf32>, %w: memref<?xf32>, %y: memref<?xf32>) attributes {kernel.kernel, kernel.args = ["x", "w", "y"], kernel.summary = "matmul"} {
  %xv = memref.reinterpret_cast %x to offset: [0], sizes: [64, 4], strides: [4, 1] : memref<?xf32> to memref<64x4xf32, strided<[4, 1]>>
  %wv = memref.reinterpret_cast %w to offset: [0], sizes: [1, 4, 16], strides: [64, 16, 1] : memref<?xf32> to memref<1x4x16xf32, strided<[64, 16, 1]>>
  %yv = memref.reinterpret_cast %y to offset: [0], sizes: [64, 16], strides: [16, 1] : memref<?xf32> to memref<64x16xf32, strided<[16, 1]>>
  kernel.panel_product %xv, %wv into %yv maps [] : memref<64x4xf32, strided<[4, 1]>>, memref<1x4x16xf32, strided<[64, 16, 1]>>, memref<64x16xf32, strided<[16, 1]>> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
func.func private @down(%x: memref<?xf32>, %w: memref<?xf32>, %e: memref<?xf32>, %y: memref<?xf32>) attributes {kernel.kernel, kernel.args = ["x", "w", "e", "y"], kernel.summary = "matmul + add"} {
  %xv = memref.reinterpret_cast %x to offset: [0], sizes: [64, 16], strides: [16, 1] : memref<?xf32> to memref<64x16xf32, strided<[16, 1]>>
  %wv = memref.reinterpret_cast %w to offset: [0], sizes: [1, 16, 4], strides: [64, 4, 1] : memref<?xf32> to memref<1x16x4xf32, strided<[64, 4, 1]>>
  %ev = memref.reinterpret_cast %e to offset: [0], sizes: [64, 4], strides: [4, 1] : memref<?xf32> to memref<64x4xf32, strided<[4, 1]>>
  %yv = memref.reinterpret_cast %y to offset: [0], sizes: [64, 4], strides: [4, 1] : memref<?xf32> to memref<64x4xf32, strided<[4, 1]>>
  kernel.panel_product %xv, %wv into %yv extras(%ev) maps [affine_map<(i, j) -> (i, j)>] : memref<64x16xf32, strided<[16, 1]>>, memref<1x16x4xf32, strided<[64, 4, 1]>>, memref<64x4xf32, strided<[4, 1]>>, memref<64x4xf32, strided<[4, 1]>> {
  ^bb0(%sum: f32, %r: f32):
    %0 = arith.addf %sum, %r : f32
    kernel.yield %0 : f32
  }
  return
}
func.func private @fill(memref<?xf32>)
// CHECK-NOT:   func.func private @up(
// CHECK-NOT:   func.func private @down(
// CHECK-LABEL: func.func private @up_down(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[UP:[^:]*]]: memref<?xf32>, %[[CHUNK:[^:]*]]: memref<?xf32>, %[[DOWN:[^:]*]]: memref<?xf32>, %[[Y:[^:]*]]: memref<?xf32>)
// CHECK-SAME:      kernel.args = ["x", "w", "chunk", "w2", "y"], kernel.kernel, kernel.summary = "matmul, then matmul + add, by turns on 16 rows"
// CHECK-DAG:     %[[C0:.*]] = arith.constant 0 : index
// CHECK-DAG:     %[[C64:.*]] = arith.constant 64 : index
// CHECK-DAG:     %[[C16:.*]] = arith.constant 16 : index
// CHECK:         scf.for %[[R:.*]] = %[[C0]] to %[[C64]] step %[[C16]] {
// CHECK-DAG:       %[[XV:.*]] = memref.reinterpret_cast %[[X]] to offset: [0], sizes: [64, 4]
// CHECK-DAG:       %[[XC:.*]] = memref.subview %[[XV]][%[[R]], 0] [16, 4] [1, 1]
// CHECK-DAG:       %[[WIDE:.*]] = memref.reinterpret_cast %[[CHUNK]] to offset: [0], sizes: [16, 16], strides: [16, 1]
// CHECK-DAG:       %[[UV:.*]] = memref.reinterpret_cast %[[UP]]
// CHECK:           kernel.panel_product %[[XC]], %[[UV]] into %[[WIDE]] maps []
// CHECK:           kernel.panel_product %[[WIDE]], %{{.*}} into %[[YC:.*]] extras(%[[XC]]) maps [affine_map<(d0, d1) -> (d0, d1)>]
// CHECK:         }
// CHECK:         return
// CHECK-LABEL: func.func @run(
// CHECK-SAME:      %[[IN:[^:]*]]: memref<?xf32>, %[[OUT:[^:]*]]: memref<?xf32>, %[[U:[^:]*]]: memref<?xf32>, %[[D:[^:]*]]: memref<?xf32>, %[[U2:[^:]*]]: memref<?xf32>, %[[D2:[^:]*]]: memref<?xf32>)
func.func @run(%in: memref<?xf32>, %out: memref<?xf32>, %u: memref<?xf32>, %d: memref<?xf32>, %u2: memref<?xf32>, %d2: memref<?xf32>) {
  // CHECK: %[[A:.*]] = kernel.buffer 256
  // CHECK: call @fill(%[[A]])
  // CHECK: %[[W:.*]] = kernel.buffer 256
  // CHECK: %[[B:.*]] = kernel.buffer 256
  // CHECK: call @up_down(%[[A]], %[[U]], %[[W]], %[[D]], %[[B]])
  // CHECK: call @up_down(%[[B]], %[[U2]], %{{.*}}, %[[D2]], %{{.*}})
  %a = kernel.buffer 256 : memref<?xf32>
  call @fill(%a) : (memref<?xf32>) -> ()
  %w = kernel.buffer 1024 : memref<?xf32>
  call @up(%a, %u, %w) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  %b = kernel.buffer 256 : memref<?xf32>
  call @down(%w, %d, %a, %b) : (memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  %w2 = kernel.buffer 1024 : memref<?xf32>
  call @up(%b, %u2, %w2) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  %c = kernel.buffer 256 : memref<?xf32>
  call @down(%w2, %d2, %b, %c) : (memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  call @fill(%c) : (memref<?xf32>) -> ()
  return
}
}

// -----

// A number of rows that is no number: the last chunk has fewer. The result may
// lie where an operand was, since no row sees another one.
module attributes {target.machine = #target.machine<name = "tiles of 2", vector_bits = 128, tile_rows = 2, panel_columns = 16, depth_block = 256, alignment = 16>} {
func.func private @up(%x: memref<?xf32>, %w: memref<?xf32>, %y: memref<?xf32>, %rows: index) attributes {kernel.kernel, kernel.args = ["x", "w", "y", "rows"], kernel.summary = "matmul"} {
  %xv = memref.reinterpret_cast %x to offset: [0], sizes: [%rows, 4], strides: [4, 1] : memref<?xf32> to memref<?x4xf32, strided<[4, 1]>>
  %wv = memref.reinterpret_cast %w to offset: [0], sizes: [1, 4, 16], strides: [64, 16, 1] : memref<?xf32> to memref<1x4x16xf32, strided<[64, 16, 1]>>
  %yv = memref.reinterpret_cast %y to offset: [0], sizes: [%rows, 16], strides: [16, 1] : memref<?xf32> to memref<?x16xf32, strided<[16, 1]>>
  kernel.panel_product %xv, %wv into %yv maps [] : memref<?x4xf32, strided<[4, 1]>>, memref<1x4x16xf32, strided<[64, 16, 1]>>, memref<?x16xf32, strided<[16, 1]>> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
func.func private @down(%x: memref<?xf32>, %w: memref<?xf32>, %e: memref<?xf32>, %y: memref<?xf32>, %rows: index) attributes {kernel.kernel, kernel.args = ["x", "w", "e", "y", "rows"], kernel.summary = "matmul + add"} {
  %xv = memref.reinterpret_cast %x to offset: [0], sizes: [%rows, 16], strides: [16, 1] : memref<?xf32> to memref<?x16xf32, strided<[16, 1]>>
  %wv = memref.reinterpret_cast %w to offset: [0], sizes: [1, 16, 4], strides: [64, 4, 1] : memref<?xf32> to memref<1x16x4xf32, strided<[64, 4, 1]>>
  %ev = memref.reinterpret_cast %e to offset: [0], sizes: [%rows, 4], strides: [4, 1] : memref<?xf32> to memref<?x4xf32, strided<[4, 1]>>
  %yv = memref.reinterpret_cast %y to offset: [0], sizes: [%rows, 4], strides: [4, 1] : memref<?xf32> to memref<?x4xf32, strided<[4, 1]>>
  kernel.panel_product %xv, %wv into %yv extras(%ev) maps [affine_map<(i, j) -> (i, j)>] : memref<?x16xf32, strided<[16, 1]>>, memref<1x16x4xf32, strided<[64, 4, 1]>>, memref<?x4xf32, strided<[4, 1]>>, memref<?x4xf32, strided<[4, 1]>> {
  ^bb0(%sum: f32, %r: f32):
    %0 = arith.addf %sum, %r : f32
    kernel.yield %0 : f32
  }
  return
}
func.func private @fill(memref<?xf32>)
// CHECK-LABEL: func.func private @up_down(
// CHECK-SAME:      %[[Y:[^:]*]]: memref<?xf32>, %{{[^:]*}}: memref<?xf32>, %[[CHUNK:[^:]*]]: memref<?xf32>, %{{[^:]*}}: memref<?xf32>, %[[N:[^:]*]]: index)
// CHECK-SAME:      kernel.args = ["x", "w", "chunk", "w2", "rows"]
// CHECK:         scf.for %[[R:.*]] = %{{.*}} to %[[N]] step %[[STEP:.*]] {
// CHECK:           %[[LEFT:.*]] = affine.apply affine_map<(d0)[s0] -> (-d0 + s0)>(%[[R]])[%[[N]]]
// CHECK:           %[[COUNT:.*]] = arith.minsi %[[LEFT]], %[[STEP]]
// CHECK-DAG:       memref.reinterpret_cast %[[CHUNK]] to offset: [0], sizes: [%[[COUNT]], 16]
// CHECK-DAG:       memref.subview %{{.*}}[%[[R]], 0] [%[[COUNT]], 4] [1, 1]
// CHECK-LABEL: func.func @run(
// CHECK-SAME:      %[[S:[^:]*]]: index
func.func @run(%s: index, %out: memref<?xf32>, %u: memref<?xf32>, %d: memref<?xf32>) {
  // CHECK: %[[W:.*]] = kernel.buffer 512 : memref<?xf32>
  // CHECK: %[[ROWS:.*]] = affine.apply affine_map<()[s0] -> (s0 * 2)>()[%[[S]]]
  // CHECK: call @up_down(%[[A:.*]], %{{.*}}, %[[W]], %{{.*}}, %[[ROWS]])
  %a = kernel.buffer 256 of affine_map<()[s0] -> (s0 * 8)> : memref<?xf32>
  call @fill(%a) : (memref<?xf32>) -> ()
  %w = kernel.buffer 1024 of affine_map<()[s0] -> (s0 * 32)> : memref<?xf32>
  %r = affine.apply affine_map<()[s0] -> (s0 * 2)>()[%s]
  call @up(%a, %u, %w, %r) : (memref<?xf32>, memref<?xf32>, memref<?xf32>, index) -> ()
  %r2 = affine.apply affine_map<()[s0] -> (s0 * 2)>()[%s]
  call @down(%w, %d, %a, %a, %r2) : (memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>, index) -> ()
  call @fill(%a) : (memref<?xf32>) -> ()
  return
}
}

// -----

// What fits in any case.
module attributes {target.machine = #target.machine<name = "tiles of 2", vector_bits = 128, tile_rows = 2, panel_columns = 16, depth_block = 256, alignment = 16>} {
// CHECK-LABEL: func.func private @up(
// CHECK-NOT: scf.for
func.func private @up(%x: memref<?xf32>, %w: memref<?xf32>, %y: memref<?xf32>) attributes {kernel.kernel, kernel.args = ["x", "w", "y"], kernel.summary = "matmul"} {
  %xv = memref.reinterpret_cast %x to offset: [0], sizes: [48, 4], strides: [4, 1] : memref<?xf32> to memref<48x4xf32, strided<[4, 1]>>
  %wv = memref.reinterpret_cast %w to offset: [0], sizes: [1, 4, 16], strides: [64, 16, 1] : memref<?xf32> to memref<1x4x16xf32, strided<[64, 16, 1]>>
  %yv = memref.reinterpret_cast %y to offset: [0], sizes: [48, 16], strides: [16, 1] : memref<?xf32> to memref<48x16xf32, strided<[16, 1]>>
  kernel.panel_product %xv, %wv into %yv maps [] : memref<48x4xf32, strided<[4, 1]>>, memref<1x4x16xf32, strided<[64, 16, 1]>>, memref<48x16xf32, strided<[16, 1]>> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
func.func private @down(%x: memref<?xf32>, %w: memref<?xf32>, %e: memref<?xf32>, %y: memref<?xf32>) attributes {kernel.kernel, kernel.args = ["x", "w", "e", "y"], kernel.summary = "matmul + add"} {
  %xv = memref.reinterpret_cast %x to offset: [0], sizes: [48, 16], strides: [16, 1] : memref<?xf32> to memref<48x16xf32, strided<[16, 1]>>
  %wv = memref.reinterpret_cast %w to offset: [0], sizes: [1, 16, 4], strides: [64, 4, 1] : memref<?xf32> to memref<1x16x4xf32, strided<[64, 4, 1]>>
  %ev = memref.reinterpret_cast %e to offset: [0], sizes: [48, 4], strides: [4, 1] : memref<?xf32> to memref<48x4xf32, strided<[4, 1]>>
  %yv = memref.reinterpret_cast %y to offset: [0], sizes: [48, 4], strides: [4, 1] : memref<?xf32> to memref<48x4xf32, strided<[4, 1]>>
  kernel.panel_product %xv, %wv into %yv extras(%ev) maps [affine_map<(i, j) -> (i, j)>] : memref<48x16xf32, strided<[16, 1]>>, memref<1x16x4xf32, strided<[64, 4, 1]>>, memref<48x4xf32, strided<[4, 1]>>, memref<48x4xf32, strided<[4, 1]>> {
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
  %w = kernel.buffer 768 : memref<?xf32>
  call @up(%in, %u, %w) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  call @down(%w, %d, %in, %out) : (memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  return
}
}

// -----

// A reader elsewhere needs the whole buffer.
module attributes {target.machine = #target.machine<name = "tiles of 2", vector_bits = 128, tile_rows = 2, panel_columns = 16, depth_block = 256, alignment = 16>} {
// CHECK-LABEL: func.func private @up(
// CHECK-NOT: scf.for
func.func private @up(%x: memref<?xf32>, %w: memref<?xf32>, %y: memref<?xf32>) attributes {kernel.kernel, kernel.args = ["x", "w", "y"], kernel.summary = "matmul"} {
  %xv = memref.reinterpret_cast %x to offset: [0], sizes: [64, 4], strides: [4, 1] : memref<?xf32> to memref<64x4xf32, strided<[4, 1]>>
  %wv = memref.reinterpret_cast %w to offset: [0], sizes: [1, 4, 16], strides: [64, 16, 1] : memref<?xf32> to memref<1x4x16xf32, strided<[64, 16, 1]>>
  %yv = memref.reinterpret_cast %y to offset: [0], sizes: [64, 16], strides: [16, 1] : memref<?xf32> to memref<64x16xf32, strided<[16, 1]>>
  kernel.panel_product %xv, %wv into %yv maps [] : memref<64x4xf32, strided<[4, 1]>>, memref<1x4x16xf32, strided<[64, 16, 1]>>, memref<64x16xf32, strided<[16, 1]>> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
func.func private @down(%x: memref<?xf32>, %w: memref<?xf32>, %e: memref<?xf32>, %y: memref<?xf32>) attributes {kernel.kernel, kernel.args = ["x", "w", "e", "y"], kernel.summary = "matmul + add"} {
  %xv = memref.reinterpret_cast %x to offset: [0], sizes: [64, 16], strides: [16, 1] : memref<?xf32> to memref<64x16xf32, strided<[16, 1]>>
  %wv = memref.reinterpret_cast %w to offset: [0], sizes: [1, 16, 4], strides: [64, 4, 1] : memref<?xf32> to memref<1x16x4xf32, strided<[64, 4, 1]>>
  %ev = memref.reinterpret_cast %e to offset: [0], sizes: [64, 4], strides: [4, 1] : memref<?xf32> to memref<64x4xf32, strided<[4, 1]>>
  %yv = memref.reinterpret_cast %y to offset: [0], sizes: [64, 4], strides: [4, 1] : memref<?xf32> to memref<64x4xf32, strided<[4, 1]>>
  kernel.panel_product %xv, %wv into %yv extras(%ev) maps [affine_map<(i, j) -> (i, j)>] : memref<64x16xf32, strided<[16, 1]>>, memref<1x16x4xf32, strided<[64, 4, 1]>>, memref<64x4xf32, strided<[4, 1]>>, memref<64x4xf32, strided<[4, 1]>> {
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
  %w = kernel.buffer 1024 : memref<?xf32>
  call @up(%in, %u, %w) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  call @down(%w, %d, %in, %out) : (memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  call @fill(%w) : (memref<?xf32>) -> ()
  return
}
}

// -----

// What stands between them happens once, between them.
module attributes {target.machine = #target.machine<name = "tiles of 2", vector_bits = 128, tile_rows = 2, panel_columns = 16, depth_block = 256, alignment = 16>} {
// CHECK-LABEL: func.func private @up(
// CHECK-NOT: scf.for
func.func private @up(%x: memref<?xf32>, %w: memref<?xf32>, %y: memref<?xf32>) attributes {kernel.kernel, kernel.args = ["x", "w", "y"], kernel.summary = "matmul"} {
  %xv = memref.reinterpret_cast %x to offset: [0], sizes: [64, 4], strides: [4, 1] : memref<?xf32> to memref<64x4xf32, strided<[4, 1]>>
  %wv = memref.reinterpret_cast %w to offset: [0], sizes: [1, 4, 16], strides: [64, 16, 1] : memref<?xf32> to memref<1x4x16xf32, strided<[64, 16, 1]>>
  %yv = memref.reinterpret_cast %y to offset: [0], sizes: [64, 16], strides: [16, 1] : memref<?xf32> to memref<64x16xf32, strided<[16, 1]>>
  kernel.panel_product %xv, %wv into %yv maps [] : memref<64x4xf32, strided<[4, 1]>>, memref<1x4x16xf32, strided<[64, 16, 1]>>, memref<64x16xf32, strided<[16, 1]>> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
func.func private @down(%x: memref<?xf32>, %w: memref<?xf32>, %e: memref<?xf32>, %y: memref<?xf32>) attributes {kernel.kernel, kernel.args = ["x", "w", "e", "y"], kernel.summary = "matmul + add"} {
  %xv = memref.reinterpret_cast %x to offset: [0], sizes: [64, 16], strides: [16, 1] : memref<?xf32> to memref<64x16xf32, strided<[16, 1]>>
  %wv = memref.reinterpret_cast %w to offset: [0], sizes: [1, 16, 4], strides: [64, 4, 1] : memref<?xf32> to memref<1x16x4xf32, strided<[64, 4, 1]>>
  %ev = memref.reinterpret_cast %e to offset: [0], sizes: [64, 4], strides: [4, 1] : memref<?xf32> to memref<64x4xf32, strided<[4, 1]>>
  %yv = memref.reinterpret_cast %y to offset: [0], sizes: [64, 4], strides: [4, 1] : memref<?xf32> to memref<64x4xf32, strided<[4, 1]>>
  kernel.panel_product %xv, %wv into %yv extras(%ev) maps [affine_map<(i, j) -> (i, j)>] : memref<64x16xf32, strided<[16, 1]>>, memref<1x16x4xf32, strided<[64, 4, 1]>>, memref<64x4xf32, strided<[4, 1]>>, memref<64x4xf32, strided<[4, 1]>> {
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
  // CHECK: call @fill(
  // CHECK: call @down(
  %w = kernel.buffer 1024 : memref<?xf32>
  call @up(%in, %u, %w) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  call @fill(%out) : (memref<?xf32>) -> ()
  call @down(%w, %d, %in, %out) : (memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  return
}
}

// -----

// The second product's weights are the first one's result.
module attributes {target.machine = #target.machine<name = "tiles of 2", vector_bits = 128, tile_rows = 2, panel_columns = 16, depth_block = 256, alignment = 16>} {
// CHECK-LABEL: func.func private @up(
// CHECK-NOT: scf.for
func.func private @up(%x: memref<?xf32>, %w: memref<?xf32>, %y: memref<?xf32>) attributes {kernel.kernel, kernel.args = ["x", "w", "y"], kernel.summary = "matmul"} {
  %xv = memref.reinterpret_cast %x to offset: [0], sizes: [64, 4], strides: [4, 1] : memref<?xf32> to memref<64x4xf32, strided<[4, 1]>>
  %wv = memref.reinterpret_cast %w to offset: [0], sizes: [1, 4, 16], strides: [64, 16, 1] : memref<?xf32> to memref<1x4x16xf32, strided<[64, 16, 1]>>
  %yv = memref.reinterpret_cast %y to offset: [0], sizes: [64, 16], strides: [16, 1] : memref<?xf32> to memref<64x16xf32, strided<[16, 1]>>
  kernel.panel_product %xv, %wv into %yv maps [] : memref<64x4xf32, strided<[4, 1]>>, memref<1x4x16xf32, strided<[64, 16, 1]>>, memref<64x16xf32, strided<[16, 1]>> {
  ^bb0(%sum: f32):
    kernel.yield %sum : f32
  }
  return
}
func.func private @down(%x: memref<?xf32>, %w: memref<?xf32>, %e: memref<?xf32>, %y: memref<?xf32>) attributes {kernel.kernel, kernel.args = ["x", "w", "e", "y"], kernel.summary = "matmul + add"} {
  %xv = memref.reinterpret_cast %x to offset: [0], sizes: [64, 16], strides: [16, 1] : memref<?xf32> to memref<64x16xf32, strided<[16, 1]>>
  %wv = memref.reinterpret_cast %w to offset: [0], sizes: [1, 16, 4], strides: [64, 4, 1] : memref<?xf32> to memref<1x16x4xf32, strided<[64, 4, 1]>>
  %ev = memref.reinterpret_cast %e to offset: [0], sizes: [64, 4], strides: [4, 1] : memref<?xf32> to memref<64x4xf32, strided<[4, 1]>>
  %yv = memref.reinterpret_cast %y to offset: [0], sizes: [64, 4], strides: [4, 1] : memref<?xf32> to memref<64x4xf32, strided<[4, 1]>>
  kernel.panel_product %xv, %wv into %yv extras(%ev) maps [affine_map<(i, j) -> (i, j)>] : memref<64x16xf32, strided<[16, 1]>>, memref<1x16x4xf32, strided<[64, 4, 1]>>, memref<64x4xf32, strided<[4, 1]>>, memref<64x4xf32, strided<[4, 1]>> {
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
  %w = kernel.buffer 1024 : memref<?xf32>
  call @up(%in, %u, %w) : (memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  call @down(%w, %w, %in, %out) : (memref<?xf32>, memref<?xf32>, memref<?xf32>, memref<?xf32>) -> ()
  return
}
}
