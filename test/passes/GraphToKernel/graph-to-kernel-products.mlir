// RUN: lmcc-opt %s --lmcc-graph-to-kernel --cse --mlir-print-local-scope --split-input-file | FileCheck %s

// A weight is packed when the blob is written: ten columns on a machine of 8
// lanes are two vectors, one panel of 16. Batches of the left side are rows.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
weight.data @w : tensor<4x10xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<4x10xf32>
  weight.yield %0 : tensor<4x10xf32>
}
// CHECK-NOT:   weight.data @w :
// CHECK:       weight.data @w_panels : tensor<1x4x16xf32> {
// CHECK-NEXT:    %[[F:.*]] = weight.file "model.onnx" offset 0 : tensor<4x10xf32>
// CHECK-NEXT:    %[[P:.*]] = weight.pack %[[F]] : tensor<4x10xf32> -> tensor<1x4x16xf32>
// CHECK-NEXT:    weight.yield %[[P]]
// CHECK-LABEL: func.func private @matmul(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[W:[^:]*]]: memref<?xf32>, %[[Y:[^:]*]]: memref<?xf32>, %[[N:[^:]*]]: index)
// CHECK-SAME:      kernel.args = ["x", "w", "y", "rows"]
// CHECK-DAG:     %[[XV:.*]] = memref.reinterpret_cast %[[X]] to offset: [0], sizes: [%[[N]], 4], strides: [4, 1]
// CHECK-DAG:     %[[WV:.*]] = memref.reinterpret_cast %[[W]] to offset: [0], sizes: [1, 4, 16], strides: [64, 16, 1]
// CHECK-DAG:     %[[YV:.*]] = memref.reinterpret_cast %[[Y]] to offset: [0], sizes: [%[[N]], 10], strides: [10, 1]
// CHECK-NOT:     scf.for
// CHECK:         kernel.panel_product %[[XV]], %[[WV]] into %[[YV]] maps []
// CHECK-LABEL: func.func @run(
// CHECK-SAME:      %[[B:[^:]*]]: index
func.func @main(%x: tensor<?x2x4xf32, #graph.dims<b, 2, 4>>) -> tensor<?x2x10xf32, #graph.dims<b, 2, 10>>
    attributes {graph.symbols = [#graph.symbol<"b", 1, 3>]} {
  // CHECK-DAG: %[[PANELS:.*]] = weight.get @w_panels : memref<?xf32>
  // CHECK-DAG: %[[ROWS:.*]] = affine.apply affine_map<()[s0] -> (s0 * 2)>()[%[[B]]]
  // CHECK:     call @matmul(%{{.*}}, %[[PANELS]], %{{.*}}, %[[ROWS]])
  %w = weight.get @w : tensor<4x10xf32>
  %0 = graph.group (%a = %x, %c = %w) : (tensor<?x2x4xf32, #graph.dims<b, 2, 4>>, tensor<4x10xf32>) -> tensor<?x2x10xf32, #graph.dims<b, 2, 10>> {
    %1 = graph.matmul %a, %c : tensor<?x2x4xf32, #graph.dims<b, 2, 4>>, tensor<4x10xf32> -> tensor<?x2x10xf32, #graph.dims<b, 2, 10>>
    graph.yield %1 : tensor<?x2x10xf32, #graph.dims<b, 2, 10>>
  }
  return %0 : tensor<?x2x10xf32, #graph.dims<b, 2, 10>>
}
}

// -----

// Two products with one weight share its panels; a plain reader keeps the plain
// weight.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
weight.data @w : tensor<4x4xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<4x4xf32>
  weight.yield %0 : tensor<4x4xf32>
}
// Four columns are one short vector.
// CHECK-DAG:   weight.data @w : tensor<4x4xf32>
// CHECK-DAG:   weight.data @w_panels : tensor<1x4x4xf32>
// CHECK-NOT:   weight.data
// CHECK-LABEL: func.func @run(
func.func @main(%x: tensor<2x4xf32>) -> (tensor<2x4xf32>, tensor<4x4xf32>) {
  // CHECK: %[[P:.*]] = weight.get @w_panels
  // CHECK: call @matmul(%{{.*}}, %[[P]], %{{.*}})
  // CHECK: call @matmul(%{{.*}}, %[[P]], %{{.*}})
  // CHECK: %[[W:.*]] = weight.get @w :
  // CHECK: call @exp(%[[W]], %{{.*}})
  %w = weight.get @w : tensor<4x4xf32>
  %0 = graph.group (%a = %x, %c = %w) : (tensor<2x4xf32>, tensor<4x4xf32>) -> tensor<2x4xf32> {
    %1 = graph.matmul %a, %c : tensor<2x4xf32>, tensor<4x4xf32> -> tensor<2x4xf32>
    graph.yield %1 : tensor<2x4xf32>
  }
  %2 = graph.group (%a = %0, %c = %w) : (tensor<2x4xf32>, tensor<4x4xf32>) -> tensor<2x4xf32> {
    %1 = graph.matmul %a, %c : tensor<2x4xf32>, tensor<4x4xf32> -> tensor<2x4xf32>
    graph.yield %1 : tensor<2x4xf32>
  }
  %3 = graph.group (%c = %w) : (tensor<4x4xf32>) -> tensor<4x4xf32> {
    %1 = graph.exp %c : tensor<4x4xf32>
    graph.yield %1 : tensor<4x4xf32>
  }
  return %2, %3 : tensor<2x4xf32>, tensor<4x4xf32>
}
}

// -----

// A right side that is computed is packed into the arena, once for all products
// that read it. Its last panel is filled up with zeros.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @pack(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[W:[^:]*]]: memref<?xf32>)
// CHECK-DAG:     %[[XV:.*]] = memref.reinterpret_cast %[[X]] to offset: [0], sizes: [4, 37], strides: [37, 1]
// CHECK-DAG:     %[[WV:.*]] = memref.reinterpret_cast %[[W]] to offset: [0], sizes: [3, 4, 16], strides: [64, 16, 1]
// CHECK:         scf.for %[[P:.*]] = {{.*}} {
// CHECK:           %[[J:.*]] = affine.apply affine_map<(d0) -> (d0 * 16)>(%[[P]])
// CHECK:           %[[FROM:.*]] = memref.subview %[[XV]][0, %[[J]]] [4, 16] [1, 1]
// CHECK:           %[[TO:.*]] = memref.subview %[[WV]][%[[P]], 0, 0] [1, 4, 16] [1, 1, 1]
// CHECK:           linalg.generic {{.*}} ins(%[[FROM]] : {{.*}}) outs(%[[TO]] : {{.*}})
// CHECK:         %[[LAST:.*]] = memref.subview %[[WV]][2, 0, 0] [1, 4, 16] [1, 1, 1]
// CHECK:         linalg.generic {{.*}} outs(%[[LAST]] : {{.*}})
// CHECK:           arith.constant 0.000000e+00 : f32
// CHECK:         %[[REST:.*]] = memref.subview %[[XV]][0, 32] [4, 5] [1, 1]
// CHECK:         %[[SOME:.*]] = memref.subview %[[WV]][2, 0, 0] [1, 4, 5] [1, 1, 1]
// CHECK:         linalg.generic {{.*}} ins(%[[REST]] : {{.*}}) outs(%[[SOME]] : {{.*}})
// CHECK-LABEL: func.func @run(
// CHECK-SAME:      %[[A:[^:]*]]: memref<?xf32>, %[[B:[^:]*]]: memref<?xf32>, %[[C:[^:]*]]: memref<?xf32>, %[[D:[^:]*]]: memref<?xf32>)
func.func @main(%x: tensor<2x4xf32>, %w: tensor<4x37xf32>) -> (tensor<2x37xf32>, tensor<2x37xf32>) {
  // CHECK-NEXT: %[[PANELS:.*]] = kernel.buffer 192 : memref<?xf32>
  // CHECK-NEXT: call @pack(%[[B]], %[[PANELS]])
  // CHECK-NEXT: call @matmul(%[[A]], %[[PANELS]], %[[C]])
  // CHECK-NEXT: call @matmul_exp(%[[A]], %[[PANELS]], %[[D]])
  // CHECK-NEXT: return
  %0 = graph.group (%a = %x, %c = %w) : (tensor<2x4xf32>, tensor<4x37xf32>) -> tensor<2x37xf32> {
    %1 = graph.matmul %a, %c : tensor<2x4xf32>, tensor<4x37xf32> -> tensor<2x37xf32>
    graph.yield %1 : tensor<2x37xf32>
  }
  %2 = graph.group (%a = %x, %c = %w) : (tensor<2x4xf32>, tensor<4x37xf32>) -> tensor<2x37xf32> {
    %1 = graph.matmul %a, %c : tensor<2x4xf32>, tensor<4x37xf32> -> tensor<2x37xf32>
    %3 = graph.exp %1 : tensor<2x37xf32>
    graph.yield %3 : tensor<2x37xf32>
  }
  return %0, %2 : tensor<2x37xf32>, tensor<2x37xf32>
}
}

// -----

// Two activations keep their batches as loops, with stride 0 where an operand
// repeats; so do extras. A scalar needs no memory.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK:       func.func private @pack(
// CHECK-LABEL: func.func private @matmul_mul_add_sub(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[W:[^:]*]]: memref<?xf32>, %[[MASK:[^:]*]]: memref<?xi1>, %[[ROW:[^:]*]]: memref<?xf32>, %[[COL:[^:]*]]: memref<?xf32>, %[[Y:[^:]*]]: memref<?xf32>, %[[S:[^:]*]]: f32)
// CHECK-SAME:      kernel.args = ["x", "w", "e", "e2", "e3", "y", "c"]
// CHECK-SAME:      kernel.summary = "matmul + mul + add + sub + select"
// CHECK-DAG:     %[[XV:.*]] = memref.reinterpret_cast %[[X]] to offset: [0], sizes: [5, 6, 2, 4], strides: [48, 8, 4, 1]
// CHECK-DAG:     %[[WV:.*]] = memref.reinterpret_cast %[[W]] to offset: [0], sizes: [5, 6, 1, 4, 16], strides: [0, 64, 64, 16, 1]
// CHECK-DAG:     %[[MV:.*]] = memref.reinterpret_cast %[[MASK]] to offset: [0], sizes: [5, 6, 2, 9], strides: [18, 0, 9, 1]
// CHECK-DAG:     %[[RV:.*]] = memref.reinterpret_cast %[[ROW]] to offset: [0], sizes: [5, 6, 9], strides: [0, 0, 1]
// CHECK-DAG:     %[[CV:.*]] = memref.reinterpret_cast %[[COL]] to offset: [0], sizes: [5, 6, 2], strides: [0, 2, 1]
// CHECK-DAG:     %[[YV:.*]] = memref.reinterpret_cast %[[Y]] to offset: [0], sizes: [5, 6, 2, 9], strides: [108, 18, 9, 1]
// CHECK:         scf.for %[[B0:.*]] = %{{.*}} {
// CHECK:           scf.for %[[B1:.*]] = %{{.*}} {
// CHECK:             %[[XM:.*]] = memref.subview %[[XV]][%[[B0]], %[[B1]], 0, 0] [1, 1, 2, 4]
// CHECK:             %[[WM:.*]] = memref.subview %[[WV]][%[[B0]], %[[B1]], 0, 0, 0] [1, 1, 1, 4, 16]
// CHECK:             %[[YM:.*]] = memref.subview %[[YV]][%[[B0]], %[[B1]], 0, 0] [1, 1, 2, 9]
// CHECK:             %[[MM:.*]] = memref.subview %[[MV]][%[[B0]], %[[B1]], 0, 0] [1, 1, 2, 9]
// CHECK:             %[[RM:.*]] = memref.subview %[[RV]][%[[B0]], %[[B1]], 0] [1, 1, 9]
// CHECK:             %[[CM:.*]] = memref.subview %[[CV]][%[[B0]], %[[B1]], 0] [1, 1, 2]
// CHECK:             kernel.panel_product %[[XM]], %[[WM]] into %[[YM]] extras(%[[MM]], %[[RM]], %[[CM]])
// CHECK-SAME:            maps [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0)>]
// CHECK-NEXT:        ^bb0(%[[SUM:.*]]: f32, %[[M:.*]]: i1, %[[R:.*]]: f32, %[[C:.*]]: f32):
// CHECK-NEXT:          %[[E0:.*]] = arith.mulf %[[SUM]], %[[S]]
// CHECK-NEXT:          %[[E1:.*]] = arith.addf %[[E0]], %[[R]]
// CHECK-NEXT:          %[[E2:.*]] = arith.subf %[[E1]], %[[C]]
// CHECK-NEXT:          %[[E3:.*]] = arith.select %[[M]], %[[E2]], %[[E1]]
// CHECK-NEXT:          kernel.yield %[[E3]]
func.func @main(%x: tensor<5x6x2x4xf32>, %w: tensor<6x4x9xf32>, %mask: tensor<5x1x2x9xi1>, %row: tensor<9xf32>,
                %column: tensor<6x2x1xf32>) -> tensor<5x6x2x9xf32> {
  %half = graph.constant dense<0.5> : tensor<f32>
  %0 = graph.group (%a = %x, %b = %w, %m = %mask, %r = %row, %c = %column, %s = %half)
     : (tensor<5x6x2x4xf32>, tensor<6x4x9xf32>, tensor<5x1x2x9xi1>, tensor<9xf32>, tensor<6x2x1xf32>, tensor<f32>) -> tensor<5x6x2x9xf32> {
    %1 = graph.matmul %a, %b : tensor<5x6x2x4xf32>, tensor<6x4x9xf32> -> tensor<5x6x2x9xf32>
    %2 = graph.mul %1, %s : tensor<5x6x2x9xf32>, tensor<f32> -> tensor<5x6x2x9xf32>
    %3 = graph.add %2, %r : tensor<5x6x2x9xf32>, tensor<9xf32> -> tensor<5x6x2x9xf32>
    %4 = graph.sub %3, %c : tensor<5x6x2x9xf32>, tensor<6x2x1xf32> -> tensor<5x6x2x9xf32>
    %5 = graph.select %m, %4, %3 : tensor<5x1x2x9xi1>, tensor<5x6x2x9xf32>, tensor<5x6x2x9xf32> -> tensor<5x6x2x9xf32>
    graph.yield %5 : tensor<5x6x2x9xf32>
  }
  return %0 : tensor<5x6x2x9xf32>
}
}

// -----

// One buffer is the left side and, in the epilogue, the residual.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
weight.data @w : tensor<4x4xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<4x4xf32>
  weight.yield %0 : tensor<4x4xf32>
}
// CHECK-LABEL: func.func private @matmul_add(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[W:[^:]*]]: memref<?xf32>, %[[Y:[^:]*]]: memref<?xf32>)
// CHECK:         %[[XV:.*]] = memref.reinterpret_cast %[[X]] to offset: [0], sizes: [2, 4]
// CHECK:         kernel.panel_product %[[XV]], %{{.*}} into %{{.*}} extras(%[[XV]]) maps [affine_map<(d0, d1) -> (d0, d1)>]
func.func @main(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %w = weight.get @w : tensor<4x4xf32>
  %0 = graph.group (%a = %x, %c = %w) : (tensor<2x4xf32>, tensor<4x4xf32>) -> tensor<2x4xf32> {
    %1 = graph.matmul %a, %c : tensor<2x4xf32>, tensor<4x4xf32> -> tensor<2x4xf32>
    %2 = graph.add %1, %a : tensor<2x4xf32>, tensor<2x4xf32> -> tensor<2x4xf32>
    graph.yield %2 : tensor<2x4xf32>
  }
  return %0 : tensor<2x4xf32>
}
}

// -----

// Sizes that are no numbers are arguments: those of the panels, of their rest,
// and of an extra.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @pack(
// CHECK:         scf.for
// CHECK-LABEL: func.func private @matmul_add(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[W:[^:]*]]: memref<?xf32>, %[[E:[^:]*]]: memref<?xf32>, %[[Y:[^:]*]]: memref<?xf32>, %[[ROWS:[^:]*]]: index, %[[COLUMNS:[^:]*]]: index, %[[PANELS:[^:]*]]: index)
// CHECK-DAG:     %[[XV:.*]] = memref.reinterpret_cast %[[X]] to offset: [0], sizes: [%[[ROWS]], 4], strides: [4, 1]
// CHECK-DAG:     %[[WV:.*]] = memref.reinterpret_cast %[[W]] to offset: [0], sizes: [%[[PANELS]], 4, 16], strides: [64, 16, 1]
// CHECK-DAG:     %[[EV:.*]] = memref.reinterpret_cast %[[E]] to offset: [0], sizes: [%[[COLUMNS]]], strides: [1]
// CHECK-DAG:     %[[YV:.*]] = memref.reinterpret_cast %[[Y]] to offset: [0], sizes: [%[[ROWS]], %[[COLUMNS]]], strides: [%[[COLUMNS]], 1]
// CHECK:         kernel.panel_product %[[XV]], %[[WV]] into %[[YV]] extras(%[[EV]])
// CHECK-LABEL: func.func @run(
// CHECK-SAME:      %[[B:[^:]*]]: index, %[[N:[^:]*]]: index
func.func @main(%x: tensor<?x4xf32, #graph.dims<b, 4>>, %w: tensor<4x?xf32, #graph.dims<4, n>>, %e: tensor<?xf32, #graph.dims<n>>)
    -> tensor<?x?xf32, #graph.dims<b, n>> attributes {graph.symbols = [#graph.symbol<"b", 1, 3>, #graph.symbol<"n", 1, 50>]} {
  // At most 50 columns are four panels of 4 x 16.
  // CHECK-DAG: %[[P:.*]] = kernel.buffer 256 of affine_map<()[s0, s1] -> ((s1 ceildiv 16) * 64)> : memref<?xf32>
  // CHECK-DAG: %[[COUNT:.*]] = affine.apply affine_map<()[s0, s1] -> (s1 ceildiv 16)>()[%[[B]], %[[N]]]
  // CHECK:     call @pack(
  // CHECK:     call @matmul_add(%{{.*}}, %[[P]], %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %[[COUNT]])
  %0 = graph.group (%a = %x, %c = %w, %d = %e)
     : (tensor<?x4xf32, #graph.dims<b, 4>>, tensor<4x?xf32, #graph.dims<4, n>>, tensor<?xf32, #graph.dims<n>>) -> tensor<?x?xf32, #graph.dims<b, n>> {
    %1 = graph.matmul %a, %c : tensor<?x4xf32, #graph.dims<b, 4>>, tensor<4x?xf32, #graph.dims<4, n>> -> tensor<?x?xf32, #graph.dims<b, n>>
    %2 = graph.add %1, %d : tensor<?x?xf32, #graph.dims<b, n>>, tensor<?xf32, #graph.dims<n>> -> tensor<?x?xf32, #graph.dims<b, n>>
    graph.yield %2 : tensor<?x?xf32, #graph.dims<b, n>>
  }
  return %0 : tensor<?x?xf32, #graph.dims<b, n>>
}
}
