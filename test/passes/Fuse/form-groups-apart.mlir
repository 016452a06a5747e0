// RUN: lmcc-opt %s --lmcc-form-groups | FileCheck %s

// What must not join, and what needs no group.

//===----------------------------------------------------------------------===//
// No work
//===----------------------------------------------------------------------===//

weight.data @w : tensor<4x3xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<4x3xf32>
  weight.yield %0 : tensor<4x3xf32>
}

// CHECK-LABEL: func.func @leave_what_is_no_work(
// CHECK-SAME:      %[[X:.*]]: tensor<8xf32>)
func.func @leave_what_is_no_work(%x: tensor<8xf32>) -> tensor<6xf32> {
  // CHECK-DAG:  %[[C:.*]] = graph.constant dense<2.000000e+00> : tensor<f32>
  // CHECK-DAG:  %[[W:.*]] = weight.get @w : tensor<4x3xf32>
  // CHECK-DAG:  %[[XR:.*]] = graph.reshape %[[X]] : tensor<8xf32> -> tensor<2x4xf32>
  // CHECK:      %[[G:.*]] = graph.group (%{{.*}} = %[[XR]], %{{.*}} = %[[W]], %{{.*}} = %[[C]])
  // CHECK-NEXT:   graph.matmul
  // CHECK-NEXT:   graph.mul
  // CHECK-NEXT:   graph.yield
  // CHECK-NEXT: }
  // CHECK-NEXT: %[[R:.*]] = graph.reshape %[[G]]
  // CHECK-NEXT: return %[[R]]
  %c = graph.constant dense<2.0> : tensor<f32>
  %w = weight.get @w : tensor<4x3xf32>
  %0 = graph.reshape %x : tensor<8xf32> -> tensor<2x4xf32>
  %1 = graph.matmul %0, %w : tensor<2x4xf32>, tensor<4x3xf32> -> tensor<2x3xf32>
  %2 = graph.mul %1, %c : tensor<2x3xf32>, tensor<f32> -> tensor<2x3xf32>
  %3 = graph.reshape %2 : tensor<2x3xf32> -> tensor<6xf32>
  return %3 : tensor<6xf32>
}

// A reshape between two operations keeps them apart.
// CHECK-LABEL: func.func @reshape_separates(
func.func @reshape_separates(%x: tensor<2x3xf32>) -> tensor<6xf32> {
  // CHECK:      graph.group
  // CHECK-NEXT:   graph.exp
  // CHECK-NEXT:   graph.yield
  // CHECK:      graph.reshape
  // CHECK-NEXT: graph.group
  // CHECK-NEXT:   graph.tanh
  // CHECK-NEXT:   graph.yield
  %0 = graph.exp %x : tensor<2x3xf32>
  %1 = graph.reshape %0 : tensor<2x3xf32> -> tensor<6xf32>
  %2 = graph.tanh %1 : tensor<6xf32>
  return %2 : tensor<6xf32>
}

//===----------------------------------------------------------------------===//
// Users elsewhere
//===----------------------------------------------------------------------===//

// The sum would be computed twice.
// CHECK-LABEL: func.func @users_in_two_groups(
func.func @users_in_two_groups(%x: tensor<2x3xf32>, %y: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  // CHECK:      %[[S:.*]] = graph.group
  // CHECK-NEXT:   graph.add
  // CHECK-NEXT:   graph.yield
  // CHECK:      graph.group (%{{.*}} = %[[S]])
  // CHECK-NEXT:   graph.exp
  // CHECK-NEXT:   graph.yield
  // CHECK:      graph.group (%{{.*}} = %[[S]])
  // CHECK-NEXT:   graph.tanh
  // CHECK-NEXT:   graph.yield
  %0 = graph.add %x, %y : tensor<2x3xf32>, tensor<2x3xf32> -> tensor<2x3xf32>
  %1 = graph.exp %0 : tensor<2x3xf32>
  %2 = graph.tanh %0 : tensor<2x3xf32>
  return %1, %2 : tensor<2x3xf32>, tensor<2x3xf32>
}

// The caller wants the product itself, too.
// CHECK-LABEL: func.func @product_is_an_output(
func.func @product_is_an_output(%x: tensor<2x4xf32>, %w: tensor<4x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  // CHECK:      %[[P:.*]] = graph.group
  // CHECK-NEXT:   graph.matmul
  // CHECK-NEXT:   graph.yield
  // CHECK:      %[[E:.*]] = graph.group (%{{.*}} = %[[P]])
  // CHECK-NEXT:   graph.exp
  // CHECK:      return %[[P]], %[[E]]
  %0 = graph.matmul %x, %w : tensor<2x4xf32>, tensor<4x3xf32> -> tensor<2x3xf32>
  %1 = graph.exp %0 : tensor<2x3xf32>
  return %0, %1 : tensor<2x3xf32>, tensor<2x3xf32>
}

//===----------------------------------------------------------------------===//
// Other shapes
//===----------------------------------------------------------------------===//

// One element of the column would be computed for each column of the result.
// CHECK-LABEL: func.func @smaller_producer(
func.func @smaller_producer(%x: tensor<2x1xf32>, %y: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // CHECK:      graph.group
  // CHECK-NEXT:   graph.exp
  // CHECK-NEXT:   graph.yield
  // CHECK:      graph.group
  // CHECK-NEXT:   graph.add
  %0 = graph.exp %x : tensor<2x1xf32>
  %1 = graph.add %0, %y : tensor<2x1xf32>, tensor<2x3xf32> -> tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}

// A row of each batch is no row of the flattened matrix.
// CHECK-LABEL: func.func @extra_of_some_rows(
func.func @extra_of_some_rows(%x: tensor<5x2x4xf32>, %w: tensor<4x3xf32>, %e: tensor<5x1x3xf32>) -> tensor<5x2x3xf32> {
  // CHECK:      graph.group
  // CHECK-NEXT:   graph.matmul
  // CHECK-NEXT:   graph.yield
  // CHECK:      graph.group
  // CHECK-NEXT:   graph.add
  %0 = graph.matmul %x, %w : tensor<5x2x4xf32>, tensor<4x3xf32> -> tensor<5x2x3xf32>
  %1 = graph.add %0, %e : tensor<5x2x3xf32>, tensor<5x1x3xf32> -> tensor<5x2x3xf32>
  return %1 : tensor<5x2x3xf32>
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

// One group holds one product, and the second starts its own.
// CHECK-LABEL: func.func @two_products(
func.func @two_products(%x: tensor<2x4xf32>, %v: tensor<4x3xf32>, %w: tensor<4x3xf32>) -> tensor<2x3xf32> {
  // CHECK:      %[[A:.*]] = graph.group
  // CHECK-NEXT:   graph.matmul
  // CHECK-NEXT:   graph.yield
  // CHECK:      graph.group
  // CHECK-SAME:   = %[[A]]
  // CHECK-NEXT:   %[[P:.*]] = graph.matmul
  // CHECK-NEXT:   graph.mul %{{.*}}, %[[P]]
  // CHECK-NEXT:   graph.yield
  %0 = graph.matmul %x, %v : tensor<2x4xf32>, tensor<4x3xf32> -> tensor<2x3xf32>
  %1 = graph.matmul %x, %w : tensor<2x4xf32>, tensor<4x3xf32> -> tensor<2x3xf32>
  %2 = graph.mul %0, %1 : tensor<2x3xf32>, tensor<2x3xf32> -> tensor<2x3xf32>
  return %2 : tensor<2x3xf32>
}

// A square product: its left side has the shape of the result, and must be
// complete before the first sum.
// CHECK-LABEL: func.func @what_feeds_the_product(
func.func @what_feeds_the_product(%x: tensor<2x4xf32>, %w: tensor<4x4xf32>) -> tensor<2x4xf32> {
  // CHECK:      %[[E:.*]] = graph.group
  // CHECK-NEXT:   graph.exp
  // CHECK-NEXT:   graph.yield
  // CHECK:      graph.group (%[[L:.*]] = %[[E]], %{{.*}}
  // CHECK-NEXT:   graph.matmul %[[L]]
  // CHECK-NEXT:   graph.tanh
  %0 = graph.exp %x : tensor<2x4xf32>
  %1 = graph.matmul %0, %w : tensor<2x4xf32>, tensor<4x4xf32> -> tensor<2x4xf32>
  %2 = graph.tanh %1 : tensor<2x4xf32>
  return %2 : tensor<2x4xf32>
}

// CHECK-LABEL: func.func @product_of_doubles(
func.func @product_of_doubles(%x: tensor<2x4xf64>, %w: tensor<4x3xf64>) -> tensor<2x3xf64> {
  // CHECK:      graph.group
  // CHECK-NEXT:   graph.matmul
  // CHECK-NEXT:   graph.yield
  // CHECK:      graph.group
  // CHECK-NEXT:   graph.exp
  %0 = graph.matmul %x, %w : tensor<2x4xf64>, tensor<4x3xf64> -> tensor<2x3xf64>
  %1 = graph.exp %0 : tensor<2x3xf64>
  return %1 : tensor<2x3xf64>
}

// A product of floats may keep sums in its result, which has their size then.
// CHECK-LABEL: func.func @epilogue_of_bytes(
func.func @epilogue_of_bytes(%x: tensor<2x4xf32>, %w: tensor<4x3xf32>) -> tensor<2x3xi8> {
  // CHECK:      graph.group
  // CHECK-NEXT:   graph.matmul
  // CHECK-NEXT:   graph.yield
  // CHECK:      graph.group
  // CHECK-NEXT:   graph.cast
  %0 = graph.matmul %x, %w : tensor<2x4xf32>, tensor<4x3xf32> -> tensor<2x3xf32>
  %1 = graph.cast %0 : tensor<2x3xf32> -> tensor<2x3xi8>
  return %1 : tensor<2x3xi8>
}

// Two roundings would leave the sums too few registers.
// CHECK-LABEL: func.func @epilogue_that_rounds_twice(
func.func @epilogue_that_rounds_twice(%x: tensor<2x4xf32>, %w: tensor<4x3xf32>) -> tensor<2x3xf32> {
  // CHECK:      graph.group
  // CHECK-NEXT:   graph.matmul
  // CHECK-NEXT:   graph.yield
  // CHECK:      graph.group
  // CHECK-NEXT:   graph.cast
  // CHECK-NEXT:   graph.cast
  // CHECK-NEXT:   graph.exp
  // CHECK-NEXT:   graph.cast
  // CHECK-NEXT:   graph.cast
  // CHECK-NEXT:   graph.yield
  %0 = graph.matmul %x, %w : tensor<2x4xf32>, tensor<4x3xf32> -> tensor<2x3xf32>
  %1 = graph.cast %0 : tensor<2x3xf32> -> tensor<2x3xi8>
  %2 = graph.cast %1 : tensor<2x3xi8> -> tensor<2x3xf32>
  %3 = graph.exp %2 : tensor<2x3xf32>
  %4 = graph.cast %3 : tensor<2x3xf32> -> tensor<2x3xi8>
  %5 = graph.cast %4 : tensor<2x3xi8> -> tensor<2x3xf32>
  return %5 : tensor<2x3xf32>
}

// Bytes are loaded to be widened once, not to be computed with.
// CHECK-LABEL: func.func @bytes_that_are_added(
func.func @bytes_that_are_added(%x: tensor<2x4xf32>, %w: tensor<4x3xf32>, %a: tensor<2x3xi8>) -> tensor<2x3xf32> {
  // CHECK:      graph.group
  // CHECK-NEXT:   graph.add
  // CHECK-NEXT:   graph.yield
  // CHECK:      graph.group
  // CHECK-NEXT:   graph.matmul
  // CHECK-NEXT:   graph.cast
  // CHECK-NEXT:   graph.add
  %1 = graph.add %a, %a : tensor<2x3xi8>, tensor<2x3xi8> -> tensor<2x3xi8>
  %0 = graph.matmul %x, %w : tensor<2x4xf32>, tensor<4x3xf32> -> tensor<2x3xf32>
  %2 = graph.cast %1 : tensor<2x3xi8> -> tensor<2x3xf32>
  %3 = graph.add %0, %2 : tensor<2x3xf32>, tensor<2x3xf32> -> tensor<2x3xf32>
  return %3 : tensor<2x3xf32>
}

//===----------------------------------------------------------------------===//
// Everything else stands alone
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @rows_and_moves(
func.func @rows_and_moves(%x: tensor<3x3xf32>) -> tensor<3x3xf32> {
  // CHECK:      graph.group
  // CHECK-NEXT:   graph.exp
  // CHECK-NEXT:   graph.yield
  // CHECK:      graph.group
  // CHECK-NEXT:   graph.softmax
  // CHECK-NEXT:   graph.yield
  // CHECK:      graph.group
  // CHECK-NEXT:   graph.transpose
  // CHECK-NEXT:   graph.yield
  // CHECK:      graph.group
  // CHECK-NEXT:   graph.tanh
  // CHECK-NEXT:   graph.yield
  %0 = graph.exp %x : tensor<3x3xf32>
  %1 = graph.softmax %0 : tensor<3x3xf32>
  %2 = graph.transpose %1 [1, 0] : tensor<3x3xf32> -> tensor<3x3xf32>
  %3 = graph.tanh %2 : tensor<3x3xf32>
  return %3 : tensor<3x3xf32>
}
