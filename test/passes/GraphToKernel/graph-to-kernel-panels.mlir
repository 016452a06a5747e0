// RUN: lmcc-opt %s --lmcc-graph-to-kernel --cse --mlir-print-local-scope --split-input-file | FileCheck %s

// How wide panels are.

// Many columns take the machine's widest panels: 70 columns are three of 32.
module attributes {target.machine = #target.machine<name = "x86-64-v4", vector_bits = 512, tile_rows = 4, panel_columns = 32, depth_block = 256, alignment = 64>} {
weight.data @w : tensor<4x70xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<4x70xf32>
  weight.yield %0 : tensor<4x70xf32>
}
// CHECK: weight.pack %{{.*}} : tensor<4x70xf32> -> tensor<3x4x32xf32>
func.func @main(%x: tensor<2x4xf32>) -> tensor<2x70xf32> {
  %w = weight.get @w : tensor<4x70xf32>
  %0 = graph.group (%a = %x, %c = %w) : (tensor<2x4xf32>, tensor<4x70xf32>) -> tensor<2x70xf32> {
    %1 = graph.matmul %a, %c : tensor<2x4xf32>, tensor<4x70xf32> -> tensor<2x70xf32>
    graph.yield %1 : tensor<2x70xf32>
  }
  return %0 : tensor<2x70xf32>
}
}

// -----

// Fewer than a panel: the narrowest whole number of vectors, here two of 16.
module attributes {target.machine = #target.machine<name = "x86-64-v4", vector_bits = 512, tile_rows = 4, panel_columns = 32, depth_block = 256, alignment = 64>} {
weight.data @w : tensor<4x20xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<4x20xf32>
  weight.yield %0 : tensor<4x20xf32>
}
// CHECK: weight.pack %{{.*}} : tensor<4x20xf32> -> tensor<1x4x32xf32>
func.func @main(%x: tensor<2x4xf32>) -> tensor<2x20xf32> {
  %w = weight.get @w : tensor<4x20xf32>
  %0 = graph.group (%a = %x, %c = %w) : (tensor<2x4xf32>, tensor<4x20xf32>) -> tensor<2x20xf32> {
    %1 = graph.matmul %a, %c : tensor<2x4xf32>, tensor<4x20xf32> -> tensor<2x20xf32>
    graph.yield %1 : tensor<2x20xf32>
  }
  return %0 : tensor<2x20xf32>
}
}

// -----

// One vector exactly.
module attributes {target.machine = #target.machine<name = "x86-64-v4", vector_bits = 512, tile_rows = 4, panel_columns = 32, depth_block = 256, alignment = 64>} {
weight.data @w : tensor<4x16xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<4x16xf32>
  weight.yield %0 : tensor<4x16xf32>
}
// CHECK: weight.pack %{{.*}} : tensor<4x16xf32> -> tensor<1x4x16xf32>
func.func @main(%x: tensor<2x4xf32>) -> tensor<2x16xf32> {
  %w = weight.get @w : tensor<4x16xf32>
  %0 = graph.group (%a = %x, %c = %w) : (tensor<2x4xf32>, tensor<4x16xf32>) -> tensor<2x16xf32> {
    %1 = graph.matmul %a, %c : tensor<2x4xf32>, tensor<4x16xf32> -> tensor<2x16xf32>
    graph.yield %1 : tensor<2x16xf32>
  }
  return %0 : tensor<2x16xf32>
}
}

// -----

// Fewer than a vector: the next power of two.
module attributes {target.machine = #target.machine<name = "x86-64-v4", vector_bits = 512, tile_rows = 4, panel_columns = 32, depth_block = 256, alignment = 64>} {
weight.data @w : tensor<4x5xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<4x5xf32>
  weight.yield %0 : tensor<4x5xf32>
}
// CHECK: weight.pack %{{.*}} : tensor<4x5xf32> -> tensor<1x4x8xf32>
func.func @main(%x: tensor<2x4xf32>) -> tensor<2x5xf32> {
  %w = weight.get @w : tensor<4x5xf32>
  %0 = graph.group (%a = %x, %c = %w) : (tensor<2x4xf32>, tensor<4x5xf32>) -> tensor<2x5xf32> {
    %1 = graph.matmul %a, %c : tensor<2x4xf32>, tensor<4x5xf32> -> tensor<2x5xf32>
    graph.yield %1 : tensor<2x5xf32>
  }
  return %0 : tensor<2x5xf32>
}
}

// -----

// The same five columns are two vectors of 4 lanes ...
module attributes {target.machine = #target.machine<name = "neon", vector_bits = 128, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
weight.data @w : tensor<4x5xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<4x5xf32>
  weight.yield %0 : tensor<4x5xf32>
}
// CHECK: weight.pack %{{.*}} : tensor<4x5xf32> -> tensor<1x4x8xf32>
func.func @main(%x: tensor<2x4xf32>) -> tensor<2x5xf32> {
  %w = weight.get @w : tensor<4x5xf32>
  %0 = graph.group (%a = %x, %c = %w) : (tensor<2x4xf32>, tensor<4x5xf32>) -> tensor<2x5xf32> {
    %1 = graph.matmul %a, %c : tensor<2x4xf32>, tensor<4x5xf32> -> tensor<2x5xf32>
    graph.yield %1 : tensor<2x5xf32>
  }
  return %0 : tensor<2x5xf32>
}
}

// -----

// ... and scalars need no filling.
module attributes {target.machine = #target.machine<name = "scalar", vector_bits = 32, tile_rows = 4, panel_columns = 4, depth_block = 256, alignment = 64>} {
weight.data @w : tensor<4x3xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<4x3xf32>
  weight.yield %0 : tensor<4x3xf32>
}
// CHECK: weight.pack %{{.*}} : tensor<4x3xf32> -> tensor<1x4x3xf32>
func.func @main(%x: tensor<2x4xf32>) -> tensor<2x3xf32> {
  %w = weight.get @w : tensor<4x3xf32>
  %0 = graph.group (%a = %x, %c = %w) : (tensor<2x4xf32>, tensor<4x3xf32>) -> tensor<2x3xf32> {
    %1 = graph.matmul %a, %c : tensor<2x4xf32>, tensor<4x3xf32> -> tensor<2x3xf32>
    graph.yield %1 : tensor<2x3xf32>
  }
  return %0 : tensor<2x3xf32>
}
}

// -----

// A scalar machine has panels, too.
module attributes {target.machine = #target.machine<name = "scalar", vector_bits = 32, tile_rows = 4, panel_columns = 4, depth_block = 256, alignment = 64>} {
weight.data @w : tensor<4x5xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<4x5xf32>
  weight.yield %0 : tensor<4x5xf32>
}
// CHECK: weight.pack %{{.*}} : tensor<4x5xf32> -> tensor<2x4x4xf32>
func.func @main(%x: tensor<2x4xf32>) -> tensor<2x5xf32> {
  %w = weight.get @w : tensor<4x5xf32>
  %0 = graph.group (%a = %x, %c = %w) : (tensor<2x4xf32>, tensor<4x5xf32>) -> tensor<2x5xf32> {
    %1 = graph.matmul %a, %c : tensor<2x4xf32>, tensor<4x5xf32> -> tensor<2x5xf32>
    graph.yield %1 : tensor<2x5xf32>
  }
  return %0 : tensor<2x5xf32>
}
}
