// RUN: lmcc-opt %s --split-input-file --lmcc-quantize-products="bits=8 float-rows" 2>%t.remarks | FileCheck %s --check-prefixes=CHECK,BYTES
// RUN: FileCheck %s --check-prefix=REMARK < %t.remarks
// RUN: lmcc-opt %s --split-input-file --lmcc-quantize-products="bits=4 float-rows" 2>/dev/null | FileCheck %s --check-prefixes=CHECK,NIBBLES
// RUN: lmcc-opt %s --split-input-file --lmcc-quantize-products="bits=16 head-bits=16" 2>/dev/null | FileCheck %s --check-prefixes=CHECK,HALVES

// The rows stay floats, and the weights are what they are with rows of bytes.
// REMARK: remark: quantised: weights of 32 x 6 in 8 bits, a scale for each column; rows as they are
// BYTES:       weight.data @w.quantized : tensor<32x6xi8> {
// BYTES:         weight.quantize {{.*}} bits 8
// NIBBLES:     weight.data @w.nibbles : tensor<32x6xi8> {
// NIBBLES:       weight.quantize {{.*}} bits 4
// HALVES:      weight.data @w.halves : tensor<32x6xf16> {
// HALVES-NEXT:   %[[F:.*]] = weight.file "model.onnx" offset 0 : tensor<32x6xf32>
// HALVES-NEXT:   %[[H:.*]] = graph.cast %[[F]] : tensor<32x6xf32> -> tensor<32x6xf16>
// HALVES-NEXT:   weight.yield %[[H]] : tensor<32x6xf16>
weight.data @w : tensor<32x6xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<32x6xf32>
  weight.yield %0 : tensor<32x6xf32>
}
// CHECK-LABEL: func.func @main(
// CHECK-SAME:      %[[X:[^:]*]]: tensor<2x32xf32>)
// CHECK-NOT:     graph.row_scales
// BYTES:         %[[S:.*]] = graph.matmul %[[X]], %{{.*}} : tensor<2x32xf32>, tensor<32x6xi8> -> tensor<2x6xf32>
// BYTES-NEXT:    %[[C:.*]] = weight.get @w.scales : tensor<6xf32>
// BYTES-NEXT:    %[[R:.*]] = graph.mul %[[S]], %[[C]]
// NIBBLES:       %[[R:.*]] = graph.matmul %[[X]], %{{.*}} scales(%{{.*}} : tensor<1x6xf32>) : tensor<2x32xf32>, tensor<32x6xi8> -> tensor<2x6xf32>
// HALVES:        %[[R:.*]] = graph.matmul %[[X]], %{{.*}} : tensor<2x32xf32>, tensor<32x6xf16> -> tensor<2x6xf32>
// CHECK-NEXT:    graph.softmax %[[R]]
func.func @main(%x: tensor<2x32xf32>) -> tensor<2x6xf32> {
  %w = weight.get @w : tensor<32x6xf32>
  %0 = graph.matmul %x, %w : tensor<2x32xf32>, tensor<32x6xf32> -> tensor<2x6xf32>
  %1 = graph.softmax %0 : tensor<2x6xf32>
  return %1 : tensor<2x6xf32>
}

// -----

// A depth need not have whole words; in 4 bits it has whole groups.
weight.data @odd : tensor<33x6xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<33x6xf32>
  weight.yield %0 : tensor<33x6xf32>
}
// REMARK: remark: quantised: weights of 33 x 6 in 8 bits
// REMARK: remark: quantised: not, its right side is no weight matrix
// CHECK-LABEL: func.func @odd_depth(
// BYTES:         graph.matmul {{.*}} : tensor<2x33xf32>, tensor<33x6xi8> -> tensor<2x6xf32>
// NIBBLES:       graph.matmul {{.*}} : tensor<2x33xf32>, tensor<33x6xi8> -> tensor<2x6xf32>
// HALVES:        graph.matmul {{.*}} : tensor<2x33xf32>, tensor<33x6xf16> -> tensor<2x6xf32>
// CHECK:         graph.matmul {{.*}} : tensor<2x6xf32>, tensor<6x2xf32> -> tensor<2x2xf32>
func.func @odd_depth(%x: tensor<2x33xf32>, %y: tensor<6x2xf32>) -> tensor<2x2xf32> {
  %w = weight.get @odd : tensor<33x6xf32>
  %0 = graph.matmul %x, %w : tensor<2x33xf32>, tensor<33x6xf32> -> tensor<2x6xf32>
  %1 = graph.matmul %0, %y : tensor<2x6xf32>, tensor<6x2xf32> -> tensor<2x2xf32>
  return %1 : tensor<2x2xf32>
}
