// RUN: lmcc-opt %s --lmcc-recognize-norms | FileCheck %s
// RUN: lmcc-opt %s --lmcc-check-numbers="passes=lmcc-recognize-norms rtol=8e-3 atol=2e-3" -o /dev/null

// Half precision is widened for the sums and narrowed behind them.
// CHECK-LABEL: func.func @rms_norm_of_halves(
// CHECK-SAME:      %[[X:.*]]: tensor<3x4xbf16>, %[[G:.*]]: tensor<4xbf16>)
func.func @rms_norm_of_halves(%x: tensor<3x4xbf16>, %g: tensor<4xbf16>) -> tensor<3x4xbf16> {
  // CHECK-NEXT: %[[R:.*]] = graph.rms_norm %[[X]], %[[G]] epsilon
  // CHECK-NEXT: return %[[R]]
  %n = graph.constant dense<4.0> : tensor<f32>
  %epsilon = graph.constant dense<1.0e-6> : tensor<f32>
  %one = graph.constant dense<1.0> : tensor<f32>
  %wide = graph.cast %x : tensor<3x4xbf16> -> tensor<3x4xf32>
  %0 = graph.mul %wide, %wide : tensor<3x4xf32>, tensor<3x4xf32> -> tensor<3x4xf32>
  %1 = graph.reduce sum %0 axes [1] : tensor<3x4xf32> -> tensor<3x1xf32>
  %2 = graph.div %1, %n : tensor<3x1xf32>, tensor<f32> -> tensor<3x1xf32>
  %3 = graph.add %2, %epsilon : tensor<3x1xf32>, tensor<f32> -> tensor<3x1xf32>
  %4 = graph.sqrt %3 : tensor<3x1xf32>
  %5 = graph.div %one, %4 : tensor<f32>, tensor<3x1xf32> -> tensor<3x1xf32>
  %6 = graph.mul %wide, %5 : tensor<3x4xf32>, tensor<3x1xf32> -> tensor<3x4xf32>
  %7 = graph.cast %6 : tensor<3x4xf32> -> tensor<3x4xbf16>
  %8 = graph.mul %g, %7 : tensor<4xbf16>, tensor<3x4xbf16> -> tensor<3x4xbf16>
  return %8 : tensor<3x4xbf16>
}

// CHECK-LABEL: func.func @layer_norm_of_halves(
// CHECK-SAME:      %[[X:.*]]: tensor<3x6xf16>, %[[G:.*]]: tensor<6xf16>)
func.func @layer_norm_of_halves(%x: tensor<3x6xf16>, %g: tensor<6xf16>) -> tensor<3x6xf16> {
  // CHECK-NEXT: %[[R:.*]] = graph.layer_norm %[[X]], %[[G]] epsilon
  // CHECK-NEXT: return %[[R]]
  %n = graph.constant dense<6.0> : tensor<f32>
  %epsilon = graph.constant dense<1.0e-5> : tensor<f16>
  %0 = graph.cast %x : tensor<3x6xf16> -> tensor<3x6xf32>
  %1 = graph.reduce sum %0 axes [1] : tensor<3x6xf32> -> tensor<3x1xf32>
  %2 = graph.div %1, %n : tensor<3x1xf32>, tensor<f32> -> tensor<3x1xf32>
  %mean = graph.cast %2 : tensor<3x1xf32> -> tensor<3x1xf16>
  %d = graph.sub %x, %mean : tensor<3x6xf16>, tensor<3x1xf16> -> tensor<3x6xf16>
  %3 = graph.mul %d, %d : tensor<3x6xf16>, tensor<3x6xf16> -> tensor<3x6xf16>
  %4 = graph.cast %3 : tensor<3x6xf16> -> tensor<3x6xf32>
  %5 = graph.reduce sum %4 axes [1] : tensor<3x6xf32> -> tensor<3x1xf32>
  %6 = graph.div %5, %n : tensor<3x1xf32>, tensor<f32> -> tensor<3x1xf32>
  %variance = graph.cast %6 : tensor<3x1xf32> -> tensor<3x1xf16>
  %7 = graph.add %variance, %epsilon : tensor<3x1xf16>, tensor<f16> -> tensor<3x1xf16>
  %8 = graph.sqrt %7 : tensor<3x1xf16>
  %9 = graph.div %d, %8 : tensor<3x6xf16>, tensor<3x1xf16> -> tensor<3x6xf16>
  %10 = graph.mul %9, %g : tensor<3x6xf16>, tensor<6xf16> -> tensor<3x6xf16>
  return %10 : tensor<3x6xf16>
}

// Narrowing x before its sum is a rounding of its own.
// CHECK-LABEL: func.func @keep_narrowed_sum(
func.func @keep_narrowed_sum(%x: tensor<3x4xf32>) -> tensor<3x4xf32> {
  // CHECK-NOT: graph.rms_norm
  %n = graph.constant dense<4.0> : tensor<bf16>
  %0 = graph.cast %x : tensor<3x4xf32> -> tensor<3x4xbf16>
  %1 = graph.mul %0, %0 : tensor<3x4xbf16>, tensor<3x4xbf16> -> tensor<3x4xbf16>
  %2 = graph.reduce sum %1 axes [1] : tensor<3x4xbf16> -> tensor<3x1xbf16>
  %3 = graph.div %2, %n : tensor<3x1xbf16>, tensor<bf16> -> tensor<3x1xbf16>
  %4 = graph.sqrt %3 : tensor<3x1xbf16>
  %5 = graph.cast %4 : tensor<3x1xbf16> -> tensor<3x1xf32>
  %6 = graph.div %x, %5 : tensor<3x4xf32>, tensor<3x1xf32> -> tensor<3x4xf32>
  // CHECK: return
  return %6 : tensor<3x4xf32>
}
