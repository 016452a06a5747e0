// RUN: lmcc-opt %s --split-input-file --lmcc-fold-constants | FileCheck %s
// RUN: lmcc-opt %s --split-input-file --lmcc-check-numbers="passes=lmcc-fold-constants rtol=0 atol=0" -o /dev/null

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @small_results(
func.func @small_results() -> (tensor<2xf32>, tensor<3xi64>) {
  // CHECK-DAG:  %[[A:.*]] = graph.constant dense<[3.000000e+00, 5.000000e+00]> : tensor<2xf32>
  // CHECK-DAG:  %[[B:.*]] = graph.constant dense<[10, 11, 12]> : tensor<3xi64>
  // CHECK-NEXT: return %[[A]], %[[B]]
  %0 = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %two = graph.constant dense<2.0> : tensor<f32>
  %one = graph.constant dense<1.0> : tensor<f32>
  %1 = graph.mul %0, %two : tensor<2xf32>, tensor<f32> -> tensor<2xf32>
  %2 = graph.add %1, %one : tensor<2xf32>, tensor<f32> -> tensor<2xf32>
  %ten = graph.constant dense<10> : tensor<i64>
  %3 = graph.iota : tensor<3xi64>
  %4 = graph.add %3, %ten : tensor<3xi64>, tensor<i64> -> tensor<3xi64>
  return %2, %4 : tensor<2xf32>, tensor<3xi64>
}

// -----

// CHECK-LABEL: func.func @keep_symbols(
func.func @keep_symbols(%x: tensor<?xi64, #graph.dims<n>>)
    -> (tensor<i64>, tensor<?xi64, #graph.dims<n>>, tensor<1xi64>)
    attributes {graph.symbols = [#graph.symbol<"n", 1, 4>]} {
  // CHECK-DAG: graph.dim_values <n>
  // CHECK-DAG: graph.iota
  // CHECK-DAG: graph.slice
  %0 = graph.dim_values <n> : tensor<i64>
  %1 = graph.iota : tensor<?xi64, #graph.dims<n>>
  %c = graph.constant dense<[5, 6, 7, 8]> : tensor<4xi64>
  %2 = graph.slice %c from <n + -1> step [1] : tensor<4xi64> -> tensor<1xi64>
  return %0, %1, %2 : tensor<i64>, tensor<?xi64, #graph.dims<n>>, tensor<1xi64>
}

// -----

// The comparison broadcasts by itself, so that the constant can stay small.
// CHECK-LABEL: func.func @broadcast_constant(
// CHECK-SAME:      %[[X:.*]]: tensor<4x64xi64>)
func.func @broadcast_constant(%x: tensor<4x64xi64>) -> tensor<4x64xi1> {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<3> : tensor<i64>
  // CHECK-NEXT: graph.compare lt %[[X]], %[[C]]
  %c = graph.constant dense<3> : tensor<1xi64>
  %0 = graph.broadcast %c : tensor<1xi64> -> tensor<4x64xi64>
  %1 = graph.compare lt %x, %0 : tensor<4x64xi64>, tensor<4x64xi64> -> tensor<4x64xi1>
  return %1 : tensor<4x64xi1>
}

// -----

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

// A chain is one recipe, and what it started from is not stored.
// CHECK-NOT:   weight.data @query :
// CHECK:       weight.data @query.reshape : tensor<2x3x4xf32> {
// CHECK-NEXT:    %[[F:.*]] = weight.file "model.onnx" offset 64 : tensor<4x6xf32>
// CHECK-NEXT:    %[[T:.*]] = graph.transpose %[[F]] [1, 0]
// CHECK-NEXT:    %[[S:.*]] = graph.constant dense<5.000000e-01>
// CHECK-NEXT:    %[[M:.*]] = graph.mul %[[T]], %[[S]]
// CHECK-NEXT:    %[[R:.*]] = graph.reshape %[[M]]
// CHECK-NEXT:    weight.yield %[[R]]
// CHECK-NEXT:  }
// CHECK-NOT:   weight.data
weight.data @query : tensor<4x6xf32> {
  %0 = weight.file "model.onnx" offset 64 : tensor<4x6xf32>
  weight.yield %0 : tensor<4x6xf32>
}
// CHECK-LABEL: func.func @chain(
// CHECK-SAME:      %[[X:.*]]: tensor<2x5x3xf32>)
func.func @chain(%x: tensor<2x5x3xf32>) -> tensor<2x5x4xf32> {
  // CHECK-NEXT: %[[W:.*]] = weight.get @query.reshape : tensor<2x3x4xf32>
  // CHECK-NEXT: graph.matmul %[[X]], %[[W]]
  %half = graph.constant dense<0.5> : tensor<f32>
  %0 = weight.get @query : tensor<4x6xf32>
  %1 = graph.transpose %0 [1, 0] : tensor<4x6xf32> -> tensor<6x4xf32>
  %2 = graph.mul %1, %half : tensor<6x4xf32>, tensor<f32> -> tensor<6x4xf32>
  %3 = graph.reshape %2 : tensor<6x4xf32> -> tensor<2x3x4xf32>
  %4 = graph.matmul %x, %3 : tensor<2x5x3xf32>, tensor<2x3x4xf32> -> tensor<2x5x4xf32>
  return %4 : tensor<2x5x4xf32>
}

// -----

// CHECK:       weight.data @query.concat : tensor<4x6xf32> {
// CHECK:         weight.file "model.onnx" offset 0
// CHECK:         weight.file "model.onnx" offset 48
// CHECK:         graph.concat
// CHECK-NOT:   weight.data
weight.data @query : tensor<4x3xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<4x3xf32>
  weight.yield %0 : tensor<4x3xf32>
}
weight.data @key : tensor<4x3xf32> {
  %0 = weight.file "model.onnx" offset 48 : tensor<4x3xf32>
  weight.yield %0 : tensor<4x3xf32>
}
// CHECK-LABEL: func.func @join(
func.func @join() -> tensor<4x6xf32> {
  %0 = weight.get @query : tensor<4x3xf32>
  %1 = weight.get @key : tensor<4x3xf32>
  %2 = graph.concat %0, %1 axis 1 : tensor<4x3xf32>, tensor<4x3xf32> -> tensor<4x6xf32>
  return %2 : tensor<4x6xf32>
}

// -----

// Two users need different forms of the embedding.
// CHECK:       weight.data @embedding :
// CHECK:       weight.data @embedding.transpose :
// CHECK-NOT:   weight.data
weight.data @embedding : tensor<8x3xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<8x3xf32>
  weight.yield %0 : tensor<8x3xf32>
}
// CHECK-LABEL: func.func @two_forms(
func.func @two_forms(%ids: tensor<5xi64>, %x: tensor<5x3xf32>) -> (tensor<5x3xf32>, tensor<5x8xf32>) {
  // CHECK-DAG: %[[E:.*]] = weight.get @embedding : tensor<8x3xf32>
  // CHECK-DAG: %[[T:.*]] = weight.get @embedding.transpose : tensor<3x8xf32>
  // CHECK-DAG: graph.gather %[[E]]
  // CHECK-DAG: graph.matmul %{{.*}}, %[[T]]
  %0 = weight.get @embedding : tensor<8x3xf32>
  %1 = graph.gather %0, %ids axis 0 : tensor<8x3xf32>, tensor<5xi64> -> tensor<5x3xf32>
  %2 = graph.transpose %0 [1, 0] : tensor<8x3xf32> -> tensor<3x8xf32>
  %3 = graph.matmul %x, %2 : tensor<5x3xf32>, tensor<3x8xf32> -> tensor<5x8xf32>
  return %1, %3 : tensor<5x3xf32>, tensor<5x8xf32>
}

// -----

// Tied tensors are stored once, whether tied by the exporter or by us.
// CHECK:       weight.data @second : tensor<3x4xf32>
// CHECK-NOT:   weight.data
weight.data @first : tensor<4x3xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<4x3xf32>
  weight.yield %0 : tensor<4x3xf32>
}
weight.data @second : tensor<3x4xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<4x3xf32>
  %1 = graph.transpose %0 [1, 0] : tensor<4x3xf32> -> tensor<3x4xf32>
  weight.yield %1 : tensor<3x4xf32>
}
weight.data @unused : tensor<3xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<3xf32>
  weight.yield %0 : tensor<3xf32>
}
// CHECK-LABEL: func.func @tied(
func.func @tied() -> (tensor<3x4xf32>, tensor<3x4xf32>) {
  // CHECK: weight.get @second
  // CHECK: weight.get @second
  %0 = weight.get @first : tensor<4x3xf32>
  %1 = graph.transpose %0 [1, 0] : tensor<4x3xf32> -> tensor<3x4xf32>
  %2 = weight.get @second : tensor<3x4xf32>
  return %1, %2 : tensor<3x4xf32>, tensor<3x4xf32>
}

// -----

// A row is not stored once for every row of a matrix.
// CHECK:       weight.data @row : tensor<8xf32>
// CHECK-NOT:   weight.data
weight.data @row : tensor<8xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<8xf32>
  weight.yield %0 : tensor<8xf32>
}
// CHECK-LABEL: func.func @keep_enlarging_broadcast(
func.func @keep_enlarging_broadcast() -> tensor<16x8xf32> {
  // CHECK-NEXT: %[[W:.*]] = weight.get @row : tensor<8xf32>
  // CHECK-NEXT: graph.broadcast %[[W]]
  %0 = weight.get @row : tensor<8xf32>
  %1 = graph.broadcast %0 : tensor<8xf32> -> tensor<16x8xf32>
  return %1 : tensor<16x8xf32>
}

// -----

// Neither is it by way of several steps, each of which seems to be harmless.
// CHECK:       weight.data @row.concat : tensor<16xf32>
// CHECK-NOT:   weight.data
weight.data @row : tensor<8xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<8xf32>
  weight.yield %0 : tensor<8xf32>
}
// CHECK-LABEL: func.func @keep_enlarging_chain(
func.func @keep_enlarging_chain() -> tensor<32xf32> {
  // CHECK: %[[W:.*]] = weight.get @row.concat : tensor<16xf32>
  // CHECK: graph.pad constant %[[W]]
  %zero = graph.constant dense<0.0> : tensor<f32>
  %0 = weight.get @row : tensor<8xf32>
  %1 = graph.concat %0, %0 axis 0 : tensor<8xf32>, tensor<8xf32> -> tensor<16xf32>
  %2 = graph.pad constant %1, %zero low [8] : tensor<16xf32>, tensor<f32> -> tensor<32xf32>
  return %2 : tensor<32xf32>
}

// -----

// A constant too large to be computed at once.
// CHECK:       weight.data @constant.concat : tensor<1026xi64> {
// CHECK:         graph.constant
// CHECK:         graph.concat
// CHECK-NOT:   weight.data
// CHECK-LABEL: func.func @large_constant(
func.func @large_constant() -> tensor<1026xi64> {
  // CHECK-NEXT: weight.get @constant.concat
  %c = graph.constant dense<7> : tensor<513xi64>
  %0 = graph.concat %c, %c axis 0 : tensor<513xi64>, tensor<513xi64> -> tensor<1026xi64>
  return %0 : tensor<1026xi64>
}
