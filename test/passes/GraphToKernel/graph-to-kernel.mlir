// RUN: lmcc-opt %s --lmcc-graph-to-kernel --cse --mlir-print-local-scope --split-input-file | FileCheck %s

// The schedule: who calls whom with what.

// Free sizes come first, then inputs, then outputs; the contract says what they
// are. A buffer is as large as its size can become.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @exp(
// CHECK-LABEL: func.func private @neg(
// CHECK-LABEL: func.func @run(
// CHECK-SAME:      %[[N:[^:]*]]: index, %[[M:[^:]*]]: index, %[[X:[^:]*]]: memref<?xf32>, %[[Y:[^:]*]]: memref<?xf32>)
// CHECK-SAME:      demands = [{high = 9 : i64, low = 4 : i64, size = affine_map<()[s0, s1] -> (s0 * 2)>}]
// CHECK-SAME:      dims = [{high = 7 : i64, low = 1 : i64, name = "n"}, {high = 5 : i64, low = 0 : i64, name = "m"}]
// CHECK-SAME:      inputs = [{name = "ids in", sizes = affine_map<()[s0, s1] -> (s0 * 2 + s1, 3)>, type = f32}]
// CHECK-SAME:      outputs = [{name = "y", sizes = affine_map<()[s0, s1] -> (s0 * 2 + s1, 3)>, type = f32}]
func.func @main(%x: tensor<?x3xf32, #graph.dims<2 * n + m, 3>> {graph.name = "ids in"})
    -> (tensor<?x3xf32, #graph.dims<2 * n + m, 3>> {graph.name = "y"})
    attributes {graph.symbols = [#graph.symbol<"n", 1, 7>, #graph.symbol<"m", 0, 5>],
                graph.demands = [{size = #graph.dims<n * 2>, low = 4, high = 9}]} {
  // At most 2 * 7 + 5 rows of 3.
  // CHECK-NEXT: %[[B:.*]] = kernel.buffer 57 of affine_map<()[s0, s1] -> (s0 * 6 + s1 * 3)> : memref<?xf32>
  // CHECK-NEXT: %[[COUNT:.*]] = affine.apply affine_map<()[s0, s1] -> (s0 * 6 + s1 * 3)>()[%[[N]], %[[M]]]
  // CHECK-NEXT: call @exp(%[[X]], %[[B]], %[[COUNT]])
  // CHECK-NEXT: call @neg(%[[B]], %[[Y]], %[[COUNT]])
  // CHECK-NEXT: return
  %0 = graph.group (%a = %x) : (tensor<?x3xf32, #graph.dims<2 * n + m, 3>>) -> tensor<?x3xf32, #graph.dims<2 * n + m, 3>> {
    %1 = graph.exp %a : tensor<?x3xf32, #graph.dims<2 * n + m, 3>>
    graph.yield %1 : tensor<?x3xf32, #graph.dims<2 * n + m, 3>>
  }
  %2 = graph.group (%a = %0) : (tensor<?x3xf32, #graph.dims<2 * n + m, 3>>) -> tensor<?x3xf32, #graph.dims<2 * n + m, 3>> {
    %1 = graph.neg %a : tensor<?x3xf32, #graph.dims<2 * n + m, 3>>
    graph.yield %1 : tensor<?x3xf32, #graph.dims<2 * n + m, 3>>
  }
  return %2 : tensor<?x3xf32, #graph.dims<2 * n + m, 3>>
}
}

// -----

// Equal groups of different layers are one kernel: weights and scalars are
// arguments. A group of another shape is another kernel with a free name.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
weight.data @a : tensor<3xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<3xf32>
  weight.yield %0 : tensor<3xf32>
}
weight.data @b : tensor<3xf32> {
  %0 = weight.file "model.onnx" offset 12 : tensor<3xf32>
  weight.yield %0 : tensor<3xf32>
}
// CHECK:       weight.data @a
// CHECK:       weight.data @b
// CHECK:       func.func private @add_mul({{.*}}kernel.args = ["x", "x2", "y", "c"], kernel.kernel, kernel.summary = "add + mul"
// CHECK:       func.func private @add_mul_2(
// CHECK-NOT:   func.func private
// CHECK-LABEL: func.func @run(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[Z:[^:]*]]: memref<?xf32>, %[[OUT:[^:]*]]: memref<?xf32>, %[[OUT2:[^:]*]]: memref<?xf32>)
func.func @main(%x: tensor<2x3xf32>, %z: tensor<4x3xf32>) -> (tensor<2x3xf32>, tensor<4x3xf32>) {
  // CHECK-DAG: %[[A:.*]] = weight.get @a : memref<?xf32>
  // CHECK-DAG: %[[HALF:.*]] = arith.constant 5.000000e-01 : f32
  // CHECK:     call @add_mul(%[[X]], %[[A]], %[[H:.*]], %[[HALF]]) :
  // CHECK-DAG: %[[B:.*]] = weight.get @b : memref<?xf32>
  // CHECK-DAG: %[[TWO:.*]] = arith.constant 2.000000e+00 : f32
  // CHECK:     call @add_mul(%[[H]], %[[B]], %[[OUT]], %[[TWO]]) :
  // CHECK:     call @add_mul_2(%[[Z]], %[[B]], %[[OUT2]], %[[TWO]]) :
  %a = weight.get @a : tensor<3xf32>
  %b = weight.get @b : tensor<3xf32>
  %half = graph.constant dense<0.5> : tensor<f32>
  %two = graph.constant dense<2.0> : tensor<1xf32>
  %0 = graph.group (%p = %x, %q = %a, %s = %half) : (tensor<2x3xf32>, tensor<3xf32>, tensor<f32>) -> tensor<2x3xf32> {
    %1 = graph.add %p, %q : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
    %2 = graph.mul %1, %s : tensor<2x3xf32>, tensor<f32> -> tensor<2x3xf32>
    graph.yield %2 : tensor<2x3xf32>
  }
  %3 = graph.group (%p = %0, %q = %b, %s = %two) : (tensor<2x3xf32>, tensor<3xf32>, tensor<1xf32>) -> tensor<2x3xf32> {
    %1 = graph.add %p, %q : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
    %2 = graph.mul %1, %s : tensor<2x3xf32>, tensor<1xf32> -> tensor<2x3xf32>
    graph.yield %2 : tensor<2x3xf32>
  }
  %4 = graph.group (%p = %z, %q = %b, %s = %two) : (tensor<4x3xf32>, tensor<3xf32>, tensor<1xf32>) -> tensor<4x3xf32> {
    %1 = graph.add %p, %q : tensor<4x3xf32>, tensor<3xf32> -> tensor<4x3xf32>
    %2 = graph.mul %1, %s : tensor<4x3xf32>, tensor<1xf32> -> tensor<4x3xf32>
    graph.yield %2 : tensor<4x3xf32>
  }
  return %3, %4 : tensor<2x3xf32>, tensor<4x3xf32>
}
}

// -----

// A larger constant lies in the blob, once; a weight that nobody reads does not.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {
weight.data @unused : tensor<3xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<3xf32>
  weight.yield %0 : tensor<3xf32>
}
// CHECK:       weight.data @constant : tensor<3xf32> {
// CHECK-NEXT:    %[[C:.*]] = graph.constant dense<[1.000000e+00, 2.000000e+00, 3.000000e+00]> : tensor<3xf32>
// CHECK-NEXT:    weight.yield %[[C]]
// CHECK-NOT:   weight.data
// CHECK-LABEL: func.func @run(
func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // CHECK:      %[[T:.*]] = weight.get @constant : memref<?xf32>
  // CHECK:      call @add(%{{.*}}, %[[T]], %[[H:.*]]) :
  // CHECK:      call @add(%[[H]], %[[T]], %{{.*}}) :
  %c = graph.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %d = graph.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %0 = graph.group (%p = %x, %q = %c) : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32> {
    %1 = graph.add %p, %q : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
    graph.yield %1 : tensor<2x3xf32>
  }
  %2 = graph.group (%p = %0, %q = %d) : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32> {
    %1 = graph.add %p, %q : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
    graph.yield %1 : tensor<2x3xf32>
  }
  return %2 : tensor<2x3xf32>
}
}

// -----

// A reshape is the same buffer; what is no group's result is copied out, and so
// is what is an output twice.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func @run(
// CHECK-SAME:      %[[X:[^:]*]]: memref<?xf32>, %[[A:[^:]*]]: memref<?xf32>, %[[B:[^:]*]]: memref<?xf32>, %[[C:[^:]*]]: memref<?xf32>)
func.func @main(%x: tensor<2x3xf32>) -> (tensor<3x2xf32>, tensor<2x3xf32>, tensor<6xf32>) {
  // CHECK-NOT:  kernel.buffer
  // CHECK:      call @exp(%[[X]], %[[A]])
  // CHECK-NEXT: call @copy(%[[A]], %[[B]])
  // CHECK-NEXT: call @copy(%[[X]], %[[C]])
  // CHECK-NEXT: return
  %0 = graph.group (%a = %x) : (tensor<2x3xf32>) -> tensor<2x3xf32> {
    %1 = graph.exp %a : tensor<2x3xf32>
    graph.yield %1 : tensor<2x3xf32>
  }
  %2 = graph.reshape %0 : tensor<2x3xf32> -> tensor<3x2xf32>
  %3 = graph.reshape %x : tensor<2x3xf32> -> tensor<6xf32>
  return %2, %0, %3 : tensor<3x2xf32>, tensor<2x3xf32>, tensor<6xf32>
}
}

// -----

// Bounds that are equal make a size a number, and buffers of no elements exist.
module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// CHECK-LABEL: func.func private @exp(
// CHECK-SAME:      %[[IN:[^:]*]]: memref<?xf32>, %[[OUT:[^:]*]]: memref<?xf32>)
// CHECK:         memref.reinterpret_cast %[[IN]] to offset: [0], sizes: [12]
// CHECK-LABEL: func.func @run(
func.func @main(%x: tensor<?x3xf32, #graph.dims<n, 3>>) -> tensor<?x3xf32, #graph.dims<n, 3>>
    attributes {graph.symbols = [#graph.symbol<"n", 4, 4>]} {
  %0 = graph.group (%a = %x) : (tensor<?x3xf32, #graph.dims<n, 3>>) -> tensor<?x3xf32, #graph.dims<n, 3>> {
    %1 = graph.exp %a : tensor<?x3xf32, #graph.dims<n, 3>>
    graph.yield %1 : tensor<?x3xf32, #graph.dims<n, 3>>
  }
  return %0 : tensor<?x3xf32, #graph.dims<n, 3>>
}
}
