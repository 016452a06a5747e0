// RUN: lmcc-opt %s --lmcc-recognize-grouped-products 2>%t.remarks | FileCheck %s
// RUN: FileCheck %s --check-prefix=REMARK < %t.remarks

// Two products of the same rows, of which the model allows one to have bytes.
// REMARK: remark: quantised: as in the model, weights of 16 x 1 in 4 bits, a scale for each column; rows in 8 bits, a scale for each
// REMARK: remark: quantised: as in the model, weights of 16 x 1 in 4 bits, a scale for each column; rows as they are
weight.data @w : tensor<16x1xf32> {
  %0 = graph.constant dense<[[1], [2], [3], [4], [5], [6], [7], [-8], [1], [2], [3], [4], [5], [6], [7], [-8]]> : tensor<16x1xi8>
  %1 = graph.cast %0 : tensor<16x1xi8> -> tensor<16x1xf32>
  %2 = graph.constant dense<0.3> : tensor<f32>
  %3 = graph.mul %1, %2 : tensor<16x1xf32>, tensor<f32> -> tensor<16x1xf32>
  weight.yield %3 : tensor<16x1xf32>
}
// CHECK-LABEL: func.func @byte_rows(
// CHECK-SAME:      %[[X:[^:]*]]: tensor<2x16xf32>)
// CHECK-DAG:     %[[S:.*]] = graph.row_scales %[[X]]
// CHECK-DAG:     %[[Q:.*]] = graph.quantize_rows %[[X]], %[[S]]
// CHECK:         %[[P:.*]] = graph.matmul %[[Q]], %{{.*}} scales(%{{.*}} : tensor<1x1xf32>) : tensor<2x16xi8>
// CHECK-NEXT:    %[[R:.*]] = graph.mul %[[P]], %[[S]]
// CHECK:         %[[F:.*]] = graph.matmul %[[X]], %{{.*}} scales(%{{.*}} : tensor<1x1xf32>) : tensor<2x16xf32>
// CHECK:         return %[[R]], %[[F]]
func.func @byte_rows(%x: tensor<2x16xf32>) -> (tensor<2x1xf32>, tensor<2x1xf32>) {
  %w = weight.get @w : tensor<16x1xf32>
  %0 = graph.matmul %x, %w {graph.byte_rows} : tensor<2x16xf32>, tensor<16x1xf32> -> tensor<2x1xf32>
  %1 = graph.matmul %x, %w : tensor<2x16xf32>, tensor<16x1xf32> -> tensor<2x1xf32>
  return %0, %1 : tensor<2x1xf32>, tensor<2x1xf32>
}
