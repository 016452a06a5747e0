// RUN: lmcc-opt %s --lmcc-recognize-byte-products --lmcc-fold-constants | FileCheck %s
// RUN: lmcc-opt %s --lmcc-check-numbers="passes=lmcc-recognize-byte-products rtol=1e-6 atol=1e-6" -o /dev/null

module {
weight.data @signed : tensor<4x3xi32> {
  %0 = graph.constant dense<[[1, -2, 127], [3, 4, -127], [5, -6, 0], [100, 2, 1]]> : tensor<4x3xi8>
  %1 = graph.cast %0 : tensor<4x3xi8> -> tensor<4x3xi32>
  weight.yield %1 : tensor<4x3xi32>
}

// The first column goes down to -128, the second up to 129.
weight.data @unsigned : tensor<4x3xi32> {
  %0 = graph.constant dense<[[0, 255, 1], [254, 126, 2], [128, 128, 3], [100, 110, 120]]> : tensor<4x3xui8>
  %1 = graph.cast %0 : tensor<4x3xui8> -> tensor<4x3xi32>
  %2 = graph.constant dense<[[128, 126, 100]]> : tensor<1x3xi32>
  %3 = graph.sub %1, %2 : tensor<4x3xi32>, tensor<1x3xi32> -> tensor<4x3xi32>
  weight.yield %3 : tensor<4x3xi32>
}

// All numbers of a byte in one column.
weight.data @full : tensor<4x1xi32> {
  %0 = graph.constant dense<[[0], [255], [1], [254]]> : tensor<4x1xui8>
  %1 = graph.cast %0 : tensor<4x1xui8> -> tensor<4x1xi32>
  weight.yield %1 : tensor<4x1xi32>
}

weight.data @scaled : tensor<4x3xf32> {
  %0 = graph.constant dense<[[1, -2, 127, 4], [3, 4, -127, 5], [5, -6, 0, 6]]> : tensor<3x4xi8>
  %1 = graph.cast %0 : tensor<3x4xi8> -> tensor<3x4xi32>
  %2 = graph.cast %1 : tensor<3x4xi32> -> tensor<3x4xf32>
  %3 = graph.constant dense<[[0.5], [0.25], [0.01]]> : tensor<3x1xf32>
  %4 = graph.mul %2, %3 : tensor<3x4xf32>, tensor<3x1xf32> -> tensor<3x4xf32>
  %5 = graph.transpose %4 [1, 0] : tensor<3x4xf32> -> tensor<4x3xf32>
  weight.yield %5 : tensor<4x3xf32>
}

weight.data @one_scale : tensor<4x3xf32> {
  %0 = graph.constant dense<[[1, -2, 127], [3, 4, -127], [5, -6, 0], [100, 2, 1]]> : tensor<4x3xi8>
  %1 = graph.cast %0 : tensor<4x3xi8> -> tensor<4x3xf32>
  %2 = graph.constant dense<0.5> : tensor<f32>
  %3 = graph.mul %1, %2 : tensor<4x3xf32>, tensor<f32> -> tensor<4x3xf32>
  weight.yield %3 : tensor<4x3xf32>
}

// No whole words of four.
weight.data @odd : tensor<6x2xi32> {
  %0 = graph.constant dense<[[1, -2], [3, 127], [-4, 5], [6, 7], [-127, 8], [9, 10]]> : tensor<6x2xi8>
  %1 = graph.cast %0 : tensor<6x2xi8> -> tensor<6x2xi32>
  weight.yield %1 : tensor<6x2xi32>
}

weight.data @bias : tensor<3xf32> {
  %0 = graph.constant dense<[0.5, 1.5, 2.5]> : tensor<3xf32>
  weight.yield %0 : tensor<3xf32>
}

// CHECK-LABEL: weight.data @signed.bytes : tensor<4x3xi8>
// CHECK-LABEL: weight.data @unsigned.bytes : tensor<4x3xi8>
// CHECK:         %[[R:.*]] = graph.constant dense<[-1, 2, 0]> : tensor<3xi32>
// CHECK-NEXT:    %[[D:.*]] = graph.sub %{{.*}}, %[[R]]
// CHECK-NEXT:    %[[B:.*]] = graph.cast %[[D]] : tensor<4x3xi32> -> tensor<4x3xi8>
// CHECK-NEXT:    weight.yield %[[B]]
// CHECK-LABEL: weight.data @scaled.bytes : tensor<4x3xi8>

// A zero point that is computed is multiplied by the sums of the columns.
// CHECK-LABEL: func.func @integers(
// CHECK-SAME:      %[[Q:.*]]: tensor<2x4xui8>, %[[Z:.*]]: tensor<ui8>
// CHECK-NOT:     graph.cast %[[Q]]
// CHECK-DAG:     %[[W:.*]] = weight.get @signed.bytes : tensor<4x3xi8>
// CHECK-DAG:     %[[S:.*]] = weight.get @signed.bytes.negative_sums : tensor<3xi32>
// CHECK-DAG:     %[[I:.*]] = graph.cast %[[Z]] : tensor<ui8> -> tensor<i32>
// CHECK-DAG:     %[[P:.*]] = graph.matmul %[[Q]], %[[W]] : tensor<2x4xui8>, tensor<4x3xi8> -> tensor<2x3xi32>
// CHECK-DAG:     %[[M:.*]] = graph.mul %[[S]], %[[I]]
// CHECK:         %[[R:.*]] = graph.add %[[P]], %[[M]]
// CHECK-NEXT:    return %[[R]]
func.func @integers(%q: tensor<2x4xui8>, %z: tensor<ui8>) -> tensor<2x3xi32> {
  %0 = graph.cast %q : tensor<2x4xui8> -> tensor<2x4xi32>
  %1 = graph.cast %z : tensor<ui8> -> tensor<i32>
  %2 = graph.sub %0, %1 : tensor<2x4xi32>, tensor<i32> -> tensor<2x4xi32>
  %w = weight.get @signed : tensor<4x3xi32>
  %3 = graph.matmul %2, %w : tensor<2x4xi32>, tensor<4x3xi32> -> tensor<2x3xi32>
  return %3 : tensor<2x3xi32>
}

// What does not fit a byte is multiplied by the sum of the row.
// CHECK-LABEL: func.func @unsigned_weights(
// CHECK-SAME:      %[[Q:.*]]: tensor<2x4xi8>
// CHECK-DAG:     %[[W:.*]] = weight.get @unsigned.bytes : tensor<4x3xi8>
// CHECK-DAG:     %[[R:.*]] = graph.constant dense<[-1, 2, 0]> : tensor<3xi32>
// CHECK-DAG:     %[[P:.*]] = graph.matmul %[[Q]], %[[W]]
// CHECK-DAG:     %[[I:.*]] = graph.cast %[[Q]] : tensor<2x4xi8> -> tensor<2x4xi32>
// CHECK-DAG:     %[[T:.*]] = graph.reduce sum %[[I]] axes [1]
// CHECK-DAG:     %[[M:.*]] = graph.mul %[[R]], %[[T]]
// CHECK:         graph.add %{{.*}}, %[[M]]
// CHECK-NEXT:    return
func.func @unsigned_weights(%q: tensor<2x4xi8>) -> tensor<2x3xi32> {
  %0 = graph.cast %q : tensor<2x4xi8> -> tensor<2x4xi32>
  %1 = graph.constant dense<5> : tensor<i32>
  %2 = graph.sub %0, %1 : tensor<2x4xi32>, tensor<i32> -> tensor<2x4xi32>
  %w = weight.get @unsigned : tensor<4x3xi32>
  %3 = graph.matmul %2, %w : tensor<2x4xi32>, tensor<4x3xi32> -> tensor<2x3xi32>
  return %3 : tensor<2x3xi32>
}

// What exceeds a byte is another matrix.
// CHECK-LABEL: func.func @full_columns(
// CHECK-SAME:      %[[Q:.*]]: tensor<2x4xui8>
// CHECK-DAG:     %[[W:.*]] = weight.get @full.bytes : tensor<4x1xi8>
// CHECK-DAG:     %[[P:.*]] = graph.matmul %[[Q]], %[[W]]
// CHECK-DAG:     %[[E:.*]] = weight.get @full.excess : tensor<4x1xi8>
// CHECK-DAG:     %[[F:.*]] = graph.matmul %[[Q]], %[[E]]
// CHECK:         graph.add %[[P]], %[[F]]
func.func @full_columns(%q: tensor<2x4xui8>) -> tensor<2x1xi32> {
  %0 = graph.cast %q : tensor<2x4xui8> -> tensor<2x4xi32>
  %1 = graph.constant dense<5> : tensor<i32>
  %2 = graph.sub %0, %1 : tensor<2x4xi32>, tensor<i32> -> tensor<2x4xi32>
  %w = weight.get @full : tensor<4x1xi32>
  %3 = graph.matmul %2, %w : tensor<2x4xi32>, tensor<4x1xi32> -> tensor<2x1xi32>
  return %3 : tensor<2x1xi32>
}

// Scales of both sides become one for each column.
// CHECK-LABEL: func.func @dequantized(
// CHECK-SAME:      %[[Q:.*]]: tensor<1x2x4xui8>
// CHECK-DAG:     %[[W:.*]] = weight.get @scaled.bytes : tensor<4x3xi8>
// CHECK-DAG:     %[[P:.*]] = graph.matmul %[[Q]], %[[W]]
// CHECK:         %[[S:.*]] = graph.add %[[P]], %{{.*}} : tensor<1x2x3xi32>, tensor<3xi32>
// CHECK-NEXT:    %[[F:.*]] = graph.cast %[[S]] : tensor<1x2x3xi32> -> tensor<1x2x3xf32>
// CHECK-NEXT:    %[[C:.*]] = weight.get @scaled.column_scales.mul : tensor<3xf32>
// CHECK-NEXT:    %[[R:.*]] = graph.mul %[[F]], %[[C]]
// CHECK-NEXT:    return %[[R]]
func.func @dequantized(%q: tensor<1x2x4xui8>) -> tensor<1x2x3xf32> {
  %0 = graph.cast %q : tensor<1x2x4xui8> -> tensor<1x2x4xi32>
  %1 = graph.constant dense<7> : tensor<i32>
  %2 = graph.sub %0, %1 : tensor<1x2x4xi32>, tensor<i32> -> tensor<1x2x4xi32>
  %3 = graph.cast %2 : tensor<1x2x4xi32> -> tensor<1x2x4xf32>
  %4 = graph.constant dense<0.1> : tensor<f32>
  %5 = graph.mul %3, %4 : tensor<1x2x4xf32>, tensor<f32> -> tensor<1x2x4xf32>
  %w = weight.get @scaled : tensor<4x3xf32>
  %6 = graph.matmul %5, %w : tensor<1x2x4xf32>, tensor<4x3xf32> -> tensor<1x2x3xf32>
  return %6 : tensor<1x2x3xf32>
}

// Moves happen to bytes.
// CHECK-LABEL: func.func @moved(
// CHECK-SAME:      %[[Q:.*]]: tensor<4x2xi8>
// CHECK:         %[[T:.*]] = graph.transpose %[[Q]] [1, 0] : tensor<4x2xi8> -> tensor<2x4xi8>
// CHECK:         graph.matmul %[[T]]
// CHECK:         graph.mul %{{.*}} : tensor<2x3xf32>, tensor<f32>
// CHECK-NEXT:    return
func.func @moved(%q: tensor<4x2xi8>) -> tensor<2x3xf32> {
  %0 = graph.cast %q : tensor<4x2xi8> -> tensor<4x2xf32>
  %1 = graph.constant dense<0.1> : tensor<f32>
  %2 = graph.mul %0, %1 : tensor<4x2xf32>, tensor<f32> -> tensor<4x2xf32>
  %3 = graph.transpose %2 [1, 0] : tensor<4x2xf32> -> tensor<2x4xf32>
  %w = weight.get @one_scale : tensor<4x3xf32>
  %4 = graph.matmul %3, %w : tensor<2x4xf32>, tensor<4x3xf32> -> tensor<2x3xf32>
  return %4 : tensor<2x3xf32>
}

// Each row has a scale and a zero point of its own.
// CHECK-LABEL: func.func @scales_of_rows(
// CHECK-SAME:      %[[Q:.*]]: tensor<2x4xi8>, %[[C:.*]]: tensor<2x1xf32>
// CHECK:         %[[P:.*]] = graph.matmul %[[Q]]
// CHECK:         %[[F:.*]] = graph.cast %[[P]]
// CHECK:         %[[S:.*]] = graph.mul %[[F]], %{{.*}} : tensor<2x3xf32>, tensor<f32>
// CHECK:         %[[R:.*]] = graph.mul %[[S]], %[[C]]
// CHECK-NEXT:    return %[[R]]
func.func @scales_of_rows(%q: tensor<2x4xi8>, %c: tensor<2x1xf32>) -> tensor<2x3xf32> {
  %0 = graph.cast %q : tensor<2x4xi8> -> tensor<2x4xf32>
  %1 = graph.mul %0, %c : tensor<2x4xf32>, tensor<2x1xf32> -> tensor<2x4xf32>
  %w = weight.get @one_scale : tensor<4x3xf32>
  %2 = graph.matmul %1, %w : tensor<2x4xf32>, tensor<4x3xf32> -> tensor<2x3xf32>
  return %2 : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @table(
// CHECK-SAME:      %[[I:.*]]: tensor<2xi64>
// CHECK:         %[[T:.*]] = weight.get @{{.*}}.bytes : tensor<4x3xi8>
// CHECK:         %[[R:.*]] = graph.gather %[[T]], %[[I]] axis 0
// CHECK:         %[[F:.*]] = graph.cast %[[R]] : tensor<2x3xi8> -> tensor<2x3xf32>
// CHECK:         graph.mul %[[F]], %{{.*}} : tensor<2x3xf32>, tensor<f32>
func.func @table(%i: tensor<2xi64>) -> tensor<2x3xf32> {
  %w = weight.get @one_scale : tensor<4x3xf32>
  %0 = graph.gather %w, %i axis 0 : tensor<4x3xf32>, tensor<2xi64> -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @keep_a_table_with_scales_of_columns(
// CHECK:         graph.gather %{{.*}} : tensor<4x3xf32>
func.func @keep_a_table_with_scales_of_columns(%i: tensor<2xi64>) -> tensor<2x3xf32> {
  %w = weight.get @scaled : tensor<4x3xf32>
  %0 = graph.gather %w, %i axis 0 : tensor<4x3xf32>, tensor<2xi64> -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @quantized_again(
// CHECK-SAME:      %[[Q:.*]]: tensor<4x2xui8>
// CHECK-NEXT:    %[[T:.*]] = graph.transpose %[[Q]] [1, 0] : tensor<4x2xui8> -> tensor<2x4xui8>
// CHECK-NEXT:    return %[[T]]
func.func @quantized_again(%q: tensor<4x2xui8>) -> tensor<2x4xui8> {
  %0 = graph.cast %q : tensor<4x2xui8> -> tensor<4x2xi32>
  %zero = graph.constant dense<7> : tensor<i32>
  %1 = graph.sub %0, %zero : tensor<4x2xi32>, tensor<i32> -> tensor<4x2xi32>
  %2 = graph.cast %1 : tensor<4x2xi32> -> tensor<4x2xf32>
  %scale = graph.constant dense<0.1> : tensor<f32>
  %3 = graph.mul %2, %scale : tensor<4x2xf32>, tensor<f32> -> tensor<4x2xf32>
  %4 = graph.transpose %3 [1, 0] : tensor<4x2xf32> -> tensor<2x4xf32>
  %5 = graph.div %4, %scale : tensor<2x4xf32>, tensor<f32> -> tensor<2x4xf32>
  %6 = graph.round %5 : tensor<2x4xf32>
  %shift = graph.constant dense<7.0> : tensor<f32>
  %7 = graph.add %6, %shift : tensor<2x4xf32>, tensor<f32> -> tensor<2x4xf32>
  %8 = graph.cast %7 : tensor<2x4xf32> -> tensor<2x4xui8>
  return %8 : tensor<2x4xui8>
}

// CHECK-LABEL: func.func @keep_what_is_quantized_otherwise(
// CHECK:         graph.round
func.func @keep_what_is_quantized_otherwise(%q: tensor<2x4xi8>) -> tensor<2x4xi8> {
  %0 = graph.cast %q : tensor<2x4xi8> -> tensor<2x4xf32>
  %a = graph.constant dense<0.1> : tensor<f32>
  %1 = graph.mul %0, %a : tensor<2x4xf32>, tensor<f32> -> tensor<2x4xf32>
  %b = graph.constant dense<0.3> : tensor<f32>
  %2 = graph.div %1, %b : tensor<2x4xf32>, tensor<f32> -> tensor<2x4xf32>
  %3 = graph.round %2 : tensor<2x4xf32>
  %4 = graph.cast %3 : tensor<2x4xf32> -> tensor<2x4xi8>
  return %4 : tensor<2x4xi8>
}

// A depth of 6 is completed with zeros.
// CHECK-LABEL: func.func @odd_depth(
// CHECK-SAME:      %[[Q:.*]]: tensor<2x6xui8>
// CHECK-DAG:     %[[P:.*]] = graph.pad constant %[[Q]], %{{.*}} low [0, 0] : tensor<2x6xui8>, tensor<ui8> -> tensor<2x8xui8>
// CHECK-DAG:     %[[W:.*]] = weight.get @odd.bytes.words : tensor<8x2xi8>
// CHECK:         graph.matmul %[[P]], %[[W]] : tensor<2x8xui8>, tensor<8x2xi8>
func.func @odd_depth(%q: tensor<2x6xui8>) -> tensor<2x2xi32> {
  %0 = graph.cast %q : tensor<2x6xui8> -> tensor<2x6xi32>
  %1 = graph.constant dense<5> : tensor<i32>
  %2 = graph.sub %0, %1 : tensor<2x6xi32>, tensor<i32> -> tensor<2x6xi32>
  %w = weight.get @odd : tensor<6x2xi32>
  %3 = graph.matmul %2, %w : tensor<2x6xi32>, tensor<6x2xi32> -> tensor<2x2xi32>
  return %3 : tensor<2x2xi32>
}

// What a convolution reads outside of its input is the zero point.
// CHECK-LABEL: func.func @padded_windows(
// CHECK-SAME:      %[[Q:.*]]: tensor<1x2x5xui8>
// CHECK:         %[[Z:.*]] = graph.constant dense<200> : tensor<ui8>
// CHECK:         %[[P:.*]] = graph.pad constant %[[Q]], %[[Z]] low [0, 0, 1] : tensor<1x2x5xui8>, tensor<ui8> -> tensor<1x2x7xui8>
// CHECK:         %[[B:.*]] = graph.patches %[[P]] strides [2] dilations [1] low [0] : tensor<1x2x7xui8> -> tensor<1x3x2x3xui8>
// CHECK:         graph.reshape %[[B]] : tensor<1x3x2x3xui8> -> tensor<1x3x6xui8>
// CHECK:         graph.matmul %{{.*}} : tensor<1x3x8xui8>, tensor<8x2xi8>
func.func @padded_windows(%q: tensor<1x2x5xui8>) -> tensor<1x3x2xi32> {
  %0 = graph.cast %q : tensor<1x2x5xui8> -> tensor<1x2x5xi32>
  %z = graph.constant dense<200> : tensor<i32>
  %1 = graph.sub %0, %z : tensor<1x2x5xi32>, tensor<i32> -> tensor<1x2x5xi32>
  %2 = graph.patches %1 strides [2] dilations [1] low [1] : tensor<1x2x5xi32> -> tensor<1x3x2x3xi32>
  %3 = graph.reshape %2 : tensor<1x3x2x3xi32> -> tensor<1x3x6xi32>
  %w = weight.get @odd : tensor<6x2xi32>
  %4 = graph.matmul %3, %w : tensor<1x3x6xi32>, tensor<6x2xi32> -> tensor<1x3x2xi32>
  return %4 : tensor<1x3x2xi32>
}

// A length that the caller chooses, and a zero point that is computed.
// CHECK-LABEL: func.func @padded_windows_of_any_length(
// CHECK-SAME:      %[[Q:[^:]*]]: tensor<1x2x?xi8, {{.*}}>, %[[Z:[^:]*]]: tensor<i8>
// CHECK:         %[[P:.*]] = graph.pad constant %[[Q]], %[[Z]] low [0, 0, 1] {{.*}} -> tensor<1x2x?xi8, #graph.dims<1, 2, length + 2>>
// CHECK:         graph.patches %[[P]] strides [1] dilations [1] low [0]
// CHECK:         graph.matmul
func.func @padded_windows_of_any_length(%q: tensor<1x2x?xi8, #graph.dims<1, 2, length>>, %zero: tensor<i8>) -> tensor<1x?x2xi32, #graph.dims<1, length, 2>>
    attributes {graph.symbols = [#graph.symbol<"length", 1, 30>]} {
  %0 = graph.cast %q : tensor<1x2x?xi8, #graph.dims<1, 2, length>> -> tensor<1x2x?xi32, #graph.dims<1, 2, length>>
  %z = graph.cast %zero : tensor<i8> -> tensor<i32>
  %1 = graph.sub %0, %z : tensor<1x2x?xi32, #graph.dims<1, 2, length>>, tensor<i32> -> tensor<1x2x?xi32, #graph.dims<1, 2, length>>
  %2 = graph.patches %1 strides [1] dilations [1] low [1] : tensor<1x2x?xi32, #graph.dims<1, 2, length>> -> tensor<1x?x2x3xi32, #graph.dims<1, length, 2, 3>>
  %3 = graph.reshape %2 : tensor<1x?x2x3xi32, #graph.dims<1, length, 2, 3>> -> tensor<1x?x6xi32, #graph.dims<1, length, 6>>
  %w = weight.get @odd : tensor<6x2xi32>
  %4 = graph.matmul %3, %w : tensor<1x?x6xi32, #graph.dims<1, length, 6>>, tensor<6x2xi32> -> tensor<1x?x2xi32, #graph.dims<1, length, 2>>
  return %4 : tensor<1x?x2xi32, #graph.dims<1, length, 2>>
}

// Numbers so far from 0 that their sums may wrap around, which sums of floats do
// not.
weight.data @far : tensor<4x1xf32> {
  %0 = graph.constant dense<[[3000000], [3000001], [3000002], [3000003]]> : tensor<4x1xi32>
  %1 = graph.cast %0 : tensor<4x1xi32> -> tensor<4x1xf32>
  %2 = graph.constant dense<0.5> : tensor<f32>
  %3 = graph.mul %1, %2 : tensor<4x1xf32>, tensor<f32> -> tensor<4x1xf32>
  weight.yield %3 : tensor<4x1xf32>
}
// CHECK-LABEL: func.func @keep_what_exceeds_an_i32(
// CHECK:         graph.matmul %{{.*}} : tensor<2x4xf32>, tensor<4x1xf32>
func.func @keep_what_exceeds_an_i32(%q: tensor<2x4xui8>) -> tensor<2x1xf32> {
  %0 = graph.cast %q : tensor<2x4xui8> -> tensor<2x4xi32>
  %z = graph.constant dense<255> : tensor<i32>
  %1 = graph.sub %0, %z : tensor<2x4xi32>, tensor<i32> -> tensor<2x4xi32>
  %2 = graph.cast %1 : tensor<2x4xi32> -> tensor<2x4xf32>
  %w = weight.get @far : tensor<4x1xf32>
  %3 = graph.matmul %2, %w : tensor<2x4xf32>, tensor<4x1xf32> -> tensor<2x1xf32>
  return %3 : tensor<2x1xf32>
}

// A table of all bytes there are, dequantised with one scale.
weight.data @all_bytes_table : tensor<3x2xf32> {
  %0 = graph.constant dense<[[0, 255], [1, 254], [128, 7]]> : tensor<3x2xui8>
  %1 = graph.cast %0 : tensor<3x2xui8> -> tensor<3x2xi32>
  %2 = graph.constant dense<128> : tensor<i32>
  %3 = graph.sub %1, %2 : tensor<3x2xi32>, tensor<i32> -> tensor<3x2xi32>
  %4 = graph.cast %3 : tensor<3x2xi32> -> tensor<3x2xf32>
  %5 = graph.constant dense<0.25> : tensor<f32>
  %6 = graph.mul %4, %5 : tensor<3x2xf32>, tensor<f32> -> tensor<3x2xf32>
  weight.yield %6 : tensor<3x2xf32>
}
// CHECK-LABEL: func.func @look_up_all_bytes(
// CHECK:         graph.gather %{{.*}} : tensor<3x2xi8>, tensor<2xi64> -> tensor<2x2xi8>
func.func @look_up_all_bytes(%i: tensor<2xi64>) -> tensor<2x2xf32> {
  %t = weight.get @all_bytes_table : tensor<3x2xf32>
  %0 = graph.gather %t, %i axis 0 : tensor<3x2xf32>, tensor<2xi64> -> tensor<2x2xf32>
  return %0 : tensor<2x2xf32>
}
}
