// RUN: lmcc-opt %s --lmcc-keep-floats | FileCheck %s
// RUN: lmcc-opt %s --lmcc-check-numbers="passes=lmcc-keep-floats rtol=0 atol=0" -o /dev/null

// CHECK-LABEL: func.func @zero_point(
// CHECK-SAME:      %[[X:.*]]: tensor<2x3xf32>)
// CHECK-DAG:     %[[LOW:.*]] = graph.constant dense<-1.200000e+02> : tensor<f32>
// CHECK-DAG:     %[[HIGH:.*]] = graph.constant dense<1.350000e+02> : tensor<f32>
// CHECK-DAG:     %[[R:.*]] = graph.round %[[X]]
// CHECK:         %[[L:.*]] = graph.limit %[[R]], %[[LOW]], %[[HIGH]]
// CHECK-NEXT:    return %[[L]]
func.func @zero_point(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %z = graph.constant dense<120.0> : tensor<f32>
  %i = graph.constant dense<120> : tensor<i32>
  %0 = graph.round %x : tensor<2x3xf32>
  %1 = graph.add %0, %z : tensor<2x3xf32>, tensor<f32> -> tensor<2x3xf32>
  %2 = graph.cast %1 : tensor<2x3xf32> -> tensor<2x3xui8>
  %3 = graph.cast %2 : tensor<2x3xui8> -> tensor<2x3xi32>
  %4 = graph.sub %3, %i : tensor<2x3xi32>, tensor<i32> -> tensor<2x3xi32>
  %5 = graph.cast %4 : tensor<2x3xi32> -> tensor<2x3xf32>
  return %5 : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @no_zero_point(
// CHECK:         graph.limit
// CHECK-NOT:     ui8
// CHECK:         return
func.func @no_zero_point(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = graph.round %x : tensor<2x3xf32>
  %1 = graph.cast %0 : tensor<2x3xf32> -> tensor<2x3xui8>
  %2 = graph.cast %1 : tensor<2x3xui8> -> tensor<2x3xf32>
  return %2 : tensor<2x3xf32>
}

// Bytes that are a result, a fraction, signed bytes, and another zero point.
// CHECK-LABEL: func.func @keep(
// CHECK-NOT:     graph.limit
// CHECK:         return
func.func @keep(%x: tensor<2x3xf32>) -> (tensor<2x3xui8>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
  %z = graph.constant dense<1.0> : tensor<f32>
  %i = graph.constant dense<2> : tensor<i32>
  %0 = graph.round %x : tensor<2x3xf32>
  %1 = graph.cast %0 : tensor<2x3xf32> -> tensor<2x3xui8>
  %2 = graph.cast %1 : tensor<2x3xui8> -> tensor<2x3xf32>
  %3 = graph.cast %x : tensor<2x3xf32> -> tensor<2x3xui8>
  %4 = graph.cast %3 : tensor<2x3xui8> -> tensor<2x3xf32>
  %5 = graph.cast %0 : tensor<2x3xf32> -> tensor<2x3xi8>
  %6 = graph.cast %5 : tensor<2x3xi8> -> tensor<2x3xf32>
  %7 = graph.add %0, %z : tensor<2x3xf32>, tensor<f32> -> tensor<2x3xf32>
  %8 = graph.cast %7 : tensor<2x3xf32> -> tensor<2x3xui8>
  %9 = graph.cast %8 : tensor<2x3xui8> -> tensor<2x3xi32>
  %10 = graph.sub %9, %i : tensor<2x3xi32>, tensor<i32> -> tensor<2x3xi32>
  %11 = graph.cast %10 : tensor<2x3xi32> -> tensor<2x3xf32>
  return %1, %2, %4, %6, %11 : tensor<2x3xui8>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>
}
