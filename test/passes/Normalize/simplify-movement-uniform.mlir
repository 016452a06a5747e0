// RUN: lmcc-opt %s --lmcc-simplify-movement | FileCheck %s
// RUN: lmcc-opt %s --lmcc-check-numbers="passes=lmcc-simplify-movement rtol=0 atol=0" -o /dev/null

// Masks of which nothing is hidden are one element, however it is moved.

// CHECK-LABEL: func.func @moves_of_one_element(
// CHECK-SAME:      %[[X:.*]]: tensor<1x1xf32>)
func.func @moves_of_one_element(%x: tensor<1x1xf32>) -> tensor<2x1x?xf32, #graph.dims<2, 1, n>>
    attributes {graph.symbols = [#graph.symbol<"n", 1, 9>]} {
  // CHECK-NEXT: %[[E:.*]] = graph.reshape %[[X]] : tensor<1x1xf32> -> tensor<f32>
  // CHECK-NEXT: %[[R:.*]] = graph.broadcast %[[E]] : tensor<f32> -> tensor<2x1x?xf32, #graph.dims<2, 1, n>>
  // CHECK-NEXT: return %[[R]]
  %0 = graph.broadcast %x : tensor<1x1xf32> -> tensor<?x3xf32, #graph.dims<n, 3>>
  %1 = graph.slice %0 from <0, 1> step [1, 1] : tensor<?x3xf32, #graph.dims<n, 3>> -> tensor<?x2xf32, #graph.dims<n, 2>>
  %2 = graph.transpose %1 [1, 0] : tensor<?x2xf32, #graph.dims<n, 2>> -> tensor<2x?xf32, #graph.dims<2, n>>
  %3 = graph.reshape %2 : tensor<2x?xf32, #graph.dims<2, n>> -> tensor<2x1x?xf32, #graph.dims<2, 1, n>>
  return %3 : tensor<2x1x?xf32, #graph.dims<2, 1, n>>
}

// CHECK-LABEL: func.func @concat_of_one_number(
func.func @concat_of_one_number() -> tensor<2x?xf32, #graph.dims<2, n + 1>>
    attributes {graph.symbols = [#graph.symbol<"n", 1, 9>]} {
  // CHECK-NEXT: %[[C:.*]] = graph.constant dense<2.500000e+00> : tensor<f32>
  // CHECK-NEXT: %[[R:.*]] = graph.broadcast %[[C]] : tensor<f32> -> tensor<2x?xf32, #graph.dims<2, n + 1>>
  // CHECK-NEXT: return %[[R]]
  %c = graph.constant dense<2.5> : tensor<f32>
  %one = graph.constant dense<2.5> : tensor<2x1xf32>
  %0 = graph.broadcast %c : tensor<f32> -> tensor<2x?xf32, #graph.dims<2, n>>
  %1 = graph.concat %0, %one axis 1 : tensor<2x?xf32, #graph.dims<2, n>>, tensor<2x1xf32> -> tensor<2x?xf32, #graph.dims<2, n + 1>>
  return %1 : tensor<2x?xf32, #graph.dims<2, n + 1>>
}

// CHECK-LABEL: func.func @keep_concat_of_two_numbers(
func.func @keep_concat_of_two_numbers() -> tensor<2x?xf32, #graph.dims<2, n + 1>>
    attributes {graph.symbols = [#graph.symbol<"n", 1, 9>]} {
  // CHECK: graph.concat
  %c = graph.constant dense<0.0> : tensor<f32>
  %one = graph.constant dense<-0.0> : tensor<2x1xf32>
  %0 = graph.broadcast %c : tensor<f32> -> tensor<2x?xf32, #graph.dims<2, n>>
  %1 = graph.concat %0, %one axis 1 : tensor<2x?xf32, #graph.dims<2, n>>, tensor<2x1xf32> -> tensor<2x?xf32, #graph.dims<2, n + 1>>
  return %1 : tensor<2x?xf32, #graph.dims<2, n + 1>>
}

// CHECK-LABEL: func.func @indices_need_no_cast(
// CHECK-SAME:      %[[X:.*]]: tensor<4x3xf32>, %[[I:.*]]: tensor<2xi32>)
func.func @indices_need_no_cast(%x: tensor<4x3xf32>, %i: tensor<2xi32>) -> tensor<2x3xf32> {
  // CHECK-NEXT: %[[R:.*]] = graph.gather %[[X]], %[[I]] axis 0
  // CHECK-NEXT: return %[[R]]
  %0 = graph.cast %i : tensor<2xi32> -> tensor<2xi64>
  %1 = graph.gather %x, %0 axis 0 : tensor<4x3xf32>, tensor<2xi64> -> tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @keep_cast_that_cuts_indices(
func.func @keep_cast_that_cuts_indices(%x: tensor<4x3xf32>, %i: tensor<2xi64>) -> tensor<2x3xf32> {
  // CHECK: graph.cast
  %0 = graph.cast %i : tensor<2xi64> -> tensor<2xi32>
  %1 = graph.gather %x, %0 axis 0 : tensor<4x3xf32>, tensor<2xi32> -> tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}
