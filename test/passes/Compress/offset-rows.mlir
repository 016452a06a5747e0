// RUN: lmcc-opt %s --split-input-file --lmcc-offset-rows | FileCheck %s
// RUN: lmcc-opt %s --split-input-file --lmcc-check-numbers="passes=lmcc-offset-rows rtol=0 atol=0" -o /dev/null

module attributes {target.machine = #target.machine<name = "unsigned", vector_bits = 512, tile_rows = 4, panel_columns = 32, depth_block = 256, alignment = 64, unsigned_rows = true>} {
// CHECK-LABEL: weight.data @w.sums : tensor<3xi32> {
// CHECK-NEXT:    %[[C:.*]] = graph.constant
// CHECK-NEXT:    %[[S:.*]] = weight.column_sums %[[C]] times -128 : tensor<4x3xi8> -> tensor<3xi32>
// CHECK-NEXT:    weight.yield %[[S]]
weight.data @w : tensor<4x3xi8> {
  %0 = graph.constant dense<[[1, -2, 127], [3, 4, -127], [5, -6, 0], [100, 2, 1]]> : tensor<4x3xi8>
  weight.yield %0 : tensor<4x3xi8>
}

// The sums are what they were, for both products.
// CHECK-LABEL: func.func @products(
// CHECK:         %[[Q:.*]] = graph.quantize_rows {{.*}} -> tensor<2x4xui8>
// CHECK:         %[[P:.*]] = graph.matmul %[[Q]], %{{.*}} : tensor<2x4xui8>, tensor<4x3xi8> -> tensor<2x3xi32>
// CHECK-NEXT:    %[[T:.*]] = weight.get @w.sums : tensor<3xi32>
// CHECK-NEXT:    %[[R:.*]] = graph.add %[[P]], %[[T]]
// CHECK:         graph.matmul %[[Q]]
// CHECK:         return %[[R]]
func.func @products(%x: tensor<2x4xf32>) -> (tensor<2x3xi32>, tensor<2x3xi32>) {
  %s = graph.row_scales %x : tensor<2x4xf32> -> tensor<2x1xf32>
  %q = graph.quantize_rows %x, %s : tensor<2x4xf32>, tensor<2x1xf32> -> tensor<2x4xi8>
  %w = weight.get @w : tensor<4x3xi8>
  %0 = graph.matmul %q, %w : tensor<2x4xi8>, tensor<4x3xi8> -> tensor<2x3xi32>
  %1 = graph.matmul %q, %w : tensor<2x4xi8>, tensor<4x3xi8> -> tensor<2x3xi32>
  return %0, %1 : tensor<2x3xi32>, tensor<2x3xi32>
}

// Somebody else reads the numbers as they are.
// CHECK-LABEL: func.func @keep_what_is_an_output(
// CHECK-NOT:     ui8
// CHECK:         return
func.func @keep_what_is_an_output(%x: tensor<2x4xf32>) -> (tensor<2x3xi32>, tensor<2x4xi8>) {
  %s = graph.row_scales %x : tensor<2x4xf32> -> tensor<2x1xf32>
  %q = graph.quantize_rows %x, %s : tensor<2x4xf32>, tensor<2x1xf32> -> tensor<2x4xi8>
  %w = weight.get @w : tensor<4x3xi8>
  %0 = graph.matmul %q, %w : tensor<2x4xi8>, tensor<4x3xi8> -> tensor<2x3xi32>
  return %0, %q : tensor<2x3xi32>, tensor<2x4xi8>
}
}

// -----

// A machine with products of signed bytes.
module attributes {target.machine = #target.machine<name = "signed", vector_bits = 512, tile_rows = 4, panel_columns = 32, depth_block = 256, alignment = 64>} {
weight.data @w : tensor<4x3xi8> {
  %0 = graph.constant dense<1> : tensor<4x3xi8>
  weight.yield %0 : tensor<4x3xi8>
}
// CHECK-LABEL: func.func @keep_signed_rows(
// CHECK-NOT:     ui8
// CHECK:         return
func.func @keep_signed_rows(%x: tensor<2x4xf32>) -> tensor<2x3xi32> {
  %s = graph.row_scales %x : tensor<2x4xf32> -> tensor<2x1xf32>
  %q = graph.quantize_rows %x, %s : tensor<2x4xf32>, tensor<2x1xf32> -> tensor<2x4xi8>
  %w = weight.get @w : tensor<4x3xi8>
  %0 = graph.matmul %q, %w : tensor<2x4xi8>, tensor<4x3xi8> -> tensor<2x3xi32>
  return %0 : tensor<2x3xi32>
}
}
