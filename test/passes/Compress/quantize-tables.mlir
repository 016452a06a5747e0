// RUN: lmcc-opt %s --split-input-file --lmcc-quantize-tables 2>/dev/null | FileCheck %s
// RUN: lmcc-opt %s --split-input-file --lmcc-quantize-tables -o /dev/null --verify-diagnostics

// Rows of bytes times their scales. The recipe is the transpose of that of a
// product with the transpose.
// CHECK-LABEL: weight.data @table.scales : tensor<40xf32> {
// CHECK:       weight.data @table.quantized : tensor<40x4xi8> {
// CHECK-NEXT:    %[[F:.*]] = weight.file "m.bin" offset 0 : tensor<40x4xf32>
// CHECK-NEXT:    %[[T:.*]] = graph.transpose %[[F]] [1, 0]
// CHECK-NEXT:    %[[S:.*]] = weight.scales %[[T]] bits 8 : tensor<4x40xf32> -> tensor<1x40xf32>
// CHECK-NEXT:    %[[Q:.*]] = weight.quantize %[[T]], %[[S]] bits 8
// CHECK-NEXT:    %[[R:.*]] = graph.transpose %[[Q]] [1, 0]
// CHECK-NEXT:    weight.yield %[[R]] : tensor<40x4xi8>
weight.data @table : tensor<40x4xf32> {
  %0 = weight.file "m.bin" offset 0 : tensor<40x4xf32>
  weight.yield %0 : tensor<40x4xf32>
}
// CHECK-LABEL: func.func @main(
// CHECK-SAME:      %[[I:[^:]*]]: tensor<2x3xi64>
// CHECK-DAG:     %[[Q:.*]] = weight.get @table.quantized : tensor<40x4xi8>
// CHECK-DAG:     %[[ROWS:.*]] = graph.gather %[[Q]], %[[I]] axis 0 : {{.*}} -> tensor<2x3x4xi8>
// CHECK-DAG:     %[[S:.*]] = weight.get @table.scales : tensor<40xf32>
// CHECK-DAG:     %[[SCALES:.*]] = graph.gather %[[S]], %[[I]] axis 0 : {{.*}} -> tensor<2x3xf32>
// CHECK-DAG:     %[[COLUMN:.*]] = graph.reshape %[[SCALES]] : tensor<2x3xf32> -> tensor<2x3x1xf32>
// CHECK-DAG:     %[[FLOAT:.*]] = graph.cast %[[ROWS]]
// CHECK:         %[[R:.*]] = graph.mul %[[FLOAT]], %[[COLUMN]]
// CHECK-NEXT:    return %[[R]]
func.func @main(%i: tensor<2x3xi64>) -> tensor<2x3x4xf32> {
  %t = weight.get @table : tensor<40x4xf32>
  // expected-remark @below {{quantised: table of 40 x 4 in 8 bits, a scale for each row}}
  %0 = graph.gather %t, %i axis 0 : tensor<40x4xf32>, tensor<2x3xi64> -> tensor<2x3x4xf32>
  return %0 : tensor<2x3x4xf32>
}

// -----

// Columns, and what is no weight.
weight.data @table : tensor<4x40xf32> {
  %0 = weight.file "m.bin" offset 0 : tensor<4x40xf32>
  weight.yield %0 : tensor<4x40xf32>
}
// CHECK-LABEL: func.func @keep(
// CHECK-NOT:     i8
// CHECK:         return
func.func @keep(%x: tensor<40x4xf32>, %i: tensor<3xi64>) -> (tensor<4x3xf32>, tensor<3x4xf32>) {
  %t = weight.get @table : tensor<4x40xf32>
  %0 = graph.gather %t, %i axis 1 : tensor<4x40xf32>, tensor<3xi64> -> tensor<4x3xf32>
  %1 = graph.gather %x, %i axis 0 : tensor<40x4xf32>, tensor<3xi64> -> tensor<3x4xf32>
  return %0, %1 : tensor<4x3xf32>, tensor<3x4xf32>
}
