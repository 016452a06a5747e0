// RUN: lmcc-opt %s --verify-roundtrip | FileCheck %s

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @matmul(
// CHECK-SAME:      %[[X:.*]]: tensor<2x4xf32>, %[[W:.*]]: tensor<4x3xf32>)
func.func @matmul(%x: tensor<2x4xf32>, %w: tensor<4x3xf32>) {
  // CHECK-NEXT: graph.matmul %[[X]], %[[W]] : tensor<2x4xf32>, tensor<4x3xf32> -> tensor<2x3xf32>
  %0 = graph.matmul %x, %w : tensor<2x4xf32>, tensor<4x3xf32> -> tensor<2x3xf32>
  return
}

// Leading axes broadcast, from both sides.
// CHECK-LABEL: func.func @matmul_of_batches(
// CHECK-SAME:      %[[X:.*]]: tensor<?x1x2x4xi32, #graph.dims<n, 1, 2, 4>>, %[[W:.*]]: tensor<5x4x3xi32>)
func.func @matmul_of_batches(%x: tensor<?x1x2x4xi32, #graph.dims<n, 1, 2, 4>>, %w: tensor<5x4x3xi32>) {
  // CHECK-NEXT: graph.matmul %[[X]], %[[W]] : tensor<?x1x2x4xi32, #graph.dims<n, 1, 2, 4>>, tensor<5x4x3xi32> -> tensor<?x5x2x3xi32, #graph.dims<n, 5, 2, 3>>
  %0 = graph.matmul %x, %w : tensor<?x1x2x4xi32, #graph.dims<n, 1, 2, 4>>, tensor<5x4x3xi32>
      -> tensor<?x5x2x3xi32, #graph.dims<n, 5, 2, 3>>
  return
}

//===----------------------------------------------------------------------===//
// Reductions and scans
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @reduce(
// CHECK-SAME:      %[[X:.*]]: tensor<2x3x4xf32>)
func.func @reduce(%x: tensor<2x3x4xf32>) {
  // CHECK-NEXT: graph.reduce sum %[[X]] axes [1] : tensor<2x3x4xf32> -> tensor<2x1x4xf32>
  // CHECK-NEXT: graph.reduce product %[[X]] axes [0, 2] : tensor<2x3x4xf32> -> tensor<1x3x1xf32>
  // CHECK-NEXT: graph.reduce max %[[X]] axes [] : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  // CHECK-NEXT: graph.reduce min %[[X]] axes [0, 1, 2] : tensor<2x3x4xf32> -> tensor<1x1x1xf32>
  %0 = graph.reduce sum %x axes [1] : tensor<2x3x4xf32> -> tensor<2x1x4xf32>
  %1 = graph.reduce product %x axes [0, 2] : tensor<2x3x4xf32> -> tensor<1x3x1xf32>
  %2 = graph.reduce max %x axes [] : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = graph.reduce min %x axes [0, 1, 2] : tensor<2x3x4xf32> -> tensor<1x1x1xf32>
  return
}

// CHECK-LABEL: func.func @arg_max(
// CHECK-SAME:      %[[X:.*]]: tensor<2x3xf32>)
func.func @arg_max(%x: tensor<2x3xf32>) {
  // CHECK-NEXT: graph.arg_max %[[X]] axis 0 : tensor<2x3xf32> -> tensor<1x3xi64>
  // CHECK-NEXT: graph.arg_max %[[X]] axis 1 last : tensor<2x3xf32> -> tensor<2x1xi32>
  %0 = graph.arg_max %x axis 0 : tensor<2x3xf32> -> tensor<1x3xi64>
  %1 = graph.arg_max %x axis 1 last : tensor<2x3xf32> -> tensor<2x1xi32>
  return
}

// CHECK-LABEL: func.func @cumulative_sum(
// CHECK-SAME:      %[[X:.*]]: tensor<2x3xi64>)
func.func @cumulative_sum(%x: tensor<2x3xi64>) {
  // CHECK-NEXT: graph.cumulative_sum %[[X]] axis 1 : tensor<2x3xi64>
  // CHECK-NEXT: graph.cumulative_sum %[[X]] axis 0 exclusive : tensor<2x3xi64>
  // CHECK-NEXT: graph.cumulative_sum %[[X]] axis 1 reverse : tensor<2x3xi64>
  // CHECK-NEXT: graph.cumulative_sum %[[X]] axis 1 exclusive reverse : tensor<2x3xi64>
  %0 = graph.cumulative_sum %x axis 1 : tensor<2x3xi64>
  %1 = graph.cumulative_sum %x axis 0 exclusive : tensor<2x3xi64>
  %2 = graph.cumulative_sum %x axis 1 reverse : tensor<2x3xi64>
  %3 = graph.cumulative_sum %x axis 1 exclusive reverse : tensor<2x3xi64>
  return
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @softmax(
// CHECK-SAME:      %[[X:.*]]: tensor<?x3xf32, #graph.dims<n, 3>>)
func.func @softmax(%x: tensor<?x3xf32, #graph.dims<n, 3>>) {
  // CHECK-NEXT: graph.softmax %[[X]] : tensor<?x3xf32, #graph.dims<n, 3>>
  %0 = graph.softmax %x : tensor<?x3xf32, #graph.dims<n, 3>>
  return
}

// CHECK-LABEL: func.func @layer_norm(
// CHECK-SAME:      %[[X:.*]]: tensor<2x3xf32>, %[[G:.*]]: tensor<3xf32>, %[[B:.*]]: tensor<3xf32>)
func.func @layer_norm(%x: tensor<2x3xf32>, %g: tensor<3xf32>, %b: tensor<3xf32>) {
  // CHECK-NEXT: graph.layer_norm %[[X]], %[[G]] epsilon 1.250000e-01 : tensor<2x3xf32>, tensor<3xf32>
  // CHECK-NEXT: graph.layer_norm %[[X]], %[[G]] bias %[[B]] : tensor<3xf32> epsilon 0.000000e+00 : tensor<2x3xf32>, tensor<3xf32>
  %0 = graph.layer_norm %x, %g epsilon 0.125 : tensor<2x3xf32>, tensor<3xf32>
  %1 = graph.layer_norm %x, %g bias %b : tensor<3xf32> epsilon 0.0 : tensor<2x3xf32>, tensor<3xf32>
  return
}

// CHECK-LABEL: func.func @rms_norm(
// CHECK-SAME:      %[[X:.*]]: tensor<2x3xbf16>, %[[G:.*]]: tensor<3xbf16>)
func.func @rms_norm(%x: tensor<2x3xbf16>, %g: tensor<3xbf16>) {
  // CHECK-NEXT: graph.rms_norm %[[X]], %[[G]] epsilon 1.250000e-01 : tensor<2x3xbf16>, tensor<3xbf16>
  %0 = graph.rms_norm %x, %g epsilon 0.125 : tensor<2x3xbf16>, tensor<3xbf16>
  return
}
