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

// CHECK-LABEL: func.func @mask_that_hides_nothing(
// CHECK-SAME:      %[[Q:[^:]*]]: tensor<2x8xf32>, %[[K:[^:]*]]: tensor<?x8xf32, #graph.dims<n, 8>>)
func.func @mask_that_hides_nothing(%q: tensor<2x8xf32>, %k: tensor<?x8xf32, #graph.dims<n, 8>>) -> tensor<2x8xf32>
    attributes {graph.symbols = [#graph.symbol<"n", 1, 9>]} {
  // CHECK-NEXT: %[[R:.*]] = graph.attention %[[Q]], %[[K]], %[[K]] :
  // CHECK-NEXT: ^bb0(%[[S:.*]]: tensor<2x?xf32, #graph.dims<2, n>>):
  // CHECK-NEXT:   %[[C:.*]] = graph.constant dense<5.000000e-01> : tensor<f32>
  // CHECK-NEXT:   %[[M:.*]] = graph.mul %[[S]], %[[C]]
  // CHECK-NEXT:   graph.yield %[[M]]
  %c = graph.constant dense<0.0> : tensor<f32>
  %mask = graph.broadcast %c : tensor<f32> -> tensor<?xf32, #graph.dims<n>>
  %half = graph.constant dense<0.5> : tensor<1x1xf32>
  %0 = graph.attention %q, %k, %k extras(%mask, %half) : tensor<2x8xf32>, tensor<?x8xf32, #graph.dims<n, 8>>, tensor<?x8xf32, #graph.dims<n, 8>>, tensor<?xf32, #graph.dims<n>>, tensor<1x1xf32> -> tensor<2x8xf32> {
  ^bb0(%s: tensor<2x?xf32, #graph.dims<2, n>>, %m: tensor<?xf32, #graph.dims<n>>, %h: tensor<1x1xf32>):
    %1 = graph.mul %s, %h : tensor<2x?xf32, #graph.dims<2, n>>, tensor<1x1xf32> -> tensor<2x?xf32, #graph.dims<2, n>>
    %2 = graph.add %m, %1 : tensor<?xf32, #graph.dims<n>>, tensor<2x?xf32, #graph.dims<2, n>> -> tensor<2x?xf32, #graph.dims<2, n>>
    graph.yield %2 : tensor<2x?xf32, #graph.dims<2, n>>
  }
  return %0 : tensor<2x8xf32>
}

// A quotient sees the sign of zero.
// CHECK-LABEL: func.func @keep_sum_below_a_quotient(
func.func @keep_sum_below_a_quotient(%q: tensor<2x8xf32>, %k: tensor<3x8xf32>) -> tensor<2x8xf32> {
  // CHECK: graph.add
  %0 = graph.attention %q, %k, %k : tensor<2x8xf32>, tensor<3x8xf32>, tensor<3x8xf32> -> tensor<2x8xf32> {
  ^bb0(%s: tensor<2x3xf32>):
    %c = graph.constant dense<0.0> : tensor<f32>
    %1 = graph.add %s, %c : tensor<2x3xf32>, tensor<f32> -> tensor<2x3xf32>
    %2 = graph.exp %1 : tensor<2x3xf32>
    graph.yield %2 : tensor<2x3xf32>
  }
  return %0 : tensor<2x8xf32>
}
