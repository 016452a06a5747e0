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
// CHECK-LABEL: func.func @rows_that_are_an_output(
// CHECK:         %[[Q:.*]] = graph.quantize_rows {{.*}} -> tensor<2x4xi8>
// CHECK:         %[[I:.*]] = graph.cast %[[Q]] : tensor<2x4xi8> -> tensor<2x4xi32>
// CHECK:         %[[S:.*]] = graph.add %[[I]]
// CHECK:         %[[U:.*]] = graph.cast %[[S]] : tensor<2x4xi32> -> tensor<2x4xui8>
// CHECK:         graph.matmul %[[U]]
// CHECK:         return %{{.*}}, %[[Q]]
func.func @rows_that_are_an_output(%x: tensor<2x4xf32>) -> (tensor<2x3xi32>, tensor<2x4xi8>) {
  %s = graph.row_scales %x : tensor<2x4xf32> -> tensor<2x1xf32>
  %q = graph.quantize_rows %x, %s : tensor<2x4xf32>, tensor<2x1xf32> -> tensor<2x4xi8>
  %w = weight.get @w : tensor<4x3xi8>
  %0 = graph.matmul %q, %w : tensor<2x4xi8>, tensor<4x3xi8> -> tensor<2x3xi32>
  return %0, %q : tensor<2x3xi32>, tensor<2x4xi8>
}

// Floats are rounded to the other bytes, and the others read those. The sums of
// the columns join what is added to each.
// CHECK-LABEL: func.func @rounded(
// CHECK:         %[[I:.*]] = graph.cast %arg0 : tensor<4x2xf32> -> tensor<4x2xi32>
// CHECK-DAG:     %[[H:.*]] = graph.max %[[I]], %[[LOW:[^ ]*]]
// CHECK-DAG:     %[[LOW]] = graph.constant dense<-128>
// CHECK:         %[[L:.*]] = graph.min %[[H]]
// CHECK:         %[[S:.*]] = graph.add %[[L]]
// CHECK:         %[[U:.*]] = graph.cast %[[S]] : tensor<4x2xi32> -> tensor<4x2xui8>
// CHECK:         %[[T:.*]] = graph.transpose %[[U]] [1, 0] : tensor<4x2xui8> -> tensor<2x4xui8>
// CHECK:         %[[P:.*]] = graph.matmul %[[T]]
// CHECK:         %[[C:.*]] = graph.add %{{.*}} : tensor<3xi32>, tensor<3xi32>
// CHECK:         graph.add %[[P]], %[[C]] : tensor<2x3xi32>, tensor<3xi32>
func.func @rounded(%x: tensor<4x2xf32>, %z: tensor<3xi32>) -> (tensor<2x3xi32>, tensor<4x2xf32>) {
  %q = graph.cast %x : tensor<4x2xf32> -> tensor<4x2xi8>
  %t = graph.transpose %q [1, 0] : tensor<4x2xi8> -> tensor<2x4xi8>
  %w = weight.get @w : tensor<4x3xi8>
  %0 = graph.matmul %t, %w : tensor<2x4xi8>, tensor<4x3xi8> -> tensor<2x3xi32>
  %1 = graph.add %0, %z : tensor<2x3xi32>, tensor<3xi32> -> tensor<2x3xi32>
  %2 = graph.cast %q : tensor<4x2xi8> -> tensor<4x2xf32>
  return %1, %2 : tensor<2x3xi32>, tensor<4x2xf32>
}

// Behind several moves too.
// CHECK-LABEL: func.func @moved_twice(
// CHECK:         %[[U:.*]] = graph.cast %{{.*}} : tensor<4x2xi32> -> tensor<4x2xui8>
// CHECK:         %[[T:.*]] = graph.transpose %[[U]] [1, 0] : tensor<4x2xui8> -> tensor<2x4xui8>
// CHECK-NEXT:    %[[R:.*]] = graph.reshape %[[T]] : tensor<2x4xui8> -> tensor<1x2x4xui8>
// CHECK:         graph.matmul %[[R]]
func.func @moved_twice(%x: tensor<4x2xf32>) -> tensor<1x2x3xi32> {
  %q = graph.cast %x : tensor<4x2xf32> -> tensor<4x2xi8>
  %t = graph.transpose %q [1, 0] : tensor<4x2xi8> -> tensor<2x4xi8>
  %r = graph.reshape %t : tensor<2x4xi8> -> tensor<1x2x4xi8>
  %w = weight.get @w : tensor<4x3xi8>
  %0 = graph.matmul %r, %w : tensor<1x2x4xi8>, tensor<4x3xi8> -> tensor<1x2x3xi32>
  return %0 : tensor<1x2x3xi32>
}

// Behind windows and what surrounds them, which becomes 128 more as well.
// CHECK-LABEL: func.func @windows(
// CHECK:         %[[U:.*]] = graph.cast %{{.*}} : tensor<1x1x7xi32> -> tensor<1x1x7xui8>
// CHECK:         %[[V:.*]] = graph.cast %{{.*}} : tensor<i32> -> tensor<ui8>
// CHECK:         %[[P:.*]] = graph.pad constant %[[U]], %[[V]] low [0, 0, 1] : tensor<1x1x7xui8>, tensor<ui8> -> tensor<1x1x9xui8>
// CHECK:         %[[B:.*]] = graph.patches %[[P]] strides [2] dilations [1] low [0] : tensor<1x1x9xui8> -> tensor<1x3x1x4xui8>
// CHECK:         graph.matmul
func.func @windows(%x: tensor<1x1x7xf32>) -> tensor<1x3x3xi32> {
  %q = graph.cast %x : tensor<1x1x7xf32> -> tensor<1x1x7xi8>
  %z = graph.constant dense<-5> : tensor<i8>
  %p = graph.pad constant %q, %z low [0, 0, 1] : tensor<1x1x7xi8>, tensor<i8> -> tensor<1x1x9xi8>
  %b = graph.patches %p strides [2] dilations [1] low [0] : tensor<1x1x9xi8> -> tensor<1x3x1x4xi8>
  %r = graph.reshape %b : tensor<1x3x1x4xi8> -> tensor<1x3x4xi8>
  %w = weight.get @w : tensor<4x3xi8>
  %0 = graph.matmul %r, %w : tensor<1x3x4xi8>, tensor<4x3xi8> -> tensor<1x3x3xi32>
  return %0 : tensor<1x3x3xi32>
}

// What windows read outside is 0 whatever the bytes are.
// CHECK-LABEL: func.func @keep_windows_that_exceed(
// CHECK:         graph.patches %{{.*}} low [1] : tensor<1x1x7xi8>
// CHECK:         graph.cast %{{.*}} -> tensor<1x3x1x4xui8>
func.func @keep_windows_that_exceed(%q: tensor<1x1x7xi8>) -> tensor<1x3x3xi32> {
  %b = graph.patches %q strides [2] dilations [1] low [1] : tensor<1x1x7xi8> -> tensor<1x3x1x4xi8>
  %r = graph.reshape %b : tensor<1x3x1x4xi8> -> tensor<1x3x4xi8>
  %w = weight.get @w : tensor<4x3xi8>
  %0 = graph.matmul %r, %w : tensor<1x3x4xi8>, tensor<4x3xi8> -> tensor<1x3x3xi32>
  return %0 : tensor<1x3x3xi32>
}

// CHECK-LABEL: func.func @keep_products_of_rows(
// CHECK-NOT:     ui8
// CHECK:         return
func.func @keep_products_of_rows(%a: tensor<2x4xi8>, %b: tensor<4x3xi8>) -> tensor<2x3xi32> {
  %0 = graph.matmul %a, %b : tensor<2x4xi8>, tensor<4x3xi8> -> tensor<2x3xi32>
  return %0 : tensor<2x3xi32>
}
}

// -----

// Both moves read the bytes that were changed once.
module attributes {target.machine = #target.machine<name = "unsigned", vector_bits = 512, tile_rows = 4, panel_columns = 32, depth_block = 256, alignment = 64, unsigned_rows = true>} {
weight.data @w : tensor<4x3xi8> {
  %0 = graph.constant dense<1> : tensor<4x3xi8>
  weight.yield %0 : tensor<4x3xi8>
}
// CHECK-LABEL: func.func @moved_apart(
// CHECK:         %[[U:.*]] = graph.cast %{{.*}} : tensor<4x2xi32> -> tensor<4x2xui8>
// CHECK-NOT:     graph.cast
// CHECK:         graph.transpose %[[U]]
// CHECK-NOT:     graph.cast
// CHECK:         graph.reshape %[[U]]
// CHECK-NOT:     graph.cast
// CHECK:         return
func.func @moved_apart(%x: tensor<4x2xf32>) -> (tensor<2x3xi32>, tensor<1x2x3xi32>) {
  %q = graph.cast %x : tensor<4x2xf32> -> tensor<4x2xi8>
  %t = graph.transpose %q [1, 0] : tensor<4x2xi8> -> tensor<2x4xi8>
  %w = weight.get @w : tensor<4x3xi8>
  %0 = graph.matmul %t, %w : tensor<2x4xi8>, tensor<4x3xi8> -> tensor<2x3xi32>
  %r = graph.reshape %q : tensor<4x2xi8> -> tensor<1x2x4xi8>
  %1 = graph.matmul %r, %w : tensor<1x2x4xi8>, tensor<4x3xi8> -> tensor<1x2x3xi32>
  return %0, %1 : tensor<2x3xi32>, tensor<1x2x3xi32>
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

// CHECK-LABEL: func.func @sign_an_input(
// CHECK-SAME:      %[[Q:.*]]: tensor<2x4xui8>
// CHECK:         %[[I:.*]] = graph.cast %[[Q]] : tensor<2x4xui8> -> tensor<2x4xi32>
// CHECK:         %[[S:.*]] = graph.add %[[I]]
// CHECK:         %[[B:.*]] = graph.cast %[[S]] : tensor<2x4xi32> -> tensor<2x4xi8>
// CHECK:         %[[P:.*]] = graph.matmul %[[B]]
// CHECK:         graph.add %[[P]]
func.func @sign_an_input(%q: tensor<2x4xui8>) -> tensor<2x3xi32> {
  %w = weight.get @w : tensor<4x3xi8>
  %0 = graph.matmul %q, %w : tensor<2x4xui8>, tensor<4x3xi8> -> tensor<2x3xi32>
  return %0 : tensor<2x3xi32>
}
}
