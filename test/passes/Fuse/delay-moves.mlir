// RUN: lmcc-opt %s --lmcc-delay-moves | FileCheck %s
// RUN: lmcc-opt %s --lmcc-check-numbers="passes=lmcc-delay-moves rtol=0 atol=0" -o /dev/null

// CHECK-LABEL: func.func @product(
// CHECK:         %[[P:.*]] = graph.matmul
// CHECK-NEXT:    %[[M:.*]] = graph.mul %[[P]], %{{.*}} : tensor<6x4xf32>, tensor<f32> -> tensor<6x4xf32>
// CHECK-NEXT:    %[[I:.*]] = graph.cast %[[M]] : tensor<6x4xf32> -> tensor<6x4xi32>
// CHECK-NEXT:    %[[R:.*]] = graph.reshape %[[I]] : tensor<6x4xi32> -> tensor<6x2x2xi32>
// CHECK-NEXT:    %[[T:.*]] = graph.transpose %[[R]] [1, 0, 2] : tensor<6x2x2xi32> -> tensor<2x6x2xi32>
// CHECK-NEXT:    return %[[T]]
func.func @product(%x: tensor<6x3xf32>, %w: tensor<3x4xf32>) -> tensor<2x6x2xi32> {
  %s = graph.constant dense<3.0> : tensor<f32>
  %0 = graph.matmul %x, %w : tensor<6x3xf32>, tensor<3x4xf32> -> tensor<6x4xf32>
  %1 = graph.reshape %0 : tensor<6x4xf32> -> tensor<6x2x2xf32>
  %2 = graph.transpose %1 [1, 0, 2] : tensor<6x2x2xf32> -> tensor<2x6x2xf32>
  %3 = graph.mul %2, %s : tensor<2x6x2xf32>, tensor<f32> -> tensor<2x6x2xf32>
  %4 = graph.cast %3 : tensor<2x6x2xf32> -> tensor<2x6x2xi32>
  return %4 : tensor<2x6x2xi32>
}

// An input, two tensors, and a move that is a result as well.
// CHECK-LABEL: func.func @keep(
// CHECK:         graph.transpose
// CHECK-NEXT:    graph.neg
// CHECK-NEXT:    graph.exp
// CHECK-NEXT:    graph.transpose
// CHECK-NEXT:    graph.add
// CHECK-NEXT:    graph.transpose
// CHECK-NEXT:    graph.neg
// CHECK-NEXT:    return
func.func @keep(%x: tensor<6x3xf32>) -> (tensor<3x6xf32>, tensor<3x6xf32>, tensor<6x3xf32>, tensor<6x3xf32>) {
  %0 = graph.transpose %x [1, 0] : tensor<6x3xf32> -> tensor<3x6xf32>
  %1 = graph.neg %0 : tensor<3x6xf32>
  %2 = graph.exp %x : tensor<6x3xf32>
  %3 = graph.transpose %2 [1, 0] : tensor<6x3xf32> -> tensor<3x6xf32>
  %4 = graph.add %3, %1 : tensor<3x6xf32>, tensor<3x6xf32> -> tensor<3x6xf32>
  %5 = graph.transpose %4 [1, 0] : tensor<3x6xf32> -> tensor<6x3xf32>
  %6 = graph.neg %5 : tensor<6x3xf32>
  return %1, %4, %5, %6 : tensor<3x6xf32>, tensor<3x6xf32>, tensor<6x3xf32>, tensor<6x3xf32>
}
