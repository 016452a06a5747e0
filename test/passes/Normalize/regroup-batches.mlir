// RUN: lmcc-opt %s --lmcc-regroup-batches --canonicalize | FileCheck %s
// RUN: lmcc-opt %s --lmcc-check-numbers="passes=lmcc-regroup-batches" -o /dev/null

//===----------------------------------------------------------------------===//
// Batch and heads merged around products
//===----------------------------------------------------------------------===//

// Everything happens on four axes once the reshapes have met.
// CHECK-LABEL: func.func @merged_for_each_step(
// CHECK-SAME:      %[[Q:.*]]: tensor<?x4x5x8xf32, #graph.dims<batch, 4, 5, 8>>, %[[K:[^:]*]]: {{.*}}, %[[V:[^:]*]]: {{.*}}, %[[M:[^:]*]]: tensor<?x1x5x7xf32, #graph.dims<batch, 1, 5, 7>>)
func.func @merged_for_each_step(
    %q: tensor<?x4x5x8xf32, #graph.dims<batch, 4, 5, 8>>, %k: tensor<?x4x7x8xf32, #graph.dims<batch, 4, 7, 8>>,
    %v: tensor<?x4x7x6xf32, #graph.dims<batch, 4, 7, 6>>, %m: tensor<?x1x5x7xf32, #graph.dims<batch, 1, 5, 7>>)
    -> tensor<?x4x5x6xf32, #graph.dims<batch, 4, 5, 6>> attributes {graph.symbols = [#graph.symbol<"batch", 1, 3>]} {
  // CHECK-NEXT: %[[KT:.*]] = graph.transpose %[[K]] [0, 1, 3, 2]
  // CHECK-NEXT: %[[S:.*]] = graph.matmul %[[Q]], %[[KT]]
  // CHECK-NEXT: %[[A:.*]] = graph.add %[[S]], %[[M]]
  // CHECK-NEXT: %[[P:.*]] = graph.softmax %[[A]]
  // CHECK-NEXT: %[[R:.*]] = graph.matmul %[[P]], %[[V]]
  // CHECK-NEXT: return %[[R]]
  %0 = graph.reshape %q : tensor<?x4x5x8xf32, #graph.dims<batch, 4, 5, 8>> -> tensor<?x5x8xf32, #graph.dims<batch * 4, 5, 8>>
  %1 = graph.reshape %k : tensor<?x4x7x8xf32, #graph.dims<batch, 4, 7, 8>> -> tensor<?x7x8xf32, #graph.dims<batch * 4, 7, 8>>
  %2 = graph.reshape %v : tensor<?x4x7x6xf32, #graph.dims<batch, 4, 7, 6>> -> tensor<?x7x6xf32, #graph.dims<batch * 4, 7, 6>>
  %3 = graph.transpose %1 [0, 2, 1] : tensor<?x7x8xf32, #graph.dims<batch * 4, 7, 8>> -> tensor<?x8x7xf32, #graph.dims<batch * 4, 8, 7>>
  %4 = graph.matmul %0, %3 : tensor<?x5x8xf32, #graph.dims<batch * 4, 5, 8>>, tensor<?x8x7xf32, #graph.dims<batch * 4, 8, 7>> -> tensor<?x5x7xf32, #graph.dims<batch * 4, 5, 7>>
  %5 = graph.reshape %4 : tensor<?x5x7xf32, #graph.dims<batch * 4, 5, 7>> -> tensor<?x4x5x7xf32, #graph.dims<batch, 4, 5, 7>>
  %6 = graph.add %5, %m : tensor<?x4x5x7xf32, #graph.dims<batch, 4, 5, 7>>, tensor<?x1x5x7xf32, #graph.dims<batch, 1, 5, 7>> -> tensor<?x4x5x7xf32, #graph.dims<batch, 4, 5, 7>>
  %7 = graph.reshape %6 : tensor<?x4x5x7xf32, #graph.dims<batch, 4, 5, 7>> -> tensor<?x5x7xf32, #graph.dims<batch * 4, 5, 7>>
  %8 = graph.softmax %7 : tensor<?x5x7xf32, #graph.dims<batch * 4, 5, 7>>
  %9 = graph.matmul %8, %2 : tensor<?x5x7xf32, #graph.dims<batch * 4, 5, 7>>, tensor<?x7x6xf32, #graph.dims<batch * 4, 7, 6>> -> tensor<?x5x6xf32, #graph.dims<batch * 4, 5, 6>>
  %10 = graph.reshape %9 : tensor<?x5x6xf32, #graph.dims<batch * 4, 5, 6>> -> tensor<?x4x5x6xf32, #graph.dims<batch, 4, 5, 6>>
  return %10 : tensor<?x4x5x6xf32, #graph.dims<batch, 4, 5, 6>>
}

// One axis of size 1 goes; the other operand has no axis at all.
// CHECK-LABEL: func.func @merged_to_a_matrix(
// CHECK-SAME:      %[[X:.*]]: tensor<1x1x3xf32>, %[[Y:.*]]: tensor<f32>)
func.func @merged_to_a_matrix(%x: tensor<1x1x3xf32>, %y: tensor<f32>) -> tensor<1x3xf32> {
  // CHECK-NEXT: %[[M:.*]] = graph.max %[[X]], %[[Y]] : tensor<1x1x3xf32>, tensor<f32> -> tensor<1x1x3xf32>
  // CHECK-NEXT: %[[R:.*]] = graph.reshape %[[M]]
  // CHECK-NEXT: return %[[R]]
  %0 = graph.reshape %x : tensor<1x1x3xf32> -> tensor<1x3xf32>
  %1 = graph.max %0, %y : tensor<1x3xf32>, tensor<f32> -> tensor<1x3xf32>
  return %1 : tensor<1x3xf32>
}

//===----------------------------------------------------------------------===//
// Repeated heads
//===----------------------------------------------------------------------===//

// Keys are read once for both heads; the mask has all heads and is split alike.
// CHECK-LABEL: func.func @repeated_keys(
// CHECK-SAME:      %[[Q:.*]]: tensor<8x5x8xf32>, %[[K:.*]]: tensor<4x1x8x16xf32>, %[[M:.*]]: tensor<8x1x16xf32>)
func.func @repeated_keys(%q: tensor<8x5x8xf32>, %k: tensor<4x1x8x16xf32>, %m: tensor<8x1x16xf32>) -> tensor<8x5x16xf32> {
  // CHECK-DAG:  %[[QG:.*]] = graph.reshape %[[Q]] : tensor<8x5x8xf32> -> tensor<4x2x5x8xf32>
  // CHECK-DAG:  %[[MG:.*]] = graph.reshape %[[M]] : tensor<8x1x16xf32> -> tensor<4x2x1x16xf32>
  // CHECK-DAG:  %[[S:.*]] = graph.matmul %[[QG]], %[[K]] : tensor<4x2x5x8xf32>, tensor<4x1x8x16xf32>
  // CHECK:      %[[A:.*]] = graph.add %[[S]], %[[MG]]
  // CHECK-NEXT: %[[R:.*]] = graph.reshape %[[A]] : tensor<4x2x5x16xf32> -> tensor<8x5x16xf32>
  // CHECK-NEXT: return %[[R]]
  %0 = graph.broadcast %k : tensor<4x1x8x16xf32> -> tensor<4x2x8x16xf32>
  %1 = graph.reshape %0 : tensor<4x2x8x16xf32> -> tensor<8x8x16xf32>
  %2 = graph.matmul %q, %1 : tensor<8x5x8xf32>, tensor<8x8x16xf32> -> tensor<8x5x16xf32>
  %3 = graph.add %2, %m : tensor<8x5x16xf32>, tensor<8x1x16xf32> -> tensor<8x5x16xf32>
  return %3 : tensor<8x5x16xf32>
}

// The right side alone has the batch, so the repetition decides the result.
// CHECK-LABEL: func.func @left_side_has_no_batch(
func.func @left_side_has_no_batch(%q: tensor<5x8xf32>, %k: tensor<1x8x16xf32>) -> tensor<2x5x16xf32> {
  // CHECK: graph.broadcast
  // CHECK: graph.matmul
  %0 = graph.broadcast %k : tensor<1x8x16xf32> -> tensor<2x8x16xf32>
  %1 = graph.matmul %q, %0 : tensor<5x8xf32>, tensor<2x8x16xf32> -> tensor<2x5x16xf32>
  return %1 : tensor<2x5x16xf32>
}

//===----------------------------------------------------------------------===//
// Around transposes
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @split_before_transpose(
// CHECK-SAME:      %[[X:.*]]: tensor<3x8x6xf32>)
func.func @split_before_transpose(%x: tensor<3x8x6xf32>) -> tensor<4x2x3x6xf32> {
  // CHECK-NEXT: %[[S:.*]] = graph.reshape %[[X]] : tensor<3x8x6xf32> -> tensor<3x4x2x6xf32>
  // CHECK-NEXT: %[[T:.*]] = graph.transpose %[[S]] [1, 2, 0, 3]
  // CHECK-NEXT: return %[[T]]
  %0 = graph.transpose %x [1, 0, 2] : tensor<3x8x6xf32> -> tensor<8x3x6xf32>
  %1 = graph.reshape %0 : tensor<8x3x6xf32> -> tensor<4x2x3x6xf32>
  return %1 : tensor<4x2x3x6xf32>
}

// CHECK-LABEL: func.func @merge_behind_transpose(
// CHECK-SAME:      %[[X:.*]]: tensor<4x2x3x6xf32>)
func.func @merge_behind_transpose(%x: tensor<4x2x3x6xf32>) -> tensor<3x8x6xf32> {
  // CHECK-NEXT: %[[T:.*]] = graph.transpose %[[X]] [2, 0, 1, 3]
  // CHECK-NEXT: %[[R:.*]] = graph.reshape %[[T]] : tensor<3x4x2x6xf32> -> tensor<3x8x6xf32>
  // CHECK-NEXT: return %[[R]]
  %0 = graph.reshape %x : tensor<4x2x3x6xf32> -> tensor<8x3x6xf32>
  %1 = graph.transpose %0 [1, 0, 2] : tensor<8x3x6xf32> -> tensor<3x8x6xf32>
  return %1 : tensor<3x8x6xf32>
}

//===----------------------------------------------------------------------===//
// Left alone
//===----------------------------------------------------------------------===//

// Rows change, and the mask has one of two merged axes.
// CHECK-LABEL: func.func @left_alone(
func.func @left_alone(%x: tensor<2x3x4x5xf32>, %y: tensor<2x3x4x5xf32>, %m: tensor<2x1x4x5xf32>) -> (tensor<6x20xf32>, tensor<2x3x4x5xf32>, tensor<3x2x5x4xf32>) {
  // CHECK-NEXT: %[[A:.*]] = graph.reshape %{{.*}} : tensor<2x3x4x5xf32> -> tensor<6x20xf32>
  // CHECK-NEXT: graph.exp %[[A]]
  // CHECK-NEXT: graph.add %{{.*}}, %{{.*}} : tensor<2x3x4x5xf32>, tensor<2x1x4x5xf32>
  // CHECK-NEXT: %[[B:.*]] = graph.reshape %{{.*}} : tensor<2x3x4x5xf32> -> tensor<2x3x5x4xf32>
  // CHECK-NEXT: graph.transpose %[[B]] [1, 0, 2, 3]
  %0 = graph.reshape %x : tensor<2x3x4x5xf32> -> tensor<6x20xf32>
  %1 = graph.exp %0 : tensor<6x20xf32>
  %2 = graph.add %y, %m : tensor<2x3x4x5xf32>, tensor<2x1x4x5xf32> -> tensor<2x3x4x5xf32>
  %3 = graph.reshape %y : tensor<2x3x4x5xf32> -> tensor<2x3x5x4xf32>
  %4 = graph.transpose %3 [1, 0, 2, 3] : tensor<2x3x5x4xf32> -> tensor<3x2x5x4xf32>
  return %1, %2, %4 : tensor<6x20xf32>, tensor<2x3x4x5xf32>, tensor<3x2x5x4xf32>
}
