// RUN: lmcc-opt %s --lmcc-recognize-attention | FileCheck %s
// RUN: lmcc-opt %s --lmcc-check-numbers="passes=lmcc-recognize-attention" -o /dev/null

// CHECK-LABEL: func.func @scaled_and_masked(
// CHECK-SAME:      %[[Q:.*]]: tensor<2x?x4xf32, #graph.dims<2, n, 4>>, %[[K:.*]]: tensor<2x4x7xf32>, %[[V:.*]]: tensor<2x7x6xf32>, %[[M:.*]]: tensor<1x7xf32>)
func.func @scaled_and_masked(%q: tensor<2x?x4xf32, #graph.dims<2, n, 4>>, %k: tensor<2x4x7xf32>, %v: tensor<2x7x6xf32>, %m: tensor<1x7xf32>)
    -> tensor<2x?x6xf32, #graph.dims<2, n, 6>> attributes {graph.symbols = [#graph.symbol<"n", 0, 3>]} {
  // CHECK-NEXT: graph.constant
  // CHECK-NEXT: %[[ROWS:.*]] = graph.transpose %[[K]] [0, 2, 1] : tensor<2x4x7xf32> -> tensor<2x7x4xf32>
  // CHECK-NEXT: %[[R:.*]] = graph.attention %[[Q]], %[[ROWS]], %[[V]] extras(%[[M]]) :
  // CHECK-NEXT: ^bb0(%[[S:.*]]: tensor<2x?x7xf32, #graph.dims<2, n, 7>>, %[[MASK:.*]]: tensor<1x7xf32>):
  // CHECK-NEXT:   %[[C:.*]] = graph.constant dense<2.000000e+00> : tensor<f32>
  // CHECK-NEXT:   %[[SCALED:.*]] = graph.div %[[S]], %[[C]]
  // CHECK-NEXT:   %[[SUM:.*]] = graph.add %[[SCALED]], %[[MASK]]
  // CHECK-NEXT:   graph.yield %[[SUM]]
  // CHECK-NEXT: }
  // CHECK-NEXT: return %[[R]]
  %two = graph.constant dense<2.0> : tensor<f32>
  %0 = graph.matmul %q, %k : tensor<2x?x4xf32, #graph.dims<2, n, 4>>, tensor<2x4x7xf32> -> tensor<2x?x7xf32, #graph.dims<2, n, 7>>
  %1 = graph.div %0, %two : tensor<2x?x7xf32, #graph.dims<2, n, 7>>, tensor<f32> -> tensor<2x?x7xf32, #graph.dims<2, n, 7>>
  %2 = graph.add %1, %m : tensor<2x?x7xf32, #graph.dims<2, n, 7>>, tensor<1x7xf32> -> tensor<2x?x7xf32, #graph.dims<2, n, 7>>
  %3 = graph.softmax %2 : tensor<2x?x7xf32, #graph.dims<2, n, 7>>
  %4 = graph.matmul %3, %v : tensor<2x?x7xf32, #graph.dims<2, n, 7>>, tensor<2x7x6xf32> -> tensor<2x?x6xf32, #graph.dims<2, n, 6>>
  return %4 : tensor<2x?x6xf32, #graph.dims<2, n, 6>>
}

// A bias of every position leads nowhere, the other operand to the product; a
// soft cap and a selection are adjustments like any other.
// CHECK-LABEL: func.func @bias_cap_and_selection(
// CHECK-SAME:      %[[B:[^:]*]]: tensor<5x7xf32>, %[[KEEP:[^:]*]]: tensor<5x7xi1>)
func.func @bias_cap_and_selection(%q: tensor<5x4xf32>, %k: tensor<4x7xf32>, %v: tensor<7x6xf32>, %b: tensor<5x7xf32>, %keep: tensor<5x7xi1>) -> tensor<5x6xf32> {
  // CHECK:      graph.attention {{.*}} extras(%[[B]], %[[KEEP]]) :
  // CHECK:        graph.add
  // CHECK:        graph.tanh
  // CHECK:        graph.select
  // CHECK:        graph.yield
  // CHECK-NOT:  graph.softmax
  // CHECK:      return
  %low = graph.constant dense<-3.40282347E+38> : tensor<f32>
  %0 = graph.matmul %q, %k : tensor<5x4xf32>, tensor<4x7xf32> -> tensor<5x7xf32>
  %1 = graph.add %b, %0 : tensor<5x7xf32>, tensor<5x7xf32> -> tensor<5x7xf32>
  %2 = graph.tanh %1 : tensor<5x7xf32>
  %3 = graph.select %keep, %2, %low : tensor<5x7xi1>, tensor<5x7xf32>, tensor<f32> -> tensor<5x7xf32>
  %4 = graph.softmax %3 : tensor<5x7xf32>
  %5 = graph.matmul %4, %v : tensor<5x7xf32>, tensor<7x6xf32> -> tensor<5x6xf32>
  return %5 : tensor<5x6xf32>
}

// Weights that the model returns have to exist.
// CHECK-LABEL: func.func @weights_are_an_output(
func.func @weights_are_an_output(%q: tensor<5x4xf32>, %k: tensor<4x7xf32>, %v: tensor<7x6xf32>) -> (tensor<5x6xf32>, tensor<5x7xf32>) {
  // CHECK-NOT: graph.attention
  // CHECK:     graph.softmax
  %0 = graph.matmul %q, %k : tensor<5x4xf32>, tensor<4x7xf32> -> tensor<5x7xf32>
  %1 = graph.softmax %0 : tensor<5x7xf32>
  %2 = graph.matmul %1, %v : tensor<5x7xf32>, tensor<7x6xf32> -> tensor<5x6xf32>
  return %2, %1 : tensor<5x6xf32>, tensor<5x7xf32>
}

// Scores that do not come from a product, and weights that end elsewhere.
// CHECK-LABEL: func.func @no_attention(
func.func @no_attention(%s: tensor<5x7xf32>, %q: tensor<5x4xf32>, %k: tensor<4x7xf32>) -> (tensor<5x7xf32>, tensor<5x7xf32>) {
  // CHECK-NOT: graph.attention
  %0 = graph.softmax %s : tensor<5x7xf32>
  %1 = graph.matmul %q, %k : tensor<5x4xf32>, tensor<4x7xf32> -> tensor<5x7xf32>
  %2 = graph.softmax %1 : tensor<5x7xf32>
  %3 = graph.exp %2 : tensor<5x7xf32>
  return %0, %3 : tensor<5x7xf32>, tensor<5x7xf32>
}
