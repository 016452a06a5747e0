// RUN: lmcc-opt %s --lmcc-fold-constants --verify-diagnostics | FileCheck %s

// An index behind the end is no mistake of the compiler's user: the model
// returns a status if it comes to that.
// CHECK-LABEL: func.func @keep_failing_gather(
func.func @keep_failing_gather() -> tensor<f32> {
  // CHECK: graph.gather
  %data = graph.constant dense<[5.0, 6.0]> : tensor<2xf32>
  %place = graph.constant dense<2> : tensor<i64>
  %0 = graph.gather %data, %place axis 0 : tensor<2xf32>, tensor<i64> -> tensor<f32>
  return %0 : tensor<f32>
}
