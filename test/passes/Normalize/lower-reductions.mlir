// RUN: lmcc-opt %s --lmcc-lower-reductions | FileCheck %s
// RUN: lmcc-opt %s --lmcc-check-numbers="passes=lmcc-lower-reductions rtol=1e-6" -o /dev/null

// CHECK-LABEL: func.func @separate_axes(
// CHECK-SAME:      %[[X:.*]]: tensor<4x8x3xf32>)
func.func @separate_axes(%x: tensor<4x8x3xf32>) -> tensor<1x8x1xf32> {
  // CHECK-NEXT: %[[T:.*]] = graph.transpose %[[X]] [1, 0, 2] : tensor<4x8x3xf32> -> tensor<8x4x3xf32>
  // CHECK-NEXT: %[[F:.*]] = graph.reshape %[[T]] : tensor<8x4x3xf32> -> tensor<8x12xf32>
  // CHECK-NEXT: %[[S:.*]] = graph.reduce sum %[[F]] axes [1] : tensor<8x12xf32> -> tensor<8x1xf32>
  // CHECK-NEXT: %[[R:.*]] = graph.reshape %[[S]] : tensor<8x1xf32> -> tensor<1x8x1xf32>
  // CHECK-NEXT: return %[[R]]
  %0 = graph.reduce sum %x axes [0, 2] : tensor<4x8x3xf32> -> tensor<1x8x1xf32>
  return %0 : tensor<1x8x1xf32>
}

// CHECK-LABEL: func.func @symbolic_sizes(
// CHECK-SAME:      %[[X:.*]]: tensor<?x?x3xf32, #graph.dims<batch, length, 3>>)
func.func @symbolic_sizes(%x: tensor<?x?x3xf32, #graph.dims<batch, length, 3>>)
    -> tensor<?x1x1xf32, #graph.dims<batch, 1, 1>>
    attributes {graph.symbols = [#graph.symbol<"batch", 1, 3>, #graph.symbol<"length", 0, 5>]} {
  // CHECK-NEXT: %[[F:.*]] = graph.reshape %[[X]] : {{.*}} -> tensor<?x?xf32, #graph.dims<batch, length * 3>>
  // CHECK-NEXT: %[[M:.*]] = graph.reduce max %[[F]] axes [1]
  // CHECK-NEXT: graph.reshape %[[M]]
  // CHECK-NOT:  graph.transpose
  %0 = graph.reduce max %x axes [1, 2]
     : tensor<?x?x3xf32, #graph.dims<batch, length, 3>> -> tensor<?x1x1xf32, #graph.dims<batch, 1, 1>>
  return %0 : tensor<?x1x1xf32, #graph.dims<batch, 1, 1>>
}

// CHECK-LABEL: func.func @all_axes(
// CHECK-SAME:      %[[X:.*]]: tensor<4x3xi32>)
func.func @all_axes(%x: tensor<4x3xi32>) -> tensor<1x1xi32> {
  // CHECK-NEXT: %[[F:.*]] = graph.reshape %[[X]] : tensor<4x3xi32> -> tensor<12xi32>
  // CHECK-NEXT: graph.reduce product %[[F]] axes [0] : tensor<12xi32> -> tensor<1xi32>
  %0 = graph.reduce product %x axes [0, 1] : tensor<4x3xi32> -> tensor<1x1xi32>
  return %0 : tensor<1x1xi32>
}

// CHECK-LABEL: func.func @unit_axes(
// CHECK-SAME:      %[[X:.*]]: tensor<1x3xf32>, %[[Y:.*]]: tensor<4x1x3xf32>)
func.func @unit_axes(%x: tensor<1x3xf32>, %y: tensor<4x1x3xf32>) -> (tensor<1x3xf32>, tensor<4x1x1xf32>) {
  // CHECK-NEXT: %[[R:.*]] = graph.reduce sum %[[Y]] axes [2]
  // CHECK-NEXT: return %[[X]], %[[R]]
  %0 = graph.reduce sum %x axes [0] : tensor<1x3xf32> -> tensor<1x3xf32>
  %1 = graph.reduce sum %y axes [1, 2] : tensor<4x1x3xf32> -> tensor<4x1x1xf32>
  return %0, %1 : tensor<1x3xf32>, tensor<4x1x1xf32>
}

// CHECK-LABEL: func.func @arg_max(
// CHECK-SAME:      %[[X:.*]]: tensor<4x8x3xf32>)
func.func @arg_max(%x: tensor<4x8x3xf32>) -> tensor<4x1x3xi32> {
  // CHECK-NEXT: %[[T:.*]] = graph.transpose %[[X]] [0, 2, 1]
  // CHECK-NEXT: %[[A:.*]] = graph.arg_max %[[T]] axis 2 last : tensor<4x3x8xf32> -> tensor<4x3x1xi32>
  // CHECK-NEXT: graph.reshape %[[A]] : tensor<4x3x1xi32> -> tensor<4x1x3xi32>
  %0 = graph.arg_max %x axis 1 last : tensor<4x8x3xf32> -> tensor<4x1x3xi32>
  return %0 : tensor<4x1x3xi32>
}

// CHECK-LABEL: func.func @cumulative_sum(
// CHECK-SAME:      %[[X:.*]]: tensor<4x8x3xf32>)
func.func @cumulative_sum(%x: tensor<4x8x3xf32>) -> tensor<4x8x3xf32> {
  // CHECK-NEXT: %[[T:.*]] = graph.transpose %[[X]] [1, 2, 0]
  // CHECK-NEXT: %[[S:.*]] = graph.cumulative_sum %[[T]] axis 2 exclusive reverse : tensor<8x3x4xf32>
  // CHECK-NEXT: graph.transpose %[[S]] [2, 0, 1]
  %0 = graph.cumulative_sum %x axis 0 exclusive reverse : tensor<4x8x3xf32>
  return %0 : tensor<4x8x3xf32>
}

// CHECK-LABEL: func.func @keep_rows(
// CHECK-SAME:      %[[X:.*]]: tensor<4x8xf32>)
func.func @keep_rows(%x: tensor<4x8xf32>) -> (tensor<4x1xf32>, tensor<4x1xi64>, tensor<4x8xf32>) {
  // CHECK-NEXT: graph.reduce min %[[X]] axes [1]
  // CHECK-NEXT: graph.arg_max %[[X]] axis 1
  // CHECK-NEXT: graph.cumulative_sum %[[X]] axis 1
  // CHECK-NEXT: return
  %0 = graph.reduce min %x axes [1] : tensor<4x8xf32> -> tensor<4x1xf32>
  %1 = graph.arg_max %x axis 1 : tensor<4x8xf32> -> tensor<4x1xi64>
  %2 = graph.cumulative_sum %x axis 1 : tensor<4x8xf32>
  return %0, %1, %2 : tensor<4x1xf32>, tensor<4x1xi64>, tensor<4x8xf32>
}
