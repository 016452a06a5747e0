// RUN: lmcc-opt %s --verify-roundtrip | FileCheck %s

// CHECK-LABEL: func.func @rows(
// CHECK-SAME:      %[[X:.*]]: tensor<?x4xf32, #graph.dims<n, 4>>)
func.func @rows(%x: tensor<?x4xf32, #graph.dims<n, 4>>) {
  // CHECK-NEXT: %[[S:.*]] = graph.row_scales %[[X]] : tensor<?x4xf32, #graph.dims<n, 4>> -> tensor<?x1xf32, #graph.dims<n, 1>>
  %0 = graph.row_scales %x : tensor<?x4xf32, #graph.dims<n, 4>> -> tensor<?x1xf32, #graph.dims<n, 1>>
  // CHECK-NEXT: graph.quantize_rows %[[X]], %[[S]] : tensor<?x4xf32, #graph.dims<n, 4>>, tensor<?x1xf32, #graph.dims<n, 1>> -> tensor<?x4xi8, #graph.dims<n, 4>>
  %1 = graph.quantize_rows %x, %0 : tensor<?x4xf32, #graph.dims<n, 4>>, tensor<?x1xf32, #graph.dims<n, 1>> -> tensor<?x4xi8, #graph.dims<n, 4>>
  // CHECK-NEXT: graph.quantize_rows {{.*}} -> tensor<?x4xui8, #graph.dims<n, 4>>
  %2 = graph.quantize_rows %x, %0 : tensor<?x4xf32, #graph.dims<n, 4>>, tensor<?x1xf32, #graph.dims<n, 1>> -> tensor<?x4xui8, #graph.dims<n, 4>>
  return
}

// Bytes are summed in i32, with rows of either signedness.
// CHECK-LABEL: func.func @matmul_of_bytes(
func.func @matmul_of_bytes(%x: tensor<2x4xi8>, %u: tensor<2x4xui8>, %w: tensor<4x3xi8>) {
  // CHECK-NEXT: graph.matmul {{.*}} : tensor<2x4xi8>, tensor<4x3xi8> -> tensor<2x3xi32>
  %0 = graph.matmul %x, %w : tensor<2x4xi8>, tensor<4x3xi8> -> tensor<2x3xi32>
  // CHECK-NEXT: graph.matmul {{.*}} : tensor<2x4xui8>, tensor<4x3xi8> -> tensor<2x3xi32>
  %1 = graph.matmul %u, %w : tensor<2x4xui8>, tensor<4x3xi8> -> tensor<2x3xi32>
  return
}

// Groups of four steps, each with a scale for each column.
// CHECK-LABEL: func.func @matmul_of_groups(
// CHECK-SAME:      %[[X:[^:]*]]: tensor<?x8xi8, #graph.dims<n, 8>>, %[[W:[^:]*]]: tensor<8x3xi8>, %[[S:[^:]*]]: tensor<2x3xf32>)
func.func @matmul_of_groups(%x: tensor<?x8xi8, #graph.dims<n, 8>>, %w: tensor<8x3xi8>, %s: tensor<2x3xf32>) {
  // CHECK-NEXT: graph.matmul %[[X]], %[[W]] scales(%[[S]] : tensor<2x3xf32>) : tensor<?x8xi8, #graph.dims<n, 8>>, tensor<8x3xi8> -> tensor<?x3xf32, #graph.dims<n, 3>>
  %0 = graph.matmul %x, %w scales(%s : tensor<2x3xf32>) : tensor<?x8xi8, #graph.dims<n, 8>>, tensor<8x3xi8>
      -> tensor<?x3xf32, #graph.dims<n, 3>>
  return
}

// Groups of bytes, less a zero point for each group of a column.
// CHECK-LABEL: func.func @matmul_of_groups_of_bytes(
func.func @matmul_of_groups_of_bytes(%x: tensor<2x8xf32>, %w: tensor<8x3xi8>, %s: tensor<2x3xf32>, %z: tensor<2x3xi8>) {
  // CHECK-NEXT: graph.matmul {{.*}} scales({{.*}} : tensor<2x3xf32>) zeros({{.*}} : tensor<2x3xi8>) bytes : tensor<2x8xf32>, tensor<8x3xi8> -> tensor<2x3xf32>
  %0 = graph.matmul %x, %w scales(%s : tensor<2x3xf32>) zeros(%z : tensor<2x3xi8>) bytes : tensor<2x8xf32>, tensor<8x3xi8> -> tensor<2x3xf32>
  return
}

// Floats times numbers of a narrower type, and in groups.
// CHECK-LABEL: func.func @matmul_of_floats_and_narrow_weights(
func.func @matmul_of_floats_and_narrow_weights(%x: tensor<5x2x8xf32>, %b: tensor<8x3xi8>, %h: tensor<8x3xf16>, %s: tensor<2x3xf32>) {
  // CHECK-NEXT: graph.matmul {{.*}} : tensor<5x2x8xf32>, tensor<8x3xi8> -> tensor<5x2x3xf32>
  %0 = graph.matmul %x, %b : tensor<5x2x8xf32>, tensor<8x3xi8> -> tensor<5x2x3xf32>
  // CHECK-NEXT: graph.matmul {{.*}} : tensor<5x2x8xf32>, tensor<8x3xf16> -> tensor<5x2x3xf32>
  %1 = graph.matmul %x, %h : tensor<5x2x8xf32>, tensor<8x3xf16> -> tensor<5x2x3xf32>
  // CHECK-NEXT: graph.matmul {{.*}} scales({{.*}} : tensor<2x3xf32>) : tensor<5x2x8xf32>, tensor<8x3xi8> -> tensor<5x2x3xf32>
  %2 = graph.matmul %x, %b scales(%s : tensor<2x3xf32>) : tensor<5x2x8xf32>, tensor<8x3xi8> -> tensor<5x2x3xf32>
  return
}

// CHECK-LABEL: func.func @look_up_columns(
// CHECK-SAME:      %[[W:[^:]*]]: tensor<8x3xi8>, %[[S:[^:]*]]: tensor<2x3xf32>, %[[I:[^:]*]]: tensor<1x?xi64, #graph.dims<1, n>>)
func.func @look_up_columns(%w: tensor<8x3xi8>, %s: tensor<2x3xf32>, %i: tensor<1x?xi64, #graph.dims<1, n>>) {
  // CHECK-NEXT: graph.look_up_columns %[[W]], %[[S]] at %[[I]] : tensor<8x3xi8>, tensor<2x3xf32>, tensor<1x?xi64, #graph.dims<1, n>> -> tensor<1x?x8xf32, #graph.dims<1, n, 8>>
  %0 = graph.look_up_columns %w, %s at %i : tensor<8x3xi8>, tensor<2x3xf32>, tensor<1x?xi64, #graph.dims<1, n>> -> tensor<1x?x8xf32, #graph.dims<1, n, 8>>
  return
}
