// RUN: lmcc-opt %s --lmcc-recognize-activations | FileCheck %s
// RUN: lmcc-opt %s --lmcc-check-numbers="passes=lmcc-recognize-activations rtol=1e-4 atol=2e-5" -o /dev/null

//===----------------------------------------------------------------------===//
// GELU
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @gelu_by_quotient(
// CHECK-SAME:      %[[X:.*]]: tensor<?x6xf32, #graph.dims<rows, 6>>)
func.func @gelu_by_quotient(%x: tensor<?x6xf32, #graph.dims<rows, 6>>)
    -> tensor<?x6xf32, #graph.dims<rows, 6>>
    attributes {graph.symbols = [#graph.symbol<"rows", 0, 5>]} {
  // CHECK-NEXT: %[[R:.*]] = graph.gelu %[[X]] : tensor
  // CHECK-NEXT: return %[[R]]
  %root = graph.constant dense<1.41421354> : tensor<f32>
  %one = graph.constant dense<1.0> : tensor<f32>
  %half = graph.constant dense<0.5> : tensor<f32>
  %0 = graph.div %x, %root : tensor<?x6xf32, #graph.dims<rows, 6>>, tensor<f32> -> tensor<?x6xf32, #graph.dims<rows, 6>>
  %1 = graph.erf %0 : tensor<?x6xf32, #graph.dims<rows, 6>>
  %2 = graph.add %1, %one : tensor<?x6xf32, #graph.dims<rows, 6>>, tensor<f32> -> tensor<?x6xf32, #graph.dims<rows, 6>>
  %3 = graph.mul %x, %2 : tensor<?x6xf32, #graph.dims<rows, 6>>, tensor<?x6xf32, #graph.dims<rows, 6>> -> tensor<?x6xf32, #graph.dims<rows, 6>>
  %4 = graph.mul %3, %half : tensor<?x6xf32, #graph.dims<rows, 6>>, tensor<f32> -> tensor<?x6xf32, #graph.dims<rows, 6>>
  return %4 : tensor<?x6xf32, #graph.dims<rows, 6>>
}

// CHECK-LABEL: func.func @gelu_half_first(
// CHECK-SAME:      %[[X:.*]]: tensor<6xf32>)
func.func @gelu_half_first(%x: tensor<6xf32>) -> tensor<6xf32> {
  // CHECK-NEXT: %[[R:.*]] = graph.gelu %[[X]] : tensor
  // CHECK-NEXT: return %[[R]]
  %root = graph.constant dense<0.70710677> : tensor<f32>
  %one = graph.constant dense<1.0> : tensor<f32>
  %half = graph.constant dense<0.5> : tensor<f32>
  %0 = graph.mul %half, %x : tensor<f32>, tensor<6xf32> -> tensor<6xf32>
  %1 = graph.mul %x, %root : tensor<6xf32>, tensor<f32> -> tensor<6xf32>
  %2 = graph.erf %1 : tensor<6xf32>
  %3 = graph.add %one, %2 : tensor<f32>, tensor<6xf32> -> tensor<6xf32>
  %4 = graph.mul %0, %3 : tensor<6xf32>, tensor<6xf32> -> tensor<6xf32>
  return %4 : tensor<6xf32>
}

// CHECK-LABEL: func.func @gelu_half_inside(
// CHECK-SAME:      %[[X:.*]]: tensor<6xf32>)
func.func @gelu_half_inside(%x: tensor<6xf32>) -> tensor<6xf32> {
  // CHECK-NEXT: %[[R:.*]] = graph.gelu %[[X]] : tensor
  // CHECK-NEXT: return %[[R]]
  %root = graph.constant dense<1.4142> : tensor<f32>
  %half = graph.constant dense<0.5> : tensor<f32>
  %0 = graph.div %x, %root : tensor<6xf32>, tensor<f32> -> tensor<6xf32>
  %1 = graph.erf %0 : tensor<6xf32>
  %2 = graph.mul %1, %half : tensor<6xf32>, tensor<f32> -> tensor<6xf32>
  %3 = graph.add %2, %half : tensor<6xf32>, tensor<f32> -> tensor<6xf32>
  %4 = graph.mul %3, %x : tensor<6xf32>, tensor<6xf32> -> tensor<6xf32>
  return %4 : tensor<6xf32>
}

// CHECK-LABEL: func.func @gelu_tanh_by_power(
// CHECK-SAME:      %[[X:.*]]: tensor<6xf32>)
func.func @gelu_tanh_by_power(%x: tensor<6xf32>) -> tensor<6xf32> {
  // CHECK-NEXT: %[[R:.*]] = graph.gelu %[[X]] tanh
  // CHECK-NEXT: return %[[R]]
  %three = graph.constant dense<3.0> : tensor<f32>
  %cubic = graph.constant dense<0.044715> : tensor<f32>
  %scale = graph.constant dense<0.79788458> : tensor<f32>
  %one = graph.constant dense<1.0> : tensor<f32>
  %half = graph.constant dense<0.5> : tensor<f32>
  %0 = graph.pow %x, %three : tensor<6xf32>, tensor<f32> -> tensor<6xf32>
  %1 = graph.mul %cubic, %0 : tensor<f32>, tensor<6xf32> -> tensor<6xf32>
  %2 = graph.add %x, %1 : tensor<6xf32>, tensor<6xf32> -> tensor<6xf32>
  %3 = graph.mul %2, %scale : tensor<6xf32>, tensor<f32> -> tensor<6xf32>
  %4 = graph.tanh %3 : tensor<6xf32>
  %5 = graph.add %4, %one : tensor<6xf32>, tensor<f32> -> tensor<6xf32>
  %6 = graph.mul %x, %half : tensor<6xf32>, tensor<f32> -> tensor<6xf32>
  %7 = graph.mul %6, %5 : tensor<6xf32>, tensor<6xf32> -> tensor<6xf32>
  return %7 : tensor<6xf32>
}

// x * (a + b * x * x), as in several older exports.
// CHECK-LABEL: func.func @gelu_tanh_by_products(
// CHECK-SAME:      %[[X:.*]]: tensor<6xf32>)
func.func @gelu_tanh_by_products(%x: tensor<6xf32>) -> tensor<6xf32> {
  // CHECK-NEXT: %[[R:.*]] = graph.gelu %[[X]] tanh
  // CHECK-NEXT: return %[[R]]
  %a = graph.constant dense<0.7978845608> : tensor<f32>
  %b = graph.constant dense<0.0356774081> : tensor<f32>
  %one = graph.constant dense<1.0> : tensor<f32>
  %half = graph.constant dense<0.5> : tensor<f32>
  %0 = graph.mul %x, %x : tensor<6xf32>, tensor<6xf32> -> tensor<6xf32>
  %1 = graph.mul %b, %0 : tensor<f32>, tensor<6xf32> -> tensor<6xf32>
  %2 = graph.add %a, %1 : tensor<f32>, tensor<6xf32> -> tensor<6xf32>
  %3 = graph.mul %x, %2 : tensor<6xf32>, tensor<6xf32> -> tensor<6xf32>
  %4 = graph.tanh %3 : tensor<6xf32>
  %5 = graph.add %one, %4 : tensor<f32>, tensor<6xf32> -> tensor<6xf32>
  %6 = graph.mul %5, %x : tensor<6xf32>, tensor<6xf32> -> tensor<6xf32>
  %7 = graph.mul %6, %half : tensor<6xf32>, tensor<f32> -> tensor<6xf32>
  return %7 : tensor<6xf32>
}

// CHECK-LABEL: func.func @keep_other_scale(
func.func @keep_other_scale(%x: tensor<6xf32>) -> tensor<6xf32> {
  // CHECK-NOT: graph.gelu
  %root = graph.constant dense<1.41> : tensor<f32>
  %half = graph.constant dense<0.5> : tensor<f32>
  %0 = graph.div %x, %root : tensor<6xf32>, tensor<f32> -> tensor<6xf32>
  %1 = graph.erf %0 : tensor<6xf32>
  %2 = graph.mul %1, %half : tensor<6xf32>, tensor<f32> -> tensor<6xf32>
  %3 = graph.add %2, %half : tensor<6xf32>, tensor<f32> -> tensor<6xf32>
  %4 = graph.mul %3, %x : tensor<6xf32>, tensor<6xf32> -> tensor<6xf32>
  // CHECK: return
  return %4 : tensor<6xf32>
}

// CHECK-LABEL: func.func @keep_other_factor(
func.func @keep_other_factor(%x: tensor<6xf32>, %y: tensor<6xf32>) -> tensor<6xf32> {
  // CHECK-NOT: graph.gelu
  %root = graph.constant dense<1.41421354> : tensor<f32>
  %half = graph.constant dense<0.5> : tensor<f32>
  %0 = graph.div %x, %root : tensor<6xf32>, tensor<f32> -> tensor<6xf32>
  %1 = graph.erf %0 : tensor<6xf32>
  %2 = graph.mul %1, %half : tensor<6xf32>, tensor<f32> -> tensor<6xf32>
  %3 = graph.add %2, %half : tensor<6xf32>, tensor<f32> -> tensor<6xf32>
  %4 = graph.mul %3, %y : tensor<6xf32>, tensor<6xf32> -> tensor<6xf32>
  // CHECK: return
  return %4 : tensor<6xf32>
}

// The error function is needed anyhow.
// CHECK-LABEL: func.func @keep_shared_step(
func.func @keep_shared_step(%x: tensor<6xf32>) -> (tensor<6xf32>, tensor<6xf32>) {
  // CHECK-NOT: graph.gelu
  %root = graph.constant dense<1.41421354> : tensor<f32>
  %half = graph.constant dense<0.5> : tensor<f32>
  %0 = graph.div %x, %root : tensor<6xf32>, tensor<f32> -> tensor<6xf32>
  %1 = graph.erf %0 : tensor<6xf32>
  %2 = graph.mul %1, %half : tensor<6xf32>, tensor<f32> -> tensor<6xf32>
  %3 = graph.add %2, %half : tensor<6xf32>, tensor<f32> -> tensor<6xf32>
  %4 = graph.mul %3, %x : tensor<6xf32>, tensor<6xf32> -> tensor<6xf32>
  // CHECK: return
  return %4, %1 : tensor<6xf32>, tensor<6xf32>
}

//===----------------------------------------------------------------------===//
// Sigmoid and SiLU
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @sigmoid(
// CHECK-SAME:      %[[X:.*]]: tensor<6xf32>)
func.func @sigmoid(%x: tensor<6xf32>) -> tensor<6xf32> {
  // CHECK-NEXT: %[[R:.*]] = graph.sigmoid %[[X]]
  // CHECK-NEXT: return %[[R]]
  %one = graph.constant dense<1.0> : tensor<f32>
  %0 = graph.neg %x : tensor<6xf32>
  %1 = graph.exp %0 : tensor<6xf32>
  %2 = graph.add %one, %1 : tensor<f32>, tensor<6xf32> -> tensor<6xf32>
  %3 = graph.div %one, %2 : tensor<f32>, tensor<6xf32> -> tensor<6xf32>
  return %3 : tensor<6xf32>
}

// CHECK-LABEL: func.func @silu(
// CHECK-SAME:      %[[X:.*]]: tensor<6xf32>)
func.func @silu(%x: tensor<6xf32>) -> tensor<6xf32> {
  // CHECK-NEXT: %[[R:.*]] = graph.silu %[[X]]
  // CHECK-NEXT: return %[[R]]
  %minus = graph.constant dense<-1.0> : tensor<f32>
  %one = graph.constant dense<1.0> : tensor<f32>
  %0 = graph.mul %x, %minus : tensor<6xf32>, tensor<f32> -> tensor<6xf32>
  %1 = graph.exp %0 : tensor<6xf32>
  %2 = graph.add %1, %one : tensor<6xf32>, tensor<f32> -> tensor<6xf32>
  %3 = graph.div %x, %2 : tensor<6xf32>, tensor<6xf32> -> tensor<6xf32>
  return %3 : tensor<6xf32>
}

// CHECK-LABEL: func.func @silu_by_sigmoid(
// CHECK-SAME:      %[[X:.*]]: tensor<6xf32>)
func.func @silu_by_sigmoid(%x: tensor<6xf32>) -> tensor<6xf32> {
  // CHECK-NEXT: %[[R:.*]] = graph.silu %[[X]]
  // CHECK-NEXT: return %[[R]]
  %0 = graph.sigmoid %x : tensor<6xf32>
  %1 = graph.mul %0, %x : tensor<6xf32>, tensor<6xf32> -> tensor<6xf32>
  return %1 : tensor<6xf32>
}

// CHECK-LABEL: func.func @keep_gate_of_another_tensor(
func.func @keep_gate_of_another_tensor(%x: tensor<6xf32>, %y: tensor<6xf32>) -> tensor<6xf32> {
  // CHECK: graph.mul
  %0 = graph.sigmoid %x : tensor<6xf32>
  %1 = graph.mul %0, %y : tensor<6xf32>, tensor<6xf32> -> tensor<6xf32>
  return %1 : tensor<6xf32>
}

//===----------------------------------------------------------------------===//
// Softmax
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @softmax(
// CHECK-SAME:      %[[X:.*]]: tensor<3x6xf32>)
func.func @softmax(%x: tensor<3x6xf32>) -> tensor<3x6xf32> {
  // CHECK-NEXT: %[[R:.*]] = graph.softmax %[[X]]
  // CHECK-NEXT: return %[[R]]
  %0 = graph.reduce max %x axes [1] : tensor<3x6xf32> -> tensor<3x1xf32>
  %1 = graph.sub %x, %0 : tensor<3x6xf32>, tensor<3x1xf32> -> tensor<3x6xf32>
  %2 = graph.exp %1 : tensor<3x6xf32>
  %3 = graph.reduce sum %2 axes [1] : tensor<3x6xf32> -> tensor<3x1xf32>
  %4 = graph.div %2, %3 : tensor<3x6xf32>, tensor<3x1xf32> -> tensor<3x6xf32>
  return %4 : tensor<3x6xf32>
}

// CHECK-LABEL: func.func @softmax_by_reciprocal(
// CHECK-SAME:      %[[X:.*]]: tensor<3x6xf32>)
func.func @softmax_by_reciprocal(%x: tensor<3x6xf32>) -> tensor<3x6xf32> {
  // CHECK-NEXT: %[[R:.*]] = graph.softmax %[[X]]
  // CHECK-NEXT: return %[[R]]
  %one = graph.constant dense<1.0> : tensor<f32>
  %0 = graph.reduce max %x axes [1] : tensor<3x6xf32> -> tensor<3x1xf32>
  %1 = graph.sub %x, %0 : tensor<3x6xf32>, tensor<3x1xf32> -> tensor<3x6xf32>
  %2 = graph.exp %1 : tensor<3x6xf32>
  %3 = graph.reduce sum %2 axes [1] : tensor<3x6xf32> -> tensor<3x1xf32>
  %4 = graph.div %one, %3 : tensor<f32>, tensor<3x1xf32> -> tensor<3x1xf32>
  %5 = graph.mul %2, %4 : tensor<3x6xf32>, tensor<3x1xf32> -> tensor<3x6xf32>
  return %5 : tensor<3x6xf32>
}

// CHECK-LABEL: func.func @keep_softmax_of_columns(
func.func @keep_softmax_of_columns(%x: tensor<3x6xf32>) -> tensor<3x6xf32> {
  // CHECK-NOT: graph.softmax
  %0 = graph.reduce max %x axes [0] : tensor<3x6xf32> -> tensor<1x6xf32>
  %1 = graph.sub %x, %0 : tensor<3x6xf32>, tensor<1x6xf32> -> tensor<3x6xf32>
  %2 = graph.exp %1 : tensor<3x6xf32>
  %3 = graph.reduce sum %2 axes [0] : tensor<3x6xf32> -> tensor<1x6xf32>
  %4 = graph.div %2, %3 : tensor<3x6xf32>, tensor<1x6xf32> -> tensor<3x6xf32>
  // CHECK: return
  return %4 : tensor<3x6xf32>
}

// Without the maximum large numbers overflow, which softmax would not.
// CHECK-LABEL: func.func @keep_softmax_without_maximum(
func.func @keep_softmax_without_maximum(%x: tensor<3x6xf32>) -> tensor<3x6xf32> {
  // CHECK-NOT: graph.softmax
  %0 = graph.exp %x : tensor<3x6xf32>
  %1 = graph.reduce sum %0 axes [1] : tensor<3x6xf32> -> tensor<3x1xf32>
  %2 = graph.div %0, %1 : tensor<3x6xf32>, tensor<3x1xf32> -> tensor<3x6xf32>
  // CHECK: return
  return %2 : tensor<3x6xf32>
}
