// RUN: lmcc-opt %s --split-input-file --lmcc-graph-to-kernel --cse --mlir-print-local-scope | FileCheck %s

// Two grouped products of the same rows: the starts of the sums are computed
// once. Numbers and scales become one stream, in panels of an even number of
// vectors.

module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-NOT:   weight.data @w.nibbles :
// CHECK-NOT:   weight.data @w.group_scales
// CHECK:       weight.data @w.nibbles_panels : tensor<2x2x72xi32> {
// CHECK-NEXT:    %[[F:.*]] = weight.file "m.bin" offset 0 : tensor<64x20xf32>
// CHECK-NEXT:    %[[S:.*]] = weight.scales %[[F]] bits 4
// CHECK-NEXT:    %[[Q:.*]] = weight.quantize %[[F]], %[[S]] bits 4
// CHECK-NEXT:    %[[P:.*]] = weight.pack_groups %[[Q]], %[[S]] bits 4 : tensor<64x20xi8>, tensor<2x20xf32> -> tensor<2x2x72xi32>
// CHECK-NEXT:    weight.yield %[[P]]
weight.data @w.nibbles : tensor<64x20xi8> {
  %0 = weight.file "m.bin" offset 0 : tensor<64x20xf32>
  %1 = weight.scales %0 bits 4 : tensor<64x20xf32> -> tensor<2x20xf32>
  %2 = weight.quantize %0, %1 bits 4 : tensor<64x20xf32>, tensor<2x20xf32> -> tensor<64x20xi8>
  weight.yield %2 : tensor<64x20xi8>
}
weight.data @w.group_scales : tensor<2x20xf32> {
  %0 = weight.file "m.bin" offset 0 : tensor<64x20xf32>
  %1 = weight.scales %0 bits 4 : tensor<64x20xf32> -> tensor<2x20xf32>
  weight.yield %1 : tensor<2x20xf32>
}
// Eight columns are one vector, yet a panel has two.
// CHECK:       weight.data @v.nibbles_panels : tensor<1x2x72xi32> {
weight.data @v.nibbles : tensor<64x8xi8> {
  %0 = weight.file "m.bin" offset 5120 : tensor<64x8xf32>
  %1 = weight.scales %0 bits 4 : tensor<64x8xf32> -> tensor<2x8xf32>
  %2 = weight.quantize %0, %1 bits 4 : tensor<64x8xf32>, tensor<2x8xf32> -> tensor<64x8xi8>
  weight.yield %2 : tensor<64x8xi8>
}
weight.data @v.group_scales : tensor<2x8xf32> {
  %0 = weight.file "m.bin" offset 5120 : tensor<64x8xf32>
  %1 = weight.scales %0 bits 4 : tensor<64x8xf32> -> tensor<2x8xf32>
  weight.yield %1 : tensor<2x8xf32>
}

// CHECK-LABEL: func.func private @group_starts(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xi8>, %[[Y:[^:]*]]: memref<?xi32>)
// CHECK:         %[[GROUPS:.*]] = memref.reinterpret_cast %[[X]] to offset: [0], sizes: [3, 2, 32], strides: [64, 32, 1]
// CHECK:         %[[STARTS:.*]] = memref.reinterpret_cast %[[Y]] to offset: [0], sizes: [3, 2], strides: [2, 1]
// CHECK:         %[[PART:.*]] = memref.subview %[[GROUPS]][%[[I:.*]], %[[G:.*]], 0] [1, 1, 32]
// CHECK-NEXT:    %[[SUM:.*]] = kernel.row_reduce sum %[[PART]] : {{.*}} -> i32 {
// CHECK:           arith.extsi %{{.*}} : i8 to i32
// CHECK:         %[[OFFSET:.*]] = arith.constant -8 : i32
// CHECK-NEXT:    %[[START:.*]] = arith.muli %[[SUM]], %[[OFFSET]] : i32
// CHECK-NEXT:    memref.store %[[START]], %[[STARTS]][%[[I]], %[[G]]]

// The scales of rows are an extra of the float sums.
// CHECK-LABEL: func.func private @matmul_mul(
// CHECK-SAME:      kernel.args = ["x", "w", "starts", "e", "y"]
// CHECK:         %[[XW:.*]] = kernel.words %{{.*}} : memref<?xi8> to memref<?xi32>
// CHECK:         %[[ROWS:.*]] = memref.reinterpret_cast %[[XW]] to offset: [0], sizes: [3, 16], strides: [16, 1]
// CHECK:         %[[PANELS:.*]] = memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [2, 2, 72], strides: [144, 72, 1]
// CHECK:         kernel.panel_product %[[ROWS]], %[[PANELS]] into %{{.*}} extras(%{{.*}}) maps [affine_map<(d0, d1) -> (d0)>] streams group 32 starts(%{{.*}} : memref<3x2xi32
// CHECK-NEXT:    ^bb0(%[[SUM:.*]]: f32, %[[SCALE:.*]]: f32):
// CHECK-NEXT:      arith.mulf %[[SUM]], %[[SCALE]] : f32

// CHECK-LABEL: func.func @run(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xi8>
// CHECK:         call @copy(%[[X]], %[[COPY:.*]]) :
// CHECK:         %[[STARTS:.*]] = kernel.buffer 6 : memref<?xi32>
// CHECK-NEXT:    call @group_starts(%[[X]], %[[STARTS]])
// CHECK-NEXT:    call @matmul_mul(%[[COPY]], %{{.*}}, %[[STARTS]], {{.*}})
// CHECK-NOT:     call @group_starts
// CHECK:         call @matmul(%[[COPY]], %{{.*}}, %[[STARTS]], {{.*}})
func.func @main(%x: tensor<3x64xi8>, %r: tensor<3x1xf32>) -> (tensor<3x20xf32>, tensor<3x8xf32>) {
  %w = weight.get @w.nibbles : tensor<64x20xi8>
  %ws = weight.get @w.group_scales : tensor<2x20xf32>
  %v = weight.get @v.nibbles : tensor<64x8xi8>
  %vs = weight.get @v.group_scales : tensor<2x8xf32>
  %0 = graph.group (%a = %x, %b = %w, %s = %ws, %c = %r) : (tensor<3x64xi8>, tensor<64x20xi8>, tensor<2x20xf32>, tensor<3x1xf32>) -> tensor<3x20xf32> {
    %2 = graph.matmul %a, %b scales(%s : tensor<2x20xf32>) : tensor<3x64xi8>, tensor<64x20xi8> -> tensor<3x20xf32>
    %3 = graph.mul %2, %c : tensor<3x20xf32>, tensor<3x1xf32> -> tensor<3x20xf32>
    graph.yield %3 : tensor<3x20xf32>
  }
  %1 = graph.group (%a = %x, %b = %v, %s = %vs) : (tensor<3x64xi8>, tensor<64x8xi8>, tensor<2x8xf32>) -> tensor<3x8xf32> {
    %2 = graph.matmul %a, %b scales(%s : tensor<2x8xf32>) : tensor<3x64xi8>, tensor<64x8xi8> -> tensor<3x8xf32>
    graph.yield %2 : tensor<3x8xf32>
  }
  return %0, %1 : tensor<3x20xf32>, tensor<3x8xf32>
}
}

// -----

// Other rows, and groups of another size, have starts of their own. A machine
// without vectors has panels of two columns or more. Scales that no operation
// has rounded are wide.
module attributes {target.machine = #target.machine<name = "scalar", vector_bits = 32, tile_rows = 2, panel_columns = 4, depth_block = 256, alignment = 64>} {
// CHECK:       weight.data @w.nibbles_panels : tensor<1x2x20xi32> {
weight.data @w.nibbles : tensor<64x3xi8> {
  %0 = weight.file "m.bin" offset 0 : tensor<64x3xi8>
  weight.yield %0 : tensor<64x3xi8>
}
weight.data @w.group_scales : tensor<2x3xf32> {
  %0 = weight.file "m.bin" offset 192 : tensor<2x3xf32>
  weight.yield %0 : tensor<2x3xf32>
}
// CHECK:       weight.data @v.nibbles_panels : tensor<1x1x36xi32> {
weight.data @v.nibbles : tensor<64x3xi8> {
  %0 = weight.file "m.bin" offset 216 : tensor<64x3xi8>
  weight.yield %0 : tensor<64x3xi8>
}
weight.data @v.group_scales : tensor<1x3xf32> {
  %0 = weight.file "m.bin" offset 408 : tensor<1x3xf32>
  weight.yield %0 : tensor<1x3xf32>
}
// CHECK-LABEL: func.func @run(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xi8>, %[[Z:[^:]*]]: memref<?xi8>
// CHECK-DAG:     call @[[HALVES:group_starts.*]](%[[X]], %{{.*}})
// CHECK-DAG:     call @[[HALVES]](%[[Z]], %{{.*}})
// CHECK-DAG:     call @group_starts{{.*}}(%[[X]], %{{.*}})
func.func @main(%x: tensor<3x64xi8>, %z: tensor<3x64xi8>) -> (tensor<3x3xf32>, tensor<3x3xf32>, tensor<3x3xf32>) {
  %w = weight.get @w.nibbles : tensor<64x3xi8>
  %ws = weight.get @w.group_scales : tensor<2x3xf32>
  %v = weight.get @v.nibbles : tensor<64x3xi8>
  %vs = weight.get @v.group_scales : tensor<1x3xf32>
  %0 = graph.group (%a = %x, %b = %w, %s = %ws) : (tensor<3x64xi8>, tensor<64x3xi8>, tensor<2x3xf32>) -> tensor<3x3xf32> {
    %3 = graph.matmul %a, %b scales(%s : tensor<2x3xf32>) : tensor<3x64xi8>, tensor<64x3xi8> -> tensor<3x3xf32>
    graph.yield %3 : tensor<3x3xf32>
  }
  %1 = graph.group (%a = %z, %b = %w, %s = %ws) : (tensor<3x64xi8>, tensor<64x3xi8>, tensor<2x3xf32>) -> tensor<3x3xf32> {
    %3 = graph.matmul %a, %b scales(%s : tensor<2x3xf32>) : tensor<3x64xi8>, tensor<64x3xi8> -> tensor<3x3xf32>
    graph.yield %3 : tensor<3x3xf32>
  }
  %2 = graph.group (%a = %x, %b = %v, %s = %vs) : (tensor<3x64xi8>, tensor<64x3xi8>, tensor<1x3xf32>) -> tensor<3x3xf32> {
    %3 = graph.matmul %a, %b scales(%s : tensor<1x3xf32>) : tensor<3x64xi8>, tensor<64x3xi8> -> tensor<3x3xf32>
    graph.yield %3 : tensor<3x3xf32>
  }
  return %0, %1, %2 : tensor<3x3xf32>, tensor<3x3xf32>, tensor<3x3xf32>
}
}

// -----

// Rows of floats have no starts.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
// CHECK:       weight.data @w.nibbles_panels : tensor<2x2x80xi32> {
// CHECK:         weight.pack_groups %{{.*}}, %{{.*}} bits 4 wide_scales
weight.data @w.nibbles : tensor<64x20xi8> {
  %0 = weight.file "m.bin" offset 0 : tensor<64x20xi8>
  weight.yield %0 : tensor<64x20xi8>
}
weight.data @w.group_scales : tensor<2x20xf32> {
  %0 = weight.file "m.bin" offset 1280 : tensor<2x20xf32>
  weight.yield %0 : tensor<2x20xf32>
}
// CHECK-LABEL: func.func private @matmul(
// CHECK-SAME:      kernel.args = ["x", "w", "y"]
// CHECK:         kernel.panel_product %{{.*}}, %{{.*}} into %{{.*}} maps [] streams group 32 wide_scales : memref<3x64xf32, {{.*}}>, memref<2x2x80xi32
// CHECK-LABEL: func.func @run(
// CHECK-NOT:     call @group_starts
// CHECK:         call @matmul(
func.func @main(%x: tensor<3x64xf32>) -> tensor<3x20xf32> {
  %w = weight.get @w.nibbles : tensor<64x20xi8>
  %ws = weight.get @w.group_scales : tensor<2x20xf32>
  %0 = graph.group (%a = %x, %b = %w, %s = %ws) : (tensor<3x64xf32>, tensor<64x20xi8>, tensor<2x20xf32>) -> tensor<3x20xf32> {
    %1 = graph.matmul %a, %b scales(%s : tensor<2x20xf32>) : tensor<3x64xf32>, tensor<64x20xi8> -> tensor<3x20xf32>
    graph.yield %1 : tensor<3x20xf32>
  }
  return %0 : tensor<3x20xf32>
}
}

// -----

// Bytes in groups with zero points, which are panels of their own; sums start at
// the negated sums of the groups of the row times these.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
// CHECK:       weight.data @w.group_bytes_panels : tensor<2x2x144xi32> {
// CHECK:         weight.pack_groups %{{.*}}, %{{.*}} bits 8 wide_scales
// CHECK:       weight.data @w.group_zeros_panels : tensor<2x2x16xi8> {
// CHECK:         weight.pack %{{.*}} : tensor<2x20xi8> -> tensor<2x2x16xi8>
weight.data @w.group_bytes : tensor<64x20xi8> {
  %0 = weight.file "m.bin" offset 0 : tensor<64x20xi8>
  weight.yield %0 : tensor<64x20xi8>
}
weight.data @w.group_scales : tensor<2x20xf32> {
  %0 = weight.file "m.bin" offset 1280 : tensor<2x20xf32>
  weight.yield %0 : tensor<2x20xf32>
}
weight.data @w.group_zeros : tensor<2x20xi8> {
  %0 = weight.file "m.bin" offset 1440 : tensor<2x20xi8>
  weight.yield %0 : tensor<2x20xi8>
}
// CHECK-LABEL: func.func private @group_starts(
// CHECK:         %[[SUM:.*]] = kernel.row_reduce sum %{{.*}} -> f32
// CHECK:         %[[NEGATIVE:.*]] = arith.constant -1.000000e+00 : f32
// CHECK:         arith.mulf %[[SUM]], %[[NEGATIVE]]
// CHECK-LABEL: func.func private @matmul(
// CHECK-SAME:      kernel.args = ["x", "w", "starts", "zeros", "y"]
// CHECK:         kernel.panel_product %{{.*}}, %{{.*}} into %{{.*}} maps [] streams group 32 bytes wide_scales starts(%{{.*}} : memref<3x2xf32{{.*}}>) zeros(%{{.*}} : memref<2x2x16xi8{{.*}}>) : memref<3x64xf32
// CHECK-LABEL: func.func @run(
// CHECK:         call @group_starts
// CHECK:         call @matmul(
func.func @main(%x: tensor<3x64xf32>) -> tensor<3x20xf32> {
  %w = weight.get @w.group_bytes : tensor<64x20xi8>
  %ws = weight.get @w.group_scales : tensor<2x20xf32>
  %wz = weight.get @w.group_zeros : tensor<2x20xi8>
  %0 = graph.group (%a = %x, %b = %w, %s = %ws, %z = %wz) : (tensor<3x64xf32>, tensor<64x20xi8>, tensor<2x20xf32>, tensor<2x20xi8>) -> tensor<3x20xf32> {
    %1 = graph.matmul %a, %b scales(%s : tensor<2x20xf32>) zeros(%z : tensor<2x20xi8>) bytes : tensor<3x64xf32>, tensor<64x20xi8> -> tensor<3x20xf32>
    graph.yield %1 : tensor<3x20xf32>
  }
  return %0 : tensor<3x20xf32>
}
}

// -----

// Bytes in groups without zero points need no starts where the machine multiplies
// signed bytes.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
weight.data @w.group_bytes : tensor<64x20xi8> {
  %0 = weight.file "m.bin" offset 0 : tensor<64x20xi8>
  weight.yield %0 : tensor<64x20xi8>
}
weight.data @w.group_scales : tensor<2x20xf32> {
  %0 = weight.file "m.bin" offset 1280 : tensor<2x20xf32>
  weight.yield %0 : tensor<2x20xf32>
}
// CHECK-LABEL: func.func private @matmul(
// CHECK:         kernel.panel_product %{{.*}}, %{{.*}} into %{{.*}} maps [] streams group 32 bytes wide_scales : memref<3x16xi32
// CHECK-LABEL: func.func @run(
// CHECK-NOT:     call @group_starts
// CHECK:         return
func.func @main(%x: tensor<3x64xi8>) -> tensor<3x20xf32> {
  %w = weight.get @w.group_bytes : tensor<64x20xi8>
  %ws = weight.get @w.group_scales : tensor<2x20xf32>
  %0 = graph.group (%a = %x, %b = %w, %s = %ws) : (tensor<3x64xi8>, tensor<64x20xi8>, tensor<2x20xf32>) -> tensor<3x20xf32> {
    %1 = graph.matmul %a, %b scales(%s : tensor<2x20xf32>) bytes : tensor<3x64xi8>, tensor<64x20xi8> -> tensor<3x20xf32>
    graph.yield %1 : tensor<3x20xf32>
  }
  return %0 : tensor<3x20xf32>
}
}
