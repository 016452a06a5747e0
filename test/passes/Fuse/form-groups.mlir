// RUN: lmcc-opt %s --lmcc-form-groups | FileCheck %s
// RUN: lmcc-opt %s --lmcc-form-groups --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s --check-prefix=LOCATIONS

//===----------------------------------------------------------------------===//
// What joins
//===----------------------------------------------------------------------===//

module {
weight.data @w : tensor<4x3xi8> {
  %0 = graph.constant dense<1> : tensor<4x3xi8>
  weight.yield %0 : tensor<4x3xi8>
}

// Bytes are widened, multiplied and stored.
// CHECK-LABEL: func.func @product_of_bytes(
func.func @product_of_bytes(%x: tensor<2x4xi8>, %r: tensor<2x3xi8>) -> tensor<2x3xui8> {
  // CHECK:      graph.group
  // CHECK-NEXT:   graph.matmul
  // CHECK-NEXT:   graph.cast
  // CHECK-NEXT:   graph.cast
  // CHECK-NEXT:   graph.add
  // CHECK-NEXT:   graph.round
  // CHECK-NEXT:   graph.cast
  // CHECK-NEXT:   graph.yield {{.*}} : tensor<2x3xui8>
  %w = weight.get @w : tensor<4x3xi8>
  %0 = graph.matmul %x, %w : tensor<2x4xi8>, tensor<4x3xi8> -> tensor<2x3xi32>
  %1 = graph.cast %0 : tensor<2x3xi32> -> tensor<2x3xf32>
  %2 = graph.cast %r : tensor<2x3xi8> -> tensor<2x3xf32>
  %3 = graph.add %1, %2 : tensor<2x3xf32>, tensor<2x3xf32> -> tensor<2x3xf32>
  %4 = graph.round %3 : tensor<2x3xf32>
  %5 = graph.cast %4 : tensor<2x3xf32> -> tensor<2x3xui8>
  return %5 : tensor<2x3xui8>
}

// CHECK-LABEL: func.func @product_with_epilogue(
// CHECK-SAME:      %[[X:.*]]: tensor<2x4xf32>, %[[W:.*]]: tensor<4x3xf32>, %[[B:.*]]: tensor<3xf32>)
func.func @product_with_epilogue(%x: tensor<2x4xf32>, %w: tensor<4x3xf32>, %b: tensor<3xf32>) -> tensor<2x3xf32> {
  // CHECK-NEXT: %[[R:.*]] = graph.group (%[[XI:.*]] = %[[X]], %[[WI:.*]] = %[[W]], %[[BI:.*]] = %[[B]])
  // CHECK-NEXT:   %[[P:.*]] = graph.matmul %[[XI]], %[[WI]]
  // CHECK-NEXT:   %[[S:.*]] = graph.add %[[P]], %[[BI]]
  // CHECK-NEXT:   %[[G:.*]] = graph.gelu %[[S]]
  // CHECK-NEXT:   graph.yield %[[G]]
  // CHECK-NEXT: }
  // CHECK-NEXT: return %[[R]]
  %0 = graph.matmul %x, %w : tensor<2x4xf32>, tensor<4x3xf32> -> tensor<2x3xf32>
  %1 = graph.add %0, %b : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
  %2 = graph.gelu %1 : tensor<2x3xf32>
  return %2 : tensor<2x3xf32>
}

// Elementwise operations need no product, and take any element type.
// CHECK-LABEL: func.func @elementwise_chain(
// CHECK-SAME:      %[[X:.*]]: tensor<2x3xf64>, %[[C:.*]]: tensor<2x3xi1>)
func.func @elementwise_chain(%x: tensor<2x3xf64>, %c: tensor<2x3xi1>) -> tensor<2x3xi8> {
  // CHECK-NEXT: %[[R:.*]] = graph.group (%[[XI:.*]] = %[[X]], %[[CI:.*]] = %[[C]]) : (tensor<2x3xf64>, tensor<2x3xi1>) -> tensor<2x3xi8> {
  // CHECK-NEXT:   %[[E:.*]] = graph.exp %[[XI]]
  // CHECK-NEXT:   %[[S:.*]] = graph.select %[[CI]], %[[E]], %[[XI]]
  // CHECK-NEXT:   graph.cast %[[S]]
  // CHECK:      return %[[R]]
  %0 = graph.exp %x : tensor<2x3xf64>
  %1 = graph.select %c, %0, %x : tensor<2x3xi1>, tensor<2x3xf64>, tensor<2x3xf64> -> tensor<2x3xf64>
  %2 = graph.cast %1 : tensor<2x3xf64> -> tensor<2x3xi8>
  return %2 : tensor<2x3xi8>
}

// Two users in one group compute nothing twice; each operand comes in once.
// CHECK-LABEL: func.func @diamond(
// CHECK-SAME:      %[[X:.*]]: tensor<2x3xf32>)
func.func @diamond(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // CHECK-NEXT: graph.group (%[[XI:[a-z0-9]*]] = %[[X]]) :
  // CHECK-NEXT:   %[[E:.*]] = graph.exp %[[XI]]
  // CHECK-NEXT:   %[[T:.*]] = graph.tanh %[[E]]
  // CHECK-NEXT:   %[[S:.*]] = graph.mul %[[E]], %[[T]]
  // CHECK-NEXT:   graph.yield %[[S]]
  %0 = graph.exp %x : tensor<2x3xf32>
  %1 = graph.tanh %0 : tensor<2x3xf32>
  %2 = graph.mul %0, %1 : tensor<2x3xf32>, tensor<2x3xf32> -> tensor<2x3xf32>
  return %2 : tensor<2x3xf32>
}

// Symbols prove that shapes are equal.
// CHECK-LABEL: func.func @dynamic_rows(
func.func @dynamic_rows(%x: tensor<?x4xf32, #graph.dims<n + m, 4>>, %w: tensor<4x3xf32>)
    -> tensor<?x3xf32, #graph.dims<m + n, 3>> {
  // CHECK:      graph.group
  // CHECK-NEXT:   graph.matmul
  // CHECK-NEXT:   graph.exp
  // CHECK-NOT:  graph.group
  // CHECK:      return
  %0 = graph.matmul %x, %w : tensor<?x4xf32, #graph.dims<m + n, 4>>, tensor<4x3xf32> -> tensor<?x3xf32, #graph.dims<m + n, 3>>
  %1 = graph.exp %0 : tensor<?x3xf32, #graph.dims<n + m, 3>>
  return %1 : tensor<?x3xf32, #graph.dims<m + n, 3>>
}

// What the epilogue reads besides the sums: a row, a column, one element and a
// whole tensor, though the batches are flattened to rows.
// CHECK-LABEL: func.func @extras_of_flattened_rows(
func.func @extras_of_flattened_rows(%x: tensor<5x2x4xf32>, %w: tensor<4x3xf32>, %row: tensor<1x1x3xf32>,
    %column: tensor<5x2x1xf32>, %one: tensor<f32>, %whole: tensor<5x2x3xf32>) -> tensor<5x2x3xf32> {
  // CHECK:      graph.group
  // CHECK-NEXT:   graph.matmul
  // CHECK-NEXT:   graph.add
  // CHECK-NEXT:   graph.mul
  // CHECK-NEXT:   graph.sub
  // CHECK-NEXT:   graph.div
  // CHECK-NEXT:   graph.yield
  // CHECK-NOT:  graph.group
  // CHECK:      return
  %0 = graph.matmul %x, %w : tensor<5x2x4xf32>, tensor<4x3xf32> -> tensor<5x2x3xf32>
  %1 = graph.add %0, %row : tensor<5x2x3xf32>, tensor<1x1x3xf32> -> tensor<5x2x3xf32>
  %2 = graph.mul %1, %column : tensor<5x2x3xf32>, tensor<5x2x1xf32> -> tensor<5x2x3xf32>
  %3 = graph.sub %2, %one : tensor<5x2x3xf32>, tensor<f32> -> tensor<5x2x3xf32>
  %4 = graph.div %3, %whole : tensor<5x2x3xf32>, tensor<5x2x3xf32> -> tensor<5x2x3xf32>
  return %4 : tensor<5x2x3xf32>
}

// Two activations keep their batches as loops: any broadcast will do.
// CHECK-LABEL: func.func @extra_of_one_batch_axis(
func.func @extra_of_one_batch_axis(%x: tensor<5x6x2x4xf32>, %w: tensor<5x6x4x3xf32>, %mask: tensor<5x1x2x3xi1>,
                                   %zero: tensor<f32>) -> tensor<5x6x2x3xf32> {
  // CHECK:      graph.group
  // CHECK-NEXT:   graph.matmul
  // CHECK-NEXT:   graph.select
  // CHECK-NOT:  graph.group
  // CHECK:      return
  %0 = graph.matmul %x, %w : tensor<5x6x2x4xf32>, tensor<5x6x4x3xf32> -> tensor<5x6x2x3xf32>
  %1 = graph.select %mask, %0, %zero : tensor<5x1x2x3xi1>, tensor<5x6x2x3xf32>, tensor<f32> -> tensor<5x6x2x3xf32>
  return %1 : tensor<5x6x2x3xf32>
}

// What joins the epilogue may itself come from elsewhere.
// CHECK-LABEL: func.func @gate(
// CHECK-SAME:      %[[X:.*]]: tensor<2x4xf32>, %[[W:.*]]: tensor<4x3xf32>, %[[G:.*]]: tensor<2x3xf32>)
func.func @gate(%x: tensor<2x4xf32>, %w: tensor<4x3xf32>, %g: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // CHECK-NEXT: graph.group (%[[GI:.*]] = %[[G]], %[[XI:.*]] = %[[X]], %[[WI:.*]] = %[[W]])
  // CHECK-NEXT:   %[[S:.*]] = graph.silu %[[GI]]
  // CHECK-NEXT:   %[[P:.*]] = graph.matmul %[[XI]], %[[WI]]
  // CHECK-NEXT:   graph.mul %[[S]], %[[P]]
  %0 = graph.silu %g : tensor<2x3xf32>
  %1 = graph.matmul %x, %w : tensor<2x4xf32>, tensor<4x3xf32> -> tensor<2x3xf32>
  %2 = graph.mul %0, %1 : tensor<2x3xf32>, tensor<2x3xf32> -> tensor<2x3xf32>
  return %2 : tensor<2x3xf32>
}

// The nodes of the model stay known behind the group.
// LOCATIONS-LABEL: func.func @locations(
func.func @locations(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // LOCATIONS: graph.yield {{.*}} loc(fused["/layer/Exp", "/layer/Tanh"])
  // LOCATIONS: } loc(fused["/layer/Exp", "/layer/Tanh"])
  %0 = graph.exp %x : tensor<2x3xf32> loc("/layer/Exp")
  %1 = graph.tanh %0 : tensor<2x3xf32> loc("/layer/Tanh")
  return %1 : tensor<2x3xf32>
}
}
