// RUN: lmcc-opt %s --lmcc-simplify-movement | FileCheck %s
// RUN: lmcc-opt %s --lmcc-check-numbers="passes=lmcc-simplify-movement rtol=0 atol=0" -o /dev/null

// CHECK-LABEL: func.func @transposes_around_a_batch_of_one(
// CHECK-SAME:      %[[X:.*]]: tensor<1x2x?x3xf32, #graph.dims<1, 2, n, 3>>)
func.func @transposes_around_a_batch_of_one(%x: tensor<1x2x?x3xf32, #graph.dims<1, 2, n, 3>>) -> tensor<2x?x3xf32, #graph.dims<2, n, 3>>
    attributes {graph.symbols = [#graph.symbol<"n", 2, 9>]} {
  // CHECK-NEXT: %[[R:.*]] = graph.reshape %[[X]] : tensor<1x2x?x3xf32, #graph.dims<1, 2, n, 3>> -> tensor<2x?x3xf32, #graph.dims<2, n, 3>>
  // CHECK-NEXT: return %[[R]]
  %0 = graph.transpose %x [0, 1, 3, 2] : tensor<1x2x?x3xf32, #graph.dims<1, 2, n, 3>> -> tensor<1x2x3x?xf32, #graph.dims<1, 2, 3, n>>
  %1 = graph.reshape %0 : tensor<1x2x3x?xf32, #graph.dims<1, 2, 3, n>> -> tensor<2x3x?xf32, #graph.dims<2, 3, n>>
  %2 = graph.transpose %1 [0, 2, 1] : tensor<2x3x?xf32, #graph.dims<2, 3, n>> -> tensor<2x?x3xf32, #graph.dims<2, n, 3>>
  return %2 : tensor<2x?x3xf32, #graph.dims<2, n, 3>>
}

// CHECK-LABEL: func.func @keep_another_order(
func.func @keep_another_order(%x: tensor<1x2x4x3xf32>) -> tensor<3x4x2xf32> {
  // CHECK: graph.transpose
  // CHECK: graph.transpose
  %0 = graph.transpose %x [0, 1, 3, 2] : tensor<1x2x4x3xf32> -> tensor<1x2x3x4xf32>
  %1 = graph.reshape %0 : tensor<1x2x3x4xf32> -> tensor<2x3x4xf32>
  %2 = graph.transpose %1 [1, 2, 0] : tensor<2x3x4xf32> -> tensor<3x4x2xf32>
  return %2 : tensor<3x4x2xf32>
}

// CHECK-LABEL: func.func @keep_a_reshape_that_merges(
func.func @keep_a_reshape_that_merges(%x: tensor<2x4x3xf32>) -> tensor<4x6xf32> {
  // CHECK: graph.transpose
  // CHECK: graph.transpose
  %0 = graph.transpose %x [0, 2, 1] : tensor<2x4x3xf32> -> tensor<2x3x4xf32>
  %1 = graph.reshape %0 : tensor<2x3x4xf32> -> tensor<6x4xf32>
  %2 = graph.transpose %1 [1, 0] : tensor<6x4xf32> -> tensor<4x6xf32>
  return %2 : tensor<4x6xf32>
}
