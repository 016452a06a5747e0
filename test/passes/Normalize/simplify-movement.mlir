// RUN: lmcc-opt %s --lmcc-simplify-movement | FileCheck %s
// RUN: lmcc-opt %s --lmcc-check-numbers="passes=lmcc-simplify-movement rtol=0 atol=0" -o /dev/null

//===----------------------------------------------------------------------===//
// Movement
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @compose_transposes(
// CHECK-SAME:      %[[X:.*]]: tensor<2x3x5xf32>)
func.func @compose_transposes(%x: tensor<2x3x5xf32>) -> tensor<3x5x2xf32> {
  // CHECK-NEXT: %[[R:.*]] = graph.transpose %[[X]] [1, 2, 0]
  // CHECK-NEXT: return %[[R]]
  %0 = graph.transpose %x [2, 0, 1] : tensor<2x3x5xf32> -> tensor<5x2x3xf32>
  %1 = graph.transpose %0 [2, 0, 1] : tensor<5x2x3xf32> -> tensor<3x5x2xf32>
  return %1 : tensor<3x5x2xf32>
}

// CHECK-LABEL: func.func @transposes_cancel(
// CHECK-SAME:      %[[X:.*]]: tensor<2x3x5xf32>)
func.func @transposes_cancel(%x: tensor<2x3x5xf32>) -> tensor<2x3x5xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.transpose %x [2, 0, 1] : tensor<2x3x5xf32> -> tensor<5x2x3xf32>
  %1 = graph.transpose %0 [1, 2, 0] : tensor<5x2x3xf32> -> tensor<2x3x5xf32>
  return %1 : tensor<2x3x5xf32>
}

// CHECK-LABEL: func.func @transpose_of_unit_axis(
// CHECK-SAME:      %[[X:.*]]: tensor<4x1x?x8xf32, #graph.dims<4, 1, length, 8>>)
func.func @transpose_of_unit_axis(%x: tensor<4x1x?x8xf32, #graph.dims<4, 1, length, 8>>)
    -> tensor<4x?x1x8xf32, #graph.dims<4, length, 1, 8>>
    attributes {graph.symbols = [#graph.symbol<"length", 0, 7>]} {
  // CHECK-NEXT: %[[R:.*]] = graph.reshape %[[X]]
  // CHECK-NEXT: return %[[R]]
  %0 = graph.transpose %x [0, 2, 1, 3]
     : tensor<4x1x?x8xf32, #graph.dims<4, 1, length, 8>>
    -> tensor<4x?x1x8xf32, #graph.dims<4, length, 1, 8>>
  return %0 : tensor<4x?x1x8xf32, #graph.dims<4, length, 1, 8>>
}

// A symbol may be 1 but is not always.
// CHECK-LABEL: func.func @keep_transpose_of_symbol(
func.func @keep_transpose_of_symbol(%x: tensor<4x?xf32, #graph.dims<4, length>>)
    -> tensor<?x4xf32, #graph.dims<length, 4>>
    attributes {graph.symbols = [#graph.symbol<"length", 1, 7>]} {
  // CHECK-NEXT: graph.transpose
  %0 = graph.transpose %x [1, 0]
     : tensor<4x?xf32, #graph.dims<4, length>> -> tensor<?x4xf32, #graph.dims<length, 4>>
  return %0 : tensor<?x4xf32, #graph.dims<length, 4>>
}

// CHECK-LABEL: func.func @compose_reshapes(
// CHECK-SAME:      %[[X:.*]]: tensor<2x6xf32>)
func.func @compose_reshapes(%x: tensor<2x6xf32>) -> (tensor<4x3xf32>, tensor<2x6xf32>) {
  // CHECK-NEXT: %[[R:.*]] = graph.reshape %[[X]] : tensor<2x6xf32> -> tensor<4x3xf32>
  // CHECK-NEXT: return %[[R]], %[[X]]
  %0 = graph.reshape %x : tensor<2x6xf32> -> tensor<12xf32>
  %1 = graph.reshape %0 : tensor<12xf32> -> tensor<4x3xf32>
  %2 = graph.reshape %1 : tensor<4x3xf32> -> tensor<2x6xf32>
  return %1, %2 : tensor<4x3xf32>, tensor<2x6xf32>
}

// CHECK-LABEL: func.func @compose_broadcasts(
// CHECK-SAME:      %[[X:.*]]: tensor<3x1xf32>)
func.func @compose_broadcasts(%x: tensor<3x1xf32>) -> tensor<2x3x4xf32> {
  // CHECK-NEXT: %[[R:.*]] = graph.broadcast %[[X]] : tensor<3x1xf32> -> tensor<2x3x4xf32>
  // CHECK-NEXT: return %[[R]]
  %0 = graph.broadcast %x : tensor<3x1xf32> -> tensor<3x4xf32>
  %1 = graph.broadcast %0 : tensor<3x4xf32> -> tensor<2x3x4xf32>
  return %1 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @broadcast_to_unit_axis(
// CHECK-SAME:      %[[X:.*]]: tensor<3xf32>)
func.func @broadcast_to_unit_axis(%x: tensor<3xf32>) -> tensor<1x3xf32> {
  // CHECK-NEXT: graph.reshape %[[X]]
  // CHECK-NOT:  graph.broadcast
  %0 = graph.broadcast %x : tensor<3xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

//===----------------------------------------------------------------------===//
// Broadcasts in front of elementwise operations
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @implied_broadcast(
// CHECK-SAME:      %[[X:.*]]: tensor<2x?xf32, #graph.dims<2, n>>, %[[Y:.*]]: tensor<2x1xf32>)
func.func @implied_broadcast(%x: tensor<2x?xf32, #graph.dims<2, n>>, %y: tensor<2x1xf32>)
    -> tensor<2x?xf32, #graph.dims<2, n>>
    attributes {graph.symbols = [#graph.symbol<"n", 1, 5>]} {
  // CHECK-NEXT: %[[R:.*]] = graph.add %[[X]], %[[Y]]
  // CHECK-NEXT: return %[[R]]
  %0 = graph.broadcast %y : tensor<2x1xf32> -> tensor<2x?xf32, #graph.dims<2, n>>
  %1 = graph.add %x, %0
     : tensor<2x?xf32, #graph.dims<2, n>>, tensor<2x?xf32, #graph.dims<2, n>>
    -> tensor<2x?xf32, #graph.dims<2, n>>
  return %1 : tensor<2x?xf32, #graph.dims<2, n>>
}

// CHECK-LABEL: func.func @compute_before_broadcast(
// CHECK-SAME:      %[[X:.*]]: tensor<2x1xi64>, %[[Y:.*]]: tensor<1x1xi64>)
func.func @compute_before_broadcast(%x: tensor<2x1xi64>, %y: tensor<1x1xi64>)
    -> tensor<2x?xi1, #graph.dims<2, n>>
    attributes {graph.symbols = [#graph.symbol<"n", 1, 5>]} {
  // CHECK-NEXT: %[[C:.*]] = graph.compare lt %[[X]], %[[Y]] : tensor<2x1xi64>, tensor<1x1xi64> -> tensor<2x1xi1>
  // CHECK-NEXT: %[[R:.*]] = graph.broadcast %[[C]]
  // CHECK-NEXT: return %[[R]]
  %0 = graph.broadcast %x : tensor<2x1xi64> -> tensor<2x?xi64, #graph.dims<2, n>>
  %1 = graph.broadcast %y : tensor<1x1xi64> -> tensor<2x?xi64, #graph.dims<2, n>>
  %2 = graph.compare lt %0, %1
     : tensor<2x?xi64, #graph.dims<2, n>>, tensor<2x?xi64, #graph.dims<2, n>>
    -> tensor<2x?xi1, #graph.dims<2, n>>
  return %2 : tensor<2x?xi1, #graph.dims<2, n>>
}

// CHECK-LABEL: func.func @uniform_operand(
func.func @uniform_operand(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // CHECK-NEXT: graph.constant dense<2.000000e+00> : tensor<f32>
  %c = graph.constant dense<2.0> : tensor<2x3xf32>
  %0 = graph.mul %x, %c : tensor<2x3xf32>, tensor<2x3xf32> -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// The constant gives the result its shape.
// CHECK-LABEL: func.func @keep_shape_of_uniform_operand(
func.func @keep_shape_of_uniform_operand(%x: tensor<1x3xf32>) -> tensor<2x3xf32> {
  // CHECK-NEXT: graph.constant dense<2.000000e+00> : tensor<2x3xf32>
  %c = graph.constant dense<2.0> : tensor<2x3xf32>
  %0 = graph.mul %x, %c : tensor<1x3xf32>, tensor<2x3xf32> -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

//===----------------------------------------------------------------------===//
// Casts
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @cast_back(
// CHECK-SAME:      %[[X:.*]]: tensor<4xf16>)
func.func @cast_back(%x: tensor<4xf16>) -> tensor<4xf16> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.cast %x : tensor<4xf16> -> tensor<4xf32>
  %1 = graph.cast %0 : tensor<4xf32> -> tensor<4xf16>
  return %1 : tensor<4xf16>
}

// CHECK-LABEL: func.func @cast_bool(
// CHECK-SAME:      %[[X:.*]]: tensor<4xi1>)
func.func @cast_bool(%x: tensor<4xi1>) -> tensor<4xf32> {
  // CHECK-NEXT: graph.cast %[[X]] : tensor<4xi1> -> tensor<4xf32>
  %0 = graph.cast %x : tensor<4xi1> -> tensor<4xi32>
  %1 = graph.cast %0 : tensor<4xi32> -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// CHECK-LABEL: func.func @cut_integers(
// CHECK-SAME:      %[[X:.*]]: tensor<4xi64>)
func.func @cut_integers(%x: tensor<4xi64>) -> tensor<4xui8> {
  // CHECK-NEXT: graph.cast %[[X]] : tensor<4xi64> -> tensor<4xui8>
  %0 = graph.cast %x : tensor<4xi64> -> tensor<4xi32>
  %1 = graph.cast %0 : tensor<4xi32> -> tensor<4xui8>
  return %1 : tensor<4xui8>
}

// f32 to f16 rounds.
// CHECK-LABEL: func.func @keep_rounding_cast(
func.func @keep_rounding_cast(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK-COUNT-2: graph.cast
  %0 = graph.cast %x : tensor<4xf32> -> tensor<4xf16>
  %1 = graph.cast %0 : tensor<4xf16> -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// A float saturates, where an integer would wrap around.
// CHECK-LABEL: func.func @keep_saturating_cast(
func.func @keep_saturating_cast(%x: tensor<4xi16>) -> tensor<4xui8> {
  // CHECK-COUNT-2: graph.cast
  %0 = graph.cast %x : tensor<4xi16> -> tensor<4xf32>
  %1 = graph.cast %0 : tensor<4xf32> -> tensor<4xui8>
  return %1 : tensor<4xui8>
}

// CHECK-LABEL: func.func @keep_wrapping_cast(
func.func @keep_wrapping_cast(%x: tensor<4xi64>) -> tensor<4xf32> {
  // CHECK-COUNT-2: graph.cast
  %0 = graph.cast %x : tensor<4xi64> -> tensor<4xi8>
  %1 = graph.cast %0 : tensor<4xi8> -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @select_by_constant(
// CHECK-SAME:      %[[A:.*]]: tensor<4xf32>, %[[B:.*]]: tensor<3x4xf32>)
func.func @select_by_constant(%a: tensor<4xf32>, %b: tensor<3x4xf32>)
    -> (tensor<3x4xf32>, tensor<3x4xf32>) {
  // CHECK-NEXT: %[[R:.*]] = graph.broadcast %[[A]]
  // CHECK-NEXT: return %[[R]], %[[B]]
  %true = graph.constant dense<true> : tensor<i1>
  %false = graph.constant dense<false> : tensor<i1>
  %0 = graph.select %true, %a, %b
     : tensor<i1>, tensor<4xf32>, tensor<3x4xf32> -> tensor<3x4xf32>
  %1 = graph.select %false, %a, %b
     : tensor<i1>, tensor<4xf32>, tensor<3x4xf32> -> tensor<3x4xf32>
  return %0, %1 : tensor<3x4xf32>, tensor<3x4xf32>
}

// CHECK-LABEL: func.func @keep_mixed_select(
func.func @keep_mixed_select(%a: tensor<2xf32>, %b: tensor<2xf32>) -> tensor<2xf32> {
  // CHECK: graph.select
  %c = graph.constant dense<[true, false]> : tensor<2xi1>
  %0 = graph.select %c, %a, %b : tensor<2xi1>, tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK-LABEL: func.func @double_negation(
// CHECK-SAME:      %[[X:.*]]: tensor<4xf32>, %[[M:.*]]: tensor<4xi1>)
func.func @double_negation(%x: tensor<4xf32>, %m: tensor<4xi1>) -> (tensor<4xf32>, tensor<4xi1>) {
  // CHECK-NEXT: return %[[X]], %[[M]]
  %0 = graph.neg %x : tensor<4xf32>
  %1 = graph.neg %0 : tensor<4xf32>
  %2 = graph.not %m : tensor<4xi1>
  %3 = graph.not %2 : tensor<4xi1>
  return %1, %3 : tensor<4xf32>, tensor<4xi1>
}

// CHECK-LABEL: func.func @neutral_numbers(
// CHECK-SAME:      %[[X:.*]]: tensor<4xf32>)
func.func @neutral_numbers(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK-NEXT: return %[[X]]
  %one = graph.constant dense<1.0> : tensor<f32>
  %ones = graph.constant dense<1.0> : tensor<4xf32>
  %zero = graph.constant dense<0.0> : tensor<f32>
  %minus = graph.constant dense<-0.0> : tensor<f32>
  %0 = graph.mul %x, %one : tensor<4xf32>, tensor<f32> -> tensor<4xf32>
  %1 = graph.mul %ones, %0 : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  %2 = graph.div %1, %one : tensor<4xf32>, tensor<f32> -> tensor<4xf32>
  %3 = graph.sub %2, %zero : tensor<4xf32>, tensor<f32> -> tensor<4xf32>
  %4 = graph.add %minus, %3 : tensor<f32>, tensor<4xf32> -> tensor<4xf32>
  return %4 : tensor<4xf32>
}

// 0 + -0 is 0, and x may be -0.
// CHECK-LABEL: func.func @keep_float_zeros(
func.func @keep_float_zeros(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: graph.add
  // CHECK: graph.sub
  %zero = graph.constant dense<0.0> : tensor<f32>
  %minus = graph.constant dense<-0.0> : tensor<f32>
  %0 = graph.add %x, %zero : tensor<4xf32>, tensor<f32> -> tensor<4xf32>
  %1 = graph.sub %0, %minus : tensor<4xf32>, tensor<f32> -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// CHECK-LABEL: func.func @neutral_integers_and_booleans(
// CHECK-SAME:      %[[X:.*]]: tensor<1x4xi64>, %[[M:.*]]: tensor<4xi1>)
func.func @neutral_integers_and_booleans(%x: tensor<1x4xi64>, %m: tensor<4xi1>)
    -> (tensor<3x4xi64>, tensor<4xi1>) {
  // CHECK-NEXT: %[[R:.*]] = graph.broadcast %[[X]]
  // CHECK-NEXT: return %[[R]], %[[M]]
  %zeros = graph.constant dense<0> : tensor<3x1xi64>
  %true = graph.constant dense<true> : tensor<i1>
  %false = graph.constant dense<false> : tensor<i1>
  %0 = graph.add %x, %zeros : tensor<1x4xi64>, tensor<3x1xi64> -> tensor<3x4xi64>
  %1 = graph.and %m, %true : tensor<4xi1>, tensor<i1> -> tensor<4xi1>
  %2 = graph.or %false, %1 : tensor<i1>, tensor<4xi1> -> tensor<4xi1>
  return %0, %2 : tensor<3x4xi64>, tensor<4xi1>
}

// CHECK-LABEL: func.func @keep_order_of_quotient(
func.func @keep_order_of_quotient(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: graph.div
  %one = graph.constant dense<1.0> : tensor<f32>
  %0 = graph.div %one, %x : tensor<f32>, tensor<4xf32> -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
