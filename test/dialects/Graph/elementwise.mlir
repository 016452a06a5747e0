// RUN: lmcc-opt %s --verify-roundtrip | FileCheck %s

//===----------------------------------------------------------------------===//
// One operand
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @numbers(
// CHECK-SAME:      %[[X:.*]]: tensor<2x3xi8>)
func.func @numbers(%x: tensor<2x3xi8>) {
  // CHECK-NEXT: graph.abs %[[X]] : tensor<2x3xi8>
  // CHECK-NEXT: graph.neg %[[X]] : tensor<2x3xi8>
  // CHECK-NEXT: graph.sign %[[X]] : tensor<2x3xi8>
  %0 = graph.abs %x : tensor<2x3xi8>
  %1 = graph.neg %x : tensor<2x3xi8>
  %2 = graph.sign %x : tensor<2x3xi8>
  return
}

// CHECK-LABEL: func.func @floats(
// CHECK-SAME:      %[[X:.*]]: tensor<?x3xf32, #graph.dims<n, 3>>)
func.func @floats(%x: tensor<?x3xf32, #graph.dims<n, 3>>) {
  // CHECK-NEXT: graph.exp %[[X]] : tensor<?x3xf32, #graph.dims<n, 3>>
  // CHECK-NEXT: graph.log %[[X]] : tensor<?x3xf32, #graph.dims<n, 3>>
  // CHECK-NEXT: graph.sqrt %[[X]] : tensor<?x3xf32, #graph.dims<n, 3>>
  // CHECK-NEXT: graph.sin %[[X]] : tensor<?x3xf32, #graph.dims<n, 3>>
  // CHECK-NEXT: graph.cos %[[X]] : tensor<?x3xf32, #graph.dims<n, 3>>
  // CHECK-NEXT: graph.tanh %[[X]] : tensor<?x3xf32, #graph.dims<n, 3>>
  // CHECK-NEXT: graph.erf %[[X]] : tensor<?x3xf32, #graph.dims<n, 3>>
  // CHECK-NEXT: graph.sigmoid %[[X]] : tensor<?x3xf32, #graph.dims<n, 3>>
  // CHECK-NEXT: graph.silu %[[X]] : tensor<?x3xf32, #graph.dims<n, 3>>
  // CHECK-NEXT: graph.floor %[[X]] : tensor<?x3xf32, #graph.dims<n, 3>>
  // CHECK-NEXT: graph.ceil %[[X]] : tensor<?x3xf32, #graph.dims<n, 3>>
  // CHECK-NEXT: graph.round %[[X]] : tensor<?x3xf32, #graph.dims<n, 3>>
  %0 = graph.exp %x : tensor<?x3xf32, #graph.dims<n, 3>>
  %1 = graph.log %x : tensor<?x3xf32, #graph.dims<n, 3>>
  %2 = graph.sqrt %x : tensor<?x3xf32, #graph.dims<n, 3>>
  %3 = graph.sin %x : tensor<?x3xf32, #graph.dims<n, 3>>
  %4 = graph.cos %x : tensor<?x3xf32, #graph.dims<n, 3>>
  %5 = graph.tanh %x : tensor<?x3xf32, #graph.dims<n, 3>>
  %6 = graph.erf %x : tensor<?x3xf32, #graph.dims<n, 3>>
  %7 = graph.sigmoid %x : tensor<?x3xf32, #graph.dims<n, 3>>
  %8 = graph.silu %x : tensor<?x3xf32, #graph.dims<n, 3>>
  %9 = graph.floor %x : tensor<?x3xf32, #graph.dims<n, 3>>
  %10 = graph.ceil %x : tensor<?x3xf32, #graph.dims<n, 3>>
  %11 = graph.round %x : tensor<?x3xf32, #graph.dims<n, 3>>
  return
}

// CHECK-LABEL: func.func @gelu(
// CHECK-SAME:      %[[X:.*]]: tensor<2x3xf16>)
func.func @gelu(%x: tensor<2x3xf16>) {
  // CHECK-NEXT: graph.gelu %[[X]] : tensor<2x3xf16>
  // CHECK-NEXT: graph.gelu %[[X]] tanh : tensor<2x3xf16>
  %0 = graph.gelu %x : tensor<2x3xf16>
  %1 = graph.gelu %x tanh : tensor<2x3xf16>
  return
}

// CHECK-LABEL: func.func @is_nan(
// CHECK-SAME:      %[[X:.*]]: tensor<2x3xf32>)
func.func @is_nan(%x: tensor<2x3xf32>) {
  // CHECK-NEXT: graph.is_nan %[[X]] : tensor<2x3xf32> -> tensor<2x3xi1>
  %0 = graph.is_nan %x : tensor<2x3xf32> -> tensor<2x3xi1>
  return
}

// CHECK-LABEL: func.func @cast(
// CHECK-SAME:      %[[X:.*]]: tensor<2x3xf32>)
func.func @cast(%x: tensor<2x3xf32>) {
  // CHECK-NEXT: graph.cast %[[X]] : tensor<2x3xf32> -> tensor<2x3xui8>
  %0 = graph.cast %x : tensor<2x3xf32> -> tensor<2x3xui8>
  return
}

//===----------------------------------------------------------------------===//
// Two operands
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @pairs_of_numbers(
// CHECK-SAME:      %[[A:.*]]: tensor<2x3xui64>, %[[B:.*]]: tensor<2x3xui64>)
func.func @pairs_of_numbers(%a: tensor<2x3xui64>, %b: tensor<2x3xui64>) {
  // CHECK-NEXT: graph.add %[[A]], %[[B]] : tensor<2x3xui64>, tensor<2x3xui64> -> tensor<2x3xui64>
  // CHECK-NEXT: graph.sub %[[A]], %[[B]] : tensor<2x3xui64>, tensor<2x3xui64> -> tensor<2x3xui64>
  // CHECK-NEXT: graph.mul %[[A]], %[[B]] : tensor<2x3xui64>, tensor<2x3xui64> -> tensor<2x3xui64>
  // CHECK-NEXT: graph.div %[[A]], %[[B]] : tensor<2x3xui64>, tensor<2x3xui64> -> tensor<2x3xui64>
  // CHECK-NEXT: graph.max %[[A]], %[[B]] : tensor<2x3xui64>, tensor<2x3xui64> -> tensor<2x3xui64>
  // CHECK-NEXT: graph.min %[[A]], %[[B]] : tensor<2x3xui64>, tensor<2x3xui64> -> tensor<2x3xui64>
  // CHECK-NEXT: graph.rem %[[A]], %[[B]] : tensor<2x3xui64>, tensor<2x3xui64> -> tensor<2x3xui64>
  // CHECK-NEXT: graph.mod %[[A]], %[[B]] : tensor<2x3xui64>, tensor<2x3xui64> -> tensor<2x3xui64>
  %0 = graph.add %a, %b : tensor<2x3xui64>, tensor<2x3xui64> -> tensor<2x3xui64>
  %1 = graph.sub %a, %b : tensor<2x3xui64>, tensor<2x3xui64> -> tensor<2x3xui64>
  %2 = graph.mul %a, %b : tensor<2x3xui64>, tensor<2x3xui64> -> tensor<2x3xui64>
  %3 = graph.div %a, %b : tensor<2x3xui64>, tensor<2x3xui64> -> tensor<2x3xui64>
  %4 = graph.max %a, %b : tensor<2x3xui64>, tensor<2x3xui64> -> tensor<2x3xui64>
  %5 = graph.min %a, %b : tensor<2x3xui64>, tensor<2x3xui64> -> tensor<2x3xui64>
  %6 = graph.rem %a, %b : tensor<2x3xui64>, tensor<2x3xui64> -> tensor<2x3xui64>
  %7 = graph.mod %a, %b : tensor<2x3xui64>, tensor<2x3xui64> -> tensor<2x3xui64>
  return
}

// CHECK-LABEL: func.func @pow(
// CHECK-SAME:      %[[A:.*]]: tensor<2x3xbf16>, %[[B:.*]]: tensor<bf16>)
func.func @pow(%a: tensor<2x3xbf16>, %b: tensor<bf16>) {
  // CHECK-NEXT: graph.pow %[[A]], %[[B]] : tensor<2x3xbf16>, tensor<bf16> -> tensor<2x3xbf16>
  %0 = graph.pow %a, %b : tensor<2x3xbf16>, tensor<bf16> -> tensor<2x3xbf16>
  return
}

// CHECK-LABEL: func.func @booleans(
// CHECK-SAME:      %[[A:.*]]: tensor<2x3xi1>, %[[B:.*]]: tensor<2x3xi1>)
func.func @booleans(%a: tensor<2x3xi1>, %b: tensor<2x3xi1>) {
  // CHECK-NEXT: graph.not %[[A]] : tensor<2x3xi1>
  // CHECK-NEXT: graph.and %[[A]], %[[B]] : tensor<2x3xi1>, tensor<2x3xi1> -> tensor<2x3xi1>
  // CHECK-NEXT: graph.or %[[A]], %[[B]] : tensor<2x3xi1>, tensor<2x3xi1> -> tensor<2x3xi1>
  // CHECK-NEXT: graph.xor %[[A]], %[[B]] : tensor<2x3xi1>, tensor<2x3xi1> -> tensor<2x3xi1>
  // CHECK-NEXT: graph.compare eq %[[A]], %[[B]] : tensor<2x3xi1>, tensor<2x3xi1> -> tensor<2x3xi1>
  %0 = graph.not %a : tensor<2x3xi1>
  %1 = graph.and %a, %b : tensor<2x3xi1>, tensor<2x3xi1> -> tensor<2x3xi1>
  %2 = graph.or %a, %b : tensor<2x3xi1>, tensor<2x3xi1> -> tensor<2x3xi1>
  %3 = graph.xor %a, %b : tensor<2x3xi1>, tensor<2x3xi1> -> tensor<2x3xi1>
  %4 = graph.compare eq %a, %b : tensor<2x3xi1>, tensor<2x3xi1> -> tensor<2x3xi1>
  return
}

// CHECK-LABEL: func.func @compare(
// CHECK-SAME:      %[[A:.*]]: tensor<2x3xf64>, %[[B:.*]]: tensor<3xf64>)
func.func @compare(%a: tensor<2x3xf64>, %b: tensor<3xf64>) {
  // CHECK-NEXT: graph.compare eq %[[A]], %[[B]] : tensor<2x3xf64>, tensor<3xf64> -> tensor<2x3xi1>
  // CHECK-NEXT: graph.compare lt %[[A]], %[[B]] : tensor<2x3xf64>, tensor<3xf64> -> tensor<2x3xi1>
  // CHECK-NEXT: graph.compare le %[[A]], %[[B]] : tensor<2x3xf64>, tensor<3xf64> -> tensor<2x3xi1>
  // CHECK-NEXT: graph.compare gt %[[A]], %[[B]] : tensor<2x3xf64>, tensor<3xf64> -> tensor<2x3xi1>
  // CHECK-NEXT: graph.compare ge %[[A]], %[[B]] : tensor<2x3xf64>, tensor<3xf64> -> tensor<2x3xi1>
  %0 = graph.compare eq %a, %b : tensor<2x3xf64>, tensor<3xf64> -> tensor<2x3xi1>
  %1 = graph.compare lt %a, %b : tensor<2x3xf64>, tensor<3xf64> -> tensor<2x3xi1>
  %2 = graph.compare le %a, %b : tensor<2x3xf64>, tensor<3xf64> -> tensor<2x3xi1>
  %3 = graph.compare gt %a, %b : tensor<2x3xf64>, tensor<3xf64> -> tensor<2x3xi1>
  %4 = graph.compare ge %a, %b : tensor<2x3xf64>, tensor<3xf64> -> tensor<2x3xi1>
  return
}

// CHECK-LABEL: func.func @fma(
// CHECK-SAME:      %[[A:[^:]*]]: tensor<2x3xf32>, %[[B:[^:]*]]: tensor<f32>)
func.func @fma(%a: tensor<2x3xf32>, %b: tensor<f32>) {
  // CHECK-NEXT: graph.fma %[[A]], %[[B]], %[[A]] : tensor<2x3xf32>, tensor<f32>, tensor<2x3xf32> -> tensor<2x3xf32>
  %0 = graph.fma %a, %b, %a : tensor<2x3xf32>, tensor<f32>, tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// CHECK-LABEL: func.func @limit(
// CHECK-SAME:      %[[A:[^:]*]]: tensor<2x3xf32>, %[[B:[^:]*]]: tensor<f32>)
func.func @limit(%a: tensor<2x3xf32>, %b: tensor<f32>) {
  // CHECK-NEXT: graph.limit %[[A]], %[[B]], %[[B]] : tensor<2x3xf32>, tensor<f32>, tensor<f32> -> tensor<2x3xf32>
  %0 = graph.limit %a, %b, %b : tensor<2x3xf32>, tensor<f32>, tensor<f32> -> tensor<2x3xf32>
  return
}

// CHECK-LABEL: func.func @select(
// CHECK-SAME:      %[[C:.*]]: tensor<2x1xi1>, %[[A:.*]]: tensor<f32>, %[[B:.*]]: tensor<3xf32>)
func.func @select(%c: tensor<2x1xi1>, %a: tensor<f32>, %b: tensor<3xf32>) {
  // CHECK-NEXT: graph.select %[[C]], %[[A]], %[[B]] : tensor<2x1xi1>, tensor<f32>, tensor<3xf32> -> tensor<2x3xf32>
  %0 = graph.select %c, %a, %b : tensor<2x1xi1>, tensor<f32>, tensor<3xf32> -> tensor<2x3xf32>
  return
}

//===----------------------------------------------------------------------===//
// Broadcasting
//===----------------------------------------------------------------------===//

// Both sides may repeat, along different axes.
// CHECK-LABEL: func.func @column_and_row(
// CHECK-SAME:      %[[A:.*]]: tensor<2x1xf32>, %[[B:.*]]: tensor<3xf32>)
func.func @column_and_row(%a: tensor<2x1xf32>, %b: tensor<3xf32>) {
  // CHECK-NEXT: graph.add %[[A]], %[[B]] : tensor<2x1xf32>, tensor<3xf32> -> tensor<2x3xf32>
  %0 = graph.add %a, %b : tensor<2x1xf32>, tensor<3xf32> -> tensor<2x3xf32>
  return
}

// A 1 gives way to no element, and to a symbol.
// CHECK-LABEL: func.func @one_gives_way(
func.func @one_gives_way(%a: tensor<1x1xf32>, %b: tensor<0x?xf32, #graph.dims<0, n + 1>>) {
  // CHECK: graph.add {{.*}} -> tensor<0x?xf32, #graph.dims<0, n + 1>>
  %0 = graph.add %a, %b : tensor<1x1xf32>, tensor<0x?xf32, #graph.dims<0, n + 1>>
      -> tensor<0x?xf32, #graph.dims<0, n + 1>>
  return
}
