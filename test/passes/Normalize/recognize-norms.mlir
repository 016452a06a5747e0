// RUN: lmcc-opt %s --lmcc-recognize-norms | FileCheck %s
// RUN: lmcc-opt %s --lmcc-check-numbers="passes=lmcc-recognize-norms rtol=1e-5 atol=2e-6" -o /dev/null

//===----------------------------------------------------------------------===//
// Layer norm
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @layer_norm(
// CHECK-SAME:      %[[X:.*]]: tensor<?x6xf32, #graph.dims<rows, 6>>, %[[G:.*]]: tensor<6xf32>, %[[B:.*]]: tensor<6xf32>)
func.func @layer_norm(%x: tensor<?x6xf32, #graph.dims<rows, 6>>, %g: tensor<6xf32>, %b: tensor<6xf32>)
    -> tensor<?x6xf32, #graph.dims<rows, 6>>
    attributes {graph.symbols = [#graph.symbol<"rows", 0, 5>]} {
  // CHECK-NEXT: %[[R:.*]] = graph.layer_norm %[[X]], %[[G]] bias %[[B]] : tensor<6xf32> epsilon 9.99999974E-6
  // CHECK-NEXT: return %[[R]]
  %n = graph.constant dense<6.0> : tensor<f32>
  %epsilon = graph.constant dense<1.0e-5> : tensor<f32>
  %0 = graph.reduce sum %x axes [1] : tensor<?x6xf32, #graph.dims<rows, 6>> -> tensor<?x1xf32, #graph.dims<rows, 1>>
  %mean = graph.div %0, %n : tensor<?x1xf32, #graph.dims<rows, 1>>, tensor<f32> -> tensor<?x1xf32, #graph.dims<rows, 1>>
  %d = graph.sub %x, %mean : tensor<?x6xf32, #graph.dims<rows, 6>>, tensor<?x1xf32, #graph.dims<rows, 1>> -> tensor<?x6xf32, #graph.dims<rows, 6>>
  %1 = graph.mul %d, %d : tensor<?x6xf32, #graph.dims<rows, 6>>, tensor<?x6xf32, #graph.dims<rows, 6>> -> tensor<?x6xf32, #graph.dims<rows, 6>>
  %2 = graph.reduce sum %1 axes [1] : tensor<?x6xf32, #graph.dims<rows, 6>> -> tensor<?x1xf32, #graph.dims<rows, 1>>
  %variance = graph.div %2, %n : tensor<?x1xf32, #graph.dims<rows, 1>>, tensor<f32> -> tensor<?x1xf32, #graph.dims<rows, 1>>
  %3 = graph.add %variance, %epsilon : tensor<?x1xf32, #graph.dims<rows, 1>>, tensor<f32> -> tensor<?x1xf32, #graph.dims<rows, 1>>
  %4 = graph.sqrt %3 : tensor<?x1xf32, #graph.dims<rows, 1>>
  %5 = graph.div %d, %4 : tensor<?x6xf32, #graph.dims<rows, 6>>, tensor<?x1xf32, #graph.dims<rows, 1>> -> tensor<?x6xf32, #graph.dims<rows, 6>>
  %6 = graph.mul %5, %g : tensor<?x6xf32, #graph.dims<rows, 6>>, tensor<6xf32> -> tensor<?x6xf32, #graph.dims<rows, 6>>
  %7 = graph.add %6, %b : tensor<?x6xf32, #graph.dims<rows, 6>>, tensor<6xf32> -> tensor<?x6xf32, #graph.dims<rows, 6>>
  return %7 : tensor<?x6xf32, #graph.dims<rows, 6>>
}

// Every choice is the other one: means as products with 1/n and without kept
// axes, squares as powers, a reciprocal, swapped operands.
// CHECK-LABEL: func.func @layer_norm_other_spelling(
// CHECK-SAME:      %[[X:.*]]: tensor<3x6xf32>, %[[G:.*]]: tensor<6xf32>, %[[B:.*]]: tensor<6xf32>)
func.func @layer_norm_other_spelling(%x: tensor<3x6xf32>, %g: tensor<6xf32>, %b: tensor<6xf32>) -> tensor<3x6xf32> {
  // CHECK-NEXT: %[[R:.*]] = graph.layer_norm %[[X]], %[[G]] bias %[[B]] : tensor<6xf32> epsilon
  // CHECK-NEXT: return %[[R]]
  %inverse_n = graph.constant dense<0.16666667> : tensor<f32>
  %epsilon = graph.constant dense<1.0e-5> : tensor<f32>
  %two = graph.constant dense<2.0> : tensor<f32>
  %one = graph.constant dense<1.0> : tensor<f32>
  %0 = graph.reduce sum %x axes [1] : tensor<3x6xf32> -> tensor<3x1xf32>
  %1 = graph.reshape %0 : tensor<3x1xf32> -> tensor<3xf32>
  %2 = graph.mul %inverse_n, %1 : tensor<f32>, tensor<3xf32> -> tensor<3xf32>
  %mean = graph.reshape %2 : tensor<3xf32> -> tensor<3x1xf32>
  %d = graph.sub %x, %mean : tensor<3x6xf32>, tensor<3x1xf32> -> tensor<3x6xf32>
  %3 = graph.pow %d, %two : tensor<3x6xf32>, tensor<f32> -> tensor<3x6xf32>
  %4 = graph.reduce sum %3 axes [1] : tensor<3x6xf32> -> tensor<3x1xf32>
  %variance = graph.mul %4, %inverse_n : tensor<3x1xf32>, tensor<f32> -> tensor<3x1xf32>
  %5 = graph.add %epsilon, %variance : tensor<f32>, tensor<3x1xf32> -> tensor<3x1xf32>
  %6 = graph.sqrt %5 : tensor<3x1xf32>
  %7 = graph.div %one, %6 : tensor<f32>, tensor<3x1xf32> -> tensor<3x1xf32>
  %8 = graph.mul %7, %d : tensor<3x1xf32>, tensor<3x6xf32> -> tensor<3x6xf32>
  %9 = graph.mul %g, %8 : tensor<6xf32>, tensor<3x6xf32> -> tensor<3x6xf32>
  %10 = graph.add %b, %9 : tensor<6xf32>, tensor<3x6xf32> -> tensor<3x6xf32>
  return %10 : tensor<3x6xf32>
}

// The variance of a sample has n - 1 in its place.
// CHECK-LABEL: func.func @keep_sample_variance(
func.func @keep_sample_variance(%x: tensor<3x6xf32>) -> tensor<3x6xf32> {
  // CHECK-NOT: graph.layer_norm
  // CHECK-NOT: graph.rms_norm
  %n = graph.constant dense<6.0> : tensor<f32>
  %n_minus_one = graph.constant dense<5.0> : tensor<f32>
  %0 = graph.reduce sum %x axes [1] : tensor<3x6xf32> -> tensor<3x1xf32>
  %mean = graph.div %0, %n : tensor<3x1xf32>, tensor<f32> -> tensor<3x1xf32>
  %d = graph.sub %x, %mean : tensor<3x6xf32>, tensor<3x1xf32> -> tensor<3x6xf32>
  %1 = graph.mul %d, %d : tensor<3x6xf32>, tensor<3x6xf32> -> tensor<3x6xf32>
  %2 = graph.reduce sum %1 axes [1] : tensor<3x6xf32> -> tensor<3x1xf32>
  %variance = graph.div %2, %n_minus_one : tensor<3x1xf32>, tensor<f32> -> tensor<3x1xf32>
  %3 = graph.sqrt %variance : tensor<3x1xf32>
  %4 = graph.div %d, %3 : tensor<3x6xf32>, tensor<3x1xf32> -> tensor<3x6xf32>
  // CHECK: return
  return %4 : tensor<3x6xf32>
}

//===----------------------------------------------------------------------===//
// RMS norm
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @rms_norm(
// CHECK-SAME:      %[[X:.*]]: tensor<3x6xf32>, %[[G:.*]]: tensor<6xf32>)
func.func @rms_norm(%x: tensor<3x6xf32>, %g: tensor<6xf32>) -> tensor<3x6xf32> {
  // CHECK-NEXT: %[[R:.*]] = graph.rms_norm %[[X]], %[[G]] epsilon 9.99999997E-7
  // CHECK-NEXT: return %[[R]]
  %n = graph.constant dense<6.0> : tensor<f32>
  %epsilon = graph.constant dense<1.0e-6> : tensor<f32>
  %one = graph.constant dense<1.0> : tensor<f32>
  %0 = graph.mul %x, %x : tensor<3x6xf32>, tensor<3x6xf32> -> tensor<3x6xf32>
  %1 = graph.reduce sum %0 axes [1] : tensor<3x6xf32> -> tensor<3x1xf32>
  %2 = graph.div %1, %n : tensor<3x1xf32>, tensor<f32> -> tensor<3x1xf32>
  %3 = graph.add %2, %epsilon : tensor<3x1xf32>, tensor<f32> -> tensor<3x1xf32>
  %4 = graph.sqrt %3 : tensor<3x1xf32>
  %5 = graph.div %one, %4 : tensor<f32>, tensor<3x1xf32> -> tensor<3x1xf32>
  %6 = graph.mul %x, %5 : tensor<3x6xf32>, tensor<3x1xf32> -> tensor<3x6xf32>
  %7 = graph.mul %g, %6 : tensor<6xf32>, tensor<3x6xf32> -> tensor<3x6xf32>
  return %7 : tensor<3x6xf32>
}

// CHECK-LABEL: func.func @gain_meets_the_inverse(
// CHECK-SAME:      %[[X:.*]]: tensor<3x6xf32>, %[[G:.*]]: tensor<6xf32>)
func.func @gain_meets_the_inverse(%x: tensor<3x6xf32>, %g: tensor<6xf32>) -> tensor<3x6xf32> {
  // CHECK-NEXT: %[[R:.*]] = graph.rms_norm %[[X]], %[[G]] epsilon 0.0
  // CHECK-NEXT: return %[[R]]
  %n = graph.constant dense<6.0> : tensor<f32>
  %one = graph.constant dense<1.0> : tensor<f32>
  %0 = graph.mul %x, %x : tensor<3x6xf32>, tensor<3x6xf32> -> tensor<3x6xf32>
  %1 = graph.reduce sum %0 axes [1] : tensor<3x6xf32> -> tensor<3x1xf32>
  %2 = graph.div %1, %n : tensor<3x1xf32>, tensor<f32> -> tensor<3x1xf32>
  %3 = graph.sqrt %2 : tensor<3x1xf32>
  %4 = graph.div %one, %3 : tensor<f32>, tensor<3x1xf32> -> tensor<3x1xf32>
  %5 = graph.mul %4, %g : tensor<3x1xf32>, tensor<6xf32> -> tensor<3x6xf32>
  %6 = graph.mul %x, %5 : tensor<3x6xf32>, tensor<3x6xf32> -> tensor<3x6xf32>
  return %6 : tensor<3x6xf32>
}

// The gain differs from row to row.
// CHECK-LABEL: func.func @keep_gain_of_matrix(
// CHECK-SAME:      %[[X:.*]]: tensor<3x6xf32>, %[[G:.*]]: tensor<3x6xf32>)
func.func @keep_gain_of_matrix(%x: tensor<3x6xf32>, %g: tensor<3x6xf32>) -> tensor<3x6xf32> {
  // CHECK:      %[[ONES:.*]] = graph.constant dense<1.000000e+00> : tensor<6xf32>
  // CHECK-NEXT: %[[N:.*]] = graph.rms_norm %[[X]], %[[ONES]]
  // CHECK-NEXT: graph.mul %[[N]], %[[G]]
  %n = graph.constant dense<6.0> : tensor<f32>
  %epsilon = graph.constant dense<1.0e-6> : tensor<f32>
  %0 = graph.mul %x, %x : tensor<3x6xf32>, tensor<3x6xf32> -> tensor<3x6xf32>
  %1 = graph.reduce sum %0 axes [1] : tensor<3x6xf32> -> tensor<3x1xf32>
  %2 = graph.div %1, %n : tensor<3x1xf32>, tensor<f32> -> tensor<3x1xf32>
  %3 = graph.add %2, %epsilon : tensor<3x1xf32>, tensor<f32> -> tensor<3x1xf32>
  %4 = graph.sqrt %3 : tensor<3x1xf32>
  %5 = graph.div %x, %4 : tensor<3x6xf32>, tensor<3x1xf32> -> tensor<3x6xf32>
  %6 = graph.mul %5, %g : tensor<3x6xf32>, tensor<3x6xf32> -> tensor<3x6xf32>
  return %6 : tensor<3x6xf32>
}

// The norm is needed without the gain, too.
// CHECK-LABEL: func.func @keep_shared_norm(
func.func @keep_shared_norm(%x: tensor<3x6xf32>, %g: tensor<6xf32>) -> (tensor<3x6xf32>, tensor<3x6xf32>) {
  // CHECK:     graph.rms_norm
  // CHECK-NOT: graph.rms_norm
  // CHECK:     graph.mul
  %ones = graph.constant dense<1.0> : tensor<6xf32>
  %0 = graph.rms_norm %x, %ones epsilon 1.0e-6 : tensor<3x6xf32>, tensor<6xf32>
  %1 = graph.mul %0, %g : tensor<3x6xf32>, tensor<6xf32> -> tensor<3x6xf32>
  return %0, %1 : tensor<3x6xf32>, tensor<3x6xf32>
}

// CHECK-LABEL: func.func @keep_deviation_of_another_tensor(
func.func @keep_deviation_of_another_tensor(%x: tensor<3x6xf32>, %y: tensor<3x6xf32>) -> tensor<3x6xf32> {
  // CHECK-NOT: graph.rms_norm
  %n = graph.constant dense<6.0> : tensor<f32>
  %0 = graph.mul %x, %x : tensor<3x6xf32>, tensor<3x6xf32> -> tensor<3x6xf32>
  %1 = graph.reduce sum %0 axes [1] : tensor<3x6xf32> -> tensor<3x1xf32>
  %2 = graph.div %1, %n : tensor<3x1xf32>, tensor<f32> -> tensor<3x1xf32>
  %3 = graph.sqrt %2 : tensor<3x1xf32>
  %4 = graph.div %y, %3 : tensor<3x6xf32>, tensor<3x1xf32> -> tensor<3x6xf32>
  // CHECK: return
  return %4 : tensor<3x6xf32>
}

// CHECK-LABEL: func.func @keep_other_axis(
func.func @keep_other_axis(%x: tensor<3x6xf32>) -> tensor<3x6xf32> {
  // CHECK-NOT: graph.rms_norm
  %n = graph.constant dense<3.0> : tensor<f32>
  %0 = graph.mul %x, %x : tensor<3x6xf32>, tensor<3x6xf32> -> tensor<3x6xf32>
  %1 = graph.reduce sum %0 axes [0] : tensor<3x6xf32> -> tensor<1x6xf32>
  %2 = graph.div %1, %n : tensor<1x6xf32>, tensor<f32> -> tensor<1x6xf32>
  %3 = graph.sqrt %2 : tensor<1x6xf32>
  %4 = graph.div %x, %3 : tensor<3x6xf32>, tensor<1x6xf32> -> tensor<3x6xf32>
  // CHECK: return
  return %4 : tensor<3x6xf32>
}

// CHECK-LABEL: func.func @keep_negative_epsilon(
func.func @keep_negative_epsilon(%x: tensor<3x6xf32>) -> tensor<3x6xf32> {
  // CHECK-NOT: graph.rms_norm
  %n = graph.constant dense<6.0> : tensor<f32>
  %epsilon = graph.constant dense<-1.0e-6> : tensor<f32>
  %0 = graph.mul %x, %x : tensor<3x6xf32>, tensor<3x6xf32> -> tensor<3x6xf32>
  %1 = graph.reduce sum %0 axes [1] : tensor<3x6xf32> -> tensor<3x1xf32>
  %2 = graph.div %1, %n : tensor<3x1xf32>, tensor<f32> -> tensor<3x1xf32>
  %3 = graph.add %2, %epsilon : tensor<3x1xf32>, tensor<f32> -> tensor<3x1xf32>
  %4 = graph.sqrt %3 : tensor<3x1xf32>
  %5 = graph.div %x, %4 : tensor<3x6xf32>, tensor<3x1xf32> -> tensor<3x6xf32>
  // CHECK: return
  return %5 : tensor<3x6xf32>
}

// Norms accumulate in f32.
// CHECK-LABEL: func.func @keep_doubles(
func.func @keep_doubles(%x: tensor<3x6xf64>) -> tensor<3x6xf64> {
  // CHECK-NOT: graph.rms_norm
  %n = graph.constant dense<6.0> : tensor<f64>
  %0 = graph.mul %x, %x : tensor<3x6xf64>, tensor<3x6xf64> -> tensor<3x6xf64>
  %1 = graph.reduce sum %0 axes [1] : tensor<3x6xf64> -> tensor<3x1xf64>
  %2 = graph.div %1, %n : tensor<3x1xf64>, tensor<f64> -> tensor<3x1xf64>
  %3 = graph.sqrt %2 : tensor<3x1xf64>
  %4 = graph.div %x, %3 : tensor<3x6xf64>, tensor<3x1xf64> -> tensor<3x6xf64>
  // CHECK: return
  return %4 : tensor<3x6xf64>
}
