// RUN: lmcc-opt %s --split-input-file --lmcc-quantize-tables="bits=4" 2>%t.remarks | FileCheck %s
// RUN: FileCheck %s --check-prefix=REMARK < %t.remarks
// RUN: lmcc-opt %s --split-input-file --lmcc-quantize-tables="bits=16" 2>/dev/null | FileCheck %s --check-prefix=HALVES
// RUN: not lmcc-opt %s --split-input-file --lmcc-quantize-tables="bits=4 group=16" 2>&1 | FileCheck %s --check-prefix=GROUP

// GROUP: error: weights of 4 bits in groups of 16: use 16, 8 or 4, and a multiple of 32

// Columns of the transpose, as a product with it has them. In 16 bits rows of
// the table, whose recipe is the transpose of that of a product.
// REMARK: remark: quantised: table of 40 x 64 in 4 bits, a scale for each 32 of a row
// CHECK-LABEL: weight.data @table.group_scales : tensor<2x40xf32> {
// CHECK-NEXT:    %[[F:.*]] = weight.file "m.bin" offset 0 : tensor<40x64xf32>
// CHECK-NEXT:    %[[T:.*]] = graph.transpose %[[F]] [1, 0]
// CHECK-NEXT:    %[[S:.*]] = weight.scales %[[T]] bits 4 : tensor<64x40xf32> -> tensor<2x40xf32>
// CHECK-LABEL: weight.data @table.nibbles : tensor<64x40xi8> {
// CHECK:         weight.quantize %{{.*}}, %{{.*}} bits 4
// HALVES-LABEL: weight.data @table.halves : tensor<40x64xf16> {
// HALVES-NEXT:   %[[F:.*]] = weight.file "m.bin" offset 0 : tensor<40x64xf32>
// HALVES-NEXT:   %[[T:.*]] = graph.transpose %[[F]] [1, 0]
// HALVES-NEXT:   %[[H:.*]] = graph.cast %[[T]] : tensor<64x40xf32> -> tensor<64x40xf16>
// HALVES-NEXT:   graph.transpose %[[H]] [1, 0]
weight.data @table : tensor<40x64xf32> {
  %0 = weight.file "m.bin" offset 0 : tensor<40x64xf32>
  weight.yield %0 : tensor<40x64xf32>
}
// CHECK-LABEL: func.func @main(
// CHECK-SAME:      %[[I:[^:]*]]: tensor<2x3xi64>
// CHECK-DAG:     %[[Q:.*]] = weight.get @table.nibbles : tensor<64x40xi8>
// CHECK-DAG:     %[[S:.*]] = weight.get @table.group_scales : tensor<2x40xf32>
// CHECK:         %[[R:.*]] = graph.look_up_columns %[[Q]], %[[S]] at %[[I]] : {{.*}} -> tensor<2x3x64xf32>
// CHECK-NEXT:    return %[[R]]
// HALVES-LABEL: func.func @main(
// HALVES:        %[[G:.*]] = graph.gather {{.*}} -> tensor<2x3x64xf16>
// HALVES-NEXT:   %[[R:.*]] = graph.cast %[[G]] : tensor<2x3x64xf16> -> tensor<2x3x64xf32>
// HALVES-NEXT:   return %[[R]]
func.func @main(%i: tensor<2x3xi64>) -> tensor<2x3x64xf32> {
  %t = weight.get @table : tensor<40x64xf32>
  %0 = graph.gather %t, %i axis 0 : tensor<40x64xf32>, tensor<2x3xi64> -> tensor<2x3x64xf32>
  return %0 : tensor<2x3x64xf32>
}

// -----

// Rows that are no whole groups.
// REMARK: remark: quantised: table of 40 x 4 in 8 bits, a scale for each row
weight.data @table : tensor<40x4xf32> {
  %0 = weight.file "m.bin" offset 0 : tensor<40x4xf32>
  weight.yield %0 : tensor<40x4xf32>
}
// CHECK-LABEL: func.func @short_rows(
// CHECK:         graph.gather {{.*}} : tensor<40x4xi8>, tensor<3xi64> -> tensor<3x4xi8>
func.func @short_rows(%i: tensor<3xi64>) -> tensor<3x4xf32> {
  %t = weight.get @table : tensor<40x4xf32>
  %0 = graph.gather %t, %i axis 0 : tensor<40x4xf32>, tensor<3xi64> -> tensor<3x4xf32>
  return %0 : tensor<3x4xf32>
}
