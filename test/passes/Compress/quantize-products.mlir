// RUN: lmcc-opt %s --split-input-file --lmcc-quantize-products | FileCheck %s
// RUN: lmcc-opt %s --split-input-file --lmcc-quantize-products="keep=*head*,block.*.up" 2>&1 | FileCheck %s --check-prefix=KEEP

// Two products of the same rows: these are quantised once. Weights become bytes
// and a scale for each column.
// CHECK-LABEL: weight.data @q.quantized : tensor<8x6xi8> {
// CHECK-NEXT:    %[[F:.*]] = weight.file "model.onnx" offset 0 : tensor<8x6xf32>
// CHECK-NEXT:    %[[S:.*]] = weight.scales %[[F]] bits 8 : tensor<8x6xf32> -> tensor<1x6xf32>
// CHECK-NEXT:    %[[Q:.*]] = weight.quantize %[[F]], %[[S]] bits 8
// CHECK-NEXT:    weight.yield %[[Q]] : tensor<8x6xi8>
// CHECK:       weight.data @k.scales : tensor<6xf32> {
// CHECK:         %[[S:.*]] = weight.scales %{{.*}} bits 8
// CHECK-NEXT:    %[[R:.*]] = graph.reshape %[[S]] : tensor<1x6xf32> -> tensor<6xf32>
// CHECK-NEXT:    weight.yield %[[R]]
weight.data @q : tensor<8x6xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<8x6xf32>
  weight.yield %0 : tensor<8x6xf32>
}
weight.data @k : tensor<8x6xf32> {
  %0 = weight.file "model.onnx" offset 192 : tensor<8x6xf32>
  weight.yield %0 : tensor<8x6xf32>
}
// CHECK-LABEL: func.func @main(
// CHECK-SAME:      %[[X:[^:]*]]: tensor<?x8xf32
// CHECK-DAG:     %[[RS:.*]] = graph.row_scales %[[X]] : tensor<?x8xf32, #graph.dims<n, 8>> -> tensor<?x1xf32, #graph.dims<n, 1>>
// CHECK-DAG:     %[[ROWS:.*]] = graph.quantize_rows %[[X]], %[[RS]]
// CHECK-NOT:     graph.quantize_rows
// CHECK:         %[[W:.*]] = weight.get @q.quantized : tensor<8x6xi8>
// CHECK-NEXT:    %[[SUM:.*]] = graph.matmul %[[ROWS]], %[[W]] : {{.*}} -> tensor<?x6xi32, #graph.dims<n, 6>>
// CHECK-NEXT:    %[[FLOAT:.*]] = graph.cast %[[SUM]]
// CHECK-NEXT:    %[[CS:.*]] = weight.get @q.scales : tensor<6xf32>
// CHECK-NEXT:    %[[M:.*]] = graph.mul %[[FLOAT]], %[[CS]]
// CHECK-NEXT:    graph.mul %[[M]], %[[RS]]
// CHECK:         graph.matmul %[[ROWS]], %{{.*}} : {{.*}}xi32
func.func @main(%x: tensor<?x8xf32, #graph.dims<n, 8>>) -> (tensor<?x6xf32, #graph.dims<n, 6>>, tensor<?x6xf32, #graph.dims<n, 6>>)
    attributes {graph.symbols = [#graph.symbol<"n", 1, 9>]} {
  %q = weight.get @q : tensor<8x6xf32>
  %0 = graph.matmul %x, %q : tensor<?x8xf32, #graph.dims<n, 8>>, tensor<8x6xf32> -> tensor<?x6xf32, #graph.dims<n, 6>>
  %k = weight.get @k : tensor<8x6xf32>
  %1 = graph.matmul %x, %k : tensor<?x8xf32, #graph.dims<n, 8>>, tensor<8x6xf32> -> tensor<?x6xf32, #graph.dims<n, 6>>
  return %0, %1 : tensor<?x6xf32, #graph.dims<n, 6>>, tensor<?x6xf32, #graph.dims<n, 6>>
}

// -----

// Left alone: products of two activations, and a depth that leaves a rest.
weight.data @odd : tensor<6x6xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<6x6xf32>
  weight.yield %0 : tensor<6x6xf32>
}
// CHECK-LABEL: func.func @kept(
// CHECK-NOT:     i8
// CHECK:         graph.kept = "its right side is no weight matrix"
// CHECK:         graph.kept = "its depth of 6 is no multiple of 4"
// CHECK-NOT:     i8
// CHECK:         return
func.func @kept(%x: tensor<2x6xf32>, %y: tensor<6x4xf32>) -> (tensor<2x4xf32>, tensor<2x6xf32>) {
  %0 = graph.matmul %x, %y : tensor<2x6xf32>, tensor<6x4xf32> -> tensor<2x4xf32>
  %w = weight.get @odd : tensor<6x6xf32>
  %1 = graph.matmul %x, %w : tensor<2x6xf32>, tensor<6x6xf32> -> tensor<2x6xf32>
  return %0, %1 : tensor<2x4xf32>, tensor<2x6xf32>
}

// -----

// Kept by the name of the weight, and by that of the node.
weight.data @lm_head.weight : tensor<4x6xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<4x6xf32>
  weight.yield %0 : tensor<4x6xf32>
}
weight.data @w : tensor<4x6xf32> {
  %0 = weight.file "model.onnx" offset 96 : tensor<4x6xf32>
  weight.yield %0 : tensor<4x6xf32>
}
// KEEP:       remark: {{.*}}quantised: not, it is to be kept
// KEEP:       remark: {{.*}}quantised: not, it is to be kept
// KEEP-LABEL: func.func @named(
// KEEP:         graph.matmul {{.*}} -> tensor<2x6xf32>
// KEEP:         graph.matmul {{.*}} -> tensor<2x6xf32>
// KEEP:         graph.matmul {{.*}} -> tensor<2x6xi32>
func.func @named(%x: tensor<2x4xf32>) -> (tensor<2x6xf32>, tensor<2x6xf32>, tensor<2x6xf32>) {
  %h = weight.get @lm_head.weight : tensor<4x6xf32>
  %0 = graph.matmul %x, %h : tensor<2x4xf32>, tensor<4x6xf32> -> tensor<2x6xf32>
  %w = weight.get @w : tensor<4x6xf32>
  %1 = graph.matmul %x, %w : tensor<2x4xf32>, tensor<4x6xf32> -> tensor<2x6xf32> loc("block.3.up")
  %2 = graph.matmul %x, %w : tensor<2x4xf32>, tensor<4x6xf32> -> tensor<2x6xf32> loc("block.3.down")
  return %0, %1, %2 : tensor<2x6xf32>, tensor<2x6xf32>, tensor<2x6xf32>
}
