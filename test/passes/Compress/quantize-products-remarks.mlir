// RUN: lmcc-opt %s --lmcc-quantize-products --verify-diagnostics -o /dev/null
// RUN: not lmcc-opt %s --lmcc-quantize-products="keep=[" 2>&1 | FileCheck %s --check-prefix=PATTERN

// PATTERN: error: '[' is no pattern: invalid glob pattern
weight.data @w : tensor<8x6xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<8x6xf32>
  weight.yield %0 : tensor<8x6xf32>
}
weight.data @odd : tensor<6x6xf32> {
  %0 = weight.file "model.onnx" offset 0 : tensor<6x6xf32>
  weight.yield %0 : tensor<6x6xf32>
}
func.func @main(%x: tensor<2x8xf32>, %y: tensor<2x6xf32>, %z: tensor<6x2xf32>) {
  %w = weight.get @w : tensor<8x6xf32>
  // expected-remark @below {{quantised: weights of 8 x 6 in 8 bits, a scale for each column; rows in 8 bits, a scale for each}}
  %0 = graph.matmul %x, %w : tensor<2x8xf32>, tensor<8x6xf32> -> tensor<2x6xf32>
  %o = weight.get @odd : tensor<6x6xf32>
  // expected-remark @below {{quantised: not, its depth of 6 is no multiple of 4}}
  %1 = graph.matmul %y, %o : tensor<2x6xf32>, tensor<6x6xf32> -> tensor<2x6xf32>
  // expected-remark @below {{quantised: not, its right side is no weight matrix}}
  %2 = graph.matmul %y, %z : tensor<2x6xf32>, tensor<6x2xf32> -> tensor<2x2xf32>
  return
}
