// RUN: lmcc-opt %s --split-input-file --lmcc-quantize-products="bits=4 group=32" 2>%t.remarks | FileCheck %s
// RUN: FileCheck %s --check-prefix=REMARK < %t.remarks
// RUN: lmcc-opt %s --split-input-file --lmcc-quantize-products="bits=4 group=64" 2>/dev/null | FileCheck %s --check-prefix=WIDE
// RUN: lmcc-opt %s --split-input-file --lmcc-quantize-products="bits=8 group=32 head-bits=4" 2>/dev/null | FileCheck %s --check-prefix=HEAD
// RUN: not lmcc-opt %s --split-input-file --lmcc-quantize-products="bits=4 group=48" 2>&1 | FileCheck %s --check-prefix=GROUP
// RUN: not lmcc-opt %s --split-input-file --lmcc-quantize-products="bits=5" 2>&1 | FileCheck %s --check-prefix=BITS

// GROUP: error: weights of 4 bits in groups of 48: use 16, 8 or 4, and a multiple of 32
// BITS:  error: weights of 5 bits in groups of 32: use 16, 8 or 4, and a multiple of 32

// Two groups of a column of 64. The rows are quantised once, and what the
// groups give is scaled by the scale of the row alone.
// REMARK: remark: quantised: weights of 64 x 6 in 4 bits, a scale for each 32 of a column; rows in 8 bits, a scale for each
// CHECK-LABEL: weight.data @q.nibbles : tensor<64x6xi8> {
// CHECK-NEXT:    %[[F:.*]] = weight.file "model.onnx" offset 0 : tensor<64x6xf32>
// CHECK-NEXT:    %[[S:.*]] = weight.scales %[[F]] bits 4 : tensor<64x6xf32> -> tensor<2x6xf32>
// CHECK-NEXT:    %[[Q:.*]] = weight.quantize %[[F]], %[[S]] bits 4 : tensor<64x6xf32>, tensor<2x6xf32> -> tensor<64x6xi8>
// CHECK-NEXT:    weight.yield %[[Q]] : tensor<64x6xi8>
// CHECK-LABEL: weight.data @q.group_scales : tensor<2x6xf32> {
// CHECK-NEXT:    %[[F:.*]] = weight.file "model.onnx" offset 0 : tensor<64x6xf32>
// CHECK-NEXT:    %[[S:.*]] = weight.scales %[[F]] bits 4 : tensor<64x6xf32> -> tensor<2x6xf32>
// CHECK-NEXT:    weight.yield %[[S]] : tensor<2x6xf32>
// WIDE:        weight.data @q.group_scales : tensor<1x6xf32> {
weight.data @q : tensor<64x6xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<64x6xf32>
  weight.yield %0 : tensor<64x6xf32>
}
weight.data @k : tensor<64x6xf32> {
  %0 = weight.file "model.onnx" offset 1536 : tensor<64x6xf32>
  weight.yield %0 : tensor<64x6xf32>
}
// CHECK-LABEL: func.func @main(
// CHECK-SAME:      %[[X:[^:]*]]: tensor<?x64xf32
// CHECK-DAG:     %[[RS:.*]] = graph.row_scales %[[X]]
// CHECK-DAG:     %[[ROWS:.*]] = graph.quantize_rows %[[X]], %[[RS]]
// CHECK-NOT:     graph.quantize_rows
// CHECK-DAG:     %[[W:.*]] = weight.get @q.nibbles : tensor<64x6xi8>
// CHECK-DAG:     %[[CS:.*]] = weight.get @q.group_scales : tensor<2x6xf32>
// CHECK:         %[[SUM:.*]] = graph.matmul %[[ROWS]], %[[W]] scales(%[[CS]] : tensor<2x6xf32>) : {{.*}} -> tensor<?x6xf32, #graph.dims<n, 6>>
// CHECK-NEXT:    %[[P:.*]] = graph.mul %[[SUM]], %[[RS]]
// CHECK:         graph.matmul %[[ROWS]], %{{.*}} scales(
// CHECK:         graph.softmax %[[P]]
// WIDE-LABEL:  func.func @main(
// WIDE:          graph.matmul {{.*}} scales(%{{.*}} : tensor<1x6xf32>)
func.func @main(%x: tensor<?x64xf32, #graph.dims<n, 64>>) -> (tensor<?x6xf32, #graph.dims<n, 6>>, tensor<?x6xf32, #graph.dims<n, 6>>)
    attributes {graph.symbols = [#graph.symbol<"n", 1, 9>]} {
  %q = weight.get @q : tensor<64x6xf32>
  %0 = graph.matmul %x, %q : tensor<?x64xf32, #graph.dims<n, 64>>, tensor<64x6xf32> -> tensor<?x6xf32, #graph.dims<n, 6>>
  %k = weight.get @k : tensor<64x6xf32>
  %1 = graph.matmul %x, %k : tensor<?x64xf32, #graph.dims<n, 64>>, tensor<64x6xf32> -> tensor<?x6xf32, #graph.dims<n, 6>>
  %2 = graph.softmax %0 : tensor<?x6xf32, #graph.dims<n, 6>>
  %3 = graph.softmax %1 : tensor<?x6xf32, #graph.dims<n, 6>>
  return %2, %3 : tensor<?x6xf32, #graph.dims<n, 6>>, tensor<?x6xf32, #graph.dims<n, 6>>
}

// -----

// A depth of 96 is three groups of 32, but no whole groups of 64, and then in
// 8 bits.
weight.data @w : tensor<96x6xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<96x6xf32>
  weight.yield %0 : tensor<96x6xf32>
}
// CHECK-LABEL: func.func @three_groups(
// CHECK:         graph.matmul {{.*}} scales(%{{.*}} : tensor<3x6xf32>)
// WIDE-LABEL:  func.func @three_groups(
// WIDE:          graph.matmul {{.*}} : tensor<2x96xi8>, tensor<96x6xi8> -> tensor<2x6xi32>
func.func @three_groups(%x: tensor<2x96xf32>) -> tensor<2x6xf32> {
  %w = weight.get @w : tensor<96x6xf32>
  %0 = graph.matmul %x, %w : tensor<2x96xf32>, tensor<96x6xf32> -> tensor<2x6xf32>
  %1 = graph.softmax %0 : tensor<2x6xf32>
  return %1 : tensor<2x6xf32>
}

// -----

// Heads stay in 8 bits: what computes an output, here behind a bias and a move.
// The product before it does not.
weight.data @inner : tensor<32x32xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<32x32xf32>
  weight.yield %0 : tensor<32x32xf32>
}
weight.data @head : tensor<32x6xf32> {
  %0 = weight.file "model.onnx" offset 4096 : tensor<32x6xf32>
  weight.yield %0 : tensor<32x6xf32>
}
// REMARK: remark: quantised: weights of 32 x 32 in 4 bits, a scale for each 32 of a column
// REMARK: remark: quantised: weights of 32 x 6 in 8 bits, a scale for each column
// With head-bits it is the other way round.
// HEAD-LABEL:  func.func @head_of_a_model(
// HEAD:          graph.matmul {{.*}} : tensor<2x32xi8>, tensor<32x32xi8> -> tensor<2x32xi32>
// HEAD:          graph.matmul {{.*}} scales(%{{.*}} : tensor<1x6xf32>)
// CHECK-LABEL: func.func @head_of_a_model(
// CHECK:         graph.matmul {{.*}} scales(%{{.*}} : tensor<1x32xf32>)
// CHECK:         graph.matmul {{.*}} : tensor<2x32xi8>, tensor<32x6xi8> -> tensor<2x6xi32>
func.func @head_of_a_model(%x: tensor<2x32xf32>, %bias: tensor<6xf32>) -> tensor<1x2x6xf32> {
  %w = weight.get @inner : tensor<32x32xf32>
  %0 = graph.matmul %x, %w : tensor<2x32xf32>, tensor<32x32xf32> -> tensor<2x32xf32>
  %h = weight.get @head : tensor<32x6xf32>
  %1 = graph.matmul %0, %h : tensor<2x32xf32>, tensor<32x6xf32> -> tensor<2x6xf32>
  %2 = graph.add %1, %bias : tensor<2x6xf32>, tensor<6xf32> -> tensor<2x6xf32>
  %3 = graph.reshape %2 : tensor<2x6xf32> -> tensor<1x2x6xf32>
  return %3 : tensor<1x2x6xf32>
}

// -----

// So does the transpose of a table that is looked up, though its result goes
// on: both are to be stored once. Another table's does not.
weight.data @table : tensor<40x32xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<40x32xf32>
  weight.yield %0 : tensor<40x32xf32>
}
weight.data @tied : tensor<32x40xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<40x32xf32>
  %1 = graph.transpose %0 [1, 0] : tensor<40x32xf32> -> tensor<32x40xf32>
  weight.yield %1 : tensor<32x40xf32>
}
weight.data @other : tensor<32x40xf32> {
  %0 = weight.file "model.onnx" offset 5120 : tensor<40x32xf32>
  %1 = graph.transpose %0 [1, 0] : tensor<40x32xf32> -> tensor<32x40xf32>
  weight.yield %1 : tensor<32x40xf32>
}
// CHECK-LABEL: func.func @tied_table(
// CHECK:         graph.matmul {{.*}} : tensor<2x32xi8>, tensor<32x40xi8> -> tensor<2x40xi32>
// CHECK:         graph.matmul {{.*}} scales(%{{.*}} : tensor<1x40xf32>)
func.func @tied_table(%i: tensor<2xi64>) -> (tensor<2x40xf32>, tensor<2x40xf32>) {
  %t = weight.get @table : tensor<40x32xf32>
  %x = graph.gather %t, %i axis 0 : tensor<40x32xf32>, tensor<2xi64> -> tensor<2x32xf32>
  %w = weight.get @tied : tensor<32x40xf32>
  %0 = graph.matmul %x, %w : tensor<2x32xf32>, tensor<32x40xf32> -> tensor<2x40xf32>
  %o = weight.get @other : tensor<32x40xf32>
  %1 = graph.matmul %x, %o : tensor<2x32xf32>, tensor<32x40xf32> -> tensor<2x40xf32>
  %2 = graph.softmax %0 : tensor<2x40xf32>
  %3 = graph.softmax %1 : tensor<2x40xf32>
  return %2, %3 : tensor<2x40xf32>, tensor<2x40xf32>
}

// -----

// Odd depths: in 8 bits if they have whole words, otherwise as they are.
weight.data @words : tensor<36x6xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<36x6xf32>
  weight.yield %0 : tensor<36x6xf32>
}
weight.data @odd : tensor<33x6xf32> {
  %0 = weight.file "model.onnx" offset 864 : tensor<33x6xf32>
  weight.yield %0 : tensor<33x6xf32>
}
// CHECK-LABEL: func.func @odd_depths(
// CHECK-NOT:     scales(
// CHECK:         graph.matmul {{.*}} : tensor<2x36xi8>, tensor<36x6xi8> -> tensor<2x6xi32>
// CHECK:         graph.matmul {{.*}} : tensor<2x33xf32>, tensor<33x6xf32> -> tensor<2x6xf32>
// CHECK-NOT:     scales(
// CHECK:         return
func.func @odd_depths(%x: tensor<2x36xf32>, %y: tensor<2x33xf32>) -> (tensor<2x6xf32>, tensor<2x6xf32>) {
  %w = weight.get @words : tensor<36x6xf32>
  %0 = graph.matmul %x, %w : tensor<2x36xf32>, tensor<36x6xf32> -> tensor<2x6xf32>
  %o = weight.get @odd : tensor<33x6xf32>
  %1 = graph.matmul %y, %o : tensor<2x33xf32>, tensor<33x6xf32> -> tensor<2x6xf32>
  %2 = graph.softmax %0 : tensor<2x6xf32>
  %3 = graph.softmax %1 : tensor<2x6xf32>
  return %2, %3 : tensor<2x6xf32>, tensor<2x6xf32>
}
