// RUN: lmcc-opt %s --split-input-file --lmcc-replace-divisions | FileCheck %s
// RUN: lmcc-opt %s --split-input-file --lmcc-check-numbers="passes=lmcc-replace-divisions rtol=0 atol=0" -o /dev/null

module attributes {target.machine = #target.machine<name = "8 lanes", vector_bits = 256, tile_rows = 4, panel_columns = 16, depth_block = 256, alignment = 64>} {

// The inverse of the float next to 0.1 is 9.99999985: two floats make it, the
// larger one below it.
// CHECK-LABEL: func.func @becomes_bytes(
// CHECK-SAME:      %[[X:.*]]: tensor<2x3xf32>)
// CHECK-DAG:     %[[LOW:.*]] = graph.constant dense<8.04662704E-7> : tensor<f32>
// CHECK-DAG:     %[[HIGH:.*]] = graph.constant dense<9.99999904> : tensor<f32>
// CHECK:         %[[L:.*]] = graph.mul %[[X]], %[[LOW]]
// CHECK:         %[[Q:.*]] = graph.fma %[[X]], %[[HIGH]], %[[L]]
// CHECK:         graph.round %[[Q]]
func.func @becomes_bytes(%x: tensor<2x3xf32>) -> tensor<2x3xui8> {
  %s = graph.constant dense<0.1> : tensor<f32>
  %z = graph.constant dense<120.0> : tensor<f32>
  %0 = graph.div %x, %s : tensor<2x3xf32>, tensor<f32> -> tensor<2x3xf32>
  %1 = graph.round %0 : tensor<2x3xf32>
  %2 = graph.add %1, %z : tensor<2x3xf32>, tensor<f32> -> tensor<2x3xf32>
  %3 = graph.cast %2 : tensor<2x3xf32> -> tensor<2x3xui8>
  return %3 : tensor<2x3xui8>
}

// CHECK-LABEL: func.func @power_of_two(
// CHECK:         %[[I:.*]] = graph.constant dense<6.400000e+01> : tensor<f32>
// CHECK:         graph.mul %{{.*}}, %[[I]]
// CHECK-NEXT:    graph.round
func.func @power_of_two(%x: tensor<2x3xf32>) -> tensor<2x3xi8> {
  %s = graph.constant dense<0.015625> : tensor<f32>
  %0 = graph.div %x, %s : tensor<2x3xf32>, tensor<f32> -> tensor<2x3xf32>
  %1 = graph.round %0 : tensor<2x3xf32>
  %2 = graph.cast %1 : tensor<2x3xf32> -> tensor<2x3xi8>
  return %2 : tensor<2x3xi8>
}

// CHECK-LABEL: func.func @dequantised(
// CHECK:         graph.fma
// CHECK-NOT:     graph.div
// CHECK:         return
func.func @dequantised(%x: tensor<2x3xui8>) -> tensor<2x3xf32> {
  %z = graph.constant dense<120> : tensor<i32>
  %s = graph.constant dense<0.0123> : tensor<f32>
  %d = graph.constant dense<5.65685415> : tensor<f32>
  %0 = graph.cast %x : tensor<2x3xui8> -> tensor<2x3xi32>
  %1 = graph.sub %0, %z : tensor<2x3xi32>, tensor<i32> -> tensor<2x3xi32>
  %2 = graph.cast %1 : tensor<2x3xi32> -> tensor<2x3xf32>
  %3 = graph.mul %2, %s : tensor<2x3xf32>, tensor<f32> -> tensor<2x3xf32>
  %4 = graph.div %3, %d : tensor<2x3xf32>, tensor<f32> -> tensor<2x3xf32>
  return %4 : tensor<2x3xf32>
}

// A quotient that is seen, one that becomes wider than a byte, a divisor for
// each column, and one whose inverse is denormal.
// CHECK-LABEL: func.func @keep(
// CHECK-COUNT-4: graph.div
// CHECK-NOT:     graph.fma
// CHECK:         return
func.func @keep(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xi32>, tensor<2x3xi8>, tensor<2x3xi8>) {
  %s = graph.constant dense<0.1> : tensor<f32>
  %columns = graph.constant dense<[0.1, 0.2, 0.3]> : tensor<3xf32>
  %huge = graph.constant dense<1.0e38> : tensor<f32>
  %0 = graph.div %x, %s : tensor<2x3xf32>, tensor<f32> -> tensor<2x3xf32>
  %1 = graph.round %0 : tensor<2x3xf32>
  %2 = graph.cast %1 : tensor<2x3xf32> -> tensor<2x3xi32>
  %3 = graph.div %x, %s : tensor<2x3xf32>, tensor<f32> -> tensor<2x3xf32>
  %4 = graph.div %x, %columns : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
  %5 = graph.round %4 : tensor<2x3xf32>
  %6 = graph.cast %5 : tensor<2x3xf32> -> tensor<2x3xi8>
  %7 = graph.div %x, %huge : tensor<2x3xf32>, tensor<f32> -> tensor<2x3xf32>
  %8 = graph.round %7 : tensor<2x3xf32>
  %9 = graph.cast %8 : tensor<2x3xf32> -> tensor<2x3xi8>
  return %3, %2, %6, %9 : tensor<2x3xf32>, tensor<2x3xi32>, tensor<2x3xi8>, tensor<2x3xi8>
}
}

// -----

// Scalar code divides.
module attributes {target.machine = #target.machine<name = "1 lane", vector_bits = 32, tile_rows = 4, panel_columns = 4, depth_block = 256, alignment = 16>} {

// CHECK-LABEL: func.func @keep_scalars(
// CHECK:         graph.div
func.func @keep_scalars(%x: tensor<2x3xf32>) -> tensor<2x3xui8> {
  %s = graph.constant dense<0.1> : tensor<f32>
  %0 = graph.div %x, %s : tensor<2x3xf32>, tensor<f32> -> tensor<2x3xf32>
  %1 = graph.round %0 : tensor<2x3xf32>
  %2 = graph.cast %1 : tensor<2x3xf32> -> tensor<2x3xui8>
  return %2 : tensor<2x3xui8>
}
}
