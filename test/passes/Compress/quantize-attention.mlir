// RUN: lmcc-opt %s --split-input-file --lmcc-quantize-attention 2>%t.remarks | FileCheck %s
// RUN: FileCheck %s --check-prefix=REMARK < %t.remarks

// Rows become bytes in front of the transposes, which keep them. Keys and values
// are one tensor, which is quantised once.
// REMARK: remark: attention in 8 bits: a scale for each query, key and value
// CHECK-LABEL: func.func @attention(
// CHECK-SAME:      %[[Q:[^:]*]]: tensor<5x2x8xf32>, %[[K:[^:]*]]: tensor<2x7x8xf32>)
// CHECK-DAG:     %[[QS:.*]] = graph.row_scales %[[Q]] : tensor<5x2x8xf32> -> tensor<5x2x1xf32>
// CHECK-DAG:     %[[QB:.*]] = graph.quantize_rows %[[Q]], %[[QS]] : tensor<5x2x8xf32>, tensor<5x2x1xf32> -> tensor<5x2x8xi8>
// CHECK-DAG:     %[[QT:.*]] = graph.transpose %[[QB]] [1, 0, 2] : tensor<5x2x8xi8> -> tensor<2x5x8xi8>
// CHECK-DAG:     %[[QST:.*]] = graph.transpose %[[QS]] [1, 0, 2] : tensor<5x2x1xf32> -> tensor<2x5x1xf32>
// CHECK-DAG:     %[[KS:.*]] = graph.row_scales %[[K]]
// CHECK-DAG:     %[[KB:.*]] = graph.quantize_rows %[[K]], %[[KS]] : tensor<2x7x8xf32>, tensor<2x7x1xf32> -> tensor<2x7x8xi8>
// CHECK:         %[[R:.*]] = graph.attention %[[QT]], %[[KB]], %[[KB]] scales(%[[QST]], %[[KS]], %[[KS]] : tensor<2x5x1xf32>, tensor<2x7x1xf32>, tensor<2x7x1xf32>) : tensor<2x5x8xi8>, tensor<2x7x8xi8>, tensor<2x7x8xi8> -> tensor<2x5x8xf32> {
// CHECK-NEXT:    ^bb0(%[[S:.*]]: tensor<2x5x7xf32>):
// CHECK-NEXT:      graph.yield %[[S]]
// CHECK-NOT:     graph.quantize_rows
// CHECK:         return %[[R]]
func.func @attention(%q: tensor<5x2x8xf32>, %k: tensor<2x7x8xf32>) -> tensor<2x5x8xf32> {
  %0 = graph.transpose %q [1, 0, 2] : tensor<5x2x8xf32> -> tensor<2x5x8xf32>
  %1 = graph.attention %0, %k, %k : tensor<2x5x8xf32>, tensor<2x7x8xf32>, tensor<2x7x8xf32> -> tensor<2x5x8xf32> {
  ^bb0(%s: tensor<2x5x7xf32>):
    graph.yield %s : tensor<2x5x7xf32>
  }
  return %1 : tensor<2x5x8xf32>
}

// -----

// A transpose that takes rows apart comes first. Where the machine wants one
// side of a product unsigned, it is the keys.
module attributes {target.machine = #target.machine<name = "unsigned", vector_bits = 128, tile_rows = 2, panel_columns = 4, depth_block = 256, alignment = 64, unsigned_rows = true>} {
// CHECK-LABEL: func.func @unsigned_keys(
// CHECK-SAME:      %[[Q:[^:]*]]: tensor<8x5xf32>, %[[K:[^:]*]]: tensor<7x8xf32>)
// CHECK-DAG:     %[[T:.*]] = graph.transpose %[[Q]] [1, 0]
// CHECK-DAG:     graph.quantize_rows %[[T]], %{{.*}} -> tensor<5x8xi8>
// CHECK-DAG:     %[[KB:.*]] = graph.quantize_rows %[[K]], %{{.*}} -> tensor<7x8xui8>
// CHECK-DAG:     %[[VB:.*]] = graph.quantize_rows %[[K]], %{{.*}} -> tensor<7x8xi8>
// CHECK:         graph.attention %{{.*}}, %[[KB]], %[[VB]] scales(
func.func @unsigned_keys(%q: tensor<8x5xf32>, %k: tensor<7x8xf32>) -> tensor<5x8xf32> {
  %0 = graph.transpose %q [1, 0] : tensor<8x5xf32> -> tensor<5x8xf32>
  %1 = graph.attention %0, %k, %k : tensor<5x8xf32>, tensor<7x8xf32>, tensor<7x8xf32> -> tensor<5x8xf32> {
  ^bb0(%s: tensor<5x7xf32>):
    graph.yield %s : tensor<5x7xf32>
  }
  return %1 : tensor<5x8xf32>
}
}

// -----

// REMARK: remark: attention in 8 bits: not, the length of its queries, 6, is no multiple of 4
// CHECK-LABEL: func.func @rows_of_six(
// CHECK-NOT:     graph.quantize_rows
// CHECK:         return
func.func @rows_of_six(%q: tensor<5x6xf32>) -> tensor<5x6xf32> {
  %1 = graph.attention %q, %q, %q : tensor<5x6xf32>, tensor<5x6xf32>, tensor<5x6xf32> -> tensor<5x6xf32> {
  ^bb0(%s: tensor<5x5xf32>):
    graph.yield %s : tensor<5x5xf32>
  }
  return %1 : tensor<5x6xf32>
}

// -----

// REMARK: remark: attention in 8 bits: not, it is not of float32
// CHECK-LABEL: func.func @halves(
// CHECK-NOT:     graph.quantize_rows
// CHECK:         return
func.func @halves(%q: tensor<5x8xf16>) -> tensor<5x8xf16> {
  %1 = graph.attention %q, %q, %q : tensor<5x8xf16>, tensor<5x8xf16>, tensor<5x8xf16> -> tensor<5x8xf16> {
  ^bb0(%s: tensor<5x5xf16>):
    graph.yield %s : tensor<5x5xf16>
  }
  return %1 : tensor<5x8xf16>
}
