// RUN: lmcc-opt %s --split-input-file --lmcc-recognize-byte-products --lmcc-fold-constants | FileCheck %s
// RUN: lmcc-opt %s --split-input-file --lmcc-check-numbers="passes=lmcc-recognize-byte-products rtol=1e-5 atol=1e-5" -o /dev/null

// Both sides are computed. The right one becomes signed, and its zero point less
// by 128; zero points are multiplied by the sums of rows and of columns.
module attributes {target.machine = #target.machine<name = "unsigned", vector_bits = 128, tile_rows = 2, panel_columns = 4, depth_block = 256, alignment = 64, unsigned_rows = true>} {
// CHECK-LABEL: func.func @integers(
// CHECK-SAME:      %[[X:.*]]: tensor<2x3x8xui8>, %[[Y:.*]]: tensor<2x8x5xui8>
// CHECK-DAG:     %[[W:.*]] = graph.cast %[[Y]] : tensor<2x8x5xui8> -> tensor<2x8x5xi32>
// CHECK-DAG:     %[[M:.*]] = graph.constant dense<-128> : tensor<i32>
// CHECK-DAG:     %[[D:.*]] = graph.add %[[W]], %[[M]]
// CHECK-DAG:     %[[S:.*]] = graph.cast %[[D]] : tensor<2x8x5xi32> -> tensor<2x8x5xi8>
// CHECK-DAG:     %[[P:.*]] = graph.matmul %[[X]], %[[S]] : tensor<2x3x8xui8>, tensor<2x8x5xi8> -> tensor<2x3x5xi32>
// CHECK-DAG:     %[[I:.*]] = graph.cast %[[X]] : tensor<2x3x8xui8> -> tensor<2x3x8xi32>
// CHECK-DAG:     %[[R:.*]] = graph.reduce sum %[[I]] axes [2] : {{.*}} -> tensor<2x3x1xi32>
// CHECK-DAG:     %[[B:.*]] = graph.constant dense<28> : tensor<i32>
// CHECK-DAG:     %[[T:.*]] = graph.mul %[[R]], %[[B]]
// CHECK-DAG:     %[[U:.*]] = graph.add %[[P]], %[[T]]
// CHECK-DAG:     %[[O:.*]] = graph.constant dense<1> : tensor<1x8xui8>
// CHECK-DAG:     %[[C:.*]] = graph.matmul %[[O]], %[[S]] : tensor<1x8xui8>, tensor<2x8x5xi8> -> tensor<2x1x5xi32>
// CHECK-DAG:     %[[A:.*]] = graph.constant dense<-3> : tensor<i32>
// CHECK:         %[[V:.*]] = graph.mul %{{.*}}, %[[A]] : tensor<2x1x5xi32>
// CHECK:         %[[E:.*]] = graph.add %[[U]], %[[V]]
// CHECK-NEXT:    return %[[E]]
func.func @integers(%x: tensor<2x3x8xui8>, %y: tensor<2x8x5xui8>) -> tensor<2x3x5xi32> {
  %0 = graph.cast %x : tensor<2x3x8xui8> -> tensor<2x3x8xi32>
  %a = graph.constant dense<3> : tensor<i32>
  %1 = graph.sub %0, %a : tensor<2x3x8xi32>, tensor<i32> -> tensor<2x3x8xi32>
  %2 = graph.cast %y : tensor<2x8x5xui8> -> tensor<2x8x5xi32>
  %b = graph.constant dense<100> : tensor<i32>
  %3 = graph.sub %2, %b : tensor<2x8x5xi32>, tensor<i32> -> tensor<2x8x5xi32>
  %4 = graph.matmul %1, %3 : tensor<2x3x8xi32>, tensor<2x8x5xi32> -> tensor<2x3x5xi32>
  return %4 : tensor<2x3x5xi32>
}

// The left side has the sign of the machine as well, and there is nothing to
// undo where its zero point is then 0.
// CHECK-LABEL: func.func @signed_rows(
// CHECK:         graph.matmul %{{.*}} : tensor<3x8xui8>, tensor<8x5xi8>
// CHECK-NOT:     graph.matmul
// CHECK-NOT:     graph.reduce
func.func @signed_rows(%x: tensor<3x8xi8>, %y: tensor<8x5xi8>) -> tensor<3x5xi32> {
  %0 = graph.cast %x : tensor<3x8xi8> -> tensor<3x8xi32>
  %a = graph.constant dense<-128> : tensor<i32>
  %1 = graph.sub %0, %a : tensor<3x8xi32>, tensor<i32> -> tensor<3x8xi32>
  %2 = graph.cast %y : tensor<8x5xi8> -> tensor<8x5xi32>
  %3 = graph.matmul %1, %2 : tensor<3x8xi32>, tensor<8x5xi32> -> tensor<3x5xi32>
  return %3 : tensor<3x5xi32>
}

// Zero points of rows and of columns, known when the model runs.
// CHECK-LABEL: func.func @zero_points(
// CHECK-SAME:      %{{.*}}: tensor<3x8xui8>, %{{.*}}: tensor<8x5xi8>, %[[A:.*]]: tensor<3x1xui8>, %[[B:.*]]: tensor<5xi8>
// CHECK-DAG:     %[[U:.*]] = graph.cast %[[A]] : tensor<3x1xui8> -> tensor<3x1xi32>
// CHECK-DAG:     %[[V:.*]] = graph.cast %[[B]] : tensor<5xi8> -> tensor<5xi32>
// CHECK:         graph.mul %{{.*}} : tensor<3x1xi32>, tensor<5xi32> -> tensor<3x5xi32>
// CHECK:         graph.mul %{{.*}} : tensor<1x5xi32>, tensor<3x1xi32> -> tensor<3x5xi32>
func.func @zero_points(%x: tensor<3x8xui8>, %y: tensor<8x5xi8>, %a: tensor<3x1xui8>, %b: tensor<5xi8>) -> tensor<3x5xi32> {
  %0 = graph.cast %x : tensor<3x8xui8> -> tensor<3x8xi32>
  %1 = graph.cast %a : tensor<3x1xui8> -> tensor<3x1xi32>
  %2 = graph.sub %0, %1 : tensor<3x8xi32>, tensor<3x1xi32> -> tensor<3x8xi32>
  %3 = graph.cast %y : tensor<8x5xi8> -> tensor<8x5xi32>
  %4 = graph.cast %b : tensor<5xi8> -> tensor<5xi32>
  %5 = graph.sub %3, %4 : tensor<8x5xi32>, tensor<5xi32> -> tensor<8x5xi32>
  %6 = graph.matmul %2, %5 : tensor<3x8xi32>, tensor<8x5xi32> -> tensor<3x5xi32>
  return %6 : tensor<3x5xi32>
}
}

// -----

// Signs change in front of windows and what surrounds them: once for each byte.
module attributes {target.machine = #target.machine<name = "unsigned", vector_bits = 128, tile_rows = 2, panel_columns = 4, depth_block = 256, alignment = 64, unsigned_rows = true>} {
// CHECK-LABEL: func.func @windows(
// CHECK:         graph.pad constant %{{.*}} low [0, 0, 1] : tensor<1x2x5xui8>, tensor<ui8> -> tensor<1x2x7xui8>
// CHECK:         graph.patches %{{.*}} : tensor<1x2x7xui8> -> tensor<1x3x2x3xui8>
// CHECK:         graph.transpose %{{.*}} : tensor<1x3x2x3xui8> -> tensor<1x2x3x3xui8>
func.func @windows(%x: tensor<1x2x5xi8>, %y: tensor<1x2x3x5xi8>) -> tensor<1x2x3x5xi32> {
  %0 = graph.cast %x : tensor<1x2x5xi8> -> tensor<1x2x5xi32>
  %z = graph.constant dense<-3> : tensor<i32>
  %1 = graph.sub %0, %z : tensor<1x2x5xi32>, tensor<i32> -> tensor<1x2x5xi32>
  %2 = graph.patches %1 strides [2] dilations [1] low [1] : tensor<1x2x5xi32> -> tensor<1x3x2x3xi32>
  %3 = graph.transpose %2 [0, 2, 1, 3] : tensor<1x3x2x3xi32> -> tensor<1x2x3x3xi32>
  %4 = graph.cast %y : tensor<1x2x3x5xi8> -> tensor<1x2x3x5xi32>
  %5 = graph.matmul %3, %4 : tensor<1x2x3x3xi32>, tensor<1x2x3x5xi32> -> tensor<1x2x3x5xi32>
  return %5 : tensor<1x2x3x5xi32>
}
}

// -----

// Depths that are no whole words are completed with zeros, on both sides.
module attributes {target.machine = #target.machine<name = "signed", vector_bits = 128, tile_rows = 2, panel_columns = 4, depth_block = 256, alignment = 64>} {
// CHECK-LABEL: func.func @odd_depth(
// CHECK-SAME:      %[[X:.*]]: tensor<3x7xi8>, %[[Y:.*]]: tensor<7x5xi8>
// CHECK-DAG:     %[[U:.*]] = graph.pad constant %[[X]], %{{.*}} low [0, 0] : tensor<3x7xi8>, tensor<i8> -> tensor<3x8xi8>
// CHECK-DAG:     %[[V:.*]] = graph.pad constant %[[Y]], %{{.*}} low [0, 0] : tensor<7x5xi8>, tensor<i8> -> tensor<8x5xi8>
// CHECK:         graph.matmul %[[U]], %[[V]] : tensor<3x8xi8>, tensor<8x5xi8>
// CHECK-NEXT:    return
func.func @odd_depth(%x: tensor<3x7xi8>, %y: tensor<7x5xi8>) -> tensor<3x5xi32> {
  %0 = graph.cast %x : tensor<3x7xi8> -> tensor<3x7xi32>
  %1 = graph.cast %y : tensor<7x5xi8> -> tensor<7x5xi32>
  %2 = graph.matmul %0, %1 : tensor<3x7xi32>, tensor<7x5xi32> -> tensor<3x5xi32>
  return %2 : tensor<3x5xi32>
}

// What was dequantised is multiplied as bytes, moved as they are.
// CHECK-LABEL: func.func @dequantized(
// CHECK-SAME:      %[[X:.*]]: tensor<2x3x?xi8, {{.*}}>, %[[Y:.*]]: tensor<2x5x?xi8, {{.*}}>
// CHECK:         %[[C:.*]] = graph.constant dense<1.250000e-01> : tensor<f32>
// CHECK:         %[[T:.*]] = graph.transpose %[[Y]] [0, 2, 1] : tensor<2x5x?xi8,
// CHECK:         graph.pad constant %{{.*}} -> tensor<2x?x5xi8, #graph.dims<2, ((length + 3) floordiv 4) * 4, 5>>
// CHECK:         %[[P:.*]] = graph.matmul
// CHECK:         %[[F:.*]] = graph.cast %[[P]] : tensor<2x3x5xi32> -> tensor<2x3x5xf32>
// CHECK:         graph.mul %[[F]], %[[C]]
func.func @dequantized(%x: tensor<2x3x?xi8, #graph.dims<2, 3, length>>, %y: tensor<2x5x?xi8, #graph.dims<2, 5, length>>) -> tensor<2x3x5xf32>
    attributes {graph.symbols = [#graph.symbol<"length", 1, 30>]} {
  %0 = graph.cast %x : tensor<2x3x?xi8, #graph.dims<2, 3, length>> -> tensor<2x3x?xf32, #graph.dims<2, 3, length>>
  %a = graph.constant dense<0.5> : tensor<f32>
  %1 = graph.mul %0, %a : tensor<2x3x?xf32, #graph.dims<2, 3, length>>, tensor<f32> -> tensor<2x3x?xf32, #graph.dims<2, 3, length>>
  %2 = graph.cast %y : tensor<2x5x?xi8, #graph.dims<2, 5, length>> -> tensor<2x5x?xf32, #graph.dims<2, 5, length>>
  %b = graph.constant dense<0.25> : tensor<f32>
  %3 = graph.mul %2, %b : tensor<2x5x?xf32, #graph.dims<2, 5, length>>, tensor<f32> -> tensor<2x5x?xf32, #graph.dims<2, 5, length>>
  %4 = graph.transpose %3 [0, 2, 1] : tensor<2x5x?xf32, #graph.dims<2, 5, length>> -> tensor<2x?x5xf32, #graph.dims<2, length, 5>>
  %5 = graph.matmul %1, %4 : tensor<2x3x?xf32, #graph.dims<2, 3, length>>, tensor<2x?x5xf32, #graph.dims<2, length, 5>> -> tensor<2x3x5xf32>
  return %5 : tensor<2x3x5xf32>
}

// CHECK-LABEL: func.func @keep_scales_along_the_depth(
// CHECK:         graph.matmul %{{.*}} : tensor<3x8xf32>, tensor<8x5xf32>
func.func @keep_scales_along_the_depth(%x: tensor<3x8xi8>, %y: tensor<8x5xi8>, %b: tensor<8x1xf32>) -> tensor<3x5xf32> {
  %0 = graph.cast %x : tensor<3x8xi8> -> tensor<3x8xf32>
  %1 = graph.cast %y : tensor<8x5xi8> -> tensor<8x5xf32>
  %2 = graph.mul %1, %b : tensor<8x5xf32>, tensor<8x1xf32> -> tensor<8x5xf32>
  %3 = graph.matmul %0, %2 : tensor<3x8xf32>, tensor<8x5xf32> -> tensor<3x5xf32>
  return %3 : tensor<3x5xf32>
}

// Several matrices of weights, with a scale for each of their columns.
weight.data @batches : tensor<2x4x2xf32> {
  %0 = graph.constant dense<[[[0, 255], [1, 2], [4, 5], [250, 200]], [[9, 8], [6, 5], [3, 2], [0, 128]]]> : tensor<2x4x2xui8>
  %1 = graph.cast %0 : tensor<2x4x2xui8> -> tensor<2x4x2xf32>
  %2 = graph.constant dense<[[[0.5, 0.25]], [[1.0, 2.0]]]> : tensor<2x1x2xf32>
  %3 = graph.mul %1, %2 : tensor<2x4x2xf32>, tensor<2x1x2xf32> -> tensor<2x4x2xf32>
  weight.yield %3 : tensor<2x4x2xf32>
}
// CHECK-LABEL: func.func @weights_with_batches(
// CHECK:         graph.matmul %{{.*}} : tensor<2x3x4xi8>, tensor<2x4x2xi8>
func.func @weights_with_batches(%x: tensor<2x3x4xi8>) -> tensor<2x3x2xf32> {
  %0 = graph.cast %x : tensor<2x3x4xi8> -> tensor<2x3x4xf32>
  %w = weight.get @batches : tensor<2x4x2xf32>
  %1 = graph.matmul %0, %w : tensor<2x3x4xf32>, tensor<2x4x2xf32> -> tensor<2x3x2xf32>
  return %1 : tensor<2x3x2xf32>
}
}
